"""The command ``kg adopt``."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.options import with_settings
from kg.cli.output import ERR
from kg.release import release
from kg.settings import Settings


@click.command()
@click.argument("source", type=click.Path(path_type=Path), metavar="PATH")
@with_settings
def adopt(settings: Settings, source: Path) -> None:
    """Make a release that was built elsewhere, or an earlier one, the current release.

    PATH is the directory of a release, or a data folder. The release is copied, checked and made
    current; a running server uses it from the next query on. Replicas can be updated in this way
    one after another.

    \b
    Examples:
      kg adopt /mnt/builder/kg-data --data replica-1
      kg adopt kg-data/releases/20261122T162049.437718Z-2942ffe2
    """
    with ERR.status(f"Copying and checking {source}"):
        adopted = release.adopt(settings.data, source)
    click.echo(f"{adopted.name} is the current release in {settings.data}")
