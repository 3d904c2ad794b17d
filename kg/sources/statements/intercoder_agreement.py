"""Intercoder agreement on stances: a blind sheet for a second coder, and the comparison.

The sheet contains every statement with a subject, with or without a stance: the judgement that a
source does not show a stance counts as well (docs/explanation/coding.md).
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from kg import resources
from kg.errors import SourceError
from kg.model.state_register import StateRegister
from kg.sources.agents import read_agents
from kg.sources.source_list import read_sources, source_keys
from kg.sources.statements.entry import Target
from kg.sources.statements.loader import CODING, PROPOSALS, REPORTS, STATEMENTS, references
from kg.sources.statements.reader import compose, files, read
from kg.sources.statements.schema import StatementEntry

#: The columns of the sheet, in order; the last two are filled in by the second coder.
COLUMNS: Final = (
    "statement", "state", "speaker", "date", "said", "quote", "towards", "source", "address",
    "stance", "reason",
)  # fmt: skip
#: The value for a statement whose source does not show a stance.
NONE: Final = "none"
STANCES: Final = ("supportive", "critical", "reserved", NONE)
EMBEDDED: Final = (STATEMENTS, PROPOSALS, REPORTS)


@dataclass(frozen=True)
class Difference:
    """A statement, or a pair of texts, that two coders judged differently."""

    key: str
    ours: str
    theirs: str
    reason: str


@dataclass(frozen=True)
class Agreement:
    """The agreement of two coders; ``kappa`` is None where agreement by chance is certain.

    ``judged`` is the number of statements, or pairs of texts, that both judged.
    """

    judged: int
    equal: int
    kappa: float | None
    differences: tuple[Difference, ...]
    not_read: tuple[str, ...]


def write_sheet(paths: Sequence[Path], states: StateRegister, stream: TextIO) -> int:
    """Write the sheet of the statements in files and folders as CSV and return their number.

    Raises:
        SourceError: if a file breaks a rule of the format.
    """
    statements, titles = _statements(paths, states)
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n", restval="")
    writer.writeheader()
    for statement, (title, address) in statements:
        assert statement.judged
        writer.writerow(
            {
                "statement": statement.key,
                "state": _made_by(statement, states),
                "speaker": statement.speaker,
                "date": statement.date,
                "said": statement.summary,
                "quote": statement.quote,
                "towards": _name(statement.judged, states, titles),
                "source": title,
                "address": address,
            }
        )
    return len(statements)


def _made_by(statement: StatementEntry, states: StateRegister) -> str:
    key = statement.made_by
    return states[key].name if key in states else read_agents()[key].name


def compare(paths: Sequence[Path], states: StateRegister, sheet: Path) -> Agreement:
    """Compare the stances in files and folders with those of a completed sheet.

    Raises:
        SourceError: if the sheet is unusable, or a file breaks a rule of the format.
    """
    ours = {
        statement.key: statement.stance or NONE for statement, _ in _statements(paths, states)[0]
    }
    return agreement(ours, _filled(sheet, ours))


def agreement(ours: Mapping[str, str], theirs: Mapping[str, tuple[str, str]]) -> Agreement:
    """Compare judgements with those of a second coder, who gives reasons, both by key."""
    pairs = [(ours[key], judgement) for key, (judgement, _) in theirs.items()]
    return Agreement(
        judged=len(pairs),
        equal=sum(first == second for first, second in pairs),
        kappa=kappa(pairs),
        differences=tuple(
            Difference(key, ours[key], judgement, reason)
            for key, (judgement, reason) in theirs.items()
            if ours[key] != judgement
        ),
        not_read=tuple(key for key in ours if key not in theirs),
    )


def kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Return Cohen's kappa of pairs of judgements (Cohen 1960, doi:10.1177/001316446002000104).

    >>> kappa([("a", "a"), ("a", "a"), ("b", "b"), ("b", "a")])
    0.5
    """
    if not pairs:
        return None
    observed = sum(first == second for first, second in pairs) / len(pairs)
    by_first, by_second = (Counter(judgements) for judgements in zip(*pairs, strict=True))
    expected = sum(by_first[value] * by_second[value] for value in by_first) / len(pairs) ** 2
    return None if expected == 1 else (observed - expected) / (1 - expected)


def _statements(
    paths: Iterable[Path], states: StateRegister
) -> tuple[list[tuple[StatementEntry, tuple[str, str]]], dict[str, str]]:
    """Return statements that have a subject, with their source, and the titles of proposals."""
    # The object of a stance may be an embedded proposal.
    wanted = [file for path in paths for file in files(path)]
    others = [file for folder in (CODING, *EMBEDDED) for file in files(folder)]
    documents = compose(dict.fromkeys([*wanted, *others]))
    entries = read(documents, references(states, documents))
    titles = {proposal.key: proposal.title for file in entries for proposal in file.proposals}
    sources = {
        source.key: (source.title, source.address) for file in entries for source in file.sources
    }
    embedded = read_sources(resources.DATA, source_keys(resources.DATA))
    sources |= {source.key: (source.title, source.address) for source in embedded}
    requested = set(wanted)
    statements = [
        (statement, sources[statement.source])
        for document, file in zip(documents, entries, strict=True)
        for statement in file.statements
        if document.path in requested and statement.judged
    ]
    return statements, titles


def _name(target: Target, states: StateRegister, titles: Mapping[str, str]) -> str:
    if target.state:
        return f"the state {states[target.state].name}"
    if target.proposal:
        return f"the proposal '{titles.get(target.proposal, target.proposal)}'"
    kind = next(name for name in Target.model_fields if getattr(target, name))
    return f"the {kind} {target.name}"


def _filled(sheet: Path, ours: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return the stance and reason of each statement that the second coder judged."""
    judgements: dict[str, tuple[str, str]] = {}
    for line, row in enumerate(sheet_rows(sheet), 2):
        key, stance = row.get("statement"), (row.get("stance") or "").strip().lower()
        if key is None or key not in ours:
            raise SourceError(f"{sheet}, row {line}: {key!r} is not a statement of the sheet")
        if stance and stance not in STANCES:
            raise SourceError(
                f"{sheet}, row {line}, column stance: {stance!r} is not one of "
                f"{', '.join(STANCES)}; leave it empty if you did not judge"
            )
        if stance:
            judgements[key] = (stance, (row.get("reason") or "").strip())
    return judgements


def sheet_rows(sheet: Path) -> list[dict[str, str]]:
    """Return the rows of a sheet by column.

    Raises:
        SourceError: if it is not a table.
    """
    try:
        with sheet.open(encoding="utf-8-sig", newline="") as stream:
            return list(csv.DictReader(stream, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SourceError(f"{sheet}: not a CSV table in UTF-8 ({error})") from error
