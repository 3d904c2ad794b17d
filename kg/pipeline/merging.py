"""Merging the records of a roll call from several sources into one event (contract A3).

What the most trusted source records is accepted; where another source differs, the difference
becomes a Discrepancy. A value that a source leaves empty is no difference.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby

from kg.errors import SourceError
from kg.model.discrepancies import Discrepancy, ReportedTally, ReportedVote
from kg.model.vote_option import VoteOption
from kg.model.votes import MergedEvent, VoteOutcome, VotingEvent


def merge_events(
    streams: Mapping[str, Iterable[VotingEvent]], precedence: Mapping[str, int]
) -> Iterator[MergedEvent]:
    """Yield one event for each key of the streams, whose events come in the order of their keys.

    ``streams`` are the events by the name of their source, ``precedence`` the ranks of sources, 1
    being the most trusted. Only the events of one key are held in memory at a time.

    Raises:
        SourceError: if a stream is out of order or has two events of one key, or its source has
            no precedence.
    """
    ranked = sorted(streams, key=lambda name: (precedence.get(name, 0), name))
    ordered = [_in_order(name, streams[name], name in precedence) for name in ranked]
    # Of equal keys, heapq.merge yields those of earlier streams first.
    merged = heapq.merge(*ordered, key=lambda item: item[1].key)
    for _, group in groupby(merged, key=lambda item: item[1].key):
        yield _merge(dict(group))


def compare_reports(
    merged: MergedEvent, tallies: Iterable[ReportedTally], votes: Iterable[ReportedVote]
) -> list[Discrepancy]:
    """Return where reports of an event differ from its record."""
    event = merged.event
    found = []
    for tally in tallies:
        for option, reported in tally.counts.items():
            if reported == event.count(option) or (
                option is VoteOption.NON_VOTING and not event.records_non_voting
            ):
                continue
            words = option.label
            found.append(
                Discrepancy(
                    key=f"{tally.key}-{words.replace(' ', '-')}",
                    aspect="total",
                    concerns=(("event", event.key), ("report", tally.key)),
                    accepted=f"{event.count(option)} {words}",
                    accepted_from=merged.recorded_by[:1],
                    other=f"{reported} {words}",
                    other_from=(tally.source,),
                    description=(
                        f"{event.name}: the record has {event.count(option)} {words}, "
                        f"the report says {reported}"
                    ),
                )
            )
    for vote in votes:
        recorded = event.votes.get(vote.state)
        if recorded is None or recorded == vote.option:
            continue
        found.append(
            _vote_discrepancy(
                event,
                vote.state,
                merged.recorded_by[0],
                vote.option,
                vote.source,
                ("report", vote.key),
            )
        )
    return found


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


def _merge(event_of: dict[str, VotingEvent]) -> MergedEvent:
    """Merge the events of one key by the name of their source, the most trusted first."""
    names, events = list(event_of), list(event_of.values())
    first, *others = events
    found: list[Discrepancy] = []
    votes = dict(first.votes)
    voted_by = dict.fromkeys(votes, first.source)
    date_source = first
    day_refined = False
    outcomes: dict[str, Counter[VoteOutcome]] = {names[0]: Counter({"loaded": len(votes)})}
    for name, other in zip(names[1:], others, strict=True):
        outcome = outcomes[name] = Counter()
        for state, option in other.votes.items():
            outcome[_outcome(votes.get(state), option)] += 1
            if votes.setdefault(state, option) != option:
                found.append(_vote_discrepancy(first, state, voted_by[state], option, other.source))
            voted_by.setdefault(state, other.source)
        if not _same_date(date_source, other):
            found.append(_discrepancy(date_source, other, "date", date_source.date, other.date))
        if date_source.date_precision != other.date_precision:
            day_refined = day_refined or date_source.date != other.date
            if other.date_precision == "day":
                date_source = other
        if first.session and other.session and other.session != first.session:
            found.append(_discrepancy(first, other, "session", first.session, other.session))
    # What the first source leaves empty, the next one that has it fills.
    event = replace(
        first,
        session=next((e.session for e in events if e.session), ""),
        votes=votes,
        agreeing={
            s: n for e in events for s, n in e.agreeing.items() if e.votes.get(s) == votes.get(s)
        },
        cast_as={s: name for e in reversed(events) for s, name in e.cast_as.items()},
        date=date_source.date,
        date_precision=date_source.date_precision,
        records_non_voting=any(event.records_non_voting for event in events),
        vote_on=next((e.vote_on for e in events if e.vote_on), None),
        meeting=next((e.meeting for e in events if e.meeting), ""),
        source_symbol=next((e.source_symbol for e in events if e.source_symbol), ""),
        source_number=next((e.source_number for e in events if e.source_number), ""),
        description=next((e.description for e in events if e.description), ""),
        topics=tuple(sorted({topic for e in events for topic in e.topics})),
        important=any(event.important for event in events),
        library_record=next((e.library_record for e in events if e.library_record), ""),
        drafts=next((e.drafts for e in events if e.drafts), ()),
        committee_report=next((e.committee_report for e in events if e.committee_report), ""),
        agenda=next((e.agenda for e in events if e.agenda), ()),
        vote_notes=next((e.vote_notes for e in events if e.vote_notes), ()),
        recorded_in=next((e.recorded_in for e in events if e.recorded_in), ""),
        # Votes that another source holds are facts, so a vote was taken.
        without_vote=any(e.without_vote for e in events) and not votes,
        outcome=next((e.outcome for e in events if e.outcome), None),
        # A veto is a vote against; where another vote is accepted, that difference is told.
        vetoed_by=tuple(
            s
            for s in next((e.vetoed_by for e in events if e.vetoed_by), ())
            if votes.get(s) == VoteOption.NO
        ),
    )
    if event.decides:
        titles = (e.decides.title for e in events if e.decides and e.decides.title)
        decides = replace(
            event.decides,
            title=next(titles, ""),
            topics=event.topics,
            session=event.session,
            date=event.date,
            date_precision=event.date_precision,
            library_record=event.library_record,
        )
        event = replace(event, decides=decides)
    sources = dict.fromkeys(
        key for e in events for key in (e.source, *e.compilations) if key != first.source
    )
    recorded_by = tuple(e.source for e in events)
    tallies = tuple(
        ReportedTally(f"{e.source}-{e.key}", e.key, e.printed, e.source)
        for e in events
        if e.printed
    )
    return MergedEvent(
        event, recorded_by, (first.source, *sources), tuple(found), tallies, day_refined, outcomes
    )


def _outcome(accepted: VoteOption | None, option: VoteOption) -> VoteOutcome:
    if accepted is None:
        return "loaded"
    return "merged" if accepted == option else "discrepant"


def _same_date(one: VotingEvent, other: VotingEvent) -> bool:
    if "month" in (one.date_precision, other.date_precision):
        return one.date[:7] == other.date[:7]
    return one.date == other.date


def _discrepancy(
    one: VotingEvent, other: VotingEvent, aspect: str, accepted: str, told: str
) -> Discrepancy:
    return Discrepancy(
        key=f"{one.key}-{aspect}-{other.source}",
        aspect=aspect,
        concerns=(("event", one.key),),
        accepted=accepted,
        accepted_from=(one.source,),
        other=told,
        other_from=(other.source,),
        description=f"{one.name}: {aspect} {accepted} or {told}",
    )


def _vote_discrepancy(
    event: VotingEvent,
    state: str,
    accepted_from: str,
    told: VoteOption,
    other_from: str,
    *concerned: tuple[str, str],
) -> Discrepancy:
    recorded = event.votes[state]
    return Discrepancy(
        key=f"{event.key}-vote-{state}-{other_from}",
        aspect="vote",
        concerns=(("event", event.key), ("vote", f"{event.key}/{state}"), *concerned),
        accepted=recorded.label,
        accepted_from=(accepted_from,),
        other=told.label,
        other_from=(other_from,),
        description=(
            f"{event.name}: {state} is recorded as {recorded.label}, told as {told.label}"
        ),
    )
