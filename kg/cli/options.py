"""Options of several commands: the settings, and the folder of the releases."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Final

import click

from kg.settings import Settings

_DATA: Final = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the releases.  [default: $KG_DATA, else ./kg-data]",
)


def with_settings(command: Callable[..., None]) -> Callable[..., None]:
    """Pass the settings as first argument to a command, with the folder from ``--data``."""

    # Click passes the options of a command by name, whatever their types.
    def with_data(settings: Settings, /, data: Path | None, **options: object) -> None:
        command(settings.with_options(data=data), **options)

    functools.update_wrapper(with_data, command)
    return _DATA(click.pass_obj(with_data))
