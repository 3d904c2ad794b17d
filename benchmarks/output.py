"""Progress and tables of the benchmarks."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import Final

NONE: Final = "–"


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    what: str
    ours: str
    theirs: str = NONE
    ratio: str = NONE


def row(what: str, told: list[str], ratio: str = NONE) -> Row:
    """Return a line that tells ours and, where it was measured, the peer's."""
    return Row(what, told[0], told[1] if len(told) > 1 else NONE, ratio)


def progress(text: str) -> None:
    """Say on standard error what is being done."""
    print(f"[{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True)


def print_table(rows: list[Row]) -> None:
    """Print the rows as a table in Markdown."""
    print("| measurement | ours | oxigraph | ours ÷ oxigraph |\n|---|---|---|---|")
    for one in rows:
        print(f"| {one.what} | {one.ours} | {one.theirs} | {one.ratio} |")
