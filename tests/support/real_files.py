"""Parts of the real files, in their formats: a sample, or rows in another order."""

from __future__ import annotations

import csv
import gzip
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg.sources.r_data import read_table
from kg.sources.tables.columns import Table

if TYPE_CHECKING:
    import pandas as pd

#: The first and last months of the sample, by file: sessions 3 and 68 of the General Assembly, in
#: which symbols of unvotes are and are not certain, and a year of the Security Council.
SAMPLE: Final = {
    "ga_voting": (("1948-09", "1949-05"), ("2013-09", "2014-08")),
    "un_roll_calls": (("1948-09", "1949-05"), ("2013-09", "2014-08")),
    "sc_voting": (("2022-01", "2022-12"),),
}

#: The first month of the last part, which has a session of both publishers and everything after it.
LAST: Final = "2019-11"


def in_sample(file: str, day: str) -> bool:
    """Return whether the sample contains the rows of a file on a day (``2014-03-27``)."""
    return any(first <= day[:7] <= last for first, last in SAMPLE[file])


def is_used(file: str, day: str) -> bool:
    """Return whether tests use the rows of a file on a day: the sample and the last part."""
    return in_sample(file, day) or day[:7] >= LAST


@dataclass(frozen=True)
class RealRows:
    """Rows of the real files: lists of rows with a header, and R data frames."""

    lists: dict[str, tuple[list[str], list[list[str]]]]
    tables: dict[str, Any]

    @classmethod
    def read(cls, source: Path) -> RealRows:
        """Read the rows of the UN Digital Library and of unvotes that tests use."""
        lists = {}
        for name in ("ga_voting", "sc_voting"):
            path = source / "undl" / f"{name}.csv.gz"
            with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
                rows = csv.reader(stream)
                header = next(rows)
                column, is_kept = header.index("date"), cache(partial(is_used, name))
                lists[name] = header, [row for row in rows if is_kept(row[column])]
        tables = {
            name: _frame(read_table(source / "unvotes" / f"{name}.rda", name))
            for name in ("un_votes", "un_roll_calls", "un_roll_call_issues")
        }
        return cls(lists, tables).part(is_used)

    def part(self, is_kept: Callable[[str, str], bool]) -> RealRows:
        """Return the rows for which ``is_kept`` is true of the file and the day."""
        lists = {}
        for name, (header, rows) in self.lists.items():
            column = header.index("date")
            lists[name] = header, [row for row in rows if is_kept(name, row[column])]
        calls = self.tables["un_roll_calls"]
        days = (calls["date"].astype("float") * 86_400).astype("datetime64[s]").astype(str)
        kept_calls = set(calls["rcid"][[is_kept("un_roll_calls", day) for day in days]])
        tables = {name: t[t["rcid"].isin(kept_calls)] for name, t in self.tables.items()}
        return RealRows(lists, tables)

    def write(self, target: Path, chance: random.Random | None = None) -> None:
        """Write the files into a folder; with ``chance``, in random order under other names."""
        import rdata  # noqa: PLC0415 - takes a second that the process which starts tests saves

        target.mkdir(parents=True, exist_ok=True)
        for name, (header, rows) in self.lists.items():
            edition = f"{chance.randrange(2000, 3000)}_01_01_" if chance else ""
            shuffled = chance.sample(rows, len(rows)) if chance else rows
            path = target / f"{edition}{name}.csv"
            with path.open("w", encoding="utf-8", newline="") as stream:
                csv.writer(stream).writerows([header, *shuffled])
        for name, table in self.tables.items():
            mixed = table.sample(frac=1, random_state=chance.randrange(10**6)) if chance else table
            rdata.write_rda(target / f"{name}.rda", {name: mixed.reset_index(drop=True)})


def _frame(table: Table) -> pd.DataFrame:
    """Return a table as a data frame, with texts for factors."""
    import pandas as pd  # noqa: PLC0415 - as rdata

    return pd.DataFrame(
        {
            name: pd.array(column.texts(), dtype="string") if column.has_texts else column.numbers()
            for name, column in table.items()
        }
    )


def sources(folder: Path) -> list[str]:
    """Return the source arguments of a build for a folder of parts."""
    return [f"{name}={folder}" for name in ("undl-ga", "undl-sc", "unvotes")]
