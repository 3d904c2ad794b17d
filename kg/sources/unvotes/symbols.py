"""The document that an unvotes roll call decided, inferred from its own columns.

The column ``unres`` contains the data set's shorthand. It is read as an official symbol only where
there is no evidence against it; every other roll call keeps the shorthand as its identifier. The
accuracy was measured against the official record: see docs/explanation/sources.md.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from kg.model.symbol_spelling import assembly_resolution, spelling
from kg.model.symbols import LAST_ROMAN_SESSION, slug
from kg.model.votes import VoteOn

#: Up to this session the number in ``unres`` is a page of the printed record.
LAST_PAGE_SESSION: Final = 17
#: Up to this session, letters may be the coder's own, to number roll calls on one resolution.
LAST_CODER_LETTER_SESSION: Final = 29
#: From this number on (301 while sessions adopted fewer resolutions), numbers are of decisions.
FIRST_DECISION_NUMBER: Final = 401
_FIRST_ELECTION_NUMBER = 301
_LAST_SHORT_SESSION = 45

_SHORTHAND = re.compile(r"R/(?P<session>\d+)/(?P<number>\d+)(?P<part>[A-Z]?)")
_OFFICIAL = re.compile(r"A/RES/(?:(?P<session>\d+)|ES-\d+)/\d+")
_SPECIAL = re.compile(r"(?P<kind>E?S)S/(?P<number>\d+)")
#: Words of procedural votes, which titles and summaries of resolutions do not use in this way.
_MOTION = re.compile(
    r"\bmotion\b|\bpriority (?:vote|in voting)\b|\bimportant questions?\b"
    r"|\bto retain\b|\bretention of\b|\bto adopt an amm?endment\b|2/3 majority",
    re.IGNORECASE,
)

# Reasons, as printed in the manifest and the audit.
PAGE = "sessions 1 to 17, special and emergency sessions: a page number, not a resolution number"
EMPTY = "no symbol given"
MALFORMED = "a section mark, or a form that is not a resolution symbol"
OTHER_SESSION = "the session of the symbol differs from that of the roll call"
CODER_LETTER = "sessions 18 to 29: a letter that the description does not confirm"
DECISION = "the number of a decision, not of a resolution"
AMENDMENT = "flagged as a vote on an amendment"
PARAGRAPH = "flagged as a vote on a paragraph"
MOTION = "the description is of a procedural vote"
NOT_ADOPTED = "more votes against than in favour: the vote adopted nothing"
SHARED = "several roll calls have the symbol, and the vote on the whole cannot be identified"


@dataclass(frozen=True, slots=True)
class RollCallRow:
    """A row of ``un_roll_calls``; unknown flags are False."""

    rcid: int
    session: int
    unres: str
    amend: bool
    para: bool
    text: str
    #: Whether more states voted against than in favour.
    lost: bool = False


@dataclass(frozen=True, slots=True)
class DocumentReference:
    """The document that a roll call decided or relates to, or the reason why it is unknown."""

    decides: str = ""
    relates_to: str = ""
    vote_on: VoteOn | None = None
    reason: str = ""


def session_key(row: RollCallRow) -> str:
    """Return the key of the session: its number if regular, otherwise e.g. ``ES-1`` or ``S-3``."""
    if match := _SPECIAL.match(row.unres):
        return f"{match['kind']}-{match['number']}"
    if match := re.match(r"A/RES/(ES-\d+)/", row.unres):
        return match[1]
    return str(row.session)


def read_symbols(rows: Iterable[RollCallRow]) -> dict[int, DocumentReference]:
    """Return the document reference of every roll call by its number."""
    references: dict[int, DocumentReference] = {}
    candidates: dict[int, str] = {}
    rows = list(rows)
    for row in rows:
        symbol, reason = _candidate(row)
        vote_on = _vote_on(row)
        if symbol:
            candidates[row.rcid] = symbol
            reason = {"amendment": AMENDMENT, "paragraph": PARAGRAPH, "motion": MOTION}.get(
                vote_on or "", NOT_ADOPTED if row.lost else ""
            )
        references[row.rcid] = DocumentReference(vote_on=vote_on, reason=reason)
    whole = [rcid for rcid in candidates if not references[rcid].reason]
    carriers = Counter(slug(candidates[rcid]) for rcid in whole)
    decided: dict[str, str] = {}
    for rcid in whole:
        symbol = candidates[rcid]
        if carriers[slug(symbol)] == 1:
            decided[slug(symbol)] = symbol
            references[rcid] = DocumentReference(decides=symbol, vote_on="document")
        else:
            references[rcid] = DocumentReference(reason=SHARED)
    for rcid, symbol in candidates.items():
        reference = references[rcid]
        lost = reference.reason == NOT_ADOPTED
        if lost or (reference.vote_on and not reference.decides and slug(symbol) in decided):
            references[rcid] = DocumentReference(
                # Whether another source has the related document is known only after merging.
                relates_to=decided.get(slug(symbol), symbol),
                vote_on=reference.vote_on,
                reason=reference.reason,
            )
    return references


def _vote_on(row: RollCallRow) -> VoteOn | None:
    if row.amend:
        return "amendment"
    if row.para:
        return "paragraph"
    return "motion" if _MOTION.search(row.text) else None


def _candidate(row: RollCallRow) -> tuple[str, str]:
    """Return the official symbol that matches the shorthand, or the reason for having none."""
    if not row.unres:
        return "", EMPTY
    if row.session <= LAST_PAGE_SESSION or _SPECIAL.match(row.unres):
        return "", PAGE
    if match := _OFFICIAL.fullmatch(row.unres):
        if match["session"] and int(match["session"]) != row.session:
            return "", OTHER_SESSION
        return spelling(row.unres), ""
    match = _SHORTHAND.fullmatch(row.unres)
    if not match:
        return "", MALFORMED
    number, part = int(match["number"]), match["part"]
    if int(match["session"]) != row.session:
        return "", OTHER_SESSION
    if part and row.session <= LAST_CODER_LETTER_SESSION and not _names_draft(row.text, part):
        return "", CODER_LETTER
    if row.session > LAST_ROMAN_SESSION:
        first = _FIRST_ELECTION_NUMBER if row.session <= _LAST_SHORT_SESSION else None
        if number >= (first or FIRST_DECISION_NUMBER):
            return "", DECISION
    return assembly_resolution(row.session, number, part), ""


def _names_draft(text: str, letter: str) -> bool:
    """Return whether a description identifies the draft resolution by this letter."""
    return bool(re.search(rf"\bDRAFT\s+RES(?:OL)?(?:UTION)?\b\.?\s*{letter}\b", text.upper()))
