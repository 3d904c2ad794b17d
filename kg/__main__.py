"""Entry of the command ``kg``: errors become messages and exit codes here."""

from __future__ import annotations

import sys

from kg.errors import KgError


def main() -> None:
    """Run the command line; a KgError ends it with its message and exit code."""
    try:
        # Imported here, so that a setting that is unusable gets a message too.
        from kg.cli.main import cli  # noqa: PLC0415

        cli(prog_name="kg")
    except KgError as error:
        sys.stderr.write(f"kg: {error}\n")
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
