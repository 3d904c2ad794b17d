"""The command ``kg``: its commands and what each does, imported only when it is used."""

from __future__ import annotations

import importlib
from typing import Final

import click

import kg
from kg.settings import Settings

#: What the help says of each command; its module has its name. A test compares the two.
COMMANDS: Final = {
    "add": "Add what a state said, proposed or is told to have done, and check files of positions.",
    "adopt": "Serve a release that was built elsewhere, or an earlier one again.",
    "audit": "Show where sources, reports and the record disagree, and what was refused.",
    "build": "Load, merge, validate and write a new release.",
    "coding": "Let a second reader code the stances, and see how far you agree.",
    "diff": "Show what changed between two releases: events, votes, dates, symbols, statements.",
    "export": "Write the current release to a folder, with the terms of its sources.",
    "fetch": "Download a source and verify its checksums, where they are known.",
    "publish": "Write the current release into another SPARQL server, and put it in force there.",
    "query": "Ask the current release, without a server.",
    "serve": (
        "Serve the current release over HTTP: SPARQL at /sparql, state of the service at /health."
    ),
    "settings": "Print each setting, its value, and where it comes from.",
    "sources": "List what can be loaded: name, contents, publisher, licence, present or not.",
    "validate": "Check RDF files, taken together, against the SHACL shapes.",
}


class _Commands(click.Group):
    """Imports the module of a command when it runs: all together take seconds to import."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """See ``click.Group``."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """See ``click.Group``."""
        if cmd_name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(f"kg.cli.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            width = formatter.width - 6 - max(len(name) for name in COMMANDS)
            formatter.write_dl(
                [
                    (name, click.Command(name, help=text).get_short_help_str(width))
                    for name, text in COMMANDS.items()
                ]
            )


@click.group(
    "kg",
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(kg.__version__, prog_name="kg")
@click.pass_context
def cli(context: click.Context) -> None:
    """How states vote at the United Nations, as a knowledge graph.

    \b
    Start here:
      kg serve                     build the embedded data and answer SPARQL on port 8000
      kg query -e 'SELECT ...'     ask without a server
      kg audit                     see where sources disagree
    \b
    The whole record of 1946 to 2020:
      kg fetch unvotes
      kg build --source embedded --source unvotes
    """
    if context.obj is None:
        context.obj = Settings()
