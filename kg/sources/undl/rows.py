"""Reading a voting table of the UN Digital Library in one pass, into packed columns.

A row is stored as small numbers: indices of its event columns, its delegation and its vote, and its
line. The distinct values are few and stored once.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import itemgetter
from pathlib import Path
from typing import Final

import numpy as np

from kg.errors import SourceError
from kg.sources.tables.reader import TableReader, open_table
from kg.sources.tables.text import has_controls, normalized

#: The columns that a loader requires.
REQUIRED: Final = ("undl_id", "ms_code", "ms_name", "ms_vote", "date", "resolution")
_TABLE: Final = "the UN Digital Library's table with one row for each vote of a state"
#: The columns of the library's first edition (2024) by their later names.
FIRST_EDITION: Final = {
    "ms_codes": "ms_code", "ms_names": "ms_name", "ms_votes": "ms_vote",
    "resolutions": "resolution", "agenda_titles": "agenda_title", "yes": "total_yes",
    "no": "total_no", "abstentions": "total_abstentions", "non-voting": "total_non_voting",
}  # fmt: skip
#: Vote codes of the first edition by the later ones.
FIRST_EDITION_VOTES: Final = {"NV": "X"}
_DELEGATION: Final = ("ms_code", "ms_name")


@dataclass
class PackedTable:
    """The rows of a table.

    ``width`` is the number of columns, ``read`` the number of rows. ``details``, ``delegations``
    and ``words`` are the distinct values of the event columns, of code and name, and of the vote;
    the columns ``..._of`` give the index of each row's value, ``line_of`` its line in the file.
    ``malformed`` are rows with a wrong number of values, as (line, value). ``recorded`` are the
    names of the columns in the file, by those used here. ``controls`` are the recorded values with
    control characters, by the index of the details and the column.
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
    recorded: Mapping[str, str] = field(default_factory=dict)
    controls: dict[tuple[int, str], str] = field(default_factory=dict)

    @property
    def is_first_edition(self) -> bool:
        """Whether the file has the columns of the library's first edition."""
        return self.recorded.get("ms_vote") == "ms_votes"

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


def read_table(path: Path, columns: Collection[str]) -> PackedTable:
    """Read a table, CSV in UTF-8, uncompressed or gzipped, whatever its file name.

    ``columns`` are the event columns to read; they may be absent unless required.

    Raises:
        SourceError: if the file is not such a table, lacks a required column, is truncated, or has
            no row.
    """
    with open_table(path, REQUIRED, _TABLE, other_names=FIRST_EDITION) as reader:
        table = _read(reader, columns)
    if not table.read:
        raise SourceError(f"{path}: the table has a header and no rows; download it again")
    return table


def _read(reader: TableReader, columns: Collection[str]) -> PackedTable:
    header = reader.header
    wanted = [name for name in header if name in columns]
    details_in = itemgetter(*map(header.index, wanted))
    delegation_in = itemgetter(*map(header.index, _DELEGATION))
    word_in = itemgetter(header.index("ms_vote"))

    table = PackedTable(reader.path, width=len(header), recorded=reader.recorded)
    details: dict[tuple[str, ...], int] = {}
    delegations: dict[tuple[str, ...], int] = {}
    words: dict[str, int] = {}
    packed = tuple(array("i") for _ in range(4))
    detail_of, delegation_of, word_of, line_of = (column.append for column in packed)
    for line, values in reader:
        table.read += 1
        if len(values) != len(header):
            table.malformed.append((line, ",".join(values)[:200]))
            continue
        detail_of(details.setdefault(details_in(values), len(details)))
        delegation_of(delegations.setdefault(delegation_in(values), len(delegations)))
        word_of(words.setdefault(word_in(values), len(words)))
        line_of(line)
    table.details = [dict(zip(wanted, map(normalized, values), strict=True)) for values in details]
    table.controls = {
        (index, column): value
        for index, values in enumerate(details)
        for column, value in zip(wanted, values, strict=True)
        if has_controls(value)
    }
    table.delegations = [(code, name) for code, name in delegations]
    table.words = list(words)
    table.detail_of, table.delegation_of, table.word_of, table.line_of = packed
    return table
