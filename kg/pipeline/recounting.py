"""Checking the derived facts of a store against its votes: yearly tallies and agreement.

All votes are counted once, in matrices as in a build. The facts that differ, or that are stated
twice, are then checked by the queries of ``shapes/recounted.ttl`` on the events of their years
only: every finding comes from one of these shapes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
import pyoxigraph as ox
from numpy.typing import NDArray

from kg.model.vote_option import VoteOption
from kg.pipeline import whole_record
from kg.pipeline.derivation import YearlyAgreement, yearly_agreement
from kg.pipeline.validation import RECOUNTED_SHAPES, Finding
from kg.rdf.vocabulary import OPTION_TERMS, RDF, RDFS, UNV
from kg.release.store import solutions

_Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
_NODES: Final = (ox.NamedNode, ox.BlankNode)
_DEFAULT: Final = ox.DefaultGraph()
_TYPE: Final = ox.NamedNode(RDF.type)
_BETWEEN: Final = ox.NamedNode(UNV.between)
_STATE: Final = ox.NamedNode(UNV.state)
_YEAR: Final = ox.NamedNode(UNV.year)
_LABEL: Final = ox.NamedNode(RDFS.label)
_POSITIONS: Final = [ox.NamedNode(OPTION_TERMS[option].state_property) for option in VoteOption]
#: The classes that the shapes target. Each has an extract of its own, without other events: to
#: count agreements, Oxigraph joins each two states of every event that an extract contains.
_COUNTED_KINDS: Final = (ox.NamedNode(UNV.YearlyTally), ox.NamedNode(UNV.AgreementObservation))
#: The properties of events that the queries use, in addition to the states.
_OF_EVENTS: Final = [
    ox.NamedNode(term)
    for term in (
        *(RDF.type, UNV.body, UNV.year),
        *(UNV.possiblySameAs, UNV.nonVotingCount, UNV.adoptedWithoutVote),
    )
]
#: Possible duplicates of events are not counted.
_COUNTED: Final = "FILTER NOT EXISTS { ?event unv:possiblySameAs ?other }"


def validate(store: ox.Store, facts: Collection[str]) -> list[Finding]:
    """Return the findings of the shapes in some derived facts of a store, by IRI; sorted."""
    findings: set[Finding] = set()
    for kind in _COUNTED_KINDS:
        of_kind = [fact for fact in facts if ox.Quad(ox.NamedNode(fact), _TYPE, kind) in store]
        extract = ox.Store()
        extract.bulk_extend(_extract(store, of_kind))
        findings.update(whole_record.validate(extract, RECOUNTED_SHAPES))
    return sorted(findings)


def _extract(store: ox.Store, facts: Collection[str]) -> Iterator[ox.Quad]:
    """Yield the statements of derived facts, and the data from which they were computed."""
    voters: dict[_Term, set[ox.NamedNode | ox.BlankNode]] = defaultdict(set)
    for fact in facts:
        quads = list(store.quads_for_pattern(ox.NamedNode(fact), None, None, _DEFAULT))
        yield from quads
        states = [
            quad.object
            for quad in quads
            if quad.predicate in (_BETWEEN, _STATE)
            and isinstance(quad.object, (ox.NamedNode, ox.BlankNode))
        ]
        for quad in quads:
            if quad.predicate == _YEAR:
                voters[quad.object].update(states)
    for state in set().union(*voters.values()):
        yield from store.quads_for_pattern(state, _LABEL, None, _DEFAULT)
    for row in solutions(
        store, "SELECT ?event ?year { ?event a unv:VotingEvent ; unv:year ?year }"
    ):
        event, year = row["event"], row["year"]
        for predicate in _OF_EVENTS if voters.get(year) else ():
            yield from store.quads_for_pattern(event, predicate, None, _DEFAULT)
        for state in voters.get(year, ()):
            for position in _POSITIONS:
                yield from store.quads_for_pattern(event, position, state, _DEFAULT)


def suspects(store: ox.Store) -> set[str]:
    """Return the derived facts of a store that differ from its votes or are duplicates."""
    votes = _Votes.of(store)
    return {*_tallies(store, votes), *_agreements(store, votes)}


@dataclass(frozen=True)
class _Votes:
    """The votes of a store: a matrix of events by states for each body and year."""

    columns: dict[str, int]
    positions: dict[tuple[str, str], NDArray[np.int8]]
    #: The number of events of a body and year without a record of non-voting.
    unrecorded: dict[tuple[str, str], int]

    @classmethod
    def of(cls, store: ox.Store) -> _Votes:
        """Read the votes of a store."""
        states = solutions(store, "SELECT DISTINCT ?state { ?state a unv:State }")
        columns = {row["state"].value: number for number, row in enumerate(states)}
        places: dict[str, tuple[tuple[str, str], int]] = {}
        events: dict[tuple[str, str], int] = defaultdict(int)
        pattern = f"?event a unv:VotingEvent ; unv:body ?body ; unv:year ?year . {_COUNTED}"
        for row in solutions(store, f"SELECT ?event ?body ?year {{ {pattern} }}"):
            body_year = row["body"].value, row["year"].value
            places[row["event"].value] = body_year, events[body_year]
            events[body_year] += 1
        positions = {
            body_year: np.zeros((number, len(columns)), dtype=np.int8)
            for body_year, number in events.items()
        }
        for option, predicate in zip(VoteOption, _POSITIONS, strict=True):
            for event, state in _pairs(store, predicate):
                place, column = places.get(event), columns.get(state)
                if place and column is not None:
                    body_year, row_number = place
                    positions[body_year][row_number, column] = option.number
        pattern += " FILTER NOT EXISTS { ?event unv:nonVotingCount|unv:adoptedWithoutVote ?any }"
        of_bodies = solutions(
            store,
            f"SELECT ?body ?year (COUNT(?event) AS ?n) {{ {pattern} }} GROUP BY ?body ?year",
        )
        unrecorded = {
            (row["body"].value, row["year"].value): int(row["n"].value) for row in of_bodies
        }
        return cls(columns, positions, unrecorded)


def _tallies(store: ox.Store, votes: _Votes) -> Iterator[str]:
    """Yield the tallies that differ from the votes or are duplicates."""
    counts = {
        body_year: np.stack([(matrix == option.number).sum(axis=0) for option in VoteOption])
        for body_year, matrix in votes.positions.items()
    }
    numbers = " ".join(
        f"OPTIONAL {{ ?tally <{OPTION_TERMS[option].times_property}> ?{option.name} }}"
        for option in VoteOption
    )
    query = f"""SELECT * {{
        ?tally a unv:YearlyTally ; unv:tallyBody ?body ; unv:state ?state ; unv:year ?year
        {numbers}
        OPTIONAL {{ ?tally unv:unrecordedEvents ?unrecorded }} }}"""
    first: dict[tuple[str, str, str], str] = {}
    for row in solutions(store, query):
        tally, state = row["tally"].value, row["state"].value
        body_year = row["body"].value, row["year"].value
        expected = [0] * len(VoteOption)
        if body_year in counts and state in votes.columns:
            expected = counts[body_year][:, votes.columns[state]].tolist()
        expected.append(votes.unrecorded.get(body_year, 0))
        stated = [getattr(row[option.name], "value", "") for option in VoteOption]
        stated.append(row["unrecorded"].value if row["unrecorded"] is not None else "0")
        if stated != [str(number) for number in expected]:
            yield tally
        other = first.setdefault((*body_year, state), tally)
        if other != tally:
            yield from (other, tally)


def _agreements(store: ox.Store, votes: _Votes) -> Iterator[str]:
    """Yield the agreements that differ from the votes or are duplicates."""
    assembly = str(UNV.GeneralAssembly)
    by_year: dict[str, YearlyAgreement] = {
        year: yearly_agreement(0, matrix)
        for (body, year), matrix in votes.positions.items()
        if body == assembly
    }
    # What is no state has a negative number.
    strangers: dict[str, int] = {}
    sides: dict[str, list[int]] = defaultdict(list)
    for agreement, state in _pairs(store, _BETWEEN):
        column = votes.columns.get(state)
        if column is None:
            column = strangers.setdefault(state, -1 - len(strangers))
        sides[agreement].append(column)
    query = """SELECT ?agreement ?year ?shared ?identical { ?agreement unv:year ?year
        OPTIONAL { ?agreement unv:sharedVotes ?shared }
        OPTIONAL { ?agreement unv:identicalVotes ?identical } }"""
    first: dict[tuple[int, int, str], str] = {}
    for row in solutions(store, query):
        agreement, year = row["agreement"].value, row["year"].value
        stated = row["shared"], row["identical"]
        if agreement not in sides and stated == (None, None):
            continue
        states = sorted(sides.get(agreement, ()))
        # An agreement of three states repeats those of each two of them.
        for pair in combinations(states, 2):
            other = first.setdefault((*pair, year), agreement)
            if other != agreement:
                yield from (other, agreement)
        expected: tuple[str, str] | None = None
        if len(states) == 2 and states[0] >= 0:
            expected = "0", "0"
            if of_year := by_year.get(year):
                pair = states[0], states[1]
                expected = str(of_year.shared[pair]), str(of_year.identical[pair])
        if tuple(getattr(term, "value", None) for term in stated) != expected:
            yield agreement


def _pairs(store: ox.Store, predicate: ox.NamedNode) -> Iterator[tuple[str, str]]:
    """Yield the subjects and values of a property, except literals."""
    for quad in store.quads_for_pattern(None, predicate, None, _DEFAULT):
        subject, value = quad.subject, quad.object
        if isinstance(subject, _NODES) and isinstance(value, _NODES):
            yield subject.value, value.value
