"""The IRIs of a query that are parameters of its SQL, so that others may take their place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import pyoxigraph as ox

from kg.sparql.algebra import Term

#: The names of parameters begin with these letters: for the identifier of an IRI, and its text.
_ID: Final = "i"
_TEXT: Final = "t"


class Constants:
    """IRIs that are in the dictionary; each has a number, its place among them."""

    def __init__(self, iris: Sequence[str]) -> None:
        self._numbers = {iri: number for number, iri in enumerate(iris)}

    def id_parameter(self, term: Term) -> str | None:
        """Return the SQL parameter for the identifier of a term, None if it is not one of them."""
        return self._parameter(_ID, term)

    def text_parameter(self, term: Term) -> str | None:
        """Return the SQL parameter for the text of a term, None if it is not one of them."""
        return self._parameter(_TEXT, term)

    def _parameter(self, letter: str, term: Term) -> str | None:
        number = self._numbers.get(term.value) if isinstance(term, ox.NamedNode) else None
        return None if number is None else f"${letter}{number}"


def parameter_values(
    names: Iterable[str], iris: Sequence[str], ids: Sequence[int]
) -> dict[str, int | str]:
    """Return the values of SQL parameters by name, given the IRIs and their identifiers."""
    return {
        name: ids[int(name[1:])] if name.startswith(_ID) else iris[int(name[1:])] for name in names
    }
