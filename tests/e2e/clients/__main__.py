"""Write the table of clients: ``python -m tests.e2e.clients FILE [ADDRESS]``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.e2e.clients.matrix import AT_HAND, INSTALLED, Outcome, run, table
from tests.e2e.clients.trials import Client
from tests.support.live import serving
from tests.support.releases import make_release


def main(path: str, address: str = "") -> int:
    """Write the table and return 1 if a client has a wrong answer.

    The server is that of an address, or one over a new release of the embedded sources.
    """
    if address:
        return _write(path, address)
    with tempfile.TemporaryDirectory() as folder:
        make_release(Path(folder), columns=True)
        with serving(Path(folder)) as server:
            return _write(path, server.address)


def _write(path: str, address: str) -> int:
    results: list[tuple[Client, str, list[Outcome]]] = []
    for client in (*AT_HAND, *INSTALLED):
        if reason := client.missing():
            results.append((client, f"Not tried: {reason}", []))
        else:
            results.append((client, f"Version {client.version()}", run(client, address)))
    wrong = [outcome for _, _, outcomes in results for outcome in outcomes if not outcome.is_right]
    for outcome in wrong:
        print(outcome, file=sys.stderr)
    Path(path).write_text(table(results), encoding="utf-8")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
