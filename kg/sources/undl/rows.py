"""Reading a voting table of the UN Digital Library in one pass, into packed columns.

A row is stored as small numbers: indices of its event columns, its delegation and its vote, and its
line. The distinct values are few and stored once.
"""

from __future__ import annotations

import csv
from array import array
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

import numpy as np

from kg.errors import SourceError
from kg.sources.csv_table import check_header, open_table
from kg.sources.loader import RemoteFile

#: The columns that a loader requires.
REQUIRED: Final = ("undl_id", "ms_code", "ms_name", "ms_vote", "date", "resolution")
_TABLE: Final = "the UN Digital Library's table with one row for each vote of a state"
_DELEGATION: Final = ("ms_code", "ms_name")


@dataclass
class PackedTable:
    """The rows of a table.

    ``width`` is the number of columns, ``read`` the number of rows. ``details``, ``delegations``
    and ``words`` are the distinct values of the event columns, of code and name, and of the vote;
    the columns ``..._of`` give the index of each row's value, ``line_of`` its line in the file.
    ``malformed`` are rows with a wrong number of values, as (line, value).
    """

    path: Path
    width: int = 0
    read: int = 0
    details: list[dict[str, str]] = field(default_factory=list)
    delegations: list[tuple[str, str]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    detail_of: Sequence[int] = ()
    delegation_of: Sequence[int] = ()
    word_of: Sequence[int] = ()
    line_of: Sequence[int] = ()
    malformed: list[tuple[int, str]] = field(default_factory=list)

    def groups(self, group_of_detail: list[int]) -> Iterator[tuple[int, list[int]]]:
        """Yield each group of details with its row numbers, in line order.

        ``group_of_detail`` gives the group of each detail; rows of groups below 0 are skipped.
        """
        # A separate array in each case: a view would lock the packed column.
        groups = np.array(group_of_detail, dtype=np.int32)[np.array(self.detail_of, dtype=np.int32)]
        order = np.argsort(groups, kind="stable")
        ordered = groups[order]
        starts = np.flatnonzero(np.diff(ordered, prepend=np.int32(-2)))
        for start, stop in pairwise([*starts, len(order)]):
            group = int(ordered[start])
            if group >= 0:
                yield group, order[start:stop].tolist()


def find_file(path: Path, remote: RemoteFile) -> Path:
    """Return the file itself, or the only file in a folder whose name matches an edition.

    Raises:
        SourceError: if there is no such file, or more than one.
    """
    if path.is_file():
        return path
    expected = (
        f"expected a file like {remote.named}, or a folder that contains exactly one; download "
        f"it from {remote.page}"
    )
    if not path.exists():
        raise SourceError(f"{path}: no such file or folder; {expected}")
    editions = remote.editions(path)
    if len(editions) != 1:
        names = ", ".join(file.name for file in editions) or "none"
        raise SourceError(f"{path}: the folder contains {names}; {expected}")
    return editions[0]


def read_table(path: Path, columns: Collection[str]) -> PackedTable:
    """Read a table, CSV in UTF-8, uncompressed or gzipped, whatever its file name.

    ``columns`` are the event columns to read; they may be absent unless required.

    Raises:
        SourceError: if the file is not such a table, lacks a required column, or is truncated.
    """
    with open_table(path) as stream:
        return _read(path, csv.reader(stream, strict=True), columns)


def _read(path: Path, reader: Any, columns: Collection[str]) -> PackedTable:
    header = [name.strip() for name in next(reader, [])]
    check_header(path, header, REQUIRED, _TABLE)
    wanted = [name for name in header if name in columns]
    details_in = itemgetter(*map(header.index, wanted))
    delegation_in = itemgetter(*map(header.index, _DELEGATION))
    word_in = itemgetter(header.index("ms_vote"))

    table = PackedTable(path, width=len(header))
    details: dict[tuple[str, ...], int] = {}
    delegations: dict[tuple[str, ...], int] = {}
    words: dict[str, int] = {}
    packed = tuple(array("i") for _ in range(4))
    detail_of, delegation_of, word_of, line_of = (column.append for column in packed)
    line = reader.line_num + 1
    for values in reader:
        # A quoted value may span lines: a row is identified by its first line.
        this, line = line, reader.line_num + 1
        if not values:
            continue
        table.read += 1
        if len(values) != len(header):
            table.malformed.append((this, ",".join(values)[:200]))
            continue
        detail_of(details.setdefault(details_in(values), len(details)))
        delegation_of(delegations.setdefault(delegation_in(values), len(delegations)))
        word_of(words.setdefault(word_in(values), len(words)))
        line_of(this)
    table.details = [
        dict(zip(wanted, (" ".join(value.split()) for value in values), strict=True))
        for values in details
    ]
    table.delegations = [(code, name) for code, name in delegations]
    table.words = list(words)
    table.detail_of, table.delegation_of, table.word_of, table.line_of = packed
    return table
