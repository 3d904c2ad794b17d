"""Numbers that count states in a vote, and the number of members of a body."""

from __future__ import annotations

import re
from typing import Final

from kg.check.numerals import Number

_MEMBERS_BEFORE: Final = re.compile(
    r"(?:\b(?:of|from|all|des|de los|sur)\s+(?:the\s+|its\s+|all\s+|a\s+)?"
    r"(?:\w+['\u2019]s\s+)?|"
    r"['\u2019]s\s+|\bits\s+|had\s+|alors de\s+|the\s+(?:other\s+)?)$",
    re.IGNORECASE,
)
_MEMBERS_AFTER: Final = re.compile(
    r"[\s-]+(?:UN[\s-]+|council[\s-]+|security council[\s-]+)?"
    r"(?:members?\b|member states|nations?\b|countries|pays|pa[ií]ses|membres|miembros|strong)",
    re.IGNORECASE,
)
_COMPOUND: Final = re.compile(r"-(?:members?|nation|strong)\b", re.IGNORECASE)
#: What follows numbers that count no states.
_OTHER_UNIT: Final = re.compile(
    r"[\s-]*(?:%|per\s?cent|percent|thirds?|quarters?|fifths?|tiers|quarts|tercios|cuartos|years?|months?|days?|hours?|weeks?|minutes?|times?\b|million|"
    r"billion|thousand|resolutions?|texts?\b|drafts?|hostages|dead|people|paragraphs?|ans\b|a[nñ]os|mois|"
    r"meses|p\.m|a\.m|speakers|sponsors|session|documents?|vetoe?s|amendments?|European|operative|"
    r"of the (?:four|five|three|six|two|permanent)\b|fewer\b|last\b|"
    r"(?:of (?:the |its |these )?(?:\w+[\s-])?)?"
    r"(?:EU|European|African|Arab|Asian|Western|Latin|Islamic|NATO|ASEAN|BRICS|Commonwealth|Caribbean|Pacific|island|Muslim|permanent|elected|developing|"
    r"non-aligned|Nordic|Baltic|OIC|G\d+)\b)",
    re.IGNORECASE,
)
_OTHER_UNIT_BEFORE: Final = re.compile(
    r"(?:session|article|chapter|paragraph|page|permanent|record of|P|No\.|"
    r"\b(?:one|two|three|four|five|six|seven|most|some|several|none|all|half) of the|"
    r"\$|\u20ac|\u00a3|[A-Za-z]-|/|\.)\s*$",
    re.IGNORECASE,
)


#: No state at all, beside a word for a position.
_NOBODY: Final = re.compile(
    r"\b(?:no(?: other)?|not (?:one|a single|any)) (?:single )?(?:countr(?:y|ies)|states?|nations?|"
    r"members?|delegations?|one|council members?)\b|"
    r"\b(?:no|zero|without)(?: any| a single| a)?"
    r"(?= (?:abstentions?|(?:negative |dissenting |opposing )?votes? against|"
    r"negative votes?|dissenting votes?|noes\b))",
    re.IGNORECASE,
)
_UNOPPOSED: Final = re.compile(
    r"\b(?:unopposed|without (?:any )?"
    r"(?:opposition|dissent|(?:a |any )?(?:dissenting|negative|opposing) votes?))\b",
    re.IGNORECASE,
)
#: Before a number that is left out of a whole: "all but two members".
_EXCEPT: Final = re.compile(
    r"\b(?:all but|all except|except|every|each of|another)\s+$", re.IGNORECASE
)


def nobody(text: str) -> list[Number]:
    """Return the places where a text says that no state did something."""
    return [Number(*match.span(), 0) for match in _NOBODY.finditer(text)]


def is_unopposed(text: str) -> bool:
    """Return whether a text says that nobody was against."""
    return _UNOPPOSED.search(text) is not None


def counts_states(text: str, number: Number) -> bool:
    """Return whether a number may count states: no ordinal, percentage or other quantity."""
    following = text[number.end : number.end + 1]
    if following.isalpha() or _OTHER_UNIT.match(text, number.end):
        return False
    if text[: number.start].endswith("-to-"):
        return True
    if _EXCEPT.search(text[max(0, number.start - 16) : number.start]):
        return False
    return not _OTHER_UNIT_BEFORE.search(text[max(0, number.start - 20) : number.start])


def members(text: str, counted: list[Number]) -> tuple[int, list[Number]]:
    """Return the number of members that a sentence states, 0 for none, and all other numbers."""
    size, kept = 0, []
    for number in counted:
        before = text[max(0, number.start - 24) : number.start]
        follows = _MEMBERS_AFTER.match(text, number.end)
        is_size = number.value in (11, 15) or number.value >= 51
        if is_size and (
            _COMPOUND.match(text, number.end)
            or (_MEMBERS_BEFORE.search(before) and (follows or number.value in (15, 192, 193)))
        ):
            size = number.value
        else:
            kept.append(number)
    return size, kept
