"""The three tables of unvotes: R's data files of any edition of the package, or CSV.

CSV files have the names that TidyTuesday gave them (23 March 2021,
https://github.com/rfordatascience/tidytuesday), or those of the tables in the package.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from kg.errors import SourceError
from kg.sources.loader import FileShape
from kg.sources.r_data import read_table
from kg.sources.tables.columns import Table, read_columns

#: The files of the package.
FILES: Final = ("un_votes.rda", "un_roll_calls.rda", "un_roll_call_issues.rda")


@dataclass(frozen=True)
class _Kind:
    """A table: its name in the package, that of TidyTuesday, and its columns."""

    name: str
    csv_name: str
    columns: tuple[str, ...]
    numbers: tuple[str, ...]
    dates: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()

    def candidates(self, folder: Path) -> Iterator[Path]:
        """Yield the files of a folder that may have the table, the best first."""
        names = [f"{self.name}.rda"]
        for name in (f"{self.name}.csv", f"{self.csv_name}.csv"):
            names += [name, f"{name}.gz"]
        yield from (path for name in names if (path := folder / name).is_file())


_VOTES: Final = _Kind(
    "un_votes", "unvotes", ("rcid", "country", "country_code", "vote"), ("rcid",),
    codes=("country_code",),
)  # fmt: skip
_CALLS: Final = _Kind(
    "un_roll_calls", "roll_calls",
    ("rcid", "session", "importantvote", "date", "unres", "amend", "para", "short", "descr"),
    ("rcid", "session", "importantvote", "amend", "para"), dates=("date",),
)  # fmt: skip
_ISSUES: Final = _Kind(
    "un_roll_call_issues", "issues", ("rcid", "short_name", "issue"), ("rcid",)
)  # fmt: skip


class TableFile(NamedTuple):
    """A table and the file that it was read from."""

    path: Path
    columns: Table

    @property
    def first_row(self) -> int:
        """The number of the first row in messages: R counts from 1, text has a header."""
        return 1 if self.path.suffix == ".rda" else 2


@dataclass(frozen=True)
class Tables:
    """The three tables; ``remarks`` are sentences on files that were not read."""

    votes: TableFile
    calls: TableFile
    issues: TableFile
    remarks: tuple[str, ...]


def recognizes(shape: FileShape) -> bool:
    """Return whether a folder has the tables, or a file is one of them."""
    if shape.path.is_dir():
        return any(True for _ in _VOTES.candidates(shape.path))
    return any(
        kind.name in shape.tables or shape.columns.issuperset(kind.columns)
        for kind in (_VOTES, _CALLS, _ISSUES)
    )


def read_tables(folder: Path) -> Tables:
    """Read the tables from the folder that contains them; the path may also be one of the files.

    Raises:
        SourceError: if a table is missing, corrupt or lacks a column.
    """
    if folder.is_file() and _is_table(folder):
        folder = folder.parent
    if not folder.is_dir():
        what = "expected a folder that contains" if folder.exists() else "no such folder; expected"
        raise SourceError(f"{folder}: {what} {', '.join(FILES)} (run: kg fetch unvotes)")
    remarks: list[str] = []
    issues, calls, votes = (_read(kind, folder, remarks) for kind in (_ISSUES, _CALLS, _VOTES))
    return Tables(votes, calls, issues, tuple(remarks))


def _is_table(path: Path) -> bool:
    """Return whether a file has the name of one of the tables; the others are beside it."""
    return any(path in kind.candidates(path.parent) for kind in (_VOTES, _CALLS, _ISSUES))


def _read(kind: _Kind, folder: Path, remarks: list[str]) -> TableFile:
    files = list(kind.candidates(folder))
    if not files:
        raise SourceError(
            f"{folder / kind.name}.rda: no such file, and neither {kind.name}.csv nor "
            f"{kind.csv_name}.csv (run: kg fetch unvotes)"
        )
    path, *others = files
    if names := ", ".join(other.name for other in others):
        remarks.append(f"{path.name} is read, of the files of its table in {folder}; not {names}")
    if path.suffix == ".rda":
        columns = read_table(path, kind.name)
        if missing := [name for name in kind.columns if name not in columns]:
            raise SourceError(
                f"{path}: {kind.name} has no column {', '.join(missing)}; it has "
                f"{', '.join(columns)}"
            )
        return TableFile(path, columns)
    table = f"the table {kind.name} of the R package unvotes as CSV"
    columns = read_columns(
        path, kind.columns, table, numbers=kind.numbers, dates=kind.dates, codes=kind.codes
    )
    return TableFile(path, columns)
