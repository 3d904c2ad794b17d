"""Entry point of the command ``kg``: reads the settings, and reports errors with exit codes."""

from __future__ import annotations

import os
import sys
import traceback
from io import TextIOWrapper
from pathlib import Path

from kg.errors import KgError
from kg.sparql.storage_faults import is_storage_fault, storage_fault


def main() -> None:
    """Run the command line; an error ends it with a message and an exit code.

    A traceback is shown only with ``python -X dev -m kg``.
    """
    for stream in (sys.stdout, sys.stderr):
        # A terminal or a file that cannot represent a character gets its escape sequence.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        try:
            _run()
        finally:
            sys.stdout.flush()
    except KgError as error:
        _exit(error.for_operator(), error.exit_code)
    except BrokenPipeError:
        # Whoever read the output has ended, as head does.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        _exit(_message(error), 1)


def _message(error: Exception) -> str:
    """Return the message for an error that no part of the program expected."""
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename is not None else ""
        return f"{place}{error.strerror or error}"
    if isinstance(error, MemoryError):
        return "the memory of this machine, or the limit of this process, is used up"
    if isinstance(error, RecursionError):
        return "the input is nested too deeply"
    if is_storage_fault(error):
        return f"the store is damaged: {storage_fault(error)}; kg verify checks all files"
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return (
        f"internal error, please report it: {type(error).__name__}: {error} "
        f"({Path(frame.filename).name}:{frame.lineno}); python -X dev -m kg shows more"
    )


def _run() -> None:
    # Imported here, so that errors during import are reported in the same way.
    from kg.cli.main import cli  # noqa: PLC0415
    from kg.settings import Settings, warn_of_misspelt_variables  # noqa: PLC0415

    settings = Settings.load()
    warn_of_misspelt_variables()
    cli(prog_name="kg", obj=settings)


def _exit(message: str, code: int) -> None:
    sys.stderr.write(f"kg: {message}\n")
    sys.exit(code)


if __name__ == "__main__":
    main()
