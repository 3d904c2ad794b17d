"""The reader's choice of how a result is shown: its form, and the column by which it is sorted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kg.rdf.iris import local_name
from kg.rdf.vocabulary import XSD

#: The forms of a result by their value in a URL, with their labels.
FORMS: Final = {
    "table": "Table",
    "map": "Map",
    "line": "Line chart",
    "bar": "Bar chart",
}
#: The directions of an order by their value in a URL.
DIRECTIONS: Final = {"asc": False, "desc": True}
#: The URL parameters of a choice.
PARAMETERS: Final = ("view", "sort", "order")
#: Types in plain words by their datatype.
_TYPES: Final = {
    XSD.iri + name: label
    for label, names in (
        ("whole number", ("integer", "int", "long", "nonNegativeInteger")),
        ("number", ("decimal", "double", "float")),
        ("date", ("date",)),
        ("date and time", ("dateTime",)),
        ("month", ("gYearMonth",)),
        ("year", ("gYear",)),
        ("true or false", ("boolean",)),
        ("text", ("string",)),
    )
    for name in names
}


@dataclass(frozen=True)
class ResultChoice:
    """How a result is shown; without a form, every figure that fits and the table."""

    form: str = ""
    sort: str = ""
    descending: bool = False

    @classmethod
    def of(cls, values: Mapping[str, str]) -> ResultChoice:
        """Return the choice in URL parameters.

        Raises:
            ValueError: if a value is unknown, with those that were expected.
        """
        form, order = values.get("view", ""), values.get("order", "")
        for name, value, expected in (("view", form, FORMS), ("order", order, DIRECTIONS)):
            if value and value not in expected:
                listed = ", ".join(expected)
                raise ValueError(f"unknown {name} {value[:50]!r}; expected one of {listed}")
        return cls(form, values.get("sort", ""), DIRECTIONS.get(order, False))

    @property
    def in_url(self) -> dict[str, str]:
        """The URL parameters of the choice, without those that are the default."""
        order = "desc" if self.sort and self.descending else ""
        values = {"view": self.form, "sort": self.sort, "order": order}
        return {name: value for name, value in values.items() if value}

    def sorted_by(self, name: str) -> ResultChoice:
        """Return the choice to sort by a column, or to reverse its order."""
        return ResultChoice(self.form, name, name == self.sort and not self.descending)

    def shown_as(self, form: str) -> ResultChoice:
        """Return the choice of another form."""
        return ResultChoice(form, self.sort, self.descending)


def type_label(terms: Sequence[Mapping[str, str]]) -> str:
    """Return what the terms of a column are, in plain words; empty for a column without terms."""
    labels = {_type_of(term) for term in terms}
    return labels.pop() if len(labels) == 1 else "various" if labels else ""


def _type_of(term: Mapping[str, str]) -> str:
    if term["type"] == "uri":
        return "resource"
    if term["type"] == "triple":
        return "statement"
    if datatype := term.get("datatype"):
        return _TYPES.get(datatype, local_name(datatype))
    return "text"
