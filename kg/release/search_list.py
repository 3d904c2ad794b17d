"""The list of all resources that a search finds: counted by class, body and decade, and in pages.

The order is that of ``kg.release.search``; after its best matches come all others with the words.
"""

from __future__ import annotations

import difflib
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from kg.model.names import normalized
from kg.release.release import Release
from kg.release.search import (
    TEXT_CHARACTERS,
    Hit,
    connected,
    has_table,
    resources,
    search,
    stem_query,
)

#: The best matches, which are ranked one by one.
_BEST: Final = 100
#: Letters of the shortest word that is corrected, and the similarity of a word that corrects it.
_CORRECTED_LETTERS: Final = 4
_CORRECTION_SIMILARITY: Final = 0.75
#: Letters by which a word and its correction may differ in length.
_LENGTH_DIFFERENCE: Final = 2
#: Sources have misspelt words too: resources with such a word at most, and how many times as many
#: resources have the word that corrects it at least.
_MISSPELT_RESOURCES: Final = 5
_TIMES_AS_FREQUENT: Final = 20


@dataclass(frozen=True)
class Selection:
    """The class, body (IRIs) and years to which results are restricted; empty for any."""

    kind: str = ""
    body: str = ""
    years: tuple[int, int] | None = None


@dataclass(frozen=True)
class ResultList:
    """A page of the results, and the number of all results by what they can be restricted to.

    ``are_similar`` means that nothing has all words, and the names of the results resemble the
    text. ``correction`` is a text with words that the record has, empty if all are known.
    """

    hits: list[Hit]
    total: int
    kinds: Mapping[str, int]
    bodies: Mapping[str, int]
    decades: Mapping[int, int]
    are_similar: bool
    correction: str


@dataclass(frozen=True)
class _Match:
    iri: str
    kind: str
    body: str
    year: int | None


def search_list(
    release: Release, text: str, selection: Selection, page: int, size: int
) -> ResultList:
    """Return a page of all results of a text that are selected.

    The numbers by class are those without a restriction to a class, and so on.

    Raises:
        NoIndexError: if the release has no index.
        DamagedReleaseError: if the index is damaged.
    """
    text = text.strip()[:TEXT_CHARACTERS]
    best = search(release, text, limit=_BEST)
    are_similar = bool(best) and all(hit.is_similar for hit in best)
    if not are_similar:
        best = [hit for hit in best if not hit.is_similar]
    with connected(release) as connection:
        matches = _matches(connection, best, "" if are_similar else text)
    by_iri = {hit.iri: hit for hit in best}
    selected = [match for match in matches if _fits(match, selection)]
    part = selected[(page - 1) * size : page * size]
    rest = resources(release, (match.iri for match in part if match.iri not in by_iri))
    exact = any(hit.is_exact for hit in best)
    return ResultList(
        hits=[by_iri.get(match.iri) or rest[match.iri] for match in part],
        total=len(selected),
        kinds=_counted(m.kind for m in matches if _fits(m, selection, but="kind")),
        bodies=_counted(m.body for m in matches if _fits(m, selection, but="body")),
        decades=dict(
            sorted(
                Counter(
                    m.year // 10 * 10
                    for m in matches
                    if m.year is not None and _fits(m, selection, but="years")
                ).items()
            )
        ),
        are_similar=are_similar,
        correction="" if exact else _correction(release, text),
    )


def _matches(connection: sqlite3.Connection, best: list[Hit], text: str) -> list[_Match]:
    """Return the best matches and, after them, all others with the words of a text."""
    joined = "LEFT JOIN scope ON scope.iri = thing.iri"
    if not has_table(connection, "scope"):
        joined = "JOIN (SELECT '' AS body, NULL AS year) AS scope"
    columns = "thing.iri, thing.type, scope.body, scope.year"
    marks = ", ".join("?" * len(best))
    rows = connection.execute(
        f"SELECT {columns} FROM thing {joined} WHERE thing.iri IN ({marks})",
        [hit.iri for hit in best],
    )
    known = {row[0]: _Match(row[0], row[1], row[2] or "", row[3]) for row in rows}
    matches = [known[hit.iri] for hit in best if hit.iri in known]
    query = stem_query(connection, text)
    if query and len(best) == _BEST:
        rows = connection.execute(
            f"SELECT {columns} FROM stem JOIN thing ON thing.id = stem.rowid {joined} "
            "WHERE stem MATCH ? ORDER BY thing.weight DESC, scope.year DESC, thing.id",
            (query,),
        )
        matches += [_Match(r[0], r[1], r[2] or "", r[3]) for r in rows if r[0] not in known]
    return matches


def _fits(match: _Match, selection: Selection, *, but: str = "") -> bool:
    """Return whether a match is selected, by everything except one restriction."""
    years = selection.years if but != "years" else None
    return (
        (but == "kind" or not selection.kind or match.kind == selection.kind)
        and (but == "body" or not selection.body or match.body == selection.body)
        and (years is None or (match.year is not None and years[0] <= match.year <= years[1]))
    )


def _counted(values: Iterable[str]) -> dict[str, int]:
    """Return the number of each value that is not empty, most frequent first."""
    return dict(Counter(value for value in values if value).most_common())


def _correction(release: Release, text: str) -> str:
    """Return the text with similar words for unknown and misspelt ones, empty if there are none."""
    known = _words(release)
    words = normalized(text).split()
    corrected = []
    for word in words:
        number = known.get(word, 0)
        is_usual = number > _MISSPELT_RESOURCES
        if is_usual or len(word) < _CORRECTED_LETTERS or not word.isalpha():
            corrected.append(word)
            continue
        near = [
            w for w in known if abs(len(w) - len(word)) <= _LENGTH_DIFFERENCE and w[0] == word[0]
        ]
        similar = difflib.get_close_matches(word, near, n=3, cutoff=_CORRECTION_SIMILARITY)
        # It may be the beginning of a word that is more frequent than any similar one.
        begun = sum(number for other, number in known.items() if other.startswith(word))
        least = max(begun, _TIMES_AS_FREQUENT * number)
        similar = [other for other in similar if known[other] > least]
        if not similar and number:
            similar = [word]
        elif not similar:
            return ""
        corrected.append(max(similar, key=lambda w: (_likeness(word, w), known[w])))
    return " ".join(corrected) if corrected != words else ""


def _likeness(word: str, other: str) -> tuple[bool, float]:
    """Return how alike two words are; exchanged letters are the most frequent error."""
    return sorted(word) == sorted(other), difflib.SequenceMatcher(None, word, other).ratio()


@lru_cache(maxsize=2)
def _words(release: Release) -> dict[str, int]:
    """Return the words of the index with the number of resources that have each."""
    with connected(release) as connection:
        connection.execute("CREATE VIRTUAL TABLE temp.known USING fts5vocab(main, word, row)")
        rows = connection.execute("SELECT term, doc FROM temp.known")
        return {term: number for term, number in rows if term.isalpha()}
