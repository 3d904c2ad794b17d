"""Interpreting the source's words on a vote: how it was taken, where it is recorded, on what."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from kg.model.votes import Outcome

_WITHOUT_VOTE: Final = re.compile(r"without ?(?:a )?vote|acclamation", re.IGNORECASE)
_ACCLAMATION: Final = re.compile("acclamation", re.IGNORECASE)
_MAIL: Final = re.compile(r"voting by mail", re.IGNORECASE)
_MEETING: Final = re.compile(
    r"(?P<body>[AS](?:/(?:E?S-)?\d+)?)/PV\.?\s*(?P<number>\d+)\s*"
    r"(?:\((?:Resumption|resumed)\s*(?P<part>\d*)\))?",
    re.IGNORECASE,
)
_ORDINAL: Final = re.compile(r"(?P<number>\d+)(?:st|nd|rd|th)(?P<resumed> \(resumed\))?")
_PAPER: Final = re.compile(r"S/\d{4}/\d+")
_DRAFT: Final = re.compile(
    r"(?P<symbol>A/(?:C\.\d/|AC\.\d+/)?[A-Z\d-]+/L\.?\d+|S/\d{4}/\d+)(?:/Rev\.(?P<revision>\d+))?"
)
_COMMITTEE: Final = re.compile(
    r"(?P<number>first|second|third|fourth|fifth|sixth) ?Committee", re.IGNORECASE
)
_REPORT_OF: Final = re.compile(r"on the report of the (?P<name>.*?)\s*(?:\(|$)")

#: Methods of adoption without a vote, and of votes, as named in the graph.
WITHOUT_VOTE: Final = "without a vote"
ACCLAMATION: Final = "by acclamation"
RECORDED: Final = "recorded vote"
BY_MAIL: Final = "voting by mail"


class Record(NamedTuple):
    """Where a vote is recorded: the symbol of a meeting record, or of a paper."""

    meeting: str = ""
    paper: str = ""


class DraftSymbol(NamedTuple):
    """The symbol of a draft, and those of its earlier versions."""

    symbol: str = ""
    versions: tuple[str, ...] = ()


def method(text: str) -> str:
    """Return how a document was decided, from the source's words.

    >>> method("adoptedWithoutVote"), method("Adopted 133-3-0, 88th plenary meeting")
    ('without a vote', 'recorded vote')
    """
    if _WITHOUT_VOTE.search(text):
        return ACCLAMATION if _ACCLAMATION.search(text) else WITHOUT_VOTE
    return BY_MAIL if _MAIL.search(text) else RECORDED


def outcome(text: str) -> Outcome:
    """Return the outcome from the source's word for it.

    >>> outcome("veto"), outcome("notAdopted"), outcome("adopted")
    ('not adopted', 'not adopted', 'adopted')
    """
    return "not adopted" if is_veto(text) or text.lower() == "notadopted" else "adopted"


def is_veto(text: str) -> bool:
    """Return whether a draft was not adopted because of a veto, from the source's word."""
    return text.lower() == "veto"


def record(text: str, meeting: str, session: str) -> Record:
    """Return where a vote is recorded, from the source's text and the meeting on the document.

    >>> record("A/75/PV.59 (Resumption 1)", "", "75"), record("S/PV5107", "", "")
    (Record(meeting='A/75/PV.59 (Resumption 1)', paper=''), Record(meeting='S/PV.5107', paper=''))
    >>> record("Adopted without vote, 59th plenary meeting", "", "75"), record("S/2021/96", "", "")
    (Record(meeting='A/75/PV.59', paper=''), Record(meeting='', paper='S/2021/96'))
    """
    if match := _MEETING.fullmatch(text):
        if match["part"] == "":
            return Record()
        part = f" (Resumption {match['part']})" if match["part"] else ""
        return Record(f"{match['body'].upper()}/PV.{match['number']}{part}")
    if _PAPER.fullmatch(text):
        return Record(paper=text)
    ordinal = _ORDINAL.search(text) or _ORDINAL.search(meeting)
    if ordinal is None or ordinal["resumed"] or not session:
        return Record()
    return Record(f"A/{session}/PV.{ordinal['number']}")


def council_meeting(meeting: str, in_text: str) -> str:
    """Return the symbol of the Council's meeting in a text that contradicts a record, or nothing.

    >>> council_meeting("S/PV.4515", "4615th meeting"), council_meeting("S/PV.4615", "4615th")
    ('S/PV.4615', '')
    """
    record, ordinal = _MEETING.fullmatch(meeting), _ORDINAL.search(in_text)
    if record is None or ordinal is None or record["body"] != "S":
        return ""
    return f"S/PV.{ordinal['number']}" if ordinal["number"] != record["number"] else ""


def draft_symbol(text: str) -> DraftSymbol:
    """Return the symbol of a draft; none for a report that contains drafts.

    A revision (Rev.2) replaces the versions before it.

    >>> draft_symbol("A/C.3/79/L.44/Rev.1 (as amended in A/C.3/79/L.60)")
    DraftSymbol(symbol='A/C.3/79/L.44/Rev.1', versions=('A/C.3/79/L.44',))
    >>> draft_symbol("S/2022/155"), draft_symbol("A/79/23")
    (DraftSymbol(symbol='S/2022/155', versions=()), DraftSymbol(symbol='', versions=()))
    """
    match = _DRAFT.match(text)
    if match is None:
        return DraftSymbol()
    first = re.sub(r"/L(?=\d)", "/L.", match["symbol"])
    last = int(match["revision"] or 0)
    symbols = [first, *(f"{first}/Rev.{number}" for number in range(1, last + 1))]
    return DraftSymbol(symbols[-1], tuple(symbols[:-1]))


def committee(text: str) -> str:
    """Return the name of the committee on whose report a document was adopted, empty if none.

    >>> committee("#fifthCommittee"), committee("[without reference to a Main Committee (A/1/L.2)]")
    ('Fifth Committee', '')
    """
    if match := _COMMITTEE.search(text):
        return f"{match['number'].capitalize()} Committee"
    match = _REPORT_OF.search(text)
    return match["name"] if match else ""
