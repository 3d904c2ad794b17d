"""Static types of terms: their kinds, known before a query runs, and their storage in columns.

A kind is a string: ``iri``, ``blank``, ``string``, ``integer``, ``date`` (without a time zone),
``boolean``, ``decimal``, ``@`` and a language, or ``^^`` and a datatype for every other literal,
including ill-typed ones. The meaning of an expression depends on the kinds of its variables.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

import pyoxigraph as ox

from kg.rdf.vocabulary import RDF, XSD

#: The lexical forms that have a storage of their own, by datatype.
_INTEGER: Final = re.compile(r"[+-]?[0-9]+")
_DATE: Final = re.compile(r"[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}")
_DATE_TIME: Final = re.compile(
    r"[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?Z"
)
_DOUBLE: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|-?INF|NaN")
_DECIMAL: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
#: Larger integers are stored as opaque literals: the columns have 64 bits.
_INTEGER_MAX: Final = 2**63 - 1
#: Decimals are integers in units of 10^-18 (https://www.w3.org/TR/xmlschema11-2/#decimal).
SCALE_DIGITS: Final = 18
SCALE: Final = 10**SCALE_DIGITS


class Storage(StrEnum):
    """How a column holds terms: as identifiers of the dictionary, or as values of one kind."""

    ID = "id"
    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    BOOLEAN = "boolean"
    #: Terms of several kinds, each as a text that begins with its kind.
    TERM = "term"

    @property
    def sql_type(self) -> str:
        """The type of the column in DuckDB."""
        return _SQL_TYPES[self]


_SQL_TYPES: Final = {
    Storage.ID: "INTEGER",
    Storage.TEXT: "VARCHAR",
    Storage.INTEGER: "BIGINT",
    Storage.DECIMAL: "HUGEINT",
    Storage.DATE: "DATE",
    Storage.BOOLEAN: "BOOLEAN",
    Storage.TERM: "VARCHAR",
}
#: Storages of objects that facts hold as values; all other objects are dictionary identifiers.
VALUE_STORAGES: Final = (Storage.INTEGER, Storage.DATE, Storage.BOOLEAN)

_FIRST_KINDS: Final = {"blank": 0, "iri": 1, "string": 2}
#: The kind of decimals in facts, which have no storage of their own.
DECIMAL_FACT: Final = f"^^{XSD.decimal}"
#: The kinds of facts for which ``typed_kind`` may return another kind.
TYPED_KINDS: Final = (DECIMAL_FACT, f"^^{XSD.double}", f"^^{XSD.dateTime}")
#: The datatypes of kinds with known values.
VALUE_DATATYPES: Final = {
    "integer": XSD.integer,
    "decimal": XSD.decimal,
    "date": XSD.date,
    "boolean": XSD.boolean,
}

Value = int | str | date | bool


def kind_of(literal: ox.Literal) -> tuple[str, Value]:
    """Return the kind of a literal, and its value in the storage of that kind.

    >>> kind_of(ox.Literal("007", datatype=ox.NamedNode(XSD.integer)))
    ('integer', 7)
    >>> kind_of(ox.Literal("one", language="EN"))
    ('@en', 'one')
    >>> kind_of(ox.Literal("2020-01-01Z", datatype=ox.NamedNode(XSD.date)))[0][-4:]
    'date'
    """
    text, datatype = literal.value, literal.datatype.value
    if literal.language:
        if literal.direction is not None:
            return f"^^{datatype}", text
        return f"@{literal.language.lower()}", text
    if datatype == XSD.string:
        return "string", text
    if datatype == XSD.integer and _INTEGER.fullmatch(text) and abs(int(text)) <= _INTEGER_MAX:
        return "integer", int(text)
    if datatype == XSD.boolean and text in {"true", "false", "1", "0"}:
        return "boolean", text in {"true", "1"}
    if datatype == XSD.date and _DATE.fullmatch(text):
        try:
            return "date", date.fromisoformat(text)
        except ValueError:
            pass
    if datatype == XSD.decimal and (scaled := _scaled(text)) is not None:
        return "decimal", scaled
    return f"^^{datatype}", text


def typed_kind(term: ox.NamedNode | ox.BlankNode | ox.Literal) -> str:
    """Return the kind of a term; also ``double`` and, in UTC to the microsecond, ``dateTime``.

    >>> typed_kind(ox.Literal(1.5))
    'double'
    """
    if not isinstance(term, ox.Literal):
        return "iri" if isinstance(term, ox.NamedNode) else "blank"
    kind, _ = kind_of(term)
    if kind == f"^^{XSD.double}" and _DOUBLE.fullmatch(term.value):
        return "double"
    if kind == f"^^{XSD.dateTime}" and _DATE_TIME.fullmatch(term.value):
        try:
            datetime.fromisoformat(term.value)
        except ValueError:
            return kind
        return "dateTime"
    return kind


def storage_of(kind: str) -> Storage:
    """Return the storage of terms of a kind in facts."""
    return Storage(kind) if kind in VALUE_STORAGES else Storage.ID


def kind_order(kind: str) -> tuple[int, str]:
    """Return a sort key of kinds, in the order of their identifiers in the dictionary."""
    return _FIRST_KINDS.get(kind, len(_FIRST_KINDS)), kind


def is_literal(kind: str) -> bool:
    """Return whether terms of a kind are literals."""
    return kind not in {"iri", "blank"}


def datatype_of(kind: str) -> str:
    """Return the datatype of literals of a kind."""
    if kind.startswith("@"):
        return RDF.langString
    return XSD.string if kind == "string" else VALUE_DATATYPES.get(kind, kind.removeprefix("^^"))


def is_text(kind: str) -> bool:
    """Return whether terms of a kind are strings, with or without a language."""
    return kind == "string" or kind.startswith("@")


def is_opaque(kind: str) -> bool:
    """Return whether terms of a kind have no known value and can only be compared as terms."""
    return kind.startswith("^^")


def _scaled(text: str) -> int | None:
    """Return a decimal in units of 10^-18, or None if it does not fit into HUGEINT."""
    if not _DECIMAL.fullmatch(text):
        return None
    try:
        scaled = Decimal(text).scaleb(SCALE_DIGITS)
    except InvalidOperation:
        return None
    whole = int(scaled)
    return whole if whole == scaled and abs(whole) < 10**36 else None
