"""The command ``kg sources``."""

from __future__ import annotations

import click
from rich.table import Table

from kg.cli.options import with_settings
from kg.cli.output import OUT
from kg.settings import Settings
from kg.sources import download as downloads
from kg.sources.registry import SOURCES
from kg.sources.selection import fetch_folder


@click.command()
@with_settings
def sources(settings: Settings) -> None:
    """List the available sources with contents, publisher, licence and download status."""
    table = Table("Name", "Contents", "Publisher", "Licence", "Present", header_style="bold")
    for source in SOURCES.values():
        if source.embedded:
            present = "embedded"
        else:
            there = fetch_folder(settings.data, source.name)
            complete = all(downloads.present(file, there) for file in source.remote)
            present = f"in {there}" if complete else f"no: kg fetch {source.name}"
        table.add_row(source.name, source.title, source.publisher, source.terms.licence, present)
    OUT.print(table)
