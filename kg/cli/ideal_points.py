"""The command ``kg ideal-points``."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import click

from kg.cli.options import with_settings
from kg.cli.output import ERR
from kg.errors import KgError
from kg.model.ideal_points import IDEAL_POINT_MODELS
from kg.release import release
from kg.settings import Settings


@click.command("ideal-points")
@click.argument(
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    default="estimated-ideal-points.csv",
    metavar="[FILE]",
)
@with_settings
def ideal_points(settings: Settings, file: Path) -> None:
    """Estimate ideal points of states from the votes of the current release.

    The estimates, for each calendar year, from votes on final passage and from all votes, are
    written to FILE (default: estimated-ideal-points.csv), with the bounds of the interval of 90
    percent and the SHA-256 of the votes. It is the source estimated-ideal-points of a build. The
    whole record takes a few minutes. Needs un-votes-kg[estimates].

    \b
    Examples:
      kg ideal-points
      kg build --source embedded --source estimated-ideal-points=estimated-ideal-points.csv
    """
    if find_spec("scipy") is None:
        raise KgError("kg ideal-points needs scipy: pip install 'un-votes-kg[estimates]'")
    from kg.analysis.ideal_points import estimate, write  # noqa: PLC0415 - scipy is optional
    from kg.analysis.votes import read_record  # noqa: PLC0415

    current = release.require_current(settings.data)
    with ERR.status("Reading votes"):
        record = read_record(current.open_store())
    points = []
    for model in IDEAL_POINT_MODELS:
        with ERR.status(f"Estimating ideal points from {model}"):
            points += list(estimate(record, model))
    checksum = record.checksum()
    number = write(points, checksum, file)
    click.echo(f"{file}: {number:,} estimates from {len(record.option):,} votes ({checksum})")
