"""Real endpoints of other SPARQL servers, to publish to and to query."""

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
from benchmarks.servers import find_oxigraph, oxigraph_writable
from kg.rdf.vocabulary import BASE

#: By server: why it cannot be used, or an empty string.
UNAVAILABLE: Final = {
    "oxigraph": "" if find_oxigraph() else "oxigraph is not installed; the dev extra has it",
    "virtuoso": "" if virtuoso.find() else "Debian's virtuoso-opensource-7 is not installed",
}
#: Buffers of 8 KiB: enough memory for the embedded sources.
_VIRTUOSO_BUFFERS: Final = 40_000

_INTEGERS: Final = "it returns the sum or maximum of whole decimals as an integer"
#: Saved queries that a server never answers, or after which it stops answering.
UNANSWERABLE: Final = {
    ("virtuoso", "similar-voters"): "takes minutes: it evaluates one sub-select for each row of "
    "the other; on the full record it then hung until it was restarted",
    ("virtuoso", "broke-ranks"): "its compiler ends with an internal error (SQ156)",
}
#: These queries, and those for which a server deviates from the standard.
KNOWN_DIFFERENCES: Final = UNANSWERABLE | {
    ("virtuoso", "reports-beside-record"): "it returns a comparison as 1 or 0, not true or false",
    ("virtuoso", "abstaining-by-population"): _INTEGERS,
    ("virtuoso", "population-behind-positions"): _INTEGERS,
}


@dataclass(frozen=True)
class Endpoint:
    """A running server: its query address, and the options of ``kg publish`` to write to it."""

    name: str
    query: str
    options: tuple[str, ...]

    def start_publishing(self, data: Path, *options: str) -> subprocess.Popen[str]:
        """Start to publish the current release of a data folder."""
        command = [sys.executable, "-m", "kg", "publish", self.query, *self.options, *options]
        return subprocess.Popen(
            [*command, "--data", str(data)],
            env=os.environ | {"KG_PUBLISH_PASSWORD": "dba", "COLUMNS": "200"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def publish(self, data: Path, *options: str, seconds: float = 300) -> str:
        """Publish the current release of a data folder; return the output."""
        process = self.start_publishing(data, *options)
        output, _ = process.communicate(timeout=seconds)
        assert process.returncode == 0, output
        return output

    def publish_and_kill(self, data: Path, triples: int) -> None:
        """Start to publish, and kill the process once a number of triples has been confirmed."""
        process = self.start_publishing(data)
        while _confirmed_triples(data) < triples:
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
        document = answer.json()
        return [
            [row[name]["value"] for name in document["head"]["vars"]]
            for row in document["results"]["bindings"]
        ]

    def update(self, text: str) -> None:
        """Update the data, as any other client might."""
        answer = httpx.post(self.options[1], data={"update": text})
        assert answer.is_success, answer.text

    def graphs(self) -> dict[str, int]:
        """Return the number of triples by graph under our base; names omit the base."""
        rows = self.rows("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
        return {g.removeprefix(f"{BASE}graph/"): int(n) for g, n in rows if g.startswith(BASE)}


def _confirmed_triples(data: Path) -> int:
    """Return the number of triples that a server has confirmed, from the publishing state file."""
    for file in (data / "publishing").glob("*.json"):
        return int(json.loads(file.read_text(encoding="utf-8"))["sent"])
    return 0


@contextmanager
def run_endpoint(
    name: str, folder: Path, *, buffers: int = _VIRTUOSO_BUFFERS
) -> Iterator[Endpoint]:
    """Run a server with its database in a folder; an empty folder gets a new database.

    ``buffers`` is the memory of Virtuoso, in buffers of 8 KiB.
    """
    if name == "oxigraph":
        program = find_oxigraph()
        assert program is not None
        with oxigraph_writable(program, folder) as server:
            at = server.url.removesuffix(server.path)
            options = ("--update", f"{at}/update", "--graph-store", f"{at}/store")
            yield Endpoint(name, server.url, options)
        return
    programs = virtuoso.find()
    assert programs is not None
    with virtuoso.virtuoso(
        programs[0], folder, folder, graph=BASE, buffers=buffers, keep_transactions=True
    ) as server:
        at = server.url.removesuffix(server.path)
        options = ("--update", f"{at}/sparql-auth", "--user", "dba")
        graph_store = ("--graph-store", f"{at}/sparql-graph-crud-auth")
        yield Endpoint(name, server.url, (*options, *graph_store))
