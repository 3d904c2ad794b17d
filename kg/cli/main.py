"""The command ``kg``: its subcommands with their help, each imported only when it is used."""

from __future__ import annotations

import importlib
from typing import Final

import click

import kg
from kg.settings import Settings

#: The help summary of each command; its module has the same name, with underscores. A test
#: compares the summaries.
COMMANDS: Final = {
    "add": "Add statements, proposals and reported votes to files, and check these files.",
    "adopt": "Make a release that was built elsewhere, or an earlier one, the current release.",
    "audit": "List where sources, reports and the record disagree, and which rows were refused.",
    "build": "Load, merge, validate and write a new release.",
    "check": "Compare what an article states of recorded votes with the record.",
    "check-source": "Check a file before a build: what it is, its rows, its first faults.",
    "coding": "Have a second reader code stances or correspondences, and measure the agreement.",
    "diff": "Show what changed between two releases: events, votes, dates, symbols, statements.",
    "export": "Write the current release to a folder, with the terms of use of its sources.",
    "fetch": "Download a source and verify its checksums, where they are known.",
    "ideal-points": "Estimate ideal points of states from the votes of the current release.",
    "publish": "Write the current release to another SPARQL server, and make it current there.",
    "query": "Run a query on the current release, without a server.",
    "serve": "Serve the current release over HTTP: SPARQL at /sparql, health check at /health.",
    "settings": "Print each setting, its value and its origin.",
    "shifts": "List pairs of states, or states, whose votes shifted between two periods.",
    "sources": "List the available sources with contents, publisher, licence and download status.",
    "tables": "Write tables for R, Stata and pandas, computed from the current release.",
    "validate": "Validate RDF files, taken together, against the SHACL shapes.",
    "verify": "Verify the checksums of the files of a release.",
}


class _Commands(click.Group):
    """Imports the module of a command when it runs: importing all of them takes seconds."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """See ``click.Group``."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """See ``click.Group``."""
        if cmd_name not in COMMANDS:
            return None
        module = cmd_name.replace("-", "_")
        command = getattr(importlib.import_module(f"kg.cli.{module}"), module)
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
      kg query -e 'SELECT ...'     run a query without a server
      kg audit                     see where sources disagree
    \b
    The open release, from every source whose terms allow redistribution:
      kg build --profile open --fetch
    """
    if context.obj is None:
        context.obj = Settings()
