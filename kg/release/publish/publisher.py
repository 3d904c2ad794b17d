"""Publishing a release: load, compare, switch and remove old graphs; each step is repeatable."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Final

import pyoxigraph as ox
from filelock import FileLock, Timeout

from kg.errors import PublishError
from kg.progress import ProgressReporter
from kg.rdf.vocabulary import DATASET, FACTS_GRAPHS, NAMED_GRAPHS, RDF, VOID
from kg.release.publish.fingerprint import differences, fingerprint, store_fingerprint
from kg.release.publish.server import SparqlServer
from kg.release.release import Release

#: Triples per request: enough to keep the overhead low, few enough to repeat a request.
CHUNK_TRIPLES: Final = 20_000
#: The number of differences listed in a message; more would not help to find the cause.
_REPORTED_DIFFERENCES: Final = 10
#: The kind of all steps, under which their times are summed.
_KIND: Final = "publish"


class UploadState:
    """The progress of sending a release to a server, kept in a file in ``folder``.

    Triples are always sent in the same order, so an interrupted upload can be resumed.
    """

    def __init__(self, folder: Path, target: str, release: Release) -> None:
        key = hashlib.sha256(f"{target} {release.name}".encode()).hexdigest()[:16]
        self._file = folder / f"{key}.json"
        self._about = {"target": target, "release": release.name}

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold the lock of this upload.

        Raises:
            PublishError: if another process holds the lock.
        """
        self._file.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._file.with_suffix(".lock"))
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            upload = f"{self._about['release']} is being published into {self._about['target']}"
            raise PublishError(f"{upload} already") from error
        try:
            yield
        finally:
            lock.release()

    def sent(self) -> int:
        """Return the number of triples confirmed by the server."""
        try:
            return int(json.loads(self._file.read_text(encoding="utf-8"))["sent"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0

    def save(self, sent: int) -> None:
        """Save the number of triples confirmed by the server."""
        part = self._file.with_suffix(".part")
        part.write_text(json.dumps({**self._about, "sent": sent}) + "\n", encoding="utf-8")
        part.replace(self._file)

    def clear(self) -> None:
        """Remove the file, so that the next upload sends all triples."""
        self._file.unlink(missing_ok=True)


def publish(
    release: Release, server: SparqlServer, state: UploadState, progress: ProgressReporter
) -> None:
    """Load a release into a server and make it the current one there.

    The previously current facts are kept for running queries; those of other releases are removed.

    Raises:
        PublishError: if the server fails, refuses a request, or finally contains different data.
        ReleaseError: if the release cannot be read.
    """
    store, facts = release.open_store(), FACTS_GRAPHS + release.name
    before = server.current_graph()
    for is_last in (False, True):
        if before != facts or is_last:
            total = release.manifest().count("triples")
            _load(store, total, server, facts, state, progress)
        with progress.step(_KIND, "Comparing"):
            expected = store_fingerprint(store)
            faults = list(differences(expected, fingerprint(server.rows, facts)))
        if not faults:
            break
        state.clear()
        report = "\n".join(faults[:_REPORTED_DIFFERENCES])
        if is_last:
            raise PublishError(f"{server.name} does not contain the data sent: {report}")
        progress.message(f"{server.name} contains different data; sending all again:\n{report}")
        if before != facts:
            server.drop(facts)
    progress.message(
        f"{expected.total:,} triples, {len(expected.classes)} classes and "
        f"{len(expected.properties)} properties: counts and lengths are equal"
    )
    with progress.step(_KIND, "Switching"):
        _switch(store, server, facts)
    kept = {facts, before}
    for old in server.facts_graphs():
        if old not in kept:
            with progress.step(_KIND, f"Removing {old}"):
                server.drop(old)
    state.clear()


def _load(
    store: ox.Store,
    total: int,
    server: SparqlServer,
    facts: str,
    state: UploadState,
    progress: ProgressReporter,
) -> None:
    # The marker of a facts graph is sent first, so that even an incomplete graph is found.
    marker = ox.Triple(ox.NamedNode(DATASET), ox.NamedNode(RDF.type), ox.NamedNode(VOID.Dataset))
    server.add(facts, [marker])
    sent = state.sent()
    quads = store.quads_for_pattern(None, None, None, ox.DefaultGraph())
    with progress.counted(_KIND, f"Sending to {server.name}", total) as advance:
        advance(sum(1 for _ in islice(quads, sent)))
        while chunk := [quad.triple for quad in islice(quads, CHUNK_TRIPLES)]:
            server.add(facts, chunk)
            sent += len(chunk)
            state.save(sent)
            advance(len(chunk))


def _switch(store: ox.Store, server: SparqlServer, facts: str) -> None:
    """Switch the server to the facts and their named graphs, and check the result.

    Raises:
        PublishError: if the check fails.
    """
    graphs = {
        graph: [q.triple for q in store.quads_for_pattern(None, None, None, ox.NamedNode(graph))]
        for graph in NAMED_GRAPHS
    }
    server.switch(facts, graphs)
    for graph, triples in graphs.items():
        ((count,),) = server.rows(f"SELECT (COUNT(*) AS ?n) FROM <{graph}> WHERE {{ ?s ?p ?o }}")
        if int(count) != len(triples):
            raise PublishError(
                f"{server.name} contains {count} triples in {graph}, expected {len(triples)}"
            )
    if server.current_graph() != facts:
        raise PublishError(f"{server.name} did not make {facts} current")
