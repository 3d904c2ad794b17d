"""The command ``kg add``: adding entries to files of positions, and checking these files."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import click
from pydantic import BaseModel

from kg import resources
from kg.cli.entry_options import is_list, keys_of_names, option, order_of_keys, value_of
from kg.errors import KgError
from kg.model.state_register import StateRegister
from kg.sources.statements import writer
from kg.sources.statements.loader import CODING, references
from kg.sources.statements.reader import Document, PositionsError, compose, files, read
from kg.sources.statements.reports import TallyReport, VoteReport
from kg.sources.statements.rules import RULES
from kg.sources.statements.schema import (
    ContactEntry,
    PositionsFile,
    ProposalEntry,
    SourceEntry,
    StatementEntry,
)
from kg.sources.states import read_states

_FILE = click.option(
    "--file",
    "file",
    default="positions.yaml",
    show_default=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write to; it is created if it does not exist.",
)


@click.group()
def add() -> None:
    """Add statements, proposals and reported votes to files, and check these files.

    Entries are written to a YAML file of your own, in the format of docs/reference/positions.md. An
    entry that breaks a rule is not written, and a message names the place and the expected value.
    States may be given by a name in any official language, a code or a Wikidata identifier; the
    file gets their keys.
    In a terminal the command prompts for missing fields.

    \b
    Examples:
      kg add source --key times-2023-02-24 --title "What was said" --date 2023-02-24
      kg add statement --key ind-talks --made-by India --about resolution=A/RES/ES-11/6 \\
          --summary "India asked for talks." --source times-2023-02-24
      kg add check my-positions/
      kg build --source embedded --source statements=my-positions/
    """


@add.command()
@click.argument(
    "paths", nargs=-1, required=True, metavar="FILE|DIR...", type=click.Path(path_type=Path)
)
def check(paths: tuple[Path, ...]) -> None:
    """Check files of positions, or those in folders, taken together.

    Lists every broken rule with file and line; the exit code is 1 if there are any.
    """
    checked = [file for path in paths for file in files(path)]
    _check(checked)
    click.echo(f"{len(checked)} files comply with all {len(RULES)} rules")


@add.command()
def schema() -> None:
    """Print the JSON Schema of the format, which editors use for completion and validation."""
    click.echo(json.dumps(PositionsFile.model_json_schema(), indent=2, ensure_ascii=False))


def _adding(
    name: str, section: str, model: type[BaseModel], text: str, **fixed: str
) -> click.Command:
    """Return the command that adds an entry, with an option for each of its fields."""

    def callback(file: Path, **values: object) -> None:
        typed = {key: value for key, value in values.items() if value not in (None, (), False)}
        entry: dict[str, object] = {
            **fixed,
            **{key: value_of(model.model_fields[key], value) for key, value in typed.items()},
        }
        _ask(model, entry, file)
        entry = keys_of_names(model, entry)
        ordered = {key: entry[key] for key in sorted(entry, key=order_of_keys(model))}
        line = writer.add(file, section, ordered, lambda beside: _check_as(beside, file))
        click.echo(f"{file}:{line}: {name} {entry.get('key', '')}".rstrip() + " added")

    options = [option(key, field) for key, field in model.model_fields.items() if key not in fixed]
    command = click.command(name, help=text)(_FILE(callback))
    command.params = [*options, *command.params]
    return command


def _ask(model: type[BaseModel], entry: dict[str, object], file: Path) -> None:
    """Prompt for required fields that are missing, if standard input is a terminal."""
    defaults = _defaults(file)
    if not sys.stdin.isatty():
        return
    for key in sorted(model.model_fields, key=order_of_keys(model)):
        field = model.model_fields[key]
        if field.is_required() and key not in entry and key not in defaults:
            description = f" ({field.description})" if field.description else ""
            typed = click.prompt(f"{key}{description}", err=True)
            values = [item.strip() for item in typed.split(",")] if is_list(field) else typed
            entry[key] = value_of(field, values)


def _defaults(file: Path) -> Mapping[str, object]:
    if not file.exists():
        return {}
    (document,) = compose([file])
    defaults = document.values.get("defaults")
    return defaults if isinstance(defaults, dict) else {}


def _check(paths: list[Path], others: Iterable[Document] = ()) -> None:
    documents = compose(dict.fromkeys([*paths, *files(CODING)]))
    read(documents, references(StateRegister(read_states(resources.DATA)), [*documents, *others]))


def _check_as(beside: Path, file: Path) -> None:
    """Check the new content of a file, with messages that name the file itself.

    It may refer to entries in the other files of its folder: a folder is loaded together.
    """
    others = []
    for other in sorted(file.parent.glob("*.yaml")):
        if other not in (file, beside):
            with suppress(PositionsError):  # another kind of file, or one with errors of its own
                others += compose([other])
    try:
        _check([beside], others)
    except PositionsError as error:
        message = str(error).replace(str(beside), str(file))
        raise KgError(f"{message}\nnothing was written") from None


for _command in (
    _adding(
        "statement", "statements", StatementEntry,
        "Add a statement on behalf of a state. "
        "A stance needs --coder and --rule (docs/explanation/coding.md).",
    ),
    _adding(
        "contact", "contacts", ContactEntry, "Add a diplomatic contact: who met or urged whom."
    ),
    _adding("proposal", "proposals", ProposalEntry, "Add a plan put forward by states."),
    _adding(
        "report", "reports", TallyReport,
        "Add the totals of a vote as reported by a source.", kind="tally",
    ),
    _adding(
        "reported-vote", "reports", VoteReport,
        "Add votes of states as reported by a source.", kind="vote",
    ),
    _adding("source", "sources", SourceEntry, "Add the description of a source that entries cite."),
):  # fmt: skip
    add.add_command(_command)
