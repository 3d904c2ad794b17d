"""The command ``kg fetch``."""

from __future__ import annotations

from pathlib import Path

import click
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from kg.cli.options import with_settings
from kg.cli.output import OUT
from kg.settings import Settings
from kg.sources import download as downloads
from kg.sources.loader import RegisteredSource
from kg.sources.registry import SOURCES
from kg.sources.selection import fetch_folder


@click.command()
@click.argument("name", type=click.Choice([n for n, s in SOURCES.items() if not s.embedded]))
@click.option(
    "--from", "base_url", metavar="URL", help="Download the files from this address instead."
)
@with_settings
def fetch(settings: Settings, name: str, base_url: str | None) -> None:
    """Download a source and verify its checksums, where they are known.

    The UN Digital Library (undl-ga, undl-sc) admits only browsers; for these sources the command
    prints which file to download, and how to pass it to kg build.
    """
    folder = fetch_source(SOURCES[name], settings.data, base_url)
    # The open release has every source that may be redistributed.
    is_open = SOURCES[name].terms.redistributable
    options = "--profile open" if is_open else f"--source embedded --source {name}"
    click.echo(f"{name} is in {folder}; load it with: kg build {options}")


def fetch_source(source: RegisteredSource, data: Path, base_url: str | None = None) -> Path:
    """Download a source into its folder below ``data``, with progress, and return the folder.

    Raises:
        FetchError: if it cannot be downloaded, or a checksum differs.
    """
    folder = fetch_folder(data, source.name)
    with Progress(
        TextColumn("{task.description}"), BarColumn(), DownloadColumn(), console=OUT
    ) as progress:
        tasks = {f.name: progress.add_task(f.name, total=None) for f in source.remote}

        def show(file: str, received: int, total: int | None) -> None:
            progress.update(tasks[file], completed=received, total=total)

        paths = downloads.fetch(source, folder, show, base_url)
        for task, path in zip(tasks.values(), paths, strict=True):
            size = path.stat().st_size
            progress.update(task, completed=size, total=size)
    return folder
