"""The command ``kg verify``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.cli.options import with_settings
from kg.cli.output import ERR
from kg.errors import ReleaseError
from kg.progress import ProgressReporter
from kg.release import integrity, manifest
from kg.release.damage import DamagedReleaseError
from kg.release.release import Release, require_current
from kg.settings import Settings


@click.command()
@click.argument("path", required=False, type=click.Path(path_type=Path), metavar="[PATH]")
@with_settings
def verify(settings: Settings, path: Path | None) -> None:
    """Verify the checksums of the files of a release.

    PATH is the directory of a release, or a data folder; the default is the current release. Every
    file that is missing, damaged or not listed in the manifest is named. A damaged release can be
    replaced by kg adopt with an intact copy, or by kg build.

    \b
    Exit codes:
      0  all files have their checksums
      1  files are damaged, or there is no release with checksums

    \b
    Examples:
      kg verify
      kg verify /backup/20261122T162049.437718Z-2942ffe2
    """
    release = _release(settings, path)
    try:
        files = release.manifest().files
    except DamagedReleaseError:
        files = {}
    else:
        _require_checksums(release)
    total = sum(file.bytes for file in files.values())
    with ProgressReporter(ERR).counted("verify", f"Verifying {release.name}", total) as advance:
        damage = list(integrity.damaged_files(release, advance=advance))
    for file in damage:
        click.echo(str(file))
    if damage:
        click.echo(f"release {release.name} is damaged: {len(damage)} files", err=True)
        sys.exit(1)
    click.echo(f"release {release.name} is intact: {len(files)} files, {total:,} bytes")


def _release(settings: Settings, path: Path | None) -> Release:
    if path is None:
        return require_current(settings.data)
    release = Release(path.resolve())
    return release if release.manifest_file.is_file() else require_current(path)


def _require_checksums(release: Release) -> None:
    content = release.manifest()
    if content.format < manifest.FORMAT:
        raise ReleaseError(
            f"release {release.name} has format {content.format} of an earlier version of "
            "un-votes-kg, without checksums; run kg build to replace it"
        )
