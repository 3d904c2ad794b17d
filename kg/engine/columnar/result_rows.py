"""Rows of an answer in SPARQL's JSON, CSV and TSV, byte for byte as Oxigraph writes them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, Final

from kg.engine.columnar.answer_columns import AnswerColumn, MixedColumn
from kg.engine.columnar.term_types import VALUE_DATATYPES
from kg.rdf.vocabulary import XSD

#: Written values that are kept for the next rows, for each variable.
_KEPT_VALUES: Final = 4096
_QUOTED_IN_CSV: Final = re.compile('[",\r\n]')
_ESCAPED_IN_TSV: Final = str.maketrans(
    {"\t": r"\t", "\n": r"\n", "\r": r"\r", '"': r"\"", "\\": r"\\"}
)
#: The literals that Turtle writes without quotation marks, by datatype.
_SHORT_FORMS: Final = {
    XSD.boolean: re.compile("true|false"),
    XSD.integer: re.compile("[+-]?[0-9]+"),
    XSD.decimal: re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    XSD.double: re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)[eE][+-]?[0-9]+"),
}
_quoted: Final = json.JSONEncoder(ensure_ascii=False).encode

Rows = Sequence[Sequence[object]]


class JsonObjects:
    """Writes rows, with values in the order of the columns, as objects."""

    def __init__(self, columns: Sequence[AnswerColumn]) -> None:
        self._written = [_WrittenValues(_member(column)) for column in columns]

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


class Lines:
    """Writes rows, with values in the order of the columns, as lines with all ``variables``."""

    def __init__(
        self,
        columns: Sequence[AnswerColumn],
        variables: Sequence[str],
        syntax: LineSyntax,
    ) -> None:
        self._written = [_WrittenValues(_line_value(column, syntax)) for column in columns]
        places = {column.name: place for place, column in enumerate(columns)}
        #: The place of each variable in a row, None for one that is never bound.
        self._places = [places.get(name) for name in variables]
        self._separator, self._end = syntax.separator, syntax.end
        #: The line of the names of the variables.
        self.header = self._separator.join(map(syntax.variable.format, variables)) + self._end

    def __call__(self, rows: Rows) -> list[str]:
        """Return the lines of some rows."""
        if not rows or not self._places:
            return [self._end] * len(rows)
        values = list(zip(*rows, strict=True))
        columns = (
            repeat("", len(rows)) if place is None else self._written[place].of(values[place])
            for place in self._places
        )
        separator, end = self._separator, self._end
        return [separator.join(row) + end for row in zip(*columns, strict=True)]


@dataclass(frozen=True)
class LineSyntax:
    """How CSV or TSV writes the name of a variable, a term, and what is between and after them."""

    variable: str
    term: Callable[[str, str], str]
    separator: str
    end: str


class _WrittenValues(dict[object, str]):
    """The values of a variable as they are written; NULL, for an unbound one, is empty."""

    def __init__(self, write: Callable[[Any], str]) -> None:
        super().__init__({None: ""})
        self._write = write

    def __missing__(self, value: object) -> str:
        if len(self) > _KEPT_VALUES:
            self.clear()
            self[None] = ""
        written = self[value] = self._write(value)
        return written

    def of(self, values: Sequence[Any]) -> Iterator[str]:
        """Return some values as they are written."""
        return map(self.__getitem__, values)


def _member(column: AnswerColumn) -> Callable[[Any], str]:
    """Return what writes a value of a variable as a member of an object."""
    key = f"{_quoted(column.name)}:"
    if isinstance(column, MixedColumn):
        term = column.term
        return lambda value: key + _json_term(*term(value))
    # Python takes longer for each call than for the text itself.
    text, (before, after) = column.text, _json_affixes(column.kind)
    before = key + before
    if _is_quoted_in_json(column.kind):
        return lambda value: f"{before}{_quoted(text(value))}{after}"
    return lambda value: f'{before}"{text(value)}"{after}'


def _json_term(kind: str, text: str) -> str:
    before, after = _json_affixes(kind)
    written = _quoted(text) if _is_quoted_in_json(kind) else f'"{text}"'
    return f"{before}{written}{after}"


def _is_quoted_in_json(kind: str) -> bool:
    """Return whether texts of a kind may have characters that JSON escapes."""
    return kind not in {"iri", "blank"} and kind not in VALUE_DATATYPES


def _json_affixes(kind: str) -> tuple[str, str]:
    """Return what is written before and after the text of a term of a kind."""
    if kind == "iri":
        return '{"type":"uri","value":', "}"
    if kind == "blank":
        return '{"type":"bnode","value":', "}"
    if kind == "string":
        return '{"type":"literal","value":', "}"
    if kind.startswith("@"):
        return '{"type":"literal","value":', f',"xml:lang":"{kind[1:]}"}}'
    datatype = VALUE_DATATYPES.get(kind, kind.removeprefix("^^"))
    return '{"type":"literal","value":', f',"datatype":"{datatype}"}}'


def _line_value(column: AnswerColumn, syntax: LineSyntax) -> Callable[[Any], str]:
    """Return what writes a value of a variable in a line."""
    written = syntax.term
    if isinstance(column, MixedColumn):
        term = column.term
        return lambda value: written(*term(value))
    kind, text = column.kind, column.text
    return lambda value: written(kind, text(value))


def _csv_term(kind: str, text: str) -> str:
    if kind == "iri":
        return text
    if kind == "blank":
        return f"_:{text}"
    if _QUOTED_IN_CSV.search(text):
        doubled = text.replace('"', '""')
        return f'"{doubled}"'
    return text


def _tsv_term(kind: str, text: str) -> str:
    """Return a term as in Turtle, where numbers and truth values have a short form."""
    if kind == "iri":
        return f"<{text}>"
    if kind == "blank":
        return f"_:{text}"
    quoted = f'"{text.translate(_ESCAPED_IN_TSV)}"'
    if kind == "string":
        return quoted
    if kind.startswith("@"):
        return quoted + kind
    datatype = VALUE_DATATYPES.get(kind, kind.removeprefix("^^"))
    short_form = _SHORT_FORMS.get(datatype)
    if short_form and short_form.fullmatch(text):
        return text
    return f"{quoted}^^<{datatype}>"


CSV: Final = LineSyntax("{}", _csv_term, ",", "\r\n")
TSV: Final = LineSyntax("?{}", _tsv_term, "\t", "\n")
