"""The questions of the benchmark, and the constants that take the place of those in them.

A question is a file in ``benchmarks/questions/``, or a saved query of a newer capability. A header
line ``#+ draw: IND | BRA | ZAF`` names a constant of the text and what may be drawn instead.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from kg.sparql.saved_queries import library

FOLDER: Final = Path(__file__).with_name("questions")
_SUMMARY: Final = "#+ summary:"
_DRAW: Final = "#+ draw:"
_FULL: Final = "#+ record: full"
#: The questions of ``--short``.
SHORT: Final = (
    "tally-of-a-resolution",
    "words-in-titles",
    "votes-against-by-state",
    "similar-voters-direct",
    "similar-voters-observations",
)
_STATES: Final = ("IND", "BRA", "NGA", "EGY", "MEX")
_OTHER_STATES: Final = ("CHN", "USA", "FRA", "JPN", "ZAF")
_GROUPS: Final = ("European Union", "African Union", "League of Arab States", "Nordic Council")
#: Saved queries on sponsors, groups, measures and ideal points: what is drawn for each parameter.
_SAVED: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "co-sponsors": {"state": _STATES},
    "sponsors-not-in-favour": {},
    "cohesion-by-year": {"group": _GROUPS},
    "group-votes-by-year": {},
    "similarity-by-year": {"state": _STATES, "other": _OTHER_STATES},
    "ideal-points-of-state": {"state": _STATES},
}


@dataclass(frozen=True)
class Question:
    """A question in SPARQL and, if the tables contain the answer, in SQL."""

    name: str
    summary: str
    sparql: str
    sql: str | None
    #: Whether only the full record has an answer, but not the embedded sources.
    needs_full_record: bool
    #: Constants of the text, each first, with what may take its place.
    constants: tuple[tuple[str, ...], ...] = ()

    def drawn(self, rng: random.Random) -> Question:
        """Return the question with constants drawn anew; a comment makes its text a new one."""
        chosen = {listed[0]: rng.choice(listed) for listed in self.constants}
        sql = None if self.sql is None else _with_constants(self.sql, chosen)
        sparql = f"# {rng.getrandbits(64):x}\n{_with_constants(self.sparql, chosen)}"
        return replace(self, sparql=sparql, sql=sql)


def read_questions() -> list[Question]:
    """Return all questions, sorted by name."""
    questions = [_read(file) for file in FOLDER.glob("*.rq")]
    return sorted([*questions, *_saved()], key=lambda question: question.name)


def _read(file: Path) -> Question:
    text = file.read_text(encoding="utf-8")
    header = [line for line in text.splitlines() if line.startswith("#+")]
    (summary,) = (line for line in header if line.startswith(_SUMMARY))
    sql = file.with_suffix(".sql")
    return Question(
        file.stem,
        summary.removeprefix(_SUMMARY).strip(),
        text,
        sql.read_text(encoding="utf-8") if sql.is_file() else None,
        _FULL in header,
        tuple(
            tuple(part.strip() for part in line.removeprefix(_DRAW).split("|"))
            for line in header
            if line.startswith(_DRAW)
        ),
    )


def _saved() -> Iterator[Question]:
    for name, drawn in _SAVED.items():
        saved = library()[name]
        text = saved.text_with_values({parameter: listed[0] for parameter, listed in drawn.items()})
        constants = tuple(drawn.values())
        yield Question(
            f"saved-{name}", saved.summary, text, None, needs_full_record=True, constants=constants
        )


def _with_constants(text: str, chosen: dict[str, str]) -> str:
    """Return a text in which other constants take the place of some, where they are whole words."""
    if not chosen:
        return text
    words = "|".join(map(re.escape, chosen))
    return re.sub(rf"(?<![\w-])(?:{words})(?![\w-])", lambda match: chosen[match[0]], text)
