"""The command ``kg tables``."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.options import with_settings
from kg.cli.output import ERR, list_written
from kg.release import release
from kg.settings import Settings


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
@click.option(
    "--format",
    "formats",
    multiple=True,
    default=["csv", "parquet"],
    show_default=True,
    type=click.Choice(["csv", "parquet"]),
    help="Format of the files; repeat for several.",
)
@with_settings
def tables(settings: Settings, folder: Path, formats: tuple[str, ...]) -> None:
    """Write tables for R, Stata and pandas, computed from the current release.

    state_year has the positions and ideal points of each state by year; dyad_year how each two
    states voted, as a table of three by three, and the measures of their similarity, for final
    passage and for all votes, with and without unanimous votes; dyad_topic_year the same table on
    the topics voted on most; sponsors the sponsors of texts; groups the memberships of states.
    CODEBOOK.md defines each column. The votes and events themselves are tables of kg export, to
    whose folder these tables can be added.

    \b
    Examples:
      kg tables tables
      kg export dump --format csv && kg tables dump --format csv
    """
    # Imported here: numpy takes a tenth of a second.
    from kg.analysis.tables.writer import write_tables  # noqa: PLC0415

    current = release.require_current(settings.data)
    with ERR.status(f"Writing the tables of {current.name}"):
        written = write_tables(current, folder, formats)
    list_written(current, folder, written)
