"""What a verbatim record contains, as printed: names of states are not yet read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kg.model.speeches import SpeechKind
from kg.model.vote_option import VoteOption
from kg.model.votes import BodyName, VoteOn


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a record: a page, and a paragraph among those that begin on it, from 1."""

    page: int
    paragraph: int


@dataclass(frozen=True, slots=True)
class ParsedSpeech:
    """A speech; the text is not kept.

    ``speaker`` is "President" or "Acting President" for whoever presides. ``spoken_for`` is the
    state or organisation printed after the name, ``office`` the office printed after it, ``group``
    the group for which the speaker speaks in the first paragraphs. ``language`` is empty for a
    speech in English. ``agenda_items`` are the items under which it was made: numbers of a session
    ("68 (b)"), or the title in the Council. ``paragraphs`` is the number of its paragraphs.
    """

    place: Place
    speaker: str
    spoken_for: str = ""
    office: str = ""
    group: str = ""
    language: str = ""
    kind: SpeechKind | None = None
    agenda_items: tuple[str, ...] = ()
    paragraphs: int = 1

    @property
    def presides(self) -> bool:
        """Whether it is a speech of the President, as such."""
        return not self.spoken_for and self.speaker.endswith("President")


@dataclass(frozen=True, slots=True)
class ParsedCorrection:
    """The option that delegations later stated they had intended, in the last vote."""

    place: Place
    delegations: str
    intended: VoteOption


@dataclass(frozen=True, slots=True)
class ParsedVote:
    """A vote with lists of names, as printed.

    ``subject`` is what was voted on in the words of the result, ``draft`` the symbol of the draft
    or amendment, ``adopted`` the symbol of the document adopted by this vote, ``printed`` the
    totals.
    """

    place: Place
    names: Mapping[VoteOption, str]
    subject: str = ""
    vote_on: VoteOn = "document"
    draft: str = ""
    adopted: str = ""
    carried: bool | None = None
    vetoed: bool = False
    printed: Mapping[VoteOption, int] = field(default_factory=dict)
    report: str = ""
    agenda_items: tuple[str, ...] = ()
    corrections: tuple[ParsedCorrection, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedAdoption:
    """A document adopted without a vote; ``adopted`` is empty for a decision without a number."""

    place: Place
    draft: str = ""
    adopted: str = ""
    report: str = ""
    agenda_items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Presider:
    """Who presides from a place on: name, the state printed after it, and the office."""

    place: Place
    name: str
    state: str
    office: str = "President"


@dataclass
class ParsedRecord:
    """The record of a meeting; ``date`` is in ISO 8601, ``session`` empty for the Council."""

    symbol: str
    body: BodyName
    session: str
    date: str
    pages: int
    presiders: list[Presider] = field(default_factory=list)
    agenda: dict[str, str] = field(default_factory=dict)
    speeches: list[ParsedSpeech] = field(default_factory=list)
    votes: list[ParsedVote] = field(default_factory=list)
    adoptions: list[ParsedAdoption] = field(default_factory=list)

    @property
    def decisions(self) -> list[ParsedVote | ParsedAdoption]:
        """The votes, then the adoptions."""
        return [*self.votes, *self.adoptions]
