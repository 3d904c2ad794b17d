"""The source ``ideal-points``: published ideal points of states by year, with their intervals.

The table of estimates of Bailey, Strezhnev and Voeten (doi:10.1177/0022002715595700), which comes
with their data set (doi:10.7910/DVN/LEJUQZ): for each state and year one estimate from votes on
final passage (columns ``fp``) and one from all votes, with the quantiles of 5, 50 and 95 percent.
States have the codes of the Correlates of War project.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Final

from kg import resources
from kg.model.ideal_points import IDEAL_POINT_MODELS, IdealPoint
from kg.model.sources import NormalizedRow, RejectedRow, RejectionReason
from kg.model.state_register import StateRegister
from kg.sources import csv_table
from kg.sources.csv_table import Row
from kg.sources.editions import find_edition
from kg.sources.loader import FileShape, LoadResult, RemoteFile
from kg.sources.source_list import read_sources
from kg.sources.voeten.codes import EXPECTED, seats_by_code

NAME: Final = "ideal-points"
SOURCE: Final = "voeten-ideal-points"
#: Not under a fixed address: each edition of the data set has files of its own.
REMOTE: Final = RemoteFile(
    name="IdealpointestimatesAll.csv",
    url="",
    pattern="*deal*oint*.csv",
    page="https://doi.org/10.7910/DVN/LEJUQZ",
    named="IdealpointestimatesAll_Jun2024.csv",
)
#: The columns of the estimate, its bounds and the number of votes, in the order of the models.
_COLUMNS: Final = dict(
    zip(
        IDEAL_POINT_MODELS,
        (
            ("idealpointfp", "q5fp", "q95fp", "nvotesfp"),
            ("idealpointall", "q5all", "q95all", "nvotesall"),
        ),
        strict=True,
    )
)
_REQUIRED: Final = ("ccode", "year", *(name for names in _COLUMNS.values() for name in names))
_MISSING: Final = frozenset(("", "NA"))
_NUMBER: Final = re.compile(r"-?\d+(\.\d+)?(e-?\d\d?)?")
#: The last day of a year: where a seat changed hands, the estimate is that of the later state.
_LAST_DAY: Final = "12-31"
NO_ESTIMATE: Final = "no estimate: not used"
NO_MEMBER: Final = "a state that was not a member in that year: not used"


def recognizes(shape: FileShape) -> bool:
    """Return whether a file is the table, by its columns, or a folder contains it."""
    if shape.path.is_dir():
        return bool(REMOTE.editions(shape.path))
    return shape.columns.issuperset(_REQUIRED)


def load(path: Path, states: StateRegister) -> LoadResult:
    """Load the estimates from the table, or from the folder that contains it.

    Raises:
        SourceError: if the file is missing or is not the table.
    """
    file, remark = find_edition(path, REMOTE)
    seats = seats_by_code()
    loaded = LoadResult(
        records=[*read_sources(resources.DATA, [SOURCE])],
        files=[file],
        remarks=[remark] if remark else [],
    )
    seen: set[tuple[str, str]] = set()
    for row in csv_table.read(file, " ".join(_REQUIRED)):
        problem = _problem(row, seats, seen)
        if problem is not None:
            loaded.rejected.append(problem)
            continue
        state = states.on_seat(seats[row["ccode"]], f"{row['year']}-{_LAST_DAY}")
        if state not in states.members_in(int(row["year"])):
            loaded.normalized.append(_normalized(row, "ccode", NO_MEMBER))
            continue
        for point in _points(row, state, loaded):
            loaded.records.append(point)
            loaded.notes[f"estimates from {point.model}"] += 1
    return loaded


def _problem(
    row: Row, seats: dict[str, tuple[str, ...]], seen: set[tuple[str, str]]
) -> RejectedRow | None:
    """Return why a row cannot be used, None if it can."""
    if row["ccode"] not in seats:
        return _rejected(row, "ccode", EXPECTED)
    if not re.fullmatch(r"(19|20)\d\d", row["year"]):
        return _rejected(row, "year", "a year, as in 1946")
    if (row["ccode"], row["year"]) in seen:
        return _rejected(row, "year", "one row for each state and year")
    seen.add((row["ccode"], row["year"]))
    for names in _COLUMNS.values():
        for name in names:
            if row[name] not in _MISSING and not _NUMBER.fullmatch(row[name]):
                return _rejected(row, name, "a decimal number, or NA")
    return None


def _points(row: Row, state: str, loaded: LoadResult) -> Iterator[IdealPoint]:
    """Yield the estimates of a row; those that are missing are listed."""
    for model, (estimate, lower, upper, votes) in _COLUMNS.items():
        if not _MISSING.isdisjoint(row[name] for name in (estimate, lower, upper, votes)):
            loaded.normalized.append(_normalized(row, estimate, NO_ESTIMATE))
            continue
        yield IdealPoint(
            state=state,
            year=int(row["year"]),
            model=model,
            estimate=_decimal(row[estimate]),
            lower=_decimal(row[lower]),
            upper=_decimal(row[upper]),
            votes=int(float(row[votes])),
            source=SOURCE,
        )


def _decimal(text: str) -> str:
    """Return a number in canonical form: "6.10e-05" is "0.000061", and "1.0" is "1"."""
    # Adding zero turns -0 into 0.
    return f"{Decimal(text).normalize() + 0:f}"


def _rejected(row: Row, column: str, expected: str) -> RejectedRow:
    problem: RejectionReason = "unknown state" if column == "ccode" else "unusable number"
    return row.rejected(NAME, column, problem, expected)


def _normalized(row: Row, column: str, rule: str) -> NormalizedRow:
    return NormalizedRow(NAME, row.path.name, row.line, column, row[column], "", rule)
