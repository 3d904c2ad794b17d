"""Processes of the command ``kg`` that have imported what it needs.

Importing takes longer than most of what tests ask of a command, and than all else at the start of a
server; tests start two hundred.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from kg import settings
from kg.__main__ import main
from kg.cli import output

PROCESSES: Final = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["kg.cli.main", "kg.cli.serve", "tests.support.warm_server"])


def run(
    command: list[str],
    environment: Mapping[str, str],
    stdin: Path | None = None,
    stdout: Path | None = None,
    stderr: Path | None = None,
) -> None:
    """Run a command in such a process as in one of its own, with its streams in files."""
    os.environ.clear()
    os.environ.update(environment)
    # The modules that were imported have read settings and the width of another environment.
    settings._load.cache_clear()
    importlib.reload(output)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    for number, file, mode in ((0, stdin, os.O_RDONLY), (1, stdout, flags), (2, stderr, flags)):
        descriptor = os.open(file or os.devnull, mode)
        os.dup2(descriptor, number)
        os.close(descriptor)
    # That of a process made by multiprocessing is closed.
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.argv = command
    main()
