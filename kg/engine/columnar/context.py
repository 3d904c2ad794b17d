"""What the parts of the compiler share about one query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from kg.engine.columnar.columns import Column, quoted
from kg.engine.columnar.database import Columns, number_of
from kg.engine.columnar.statistics import Catalogue
from kg.engine.columnar.term_types import Form, Value, is_other, kind_of
from kg.sparql.algebra import Term
from kg.sparql.unsupported import Reason, UnsupportedQueryError


class Context:
    """Names and constants of one query."""

    def __init__(self, file: Columns, parameters: Mapping[str, Term]) -> None:
        self._file = file
        #: Terms that variables of a saved query stand for.
        self.parameters = parameters
        self._names = 0

    @property
    def catalogue(self) -> Catalogue:
        """What is known of the file."""
        return self._file.catalogue

    def name(self, prefix: str) -> str:
        """Return a name of SQL that is used nowhere else."""
        self._names += 1
        return f"{prefix}{self._names}"

    def number(self, term: Term) -> int | None:
        """Return the number under which facts hold a term, or None if none does.

        Raises:
            UnsupportedQueryError: if its datatype has no storage of its own: spellings may differ.
        """
        kind, value = _kind_of(term)
        if kind in {"integer", "date", "boolean"}:
            return number_of(value)
        if is_other(kind) or kind == "decimal":
            raise UnsupportedQueryError(Reason.CONSTANT)
        assert isinstance(value, str)
        return self._file.number(kind, value)

    def constant(self, term: Term) -> Column:
        """Return a term as a column.

        Raises:
            UnsupportedQueryError: if it is of a datatype without a form.
        """
        kind, value = _kind_of(term)
        form = Form(kind) if kind in set(Form) else Form.TEXT
        if is_other(kind):
            raise UnsupportedQueryError(Reason.CONSTANT)
        return Column(literal_sql(form, value), form, frozenset({kind}), constant=True, term=term)

    def column_of(self, terms: Iterable[Term | None]) -> tuple[Column, list[str]]:
        """Return a column without a name that holds terms, and its values in SQL.

        Raises:
            UnsupportedQueryError: if they have no form in common.
        """
        listed = list(terms)
        kinds = {_kind_of(term)[0] for term in listed if term is not None}
        if any(map(is_other, kinds)):
            raise UnsupportedQueryError(Reason.CONSTANT)
        maybe = None in listed
        if len(kinds) == 1:
            (kind,) = kinds
            form = Form(kind) if kind in set(Form) else Form.TEXT
            if form is not Form.TEXT:
                values = [None if one is None else _kind_of(one)[1] for one in listed]
                told = ["NULL" if one is None else literal_sql(form, one) for one in values]
                return Column("", form, frozenset(kinds), maybe), told
        elif kinds & {"integer", "date", "boolean", "decimal"}:
            raise UnsupportedQueryError(Reason.MIXED)
        numbers = [None if one is None else self.number(one) for one in listed]
        known = all(n is not None or one is None for n, one in zip(numbers, listed, strict=True))
        if known:
            told = ["NULL" if number is None else str(number) for number in numbers]
            return Column("", Form.ID, frozenset(kinds), maybe), told
        if len(kinds) != 1:
            raise UnsupportedQueryError(Reason.MIXED)
        texts = [None if one is None else _kind_of(one)[1] for one in listed]
        told = ["NULL" if one is None else literal_sql(Form.TEXT, one) for one in texts]
        return Column("", Form.TEXT, frozenset(kinds), maybe), told


def literal_sql(form: Form, value: Value) -> str:
    """Return a value in SQL."""
    match form:
        case Form.TEXT:
            assert isinstance(value, str)
            return quoted(value)
        case Form.DATE:
            return f"DATE '{value}'"
        case Form.BOOLEAN:
            return "true" if value else "false"
    return f"({value})::{form.sql_type}"


def _kind_of(term: Term) -> tuple[str, Value]:
    return ("iri", term.value) if isinstance(term, ox.NamedNode) else kind_of(term)
