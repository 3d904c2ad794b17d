"""Publishing a release: load, compare, switch, clear away; each step may be repeated."""

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
from kg.progress import Steps
from kg.rdf.vocabulary import DATASET, FACTS_GRAPHS, NAMED_GRAPHS, RDF, VOID
from kg.release.publish.fingerprint import differences, sums, sums_of
from kg.release.publish.server import Target
from kg.release.release import Release

#: Triples of a request.
CHUNK: Final = 20_000
#: Differences that are told.
_TOLD: Final = 10
_KIND: Final = "publish"


class Progress:
    """How far publishing a release into a server has come, in a file; without it all is sent again.

    ``folder`` is where the file stands. What was sent is sent in the same order each time.
    """

    def __init__(self, folder: Path, target: str, release: Release) -> None:
        key = hashlib.sha256(f"{target} {release.name}".encode()).hexdigest()[:16]
        self._file = folder / f"{key}.json"
        self._about = {"target": target, "release": release.name}

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let nobody else publish the same meanwhile.

        Raises:
            PublishError: if somebody does.
        """
        self._file.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._file.with_suffix(".lock"))
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            told = f"{self._about['release']} is being published into {self._about['target']}"
            raise PublishError(f"{told} already") from error
        try:
            yield
        finally:
            lock.release()

    def sent(self) -> int:
        """Return how many triples the server has confirmed."""
        try:
            return int(json.loads(self._file.read_text(encoding="utf-8"))["sent"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0

    def note(self, sent: int) -> None:
        """Note how many triples the server has confirmed."""
        part = self._file.with_suffix(".part")
        part.write_text(json.dumps({**self._about, "sent": sent}) + "\n", encoding="utf-8")
        part.replace(self._file)

    def forget(self) -> None:
        """Begin anew."""
        self._file.unlink(missing_ok=True)


def publish(release: Release, target: Target, progress: Progress, steps: Steps) -> None:
    """Publish a release, and put it in force on the server.

    The facts that were in force before stay, for those who are still asking for them; those of
    other releases are removed.

    Raises:
        PublishError: if the server fails, refuses, or in the end holds something else.
        ReleaseError: if the release cannot be read.
    """
    store, facts = release.open(), FACTS_GRAPHS + release.name
    before = target.in_force()
    for is_last in (False, True):
        if before != facts or is_last:
            total = release.manifest().count("triples")
            _load(store, total, target, facts, progress, steps)
        with steps.step(_KIND, "Comparing"):
            here = sums_of(store)
            found = list(differences(here, sums(target.rows, facts)))
        if not found:
            break
        progress.forget()
        told = "\n".join(found[:_TOLD])
        if is_last:
            raise PublishError(f"{target.name} does not hold what was sent: {told}")
        steps.say(f"{target.name} holds something else; sending all of it again:\n{told}")
        if before != facts:
            target.drop(facts)
    steps.say(f"{here.total:,} triples, {len(here.classes)} classes and {len(here.properties)} "
              "properties: counts and lengths are equal")  # fmt: skip
    with steps.step(_KIND, "Switching"):
        _switch(store, target, facts)
    kept = {facts, before}
    for old in target.facts_graphs():
        if old not in kept:
            with steps.step(_KIND, f"Removing {old}"):
                target.drop(old)
    progress.forget()


def _load(
    store: ox.Store, total: int, target: Target, facts: str, progress: Progress, steps: Steps
) -> None:
    # First what tells a graph of facts from others, whole or not.
    kind = ox.Triple(ox.NamedNode(DATASET), ox.NamedNode(RDF.type), ox.NamedNode(VOID.Dataset))
    target.add(facts, [kind])
    sent = progress.sent()
    quads = store.quads_for_pattern(None, None, None, ox.DefaultGraph())
    with steps.counted(_KIND, f"Sending to {target.name}", total) as advance:
        advance(sum(1 for _ in islice(quads, sent)))
        while chunk := [quad.triple for quad in islice(quads, CHUNK)]:
            target.add(facts, chunk)
            sent += len(chunk)
            progress.note(sent)
            advance(len(chunk))


def _switch(store: ox.Store, target: Target, facts: str) -> None:
    """Put the facts in force, with the graphs that are about them, and see that they are there.

    Raises:
        PublishError: if one of them is not.
    """
    graphs = {
        graph: [q.triple for q in store.quads_for_pattern(None, None, None, ox.NamedNode(graph))]
        for graph in NAMED_GRAPHS
    }
    target.switch(facts, graphs)
    for graph, triples in graphs.items():
        ((count,),) = target.rows(f"SELECT (COUNT(*) AS ?n) FROM <{graph}> WHERE {{ ?s ?p ?o }}")
        if int(count) != len(triples):
            raise PublishError(
                f"{target.name} holds {count} triples in {graph}, expected {len(triples)}"
            )
    if target.in_force() != facts:
        raise PublishError(f"{target.name} did not put {facts} in force")
