"""The votes of the General Assembly in a release, as a table of small integers.

They are read from the store, as the tables of an export are: every release has one, whichever
version of DuckDB is installed, and reading a million votes takes seconds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyoxigraph as ox

from kg.analysis.ordinal_model import Floats, Integers, Votes
from kg.errors import KgError
from kg.model.ideal_points import IdealPointModel
from kg.rdf import iris
from kg.rdf.vocabulary import UNV

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
    whole: np.ndarray[tuple[int], np.dtype[np.bool_]]
    states: list[str]
    seats: list[str]

    def checksum(self) -> str:
        """Return the SHA-256 of the votes: event, state, option and whether the text is whole."""
        digest = hashlib.sha256()
        for event, state, option in zip(self.event, self.state, self.option, strict=True):
            whole = "whole" if self.whole[event] else "part"
            line = f"{self.events[event]} {self.years[event]} {whole} {self.states[state]} {option}"
            digest.update(line.encode() + b"\n")
        return digest.hexdigest()


@dataclass(frozen=True)
class Sample:
    """The votes for a fit; ``state`` has for each point the state of the day, by its row."""

    votes: Votes
    start: Floats
    #: By point: the row of the state that voted last in the year, or -1 in a year without votes.
    state: Integers
    #: By point: the number of votes in the year.
    voted: Integers


def read_record(store: ox.Store) -> Record:
    """Return the votes of the General Assembly; events that may be repeated are left out."""
    doubtful = {subject for subject, _ in _pairs(store, UNV.possiblySameAs)}
    kinds = {subject: object_.value for subject, object_ in _pairs(store, UNV.voteOn)}
    assembly = ox.NamedNode(UNV.GeneralAssembly)
    quads = store.quads_for_pattern(None, ox.NamedNode(UNV.body), assembly, _FACTS)
    members = {quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode)}
    votes = [
        (subject, iris.parse(object_.value), option)
        for option, term in enumerate(_OPTIONS)
        for subject, object_ in _pairs(store, term)
        if subject in members and subject not in doubtful
    ]
    events = sorted({event for event, _, _ in votes})
    states = sorted({state[1] for _, state, _ in votes if state})
    seat_of = {_key(subject): _key(object_.value) for subject, object_ in _pairs(store, UNV.seat)}
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
        events=[_key(event) for event in events],
        years=np.array([_year(store, event) for event in events], dtype=np.int64),
        whole=np.array([kinds.get(event, _WHOLE) == _WHOLE for event in events], dtype=bool),
        states=states,
        seats=[seat_of[state] for state in states],
    )


def sample(record: Record, model: IdealPointModel, pole: str) -> Sample:
    """Return the votes that a model is fitted to; unanimous events show no difference.

    ``pole`` is the seat at the positive end of the dimension.

    Raises:
        KgError: if no such event divided states.
    """
    chosen = record.whole[record.event] | (model == "all votes")
    kinds = np.zeros((len(record.events), 3), dtype=bool)
    kinds[record.event[chosen], record.option[chosen]] = True
    divided = chosen & (kinds.sum(axis=1) > 1)[record.event]
    if not divided.any():
        raise KgError(
            f"{model}: the release has no vote of the General Assembly that divided states"
        )
    seats = sorted(set(record.seats))
    seat_row = {seat: row for row, seat in enumerate(seats)}
    seat_of = np.array([seat_row[seat] for seat in record.seats], dtype=np.int64)
    seat, year = seat_of[record.state], record.years[record.event]
    point_seats, point_years = _points(seat[divided], year[divided])
    keys = point_seats * 10_000 + point_years
    point = np.searchsorted(keys, seat * 10_000 + year)
    _, item = np.unique(record.event[divided], return_inverse=True)
    votes = Votes(point[divided], item, record.option[divided], point_seats, point_years)
    voted = np.bincount(point[divided], minlength=len(keys))
    state = np.full(len(keys), -1, dtype=np.int64)
    # In the order of events, so that the state of the last vote remains.
    order = np.argsort(record.event[divided], kind="stable")
    state[votes.point[order]] = record.state[divided][order]
    start = _first_component(seat[divided], item, votes.option, len(seats))
    start *= np.sign(start[seat_row[pole]]) if pole in seat_row else 1.0
    return Sample(votes, start[point_seats], state, voted)


def _points(seat: Integers, year: Integers) -> tuple[Integers, Integers]:
    """Return seat and year of each point: all years from the first of a seat to its last."""
    seats: list[int] = []
    years: list[int] = []
    for number in np.unique(seat):
        own = year[seat == number]
        span = range(int(own.min()), int(own.max()) + 1)
        seats += [int(number)] * len(span)
        years += span
    return np.array(seats, dtype=np.int64), np.array(years, dtype=np.int64)


def _first_component(seat: Integers, item: Integers, option: Integers, seats: int) -> Floats:
    """Return the first principal component of the votes by seat, with deviation 1."""
    items = int(item.max()) + 1
    mean = np.bincount(item, option, items) / np.bincount(item, minlength=items)
    table = np.zeros((items, seats))
    table[item, seat] = option - mean[item]
    cast = np.zeros((items, seats))
    cast[item, seat] = 1.0
    together = table.T @ table / np.maximum(cast.T @ cast, 1)
    component: Floats = np.linalg.eigh(together)[1][:, -1]
    component /= component.std()
    return component


def _pairs(store: ox.Store, term: str) -> Iterator[tuple[str, ox.NamedNode | ox.Literal]]:
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


def _key(iri: str) -> str:
    """Return the key in an IRI of ours."""
    parsed = iris.parse(iri)
    return parsed[1] if parsed else iri
