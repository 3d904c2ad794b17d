"""Intercoder agreement on correspondences: a blind sheet for a second coder, and the comparison.

The sheet contains every pair of a point and an operative paragraph of two texts that were compared,
whether they were judged to correspond or not: the judgement that they are about different matters
counts as well (docs/explanation/coding.md).
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from kg.errors import SourceError
from kg.model.state_register import StateRegister
from kg.sources.statements.entry import Target
from kg.sources.statements.intercoder_agreement import EMBEDDED, NONE, Agreement, agreement
from kg.sources.statements.intercoder_agreement import sheet_rows as _rows
from kg.sources.statements.loader import CODING, references
from kg.sources.statements.reader import compose, files, read
from kg.sources.statements.schema import ParagraphEntry, PointEntry, PositionsFile

#: The columns of the sheet, in order; the last two are filled in by the second coder.
COLUMNS: Final = (
    "point", "paragraph", "point_title", "point_in_other_words", "paragraph_in_other_words",
    "paragraph_quote", "relation", "reason",
)  # fmt: skip
RELATIONS: Final = ("agrees", "overlaps", "contradicts", NONE)


@dataclass(frozen=True)
class Pair:
    """A point (``china-12-point/3``) and a paragraph (``A/RES/ES-11/6#5``) with their texts.

    ``relation`` is the judgement of the first coder, or ``none``.
    """

    point: str
    paragraph: str
    point_text: PointEntry
    paragraph_text: ParagraphEntry
    relation: str

    @property
    def key(self) -> str:
        """The key by which the pair is named in messages."""
        return f"{self.point} beside {self.paragraph}"


def write_sheet(
    paths: Sequence[Path], states: StateRegister, proposals: Collection[str], stream: TextIO
) -> int:
    """Write the sheet of the pairs in files and folders as CSV and return their number.

    ``proposals`` are the keys of the proposals to read, all if empty.

    Raises:
        SourceError: if a file breaks a rule of the format, or a proposal was not compared.
    """
    pairs = _pairs(paths, states, proposals)
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n", restval="")
    writer.writeheader()
    for pair in pairs:
        writer.writerow(
            {
                "point": pair.point,
                "paragraph": pair.paragraph,
                "point_title": pair.point_text.title,
                "point_in_other_words": pair.point_text.summary,
                "paragraph_in_other_words": pair.paragraph_text.summary,
                "paragraph_quote": pair.paragraph_text.quote,
            }
        )
    return len(pairs)


def compare(
    paths: Sequence[Path], states: StateRegister, proposals: Collection[str], sheet: Path
) -> Agreement:
    """Compare the correspondences in files and folders with those of a completed sheet.

    Raises:
        SourceError: if the sheet is unusable, a file breaks a rule of the format, or a proposal was
            not compared.
    """
    ours = {(pair.point, pair.paragraph): pair for pair in _pairs(paths, states, proposals)}
    theirs: dict[str, tuple[str, str]] = {}
    for line, row in enumerate(_rows(sheet), 2):
        pair = ours.get((row.get("point", ""), row.get("paragraph", "")))
        relation = (row.get("relation") or "").strip().lower()
        if pair is None:
            named = f"{row.get('point')!r} and {row.get('paragraph')!r}"
            raise SourceError(f"{sheet}, row {line}: {named} are not a pair of the sheet")
        if relation and relation not in RELATIONS:
            raise SourceError(
                f"{sheet}, row {line}, column relation: {relation!r} is not one of "
                f"{', '.join(RELATIONS)}; leave it empty if you did not judge"
            )
        if relation:
            theirs[pair.key] = (relation, (row.get("reason") or "").strip())
    return agreement({pair.key: pair.relation for pair in ours.values()}, theirs)


def _pairs(paths: Iterable[Path], states: StateRegister, proposals: Collection[str]) -> list[Pair]:
    """Return the pairs of proposals and resolutions that have a correspondence, in order."""
    embedded = [file for folder in (CODING, *EMBEDDED) for file in files(folder)]
    wanted = [file for path in paths for file in files(path)]
    documents = compose(dict.fromkeys([*wanted, *embedded]))
    entries = read(documents, references(states, documents))
    judged = {
        (point, paragraph): relation
        for document, file in zip(documents, entries, strict=True)
        if document.path in wanted
        for point, paragraph, relation in _judged(file)
    }
    compared = {(point.partition("/")[0], text.partition("#")[0]) for point, text in judged}
    for key in proposals:
        if all(key != proposal for proposal, _ in compared):
            known = ", ".join(sorted({proposal for proposal, _ in compared})) or "none"
            raise SourceError(f"no proposal {key!r} was compared with a text; those are: {known}")
    points = {proposal.key: proposal.points for file in entries for proposal in file.proposals}
    paragraphs = {text.symbol: text.paragraphs for file in entries for text in file.resolutions}
    return [
        Pair(
            f"{proposal}/{position}",
            f"{symbol}#{paragraph.number}",
            point,
            paragraph,
            judged.get((f"{proposal}/{position}", f"{symbol}#{paragraph.number}"), NONE),
        )
        for proposal, symbol in sorted(compared)
        if not proposals or proposal in proposals
        for position, point in enumerate(points[proposal], 1)
        for paragraph in paragraphs[symbol]
    ]


def _judged(file: PositionsFile) -> Iterator[tuple[str, str, str]]:
    """Yield point, paragraph and relation of the correspondences of a file between these two."""
    for entry in file.correspondences:
        sides: dict[str, Target] = {
            "point" if side.point else "paragraph": side for side in (entry.one, entry.other)
        }
        if len(sides) == 2:
            yield sides["point"].name, sides["paragraph"].name, entry.relation
