"""Finding things by what is typed: a symbol in any spelling, names, words, with errors.

It reads the index that ``kg.release.search_index`` wrote into the release.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kg.errors import NoIndexError
from kg.model.symbols import slug
from kg.release.release import Release
from kg.release.search_index import FILE, folded

#: How similar a name must be to what was typed to be found in spite of errors, from 0 to 1.
_SIMILAR: Final = 0.45
#: What people write before a symbol.
_NOISE: Final = re.compile(
    r"^\s*(?:un|unga|unsc)?\s*(?:resolution|res\.|vote on)\s+", re.IGNORECASE
)
_CANDIDATES: Final = 300
_COLUMNS: Final = "thing.id, thing.iri, thing.label, thing.type, thing.about, thing.weight"


@dataclass(frozen=True)
class Hit:
    """Something that was found; ``score`` is from 0 to 100, 100 for what was surely meant."""

    iri: str
    label: str
    type: str
    about: str
    score: float

    @property
    def is_exact(self) -> bool:
        """Whether its symbol, code or name is what was typed."""
        return self.score == 100


def search(release: Release, text: str, *, types: Iterable[str] = (), limit: int = 20) -> list[Hit]:
    """Return what fits a text, the best first; only of some classes if any are named.

    Raises:
        NoIndexError: if the release has no index.
    """
    path = release.path / FILE
    if not path.is_file():
        raise NoIndexError("this release has no search index; kg build makes one")
    typed = text.strip()[:200]
    kinds = frozenset(types)
    if not folded(typed):
        return []
    with closing(_opened(path)) as connection:
        found: dict[str, Hit] = {}
        for hits in (_by_iri, _by_symbol, _by_words, _by_likeness):
            if len(found) >= limit or (
                hits is _by_likeness and any(hit.is_exact for hit in found.values())
            ):
                break
            for hit in hits(connection, typed):
                if not kinds or hit.type in kinds:
                    found.setdefault(hit.iri, hit)
    return sorted(found.values(), key=lambda hit: -hit.score)[:limit]


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)


def _by_iri(connection: sqlite3.Connection, text: str) -> list[Hit]:
    """Find a thing by its IRI, as it stands in data."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM thing WHERE thing.iri = ?", (text,))
    return [_hit(row, 100) for row in rows]


def _by_symbol(connection: sqlite3.Connection, text: str) -> list[Hit]:
    """Find a document by its symbol, spelled in any way, or a state by its code."""
    bare = _NOISE.sub("", text).strip()
    wanted = set()
    # A space may stand for a stroke, as in "es 11 6", or for nothing.
    for spelled in (bare, re.sub(r"\s+", "/", bare)):
        with suppress(ValueError):
            symbol = slug(spelled)
            # "ES-11/6" is short for A/RES/ES-11/6, and "2623 (2022)" for S/RES/2623 (2022).
            wanted |= {symbol, f"A-RES-{symbol}", f"S-RES-{symbol}"}
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM thing WHERE slug IN ({', '.join('?' * len(wanted))}) "
        "AND slug != '' ORDER BY id",
        sorted(wanted),
    )
    return [_hit(row, 100) for row in rows]


def _by_words(connection: sqlite3.Connection, text: str) -> list[Hit]:
    """Find what holds all words; the last one may be the beginning of a word."""
    words = re.findall(r"\w+", text)
    if not words:
        return []
    query = " ".join(f'"{word}"' for word in words[:-1]) + f' "{words[-1]}"*'
    rows = connection.execute(
        f"SELECT {_COLUMNS}, bm25(word, 8.0, 1.0) FROM word JOIN thing ON thing.id = word.rowid "
        "WHERE word MATCH ? ORDER BY bm25(word, 8.0, 1.0) - thing.weight LIMIT ?",
        (query, _CANDIDATES),
    )
    typed = folded(text)
    found = []
    for row in rows:
        label = folded(row[2])
        names = [label, *(folded(name) for name in row[4].split("; "))]
        score = 70.0 + row[5]
        if label == typed:
            score = 100
        elif typed in names:
            score = 95
        elif label.startswith(typed):
            score = 84 + row[5]
        found.append(_hit(row, score - min(len(label), 200) / 1000 if score < 95 else score))
    return found


def _by_likeness(connection: sqlite3.Connection, text: str) -> list[Hit]:
    """Find names that share enough of their trigrams with what was typed."""
    typed = folded(text)
    wanted = _grams(typed)
    terms = sorted({typed[i : i + 3] for i in range(len(typed) - 2)})
    if not terms:
        return []
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM gram JOIN thing ON thing.id = gram.rowid "
        "WHERE gram MATCH ? ORDER BY bm25(gram) LIMIT ?",
        (" OR ".join(f'"{term}"' for term in terms), _CANDIDATES),
    )
    found = []
    for row in rows:
        names = [row[2], *row[4].split("; ")]
        best = max(_likeness(wanted, typed, folded(name)) for name in names)
        if best >= _SIMILAR:
            found.append(_hit(row, 60 * best + row[5] / 2))
    return found


def _likeness(wanted: set[str], typed: str, name: str) -> float:
    """Return how much of what was typed is in the most similar part of a name, as long as it."""
    words, length = name.split(), len(typed.split())
    parts = [" ".join(words[i : i + length]) for i in range(max(len(words) - length + 1, 1))]
    return max((_dice(wanted, _grams(part)) for part in parts), default=0.0)


def _dice(one: set[str], other: set[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def _grams(text: str) -> set[str]:
    """Return pairs of neighbouring letters, the ends of words marked: they feel an error less."""
    marked = f" {text} "
    return {marked[i : i + 2] for i in range(len(marked) - 1)}


def _hit(row: tuple[object, ...], score: float) -> Hit:
    _, iri, label, kind, about = row[:5]
    return Hit(str(iri), str(label), str(kind), str(about), round(float(score), 2))
