"""The queries that the measurements send, and what a client sees of one."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from benchmarks.client import BrokenAnswerError, Connection, Reply
from benchmarks.output import progress

PREFIX: Final = "PREFIX unv: <https://w3id.org/un-votes/ontology#>\n"
#: No end within anybody's patience: the cube of the number of triples.
CROSS: Final = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
BROKEN: Final = "connection broken"
#: seconds: how long to wait for an answer that should come sooner.
MAX_WAIT_SECONDS: Final = 120.0


def long_answer(rows: int) -> str:
    """Return a query for the combinations of three states with a code, cut at a number of rows."""
    return (
        f"{PREFIX}SELECT ?a ?b ?c WHERE {{ ?a unv:iso3 ?x . ?b unv:iso3 ?y . ?c unv:iso3 ?z }} "
        f"LIMIT {rows}"
    )


@dataclass(frozen=True)
class Lookup:
    """A query for what one state did in one vote, and a word its right answer holds."""

    query: str
    expected: bytes

    def is_right(self, reply: Reply) -> bool:
        """Return whether a reply is the right answer."""
        return reply.status == 200 and self.expected in reply.body


def sample_lookups(store: ox.Store) -> Iterator[Lookup]:
    """Return lookups without end, in a random order that is the same every time, none twice."""
    solutions = store.query(
        PREFIX + "SELECT ?vote ?option WHERE { ?vote a unv:Vote ; unv:option ?option }"
    )
    assert isinstance(solutions, ox.QuerySolutions)
    pairs = [(str(row["vote"]), str(row["option"])) for row in solutions]
    random.Random(1).shuffle(pairs)  # noqa: S311
    progress(f"{len(pairs):,} votes to look up")

    def lookups() -> Iterator[Lookup]:
        for turn in itertools.count():
            for vote, option in pairs:
                # The number makes it a text never seen before, should a turn not suffice.
                text = (
                    f"{PREFIX}SELECT ?event ?state ?option WHERE {{ {vote} unv:event ?event ; "
                    f"unv:castBy ?state ; unv:option ?option }} # {turn}"
                )
                yield Lookup(text, option.strip("<>").encode())

    return lookups()


def outcome(connection: Connection, query: str) -> str:
    """Return what a client saw of a query: status and what was said, or a broken connection."""
    try:
        return describe(connection.query(query))
    except TimeoutError:
        return "no answer"
    except (OSError, BrokenAnswerError):
        return BROKEN


def describe(reply: Reply) -> str:
    """Return the status of a reply, and what it says if that is not 200."""
    message = reply.body[:200].decode(errors="replace").split(";")[0].strip()
    return "200" if reply.status == 200 else f"{reply.status} “{message}”"
