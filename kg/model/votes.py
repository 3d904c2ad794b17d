"""Roll calls: what was voted on and how each state voted, in one source and merged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from kg.model.discrepancies import Discrepancy, ReportedTally
from kg.model.sponsorship import UNSPONSORED, Sponsorship
from kg.model.vote_option import VoteOption

BodyName = Literal["GeneralAssembly", "SecurityCouncil"]
VoteOn = Literal["document", "amendment", "paragraph", "motion"]
#: A text that was not adopted was vetoed, or failed for want of votes in favour; "not adopted" is
#: used where neither is known.
Outcome = Literal["adopted", "vetoed", "failed", "not adopted"]
NOT_ADOPTED: Final[frozenset[Outcome]] = frozenset(("vetoed", "failed", "not adopted"))
#: The outcome of a source's vote: accepted, the same as an accepted one, or different.
VoteOutcome = Literal["loaded", "merged", "discrepant"]
_MONTH_LENGTH: Final = len("1946-01")


@dataclass(frozen=True, slots=True)
class Topic:
    """A subject heading of one scheme; ``notation`` is empty where the scheme has none.

    ``close_match`` is the key of a topic of another scheme with about the same meaning,
    ``exact_match`` the IRI of the same concept in its published thesaurus.
    """

    key: str
    label: str
    scheme: str
    notation: str
    source: str
    scheme_title: str = ""
    definition: str = ""
    close_match: str = ""
    exact_match: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A resolution or decision that a body adopted.

    ``symbol`` has its canonical spelling, ``variants`` are other spellings in sources; ``title`` is
    empty where no source gives the official title. ``date`` is that of its vote, a day or a month.
    ``sponsorship`` is stated of the document itself only where its source does not have the symbol
    of the draft.
    """

    symbol: str
    body: BodyName
    date: str
    session: str
    title: str = ""
    topics: tuple[str, ...] = ()
    library_record: str = ""
    variants: tuple[str, ...] = ()
    sponsorship: Sponsorship = UNSPONSORED


@dataclass(frozen=True, slots=True)
class RecordPlace:
    """A place in the verbatim record of a meeting, by the symbol of the record.

    ``paragraph`` is counted among those that begin on the page, from 1; headings and procedural
    notes count.
    """

    meeting: str
    page: int
    paragraph: int
    source: str


@dataclass(frozen=True, slots=True)
class VotingEvent:
    """A roll call, as one source records it.

    ``date`` is the known date in ISO 8601: a day, or a month; ``printed_date`` is the day that the
    source prints instead, which may be wrong.
    ``votes`` maps state keys to options; ``decides`` is set only for the adoption of a document as
    a whole, ``relates_to`` is the symbol of the resolution or draft that an amendment, paragraph or
    motion concerns. The vote on a draft that was not adopted decides nothing: its key is the slug
    of the first of ``drafts``. ``session`` is empty where the source records none.
    ``possibly_same_as`` is the key of an event with the same votes, of which this one may be a
    duplicate; ``replaces`` are the keys that sources would give it by themselves. ``cast_as`` maps
    state keys to the recorded name, where it is not a known name of the state; ``printed`` contains
    the totals that the source prints; ``without_vote`` is set where no vote was taken. ``agreeing``
    maps state keys to the number of compilations with the same vote; ``compilations`` are the
    sources from which this one was compiled, ``compiled_from`` maps state keys to those that
    contain the vote. ``overruled`` are values of the source that were not accepted, by aspect
    (``date``, ``session``). ``voting_method`` is the method as the source names it ("recorded
    vote"); ``committee`` is the key of the agent on whose report the document was adopted.
    ``agenda_items`` are keys of items, ``agenda`` is the agenda as the source prints it, with which
    roll calls are matched; ``sdgs`` are the Sustainable Development Goals, 1 to 17, that the source
    assigns. ``inferred`` are states of ``votes`` whose non-voting is inferred: members of that day
    that stand in no list of a record that has all others. A record in which every member of that
    day has a position sets ``records_non_voting``, even if no member is absent. ``source_record``
    is the source's own number of the event, ``source_row`` its first row in the file
    ``source_file``; they are empty or 0 where the source has none. ``place`` is where a verbatim
    record prints the vote or the adoption.
    """

    key: str
    source: str
    body: BodyName
    date: str
    session: str
    votes: Mapping[str, VoteOption]
    records_non_voting: bool
    decides: Document | None = None
    relates_to: str = ""
    possibly_same_as: str = ""
    replaces: tuple[str, ...] = ()
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
    compiled_from: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
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
    voting_method: str = ""
    committee: str = ""
    agenda_items: tuple[str, ...] = ()
    sdgs: tuple[int, ...] = ()
    inferred: frozenset[str] = frozenset()
    overruled: Mapping[str, str] = field(default_factory=dict)
    source_record: str = field(default="", compare=False)
    source_file: str = field(default="", compare=False)
    source_row: int = field(default=0, compare=False)
    printed_date: str = field(default="", compare=False)
    place: RecordPlace | None = None

    @property
    def day(self) -> str:
        """The day, empty where unknown."""
        return self.date if len(self.date) > _MONTH_LENGTH else ""

    @property
    def month(self) -> str:
        """The year and the month."""
        return self.date[:_MONTH_LENGTH]

    @property
    def year(self) -> int:
        """The year."""
        return int(self.date[:4])

    @property
    def draft(self) -> str:
        """The symbol of the draft voted on as a whole and not adopted; empty for other events."""
        on_draft = self.vote_on == "document" and self.outcome in NOT_ADOPTED
        return self.drafts[0] if on_draft and self.drafts else ""

    @property
    def name(self) -> str:
        """The usual name: the symbol of the document voted on, otherwise the key."""
        return self.decides.symbol if self.decides else self.draft or self.key

    def count(self, option: VoteOption) -> int:
        """Return how many states took a position."""
        return sum(1 for value in self.votes.values() if value == option)


@dataclass(frozen=True, slots=True)
class VoteCorrection:
    """The option that a delegation later stated it had intended, and the source that prints it.

    ``place`` is where a verbatim record prints it, None for other sources.
    """

    event: str
    state: str
    intended: VoteOption
    source: str
    place: RecordPlace | None = None


@dataclass(frozen=True, slots=True)
class MergedEvent:
    """One roll call, merged from the records of all sources.

    ``recorded_by`` are the sources of its records, the accepted one first; ``sources`` are these
    and the compilations they were made from; ``tallies`` are the totals that they print.
    ``day_refined`` is set where a source gives only the month and another source's day was used.
    ``vote_outcomes`` counts the votes of each source by outcome, without inferred ones.
    ``vote_sources`` maps state keys to the sources that record the accepted vote, ``suspensions``
    to the key of the suspension that explains why a state did not vote, ``corrections`` to the
    delegation's later correction.
    ``draft_sources`` maps the drafts of the event to the sources that name them.
    """

    event: VotingEvent
    recorded_by: tuple[str, ...]
    sources: tuple[str, ...]
    discrepancies: tuple[Discrepancy, ...] = ()
    tallies: tuple[ReportedTally, ...] = ()
    day_refined: bool = False
    vote_outcomes: Mapping[str, Mapping[VoteOutcome, int]] = field(default_factory=dict)
    vote_sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    suspensions: Mapping[str, str] = field(default_factory=dict)
    corrections: Mapping[str, VoteCorrection] = field(default_factory=dict)
    draft_sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def usual_sources(self) -> tuple[str, ...]:
        """The sources that record most votes; in case of a tie, the first in alphabetical order."""
        counts = Counter(self.vote_sources.values())
        return min(counts, key=lambda keys: (-counts[keys], keys), default=())
