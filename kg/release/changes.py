"""Changes between two releases: events, votes, dates, symbols and statements.

An event has moved if its IRI differs from that in the earlier release: it replaces the former IRI
(``dcterms:replaces``), or is the only event with the same number in a source, as when the source
corrects a symbol. Its votes, date and symbol are compared with the earlier ones. If several events
of an earlier release are now one event, it is compared with one of them, and the others are
reported as merged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest
from typing import Final, NamedTuple

import pyoxigraph as ox

from kg.rdf import iris
from kg.rdf.vocabulary import DCTERMS, LABEL_LANGUAGE, OPTION_TERMS, RDF, RDFS, UNV
from kg.release.store import solution_texts


class ChangeKind(StrEnum):
    """The kind of a change from one release to another."""

    EVENT_ADDED = "event added"
    EVENT_REMOVED = "event removed"
    EVENT_MOVED = "event moved"
    EVENT_MERGED = "event merged"
    DATE_CHANGED = "date changed"
    SYMBOL_CHANGED = "symbol changed"
    VOTE_ADDED = "vote added"
    VOTE_REMOVED = "vote removed"
    VOTE_CHANGED = "vote changed"
    STATEMENT_ADDED = "statement added"
    STATEMENT_REMOVED = "statement removed"
    STATEMENT_CHANGED = "statement changed"


@dataclass(frozen=True, order=True)
class Change:
    """One difference; ``before`` and ``after`` are empty where there is no value.

    ``thing`` is the IRI of the event, vote or statement, in the newer release if it exists there;
    ``property`` is the IRI of the property that differs. Values are texts; a vote is the label of
    its option. The value of an added or removed event is its date.
    """

    thing: str
    kind: ChangeKind
    label: str
    property: str
    before: str
    after: str


class Comparison:
    """The comparison of two stores, with the events that are in both."""

    def __init__(
        self, before: ox.Store, after: ox.Store, changed: Container[str] | None = None
    ) -> None:
        """Compare all events, or the votes only of those whose facts may differ.

        ``changed`` contains the subjects of all facts that only one of the stores has, in
        N-Triples, unless it is None.
        """
        self._before, self._after, self._changed = before, after, changed
        self._old, self._new = _events(before), _events(after)
        self._moved, self._merged = self._successors()

    @property
    def shared_events(self) -> int:
        """The number of events in both stores, including those that moved."""
        return len(self._old.keys() & self._new.keys()) + len(self._moved)

    def changes(self, advance: Callable[[], None] = lambda: None) -> list[Change]:
        """Return every change, ordered by resource.

        ``advance`` is called once for each event in both stores.
        """
        return sorted([*self._events(), *self._in_events(advance), *self._statements()])

    def _successors(self) -> tuple[dict[str, str], dict[str, str]]:
        """Return the current IRI of each event that moved, and of each that was merged.

        Only one of several predecessors of an event is compared, so that differences between them
        do not appear as changes of the current event.
        """
        moved: dict[str, str] = {}
        merged: dict[str, str] = {}
        compared = set(self._old)
        for former, present in _replaced(self._after):
            if former in self._old and former not in self._new and present in self._new:
                (merged if present in compared else moved)[former] = present
                compared.add(present)
        removed = self._old.keys() - self._new.keys() - moved.keys() - merged.keys()
        if removed:
            earlier, later = _identified(self._before), _identified(self._after)
            for identifier in sorted(earlier.keys() & later.keys()):
                former, present = earlier[identifier], later[identifier]
                if former in removed - moved.keys() and present not in compared:
                    moved[former] = present
                    compared.add(present)
        return moved, merged

    def _events(self) -> Iterator[Change]:
        """Yield the events whose IRI is in only one of the stores."""
        present_iris = self._moved | self._merged
        for iri in self._old.keys() - self._new.keys() - present_iris.keys():
            event = self._old[iri]
            yield Change(iri, ChangeKind.EVENT_REMOVED, event.label, RDF.type, event.date, "")
        for iri in self._new.keys() - self._old.keys() - set(present_iris.values()):
            event = self._new[iri]
            yield Change(iri, ChangeKind.EVENT_ADDED, event.label, RDF.type, "", event.date)
        for kind, successors in (
            (ChangeKind.EVENT_MOVED, self._moved),
            (ChangeKind.EVENT_MERGED, self._merged),
        ):
            for iri, present in successors.items():
                label = self._new[present].label
                yield Change(present, kind, label, DCTERMS.replaces, iri, present)

    def _in_events(self, advance: Callable[[], None]) -> Iterator[Change]:
        """Yield the differences within the events in both stores."""
        shared = {iri: iri for iri in self._old.keys() & self._new.keys()} | self._moved
        for iri, present in shared.items():
            old, new = self._old[iri], self._new[present]
            for kind, term, before, after in (
                (ChangeKind.DATE_CHANGED, UNV.date, old.date, new.date),
                (ChangeKind.SYMBOL_CHANGED, UNV.symbol, old.symbol, new.symbol),
            ):
                if before != after:
                    yield Change(present, kind, new.label, term, before, after)
            if self._changed is None or iri != present or f"<{iri}>" in self._changed:
                yield from self._votes(old, new)
            advance()

    def _votes(self, old: _Event, new: _Event) -> Iterator[Change]:
        earlier, later = _votes(self._before, old.iri), _votes(self._after, new.iri)
        _, event_key = iris.parse(new.iri) or ("", "")
        for state in earlier.keys() | later.keys():
            before, after = earlier.get(state, ""), later.get(state, "")
            if before != after:
                _, key = iris.parse(state) or ("", "")
                kind = _VOTE_KINDS[bool(before), bool(after)]
                vote, label = iris.vote(event_key, key), f"{new.label}, {key}"
                yield Change(vote, kind, label, UNV.option, before, after)

    def _statements(self) -> Iterator[Change]:
        old, new = _statements(self._before), _statements(self._after)
        present = self._moved | self._merged
        for iri in old.keys() - new.keys():
            label = old[iri]
            yield Change(iri, ChangeKind.STATEMENT_REMOVED, label, RDFS.label, label, "")
        for iri in new.keys() - old.keys():
            label = new[iri]
            yield Change(iri, ChangeKind.STATEMENT_ADDED, label, RDFS.label, "", label)
        for iri in old.keys() & new.keys():
            earlier, later = _properties(self._before, iri), _properties(self._after, iri)
            for term in earlier.keys() | later.keys():
                # A statement about an event that moved has not changed.
                former = {present.get(value, value) for value in earlier[term]}
                before, after = former - later[term], later[term] - former
                for pair in zip_longest(sorted(before), sorted(after), fillvalue=""):
                    yield Change(iri, ChangeKind.STATEMENT_CHANGED, new[iri], term, *pair)


#: Kinds of changes by whether there was a vote before, and whether there is one after.
_VOTE_KINDS: Final = {
    (False, True): ChangeKind.VOTE_ADDED,
    (True, False): ChangeKind.VOTE_REMOVED,
    (True, True): ChangeKind.VOTE_CHANGED,
}


class _Event(NamedTuple):
    """The compared values of an event other than its votes; empty where missing."""

    iri: str
    label: str
    date: str
    symbol: str


def _events(store: ox.Store) -> dict[str, _Event]:
    """Return the events of a release by IRI."""
    rows = solution_texts(
        store,
        f"""
        SELECT ?event ?label ?when ?symbol {{
          ?event a <{UNV.VotingEvent}> ; <{RDFS.label}> ?label .
          FILTER(LANG(?label) = "{LABEL_LANGUAGE}")
          OPTIONAL {{ ?event <{UNV.date}> ?date }}
          OPTIONAL {{ ?event <{UNV.month}> ?month }}
          OPTIONAL {{ ?event <{UNV.decides}>/<{UNV.symbol}> ?symbol }}
          BIND(COALESCE(?date, ?month) AS ?when)
        }}""",
    )
    return {row[0]: _Event(*row) for row in rows}


def _replaced(store: ox.Store) -> list[list[str]]:
    """Return the former and current IRIs of moved resources, in order."""
    query = f"SELECT ?former ?present {{ ?present <{DCTERMS.replaces}> ?former }}"
    return sorted(solution_texts(store, query))


def _identified(store: ox.Store) -> dict[str, str]:
    """Return the events by their identifiers in sources, without shared identifiers."""
    query = f"""
        SELECT ?identifier (SAMPLE(?event) AS ?only) {{
          ?event <{DCTERMS.identifier}>|<{UNV.libraryRecord}> ?identifier ; a <{UNV.VotingEvent}> .
        }} GROUP BY ?identifier HAVING(COUNT(DISTINCT ?event) = 1)"""
    return dict(solution_texts(store, query))


def _statements(store: ox.Store) -> dict[str, str]:
    """Return the label of each statement."""
    query = f"""
        SELECT ?statement ?label {{
          ?statement a <{UNV.Statement}> ; <{RDFS.label}> ?label .
          FILTER(LANG(?label) = "{LABEL_LANGUAGE}")
        }}"""
    return dict(solution_texts(store, query))


def _properties(store: ox.Store, iri: str) -> dict[str, set[str]]:
    """Return the values of each property of a resource; missing properties have none."""
    values: dict[str, set[str]] = defaultdict(set)
    for quad in store.quads_for_pattern(ox.NamedNode(iri), None, None, ox.DefaultGraph()):
        assert isinstance(quad.object, ox.NamedNode | ox.Literal)
        values[quad.predicate.value].add(quad.object.value)
    return values


def _votes(store: ox.Store, event: str) -> dict[str, str]:
    """Return the position of each state in an event, by the IRI of the state."""
    subject = ox.NamedNode(event)
    return {
        quad.object.value: option.label
        for option, terms in OPTION_TERMS.items()
        for quad in store.quads_for_pattern(
            subject, ox.NamedNode(terms.state_property), None, ox.DefaultGraph()
        )
        if isinstance(quad.object, ox.NamedNode)
    }
