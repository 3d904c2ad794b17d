"""The command ``kg`` in a separate process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.processes import PROCESSES, run


def kg(
    *arguments: str,
    data: Path | None = None,
    stdin: str = "",
    settings: Mapping[str, str] | None = None,
    preexec_fn: Callable[[], None] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run the command with settings (``KG_...``) in addition to those of this environment.

    With settings, or with a function to be called first, it is a new process of Python.
    """
    environment = os.environ | ({"KG_DATA": str(data)} if data else {}) | {"COLUMNS": "160"}
    if settings is None and preexec_fn is None:
        return _forked(["kg", *arguments], environment, stdin)
    return subprocess.run(
        [sys.executable, "-m", "kg", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=environment | dict(settings or {}),
        input=stdin,
        preexec_fn=preexec_fn,
    )


def _forked(
    command: list[str], environment: Mapping[str, str], stdin: str
) -> subprocess.CompletedProcess[str]:
    with TemporaryDirectory() as folder:
        given, written, errors = (Path(folder) / name for name in ("stdin", "stdout", "stderr"))
        given.write_text(stdin, encoding="utf-8")
        process = PROCESSES.Process(target=run, args=(command, environment, given, written, errors))
        process.start()
        process.join()
        assert process.exitcode is not None
        output, messages = (file.read_text(encoding="utf-8") for file in (written, errors))
        return subprocess.CompletedProcess(command, process.exitcode, output, messages)
