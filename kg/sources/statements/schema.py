"""The entries of a file of positions, as models: the one definition of the format.

The docstring of a model and the description of a field are what the JSON Schema and
docs/reference/positions.md say of them.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field, model_validator

from kg.model.statements import Relation, StatementKind
from kg.sources.statements.entry import Attributed, Coded, Entry, Position, Stance, Target
from kg.sources.statements.fields import (
    Address,
    Day,
    Key,
    Quote,
    RuleKey,
    SourceKey,
    StateKey,
    Symbol,
    Text,
    TopicKey,
    When,
)
from kg.sources.statements.reports import Report
from kg.sources.statements.rules import broken


class SourceEntry(Entry):
    """Where something is told: an article, a document, a page. What is not known is left out."""

    key: Key
    title: Annotated[Text, Field(description="As printed, else what it is, in your words")]
    publisher: str = ""
    date: When = ""
    licence: str = ""
    redistributable: Annotated[
        bool | None, Field(description="Whether its terms allow passing it on, where known")
    ] = None
    retrieved: Annotated[Day, Field(description="The day you read it")] = ""
    address: Address = ""
    note: str = ""


class TopicEntry(Entry):
    """A topic of the scheme over proposals, paragraphs and resolutions."""

    key: Key
    label: Text
    definition: Text
    unbis_heading: Annotated[
        str, Field(description="The same subject as the UN Digital Library heads it, if certain")
    ] = ""


class RuleEntry(Entry):
    """A rule by which somebody codes, such that a stranger codes the same."""

    key: Key
    label: Text
    description: Annotated[Text, Field(description="What is decided, and how")]
    address: Annotated[Address, Field(description="Where the whole rule is")] = ""


class StatementEntry(Attributed, Coded):
    """What somebody said for a state: a speech act, as a source tells it."""

    key: Key
    kind: Annotated[
        StatementKind,
        Field(
            description="explanation of vote: why a state votes as it does; response: to a "
            "proposal of others; attributed position: an attitude that a source ascribes to a "
            "state, without telling of an utterance"
        ),
    ] = "statement"
    made_by: Annotated[StateKey, Field(description="The state it was made for")]
    speaker: Annotated[str, Field(description="Person or office that spoke, where named")] = ""
    role: Annotated[str, Field(description="The office in which somebody spoke")] = ""
    date: Annotated[When, Field(description="Of the utterance")] = ""
    place: Annotated[str, Field(description="Where it was made: Kyiv")] = ""
    forum: Annotated[str, Field(description="Before whom: General Assembly")] = ""
    addressed_to: Annotated[
        tuple[StateKey, ...], Field(description="States it was addressed to")
    ] = ()
    addressed_to_others: Annotated[
        tuple[str, ...], Field(description="Others that it was addressed to, by name")
    ] = ()
    about: tuple[Target, ...] = ()
    stance: Annotated[Stance | None, Field(description="By the coding rule; else left out")] = None
    towards: Annotated[
        Target | None,
        Field(description="What the stance is towards, where it is about more than one thing"),
    ] = None
    summary: Annotated[Text, Field(description="What was said, in words of your own")]

    @property
    def judged(self) -> Target | None:
        """What the stance is or would be towards; None where the statement is about nothing."""
        if self.towards or len(self.about) != 1:
            return self.towards
        return self.about[0]

    @model_validator(mode="after")
    def _coded(self) -> StatementEntry:
        if self.stance:
            if self.judged is None:
                raise broken(
                    "stance-target",
                    "a stance needs what it is towards: write one thing under about, or towards",
                )
            self._needs_coder("a stance")
        return self


class ContactEntry(Attributed):
    """A diplomatic contact: who met, called or urged whom, as a source tells it."""

    key: Key
    by: Annotated[
        tuple[StateKey, ...],
        Field(description="States that sought the contact, where the source says who did"),
    ] = ()
    by_others: Annotated[tuple[str, ...], Field(description="Others that did, by name")] = ()
    to: Annotated[
        tuple[StateKey, ...],
        Field(
            description="States that were contacted; all that took part where nobody is under by"
        ),
    ] = ()
    to_others: Annotated[tuple[str, ...], Field(description="Others that were, by name")] = ()
    urged: Annotated[
        Position | None, Field(description="How the others were urged to vote, where told")
    ] = None
    expected: Annotated[
        bool, Field(description="true where the source tells of it as still to come")
    ] = False
    date: When = ""
    place: str = ""
    about: tuple[Target, ...] = ()
    summary: Text

    @model_validator(mode="after")
    def _both(self) -> ContactEntry:
        sought, contacted = self.by + self.by_others, self.to + self.to_others
        if not contacted:
            raise broken(
                "parties",
                "nobody under to; write keys of states there, or the names of others under "
                "to_others",
            )
        if len(sought + contacted) < 2:
            raise broken(
                "parties",
                "one party alone; write under by who sought the contact, or, where the source does "
                "not say who did, all that took part under to",
            )
        return self


class PointEntry(Entry):
    """A point of a proposal; its number is its place in the list."""

    title: Annotated[Text, Field(description="As the source prints it: a heading, or first words")]
    summary: Annotated[str, Field(description="What it asks, in words of your own")] = ""
    topics: tuple[TopicKey, ...] = ()
    sources: Annotated[
        tuple[SourceKey, ...], Field(description="Where it is not those of the proposal")
    ] = ()


class ProposalEntry(Coded):
    """A plan that states put forward, point by point."""

    key: Key
    title: Annotated[Text, Field(description="As the source prints it")]
    date: Day
    proposed_by: Annotated[tuple[StateKey, ...], Field(min_length=1)]
    authors: Annotated[
        tuple[str, ...], Field(description="Persons or offices that presented it")
    ] = ()
    points: tuple[PointEntry, ...]
    sources: Annotated[tuple[SourceKey, ...], Field(min_length=1)]
    note: str = ""

    @model_validator(mode="after")
    def _pointed(self) -> ProposalEntry:
        if not self.points:
            raise broken("points", "a proposal needs points: write a list of {title: ...}")
        if any(point.topics for point in self.points):
            self._needs_coder("a topic")
        return self


class ParagraphEntry(Entry):
    """An operative paragraph of a resolution."""

    number: Annotated[int, Field(ge=1, description="As the document prints it")]
    key: Annotated[
        Key | None,
        Field(description="A word that named it before it was numbered; its address redirects"),
    ] = None
    summary: Annotated[Text, Field(description="What it says, in words of your own")]
    quote: Quote = ""
    topics: tuple[TopicKey, ...] = ()
    sources: Annotated[tuple[SourceKey, ...], Field(min_length=1)]
    note: str = ""


class ResolutionEntry(Coded):
    """What a resolution is about, and its operative paragraphs as far as they are known."""

    symbol: Symbol
    topics: tuple[TopicKey, ...] = ()
    paragraphs: tuple[ParagraphEntry, ...] = ()

    @model_validator(mode="after")
    def _coded(self) -> ResolutionEntry:
        if self.topics or any(paragraph.topics for paragraph in self.paragraphs):
            self._needs_coder("a topic")
        return self


class CorrespondenceEntry(Coded):
    """How two texts relate: a judgement on two points, or a point and a paragraph."""

    one: Target
    other: Target
    relation: Relation
    reason: Annotated[Text, Field(description="What in the two texts decides it")]
    sources: Annotated[
        tuple[SourceKey, ...], Field(description="What it rests on besides the two texts")
    ] = ()

    @model_validator(mode="after")
    def _coded(self) -> CorrespondenceEntry:
        self._needs_coder("a correspondence")
        for side in (self.one, self.other):
            if not (side.point or side.paragraph):
                raise broken("target", "a correspondence is between points and paragraphs")
        return self


class Defaults(Entry):
    """Values for every entry of the file that has none of its own."""

    source: SourceKey | None = None
    via: str | None = None
    date: When | None = None
    place: str | None = None
    forum: str | None = None
    coder: str | None = None
    rule: RuleKey | None = None


class PositionsFile(Entry):
    """A file of positions of states: any of these sections."""

    model_config = ConfigDict(title="Positions of states")

    defaults: Defaults = Defaults()
    sources: tuple[SourceEntry, ...] = ()
    topics: tuple[TopicEntry, ...] = ()
    rules: tuple[RuleEntry, ...] = ()
    statements: tuple[StatementEntry, ...] = ()
    contacts: tuple[ContactEntry, ...] = ()
    proposals: tuple[ProposalEntry, ...] = ()
    resolutions: tuple[ResolutionEntry, ...] = ()
    correspondences: tuple[CorrespondenceEntry, ...] = ()
    reports: tuple[Report, ...] = ()
