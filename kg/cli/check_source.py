"""The command ``kg check-source``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import click

from kg.cli.output import line, section
from kg.sources.check import SourceCheck, check
from kg.sources.recognition import recognize
from kg.sources.registry import SOURCES

#: The number of refused records, and of examples, that are listed without ``--all``.
_LISTED: Final = 5


@click.command("check-source")
@click.argument("path", type=click.Path(exists=True, path_type=Path), metavar="FILE")
@click.option(
    "--as",
    "name",
    type=click.Choice([name for name, source in SOURCES.items() if source.recognizes]),
    help="Read the file as this source, instead of the one that recognises it.",
)
@click.option("--all", "everything", is_flag=True, help="List all refused records.")
def check_source(path: Path, name: str | None, everything: bool) -> None:
    """Check a file before a build: what it is, its rows, its first faults.

    FILE is a file, or the folder of a source with several files. Nothing is built: the command
    shows what loading it would give, and what a build would refuse.

    \b
    Exit codes:
      0  every row can be used
      1  the file is not that of a source, cannot be read, or has rows that would be refused
      2  there is no such file

    \b
    Examples:
      kg check-source 2026_02_06_ga_voting.csv
      kg check-source --as undl-sc votes.csv
    """
    source, *others = [SOURCES[name]] if name else recognize(path)
    line(f"{path}: {source.name}: {source.title}", style="bold")
    if others:
        names = " or ".join(other.name for other in others)
        line(f"  with --as it is read as {names} instead")
    result = check(path, source)
    _show(result, None if everything else _LISTED)
    if result.loaded.rejected:
        sys.exit(1)


def _show(result: SourceCheck, shown: int | None) -> None:
    loaded = result.loaded
    for remark in loaded.remarks:
        line(f"  {remark}")
    if loaded.files:
        line(f"  read: {', '.join(file.name for file in loaded.files)}")
    refused = len(loaded.rejected)
    counts = ", ".join(f"{name} {count:,}" for name, count in loaded.rows.items() if name != "read")
    line(f"  rows: {loaded.rows['read']:,}" + (f" ({counts})" if counts else ""))
    line(f"  refused rows: {refused:,} (a build needs --max-refused {refused})" if refused
         else "  refused rows: 0")  # fmt: skip
    if result.events:
        first, last = result.period
        by_option = ", ".join(f"{label} {count:,}" for label, count in result.votes.most_common())
        line(f"  roll calls: {len(result.events):,}, {first} to {last}")
        line(f"  votes: {result.votes.total():,} ({by_option})")
    line(f"  other records: {len(loaded.records):,}")
    for note, count in loaded.notes.items():
        line(f"  {note}: {count:,}")
    section(
        "Records with refused rows",
        [(f"{r.where}: {r.problem}: {r.value}", f"expected {r.expected}") for r in result.rejected],
        shown,
        "kg check-source --all",
    )
    line(f"\nRows read by a rule: {len(loaded.normalized):,}", style="bold")
    for rule, rows in result.rules.items():
        first_row = rows[0]
        line(f"  {len(rows):,}: {rule}")
        line(f"    for example {first_row.file}, row {first_row.row}: {first_row.named_value} "
             f"read as {first_row.read_as or 'nothing'}", style="dim")  # fmt: skip
