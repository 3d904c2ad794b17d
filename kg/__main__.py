"""Entry point of the command ``kg``: reads the settings, and reports errors with exit codes."""

from __future__ import annotations

import sys

from kg.errors import KgError


def main() -> None:
    """Run the command line; a KgError ends it with its message and exit code."""
    try:
        # Imported here, so that errors during import are reported in the same way.
        from kg.cli.main import cli  # noqa: PLC0415
        from kg.settings import Settings, warn_of_misspelt_variables  # noqa: PLC0415

        settings = Settings.load()
        warn_of_misspelt_variables()
        cli(prog_name="kg", obj=settings)
    except KgError as error:
        sys.stderr.write(f"kg: {error}\n")
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
