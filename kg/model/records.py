"""What the loaders produce and everything after them consumes: plain, immutable records.

Keys are the last parts of IRIs, never IRIs; sources are named by their key. Dates are ISO 8601
strings; a date known to the month carries the day its source prints and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from kg.model.vote_option import VoteOption

BodyName = Literal["GeneralAssembly", "SecurityCouncil"]
DatePrecision = Literal["day", "month"]
VoteOn = Literal["document", "amendment", "paragraph", "motion"]
Outcome = Literal["adopted", "not adopted"]
StatementKind = Literal["statement", "explanation of vote", "response", "attributed position"]
Relation = Literal["agrees", "overlaps", "contradicts"]
#: Kind and key of a thing, the parts of its IRI.
Thing = tuple[str, str]
Fate = Literal["loaded", "merged", "discrepant"]
Problem = Literal[
    "broken line",
    "no number of a record",
    "no symbol of a document",
    "impossible date",
    "unknown state",
    "unknown vote",
    "unknown roll call",
    "unusable number",
    "two votes of one state",
    "second record of a document",
]


@dataclass(frozen=True, slots=True)
class Source:
    """Where facts come from, with what is known of it; unknown values are empty or None."""

    key: str
    title: str
    publisher: str = ""
    date: str = ""
    licence: str = ""
    redistributable: bool | None = None
    retrieved: str = ""
    address: str = ""
    note: str = ""
    derived_from: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Period:
    """A span of days; ``until`` is empty while it lasts."""

    start: str
    until: str
    sources: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class DatedName:
    """A name a state bore in a span of time."""

    name: str
    period: Period


@dataclass(frozen=True, slots=True)
class Predecessor:
    """An earlier state that this one follows, and how (continuation, succession, …)."""

    state: str
    relation: str
    date: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class State:
    """A member of the United Nations, past or present: the political entity, not its seat."""

    key: str
    name: str
    iso3: str
    iso2: str
    m49: str
    wikidata: str
    group: str
    seat: str
    sources: tuple[str, ...]
    memberships: tuple[Period, ...]
    names: tuple[DatedName, ...]
    predecessors: tuple[Predecessor, ...] = ()
    geonames: str = ""

    @property
    def admitted(self) -> str:
        """The first day of membership of the entity."""
        return self.memberships[0].start

    @property
    def member_until(self) -> str:
        """The day its membership ended; empty for present members."""
        return self.memberships[-1].until


@dataclass(frozen=True, slots=True)
class Seat:
    """A membership that goes on through successor states."""

    key: str
    admitted: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject heading of one scheme; ``notation`` is empty where the scheme has none.

    ``close_match`` is the key of a topic of another scheme that means about the same.
    """

    key: str
    label: str
    scheme: str
    notation: str
    source: str
    scheme_title: str = ""
    definition: str = ""
    close_match: str = ""


@dataclass(frozen=True, slots=True)
class Resolution:
    """A document a body adopted; ``title`` is empty where no source gives the official one."""

    symbol: str
    body: BodyName
    date: str
    date_precision: DatePrecision
    session: str
    title: str = ""
    topics: tuple[str, ...] = ()
    library_record: str = ""


@dataclass(frozen=True, slots=True)
class VotingEvent:
    """A roll call, as one source records it.

    ``votes`` maps state keys to options; ``decides`` is set only for the adoption of a document as
    a whole, ``relates_to`` is the symbol of the resolution an amendment, paragraph or motion
    concerns. The vote on a draft that was not adopted decides nothing: its key is the slug of the
    first of ``drafts``. ``session`` is empty where the body has none that the source tells.
    ``cast_as`` gives the name as recorded by state, where it is none of the known ones;
    ``printed`` the totals the source prints, ``without_vote`` that no vote was taken.
    ``agreeing`` gives, per state, how many compilations hold the same vote; ``compilations`` names
    the sources this one was compiled from.
    """

    key: str
    source: str
    body: BodyName
    date: str
    date_precision: DatePrecision
    session: str
    votes: Mapping[str, VoteOption]
    records_non_voting: bool
    decides: Resolution | None = None
    relates_to: str = ""
    vote_on: VoteOn | None = None
    meeting: str = ""
    source_symbol: str = ""
    source_number: str = ""
    title: str = ""
    description: str = ""
    topics: tuple[str, ...] = ()
    important: bool = False
    library_record: str = ""
    agreeing: Mapping[str, int] = field(default_factory=dict)
    compilations: tuple[str, ...] = ()
    drafts: tuple[str, ...] = ()
    committee_report: str = ""
    agenda: tuple[str, ...] = ()
    vote_notes: tuple[str, ...] = ()
    recorded_in: str = ""
    cast_as: Mapping[str, str] = field(default_factory=dict)
    printed: Mapping[VoteOption, int] = field(default_factory=dict)
    without_vote: bool = False
    outcome: Outcome | None = None
    vetoed_by: tuple[str, ...] = ()

    @property
    def draft(self) -> str:
        """The symbol of the draft voted on as a whole and not adopted; empty for other events."""
        on_draft = self.vote_on == "document" and self.decides is None
        return self.drafts[0] if on_draft and self.drafts else ""

    @property
    def name(self) -> str:
        """What people call it: the symbol of the document voted on, else its key."""
        return self.decides.symbol if self.decides else self.draft or self.key

    def count(self, option: VoteOption) -> int:
        """Return how many states took a position."""
        return sum(1 for value in self.votes.values() if value == option)


@dataclass(frozen=True, slots=True)
class MergedEvent:
    """One roll call as all sources together tell it.

    ``told_by`` are the sources of its records, the accepted one first; ``sources`` are these and
    the compilations they were made from; ``tallies`` are the totals that they print.
    ``date_made_exact`` tells that one gives another day than a source that knows the month only.
    ``accounts`` say by source how many of its votes were taken over, say the same as one that was
    taken over from another, or say otherwise.
    """

    event: VotingEvent
    told_by: tuple[str, ...]
    sources: tuple[str, ...]
    discrepancies: tuple[Discrepancy, ...] = ()
    tallies: tuple[ReportedTally, ...] = ()
    date_made_exact: bool = False
    accounts: Mapping[str, Mapping[Fate, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Two sources that do not say the same, or a source against a rule it should keep.

    ``concerns`` are (kind, key) pairs, the event or state first; the accepted side is what the
    graph states as fact, the other side is what is told differently.
    """

    key: str
    aspect: str
    concerns: tuple[Thing, ...]
    accepted: str
    accepted_from: tuple[str, ...]
    other: str
    other_from: tuple[str, ...]
    description: str


@dataclass(frozen=True, slots=True)
class ReportedTally:
    """The totals of an event as somebody printed them; None where no figure is given."""

    key: str
    event: str
    counts: Mapping[VoteOption, int]
    source: str
    quote: str = ""
    note: str = ""
    via: str = ""


@dataclass(frozen=True, slots=True)
class ReportedVote:
    """The vote of one state as somebody told it."""

    key: str
    event: str
    state: str
    option: VoteOption
    source: str
    quote: str = ""
    note: str = ""
    via: str = ""


@dataclass(frozen=True, slots=True)
class ReportedContent:
    """What somebody told of the content of a text; ``of`` is its kind and key."""

    key: str
    of: Thing
    says: str
    source: str
    via: str = ""
    quote: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class CodingRule:
    """A rule by which somebody judges what a text says."""

    key: str
    label: str
    description: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Coding:
    """Who judged, and by which rule."""

    coder: str
    rule: str


@dataclass(frozen=True, slots=True)
class Parties:
    """States by key, and others by name."""

    states: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody said for a state.

    ``coding`` is given with a stance; ``towards`` is what the stance is or would be towards.
    """

    key: str
    kind: StatementKind
    made_by: str
    summary: str
    source: str
    speaker: str = ""
    speaker_role: str = ""
    date: str = ""
    place: str = ""
    forum: str = ""
    addressed_to: Parties = Parties()
    about: tuple[Thing, ...] = ()
    stance: str = ""
    towards: Thing | None = None
    coding: Coding | None = None
    quote: str = ""
    via: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class DiplomaticContact:
    """Who met, called or urged whom; ``urged`` is how the others were urged to vote."""

    key: str
    by: Parties
    to: Parties
    summary: str
    source: str
    urged: VoteOption | None = None
    expected: bool = False
    date: str = ""
    place: str = ""
    about: tuple[Thing, ...] = ()
    quote: str = ""
    via: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ProposalPoint:
    """One numbered point of a proposal; ``coding`` is that of its topics."""

    position: int
    title: str
    sources: tuple[str, ...]
    summary: str = ""
    topics: tuple[str, ...] = ()
    coding: Coding | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan states put forward, with its points in order."""

    key: str
    title: str
    date: str
    proposed_by: tuple[str, ...]
    authors: tuple[str, ...]
    points: tuple[ProposalPoint, ...]
    sources: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """An operative paragraph; ``number`` is None where no source tells it."""

    key: str
    number: int | None
    summary: str
    sources: tuple[str, ...]
    quote: str = ""
    topics: tuple[str, ...] = ()
    coding: Coding | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ResolutionContent:
    """The topics of a resolution and what is known of its operative paragraphs.

    ``coding`` is that of the topics.
    """

    symbol: str
    topics: tuple[str, ...]
    paragraphs: tuple[Paragraph, ...]
    coding: Coding | None = None

    @property
    def key(self) -> str:
        """The symbol: of one resolution the content is told once."""
        return self.symbol


@dataclass(frozen=True, slots=True)
class Correspondence:
    """How two texts relate, as somebody judged it."""

    key: str
    one: Thing
    other: Thing
    relation: Relation
    reason: str
    coding: Coding
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that cannot be used: which kind of problem it has, and what was expected."""

    source: str
    file: str
    row: int
    problem: Problem
    value: str
    expected: str


@dataclass(frozen=True, slots=True)
class RuledRow:
    """A row that is used although it is not as it should be: what was read, and by which rule."""

    source: str
    file: str
    row: int
    value: str
    read_as: str
    rule: str


@dataclass(frozen=True, slots=True)
class AgreementObservation:
    """How often two states voted alike in the General Assembly in one calendar year.

    ``states`` are two keys in alphabetical order; ``shared`` counts the events on which both
    voted yes, no or abstained, ``identical`` those of them on which both did the same.
    """

    states: tuple[str, str]
    year: int
    shared: int
    identical: int


@dataclass(frozen=True, slots=True)
class YearlyTally:
    """How often one state took each position in one body in one calendar year.

    Non-voting is counted only where every event of the body in that year records it.
    """

    body: BodyName
    state: str
    year: int
    counts: Mapping[VoteOption, int]


@dataclass(frozen=True, slots=True)
class Margin:
    """The votes in favour of an event less those against it."""

    event: str
    votes: int


#: What is computed from merged events.
DerivedFact = AgreementObservation | YearlyTally | Margin

#: Records that are few and stand alone; events stream separately.
Record = (
    Source
    | State
    | Seat
    | Topic
    | Proposal
    | ResolutionContent
    | Correspondence
    | Statement
    | DiplomaticContact
    | CodingRule
    | ReportedTally
    | ReportedVote
    | ReportedContent
    | Discrepancy
)
