"""The command ``kg build``."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table

from kg.cli.options import with_settings
from kg.cli.output import OUT, accounts, line
from kg.pipeline.build import build as build_release
from kg.release.release import Release
from kg.settings import Settings
from kg.sources.selection import SourceSelection, select_open, select_sources


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
@click.option(
    "--profile",
    type=click.Choice(["open"]),
    help="Instead of --source: 'open' loads every source that is embedded or downloaded and whose "
    "terms allow redistribution, and creates the dumps.",
)
@click.option(
    "--fetch",
    is_flag=True,
    help="With --profile, first download those of its sources that are missing.",
)
@click.option(
    "--from",
    "base_url",
    metavar="URL",
    help="With --fetch, download the files of all missing sources from this address (a mirror).",
)
@with_settings
@click.option(
    "--max-refused",
    type=click.IntRange(min=0),
    metavar="N",
    help="Build the release even if up to N rows are refused.  [default: $KG_MAX_REFUSED, else 0]",
)
@click.option(
    "--dumps/--no-dumps",
    default=None,
    help="Create the dumps that kg serve offers at /dumps/.  [default: only with --profile]",
)
@click.option(
    "--incremental",
    is_flag=True,
    help="Validate and load only what differs from the last build with this option, and keep the "
    "facts in DATA/build-cache for the next one.",
)
def build(
    settings: Settings,
    sources: tuple[str, ...],
    profile: str | None,
    fetch: bool,
    base_url: str | None,
    max_refused: int | None,
    dumps: bool | None,
    *,
    incremental: bool,
) -> None:
    """Load, merge, validate and write a new release.

    A release without SHACL violations becomes the current one; until then, and if the build fails,
    the earlier release stays current. kg sources lists the available sources.

    \b
    Examples:
      kg build
      kg build --profile open --fetch
      kg build --source embedded --source unvotes
      kg build --profile open --incremental
      kg build --source unvotes=/data/unvotes --max-refused 10
      kg build --source embedded --source undl-ga=2026_02_06_ga_voting.csv --max-refused 10
    """
    if profile and sources:
        raise click.UsageError("--profile selects the sources; it cannot be combined with --source")
    if fetch and not profile:
        raise click.UsageError("--fetch requires --profile; use kg fetch for single sources")
    if base_url and not fetch:
        raise click.UsageError("--from requires --fetch: it is the address to download from")
    settings = settings.with_options(max_refused=max_refused)
    if profile:
        selections = _open_selections(settings.data, fetch=fetch, base_url=base_url)
    else:
        selections = select_sources(sources, settings.data)
    release = build_release(
        selections,
        settings.data,
        settings.max_refused,
        OUT,
        dumps=bool(profile) if dumps is None else dumps,
        columns=settings.columnar,
        incremental=incremental,
    )
    _show(release)


def _open_selections(data: Path, *, fetch: bool, base_url: str | None) -> list[SourceSelection]:
    """Return the sources of the open release, and show which it lacks and why.

    ``base_url`` is the address of a mirror, which has the files of all sources.

    Raises:
        FetchError: if a missing source is to be downloaded and cannot be.
    """
    chosen = select_open(data)
    if fetch and chosen.missing:
        # Imported here: other builds download nothing.
        from kg.cli.fetch import fetch_source  # noqa: PLC0415

        for source in chosen.missing:
            if base_url or source.has_addresses:
                fetch_source(source, data, base_url)
        chosen = select_open(data)
    line(f"Open release from: {', '.join(s.source.name for s in chosen.selections)}")
    for source in chosen.withheld:
        line(f"Left out: {source.name}: its terms do not allow redistribution: "
             f"{source.terms.licence}")  # fmt: skip
    for source in chosen.missing:
        line(f"Left out: {source.name}: not downloaded yet; get it with: kg fetch {source.name}")
    return chosen.selections


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
