"""The state of one query that the parts of the compiler share."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from typing import Final

import pyoxigraph as ox

from kg.engine.columnar import mixed_terms
from kg.engine.columnar.columns import Column, quote_literal
from kg.engine.columnar.constants import Constants
from kg.engine.columnar.database import ColumnDatabase, encode_value
from kg.engine.columnar.statistics import Statistics
from kg.engine.columnar.term_types import (
    DECIMAL_FACT,
    VALUE_STORAGES,
    Storage,
    Value,
    kind_of,
    storage_of,
)
from kg.rdf.vocabulary import XSD
from kg.sparql.algebra import Term

#: Kinds of terms that are not in the dictionary.
_VALUE_KINDS: Final = frozenset({*VALUE_STORAGES, "decimal"})
#: Decimals as Oxigraph spells them, whose digits are certain to fit.
_SHORT_DECIMAL: Final = r"-?[0-9]{1,18}(\.[0-9]{1,18})?"
#: The usual spellings of years and months; others have a time zone or a sign.
_ORDERED_AS_TEXT: Final = {
    f"^^{XSD.gYear}": "[1-9][0-9]{3}",
    f"^^{XSD.gYearMonth}": "[1-9][0-9]{3}-[01][0-9]",
}
#: Constants whose spelling in Oxigraph is kept.
_KEPT_CONSTANTS: Final = 1024


class Context:
    """SQL names, constants and parameters of one query."""

    def __init__(
        self, database: ColumnDatabase, parameters: Mapping[str, Term], constants: Constants
    ) -> None:
        self._database = database
        self._constants = constants
        #: Returns the text of a term by its identifier in the facts.
        self.text = database.texts.text
        #: The terms of parameters by variable of the saved query.
        self.parameters = parameters
        #: The variables outside the EXISTS that is being compiled.
        self.outer_names: frozenset[str] = frozenset()
        self._names = 0

    @property
    def statistics(self) -> Statistics:
        """Statistics of the database."""
        return self._database.statistics

    def name(self, prefix: str) -> str:
        """Return an SQL name that is not used yet."""
        self._names += 1
        return f"{prefix}{self._names}"

    def has_known_decimals(self) -> bool:
        """Return whether all decimals of facts have a value that a column can hold."""
        return self._database.all_match(DECIMAL_FACT, _SHORT_DECIMAL)

    def is_ordered_as_text(self, kind: str) -> bool:
        """Return whether the order of the facts' literals of a kind is that of their texts."""
        pattern = _ORDERED_AS_TEXT.get(kind, "")
        return bool(pattern) and self._database.all_match(kind, pattern)

    def fact_storage(self, term: Term) -> Storage:
        """Return the storage that facts have for a term."""
        return storage_of(_kind_of(term)[0])

    def encode(self, term: Term) -> str | None:
        """Return what encodes a term in the facts, in SQL, or None if no fact contains it."""
        if parameter := self._constants.id_parameter(term):
            return parameter
        kind, value = _kind_of(term)
        if kind in {"integer", "date", "boolean"}:
            return str(encode_value(value))
        if kind == "decimal":
            kind, value = DECIMAL_FACT, _canonical(term).value
        assert isinstance(value, str)
        term_id = self._database.term_id(kind, value)
        return None if term_id is None else str(term_id)

    def constant(self, term: Term) -> Column:
        """Return a term as a column: an IRI of the facts as its identifier."""
        kind, _ = _kind_of(term)
        if kind == "iri" and (encoded := self.encode(term)) is not None:
            storage, sql = Storage.ID, f"({encoded})::{Storage.ID.sql_type}"
        else:
            storage = _constant_storage(kind)
            sql = self._value(storage, term)
        return Column(sql, storage, frozenset({kind}), is_constant=True, term=term)

    def column_of(self, terms: Iterable[Term | None]) -> tuple[Column, list[str]]:
        """Return a column for terms, without an SQL name yet, and its values in SQL."""
        listed = list(terms)
        kinds = frozenset(_kind_of(term)[0] for term in listed if term is not None)
        nullable = None in listed
        if len(kinds) == 1 and (storage := _constant_storage(*kinds)) is not Storage.TEXT:
            return Column("", storage, kinds, nullable), self._values(storage, listed)
        if not kinds & _VALUE_KINDS:
            ids = [None if term is None else self.encode(term) for term in listed]
            if all(n is not None or term is None for n, term in zip(ids, listed, strict=True)):
                return Column("", Storage.ID, kinds, nullable), [sql or "NULL" for sql in ids]
            if len(kinds) == 1:
                return Column("", Storage.TEXT, kinds, nullable), self._values(Storage.TEXT, listed)
        values = ["NULL" if term is None else self._encoded(term) for term in listed]
        return Column("", Storage.TERM, kinds, nullable), values

    def text_sql(self, term: Term) -> str:
        """Return the text of a term in SQL."""
        return self._value(Storage.TEXT, term)

    def _values(self, storage: Storage, terms: list[Term | None]) -> list[str]:
        """Return terms as values in SQL, NULL for None."""
        return ["NULL" if term is None else self._value(storage, term) for term in terms]

    def _value(self, storage: Storage, term: Term) -> str:
        parameter = self._constants.text_parameter(term)
        return parameter or literal_sql(storage, _kind_of(term)[1])

    def _encoded(self, term: Term) -> str:
        text = self._constants.text_parameter(term) or quote_literal(_canonical(term).value)
        return mixed_terms.encoded(_kind_of(term)[0], text)


def literal_sql(storage: Storage, value: Value) -> str:
    """Return a value in SQL."""
    match storage:
        case Storage.TEXT:
            assert isinstance(value, str)
            return quote_literal(value)
        case Storage.DATE:
            return f"DATE '{value}'"
        case Storage.BOOLEAN:
            return "true" if value else "false"
    return f"({value})::{storage.sql_type}"


def _kind_of(term: Term) -> tuple[str, Value]:
    term = _canonical(term)
    return ("iri", term.value) if isinstance(term, ox.NamedNode) else kind_of(term)


@functools.lru_cache(_KEPT_CONSTANTS)
def _canonical(term: Term) -> Term:
    """Return a term as Oxigraph returns it, which may spell a number or a time differently."""
    if isinstance(term, ox.NamedNode) or term.language or term.datatype.value == XSD.string:
        return term
    solutions = ox.Store().query(f"SELECT ?term {{ VALUES ?term {{ {term} }} }}")
    assert isinstance(solutions, ox.QuerySolutions)
    canonical = next(solutions)["term"]
    assert isinstance(canonical, ox.Literal)
    return canonical


def _constant_storage(kind: str) -> Storage:
    """Return the storage of a constant of a kind: text for kinds without values."""
    return Storage(kind) if kind in set(Storage) else Storage.TEXT
