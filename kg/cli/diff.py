"""The command ``kg diff``."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import click
import pyoxigraph as ox
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from kg.cli.options import with_settings
from kg.cli.output import ERR, OUT, short
from kg.errors import ReleaseError
from kg.release.change_list import Releases, to_ntriples
from kg.release.changes import Change, ChangeKind, Comparison
from kg.release.release import Release, require_current
from kg.release.row_lists import write_csv
from kg.settings import Settings


@click.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW", default="current")
@click.option(
    "-f",
    "--format",
    "format_name",
    type=click.Choice(["table", "csv", "ntriples"]),
    default="table",
    show_default=True,
    help="Format of the list of changes.",
)
@with_settings
def diff(settings: Settings, old: str, new: str, format_name: str) -> None:
    """Show what changed between two releases: events, votes, dates, symbols, statements.

    OLD and NEW are names of releases in the data folder, directories of releases, or data folders,
    which stand for their current release. The default of NEW is the current release.

    \b
    Examples:
      kg diff 20261122T162049.437718Z-2942ffe2
      kg diff before/kg-data after/kg-data --format csv > changes.csv
    """
    before, after = _release(settings.data, old), _release(settings.data, new)
    columns = (TextColumn("Comparing events"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=ERR, transient=True) as progress:
        comparison = Comparison(before.open_store(), after.open_store())
        task = progress.add_task("", total=comparison.shared_events)
        changes = comparison.changes(lambda: progress.advance(task))
    if format_name == "csv":
        write_csv(Change, changes, sys.stdout)
    elif format_name == "ntriples":
        sys.stdout.writelines(to_ntriples(changes, Releases(before.name, after.name)))
    else:
        _show(changes)


def _release(data: Path, name: str) -> Release:
    """Return the release that an argument names.

    Raises:
        ReleaseError: if there is no such release.
    """
    if name == "current":
        return require_current(data)
    for path in (data / "releases" / name, Path(name)):
        if Release(path).manifest_file.is_file():
            return Release(path)
    if (Path(name) / "current").is_file():
        return require_current(Path(name))
    raise ReleaseError(
        f"{name}: no such release; expected a name under {data / 'releases'}, the directory of a "
        "release, or a data folder"
    )


def _show(changes: list[Change]) -> None:
    if not changes:
        click.echo("No event, vote, date, symbol or statement differs.")
        return
    table = Table("Change", "Item", "Before", "After", box=None, header_style="bold")
    for change in changes:
        cells = (_what(change), change.label, _value(change.before), _value(change.after))
        # Brackets in a symbol or a quotation are not markup.
        table.add_row(*(Text(cell) for cell in cells))
    OUT.print(table)
    for kind, number in sorted(Counter(change.kind for change in changes).items()):
        click.echo(f"{number:>8,} {kind}")


def _what(change: Change) -> str:
    """Return the kind of change, with the property of a statement whose value differs."""
    if change.kind is ChangeKind.STATEMENT_CHANGED:
        return f"{change.kind}: {short(ox.NamedNode(change.property))}"
    return change.kind


def _value(value: str) -> str:
    return short(ox.NamedNode(value)) if value.startswith(("http://", "https://")) else value
