"""Answers as rows that can be compared between servers."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

#: A value of an answer: a number, a boolean as ``true`` or ``false``, any other term as text, or
#: None if unbound.
Value = float | str | None
Row = tuple[Value, ...]

_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_BOOLEAN: Final = _XSD + "boolean"
#: The other spelling of each boolean, which Virtuoso uses (https://www.w3.org/TR/xmlschema-2/#boolean).
_SPELLED: Final = {"1": "true", "0": "false"}
_NUMERIC: Final = {_XSD + name for name in ("integer", "int", "long", "decimal", "double", "float")}
#: The IRI prefixes of resource keys and term names, which the tables contain without a prefix.
_BEFORE_KEY: Final = re.compile(r"https://w3id\.org/un-votes/(id/\w+/|ontology#)")


def of_json(body: bytes) -> tuple[list[str], list[Row]]:
    """Return the variables and the rows of an answer in SPARQL's JSON."""
    document = json.loads(body)
    variables: list[str] = document["head"]["vars"]
    rows = [
        tuple(_value(binding.get(name)) for name in variables)
        for binding in document["results"]["bindings"]
    ]
    return variables, rows


def of_table(
    variables: Sequence[str], columns: Sequence[str], rows: Iterable[tuple[object, ...]]
) -> list[Row]:
    """Return the rows of a table, with its columns in the order of the variables."""
    places = [columns.index(name) for name in variables]
    return [tuple(_plain(row[place]) for place in places) for row in rows]


def are_equal(left: Sequence[Row], right: Sequence[Row]) -> bool:
    """Return whether two answers are the same multiset of rows."""
    return len(left) == len(right) and all(
        len(a) == len(b) and all(map(_is_same, a, b))
        for a, b in zip(sorted(left, key=_order), sorted(right, key=_order), strict=True)
    )


def _value(term: dict[str, str] | None) -> Value:
    if term is None:
        return None
    text = term["value"]
    if term["type"] == "uri":
        return _BEFORE_KEY.sub("", text)
    datatype = term.get("datatype")
    if datatype == _BOOLEAN:
        return _SPELLED.get(text, text)
    return float(text) if datatype in _NUMERIC else text


def _plain(value: object) -> Value:
    match value:
        case bool():
            return str(value).lower()
        case int() | float() | Decimal():
            return float(value)
        case date():
            return value.isoformat()
        case None:
            return None
    return str(value)


def _is_same(left: Value, right: Value) -> bool:
    if isinstance(left, float) and isinstance(right, float):
        return math.isclose(left, right, rel_tol=1e-6, abs_tol=1e-9)
    return left == right


def _order(row: Row) -> tuple[list[str], list[float]]:
    # Text comes first: numbers that differ within the tolerance must not change the order.
    texts = ["" if value is None else value for value in row if not isinstance(value, float)]
    return texts, [value for value in row if isinstance(value, float)]
