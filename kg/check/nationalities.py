"""States named by an adjective ("the British delegate") or by their capital ("Moscow")."""

from __future__ import annotations

import csv
import functools
import re
from typing import Final

from kg.check.mentions import Mention
from kg.resources import DATA

#: Columns ``state`` (a key), ``capital`` and ``adjective``, each with values separated by ``;``.
#: These are words of English that the check reads; no fact of the graph comes from them.
NATIONALITIES_FILE: Final = "nationalities.csv"
#: Those who vote for a state, and what a state does in a vote.
_DELEGATE: Final = (
    r"(?:UN |deputy |permanent |chief |own )?(?:delegat|ambassador|envoy|representative|mission\b|"
    r"diplomat|government|veto|abstention|votes?\b|[\"\u201c]?(?:no|yes)\b[\"\u201d]?)"
)
_VERB: Final = r"(?:voted|was|were|abstain|against|for\b|in favou?r|oppos|one\b)"
_LINKED: Final = r"(?:abstentions?|votes?|vetoe?s?|noes)\s+(?:were|was|being)\s+"
#: Before a capital: the place of an event, or a part of another name.
_PLACE_BEFORE: Final = re.compile(
    r"\b(?:in|at|near|to|from|of|outside|the|for|on|"
    r"(?:ties|links|relations|alliance|war|talks|friendship|solidarity) with)\s+$"
)
_PLACE_AFTER: Final = re.compile(
    r"\s+(?:[A-Z]|agreements?|accords?|process|summit|conference|protocol|declaration|talks)|-"
)


@functools.cache
def _words() -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    """Return the states by adjective, and by capital."""
    adjectives: dict[str, set[str]] = {}
    capitals: dict[str, set[str]] = {}
    with (DATA / NATIONALITIES_FILE).open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            for column, words in (("adjective", adjectives), ("capital", capitals)):
                for word in filter(None, row[column].split(";")):
                    words.setdefault(word, set()).add(row["state"])
    return (
        {word: frozenset(keys) for word, keys in adjectives.items()},
        {word: frozenset(keys) for word, keys in capitals.items()},
    )


@functools.cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of adjectives, of what follows and precedes them, and of capitals."""
    adjectives, capitals = (
        "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
        for words in _words()
    )
    listed = rf"(?:\s*(?:,|\band|, and)\s+(?:the\s+)?(?:{adjectives}))"
    return (
        re.compile(rf"\b(?:{adjectives})\b"),
        re.compile(rf"{listed}{{0,12}}\s+{_DELEGATE}", re.IGNORECASE),
        re.compile(rf"{_LINKED}(?:(?:{adjectives})\s*(?:,|\band)\s*)*$", re.IGNORECASE),
        re.compile(rf"\b(?:{capitals})\b"),
    )


def delegations(text: str) -> list[Mention]:
    """Return the states named by an adjective or a capital where a state is meant, not a text.

    >>> [sorted(m.keys) for m in delegations("The British and French delegates abstained.")]
    [['GBR'], ['FRA']]
    >>> delegations("The British draft was adopted in London.")
    []
    """
    adjectives, capitals = _words()
    adjective, after, linked, capital = _patterns()
    found = []
    for match in adjective.finditer(text):
        start, end = match.span()
        before = text[max(0, start - 60) : start]
        by_verb = before.lower().endswith("the ") and re.match(rf"\s+{_VERB}", text[end : end + 20])
        if after.match(text, end) or by_verb or linked.search(before):
            found.append(Mention(start, end, adjectives[match[0]]))
    for match in capital.finditer(text):
        start, end = match.span()
        if not _PLACE_BEFORE.search(text[max(0, start - 24) : start]) and not _PLACE_AFTER.match(
            text, end
        ):
            possessive = text[end : end + 2] in ("'s", "\u2019s")
            found.append(Mention(start, end, capitals[match[0]], possessive))
    return sorted(found, key=lambda mention: mention.start)


def with_delegations(text: str, named: list[Mention]) -> list[Mention]:
    """Return the states named in a text with those of adjectives and capitals."""
    others = [
        mention
        for mention in delegations(text)
        if not any(mention.start < other.end and other.start < mention.end for other in named)
    ]
    return sorted([*named, *others], key=lambda mention: mention.start)
