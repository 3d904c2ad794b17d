"""What speeches are for: explanations of vote or position, and replies.

No record marks a speech as an explanation. The President announces explanations before or after the
voting, and the right of reply, and closes them; all speeches in between are of that kind.
"""

from __future__ import annotations

import re
from typing import Final

from kg.model.speeches import SpeechKind

_SENTENCE: Final = re.compile(r"(?<=[.?!])\s+(?=[A-Z“\[])")
_CLOSES: Final = re.compile(
    r"\bheard the (?:last|only) (?:speakers?|statements?)\b|\bstatements after the adoption\b", re.I
)
_EXPLAINS: Final = re.compile(
    r"\b(?:explanations?|statements?) of (?:their |its )?(?:votes?|positions?)(?: or (?:votes?|"
    r"positions?))?|\bexplain (?:their|its|his|her|the) (?:votes?|positions?)(?: or (?:votes?|"
    r"positions?))?",
    re.I,
)
_MOMENT: Final = re.compile(
    r"\b(?P<moment>before|prior to|after|following) (?:the )?"
    r"(?:voting|vote\b|adoption|action|decision|taking)",
    re.I,
)
_REPLIES: Final = re.compile(r"\bexercise of the right of reply\b|\bin right of reply\b", re.I)
#: Members of the Security Council make "statements before the voting".
_STATES: Final = re.compile(
    r"\bmake (?:a )?statements? (?P<moment>before|prior to|after|following) the vot", re.I
)
_OF_VOTE: Final[tuple[SpeechKind, SpeechKind]] = (
    "explanation of vote before the vote",
    "explanation of vote after the vote",
)
_OF_POSITION: Final[tuple[SpeechKind, SpeechKind]] = (
    "explanation of position before adoption",
    "explanation of position after adoption",
)
_STATEMENTS: Final[tuple[SpeechKind, SpeechKind]] = (
    "statement before the vote",
    "statement after the vote",
)
_LATE: Final = frozenset(("after", "following"))


class KindOfSpeech:
    """The kind of the speeches that follow, changed by what the President says."""

    def __init__(self) -> None:
        self.kind: SpeechKind | None = None
        self._decided = False

    def heading(self) -> None:
        """Note the heading of another item."""
        self.kind, self._decided = None, False

    def decision(self) -> None:
        """Note that a vote was taken or a text adopted."""
        self.kind, self._decided = None, True

    def announce(self, paragraph: str) -> None:
        """Note a paragraph of the President's."""
        for sentence in _SENTENCE.split(paragraph):
            if _CLOSES.search(sentence):
                self.kind = None
            elif _REPLIES.search(sentence):
                self.kind = "right of reply"
            elif match := _STATES.search(sentence):
                self.kind = _STATEMENTS[match["moment"].lower() in _LATE]
            elif match := _EXPLAINS.search(sentence):
                self._explanations(sentence, match[0].lower())

    def _explanations(self, sentence: str, words: str) -> None:
        kinds = _OF_VOTE if "vote" in words else _OF_POSITION
        moment = _MOMENT.search(sentence)
        if moment:
            self.kind = kinds[moment["moment"].lower() in _LATE]
        elif self.kind not in (*_OF_VOTE, *_OF_POSITION):
            self.kind = kinds[self._decided]
