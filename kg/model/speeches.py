"""Speeches of which only the circumstances are known: no text, and no stance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
