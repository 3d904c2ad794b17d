"""A single spelling of the symbol of a resolution or a decision, whatever its source.

It is the spelling of the UN Digital Library: no blanks, an upper-case letter for a part, in square
brackets up to session 33 and where the parts of a resolution were published in one document. The
United Nations prints other forms of the same symbol: "S/RES/2623 (2022)", "41/68 B",
"1991 A (XVIII)"; see https://research.un.org/en/docs/ga/resolutions and the note on symbols in the
front matter of UN documents. ``docs/explanation/sources.md`` reports how well the rule fits the
library's records.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal

from kg.model.symbols import CACHED_SYMBOLS, LAST_ROMAN_SESSION, arabic, roman, slug

#: The last session in which the library writes the letter of every part in brackets.
_LAST_BRACKETED_SESSION: Final = 33
#: Later resolutions, as (session, number), whose parts the library writes in brackets.
_BRACKETED: Final = frozenset(
    {
        (34, 219), (34, 233), (39, 148), (39, 151), (39, 236), (40, 257), (41, 209), (42, 70),
        (50, 38), (53, 78), (55, 33), (55, 34), (56, 24), (61, 128), (75, 254),
    }
)  # fmt: skip
_NUMBER: Final = r"(?P<number>[1-9]\d*)"
_PART: Final = (
    r"(?P<part>[IVXL]+|[A-Z]{1,2}(?:-[A-Z]{1,5})?|SECTION[IVXL]+|PARA-\d+|RULE-(?:\d+|[A-Z]))"
)
#: Forms of slugs: session 31 and later, and special sessions from the eighth onwards.
_BY_SESSION: Final = re.compile(
    rf"A-(?P<kind>RES|DEC)-(?P<session>(?:E?S-)?[1-9]\d*)-{_NUMBER}(?:-{_PART})?"
)
#: Resolutions numbered continuously across sessions; decisions had no numbers then.
_THROUGH: Final = re.compile(r"A/RES/\d+\(")
_NUMBERED_THROUGH: Final = re.compile(
    rf"A-RES-{_NUMBER}-(?P<session>(?:E?S-)(?:[IVX]+|\d+)|[IVX]+)(?:-{_PART})?"
)
_COUNCIL: Final = re.compile(rf"S-RES-{_NUMBER}-(?P<year>\d{{4}})")
#: The part before the session in a citation of a part of a resolution: "A/RES/1991 A (XVIII)".
_CITED_LETTER: Final = re.compile(r"[A-Z](?:-[A-Z])?")
_CITED_PART: Final = re.compile(
    rf"(?P<start>A/RES/\d+)(?P<part>{_CITED_LETTER.pattern})(?P<session>\((?:E?S-)?[IVX\d]+\))"
)


def spelling(symbol: str) -> str:
    """Return the canonical spelling of a symbol; for other documents, the symbol without blanks.

    >>> spelling("S/RES/2623 (2022)"), spelling("A/RES/1991 A (XVIII)"), spelling("A/RES/41/68[B]")
    ('S/RES/2623(2022)', 'A/RES/1991(XVIII)[A]', 'A/RES/41/68B')
    >>> spelling("A/DEC/80/544 A"), spelling("S/2022/155"), spelling("A/RES/33/116B/IX")
    ('A/DEC/80/544A', 'S/2022/155', 'A/RES/33/116[B-IX]')
    """
    forms = _forms(symbol)
    return forms[0] if forms else _without_blanks(symbol)


def variants(symbol: str) -> tuple[str, ...]:
    """Return the other common spellings of the symbol of a resolution or a decision.

    >>> variants("S/RES/2623(2022)"), variants("A/RES/68/262")
    (('S/RES/2623 (2022)',), ())
    >>> variants("A/RES/1991(XVIII)[A]")
    ('A/RES/1991(XVIII)A', 'A/RES/1991 A (XVIII)')
    """
    return _forms(symbol)[1:]


def document_kind(symbol: str) -> Literal["resolution", "decision"]:
    """Return the kind of document that a symbol identifies, as used in its IRI.

    >>> document_kind("A/DEC/80/506"), document_kind("A/RES/80/1")
    ('decision', 'resolution')
    """
    return "decision" if document_key(symbol).startswith("A-DEC-") else "resolution"


def document_key(symbol: str) -> str:
    """Return the slug of the canonical spelling: the key of the document and of its event.

    >>> document_key("A/RES/1991 A (XVIII)"), document_key("S/2022/155")
    ('A-RES-1991-XVIII-A', 'S-2022-155')

    Raises:
        ValueError: if the symbol contains no letter or digit.
    """
    return slug(spelling(symbol))


def assembly_resolution(session: int, number: int, part: str = "") -> str:
    """Return the symbol of a General Assembly resolution of a regular session.

    >>> assembly_resolution(24, 2535, "C"), assembly_resolution(68, 262)
    ('A/RES/2535(XXIV)[C]', 'A/RES/68/262')
    """
    if session <= LAST_ROMAN_SESSION:
        return spelling(f"A/RES/{number}({roman(session)}){part}")
    return spelling(f"A/RES/{session}/{number}{part}")


def is_complete(symbol: str) -> bool:
    """Return whether a symbol identifies one resolution or decision by its number.

    A cataloguer's placeholder or several symbols in one string do not.

    >>> is_complete("A/RES/78/183 A"), is_complete("A/RES/79/XX"), is_complete("A/RES/79/1; 79/2")
    (True, False, False)
    """
    return bool(_forms(symbol))


def _without_blanks(symbol: str) -> str:
    return "".join(symbol.split())


@lru_cache(maxsize=CACHED_SYMBOLS)
def _forms(symbol: str) -> tuple[str, ...]:
    """Return the common spellings of a symbol, the library's first; empty if unknown."""
    text = _without_blanks(symbol).upper()
    if match := _CITED_PART.fullmatch(text):
        text = f"{match['start']}{match['session']}[{match['part']}]"
    try:
        key = slug(text)
    except ValueError:
        return ()
    if match := _COUNCIL.fullmatch(key):
        start, year = f"S/RES/{match['number']}", match["year"]
        return f"{start}({year})", f"{start} ({year})"
    # The placeholder A/RES/79/XX and A/RES/79(XX) have the same slug.
    if _THROUGH.match(text):
        match = _NUMBERED_THROUGH.fullmatch(key)
        return _numbered_through(match) if match and _is_early(match["session"]) else ()
    match = _BY_SESSION.fullmatch(key)
    return _by_session(match) if match and _is_late(match["session"]) else ()


def _by_session(match: re.Match[str]) -> tuple[str, ...]:
    kind, session, number = match["kind"], match["session"], match["number"]
    start = f"A/{kind}/{session}/{number}"
    if not match["part"]:
        return (start,)
    part = _part(match["part"])
    plain, bracketed, apart = f"{start}{part}", f"{start}[{part}]", f"{start} {part}"
    if kind == "RES" and _has_brackets(session, number, part):
        return bracketed, plain, apart
    return plain, bracketed, apart


def _has_brackets(session: str, number: str, part: str) -> bool:
    """Return whether the library writes the part of a resolution in brackets."""
    if not session.isdecimal():
        return False
    if int(session) <= _LAST_BRACKETED_SESSION:
        return True
    # "A-C" is not a part but the whole document.
    return (int(session), int(number)) in _BRACKETED and not re.fullmatch(r"A-[A-Z]", part)


def _numbered_through(match: re.Match[str]) -> tuple[str, ...]:
    start, session = f"A/RES/{match['number']}", f"({match['session']})"
    if not match["part"]:
        return f"{start}{session}", f"{start} {session}"
    part = _part(match["part"])
    forms = f"{start}{session}[{part}]", f"{start}{session}{part}"
    return (*forms, f"{start} {part} {session}") if _CITED_LETTER.fullmatch(part) else forms


def _part(text: str) -> str:
    """Return the part of a slug as written in a symbol."""
    return text.replace("SECTION", "Section").replace("PARA-", "PARA.")


def _is_early(session: str) -> bool:
    """Return whether a session number, Roman or Arabic, is one of the first thirty."""
    number = session.rpartition("-")[2]
    if number.isdecimal():
        return int(number) <= LAST_ROMAN_SESSION
    return arabic(number) <= LAST_ROMAN_SESSION and roman(arabic(number)) == number


def _is_late(session: str) -> bool:
    """Return whether resolutions of a session are numbered within it."""
    return not session.isdecimal() or int(session) > LAST_ROMAN_SESSION
