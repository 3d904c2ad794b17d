"""Rows of an answer in SPARQL's JSON and CSV, byte for byte as Oxigraph writes them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import repeat
from typing import Any, Final

from kg.engine.columnar.answer_columns import AnswerColumn, TermParts
from kg.engine.columnar.term_types import VALUE_DATATYPES

#: Written values that are kept for the next rows, for each variable.
_KEPT_VALUES: Final = 4096
_QUOTED_IN_CSV: Final = re.compile('[",\r\n]')
_quoted: Final = json.JSONEncoder(ensure_ascii=False).encode

Rows = Sequence[Sequence[object]]


class JsonObjects:
    """Writes rows, with values in the order of the columns, as objects."""

    def __init__(self, columns: Sequence[AnswerColumn]) -> None:
        self._written = [_WrittenValues(column, _member(column.name)) for column in columns]

    def __call__(self, rows: Rows) -> list[str]:
        """Return the objects of some rows."""
        if not rows or not self._written:
            return ["{}"] * len(rows)
        values = zip(*rows, strict=True)
        members = (
            written.of(column) for written, column in zip(self._written, values, strict=True)
        )
        # An unbound variable has no member.
        return [f"{{{','.join(filter(None, row))}}}" for row in zip(*members, strict=True)]


class CsvLines:
    """Writes rows, with values in the order of the columns, as lines with all ``variables``."""

    def __init__(self, columns: Sequence[AnswerColumn], variables: Sequence[str]) -> None:
        self._written = [_WrittenValues(column, _csv_value) for column in columns]
        places = {column.name: place for place, column in enumerate(columns)}
        #: The place of each variable in a row, None for one that is never bound.
        self._places = [places.get(name) for name in variables]

    def __call__(self, rows: Rows) -> list[str]:
        """Return the lines of some rows."""
        if not rows or not self._places:
            return ["\r\n"] * len(rows)
        values = list(zip(*rows, strict=True))
        columns = (
            repeat("", len(rows)) if place is None else self._written[place].of(values[place])
            for place in self._places
        )
        return [f"{','.join(row)}\r\n" for row in zip(*columns, strict=True)]


class _WrittenValues(dict[object, str]):
    """The values of a variable as they are written; NULL, for an unbound one, is empty."""

    def __init__(self, column: AnswerColumn, write: Callable[[TermParts], str]) -> None:
        super().__init__({None: ""})
        self._term = column.term
        self._write = write

    def __missing__(self, value: object) -> str:
        if len(self) > _KEPT_VALUES:
            self.clear()
            self[None] = ""
        written = self[value] = self._write(self._term(value))
        return written

    def of(self, values: Sequence[Any]) -> Iterator[str]:
        """Return some values as they are written."""
        return map(self.__getitem__, values)


def _member(name: str) -> Callable[[TermParts], str]:
    key = f"{_quoted(name)}:"
    return lambda term: key + _json_term(*term)


def _json_term(kind: str, text: str) -> str:
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


def _csv_value(term: TermParts) -> str:
    kind, text = term
    if kind == "iri":
        return text
    if kind == "blank":
        return f"_:{text}"
    if _QUOTED_IN_CSV.search(text):
        doubled = text.replace('"', '""')
        return f'"{doubled}"'
    return text
