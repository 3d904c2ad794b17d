"""Merging the records of a roll call from several sources into one event.

The record of the most trusted source is accepted; where another source differs, the difference
becomes a Discrepancy. An empty value of a source is not a difference.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain, groupby
from typing import TypeVar

from kg.errors import SourceError
from kg.model.discrepancies import Discrepancy, ReportedTally
from kg.model.security_council import members
from kg.model.sponsorship import UNSPONSORED
from kg.model.state_register import StateRegister
from kg.model.symbols import slug
from kg.model.vote_option import VoteOption
from kg.model.votes import MergedEvent, VoteOutcome, VotingEvent
from kg.pipeline.differences import (
    circumstance_difference,
    same_date,
    unrecorded_vote,
    vote_difference,
)

T = TypeVar("T")


def merge_events(
    streams: Mapping[str, Iterable[VotingEvent]],
    precedence: Mapping[str, int],
    states: StateRegister,
) -> Iterator[MergedEvent]:
    """Yield one event for each key of the streams, whose events are in the order of their keys.

    ``streams`` are the events by the name of their source, ``precedence`` the ranks of sources,
    where 1 is the most trusted. Only the events of one key are in memory at a time. A vote belongs
    to the entity that held the seat on the day of the vote; the vote of a state that was not a
    member on that day is not added to a record that lists every member.

    Raises:
        SourceError: if a stream is out of order or has two events with one key, or its source has
            no precedence.
    """
    ranked = sorted(streams, key=lambda name: (precedence.get(name, 0), name))
    ordered = [_in_order(name, streams[name], name in precedence) for name in ranked]
    # For equal keys, heapq.merge yields events of earlier streams first.
    merged = heapq.merge(*ordered, key=lambda item: item[1].key)
    for _, group in groupby(merged, key=lambda item: item[1].key):
        yield _merge(dict(group), states)


def as_of_day(record: VotingEvent, day: str, states: StateRegister) -> VotingEvent:
    """Return a record with the votes assigned to the entities that held the seats on a day."""

    def holder(state: str) -> str:
        return states.on_seat((states[state].seat,), day)

    return replace(
        record,
        votes={holder(state): option for state, option in record.votes.items()},
        cast_as={holder(state): name for state, name in record.cast_as.items()},
        agreeing={holder(state): number for state, number in record.agreeing.items()},
        compiled_from={holder(state): keys for state, keys in record.compiled_from.items()},
        inferred=frozenset(map(holder, record.inferred)),
    )


def _in_order(
    name: str, stream: Iterable[VotingEvent], has_precedence: bool
) -> Iterator[tuple[str, VotingEvent]]:
    last = ""
    for event in stream:
        if not has_precedence:
            raise SourceError(
                f"source {name} has roll calls but no precedence in the registry of sources"
            )
        if event.key == last:
            raise SourceError(f"{event.source} has two records of one document: {event.key}")
        if event.key < last:
            raise SourceError(f"{event.source} is out of order: {event.key} after {last}")
        last = event.key
        yield name, event


class _Merge:
    """The records of one event, compared with the values accepted from more trusted sources."""

    def __init__(self, records: dict[str, VotingEvent], states: StateRegister) -> None:
        """Compare records by the name of their source, the most trusted first."""
        self._states = states
        #: The day of the vote, empty where no source has it.
        self._day = _first((record.day for record in records.values()), "")
        records = {name: self._as_of_day(record) for name, record in records.items()}
        self.records = list(records.values())
        (first_name, self.first), *others = records.items()
        self.votes = dict(self.first.votes)
        #: The states whose accepted non-voting is inferred.
        self.inferred = set(self.first.inferred)
        self.discrepancies: list[Discrepancy] = []
        recorded = len(self.votes) - len(self.inferred)
        self.outcomes = {first_name: Counter[VoteOutcome]({"loaded": recorded})}
        self.date_source = self.first
        self.day_refined = False
        #: By state: the key of the source whose vote is accepted.
        self._vote_source = dict.fromkeys(self.votes, self.first.source)
        for name, other in others:
            self.outcomes[name] = self._compare_votes(other)
            self._compare_date(other)
            self._compare_session(other)
            self._compare_circumstances(other)
        self.discrepancies += self._overruled()

    def _as_of_day(self, record: VotingEvent) -> VotingEvent:
        """Return a record with the votes assigned to the holders of the seats on the day.

        A source with only a month may have placed the vote on the wrong side of a succession.
        """
        if not self._day or record.date == self._day:
            return record
        return as_of_day(record, self._day, self._states)

    def _has_place_for(self, state: str) -> bool:
        """Return whether the first record can accept this vote, if it lists every member.

        A whole record of the Security Council accepts none, except of states whose absence is only
        inferred; nor does an adoption without a vote.
        """
        if self.first.body == "SecurityCouncil":
            first = self.first
            is_whole = len(first.votes) >= members(first.year)
            return not first.without_vote and (state in first.inferred or not is_whole)
        return (
            not self._day
            or not self.first.records_non_voting
            or self._states.is_member(state, self._day)
        )

    def _compare_votes(self, other: VotingEvent) -> Counter[VoteOutcome]:
        outcomes: Counter[VoteOutcome] = Counter()
        for state, option in other.votes.items():
            if state in other.inferred:
                self._infer(state, option, other)
                continue
            if state in self.inferred:
                # What is recorded overrides what is inferred, and does not conflict with it.
                self.inferred.remove(state)
                del self.votes[state], self._vote_source[state]
            if state not in self.votes and not self._has_place_for(state):
                outcomes["discrepant"] += 1
                self.discrepancies.append(
                    unrecorded_vote(self.first, self._states[state], option, other.source)
                )
                continue
            outcomes[_outcome(self.votes.get(state), option)] += 1
            if self.votes.setdefault(state, option) != option:
                self.discrepancies.append(
                    vote_difference(
                        self.first,
                        self._states[state],
                        self.votes[state],
                        self._vote_source[state],
                        option,
                        other.source,
                    )
                )
            self._vote_source.setdefault(state, other.source)
        return outcomes

    def _infer(self, state: str, option: VoteOption, other: VotingEvent) -> None:
        """Accept an inferred absence where nothing is recorded."""
        if state not in self.votes and self._has_place_for(state):
            self.votes[state] = option
            self._vote_source[state] = other.source
            self.inferred.add(state)

    def _compare_circumstances(self, other: VotingEvent) -> None:
        """Compare the outcome, the method of adoption and the agenda items."""
        first = self.first
        adopted = {record.outcome == "adopted" for record in (first, other) if record.outcome}
        # A source that knows only that a text was not adopted does not contradict "vetoed".
        if first.outcome and other.outcome and len(adopted) > 1:
            self.discrepancies.append(
                circumstance_difference(first, other, "outcome", first.outcome, other.outcome)
            )
        if first.without_vote != other.without_vote and (first.votes or other.votes):
            # If one of two sources has votes, a vote was taken.
            taken, without = (other, first) if first.without_vote else (first, other)
            self.discrepancies.append(
                circumstance_difference(taken, without, "method", "by vote", "without a vote")
            )
        ours, theirs = set(first.agenda_items), set(other.agenda_items)
        if ours and theirs and not (ours <= theirs or theirs <= ours):
            texts = (", ".join(sorted(items)) for items in (ours, theirs))
            self.discrepancies.append(circumstance_difference(first, other, "agenda item", *texts))

    def _compare_date(self, other: VotingEvent) -> None:
        """Compare dates at their common precision; a day replaces a date known to the month."""
        accepted = self.date_source
        if not same_date(accepted, other):
            self.discrepancies.append(
                circumstance_difference(accepted, other, "date", accepted.date, other.date)
            )
        if bool(accepted.day) != bool(other.day):
            days = {record.printed_date or record.date for record in (accepted, other)}
            self.day_refined = self.day_refined or len(days) > 1
            if other.day:
                self.date_source = other

    def _compare_session(self, other: VotingEvent) -> None:
        accepted = self.first.session
        if accepted and other.session and other.session != accepted:
            self.discrepancies.append(
                circumstance_difference(self.first, other, "session", accepted, other.session)
            )

    def _overruled(self) -> Iterator[Discrepancy]:
        """Yield the values of sources that were rejected because another source differs."""
        for record in self.records:
            # Only one source records meetings.
            aspects = {k: v for k, v in record.overruled.items() if k != "meeting"}
            for aspect, value in aspects.items():
                for other in self.records:
                    accepted = _value(other, aspect)
                    if other is not record and _agree(other, record, aspect):
                        difference = circumstance_difference(other, record, aspect, accepted, value)
                        key = f"{record.key}-overruled-{aspect}-{record.source}"
                        yield replace(difference, key=key)
                        break


def _merge(records: dict[str, VotingEvent], states: StateRegister) -> MergedEvent:
    """Merge the records of one event by the name of their source, the most trusted first."""
    merge = _Merge(records, states)
    first = merge.first
    sources = dict.fromkeys(
        key
        for record in merge.records
        for key in (record.source, *record.compilations)
        if key != first.source
    )
    return MergedEvent(
        event=_with_document(_merged_event(merge), merge.records),
        recorded_by=tuple(record.source for record in merge.records),
        sources=(first.source, *sources),
        discrepancies=tuple(merge.discrepancies),
        tallies=tuple(
            ReportedTally(
                f"{record.source}-{record.key}", record.key, record.printed, record.source
            )
            for record in merge.records
            if record.printed
        ),
        day_refined=merge.day_refined,
        vote_outcomes=merge.outcomes,
        vote_sources=_vote_sources(merge),
        draft_sources={
            symbol: tuple(record.source for record in merge.records if key in _slugs(record.drafts))
            for key, symbol in _drafts(merge.records).items()
        },
    )


def _merged_event(merge: _Merge) -> VotingEvent:
    """Return the event; values missing in the first source are taken from the next one."""
    records, votes = merge.records, merge.votes
    return replace(
        merge.first,
        session=_first((record.session for record in records), ""),
        votes=votes,
        agreeing={
            state: number
            for record in records
            for state, number in record.agreeing.items()
            if record.votes.get(state) == votes.get(state)
        },
        cast_as={
            state: name for record in reversed(records) for state, name in record.cast_as.items()
        },
        date=merge.date_source.date,
        records_non_voting=any(record.records_non_voting for record in records),
        replaces=tuple(sorted({key for record in records for key in record.replaces})),
        vote_on=_first((record.vote_on for record in records), None),
        meeting=_first((record.meeting for record in records), ""),
        source_symbol=_first((record.source_symbol for record in records), ""),
        source_number=_first((record.source_number for record in records), ""),
        description=_first((record.description for record in records), ""),
        topics=tuple(sorted({topic for record in records for topic in record.topics})),
        important=any(record.important for record in records),
        library_record=_first((record.library_record for record in records), ""),
        drafts=tuple(_drafts(records).values()),
        committee_report=_first((record.committee_report for record in records), ""),
        agenda=_first((record.agenda for record in records), ()),
        agenda_items=_first((record.agenda_items for record in records), ()),
        committee=_first((record.committee for record in records), ""),
        voting_method=_first((record.voting_method for record in records), ""),
        sdgs=_first((record.sdgs for record in records), ()),
        inferred=frozenset(merge.inferred),
        vote_notes=_first((record.vote_notes for record in records), ()),
        recorded_in=_first((record.recorded_in for record in records), ""),
        # If another source has votes, a vote was taken.
        without_vote=any(record.without_vote for record in records) and not votes,
        outcome=_first((record.outcome for record in records), None),
        vetoed_by=_first((record.vetoed_by for record in records), ()),
        place=_first((record.place for record in records), None),
    )


def _vote_sources(merge: _Merge) -> dict[str, tuple[str, ...]]:
    """Return by state the sources that record the accepted vote, in alphabetical order.

    A record compiled from others is replaced by those of its sources that contain the vote.
    """
    # There are few combinations of sources, and a million votes.
    combined: dict[tuple[tuple[str, ...], ...], tuple[str, ...]] = {}
    records = [(r.votes, r.inferred, r.compiled_from, (r.source,)) for r in merge.records]
    vote_sources = {}
    for state, option in merge.votes.items():
        is_inferred = state in merge.inferred
        recording = tuple(
            [
                compiled_from.get(state, source)
                for votes, inferred, compiled_from, source in records
                if votes.get(state) == option and (state in inferred) == is_inferred
            ]
        )
        if recording not in combined:
            combined[recording] = tuple(sorted({*chain.from_iterable(recording)}))
        vote_sources[state] = combined[recording]
    return vote_sources


def _with_document(event: VotingEvent, records: Iterable[VotingEvent]) -> VotingEvent:
    """Return an event whose document also has the merged values."""
    if not event.decides:
        return event
    documents = [record.decides for record in records if record.decides]
    variants = {text for document in documents for text in (document.symbol, *document.variants)}
    decides = replace(
        event.decides,
        title=_first((document.title for document in documents), ""),
        variants=tuple(sorted(variants - {event.decides.symbol})),
        topics=event.topics,
        session=event.session,
        date=event.date,
        library_record=event.library_record,
        sponsorship=next(
            (d.sponsorship for d in documents if d.sponsorship != UNSPONSORED), UNSPONSORED
        ),
    )
    return replace(event, decides=decides)


def _drafts(records: Iterable[VotingEvent]) -> dict[str, str]:
    """Return the symbols of the drafts of all records, each in its first spelling, by slug."""
    by_key: dict[str, str] = {}
    for record in records:
        for symbol in record.drafts:
            by_key.setdefault(slug(symbol), symbol)
    return by_key


def _slugs(symbols: Iterable[str]) -> set[str]:
    return set(map(slug, symbols))


def _first(values: Iterable[T], default: T) -> T:
    """Return the first value that is not empty."""
    return next(filter(None, values), default)


def _outcome(accepted: VoteOption | None, option: VoteOption) -> VoteOutcome:
    if accepted is None:
        return "loaded"
    return "merged" if accepted == option else "discrepant"


def _value(record: VotingEvent, aspect: str) -> str:
    return record.session if aspect == "session" else record.date


def _agree(first: VotingEvent, second: VotingEvent, aspect: str) -> bool:
    if aspect == "session":
        return first.session == second.session
    return same_date(first, second)
