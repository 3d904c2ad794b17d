"""Full-text search: by symbol in any spelling, by name and by words, tolerating typing errors.

The index is written into the release by ``kg.release.search_index``.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kg.errors import NoIndexError
from kg.model.names import in_words, name_key, normalized
from kg.model.symbol_spelling import document_key
from kg.rdf.vocabulary import UNV
from kg.release.damage import DamagedFile, DamagedReleaseError
from kg.release.release import Release
from kg.release.search_index import FILE

#: The similarity, from 0 to 1, from which a name counts as the search text with typing errors;
#: lower values also match other names.
_MIN_SIMILARITY: Final = 0.45
#: The scores of resources with all words of the search text, at their beginning, anywhere, or by
#: their stems; twice the weight of the class is added, so that a resolution comes before what is
#: said about it. Those of similar names are below the minimum.
_START_SCORE: Final = 71.5
_WORD_SCORE: Final = 70.0
_STEM_SCORE: Final = 69.0
_MIN_WORD_SCORE: Final = 66.0
#: Words that users write before a symbol.
_SYMBOL_PREFIX: Final = re.compile(
    r"^\s*(?:un|unga|unsc)?\s*(?:resolution|res\.|decision|vote on)\s+", re.IGNORECASE
)
#: Prefixes of symbols that users omit: "ES-11/6", "1991 A (XVIII)", "2623 (2022)".
_OMITTED_STARTS: Final = ("A/RES/", "S/RES/", "A/DEC/")
#: Words of the longest name of a state that is recognized among others, and the most names of a
#: state that are searched for.
_NAME_WORDS: Final = 4
_NAMES_OF_STATE: Final = 20
#: The number of rows, ranked by SQLite, that are ranked again in Python.
_RANKED_ROWS: Final = 300
#: The number of characters of the search text that are used.
TEXT_CHARACTERS: Final = 200
#: Wikidata identifiers as users write them.
_WIKIDATA_ID: Final = re.compile(r"(?:https?://www\.wikidata\.org/(?:entity|wiki)/|wd:)(Q\d+)")
_COLUMNS: Final = "thing.id, thing.iri, thing.label, thing.type, thing.about, thing.weight"


@dataclass(frozen=True)
class Hit:
    """A search result; ``score`` is from 0 to 100, 100 for an exact match.

    ``start`` and ``until`` are the half-open period in which the resource has the name that was
    searched for; both are empty if the text is no whole name, or a name without a period.
    """

    iri: str
    label: str
    type: str
    about: str
    score: float
    start: str = ""
    until: str = ""

    @property
    def period(self) -> str:
        """The period of the name in words, empty if it has none."""
        return in_words((self.start, self.until))

    @property
    def is_similar(self) -> bool:
        """Whether only some letters of its name are those of the search text."""
        return self.score < _MIN_WORD_SCORE

    @property
    def is_exact(self) -> bool:
        """Whether its symbol, code or name equals the search text."""
        return self.score == 100


def search(release: Release, text: str, *, types: Iterable[str] = (), limit: int = 20) -> list[Hit]:
    """Return the best matches of a text, best first, optionally only of some classes.

    Raises:
        NoIndexError: if the release has no index.
        DamagedReleaseError: if the index is damaged.
    """
    query = text.strip()[:TEXT_CHARACTERS]
    kinds = frozenset(types)
    if not normalized(query):
        return []
    with connected(release) as connection:
        hits: dict[str, Hit] = {}
        finders = (
            *(_by_iri, _by_symbol, _by_identifier, _by_name, _by_words),
            *(_by_stems, _by_similarity),
        )
        for find in finders:
            if len(hits) >= limit or (
                find is _by_similarity and any(hit.is_exact for hit in hits.values())
            ):
                break
            for hit in find(connection, query):
                if not kinds or hit.type in kinds:
                    hits.setdefault(hit.iri, hit)
    return sorted(hits.values(), key=lambda hit: -hit.score)[:limit]


def identified(release: Release, text: str) -> list[Hit]:
    """Return the resources with an IRI, a symbol, a code or a Wikidata identifier.

    Raises:
        NoIndexError: if the release has no index.
        DamagedReleaseError: if the index is damaged.
    """
    with connected(release) as connection:
        found = (find(connection, text.strip()) for find in (_by_iri, _by_symbol, _by_identifier))
        return list({hit.iri: hit for hits in found for hit in hits}.values())


def resources(release: Release, iris: Iterable[str]) -> dict[str, Hit]:
    """Return those of the resources with some IRIs that are in the index, by IRI.

    Raises:
        NoIndexError: if the release has no index.
        DamagedReleaseError: if the index is damaged.
    """
    with connected(release) as connection:
        return {hit.iri: hit for iri in iris for hit in _by_iri(connection, iri)}


def classes(release: Release) -> list[str]:
    """Return the classes of the resources in the index, most frequent first.

    Raises:
        NoIndexError: if the release has no index.
        DamagedReleaseError: if the index is damaged.
    """
    with connected(release) as connection:
        rows = connection.execute(
            "SELECT type FROM thing GROUP BY type ORDER BY COUNT(*) DESC, type"
        )
        return [str(row[0]) for row in rows]


@contextmanager
def connected(release: Release) -> Iterator[sqlite3.Connection]:
    """Open the index of a release for reading.

    Raises:
        NoIndexError: if the release has no index.
        DamagedReleaseError: if the index is damaged.
    """
    path = release.path / FILE
    if not path.is_file():
        raise NoIndexError("this release has no search index; run kg build")
    try:
        with closing(_connect(path)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise DamagedReleaseError(release.name, [DamagedFile(FILE, str(error))]) from error


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)


def _by_iri(connection: sqlite3.Connection, text: str) -> list[Hit]:
    """Find a resource by its IRI."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM thing WHERE thing.iri = ?", (text,))
    return [_hit(row, 100) for row in rows]


def _by_symbol(connection: sqlite3.Connection, text: str) -> list[Hit]:
    """Find a document by its symbol in any spelling, or a state by its code."""
    bare = _SYMBOL_PREFIX.sub("", text).strip()
    slugs = set()
    # A space may replace a slash or hyphen, as in "es 11 6", or be superfluous.
    for spelled in (bare, re.sub(r"\s+", "/", bare)):
        with suppress(ValueError):
            slugs |= {document_key(start + spelled) for start in ("", *_OMITTED_STARTS)}
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM thing WHERE slug IN ({', '.join('?' * len(slugs))}) "
        "AND slug != '' ORDER BY id",
        sorted(slugs),
    )
    return [_hit(row, 100) for row in rows]


def _by_identifier(connection: sqlite3.Connection, text: str) -> list[Hit]:
    """Find resources by a code, or by the IRI or identifier of the same resource elsewhere."""
    if not has_table(connection, "identifier"):
        return []
    wikidata = _WIKIDATA_ID.fullmatch(text)
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM identifier JOIN thing ON thing.iri = identifier.iri "
        "WHERE identifier.value IN (?, ?) ORDER BY thing.id",
        (text, wikidata[1] if wikidata else text.upper()),
    )
    return [_hit(row, 100) for row in rows]


def _by_name(connection: sqlite3.Connection, text: str) -> list[Hit]:
    """Find resources by a whole name in any language; those that still have it come first."""
    if not has_table(connection, "name"):
        return []
    rows = connection.execute(
        f"SELECT {_COLUMNS}, name.start, name.until FROM name JOIN thing ON thing.iri = name.iri "
        "WHERE name.key = ? ORDER BY thing.weight DESC, name.until != '', thing.id",
        (name_key(text),),
    )
    return [_hit(row, 100, start=row[6], until=row[7]) for row in rows]


def has_table(connection: sqlite3.Connection, name: str) -> bool:
    """Return whether the index has a table; that of a release by an earlier version may not."""
    query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return connection.execute(query, (name,)).fetchone() is not None


def _by_words(connection: sqlite3.Connection, text: str) -> list[Hit]:
    """Find resources with all words; the last may be a prefix."""
    words = normalized(text).split()
    if not words:
        return []
    query = " ".join(f'"{word}"' for word in words[:-1]) + f' "{words[-1]}"*'
    rows = connection.execute(
        f"SELECT {_COLUMNS}, bm25(word, 8.0, 1.0) FROM word JOIN thing ON thing.id = word.rowid "
        "WHERE word MATCH ? ORDER BY bm25(word, 8.0, 1.0) - thing.weight LIMIT ?",
        (query, _RANKED_ROWS),
    )
    searched = normalized(text)
    hits = []
    for row in rows:
        label = normalized(row[2])
        names = [label, *(normalized(name) for name in row[4].split("; "))]
        score = _WORD_SCORE + 2 * row[5]
        if label == searched:
            score = 100
        elif searched in names:
            score = 95
        elif any(name.startswith(searched) for name in names):
            score = _START_SCORE + 2 * row[5]
        hits.append(_hit(row, score - min(len(label), 200) / 1000 if score < 95 else score))
    return hits


def _by_stems(connection: sqlite3.Connection, text: str) -> list[Hit]:
    """Find texts with words of the same stems, where a state may have another of its names."""
    query = stem_query(connection, text)
    if not query:
        return []
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM stem JOIN thing ON thing.id = stem.rowid "
        "WHERE stem MATCH ? ORDER BY bm25(stem, 8.0, 4.0, 1.0) - thing.weight LIMIT ?",
        (query, _RANKED_ROWS),
    )
    return [
        _hit(row, _STEM_SCORE + 2 * row[5] - n / _RANKED_ROWS / 2) for n, row in enumerate(rows)
    ]


def stem_query(connection: sqlite3.Connection, text: str) -> str:
    """Return the query of the index of stems for a text, empty if there is none."""
    words = normalized(text).split()
    if not words or not has_table(connection, "stem"):
        return ""
    parts, start = [], 0
    while start < len(words):
        # The longest name that begins with this word.
        for end in range(min(start + _NAME_WORDS, len(words)), start, -1):
            phrase = " ".join(words[start:end])
            names = _names_of_state(connection, phrase)
            if names or end == start + 1:
                searched = f'"{phrase}"' + ("*" if end == len(words) else "")
                synonyms = [f'"{name}"' for name in names if name != phrase]
                parts.append(f"({' OR '.join([searched, *synonyms])})")
                start = end
                break
    return " AND ".join(parts)


def _names_of_state(connection: sqlite3.Connection, name: str) -> list[str]:
    """Return the names in Latin letters of the states with a name today, normalized."""
    rows = connection.execute(
        "SELECT DISTINCT thing.label, thing.about FROM name JOIN thing ON thing.iri = name.iri "
        "WHERE name.key = ? AND name.until = '' AND thing.type = ?",
        (name_key(name), UNV.State),
    )
    names = (normalized(name) for row in rows for name in (row[0], *row[1].split("; ")))
    return sorted({name for name in names if name.isascii() and name})[:_NAMES_OF_STATE]


def _by_similarity(connection: sqlite3.Connection, text: str) -> list[Hit]:
    """Find names that share enough trigrams with the text."""
    searched = normalized(text)
    bigrams = _bigrams(searched)
    terms = sorted({searched[i : i + 3] for i in range(len(searched) - 2)})
    if not terms:
        return []
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM gram JOIN thing ON thing.id = gram.rowid "
        "WHERE gram MATCH ? ORDER BY bm25(gram) LIMIT ?",
        (" OR ".join(f'"{term}"' for term in terms), _RANKED_ROWS),
    )
    hits = []
    for row in rows:
        names = [row[2], *row[4].split("; ")]
        best = max(_similarity(bigrams, searched, normalized(name)) for name in names)
        if best >= _MIN_SIMILARITY:
            hits.append(_hit(row, 60 * best + row[5] / 2))
    return hits


def _similarity(bigrams: set[str], text: str, name: str) -> float:
    """Return the similarity of a text to the most similar part of a name with the same length."""
    words, length = name.split(), len(text.split())
    parts = [" ".join(words[i : i + length]) for i in range(max(len(words) - length + 1, 1))]
    return max((_dice(bigrams, _bigrams(part)) for part in parts), default=0.0)


def _dice(first: set[str], second: set[str]) -> float:
    """Return the Dice coefficient of two sets."""
    return 2 * len(first & second) / (len(first) + len(second)) if first and second else 0.0


def _bigrams(text: str) -> set[str]:
    """Return pairs of adjacent letters, including word ends: an error changes few of them."""
    marked = f" {text} "
    return {marked[i : i + 2] for i in range(len(marked) - 1)}


def _hit(row: tuple[object, ...], score: float, *, start: str = "", until: str = "") -> Hit:
    _, iri, label, kind, about = map(str, row[:5])
    return Hit(iri, label, kind, about, round(float(score), 2), start, until)
