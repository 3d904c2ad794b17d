"""Progress messages and tables of the benchmarks."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import Final

NONE: Final = "–"


@dataclass(frozen=True)
class Row:
    """A row of the table."""

    name: str
    ours: str
    theirs: str = NONE
    ratio: str = NONE


def row(name: str, values: list[str], ratio: str = NONE) -> Row:
    """Return a row with our value and, if measured, the peer's."""
    return Row(name, values[0], values[1] if len(values) > 1 else NONE, ratio)


def progress(text: str) -> None:
    """Print a progress message to standard error."""
    print(f"[{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True)


def print_table(rows: list[Row]) -> None:
    """Print the rows as a Markdown table."""
    print("| measurement | ours | oxigraph | ours ÷ oxigraph |\n|---|---|---|---|")
    for line in rows:
        print(f"| {line.name} | {line.ours} | {line.theirs} | {line.ratio} |")
