"""What changed between two releases: events, votes, dates, symbols and statements.

An event that a release knows under another IRI than an earlier one (``dcterms:replaces``) has
moved; its votes, date and symbol are compared with those it had before.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import astuple, dataclass, fields
from enum import StrEnum
from typing import Final, TextIO

import pyoxigraph as ox

from kg.model.vote_option import VoteOption
from kg.rdf.iris import kebab, thing
from kg.rdf.ntriples import about, dated, plain, text
from kg.rdf.vocabulary import CS, DCTERMS, OPTION_TERMS, RDF, RDFS, UNV
from kg.release.release import Release


class ChangeKind(StrEnum):
    """What happened to a thing from one release to another."""

    EVENT_ADDED = "event added"
    EVENT_REMOVED = "event removed"
    EVENT_MOVED = "event moved"
    DATE_CHANGED = "date changed"
    SYMBOL_CHANGED = "symbol changed"
    VOTE_ADDED = "vote added"
    VOTE_REMOVED = "vote removed"
    VOTE_CHANGED = "vote changed"
    STATEMENT_ADDED = "statement added"
    STATEMENT_REMOVED = "statement removed"
    STATEMENT_CHANGED = "statement changed"


#: By whether there was something before, and whether there is after.
_VOTE_KINDS: Final = {
    (False, True): ChangeKind.VOTE_ADDED,
    (True, False): ChangeKind.VOTE_REMOVED,
    (True, True): ChangeKind.VOTE_CHANGED,
}
_STATEMENT_KINDS: Final = {
    (False, True): ChangeKind.STATEMENT_ADDED,
    (True, False): ChangeKind.STATEMENT_REMOVED,
    (True, True): ChangeKind.STATEMENT_CHANGED,
}


@dataclass(frozen=True, order=True)
class Change:
    """One difference; ``before`` and ``after`` are empty where there was or is nothing.

    ``thing`` is an IRI: of the event, of the vote or of the statement, as the newer release has it
    if it does.
    """

    thing: str
    kind: ChangeKind
    label: str
    before: str
    after: str


def changes(old: Release, new: Release, advance: Callable[[], None] = lambda: None) -> list[Change]:
    """Return every change from one release to another, in the order of what they are about.

    ``advance`` is called once for each event that both releases have.

    Raises:
        ReleaseError: if one of the releases is damaged.
    """
    before, after = old.open_store(), new.open_store()
    return sorted([*_event_changes(before, after, advance), *_statement_changes(before, after)])


def shared_events(old: Release, new: Release) -> int:
    """Return how many events both releases have: the length of a comparison."""
    return len(_events(old.open_store()).keys() & _events(new.open_store()).keys())


def write_csv(differences: Iterable[Change], stream: TextIO) -> None:
    """Write changes as CSV, with a header."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(field.name for field in fields(Change))
    writer.writerows(astuple(change) for change in differences)


def to_ntriples(differences: Iterable[Change], new: Release) -> Iterator[str]:
    """Yield changes as N-Triples in the Changeset vocabulary (https://vocab.org/changeset/).

    Each is a ``cs:ChangeSet`` of its thing, with the statement that was removed, the one that was
    added, or both.
    """
    for number, change in enumerate(differences, 1):
        this = thing("change", f"{kebab(new.name)}-{number}")
        yield from about(this, RDF.type, f"<{CS.ChangeSet}>")
        yield from about(this, CS.subjectOfChange, f"<{change.thing}>")
        yield from about(this, CS.changeReason, text(f"{change.label}: {change.kind}"))
        for side, value in ((CS.removal, change.before), (CS.addition, change.after)):
            if value:
                statement = f"{this}/{side.rsplit('#', 1)[1]}"
                yield from about(this, side, f"<{statement}>")
                yield from _statement(statement, change, value)


def _statement(this: str, change: Change, value: str) -> Iterator[str]:
    predicate, term = _term(change.kind, value)
    yield from about(this, RDF.type, f"<{RDF.Statement}>")
    yield from about(this, RDF.subject, f"<{change.thing}>")
    yield from about(this, RDF.predicate, f"<{predicate}>")
    yield from about(this, RDF.object, term)


def _term(kind: ChangeKind, value: str) -> tuple[str, str]:
    """Return the property that a change is about, and one of its values as a term in N-Triples."""
    match kind:
        case ChangeKind.EVENT_ADDED | ChangeKind.EVENT_REMOVED:
            return RDF.type, f"<{UNV.VotingEvent}>"
        case ChangeKind.EVENT_MOVED:
            return DCTERMS.identifier, plain(value)
        case ChangeKind.DATE_CHANGED:
            return UNV.date, dated(value)
        case ChangeKind.SYMBOL_CHANGED:
            return UNV.symbol, plain(value)
        case ChangeKind.VOTE_ADDED | ChangeKind.VOTE_REMOVED | ChangeKind.VOTE_CHANGED:
            return UNV.option, f"<{OPTION_TERMS[VoteOption.from_label(value)].individual}>"
        case _:
            return RDFS.label, text(value)


def _event_changes(
    before: ox.Store, after: ox.Store, advance: Callable[[], None]
) -> Iterator[Change]:
    old, new = _events(before), _events(after)
    successor = {
        iri: later for iri, later in _replaced(after).items() if iri in old and iri not in new
    }
    for iri in old.keys() - new.keys() - successor.keys():
        yield Change(iri, ChangeKind.EVENT_REMOVED, old[iri].label, old[iri].date, "")
    for iri in new.keys() - old.keys() - set(successor.values()):
        yield Change(iri, ChangeKind.EVENT_ADDED, new[iri].label, "", new[iri].date)
    for iri, later in successor.items():
        yield Change(later, ChangeKind.EVENT_MOVED, new[later].label, iri, later)
    pairs = {iri: iri for iri in old.keys() & new.keys()} | successor
    for iri, later in pairs.items():
        yield from _changes_of_event(old[iri], new[later], before, after)
        advance()


def _changes_of_event(
    old: _Event, new: _Event, before: ox.Store, after: ox.Store
) -> Iterator[Change]:
    if old.date != new.date:
        yield Change(new.iri, ChangeKind.DATE_CHANGED, new.label, old.date, new.date)
    if old.symbol != new.symbol:
        yield Change(new.iri, ChangeKind.SYMBOL_CHANGED, new.label, old.symbol, new.symbol)
    earlier, later = _votes(before, old.iri), _votes(after, new.iri)
    for state in sorted(earlier.keys() | later.keys()):
        was, now = earlier.get(state, ""), later.get(state, "")
        if was == now:
            continue
        kind = _VOTE_KINDS[bool(was), bool(now)]
        key = state.rsplit("/", 1)[1]
        vote = f"{new.iri.replace('/id/event/', '/id/vote/')}/{key}"
        yield Change(vote, kind, f"{new.label}, {key}", was, now)


def _statement_changes(before: ox.Store, after: ox.Store) -> Iterator[Change]:
    old, new = _labels(before, UNV.Statement), _labels(after, UNV.Statement)
    for iri in old.keys() | new.keys():
        was, now = old.get(iri, ""), new.get(iri, "")
        if was == now:
            continue
        kind = _STATEMENT_KINDS[bool(was), bool(now)]
        yield Change(iri, kind, now or was, was, now)


@dataclass(frozen=True)
class _Event:
    """What is compared of an event beside its votes; empty where a release has nothing."""

    iri: str
    label: str
    date: str
    symbol: str


def _events(store: ox.Store) -> dict[str, _Event]:
    """Return the events of a release by IRI."""
    return {
        row["event"].value: _Event(
            *("" if row[name] is None else row[name].value for name in _EVENT_COLUMNS)
        )
        for row in _rows(store, _EVENTS)
    }


_EVENT_COLUMNS: Final = ("event", "label", "when", "symbol")
_EVENTS: Final = f"""
    SELECT ?event ?label ?when ?symbol {{
      ?event a <{UNV.VotingEvent}> ; <{RDFS.label}> ?label .
      FILTER(LANG(?label) = "en")
      OPTIONAL {{ ?event <{UNV.date}> ?date }}
      OPTIONAL {{ ?event <{UNV.month}> ?month }}
      OPTIONAL {{ ?event <{UNV.decides}>/<{UNV.symbol}> ?symbol }}
      BIND(COALESCE(?date, ?month) AS ?when)
    }}"""


def _replaced(store: ox.Store) -> dict[str, str]:
    """Return the present IRI of each event that was known under another one."""
    query = f"SELECT ?new ?old {{ ?new <{DCTERMS.replaces}> ?old }}"
    return {row["old"].value: row["new"].value for row in _rows(store, query)}


def _labels(store: ox.Store, cls: str) -> dict[str, str]:
    query = (
        f'SELECT ?it ?label {{ ?it a <{cls}> ; <{RDFS.label}> ?label FILTER(LANG(?label) = "en") }}'
    )
    return {row["it"].value: row["label"].value for row in _rows(store, query)}


def _rows(store: ox.Store, query: str) -> ox.QuerySolutions:
    answer = store.query(query)
    assert isinstance(answer, ox.QuerySolutions)
    return answer


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
