"""The entries of a file of positions, as models: the only definition of the format.

The docstrings of models and the descriptions of fields appear in the JSON Schema and in
docs/reference/positions.md.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field, model_validator

from kg.model.statements import Relation, StatementKind
from kg.sources.statements.entry import Attributed, Coded, Entry, Position, Stance, Target
from kg.sources.statements.fields import (
    Address,
    AgentKey,
    Day,
    GroupKey,
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
    """A source: an article, a document or a page. Omit unknown values."""

    key: Key
    title: Annotated[Text, Field(description="As printed, otherwise in your own words")]
    publisher: str = ""
    date: When = ""
    licence: str = ""
    redistributable: Annotated[
        bool | None, Field(description="Whether its terms allow redistribution, if known")
    ] = None
    retrieved: Annotated[Day, Field(description="The day on which you read it")] = ""
    address: Address = ""
    note: str = ""


class TopicEntry(Entry):
    """A topic of the scheme for proposals, paragraphs and resolutions."""

    key: Key
    label: Text
    definition: Text
    unbis_heading: Annotated[
        str, Field(description="The UN Digital Library's heading for the same subject, if certain")
    ] = ""


class RuleEntry(Entry):
    """A coding rule, precise enough that different coders reach the same result."""

    key: Key
    label: Text
    description: Annotated[Text, Field(description="What is decided, and how")]
    address: Annotated[Address, Field(description="Address of the full rule")] = ""


class StatementEntry(Attributed, Coded):
    """A speech act on behalf of a state, a group or an observer, as reported by a source."""

    key: Key
    kind: Annotated[
        StatementKind,
        Field(
            description="explanation of vote: a state's reasons for its vote; response: to a "
            "proposal of others; attributed position: an attitude that a source attributes to a "
            "state without reporting an utterance"
        ),
    ] = "statement"
    made_by: Annotated[
        AgentKey,
        Field(
            description="The state, group or observer on whose behalf it was made, such as IND, or "
            "EU for the European Union, PSE for the State of Palestine, VAT for the Holy See"
        ),
    ]
    on_behalf_of: Annotated[
        tuple[GroupKey, ...], Field(description="Groups for which that state or observer spoke")
    ] = ()
    speaker: Annotated[str, Field(description="Person or office that spoke, if named")] = ""
    role: Annotated[str, Field(description="The office of the speaker")] = ""
    date: Annotated[When, Field(description="Date of the utterance")] = ""
    place: Annotated[str, Field(description="Where it was made, such as Kyiv")] = ""
    forum: Annotated[str, Field(description="The forum, such as General Assembly")] = ""
    addressed_to: Annotated[
        tuple[StateKey, ...], Field(description="States to which it was addressed")
    ] = ()
    addressed_to_others: Annotated[
        tuple[str, ...], Field(description="Names of other addressees")
    ] = ()
    about: tuple[Target, ...] = ()
    stance: Annotated[Stance | None, Field(description="According to the coding rule")] = None
    towards: Annotated[
        Target | None,
        Field(description="The object of the stance, if the statement has several subjects"),
    ] = None
    summary: Annotated[Text, Field(description="The statement in your own words")]

    @property
    def judged(self) -> Target | None:
        """The object of the stance, or of a missing one; None if the statement has no subject."""
        if self.towards or len(self.about) != 1:
            return self.towards
        return self.about[0]

    @model_validator(mode="after")
    def _coded(self) -> StatementEntry:
        if self.stance:
            if self.judged is None:
                raise broken(
                    "stance-target",
                    "a stance needs an object; give exactly one subject under about, or towards",
                )
            self._needs_coder("a stance")
        return self


class ContactEntry(Attributed):
    """A diplomatic contact: a meeting, call or appeal, as reported by a source."""

    key: Key
    by: Annotated[
        tuple[StateKey, ...],
        Field(description="States that initiated the contact, if the source names them"),
    ] = ()
    by_others: Annotated[tuple[str, ...], Field(description="Names of other initiators")] = ()
    to: Annotated[
        tuple[StateKey, ...],
        Field(description="States that were contacted; all participants if by is empty"),
    ] = ()
    to_others: Annotated[tuple[str, ...], Field(description="Names of other parties")] = ()
    urged: Annotated[
        Position | None, Field(description="How the parties were urged to vote, if reported")
    ] = None
    expected: Annotated[
        bool, Field(description="true if the source reports it as still to come")
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
                "no contacted party; write keys of states under to, or names of others under "
                "to_others",
            )
        if len(sought + contacted) < 2:
            raise broken(
                "parties",
                "expected at least two parties, found one; write the initiator under by, or, if "
                "the source does not name it, all participants under to",
            )
        return self


class PointEntry(Entry):
    """A point of a proposal; its number is its position in the list."""

    title: Annotated[Text, Field(description="As printed: the heading, or the first words")]
    summary: Annotated[str, Field(description="Its demands in your own words")] = ""
    topics: tuple[TopicKey, ...] = ()
    sources: Annotated[
        tuple[SourceKey, ...], Field(description="If different from those of the proposal")
    ] = ()


class ProposalEntry(Coded):
    """A plan put forward by states, with its points."""

    key: Key
    title: Annotated[Text, Field(description="As printed by the source")]
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
            raise broken("points", "a proposal needs points; write a list of {title: ...}")
        if any(point.topics for point in self.points):
            self._needs_coder("a topic")
        return self


class ParagraphEntry(Entry):
    """An operative paragraph of a resolution."""

    number: Annotated[int, Field(ge=1, description="As printed in the document")]
    key: Annotated[
        Key | None,
        Field(description="A word that formerly identified it; that address redirects here"),
    ] = None
    summary: Annotated[Text, Field(description="Its content in your own words")]
    quote: Quote = ""
    topics: tuple[TopicKey, ...] = ()
    sources: Annotated[tuple[SourceKey, ...], Field(min_length=1)]
    note: str = ""


class ResolutionEntry(Coded):
    """The topics of a resolution and its known operative paragraphs."""

    symbol: Symbol
    topics: tuple[TopicKey, ...] = ()
    paragraphs: tuple[ParagraphEntry, ...] = ()

    @model_validator(mode="after")
    def _coded(self) -> ResolutionEntry:
        if self.topics or any(paragraph.topics for paragraph in self.paragraphs):
            self._needs_coder("a topic")
        return self


class CorrespondenceEntry(Coded):
    """The relation of two texts: a judgement on two points, or a point and a paragraph."""

    one: Target
    other: Target
    relation: Relation
    reason: Annotated[Text, Field(description="What in the two texts determines it")]
    second_reading: Annotated[
        Relation | None, Field(description="The relation that a second reader judged, if any")
    ] = None
    sources: Annotated[tuple[SourceKey, ...], Field(description="Sources of further evidence")] = ()

    @model_validator(mode="after")
    def _coded(self) -> CorrespondenceEntry:
        self._needs_coder("a correspondence")
        for side in (self.one, self.other):
            if not (side.point or side.paragraph):
                raise broken("target", "expected two points, or a point and a paragraph")
        return self


class Defaults(Entry):
    """Default values for the entries of the file."""

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
