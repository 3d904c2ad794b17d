"""The command ``kg adopt``."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.options import with_settings
from kg.cli.output import ERR
from kg.progress import ProgressReporter
from kg.release import adoption
from kg.settings import Settings


@click.command()
@click.argument("source", type=click.Path(path_type=Path), metavar="PATH")
@with_settings
def adopt(settings: Settings, source: Path) -> None:
    """Make a release that was built elsewhere, or an earlier one, the current release.

    PATH is the directory of a release, or a data folder. The release is copied, its checksums are
    verified, and it is made current; a running server prepares it and switches to it. Replicas can
    be updated in this way one after another. A release with links, with files that its manifest
    does not list, or with a damaged file is refused, and the current one remains.

    \b
    Examples:
      kg adopt /mnt/builder/kg-data --data replica-1
      kg adopt kg-data/releases/20261122T162049.437718Z-2942ffe2
    """
    progress = ProgressReporter(ERR)
    with progress.step("adopt", f"Copying and verifying {source}"):
        adopted = adoption.adopt(settings.data, source)
    click.echo(f"{adopted.name} is the current release in {settings.data}")
