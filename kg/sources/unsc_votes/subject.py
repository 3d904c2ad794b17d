"""What a roll call of ``unsc-votes`` was on, from the column "UN classification".

The column has the symbol of a resolution or of a draft, in some rows with remarks ("S/11400 (as
amended)"); the symbol of the meeting where the draft has none; or "Oral amendment".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from kg.model.symbol_spelling import is_complete, spelling
from kg.model.symbols import slug

_RESOLUTION: Final = re.compile(r"S/RES/\d+ ?\(\d{4}\)")
_MEETING: Final = re.compile(r"S/PV\.\d+")
#: A draft, and remarks that begin with a blank, a bracket or a comma.
_DRAFT: Final = re.compile(
    r"(?P<symbol>S/(?:\d{4}/)?\d+(?:/(?:Rev|Add|Corr)\. ?\d+)?)(?P<remark>(?:[ (,].*)?)"
)
_ORAL: Final = "Oral amendment"


@dataclass(frozen=True, slots=True)
class Subject:
    """A resolution or a draft, and the meeting; unknown values are empty, all of an oral amendment.

    ``remark`` is the recorded text where it has more than the symbol.
    """

    resolution: str = ""
    draft: str = ""
    meeting: str = ""
    remark: str = ""

    @property
    def key(self) -> str:
        """The part of a key that identifies the subject among those of a day."""
        symbol = self.resolution or self.draft or self.meeting
        return slug(symbol) if symbol else "oral-amendment"


def read_subject(text: str) -> Subject | None:
    """Return what a vote was on, None if the text is in no known form.

    >>> subject = read_subject("S/552, S/PV.202")
    >>> (subject.draft, subject.meeting, subject.remark)
    ('S/552', 'S/PV.202', 'S/552, S/PV.202')
    >>> read_subject("S/4733/Rev. 1").draft, read_subject("S/PV.613").meeting, read_subject("S/")
    ('S/4733/Rev.1', 'S/PV.613', None)
    """
    if text == _ORAL:
        return Subject()
    if _RESOLUTION.fullmatch(text) and is_complete(text):
        return Subject(resolution=spelling(text))
    if _MEETING.fullmatch(text):
        return Subject(meeting=text)
    match = _DRAFT.fullmatch(text)
    if match is None:
        return None
    meetings = _MEETING.findall(match["remark"])
    return Subject(
        draft=spelling(match["symbol"]),
        meeting=meetings[0] if len(meetings) == 1 else "",
        remark=text if match["remark"] else "",
    )
