"""The command ``kg build``."""

from __future__ import annotations

import click
from rich.table import Table

from kg.cli.options import with_settings
from kg.cli.output import OUT, accounts
from kg.pipeline.build import build as build_release
from kg.release.release import Release
from kg.settings import Settings
from kg.sources.selection import select_sources


@click.command()
@click.option(
    "--source",
    "sources",
    multiple=True,
    metavar="NAME[=PATH]",
    help="Load this source; repeat for several. 'embedded' means all embedded sources; PATH is the "
    "folder with the files of the source, or its only file. 'states' is always loaded.  "
    "[default: embedded]",
)
@with_settings
@click.option(
    "--max-refused",
    type=click.IntRange(min=0),
    metavar="N",
    help="Build the release even if up to N rows are refused.  [default: $KG_MAX_REFUSED, else 0]",
)
@click.option(
    "--dumps", is_flag=True, help="Also create the dumps that kg serve offers at /dumps/."
)
def build(
    settings: Settings, sources: tuple[str, ...], max_refused: int | None, dumps: bool
) -> None:
    """Load, merge, validate and write a new release.

    A release without SHACL violations becomes the current one; until then, and if the build fails,
    the earlier release stays current. kg sources lists the available sources.

    \b
    Examples:
      kg build
      kg build --source embedded --source unvotes
      kg build --source unvotes=/data/unvotes --max-refused 10
      kg build --source embedded --source undl-ga=2026_02_06_ga_voting.csv --max-refused 10
    """
    settings = settings.with_options(max_refused=max_refused)
    release = build_release(
        select_sources(sources, settings.data),
        settings.data,
        settings.max_refused,
        OUT,
        dumps=dumps,
        columns=settings.columnar,
    )
    _show(release)


def _show(release: Release) -> None:
    """Show the contents of a finished build."""
    manifest = release.manifest()
    table = Table("", "", show_header=False, box=None)
    table.columns[1].justify = "right"
    for name, count in manifest.counts.items():
        table.add_row(name, f"{count:,}")
    for kind, counts in (
        ("discrepancies", manifest.discrepancies),
        ("warnings", manifest.warnings),
    ):
        for name, count in counts.items():
            table.add_row(f"{kind}: {name}", f"{count:,}")
    for kind, count in manifest.changes.counts.items() if manifest.changes else ():
        table.add_row(f"changes: {kind}", f"{count:,}")
    table.add_row("refused rows", f"{manifest.refused:,}")
    table.add_row("records with refused rows", f"{manifest.refused_records:,}")
    table.add_row("rows read by a rule", f"{manifest.read_by_rule:,}")
    for source in manifest.sources:
        for name, count in source.notes.items():
            table.add_row(f"{source.name}: {name}", f"{count:,}")
    OUT.print(table)
    OUT.print(accounts(manifest))
    click.echo(f"Released {release.name} in {release.path}")
