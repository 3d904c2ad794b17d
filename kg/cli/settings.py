"""The command ``kg settings``."""

from __future__ import annotations

import json

import click
from rich.table import Table
from rich.text import Text

from kg.cli.options import with_settings
from kg.cli.output import OUT
from kg.settings import Settings


@click.command()
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="Format of the list of settings.",
)
@with_settings
def settings(current: Settings, format_name: str) -> None:
    """Print each setting, its value and its origin.

    Command options take precedence over environment variables, environment variables over the file
    that KG_SETTINGS names, and this file over the defaults. Passwords are not shown.
    """
    values = current.without_passwords()
    if format_name == "json":
        entries = [
            {"name": name, "value": value, "origin": str(current.origin(name))}
            for name, value in values.items()
        ]
        click.echo(json.dumps(entries, indent=2, ensure_ascii=False))
        return
    table = Table("Setting", "Value", "Origin", header_style="bold")
    for name, value in values.items():
        shown = (
            json.dumps(value) if isinstance(value, bool) else str("" if value is None else value)
        )
        table.add_row(name, Text(shown), Text(str(current.origin(name)), overflow="fold"))
    OUT.print(table)
