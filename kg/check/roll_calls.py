"""The roll calls of a record, found by date, symbol, numbers and topic."""

from __future__ import annotations

import functools
import math
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

from kg.check.claims import Body
from kg.model.names import normalized
from kg.model.symbol_spelling import document_key
from kg.model.vote_option import VoteOption

_WORD: Final = re.compile(r"[^\W\d_]{4,}")
#: Letters of a word that count when topics are compared: its ending often differs.
_STEM: Final = 6
#: Words of nearly every sentence about a vote.
_COMMON: Final = frozenset(
    [
        "united",
        "nation",
        "genera",
        "assemb",
        "securi",
        "counci",
        "resolu",
        "countr",
        "member",
        "states",
        "state",
        "voted",
        "voting",
        "vote",
        "votes",
        "favour",
        "favor",
        "agains",
        "abstai",
        "abstan",
        "adopte",
        "approv",
        "reject",
        "draft",
        "motion",
        "which",
        "their",
        "there",
        "were",
        "with",
        "that",
        "from",
        "this",
        "have",
        "been",
        "when",
        "after",
        "before",
        "between",
        "other",
        "among",
        "against",
    ]
)


def stems(text: str) -> frozenset[str]:
    """Return the beginnings of the words of a text, without those of every vote."""
    return frozenset(map(_stem, _WORD.findall(text))) - _COMMON


@functools.lru_cache(maxsize=1 << 14)
def _stem(word: str) -> str:
    return normalized(word)[:_STEM]


@dataclass(slots=True)
class RollCall:
    """A voting event with what binds a sentence to it.

    ``date`` is a day, or a month where the day is not known; ``counts`` has no entry where no
    source records a position. ``of`` is what was voted on: a document, a paragraph, an amendment.
    """

    iri: str
    date: str = ""
    body: Body = "GeneralAssembly"
    counts: dict[VoteOption, int] = field(default_factory=dict)
    symbols: tuple[str, ...] = ()
    title: str = ""
    label: str = ""
    words: frozenset[str] = frozenset()
    agenda: str = ""
    outcome: str = ""
    vetoed_by: frozenset[str] = frozenset()
    of: str = ""
    is_without_vote: bool = False

    @property
    def is_document(self) -> bool:
        """Whether a document as a whole was voted on."""
        is_known = bool(self.symbols) or self.body == "SecurityCouncil"
        return self.of == "document" or (is_known and not self.of)

    @property
    def is_adopted(self) -> bool:
        """Whether what was voted on was adopted."""
        return self.outcome == "adopted"

    @property
    def name(self) -> str:
        """Its symbol, or its label where it has none."""
        return self.symbols[0] if self.symbols else self.label

    def count(self, options: Iterable[VoteOption]) -> int | None:
        """Return how many states have one of some positions, None where that is not known."""
        counts = [self.counts.get(option) for option in options]
        return None if None in counts else sum(filter(None, counts))

    def tally(self) -> str:
        """Return the counts in words."""
        return ", ".join(f"{number} {option.label}" for option, number in self.counts.items())


#: The positions of the states of a roll call, by the keys of the states.
Positions = dict[str, VoteOption]


class Index:
    """The roll calls of a release by date, symbol and counts."""

    def __init__(self, calls: Iterable[RollCall]) -> None:
        self.calls = sorted(calls, key=lambda call: (call.date, call.iri))
        self.by_iri = {call.iri: call for call in self.calls}
        self._by_key: dict[str, list[RollCall]] = {}
        self._by_number: dict[str, list[RollCall]] = {}
        for call in self.calls:
            for symbol in call.symbols:
                self._by_key.setdefault(document_key(symbol), []).append(call)
                for number in _numbers_of(symbol):
                    self._by_number.setdefault(number, []).append(call)
        frequencies = Counter(word for call in self.calls for word in call.words)
        total = len(self.calls) or 1
        self._weights = {word: math.log(total / n) for word, n in frequencies.items()}
        self._by_word: dict[str, list[RollCall]] = {}
        for call in self.calls:
            for word in call.words:
                self._by_word.setdefault(word, []).append(call)
        self._by_title: dict[str, list[RollCall]] = {}
        for call in self.calls:
            self._by_title.setdefault(call.title.casefold(), []).append(call)
        self._dates = [call.date for call in self.calls]
        self._by_counts: dict[tuple[tuple[VoteOption, int], ...], list[RollCall]] = {}
        for call in self.calls:
            for pair in combinations(sorted(call.counts.items()), 2):
                self._by_counts.setdefault(pair, []).append(call)
        self.last_day = max((call.date for call in self.calls if call.counts), default="")

    def with_symbol(self, symbol: str) -> list[RollCall]:
        """Return the roll calls on a document in any spelling of its symbol."""
        return self._by_key.get(document_key(symbol)) or self._by_number.get(symbol.upper(), [])

    def numbered(self, number: str) -> list[RollCall]:
        """Return the roll calls on resolutions with a number such as 338, 2728(2024) or 46/86."""
        return self._by_number.get(number.upper().replace(" ", ""), [])

    def between(self, first: str, last: str) -> list[RollCall]:
        """Return the roll calls of the days from ``first`` to ``last``."""
        # A month without a day stands before the days of the month.
        start, stop = bisect_left(self._dates, first[:7]), bisect_right(self._dates, last)
        return [call for call in self.calls[start:stop] if first[: len(call.date)] <= call.date]

    def titled(self, title: str) -> list[RollCall]:
        """Return the roll calls with a title, in any case; none for an empty one."""
        return self._by_title.get(title.casefold(), []) if title else []

    def with_counts(self, counts: dict[VoteOption, int]) -> list[RollCall]:
        """Return the roll calls that have at least two of some counts."""
        pairs = combinations(sorted(counts.items()), 2)
        found = {call.iri: call for pair in pairs for call in self._by_counts.get(pair, ())}
        return list(found.values())

    def is_only(self, call: RollCall, counts: dict[VoteOption, int]) -> bool:
        """Return whether a roll call alone has all of some counts."""
        if any(call.counts.get(option) != value for option, value in counts.items()):
            return False
        calls = [
            other
            for other in self.with_counts(counts)
            if all(other.counts.get(option) == value for option, value in counts.items())
        ]
        return calls == [call]

    def weight(self, words: Iterable[str]) -> float:
        """Return how rare words are in the record; 0 for words that it does not have."""
        return sum(self._weights.get(word, 0.0) for word in words)

    def about(
        self, words: frozenset[str], least: float, is_possible: Callable[[RollCall], bool]
    ) -> list[RollCall]:
        """Return the possible roll calls that share words of at least a weight."""
        scores: dict[str, int] = {}
        for word in words:
            calls = self._by_word.get(word, ())
            if len(calls) <= _FREQUENT:
                weight = round(100 * self._weights.get(word, 0))
                for call in calls:
                    scores[call.iri] = scores.get(call.iri, 0) + weight
        enough = [(-score, iri) for iri, score in scores.items() if score >= 100 * least]
        found: list[RollCall] = []
        for _, iri in sorted(enough):
            if is_possible(call := self.by_iri[iri]):
                found.append(call)
                if len(found) == _TOPICAL:
                    break
        return found


#: Roll calls with a word above which it finds none, and how many are found by words.
_FREQUENT, _TOPICAL = 1500, 60
_PLAIN_NUMBER: Final = re.compile(
    r"[AS]/RES/(?P<number>(?:ES-)?\d+(?:/\d+)?)\s?(?P<year>\([^)]+\))?\s?\[?(?P<letter>[A-Z])?"
)


def _numbers_of(symbol: str) -> set[str]:
    match = _PLAIN_NUMBER.match(symbol.upper())
    if match is None:
        return set()
    number, year, letter = match["number"], match["year"] or "", match["letter"] or ""
    body = symbol[0].upper()
    plain = f"{body}/RES/{number}"
    return {plain, number, number + year, number + letter, number + year + letter}
