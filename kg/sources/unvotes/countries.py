"""The states that the names and codes of countries in unvotes mean, in all its editions.

The package takes names from the R package countrycode, which has changed them: "United States" was
"United States of America" in 2017. The code is the same in all editions. A name that is not listed
must be a known name of a state with this code.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kg.model.names import name_key
from kg.model.state_register import StateRegister
from kg.resources import DATA
from kg.sources import csv_table

FILE: Final = "unvotes_countries.csv"


class CountryResolver:
    """Finds the seats of a country by its name and code."""

    def __init__(self, states: StateRegister) -> None:
        self._states = states
        self._listed: dict[tuple[str, str], tuple[str, ...]] = {}
        self._seats: dict[str, tuple[str, ...]] = {}
        self._by_name: dict[str, tuple[str, ...]] = {}
        self._resolved: dict[tuple[str, str], tuple[str, ...] | None] = {}
        for row in csv_table.read(DATA / FILE, "country country_code seats"):
            self._listed[row["country"], row["country_code"]] = row.keys("seats")
            self._by_name[row["country"]] = row.keys("seats")
            if row["country_code"]:
                self._seats[row["country_code"]] = row.keys("seats")

    def seats(self, country: str, code: str) -> tuple[str, ...] | None:
        """Return the seats of a country; None for an unknown name or code, or a contradiction.

        ``code`` is an ISO 3166-1 alpha-2 code; it may be ``NA`` where R had no value.
        """
        key = country, code
        if key not in self._resolved:
            self._resolved[key] = self._find(country, code)
        return self._resolved[key]

    def _find(self, country: str, code: str) -> tuple[str, ...] | None:
        if listed := self._listed.get((country, code)):
            return listed
        seats = self._seats.get(code)
        if seats and name_key(country) in set(self._names(seats, code)):
            return seats
        return self._by_name.get(country) if code in ("", "NA") else None

    def _names(self, seats: tuple[str, ...], code: str) -> Iterator[str]:
        for state in self._states.holders(seats):
            yield from self._states.names(state)
        yield from (name_key(country) for country, other in self._listed if other == code)
