"""The command ``kg sources``."""

from __future__ import annotations

import click
from rich.table import Table

from kg.cli.options import with_settings
from kg.cli.output import OUT
from kg.release import release
from kg.settings import Settings
from kg.sources import download as downloads
from kg.sources.registry import SOURCES
from kg.sources.selection import fetch_folder


@click.command()
@with_settings
def sources(settings: Settings) -> None:
    """List the available sources with contents, publisher, licence and download status.

    For the sources of the current release it also shows the periods that they cover.
    """
    current = release.current(settings.data)
    entries = current.manifest().sources if current else ()
    coverage = {entry.name: entry.coverage for entry in entries}
    columns = ("Name", "Contents", "Publisher", "Licence", "Present", "Covered")
    table = Table(*columns, header_style="bold")
    for source in SOURCES.values():
        if source.embedded:
            present = "embedded"
        else:
            there = fetch_folder(settings.data, source.name)
            fetched = downloads.is_fetched(source, there)
            present = f"in {there}" if fetched else f"no: kg fetch {source.name}"
        terms = source.terms.licence
        covered = "\n".join(period.in_words for period in coverage.get(source.name, ()))
        table.add_row(source.name, source.title, source.publisher, terms, present, covered)
    OUT.print(table)
