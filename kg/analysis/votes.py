"""The votes of the General Assembly in a release, as a table of small integers.

They are read from the store, as the tables of an export are: every release has one, whichever
version of DuckDB is installed, and reading a million votes takes seconds.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyoxigraph as ox
from numpy.typing import NDArray

from kg.model.ideal_points import IdealPointModel
from kg.rdf import iris
from kg.rdf.vocabulary import DCTERMS, UNV

Integers = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: The properties from an event to states, in the order of options of the model.
_OPTIONS: Final = (UNV.against, UNV.abstaining, UNV.inFavour)
#: The kind of vote on a document as a whole; events without a kind count as such, as in queries.
_WHOLE: Final = "document"
_FACTS: Final = ox.DefaultGraph()


@dataclass(frozen=True)
class Record:
    """Votes by event and state: option 0 (against), 1 (abstaining) or 2 (in favour).

    ``event``, ``state`` and ``option`` have an entry for each vote, in the order of the IRIs of
    events and the keys of states, into ``events``, ``years``, ``whole`` and ``states``, ``seats``.
    """

    event: Integers
    state: Integers
    option: Integers
    events: list[str]
    years: Integers
    whole: Mask
    states: list[str]
    seats: list[str]

    def of_model(self, model: IdealPointModel) -> Mask:
        """Return for each vote whether it counts: all do, or those on final passage."""
        return self.whole[self.event] | (model == "all votes")

    def contested(self) -> Mask:
        """Return for each event whether states took at least two of the three positions."""
        taken = np.zeros((len(self.events), 3), dtype=bool)
        taken[self.event, self.option] = True
        contested: Mask = taken.sum(axis=1) > 1
        return contested

    def checksum(self) -> str:
        """Return the SHA-256 of the votes: event, state, option and whether the text is whole."""
        digest = hashlib.sha256()
        for event, state, option in zip(self.event, self.state, self.option, strict=True):
            whole = "whole" if self.whole[event] else "part"
            line = f"{self.events[event]} {self.years[event]} {whole} {self.states[state]} {option}"
            digest.update(line.encode() + b"\n")
        return digest.hexdigest()


def read_record(store: ox.Store) -> Record:
    """Return the votes of the General Assembly; events that may be repeated are left out."""
    doubtful = {subject for subject, _ in pairs(store, UNV.possiblySameAs)}
    kinds = {subject: object_.value for subject, object_ in pairs(store, UNV.voteOn)}
    assembly = ox.NamedNode(UNV.GeneralAssembly)
    quads = store.quads_for_pattern(None, ox.NamedNode(UNV.body), assembly, _FACTS)
    members = {quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode)}
    votes = [
        (subject, iris.parse(object_.value), option)
        for option, term in enumerate(_OPTIONS)
        for subject, object_ in pairs(store, term)
        if subject in members and subject not in doubtful
    ]
    events = sorted({event for event, _, _ in votes})
    states = sorted({state[1] for _, state, _ in votes if state})
    seat_of = {
        key_of(subject): key_of(object_.value) for subject, object_ in pairs(store, UNV.seat)
    }
    event_rows = {event: row for row, event in enumerate(events)}
    state_rows = {state: row for row, state in enumerate(states)}
    table = np.array(
        sorted((event_rows[e], state_rows[s[1]], option) for e, s, option in votes if s),
        dtype=np.int64,
    ).reshape(-1, 3)
    return Record(
        event=table[:, 0],
        state=table[:, 1],
        option=table[:, 2],
        events=[key_of(event) for event in events],
        years=np.array([_year(store, event) for event in events], dtype=np.int64),
        whole=np.array([kinds.get(event, _WHOLE) == _WHOLE for event in events], dtype=bool),
        states=states,
        seats=[seat_of[state] for state in states],
    )


def read_non_voting(store: ox.Store, record: Record) -> tuple[Integers, Integers]:
    """Return the rows of events and of states of each recorded non-voting, suspended or not.

    States that never took a position are left out.
    """
    events = {key: row for row, key in enumerate(record.events)}
    states = {key: row for row, key in enumerate(record.states)}
    rows = sorted(
        (events[event], states[state])
        for event, state in (
            (key_of(subject), key_of(object_.value))
            for subject, object_ in pairs(store, UNV.nonVoting)
        )
        if event in events and state in states
    )
    table = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def read_topics(store: ox.Store, record: Record) -> dict[str, Integers]:
    """Return the rows of the events on each topic (IRI), their own or that of their text."""
    events = {key: row for row, key in enumerate(record.events)}
    decided: dict[str, list[int]] = defaultdict(list)
    for subject, object_ in pairs(store, UNV.decides):
        if (row := events.get(key_of(subject))) is not None:
            decided[object_.value].append(row)
    topics: dict[str, set[int]] = defaultdict(set)
    for subject, object_ in pairs(store, DCTERMS.subject):
        row = events.get(key_of(subject)) if "/id/event/" in subject else None
        topics[object_.value].update(decided.get(subject, ()) if row is None else (row,))
    return {
        topic: np.array(sorted(rows), dtype=np.int64)
        for topic, rows in sorted(topics.items())
        if rows
    }


def pairs(store: ox.Store, term: str) -> Iterator[tuple[str, ox.NamedNode | ox.Literal]]:
    """Yield subject and object of each fact with a property."""
    for quad in store.quads_for_pattern(None, ox.NamedNode(term), None, _FACTS):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(
            quad.object, ox.NamedNode | ox.Literal
        ):
            yield quad.subject.value, quad.object


def _year(store: ox.Store, event: str) -> int:
    """Return the year of an event, looked up because millions of other facts have one."""
    (quad,) = store.quads_for_pattern(ox.NamedNode(event), ox.NamedNode(UNV.year), None, _FACTS)
    assert isinstance(quad.object, ox.Literal)
    return int(quad.object.value)


def key_of(iri: str) -> str:
    """Return the key in an IRI of ours."""
    parsed = iris.parse(iri)
    return parsed[1] if parsed else iri
