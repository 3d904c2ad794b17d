"""Output of several commands: consoles, sections of lines, the table of rows of votes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import click
import pyoxigraph as ox
from rich.console import Console
from rich.table import Table

from kg.rdf import iris
from kg.rdf.vocabulary import PREFIXES
from kg.release import integrity
from kg.release.manifest import Manifest, SourceEntry
from kg.release.release import Release

OUT: Final = Console()
ERR: Final = Console(stderr=True)


def accounts(manifest: Manifest) -> Table:
    """Return a table of the rows of votes of each source, by outcome."""
    names = SourceEntry(name="").outcomes()
    table = Table("Rows of votes", "read", *(name.replace("_", " a ") for name in names))
    for column in table.columns[1:]:
        column.justify = "right"
    for source in manifest.sources:
        if source.rows:
            numbers = [source.rows, *source.outcomes().values()]
            table.add_row(source.name, *(f"{number:,}" for number in numbers))
    return table


def list_written(release: Release, folder: Path, files: Iterable[Path]) -> None:
    """Print the files written to a folder, and seal them if it has the dumps of the release."""
    if folder.resolve() == release.dumps.resolve():
        # The service offers them from there, and verifies them.
        integrity.seal(release, f"{release.dumps.name}/")
    for path in files:
        click.echo(f"{path} ({path.stat().st_size:,} bytes)")


def section(
    title: str, entries: list[tuple[str, ...]], shown: int | None, command: str = "kg audit --all"
) -> None:
    """Show a heading and the first ``shown`` entries, or all; each has a line and details below.

    ``command`` is the one that lists all entries.
    """
    line(f"\n{title}: {len(entries):,}", style="bold")
    for first, *rest in entries[:shown]:
        line(f"  {first}")
        _lines(f"    {text}" for text in rest)
    if shown is not None and len(entries) > shown:
        line(f"  and {len(entries) - shown:,} more: {command}")


def _lines(texts: Iterable[str]) -> None:
    for text in texts:
        line(text, style="dim")


def line(text: str, style: str = "") -> None:
    """Show a line verbatim."""
    OUT.print(text, style=style, highlight=False, markup=False, soft_wrap=True)


def short(term: object) -> str:
    """Return a term in readable form: kind and key of a resource, prefixed name, or plain text."""
    value = getattr(term, "value", None)
    if not isinstance(value, str):
        return "" if term is None else str(term)
    if isinstance(term, ox.NamedNode):
        if parts := iris.parse(value):
            return "/".join(parts)
        for prefix, iri in PREFIXES.items():
            if value.startswith(iri) and "/" not in value[len(iri) :]:
                return f"{prefix}:{value[len(iri) :]}"
    return value
