"""Gaps in numbering: resolutions whose number lies between others and that no source has.

The meaning of a gap depends on the body. The Security Council numbers its resolutions
consecutively, and its sources contain all of them, however adopted: a missing number is missing
from the sources. For a session of the General Assembly it is, too, if the sources contain its
resolutions adopted without a vote; if they contain only its recorded votes, a missing number is in
most cases a resolution adopted without a vote.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import pyoxigraph as ox

from kg.model.symbols import session_of
from kg.release.store import solution_texts

#: Series of numbers other than those of the sessions of the Assembly.
_COUNCIL: Final = "S"
_THROUGH: Final = ""
#: The meaning of a missing number, by body.
MISSING: Final = "missing from the sources, although these should be complete"
NOT_RECORDED: Final = "adopted without a vote, or missing from the sources"

_SYMBOLS: Final = "SELECT ?symbol WHERE { ?resolution a unv:Resolution ; unv:symbol ?symbol }"
_WITHOUT_VOTE: Final = """
SELECT ?symbol WHERE {
  ?event unv:adoptedWithoutVote true ; unv:decides/unv:symbol ?symbol
}
"""
_COUNCIL_SYMBOL: Final = re.compile(r"S/RES/(?P<number>\d+)\s*\(\d{4}\)")
#: Numbered from 1 in each session, or (until session 30) consecutively, followed by the session.
_ASSEMBLY_SYMBOL: Final = re.compile(
    r"A/RES/(?:(?:\d+|E?S-\d+)/+(?P<number>\d+)|(?P<through>\d+)\s*\()"
)


@dataclass(frozen=True, slots=True)
class Gap:
    """The numbers of a series that no source has.

    ``series`` names the body and the session, or the two sessions that the numbers lie between;
    ``missing`` are ranges with both ends.
    """

    series: str
    missing: tuple[tuple[int, int], ...]
    meaning: str

    @property
    def count(self) -> int:
        """The number of missing numbers."""
        return sum(last - first + 1 for first, last in self.missing)

    @property
    def ranges(self) -> str:
        """The missing numbers in words: ``3, 7-9``."""
        return ", ".join(
            str(first) if first == last else f"{first}-{last}" for first, last in self.missing
        )


def gaps(store: ox.Store, complete: Iterable[str], since: Iterable[str] = ()) -> list[Gap]:
    """Return the gaps of each series of resolutions that has any, the Council's first.

    ``complete`` are the symbols in sources that are intended to be complete, ``since`` those in
    sources that are from their first year on: no series is examined beyond them, and a series that
    continues through the years, not before the latter.
    """
    from_the_start, later = _numbers(complete), _numbers(since)
    covered = {
        series: {**later[series], **from_the_start[series]} for series in {*later, *from_the_start}
    }
    held = _numbers(symbol for (symbol,) in solution_texts(store, _SYMBOLS))
    without_vote = _numbers(symbol for (symbol,) in solution_texts(store, _WITHOUT_VOTE))
    all_gaps: list[Gap] = []
    for series in sorted(covered, key=_order):
        last = max(covered[series])
        numbers = {**held[series], **covered[series]}
        continues = series in (_COUNCIL, _THROUGH) and not from_the_start[series]
        first = min(covered[series]) if continues else 1
        examined = {n: session for n, session in numbers.items() if first <= n <= last}
        whole = series == _COUNCIL or bool(without_vote.get(series))
        all_gaps += _gaps(series, examined, first, MISSING if whole else NOT_RECORDED)
    return all_gaps


def _numbers(symbols: Iterable[str]) -> dict[str, dict[int, str]]:
    """Return the numbers of each series, with their sessions.

    A series is ``S`` for the Council, the empty string for the numbers that continue through the
    sessions of the Assembly, and otherwise a session.
    """
    series: dict[str, dict[int, str]] = defaultdict(dict)
    for symbol in symbols:
        if match := _COUNCIL_SYMBOL.fullmatch(symbol):
            series[_COUNCIL][int(match["number"])] = ""
        elif match := _ASSEMBLY_SYMBOL.match(symbol):
            session = session_of(symbol) or ""
            key = _THROUGH if match["through"] else session
            series[key][int(match["through"] or match["number"])] = session
    return series


def _gaps(series: str, numbers: Mapping[int, str], first: int, meaning: str) -> Iterator[Gap]:
    """Yield the gaps of a series, whose numbers should begin with ``first``.

    A number between the last known one of a session and the first one of the next session may
    belong to either.
    """
    missing: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for before, after in pairwise([first - 1, *sorted(numbers)]):
        if after - before > 1:
            sessions = dict.fromkeys((numbers.get(before, numbers[after]), numbers[after]))
            name = "Security Council" if series == _COUNCIL else _name(*sessions)
            missing[name].append((before + 1, after - 1))
    for name, ranges in missing.items():
        yield Gap(name, tuple(ranges), meaning)


def _name(*sessions: str) -> str:
    return f"General Assembly, session{'s' * (len(sessions) > 1)} {' and '.join(sessions)}"


def _order(series: str) -> tuple[bool, str, int]:
    """Return the sort key of a series: Council, then regular, emergency and special sessions."""
    kind, _, number = series.rpartition("-")
    return series != _COUNCIL, kind, int(number) if number.isdecimal() else 0
