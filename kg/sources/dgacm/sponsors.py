"""Reading lists of sponsors as the United Nations prints them.

"A, B (on behalf of the States Members of the United Nations that are members of the Group of 77
and China) and Bosnia and Herzegovina" are three states, the second on behalf of a group. Names may
contain "and" or a comma: of several readings the one with the longest known names is right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

_BEHALF: Final = re.compile(r"\s*\((?:on|of) behalf of (?P<group>.*?)\)?$", re.IGNORECASE)
_CAPACITY: Final = re.compile(r"\s*\(in its capacity as (?P<capacity>.*?)\)?$", re.IGNORECASE)
#: What precedes the name of a group whose members are not listed.
_MEMBERS: Final = re.compile(
    r"(?:the )?(?:States Members of the United Nations that are )?(?:(?:the )?members of )*"
    r"(?:the |e )?(?:members of the )?",
    re.IGNORECASE,
)
_SEPARATOR: Final = re.compile(r"\s*,\s*and |\s*,\s*| and ", re.IGNORECASE)
#: The number of parts that a name may have ("Saint Vincent and the Grenadines" has two).
_MAX_PARTS: Final = 3


@dataclass(frozen=True, slots=True)
class PrintedSponsor:
    """A sponsor as printed: its name, and the group or capacity for which it acts, if any."""

    name: str
    on_behalf_of: str = ""
    capacity: str = ""


def split_sponsors(text: str, is_name: Callable[[str], bool]) -> list[PrintedSponsor]:
    """Return the sponsors of a list; ``is_name`` returns whether a text is the name of a state.

    >>> for sponsor in split_sponsors("Chad, Trinidad and Tobago and Cuba (on behalf of the Group "
    ...     "of 77 and China)", {"Chad", "Trinidad and Tobago", "Cuba"}.__contains__):
    ...     print(sponsor.name, "-", sponsor.on_behalf_of or "itself")
    Chad - itself
    Trinidad and Tobago - itself
    Cuba - Group of 77 and China
    """
    parts = _parts(text)
    sponsors = []
    start = 0
    while start < len(parts):
        stop = start + _parts_of_name(parts[start : start + _MAX_PARTS], is_name)
        sponsors.append(_sponsor(_joined(parts[start:stop])))
        start = stop
    return [sponsor for sponsor in sponsors if sponsor.name]


def group_name(text: str) -> str:
    """Return the name of a group without what stands for its members.

    >>> group_name("the States Members of the United Nations that are members of the Bureau")
    'Bureau'
    """
    return _MEMBERS.sub("", text, count=1)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a list between separators, and the separator before it."""

    separator: str
    text: str


def _parts(text: str) -> list[_Part]:
    """Return the parts of a list; separators in parentheses do not count."""
    parts = []
    start, separator = 0, ""
    for match in _outside_parentheses(text):
        parts.append(_Part(separator, text[start : match.start()]))
        start, separator = match.end(), match[0]
    return [*parts, _Part(separator, text[start:])]


def _outside_parentheses(text: str) -> Iterator[re.Match[str]]:
    depths = list(accumulate({"(": 1, ")": -1}.get(character, 0) for character in text))
    return (match for match in _SEPARATOR.finditer(text) if depths[match.start()] <= 0)


def _parts_of_name(parts: list[_Part], is_name: Callable[[str], bool]) -> int:
    """Return of how many of some parts the longest name at their beginning consists."""
    for count in range(len(parts), 1, -1):
        *first, last = parts[:count]
        if is_name(_joined([*first, _Part(last.separator, _sponsor(last.text).name)])):
            return count
    return 1


def _joined(parts: list[_Part]) -> str:
    first, *others = parts
    text = "".join([first.text, *(part.separator + part.text for part in others)])
    return text.strip(" .")


def _sponsor(text: str) -> PrintedSponsor:
    if match := _BEHALF.search(text):
        return PrintedSponsor(text[: match.start()], on_behalf_of=group_name(match["group"]))
    if match := _CAPACITY.search(text):
        return PrintedSponsor(text[: match.start()], capacity=match["capacity"])
    return PrintedSponsor(text)
