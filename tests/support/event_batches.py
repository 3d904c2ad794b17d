"""Batches of invented events for the shapes of events, and random faults in them.

Events are written by the mapper used in builds, with the embedded states as their context.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from typing import Final

from kg.model.agents import Agent
from kg.model.documents import AgendaItem, Draft, MergedDraft
from kg.model.records import Record
from kg.model.sources import Source
from kg.model.sponsorship import UNSPONSORED, Sponsors, Sponsorship
from kg.model.states import Seat
from kg.model.symbols import slug
from kg.model.vote_option import VoteOption
from kg.model.votes import (
    BodyName,
    Document,
    MergedEvent,
    Topic,
    VotingEvent,
)
from kg.pipeline.event_validation import event_context, in_context
from kg.rdf import iris
from kg.rdf.ntriples import plain, text, typed
from kg.rdf.record_mapper import RecordMapper
from kg.rdf.vocabulary import OPTION_TERMS, RDF, UNV, XSD
from tests.support.merging import STATES

Triple = tuple[str, str, str]
Fault = Callable[[random.Random, list[Triple]], None]

SOURCE: Final = Source("invented", "Invented roll calls", redistributable=True)
OTHER_SOURCE: Final = Source("other", "Other invented roll calls", redistributable=True)
TOPIC: Final = Topic("weather", "WEATHER", "invented", "", "invented")
COMMITTEE: Final = Agent("first-committee", "First Committee", ("committee",))
ITEM: Final = AgendaItem("35-9-a", "Weather", "invented", "35", "9 (a)", "A/35/251")
_SPONSORSHIP: Final = Sponsorship(
    Sponsors(("FRA",), (COMMITTEE.key,)), Sponsors(("IND",)), (COMMITTEE.key,)
)
#: States that were members on all days of the events.
_MEMBERS: Final = (
    "AFG", "ARG", "BRA", "EGY", "FRA", "GBR", "IND", "IRQ", "MEX", "NOR", "UKR", "USA",
)  # fmt: skip
#: Permanent members of the Council, some of which veto drafts.
_PERMANENT: Final = ("FRA", "GBR", "USA")
#: These members, two states of the same seat, and states that were not members on all days.
_STATES: Final = (*_MEMBERS, "RUS", "SUN", "DEU", "SSD")
_BODIES: Final[tuple[BodyName, ...]] = ("GeneralAssembly", "SecurityCouncil")
_DATES: Final = (
    *("1961-11-06", "1975-06-01", "1980-05-10", "1991-12-24"),
    *("1961-11", "1975-06", "1980-05", "1991-12"),
)


def batch(seed: int, faults: int = 0) -> str:
    """Return the N-Triples of one to three invented events in their context, with faults."""
    chance = random.Random(seed)
    mapper = RecordMapper()
    events = [_event(chance, number) for number in range(chance.randint(1, 3))]
    lines = [line for event in events for line in mapper.event(event)]
    context = [*_records(), *mapper.shared()]
    whole = in_context("".join(lines), event_context(context))
    triples = [_triple(line) for line in whole.split("\n") if line]
    for _ in range(faults):
        # Earlier faults may have left hardly anything of a small event.
        if len(triples) > 1:
            chance.choice(FAULTS)(chance, triples)
    # A fault may repeat an existing triple.
    return "".join(f"{' '.join(triple)} .\n" for triple in triples)


@cache
def _records() -> tuple[str, ...]:
    mapper = RecordMapper()
    records: list[Record] = [
        SOURCE,
        OTHER_SOURCE,
        TOPIC,
        COMMITTEE,
        ITEM,
        *(STATES[key] for key in _STATES),
    ]
    records += (
        Seat(key, STATES[key].admitted, (SOURCE.key,), "SecurityCouncil") for key in _PERMANENT
    )
    drafts = [
        MergedDraft(Draft(symbol, "GeneralAssembly", "35", "invented"), ("invented",))
        for symbol in ("A/35/L.1", "A/35/L.1/Rev.1")
    ]
    drafts += [
        MergedDraft(
            Draft(f"S/{date[:4]}/{900 + number}", "SecurityCouncil", "", "invented"), ("invented",)
        )
        for date in _DATES
        for number in range(3)
    ]
    lines = [line for record in records for line in mapper.record(record)]
    lines += [line for draft in drafts for line in mapper.draft(draft)]
    return (*lines, *mapper.shared())


def _event(chance: random.Random, number: int) -> MergedEvent:
    if chance.random() < 0.1:
        return _vetoed(chance, number)
    states = chance.sample(chance.choice((_MEMBERS, _STATES)), chance.randint(2, 6))
    records_non_voting = chance.random() < 0.5
    options = [*VoteOption] if records_non_voting else [*VoteOption][:3]
    votes = {state: chance.choice(options) for state in states}
    body, date = chance.choice(_BODIES), chance.choice(_DATES)
    in_assembly = body == "GeneralAssembly"
    session = "35" if in_assembly else ""
    symbol = f"A/RES/35/{900 + number}" if in_assembly else f"S/RES/{900 + number}({date[:4]})"
    document = Document(
        symbol,
        body,
        date,
        session,
        chance.choice(("", 'A "title"')),
        (TOPIC.key,),
        sponsorship=chance.choice((UNSPONSORED, _SPONSORSHIP)),
    )
    decides = chance.choice((None, document))
    without_vote = chance.random() < 0.1
    event = VotingEvent(
        key=slug(symbol) if decides else f"invented-{number}",
        source=SOURCE.key,
        body=body,
        date=date,
        session=session,
        votes={} if without_vote else votes,
        records_non_voting=records_non_voting,
        decides=decides,
        meeting=chance.choice(("", "A/35/PV.9" if in_assembly else "S/PV.2222")),
        vote_on="document" if decides else chance.choice((None, "motion")),
        outcome=chance.choice((None, "adopted")) if decides else "not adopted",
        drafts=chance.choice(((), ("A/35/L.1", "A/35/L.1/Rev.1"))),
        agenda_items=chance.choice(((), (ITEM.key,))),
        committee=chance.choice(("", COMMITTEE.key)),
        voting_method=chance.choice(("", "recorded vote")),
        sdgs=chance.choice(((), (1, 17))),
        inferred=frozenset(state for state, option in votes.items() if option == "X"),
        vote_notes=chance.choice(((), ("A note\nof two lines, with a \\",))),
        agreeing=dict.fromkeys(states[:2], 2),
        cast_as={states[-1]: "Another name"},
        important=chance.random() < 0.5,
        without_vote=without_vote,
    )
    sources: dict[str, tuple[str, ...]] = dict.fromkeys(event.votes, (SOURCE.key,))
    if event.votes and chance.random() < 0.5:
        sources[states[0]] = (SOURCE.key, OTHER_SOURCE.key)
    return _merged(event, sources)


def _vetoed(chance: random.Random, number: int) -> MergedEvent:
    """Return the vote on a draft of the Council that some permanent members vetoed.

    It has the number of votes in favour that a decision has needed since 1966.
    """
    against = chance.sample(_PERMANENT, chance.randint(1, 3))
    votes = {
        state: VoteOption.NO if state in against else VoteOption.YES
        for state in (*against, *[state for state in _MEMBERS if state not in against][:9])
    }
    date = chance.choice(_DATES)
    event = VotingEvent(
        key=f"S-{date[:4]}-{900 + number}",
        source=SOURCE.key,
        body="SecurityCouncil",
        date=date,
        session="",
        votes=votes,
        records_non_voting=False,
        vote_on="document",
        outcome="vetoed",
        drafts=(f"S/{date[:4]}/{900 + number}",),
        vetoed_by=tuple(against),
        library_record="https://example.org/record",
    )
    return _merged(event, dict.fromkeys(votes, (SOURCE.key,)))


def _merged(event: VotingEvent, sources: dict[str, tuple[str, ...]]) -> MergedEvent:
    return MergedEvent(event, (SOURCE.key,), (SOURCE.key,), vote_sources=sources)


def _triple(line: str) -> Triple:
    subject, predicate, value = line.removesuffix(" .").split(" ", 2)
    return subject, predicate, value


_UNKNOWN: Final = f"<{iris.thing('unknown', 'thing')}>"
_VALUES: Final = (
    _UNKNOWN,
    plain("1"),
    plain("month"),
    text("again"),
    typed(0, XSD.integer),
    typed(3, XSD.integer),
    typed(-1, XSD.integer),
    typed(1946, XSD.integer),
    plain("A/RES/34/1"),
    plain("S/RES/901(1980)"),
    plain("not adopted"),
    plain("vetoed"),
    plain("failed"),
    typed("1945-10-23", XSD.date),
    typed("9998-05-10", XSD.date),
    typed("1980-05-10", XSD.date),
    typed("1980-02-30", XSD.date),
    typed("1980-05", XSD.gYearMonth),
    typed("true", XSD.boolean),
    *(f"<{terms.individual}>" for terms in OPTION_TERMS.values()),
    *(f"<{iris.state(state)}>" for state in _STATES),
    f"<{UNV.GeneralAssembly}>",
    f"<{UNV.SecurityCouncil}>",
)


def _without(chance: random.Random, triples: list[Triple]) -> None:
    """A triple is missing."""
    triples.remove(chance.choice(triples))


def _another_value(chance: random.Random, triples: list[Triple]) -> None:
    """A property has another value, or an additional one."""
    subject, predicate, value = triple = chance.choice(triples)
    if chance.random() < 0.5:
        triples.remove(triple)
    of_property = [other[2] for other in triples if other[1] == predicate] or [value]
    values = chance.choice((of_property, _VALUES))
    triples.append((subject, predicate, chance.choice(values)))


def _another_property(chance: random.Random, triples: list[Triple]) -> None:
    """A value is moved to another property."""
    subject, _, value = triple = chance.choice(triples)
    triples.remove(triple)
    triples.append((subject, chance.choice(triples)[1], value))


def _another_subject(chance: random.Random, triples: list[Triple]) -> None:
    """A triple has another subject, in addition or instead."""
    _, predicate, value = triple = chance.choice(triples)
    if chance.random() < 0.5:
        triples.remove(triple)
    triples.append((chance.choice(triples)[0], predicate, value))


def _without_property(chance: random.Random, triples: list[Triple]) -> None:
    """A property of a resource is missing."""
    subject, predicate, _ = chance.choice(triples)
    triples[:] = [triple for triple in triples if triple[:2] != (subject, predicate)]


def _without_thing(chance: random.Random, triples: list[Triple]) -> None:
    """A resource has no description."""
    subject, _, _ = chance.choice(triples)
    triples[:] = [triple for triple in triples if triple[0] != subject]


def _vote_turned(chance: random.Random, triples: list[Triple]) -> None:
    """A vote has the option, state, event or source of another vote."""
    predicate = f"<{chance.choice((UNV.option, UNV.castBy, UNV.event, UNV.recordedBy))}>"
    of_votes = [triple for triple in triples if triple[1] == predicate]
    if of_votes:
        triples.remove(triple := chance.choice(of_votes))
        triples.append((triple[0], predicate, chance.choice(of_votes)[2]))


def _repeated(chance: random.Random, triples: list[Triple]) -> None:
    """A triple is stated twice, which changes nothing."""
    triples.append(chance.choice(triples))


def _another_type(chance: random.Random, triples: list[Triple]) -> None:
    """A resource has an additional class."""
    class_ = chance.choice((UNV.VotingEvent, UNV.Vote, UNV.Resolution, UNV.State))
    triples.append((chance.choice(triples)[0], f"<{RDF.type}>", f"<{class_}>"))


FAULTS: Final[tuple[Fault, ...]] = (
    _without, _another_value, _another_property, _another_subject, _without_property,
    _without_thing, _vote_turned, _repeated, _another_type,
)  # fmt: skip
