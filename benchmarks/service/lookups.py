"""The queries that the measurements send, and how their outcome is described."""

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
#: It never ends in practice: it has the cube of the number of triples as solutions.
CROSS: Final = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
BROKEN: Final = "connection broken"
#: Seconds to wait for an answer that should arrive earlier.
MAX_WAIT_SECONDS: Final = 120.0


def long_answer(rows: int) -> str:
    """Return a query for combinations of three states with a code, limited to ``rows``."""
    return (
        f"{PREFIX}SELECT ?a ?b ?c WHERE {{ ?a unv:iso3 ?x . ?b unv:iso3 ?y . ?c unv:iso3 ?z }} "
        f"LIMIT {rows}"
    )


@dataclass(frozen=True)
class Lookup:
    """A query for the vote of one state in one event, and a word in its correct answer."""

    query: str
    expected: bytes

    def is_right(self, reply: Reply) -> bool:
        """Return whether a reply is the correct answer."""
        return reply.status == 200 and self.expected in reply.body


def sample_lookups(store: ox.Store) -> Iterator[Lookup]:
    """Yield different lookups without end, in a reproducible random order."""
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
                # The number makes the text new if all votes have been used before.
                text = (
                    f"{PREFIX}SELECT ?event ?state ?option WHERE {{ {vote} unv:event ?event ; "
                    f"unv:castBy ?state ; unv:option ?option }} # {turn}"
                )
                yield Lookup(text, option.strip("<>").encode())

    return lookups()


def outcome(connection: Connection, query: str) -> str:
    """Describe the outcome of a query: status and message, no answer, or a broken connection."""
    try:
        return describe(connection.query(query))
    except TimeoutError:
        return "no answer"
    except (OSError, BrokenAnswerError):
        return BROKEN


def describe(reply: Reply) -> str:
    """Return the status of a reply, and its message if the status is not 200."""
    message = reply.body[:200].decode(errors="replace").split(";")[0].strip()
    return "200" if reply.status == 200 else f"{reply.status} “{message}”"
