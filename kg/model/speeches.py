"""Speeches of which only the circumstances are known: no text, and no stance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kg.model.symbols import slug
from kg.model.votes import BodyName

#: What a speech at a meeting is for, if it is not part of the debate; in the Security Council,
#: members "make statements before the voting".
SpeechKind = Literal[
    "explanation of vote before the vote",
    "explanation of vote after the vote",
    "explanation of position before adoption",
    "explanation of position after adoption",
    "statement before the vote",
    "statement after the vote",
    "right of reply",
]


@dataclass(frozen=True, slots=True)
class DebateSpeech:
    """A speech in the General Debate of a session.

    ``state`` is the key of a state, or ``agent`` the name of another agent. ``speaker`` and
    ``speaker_role`` are as the source prints them, empty where unknown. Only the year is known.
    """

    key: str
    label: str
    session: str
    year: int
    source: str
    state: str = ""
    agent: str = ""
    speaker: str = ""
    speaker_role: str = ""
    body: BodyName = "GeneralAssembly"


@dataclass(frozen=True, slots=True)
class MeetingSpeech:
    """A speech at a meeting, as its verbatim record prints it, without the text.

    ``meeting`` is the symbol of the record, ``number`` the place among its speeches, from 1;
    ``page`` and ``paragraph`` are where it begins, the paragraph counted on the page. ``state`` is
    the key of a state, or ``agent`` the name of another agent; ``group`` is the name of the group
    for which the speaker spoke. ``language`` is that of the speech. ``agenda_items`` are keys of
    items; ``about`` is the key of the event that an explanation explains, empty where unknown.
    """

    meeting: str
    number: int
    label: str
    page: int
    paragraph: int
    source: str
    state: str = ""
    agent: str = ""
    group: str = ""
    speaker: str = ""
    speaker_role: str = ""
    language: str = "English"
    kind: SpeechKind | None = None
    agenda_items: tuple[str, ...] = ()
    about: str = ""

    @property
    def key(self) -> str:
        """The last part of its IRI."""
        return f"{slug(self.meeting)}-{self.number}"


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting: the symbol of its record, its day, and its President.

    ``president`` is the name as printed, ``president_state`` the key of the state.
    """

    symbol: str
    body: BodyName
    session: str
    date: str
    source: str
    president: str = ""
    president_state: str = ""

    @property
    def key(self) -> str:
        """The last part of its IRI."""
        return slug(self.symbol)
