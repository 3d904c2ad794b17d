"""The table of mutants in the documentation."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.support.mutation.making import UNCHANGED
from tests.support.mutation.outcomes import Outcome
from tests.support.mutation.survivors import SURVIVORS

_BEGIN: Final = "<!-- mutants -->\n"
_END: Final = "\n<!-- end of mutants -->\n"


@dataclass
class _Row:
    """The results of the mutants of a kind."""

    made: int = 0
    killed: int = 0
    shapes: Counter[str] = field(default_factory=Counter)
    components: Counter[str] = field(default_factory=Counter)

    @property
    def by(self) -> str:
        """The shapes that find most of the mutants, or else the components that find many."""
        shapes = [name for name, number in self.shapes.most_common() if number * 2 >= self.killed]
        components = [
            name for name, number in self.components.most_common() if number * 10 >= self.killed
        ]
        return ", ".join(f"`{name}`" for name in shapes or components)


def counts(outcomes: Iterable[Outcome]) -> dict[str, tuple[int, int]]:
    """Return the numbers of mutants made and killed, by kind."""
    return {kind: (row.made, row.killed) for kind, row in _rows(outcomes).items()}


def as_markdown(outcomes: Iterable[Outcome]) -> str:
    """Return the table of all kinds and all constraints, and the list of survivors."""
    rows = _rows(outcomes)
    text = "\n| kind | mutants | killed | by |\n|---|---|---|---|\n"
    for kind in sorted(rows, key=lambda each: (each.startswith("sh:"), each.casefold())):
        row = rows[kind]
        name, by = (f"`{kind}`", "itself") if kind.startswith("sh:") else (kind, row.by)
        text += f"| {name} | {row.made} | {row.killed} | {by} |\n"
    text += "\n| survivor | | reason |\n|---|---|---|\n"
    for (kind, place), reason in SURVIVORS.items():
        text += f"| {kind} | {place} | {reason} |\n"
    return text


def counts_in(page: Path) -> dict[str, tuple[int, int]]:
    """Return the numbers in the table of a page."""
    _, _, rest = page.read_text(encoding="utf-8").partition(_BEGIN)
    rows = [line.strip("|").split("|") for line in rest.partition(_END)[0].splitlines()]
    return {
        _kind(row[0]): (int(row[1]), int(row[2]))
        for row in rows
        if len(row) == 4 and row[1].strip().isdigit()
    }


def _kind(cell: str) -> str:
    name = cell.strip()
    return name.strip("`") if name.startswith("`sh:") else name


def write(page: Path, outcomes: Iterable[Outcome]) -> None:
    """Write the table into a page, between its two markers."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not end:
        raise ValueError(f"expected the markers of the table in {page}, found none")
    page.write_text(f"{before}{begin}{as_markdown(outcomes)}{end}{after}", encoding="utf-8")


def _rows(outcomes: Iterable[Outcome]) -> dict[str, _Row]:
    rows: dict[str, _Row] = defaultdict(_Row)
    for outcome in outcomes:
        if outcome.mutant.kind == UNCHANGED:
            continue
        row = rows[outcome.mutant.kind]
        row.made += 1
        row.killed += outcome.killed
        row.shapes.update({finding.shape for finding in outcome.findings})
        row.components.update({_parameter(finding.component) for finding in outcome.findings})
    return rows


def _parameter(component: str) -> str:
    """Return the parameter of a component, as used in shapes."""
    name = component.removesuffix("ConstraintComponent")
    return f"sh:{name.lower() if name.isupper() else name[0].lower() + name[1:]}"
