"""Statements, diplomatic contacts and proposals of states, and how texts correspond."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kg.model.discrepancies import Thing
from kg.model.vote_option import VoteOption

StatementKind = Literal["statement", "explanation of vote", "response", "attributed position"]
Relation = Literal["agrees", "overlaps", "contradicts"]


@dataclass(frozen=True, slots=True)
class CodingRule:
    """A rule by which the content of a text is judged."""

    key: str
    label: str
    description: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Coding:
    """The coder of a judgement and the rule applied."""

    coder: str
    rule: str


@dataclass(frozen=True, slots=True)
class Parties:
    """States by key, and other agents by name."""

    states: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """An utterance or attitude attributed to a state, a group or an observer.

    ``made_by`` is the key of a state or of a listed agent, ``on_behalf_of`` are the keys of groups
    for which it spoke. ``coding`` is given with a stance; ``towards`` is the object of the stance,
    or of a missing one.
    """

    key: str
    kind: StatementKind
    made_by: str
    summary: str
    source: str
    on_behalf_of: tuple[str, ...] = ()
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
    """A meeting, call or appeal; ``urged`` is how the contacted side was urged to vote.

    ``by`` is empty where the source does not name the initiator; ``to`` then contains all parties.
    """

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
    """A plan put forward by states, with its points in order."""

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
    """An operative paragraph; ``former_key`` is its key from before paragraphs were numbered."""

    number: int
    summary: str
    sources: tuple[str, ...]
    quote: str = ""
    topics: tuple[str, ...] = ()
    coding: Coding | None = None
    note: str = ""
    former_key: str = ""


@dataclass(frozen=True, slots=True)
class ResolutionContent:
    """The topics of a resolution and its known operative paragraphs.

    ``coding`` is that of the topics.
    """

    symbol: str
    topics: tuple[str, ...]
    paragraphs: tuple[Paragraph, ...]
    coding: Coding | None = None

    @property
    def key(self) -> str:
        """The symbol: a resolution has one record of its content."""
        return self.symbol


@dataclass(frozen=True, slots=True)
class Correspondence:
    """The relation of two texts, as judged by a coder; ``replaces`` is its earlier key.

    ``second_relation`` is the relation that a second reader judged, if there was one.
    """

    key: str
    one: Thing
    other: Thing
    relation: Relation
    reason: str
    coding: Coding
    sources: tuple[str, ...] = ()
    replaces: str = ""
    second_relation: Relation | None = None
