"""The command ``kg export``."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.options import with_settings
from kg.cli.output import ERR, list_written
from kg.release import release
from kg.release.export import FORMATS
from kg.release.export import export as export_release
from kg.settings import Settings


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
@click.option(
    "--format",
    "formats",
    multiple=True,
    default=["nquads"],
    show_default=True,
    type=click.Choice(FORMATS),
    help="Format of the files; repeat for several.",
)
@with_settings
def export(settings: Settings, folder: Path, formats: tuple[str, ...]) -> None:
    """Write the current release to a folder, with the terms of use of its sources.

    nquads contains everything; turtle contains the facts, without ontology, shapes and report; both
    are compressed with gzip. csv (also compressed) and parquet are the tables events, votes, states
    and agreement, with a description of their columns.

    \b
    Examples:
      kg export dump
      kg export tables --format csv --format parquet
    """
    current = release.require_current(settings.data)
    with ERR.status(f"Exporting {current.name}"):
        written = export_release(current, folder, formats)
    list_written(current, folder, written)
