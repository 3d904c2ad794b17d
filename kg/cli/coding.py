"""The command ``kg coding``: coding of the stances by a second reader."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg import resources
from kg.model.state_register import StateRegister
from kg.sources.statements import intercoder_agreement
from kg.sources.states import read_states

_PATHS = click.argument(
    "paths", nargs=-1, metavar="[FILE|DIR]...", type=click.Path(exists=True, path_type=Path)
)


def _states() -> StateRegister:
    return StateRegister(read_states(resources.DATA))


@click.group()
def coding() -> None:
    """Have a second reader code the stances, and measure the agreement.

    The rules are in docs/explanation/coding.md.
    """


@coding.command()
@_PATHS
def sheet(paths: tuple[Path, ...]) -> None:
    """Print a blind sheet as CSV: each statement and its target, without the stance.

    It lists the embedded statements, or those in the given files and folders.
    """
    intercoder_agreement.write_sheet(paths or intercoder_agreement.EMBEDDED, _states(), sys.stdout)


@coding.command()
@click.argument("filled", metavar="SHEET", type=click.Path(path_type=Path))
@_PATHS
def compare(filled: Path, paths: tuple[Path, ...]) -> None:
    """Compare a sheet filled in by a reader with the coded stances.

    Prints the number of statements coded alike, Cohen's kappa and each difference.
    """
    agreement = intercoder_agreement.compare(
        paths or intercoder_agreement.EMBEDDED, _states(), filled
    )
    kappa = "undefined" if agreement.kappa is None else f"{agreement.kappa:.2f}"
    click.echo(f"{agreement.equal} of {agreement.statements} statements are coded alike")
    click.echo(f"Cohen's kappa: {kappa}")
    for difference in agreement.differences:
        reason = f" ({difference.reason})" if difference.reason else ""
        click.echo(
            f"  {difference.statement}: coded {difference.ours}, "
            f"in the sheet {difference.theirs}{reason}"
        )
    if agreement.not_read:
        click.echo(f"not coded in the sheet: {', '.join(agreement.not_read)}")
