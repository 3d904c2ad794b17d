"""The commands ``kg add`` and ``kg coding``: writing and checking positions, second readings."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, get_args

import click
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from kg import resources
from kg.errors import KgError
from kg.model.state_register import StateRegister
from kg.sources.statements import intercoder_agreement, writer
from kg.sources.statements.loader import CODING, known
from kg.sources.statements.reader import Document, PositionsError, compose, files, read
from kg.sources.statements.rules import RULES
from kg.sources.statements.schema import (
    Coded,
    ContactEntry,
    PointEntry,
    PositionsFile,
    ProposalEntry,
    SourceEntry,
    StatementEntry,
    TallyReport,
    Target,
    Told,
    VoteReport,
)
from kg.sources.states import read_states

_PATHS = click.argument(
    "paths", nargs=-1, metavar="[FILE|DIR]...", type=click.Path(exists=True, path_type=Path)
)
_FILE = click.option(
    "--file",
    "file",
    default="positions.yaml",
    show_default=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write to; made where there is none.",
)


def _states() -> StateRegister:
    return StateRegister(read_states(resources.DATA))


@click.group()
def add() -> None:
    """Add what a state said, proposed or is told to have done, and check files of positions.

    Everything is written to a YAML file of yours (docs/positions.md tells the format), which is
    checked first: what breaks a rule is not written, and a message says where, and what to write.
    Asks for what is missing where it runs in a terminal.

    \b
    Examples:
      kg add source --key times-2023-02-24 --title "What was said" --date 2023-02-24
      kg add statement --key ind-talks --made-by IND --about resolution=A/RES/ES-11/6 \\
          --summary "India asked for talks." --source times-2023-02-24
      kg add check my-positions/
      kg build --source embedded --source statements=my-positions/
    """


@add.command()
@click.argument(
    "paths", nargs=-1, required=True, metavar="FILE|DIR...", type=click.Path(path_type=Path)
)
def check(paths: tuple[Path, ...]) -> None:
    """Check files of positions, or those of folders, taken together.

    Lists every broken rule with file and line; exit code 1 if there is any.
    """
    checked = [file for path in paths for file in files(path)]
    _check(checked)
    click.echo(f"{len(checked)} files keep all {len(RULES)} rules")


@add.command()
def schema() -> None:
    """Print the JSON Schema of the format, by which editors complete and check."""
    click.echo(json.dumps(PositionsFile.model_json_schema(), indent=2, ensure_ascii=False))


def _adding(
    name: str, section: str, model: type[BaseModel], text: str, **fixed: str
) -> click.Command:
    """Return the command that adds an entry, with an option for each of its fields."""

    def callback(file: Path, **values: Any) -> None:
        given = {key: value for key, value in values.items() if value not in (None, (), False)}
        entry = fixed | {
            key: _value(model.model_fields[key], value) for key, value in given.items()
        }
        _ask(model, entry, file)
        ordered = {key: entry[key] for key in sorted(entry, key=_place(model))}
        line = writer.add(file, section, ordered, lambda beside: _check_as(beside, file))
        click.echo(f"{file}:{line}: {name} {entry.get('key', '')}".rstrip() + " added")

    options = [_option(key, field) for key, field in model.model_fields.items() if key not in fixed]
    command = click.command(name, help=text)(_FILE(callback))
    command.params = [*options, *command.params]
    return command


def _place(model: type[BaseModel]) -> Callable[[str], tuple[bool, int]]:
    """Return the order of keys in an entry: its own as in the model, those of any entry last."""
    order = list(model.model_fields)
    common = {*Told.model_fields, *Coded.model_fields}
    return lambda key: (key in common, order.index(key))


def _option(key: str, field: FieldInfo) -> click.Option:
    flag = f"--{key.replace('_', '-')}"
    if _holds(field, PointEntry):
        return click.Option(
            [flag.removesuffix("s"), key], multiple=True, metavar="TITLE",
            help="A point's title; repeat, in order.",
        )  # fmt: skip
    listed = _is_list(field)
    kind = {True: "KIND=NAME", False: "TEXT"}[_holds(field, Target)]
    if _holds(field, bool) and not listed and field.default is False:
        return click.Option([flag], is_flag=True, help=field.description or None)
    told = (field.description or "") + ("; repeat for several" if listed else "")
    return click.Option([flag], multiple=listed, metavar=kind, help=told.strip("; ") or None)


def _value(field: FieldInfo, given: Any) -> Any:
    """Return what is written for the value of an option."""
    if _is_list(field):
        return [_single(field, one) for one in given]
    return _single(field, given)


def _single(field: FieldInfo, given: Any) -> Any:
    if _holds(field, Target):
        kind, equals, name = str(given).partition("=")
        if not equals:
            raise click.UsageError(f"{given!r}: expected KIND=NAME, resolution=A/RES/ES-11/6")
        return {kind: name}
    if _holds(field, PointEntry):
        return {"title": given}
    if _holds(field, int) and str(given).isdecimal():
        return int(given)
    return given


def _is_list(field: FieldInfo) -> bool:
    return getattr(field.annotation, "__origin__", None) is tuple


def _holds(field: FieldInfo, kind: type) -> bool:
    """Whether a field is of a type, or of a list or an optional value of it."""
    found = [field.annotation]
    while found:
        one = found.pop()
        if one is kind:
            return True
        found += get_args(one)
    return False


def _ask(model: type[BaseModel], entry: dict[str, Any], file: Path) -> None:
    """Ask for required fields that are missing, where somebody can answer."""
    defaults = _defaults(file)
    if not sys.stdin.isatty():
        return
    for key in sorted(model.model_fields, key=_place(model)):
        field = model.model_fields[key]
        if field.is_required() and key not in entry and key not in defaults:
            told = f" ({field.description})" if field.description else ""
            given = click.prompt(f"{key}{told}", err=True)
            values = [one.strip() for one in given.split(",")] if _is_list(field) else given
            entry[key] = _value(field, values)


def _defaults(file: Path) -> Mapping[str, Any]:
    if not file.exists():
        return {}
    (document,) = compose([file])
    found = document.values.get("defaults")
    return found if isinstance(found, dict) else {}


def _check(paths: list[Path], others: Iterable[Document] = ()) -> None:
    documents = compose(dict.fromkeys([*paths, *files(CODING)]))
    read(documents, known(_states(), [*documents, *others]))


def _check_as(beside: Path, file: Path) -> None:
    """Check a new text of a file, with messages that name the file itself.

    What the other files of its folder describe may be referred to: a folder is loaded together.
    """
    others = []
    for other in sorted(file.parent.glob("*.yaml")):
        if other not in (file, beside):
            with suppress(PositionsError):  # a file of something else, or one to mend on its own
                others += compose([other])
    try:
        _check([beside], others)
    except PositionsError as error:
        raise KgError(f"{str(error).replace(str(beside), str(file))}\nnothing is written") from None


for _command in (
    _adding(
        "statement", "statements", StatementEntry,
        "Add what was said for a state. A stance needs --coder and --rule (docs/coding.md).",
    ),
    _adding(
        "contact", "contacts", ContactEntry, "Add a diplomatic contact: who met or urged whom."
    ),
    _adding("proposal", "proposals", ProposalEntry, "Add a plan that states put forward."),
    _adding(
        "report", "reports", TallyReport,
        "Add the totals of a vote as somebody printed them.", kind="tally",
    ),
    _adding(
        "reported-vote", "reports", VoteReport,
        "Add the votes of states as somebody told them.", kind="vote",
    ),
    _adding("source", "sources", SourceEntry, "Describe a source that entries name."),
):  # fmt: skip
    add.add_command(_command)


@click.group()
def coding() -> None:
    """Let a second reader code the stances, and see how far you agree.

    The rules are in docs/coding.md.
    """


@coding.command()
@_PATHS
def sheet(paths: tuple[Path, ...]) -> None:
    """Print a blind sheet as CSV: each statement and its target, without the stance.

    Of the embedded statements, or of those in the files and folders given.
    """
    intercoder_agreement.write_sheet(paths or intercoder_agreement.EMBEDDED, _states(), sys.stdout)


@coding.command()
@click.argument("filled", metavar="SHEET", type=click.Path(path_type=Path))
@_PATHS
def compare(filled: Path, paths: tuple[Path, ...]) -> None:
    """Compare a sheet that a reader has filled in with the stances that are coded.

    Prints the count, Cohen's kappa and each difference.
    """
    found = intercoder_agreement.compare(paths or intercoder_agreement.EMBEDDED, _states(), filled)
    click.echo(f"{found.equal} of {found.statements} statements are judged alike")
    click.echo(f"Cohen's kappa: {'not defined' if found.kappa is None else f'{found.kappa:.2f}'}")
    for one in found.differences:
        told = f" ({one.reason})" if one.reason else ""
        click.echo(f"  {one.statement}: here {one.ours}, there {one.theirs}{told}")
    if found.not_read:
        click.echo(f"not judged: {', '.join(found.not_read)}")
