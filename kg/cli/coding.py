"""The command ``kg coding``: coding by a second reader, and its agreement with the first."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg import resources
from kg.model.state_register import StateRegister
from kg.sources.statements import correspondence_agreement, intercoder_agreement
from kg.sources.states import read_states

_PATHS = click.argument(
    "paths", nargs=-1, metavar="[FILE|DIR]...", type=click.Path(exists=True, path_type=Path)
)
_OF = click.option(
    "--of",
    "judgements",
    type=click.Choice(["stances", "correspondences"]),
    default="stances",
    show_default=True,
    help="The judgements to read a second time.",
)
_PROPOSALS = click.option(
    "--proposal",
    "proposals",
    metavar="KEY",
    multiple=True,
    help="With --of correspondences: only the points of this proposal. Repeatable.",
)


def _states() -> StateRegister:
    return StateRegister(read_states(resources.DATA))


@click.group()
def coding() -> None:
    """Have a second reader code stances or correspondences, and measure the agreement.

    The rules are in docs/explanation/coding.md.
    """


@coding.command()
@_PATHS
@_OF
@_PROPOSALS
def sheet(paths: tuple[Path, ...], judgements: str, proposals: tuple[str, ...]) -> None:
    """Print a blind sheet as CSV: what is to be judged, without the judgements.

    It lists each statement and its target, or each point of a proposal with each paragraph of the
    text with which the proposal was compared; of the embedded files, or of the given files and
    folders.
    """
    chosen = paths or intercoder_agreement.EMBEDDED
    if judgements == "stances":
        _no_proposals(proposals)
        intercoder_agreement.write_sheet(chosen, _states(), sys.stdout)
    else:
        correspondence_agreement.write_sheet(chosen, _states(), proposals, sys.stdout)


@coding.command()
@click.argument("filled", metavar="SHEET", type=click.Path(path_type=Path))
@_PATHS
@_OF
@_PROPOSALS
def compare(
    filled: Path, paths: tuple[Path, ...], judgements: str, proposals: tuple[str, ...]
) -> None:
    """Compare a sheet filled in by a reader with the coded stances or correspondences.

    Prints the number of judgements that are alike, Cohen's kappa and each difference.
    """
    chosen = paths or intercoder_agreement.EMBEDDED
    if judgements == "stances":
        _no_proposals(proposals)
        agreement = intercoder_agreement.compare(chosen, _states(), filled)
    else:
        agreement = correspondence_agreement.compare(chosen, _states(), proposals, filled)
    things = "statements" if judgements == "stances" else "pairs"
    kappa = "undefined" if agreement.kappa is None else f"{agreement.kappa:.2f}"
    click.echo(f"{agreement.equal} of {agreement.judged} {things} are coded alike")
    click.echo(f"Cohen's kappa: {kappa}")
    for difference in agreement.differences:
        reason = f" ({difference.reason})" if difference.reason else ""
        click.echo(
            f"  {difference.key}: coded {difference.ours}, in the sheet {difference.theirs}{reason}"
        )
    if agreement.not_read:
        click.echo(f"not coded in the sheet: {', '.join(agreement.not_read)}")


def _no_proposals(proposals: tuple[str, ...]) -> None:
    if proposals:
        raise click.UsageError("--proposal applies to --of correspondences only")
