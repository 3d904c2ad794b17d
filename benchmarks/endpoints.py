"""Other SPARQL servers, real ones, to publish into and to answer from."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from benchmarks import virtuoso
from benchmarks.servers import find_oxigraph, free_port, running
from kg.rdf.vocabulary import BASE

#: Why tests with each server are skipped, empty if they are not.
MISSING = {
    "oxigraph": "" if find_oxigraph() else "oxigraph is not installed; the dev extra has it",
    "virtuoso": "" if virtuoso.find() else "Debian's virtuoso-opensource-7 is not installed",
}


_INTEGERS: Final = "the sum or the highest of decimals that are whole is an integer to it"
#: Saved queries that are not for a server: it answers them never, or answers nothing afterwards.
UNFIT: Final = {
    ("virtuoso", "similar-voters"): "takes minutes: it evaluates one sub-select for each row of "
    "the other; on the full record it then stood still until it was started again",
}
#: These, and those that a server answers otherwise than the standard says.
OTHERWISE: Final = UNFIT | {
    ("virtuoso", "reports-beside-record"): "a comparison is 1 or 0 to it, not true or false",
    ("virtuoso", "abstaining-by-population"): _INTEGERS,
    ("virtuoso", "population-behind-positions"): _INTEGERS,
}


@dataclass(frozen=True)
class Remote:
    """A server that runs: where it takes queries, and how ``kg publish`` is told to write to it."""

    name: str
    query: str
    options: tuple[str, ...]

    def publish(self, data: Path, *more: str) -> subprocess.Popen[str]:
        """Begin to publish the release in force in a data folder."""
        command = [sys.executable, "-m", "kg", "publish", self.query, *self.options, *more]
        return subprocess.Popen(
            [*command, "--data", str(data)],
            env=os.environ | {"KG_PUBLISH_PASSWORD": "dba", "COLUMNS": "200"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def published(self, data: Path, *more: str, seconds: float = 300) -> str:
        """Publish the release in force in a data folder, and return what was told."""
        process = self.publish(data, *more)
        told, _ = process.communicate(timeout=seconds)
        assert process.returncode == 0, told
        return told

    def killed(self, data: Path, sent: int) -> None:
        """Begin to publish, and kill it as soon as so many triples have been confirmed."""
        process = self.publish(data)
        while _sent(data) < sent:
            assert process.poll() is None, process.communicate()[0]
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def rows(self, query: str) -> list[list[str]]:
        """Return the rows of a SELECT."""
        answer = httpx.post(
            self.query,
            data={"query": query},
            headers={"Accept": "application/sparql-results+json"},
            timeout=120,
        )
        assert answer.status_code == 200, answer.text
        said = answer.json()
        return [
            [row[name]["value"] for name in said["head"]["vars"]]
            for row in said["results"]["bindings"]
        ]

    def update(self, text: str) -> None:
        """Change something, as anybody else might."""
        answer = httpx.post(self.options[1], data={"update": text})
        assert answer.is_success, answer.text

    def graphs(self) -> dict[str, int]:
        """Return how many triples each graph below our base holds, without the base."""
        rows = self.rows("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
        return {g.removeprefix(f"{BASE}graph/"): int(n) for g, n in rows if g.startswith(BASE)}


def _sent(data: Path) -> int:
    """Return how much a server has confirmed, as the file beside the releases says."""
    for file in (data / "publishing").glob("*.json"):
        return int(json.loads(file.read_text(encoding="utf-8"))["sent"])
    return 0


@contextmanager
def remote(
    name: str, folder: Path, *, most_rows: int = 10_000_000, buffers: int = 40_000
) -> Iterator[Remote]:
    """Run a server with its database in a folder, a new one if that is empty.

    Virtuoso takes so many buffers, of 8 KiB each, and cuts answers after so many rows.
    """
    port = free_port()
    at = f"http://127.0.0.1:{port}"
    if name == "oxigraph":
        program = find_oxigraph()
        assert program is not None
        command = [program, "serve", "--location", str(folder), "--bind", f"127.0.0.1:{port}"]
        with running(name, "/query", port, command, {}):
            yield Remote(
                name, f"{at}/query", ("--update", f"{at}/update", "--graph-store", f"{at}/store")
            )
        return
    found = virtuoso.find()
    assert found is not None
    settings = virtuoso.settings(
        folder, folder, port, free_port(), buffers=buffers, most_rows=most_rows
    )
    # Left behind by one that was killed.
    (folder / "virtuoso.lck").unlink(missing_ok=True)
    file = folder / "virtuoso.ini"
    file.write_text(settings, "utf-8")
    command = [found[0], "+foreground", "+configfile", str(file)]
    with running(name, "/sparql", port, command, {}, BASE):
        options = ("--update", f"{at}/sparql-auth", "--user", "dba")
        yield Remote(
            name, f"{at}/sparql", (*options, "--graph-store", f"{at}/sparql-graph-crud-auth")
        )
