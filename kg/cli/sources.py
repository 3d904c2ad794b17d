"""The command ``kg sources``."""

from __future__ import annotations

import click
from rich.table import Table

from kg.cli.options import with_settings
from kg.cli.output import OUT
from kg.settings import Settings
from kg.sources import download as downloads
from kg.sources.registry import LOADERS
from kg.sources.selection import fetched


@click.command()
@with_settings
def sources(settings: Settings) -> None:
    """List what can be loaded: name, contents, publisher, licence, present or not."""
    table = Table("Name", "Holds", "Publisher", "Licence", "Present", header_style="bold")
    for loader in LOADERS.values():
        if loader.embedded:
            present = "embedded"
        else:
            there = fetched(settings.data, loader.name)
            complete = all(downloads.present(file, there) for file in loader.remote)
            present = f"in {there}" if complete else f"no: kg fetch {loader.name}"
        table.add_row(loader.name, loader.title, loader.publisher, loader.licence, present)
    OUT.print(table)
