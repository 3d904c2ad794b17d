"""The dated table of territories: the status of the units of the world map over time."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from kg.model.state_register import StateRegister
from kg.model.territories import DisputedPlace, Holding, Status, Territories
from kg.sources import csv_table
from kg.sources.states import read_states

FILE: Final = "territories.csv"
DISPUTED_PLACES_FILE: Final = "disputed_places.csv"
_COLUMNS: Final = "unit name from until state status extent source remark note"
_EXTENTS: Final = {"whole": False, "shared": True}


def read_holdings(folder: Path, register: StateRegister) -> list[Holding]:
    """Return the rows of the table.

    Raises:
        SourceError: if the table is unusable.
    """
    holdings = []
    for row in csv_table.read(folder / FILE, _COLUMNS):
        if row["status"] not in tuple(Status):
            raise row.fail("status", f"one of {', '.join(Status)}")
        if row["extent"] not in _EXTENTS:
            raise row.fail("extent", f"one of {', '.join(_EXTENTS)}")
        if row["state"] and row["state"] not in register:
            raise row.fail("state", "the key of a state")
        if row["status"] == Status.PART and not row["state"]:
            raise row.fail("state", "the state of which the unit was part")
        if row["until"] and row["until"] <= row["from"]:
            raise row.fail("until", "later than the first day")
        if not row.keys("source"):
            raise row.fail("source", "an address")
        holdings.append(
            Holding(
                row["unit"], row["name"], row["state"], Status(row["status"]),
                row["from"], row["until"], _EXTENTS[row["extent"]], row.keys("source"),
                row["remark"], row["note"],
            )
        )  # fmt: skip
    return holdings


def read_territories(folder: Path) -> Territories:
    """Return the territories of the tables in a folder.

    Raises:
        SourceError: if a table is unusable.
    """
    register = StateRegister(read_states(folder))
    return Territories(read_holdings(folder, register), register)


def read_disputed_places(folder: Path) -> list[DisputedPlace]:
    """Return the disputed places in the order of the table.

    Raises:
        SourceError: if the table is unusable.
    """
    rows = csv_table.read(folder / DISPUTED_PLACES_FILE, "place unit treatment reason source")
    return [
        DisputedPlace(
            row["place"], row["unit"], row["treatment"], row["reason"], row.keys("source")
        )
        for row in rows
    ]
