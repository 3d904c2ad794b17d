"""The periods that the sources of a release cover, by body, computed from the loaded events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from pydantic import BaseModel, ConfigDict

#: The names of the bodies, in the order in which they are listed.
BODIES: Final = {"GeneralAssembly": "General Assembly", "SecurityCouncil": "Security Council"}
_DAY_LENGTH: Final = len("1946-01-01")


class Coverage(BaseModel):
    """The period of the events of a body in one source, or in several.

    ``source`` is the key of the source in the graph, empty for several. ``first`` and ``last`` are
    days, or months where no day is known. ``without_vote`` counts the adoptions without a vote
    among the ``events``. ``selected`` is set for a choice of events, which covers no period whole.
    """

    model_config = ConfigDict(frozen=True)

    body: str
    source: str = ""
    first: str
    last: str
    events: int = 0
    without_vote: int = 0
    selected: bool = False

    @property
    def body_name(self) -> str:
        """The name of the body."""
        return BODIES.get(self.body, self.body)

    @property
    def in_words(self) -> str:
        """The period in words."""
        kind = "selected votes from " if self.selected else ""
        return f"{self.body_name}: {kind}{in_words(self.first)} to {in_words(self.last)}"


@dataclass(frozen=True)
class BodyCoverage:
    """The periods that all sources of a release together cover of one body.

    ``whole`` is the period of the sources with all votes, ``selected`` that of chosen votes,
    ``adoptions`` that of the sources that also contain the adoptions without a vote.
    """

    body: str
    whole: Coverage | None
    selected: Coverage | None
    adoptions: Coverage | None

    @property
    def periods(self) -> dict[str, Coverage]:
        """The known periods, by what they contain."""
        periods = {
            "recorded votes": self.whole,
            "adoptions without a vote": self.adoptions,
            "selected votes": self.selected,
        }
        return {kind: period for kind, period in periods.items() if period}


def by_body(coverages: Iterable[Coverage]) -> list[BodyCoverage]:
    """Return what sources together cover of each body of which they contain events."""
    all_coverages = list(coverages)
    bodies = []
    for body in BODIES:
        of_body = [coverage for coverage in all_coverages if coverage.body == body]
        whole = [coverage for coverage in of_body if not coverage.selected]
        selected = [coverage for coverage in of_body if coverage.selected]
        # A source that contains some adoptions without a vote contains all of its period.
        adoptions = [
            coverage.model_copy(update={"events": coverage.without_vote})
            for coverage in whole
            if coverage.without_vote
        ]
        if of_body:
            bodies.append(BodyCoverage(body, _joined(whole), _joined(selected), _joined(adoptions)))
    return bodies


def record_end(coverages: Iterable[Coverage]) -> str:
    """Return sentences on the last day that the record covers of each body; empty without events.

    >>> assembly = Coverage(body="GeneralAssembly", first="1946-01", last="2020-01-23")
    >>> council = Coverage(body="SecurityCouncil", first="1946-02-04", last="2025-12-30")
    >>> for part in record_end([council, assembly]).split(" and "):
    ...     print(part)
    The record ends on 23 January 2020 (General Assembly)
    on 30 December 2025 (Security Council).
    """
    bodies = by_body(coverages)
    whole = [body for body in bodies if body.whole]
    chosen = [body for body in bodies if not body.whole]
    sentences = []
    if whole:
        sentences.append(f"The record ends {' and '.join(map(_end, whole))}.")
    if chosen:
        ends = " and ".join(
            f"to {in_words(body.selected.last)} ({BODIES[body.body]})"
            for body in chosen
            if body.selected
        )
        start = "It also contains" if whole else "The record contains"
        sentences.append(f"{start} selected votes only: {ends}.")
    return " ".join(sentences)


def in_words(value: str) -> str:
    """Return an ISO day or month in words.

    >>> in_words("2025-12-30"), in_words("2020-01")
    ('30 December 2025', 'January 2020')
    """
    if len(value) == _DAY_LENGTH:
        day = date.fromisoformat(value)
        return f"{day.day} {day:%B %Y}"
    return f"{date.fromisoformat(f'{value}-01'):%B %Y}"


def _end(body: BodyCoverage) -> str:
    assert body.whole
    name = BODIES[body.body]
    if body.selected and body.selected.last > body.whole.last:
        name += f"; selected votes to {in_words(body.selected.last)}"
    preposition = "on" if len(body.whole.last) == _DAY_LENGTH else "in"
    return f"{preposition} {in_words(body.whole.last)} ({name})"


def _joined(coverages: Sequence[Coverage]) -> Coverage | None:
    """Return the period from the first to the last event of several; None of none."""
    if not coverages:
        return None
    return Coverage(
        body=coverages[0].body,
        first=earliest(coverage.first for coverage in coverages),
        last=max(coverage.last for coverage in coverages),
        events=sum(coverage.events for coverage in coverages),
        without_vote=sum(coverage.without_vote for coverage in coverages),
        selected=all(coverage.selected for coverage in coverages),
    )


def earliest(dates: Iterable[str]) -> str:
    """Return the earliest of ISO days and months, a day rather than its month.

    >>> earliest(["1946-02", "1946-01", "1946-01-14"])
    '1946-01-14'
    """
    return min(dates, key=lambda value: (value[:7], -len(value), value))
