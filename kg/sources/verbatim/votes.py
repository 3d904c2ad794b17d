"""The lists of a vote as names, in the form that the reader of lists takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from kg.model.vote_option import VoteOption
from kg.model.votes import BodyName
from kg.sources.verbatim.parsed import ParsedRecord, ParsedVote

# A rule, as printed in the list of normalised rows.
NO_COMMA: Final = "two names of states without a comma between them are two names"

#: Commas outside brackets: "Micronesia (Federated States of), Monaco".
_SEPARATOR: Final = re.compile(r"[,;]\s*(?![^(]*\))")
_NOBODY: Final = "None"


@dataclass(frozen=True, slots=True)
class PrintedLists:
    """The names of a vote by option, and its printed totals, on a day."""

    body: BodyName
    date: str
    names: Mapping[VoteOption, tuple[str, ...]]
    counts: Mapping[VoteOption, str]


def printed_lists(
    record: ParsedRecord,
    vote: ParsedVote,
    is_name: Callable[[str], bool],
    note: Callable[[str, str, str, str], None],
) -> PrintedLists:
    """Return the names of a vote; ``note`` receives column, value, reading and rule."""
    names: dict[VoteOption, tuple[str, ...]] = {}
    for option, text in vote.names.items():
        read: list[str] = []
        for name in listed_names(text):
            parts = _two_names(name, is_name)
            if len(parts) > 1:
                note(option.label, name, ", ".join(parts), NO_COMMA)
            read += parts
        names[option] = tuple(read)
    counts = {option: str(number) for option, number in vote.printed.items()}
    return PrintedLists(record.body, record.date, names, counts)


def listed_names(text: str) -> list[str]:
    """Return the names in a list.

    >>> listed_names("Chile, Iran (Islamic Republic of), Yemen."), listed_names("None")
    (['Chile', 'Iran (Islamic Republic of)', 'Yemen'], [])
    """
    names = [" ".join(name.split()) for name in _SEPARATOR.split(text.strip().removesuffix("."))]
    return [name for name in names if name and name != _NOBODY]


def _two_names(name: str, is_name: Callable[[str], bool]) -> list[str]:
    words = name.split()
    if len(words) > 1 and not is_name(name):
        for place in range(1, len(words)):
            parts = [" ".join(words[:place]), " ".join(words[place:])]
            if all(map(is_name, parts)):
                return parts
    return [name]
