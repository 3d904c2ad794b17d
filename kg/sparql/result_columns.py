"""The columns of a table of results: what is certain of a variable before the query runs.

A variable whose terms are certain to be of one kind is one column of that type. Any other one is
four columns of text: that of the term under the name of the variable, and three more that say what
the term is (docs/reference/http.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import pyoxigraph as ox

from kg.errors import QueryError
from kg.rdf.vocabulary import RDF, XSD

#: What follows the name of a variable in the names of the columns that say what its terms are: its
#: type (``uri``, ``literal``, ``bnode`` or ``triple``), its datatype and its language.
SUFFIXES: Final = ("__type", "__datatype", "__lang")


class ColumnType(StrEnum):
    """The type of a column, by what the terms of its variable are."""

    IRI = "iri"
    STRING = "string"
    #: Literals in a language.
    LANGUAGE_STRING = "language string"
    #: Integers of 64 bits.
    INTEGER = "integer"
    #: Decimals of 20 digits before the point and 18 after it, also as integers.
    DECIMAL = "decimal"
    DOUBLE = "double"
    BOOLEAN = "boolean"
    #: Dates without a time zone.
    DATE = "date"
    #: Times in UTC, to the microsecond.
    DATE_TIME = "dateTime"
    #: Literals of another datatype, as text.
    OTHER_LITERAL = "other literal"
    #: Terms of several kinds, or of a kind that is not certain.
    ANY = "any"


_DATATYPES: Final = {
    ColumnType.STRING: XSD.string,
    ColumnType.LANGUAGE_STRING: RDF.langString,
    ColumnType.INTEGER: XSD.integer,
    ColumnType.DECIMAL: XSD.decimal,
    ColumnType.DOUBLE: XSD.double,
    ColumnType.BOOLEAN: XSD.boolean,
    ColumnType.DATE: XSD.date,
    ColumnType.DATE_TIME: XSD.dateTime,
}


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """What is known of the terms of a variable.

    ``language`` is that of a language string, ``other_datatype`` the IRI of that of other literals.
    """

    type: ColumnType
    language: str = ""
    other_datatype: str = ""

    @property
    def datatype(self) -> str:
        """The IRI of the datatype; empty unless the terms are literals of one datatype."""
        return _DATATYPES.get(self.type, self.other_datatype)

    @property
    def is_typed(self) -> bool:
        """Whether the variable is a single column."""
        return self.type is not ColumnType.ANY

    @property
    def metadata(self) -> dict[str, str]:
        """What its terms are, for the metadata of the column; empty if that is not certain."""
        if self.type is ColumnType.ANY:
            return {}
        if self.type is ColumnType.IRI:
            return {"type": "uri"}
        language = {"lang": self.language} if self.language else {}
        return {"type": "literal", "datatype": self.datatype, **language}

    def holds(self, term: ox.NamedNode | ox.Literal) -> bool:
        """Return whether a term is of the type of the column, which is not ``ANY``."""
        if isinstance(term, ox.NamedNode):
            return self.type is ColumnType.IRI
        datatype = term.datatype.value
        if self.type is ColumnType.LANGUAGE_STRING:
            is_of_language = (term.language or "").lower() == self.language
            return is_of_language and datatype == RDF.langString
        if self.type is ColumnType.DECIMAL and datatype == XSD.integer:
            return True
        return datatype == self.datatype


ANY: Final = ResultColumn(ColumnType.ANY)

#: By variable; ``ANY`` for a variable that is missing.
ResultColumns = Mapping[str, ResultColumn]


def check_names(variables: Sequence[str], columns: ResultColumns) -> None:
    """Check that no variable has the name of another column.

    Raises:
        QueryError: if one has.
    """
    for variable in variables:
        if columns.get(variable, ANY).is_typed:
            continue
        for suffix in SUFFIXES:
            if variable + suffix in variables:
                raise QueryError(
                    f"?{variable}{suffix} has the name of a column that describes the terms of "
                    f"?{variable} in this format; rename it"
                )


def description(
    term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple,
) -> tuple[str | None, ...]:
    """Return a term as text, its type, its datatype and its language.

    >>> description(ox.Literal("vote", language="en"))[::3]
    ('vote', 'en')
    """
    match term:
        case ox.NamedNode():
            return term.value, "uri", None, None
        case ox.BlankNode():
            return term.value, "bnode", None, None
        case ox.Literal():
            language = term.language
            if language and term.direction is not None:
                language = f"{language}--{term.direction}"
            return term.value, "literal", term.datatype.value, language
    return str(term), "triple", None, None


def descriptions(
    terms: Iterable[ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None],
) -> tuple[tuple[str | None, ...], ...]:
    """Return terms as four columns: texts, types, datatypes and languages."""
    unbound = (None, None, None, None)
    rows = [unbound if term is None else description(term) for term in terms]
    return tuple(zip(*rows, strict=True)) if rows else ((), (), (), ())
