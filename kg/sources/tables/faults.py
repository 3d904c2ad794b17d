"""Messages on tables: where the fault is, the value, what was expected and what to do."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Collection, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from kg.errors import SourceError
from kg.limits import TABLE_LINE_CHARACTERS
from kg.model.sources import RejectedRow
from kg.sources.tables.file import AS_DOWNLOADED, SAVE_AS_CSV, open_bytes, open_text
from kg.sources.tables.text import visible

#: The separators that people's programs write.
SEPARATORS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
#: characters: how much of a value, and columns: how many of a header, a message quotes.
_QUOTED_CHARACTERS: Final = 60
_QUOTED_COLUMNS: Final = 8


def fault(path: Path, line: int, column: str, value: str, problem: str) -> SourceError:
    """Return the error of a value: where it is, the value and what is wrong."""
    where = f"line {line}, column {column}" if column else f"line {line}"
    short = value if len(value) <= _QUOTED_CHARACTERS else f"{value[:_QUOTED_CHARACTERS]}..."
    return SourceError(f"{path}: {where}: {short!r}: {problem}")


def separator_line(path: Path, line: str, separator: str, table: str, expected: str) -> SourceError:
    """Return the error for Excel's first line ``sep=;``."""
    problem = (
        f"a line for Excel with the separator {separator!r}; expected the header of {table}, with "
        f"{expected}: remove this line, or {AS_DOWNLOADED}"
    )
    return fault(path, 1, "", line.strip("\ufeff\r\n"), problem)


def other_separator(path: Path, line: str, separator: str, expected: str) -> SourceError:
    """Return the error for a header with the expected columns, separated by something else."""
    problem = (
        f"the columns are separated by {SEPARATORS[separator]}; expected {expected}: "
        f"{SAVE_AS_CSV}, or {AS_DOWNLOADED}"
    )
    return fault(path, 1, "", line.strip("\ufeff\r\n"), problem)


def check_header(path: Path, header: Sequence[str], required: Collection[str], table: str) -> None:
    """Check that a table has the required columns, and each column once; ``table`` describes it.

    Raises:
        SourceError: if it does not; the message lists the columns that are there.
    """
    if missing := [name for name in required if name not in header]:
        raise SourceError(
            f"{path}: line 1: no column {', '.join(missing)}; expected {table}; "
            f"found {_found(header, missing)}"
        )
    if twice := sorted({name for name in header if header.count(name) > 1}):
        raise SourceError(f"{path}: line 1: duplicate column {', '.join(map(repr, twice))}")


def unbalanced(
    path: Path, line: int, header: Sequence[str], separator: str, error: csv.Error
) -> SourceError:
    """Return the error for a row that is not CSV: usually a quotation mark is not closed."""
    with open_text(path) as stream:
        text = next(islice(stream, line - 1, None), "").rstrip("\r\n")[:TABLE_LINE_CHARACTERS]
    values = _cells(text, separator)
    if text.count('"') % 2 or "field larger" in str(error):
        column = header[len(values) - 1] if 0 < len(values) <= len(header) else ""
        problem = (
            "the quotation mark that begins this value is not closed; close it, or write two "
            "quotation marks for one inside a value"
        )
        return fault(path, line, column, f'"{values[-1] if values else text}', problem)
    problem = f"not CSV ({error}); a quotation mark inside a quoted value is written twice"
    return fault(path, line, "", text, problem)


def not_utf8(path: Path, error: UnicodeDecodeError) -> SourceError:
    """Return the error for the first line that is not UTF-8, quoted as Western European text."""
    header: list[str] = []
    separator = ","
    with open_bytes(path) as stream:
        for line, raw in enumerate(iter(lambda: stream.readline(TABLE_LINE_CHARACTERS), b""), 1):
            text = raw.decode("cp1252", errors="replace")
            if line == 1:
                separator = max(SEPARATORS, key=text.count)
            try:
                raw.decode("utf-8-sig")
            except UnicodeDecodeError as first:
                before = text[: first.start]
                place = max(len(_cells(before, separator)) - 1, 0)
                values = _cells(text, separator)
                value = values[place].strip() if place < len(values) else before
                column = header[place].strip() if place < len(header) else ""
                problem = (
                    f"the byte {raw[first.start]:#04x} is not UTF-8, but perhaps Windows-1252 or "
                    f"Latin-1 (Excel's 'CSV'); {SAVE_AS_CSV}, or {AS_DOWNLOADED}"
                )
                return fault(path, line, column, value, problem)
            header = header or _cells(text, separator)
    return SourceError(f"{path}: not UTF-8 ({error})")


def first_fault(path: Path, rejected: Sequence[RejectedRow]) -> SourceError:
    """Return the error for a table of which no row can be used: the fault of the first one."""
    first = min(rejected, key=lambda row: row.row)
    problem = f"expected {first.expected}; none of the {len(rejected):,} rows can be used"
    return fault(path, first.row, first.column, first.value, problem)


def _cells(line: str, separator: str) -> list[str]:
    """Return the values of a line, as far as it can be read."""
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return line.split(separator)


def _found(header: Sequence[str], missing: Sequence[str]) -> str:
    """Describe the columns of a file; first those that differ only in letter case or signs."""
    alike = {_letters(name): name for name in header}
    near = [f"{alike[_letters(n)]!r} instead of {n!r}" for n in missing if _letters(n) in alike]
    names = near or [visible(name)[:_QUOTED_CHARACTERS] or "an empty name" for name in header]
    more = f" and {len(names) - _QUOTED_COLUMNS} more" if len(names) > _QUOTED_COLUMNS else ""
    return (", ".join(names[:_QUOTED_COLUMNS]) or "no column") + more


def _letters(name: str) -> str:
    """Return the letters and digits of a name, without case and accents."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in plain if letter.isalnum())
