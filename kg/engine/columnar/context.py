"""The state of one query that the parts of the compiler share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from kg.engine.columnar.columns import Column, quote_literal
from kg.engine.columnar.database import ColumnDatabase, encode_value
from kg.engine.columnar.statistics import Statistics
from kg.engine.columnar.term_types import Storage, Value, is_opaque, kind_of
from kg.sparql.algebra import Term
from kg.sparql.unsupported import Reason, UnsupportedQueryError


class Context:
    """SQL names, constants and parameters of one query."""

    def __init__(self, database: ColumnDatabase, parameters: Mapping[str, Term]) -> None:
        self._database = database
        #: The terms of parameters by variable of the saved query.
        self.parameters = parameters
        self._names = 0

    @property
    def statistics(self) -> Statistics:
        """Statistics of the database."""
        return self._database.statistics

    def name(self, prefix: str) -> str:
        """Return an SQL name that is not used yet."""
        self._names += 1
        return f"{prefix}{self._names}"

    def encode(self, term: Term) -> int | None:
        """Return the integer that encodes a term in the facts, or None if no fact contains it.

        Raises:
            UnsupportedQueryError: if its datatype has no storage of its own, since equal values may
                have different spellings.
        """
        kind, value = _kind_of(term)
        if kind in {"integer", "date", "boolean"}:
            return encode_value(value)
        if is_opaque(kind) or kind == "decimal":
            raise UnsupportedQueryError(Reason.CONSTANT)
        assert isinstance(value, str)
        return self._database.term_id(kind, value)

    def constant(self, term: Term) -> Column:
        """Return a term as a column.

        Raises:
            UnsupportedQueryError: if its datatype has no storage.
        """
        kind, value = _kind_of(term)
        storage = _constant_storage(kind)
        if is_opaque(kind):
            raise UnsupportedQueryError(Reason.CONSTANT)
        return Column(
            literal_sql(storage, value), storage, frozenset({kind}), is_constant=True, term=term
        )

    def column_of(self, terms: Iterable[Term | None]) -> tuple[Column, list[str]]:
        """Return a column for terms, without an SQL name yet, and its values in SQL.

        Raises:
            UnsupportedQueryError: if no storage can hold all of them.
        """
        listed = list(terms)
        kinds = frozenset(_kind_of(term)[0] for term in listed if term is not None)
        nullable = None in listed
        if any(map(is_opaque, kinds)):
            raise UnsupportedQueryError(Reason.CONSTANT)
        if len(kinds) == 1 and (storage := _constant_storage(*kinds)) is not Storage.TEXT:
            return Column("", storage, kinds, nullable), _values(storage, listed)
        if len(kinds) > 1 and kinds & {"integer", "date", "boolean", "decimal"}:
            raise UnsupportedQueryError(Reason.MIXED)
        ids = [None if term is None else self.encode(term) for term in listed]
        if all(n is not None or term is None for n, term in zip(ids, listed, strict=True)):
            values = ["NULL" if number is None else str(number) for number in ids]
            return Column("", Storage.ID, kinds, nullable), values
        if len(kinds) != 1:
            raise UnsupportedQueryError(Reason.MIXED)
        return Column("", Storage.TEXT, kinds, nullable), _values(Storage.TEXT, listed)


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
    return ("iri", term.value) if isinstance(term, ox.NamedNode) else kind_of(term)


def _constant_storage(kind: str) -> Storage:
    """Return the storage of a constant of a kind: text for kinds without values."""
    return Storage(kind) if kind in set(Storage) else Storage.TEXT


def _values(storage: Storage, terms: list[Term | None]) -> list[str]:
    """Return terms as values in SQL, NULL for None."""
    return ["NULL" if t is None else literal_sql(storage, _kind_of(t)[1]) for t in terms]
