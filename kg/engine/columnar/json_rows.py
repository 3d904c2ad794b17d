"""Solutions as objects of SPARQL's JSON, byte for byte as Oxigraph writes them.

The SQL of a query selects what is at hand, such as identifiers; their texts are read from the
dictionary here, which spares DuckDB a join for each variable.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from kg.engine.columnar import mixed_terms, numerics
from kg.engine.columnar.columns import Column
from kg.engine.columnar.context import Context
from kg.engine.columnar.term_types import VALUE_DATATYPES, Storage

#: Members of objects that are kept for the next rows, for each variable.
_KEPT_MEMBERS: Final = 4096
_quoted: Final = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True)
class JsonColumn:
    """A variable: the SQL of its values, and how one that is not NULL becomes a member."""

    sql: str
    member: Callable[[Any], str]


def json_column(context: Context, name: str, column: Column) -> JsonColumn:
    """Return how the terms of a variable are selected and written."""
    key, kind, sql = f"{_quoted(name)}:", column.kind, column.sql
    match column.storage:
        case Storage.ID if kind:
            return JsonColumn(sql, lambda number: key + _term(kind, context.text(number)))
        case Storage.ID:
            return JsonColumn(sql, lambda number: key + _term(*_parts(context, number)))
        case Storage.TERM:
            return JsonColumn(sql, lambda term: key + _term(*mixed_terms.parts(term)))
        case Storage.DECIMAL:
            sql = numerics.decimal_text(sql)
        case Storage.INTEGER:
            return JsonColumn(sql, lambda number: key + _term(kind, str(number)))
        case Storage.DATE | Storage.BOOLEAN:
            sql = f"CAST({sql} AS VARCHAR)"
    return JsonColumn(sql, lambda text: key + _term(kind, text))


class JsonRows:
    """The columns of a query, and the members of their recent values."""

    def __init__(self, columns: Sequence[JsonColumn]) -> None:
        self._members = [_Members(column.member) for column in columns]

    def objects(self, rows: Sequence[Sequence[object]]) -> list[str]:
        """Return rows as objects; their values are in the order of the columns."""
        if not rows or not self._members:
            return ["{}"] * len(rows)
        values = zip(*rows, strict=True)
        pairs = zip(self._members, values, strict=True)
        members = [map(kept.__getitem__, column) for kept, column in pairs]
        return [f"{{{','.join(filter(None, row))}}}" for row in zip(*members, strict=True)]


class _Members(dict[object, str]):
    """The members of values; that of NULL, which is an unbound variable, is empty."""

    def __init__(self, member: Callable[[Any], str]) -> None:
        super().__init__({None: ""})
        self._member = member

    def __missing__(self, value: object) -> str:
        if len(self) > _KEPT_MEMBERS:
            self.clear()
            self[None] = ""
        member = self[value] = self._member(value)
        return member


def _parts(context: Context, number: int) -> tuple[str, str]:
    """Return the kind and the text of a term of the dictionary."""
    ranges = context.statistics.id_ranges
    kind = next(kind for kind, (low, high) in ranges.items() if low <= number < high)
    return kind, context.text(number)


def _term(kind: str, text: str) -> str:
    if kind == "iri":
        return f'{{"type":"uri","value":"{text}"}}'
    if kind == "blank":
        return f'{{"type":"bnode","value":"{text}"}}'
    if kind in VALUE_DATATYPES:
        return f'{{"type":"literal","value":"{text}","datatype":"{VALUE_DATATYPES[kind]}"}}'
    if kind == "string":
        return f'{{"type":"literal","value":{_quoted(text)}}}'
    if kind.startswith("@"):
        return f'{{"type":"literal","value":{_quoted(text)},"xml:lang":"{kind[1:]}"}}'
    return f'{{"type":"literal","value":{_quoted(text)},"datatype":"{kind[2:]}"}}'
