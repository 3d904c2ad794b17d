"""For which group a speaker speaks, as stated in the first sentences of a speech.

"I have the honour to speak on behalf of the Group of 77 and China" names a group; "we align
ourselves with the statement delivered on behalf of the European Union" does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

#: Paragraphs of a speech in which speakers say for whom they speak.
OPENING_PARAGRAPHS: Final = 4
_SENTENCE: Final = re.compile(r"(?<=[.?!])\s+(?=[A-Z“])")
_NAME: Final = (
    r"on behalf of (?:the )?(?:(?:States )?members? (?:States )?of (?:the )?)?"
    r"(?P<group>[^,.;:(—–]+?)(?= and its member States| \(|,|\.|;|:| —| –| namely| today"
    r"| to (?:explain|express|make|thank)| in (?:order|my|its|explanation|connection|relation|this"
    r"|both|exercise)| before| with (?:regard|respect)"
    r"| on (?:this|draft|the|agenda)| regarding| concerning| as |$)"
)
_SPEAKS: Final = re.compile(
    r"\b(?:I|[Ww]e|me)\b.*?\b(?:speak|speaking|deliver|make|take the floor|taking the floor|"
    rf"present|read out|statement)\b.*?\b{_NAME}"
)
_STATEMENT: Final = re.compile(rf"\b(?:our|this|my)\b[^.]*?\bstatement {_NAME}")
_BEGINS: Final = re.compile(
    _NAME.replace("on behalf", "On behalf", 1) + r", (?:I|we|my|let me|allow me)\b"
)
#: The speech of another speaker.
_ANOTHER: Final = re.compile(
    r"\b(?:delivered|made|presented|given|read out) (?:\w+ )?(?:by|on behalf)\b"
    r"|\b(?:align|associate)\w* (?:\w+ )?(?:itself|ourselves|myself|with)\b"
)
#: The speaker's own state or person.
_OWN: Final = re.compile(
    r"\b(?:my|our|myself|its|Government|delegation|people|General Assembly|Secretary-General)\b"
)


def spoken_group(paragraphs: Iterable[str], speaker_of: str) -> str:
    """Return the group in the first paragraphs of a speech, empty if none is named.

    ``speaker_of`` is the state or organisation of the speaker, which is no group.
    """
    for paragraph in paragraphs:
        for sentence in _SENTENCE.split(paragraph):
            if "n behalf of" not in sentence or _ANOTHER.search(sentence):
                continue
            match = (
                _SPEAKS.search(sentence) or _STATEMENT.search(sentence) or _BEGINS.match(sentence)
            )
            if match and _is_group(match["group"], speaker_of):
                return " ".join(match["group"].split())
    return ""


def _is_group(text: str, speaker_of: str) -> bool:
    """Return whether a text is the name of a group other than the speaker's own state."""
    has_name = any(letter.isupper() for letter in text)
    return has_name and not _OWN.search(text) and not _names(text, speaker_of)


def _names(text: str, speaker_of: str) -> bool:
    """Return whether one contains the other: "Republic of Cuba", "United Kingdom"."""
    group, own = text.casefold(), speaker_of.casefold()
    return bool(own) and (own in group or group in own)
