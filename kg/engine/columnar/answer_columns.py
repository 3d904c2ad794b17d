"""The variables of an answer in SQL, and the terms that their values stand for.

The SQL of a query selects what is at hand, such as identifiers; their texts are read from the
dictionary here, which spares DuckDB a join for each variable.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kg.engine.columnar import mixed_terms, numerics
from kg.engine.columnar.columns import Column
from kg.engine.columnar.context import Context
from kg.engine.columnar.term_types import Storage

#: The kind of a term, and its text: an IRI, the identifier of a blank node, or a lexical form.
TermParts = tuple[str, str]


@dataclass(frozen=True)
class KindColumn:
    """A variable whose terms are of one kind: the SQL of its values.

    ``text`` returns the text of the term of a value that is not NULL.
    """

    name: str
    sql: str
    kind: str
    text: Callable[[Any], str]


@dataclass(frozen=True)
class MixedColumn:
    """A variable whose terms are of several kinds: the SQL of its values.

    ``term`` returns the term of a value that is not NULL.
    """

    name: str
    sql: str
    term: Callable[[Any], TermParts]


AnswerColumn = KindColumn | MixedColumn


def answer_column(context: Context, name: str, column: Column) -> AnswerColumn:
    """Return how the terms of a variable are selected and read."""
    kind, sql = column.kind, column.sql
    match column.storage:
        case Storage.ID if kind:
            return KindColumn(name, sql, kind, context.text)
        case Storage.ID:
            return MixedColumn(name, sql, lambda number: _term(context, number))
        case Storage.TERM:
            return MixedColumn(name, sql, mixed_terms.parts)
        case Storage.DECIMAL:
            sql = numerics.decimal_text(sql)
        case Storage.DATE | Storage.BOOLEAN:
            sql = f"CAST({sql} AS VARCHAR)"
    return KindColumn(name, sql, kind, str)


def _term(context: Context, number: int) -> TermParts:
    ranges = context.statistics.id_ranges
    kind = next(kind for kind, (low, high) in ranges.items() if low <= number < high)
    return kind, context.text(number)
