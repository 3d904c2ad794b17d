"""What loading a file would give, without a build."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from kg import resources
from kg.model.sources import NormalizedRow, RejectedRecord, by_record
from kg.model.votes import VotingEvent
from kg.sources.loader import LoadResult, RegisteredSource
from kg.sources.states import read_register


@dataclass(frozen=True)
class SourceCheck:
    """The source of a file and what its loader returns; the events have been read."""

    source: RegisteredSource
    loaded: LoadResult
    events: list[VotingEvent]

    @property
    def rejected(self) -> list[RejectedRecord]:
        """The records with refused rows."""
        return by_record(self.loaded.rejected)

    @property
    def rules(self) -> dict[str, list[NormalizedRow]]:
        """The rows read by a rule, by rule in alphabetical order."""
        rules: dict[str, list[NormalizedRow]] = {}
        for row in sorted(self.loaded.normalized, key=lambda row: (row.rule, row.row)):
            rules.setdefault(row.rule, []).append(row)
        return rules

    @property
    def votes(self) -> Counter[str]:
        """The number of votes by the label of the option."""
        return Counter(option.label for event in self.events for option in event.votes.values())

    @property
    def period(self) -> tuple[str, str]:
        """The first and last date, empty without events."""
        dates = sorted(event.date for event in self.events) or [""]
        return dates[0], dates[-1]


def check(path: Path, source: RegisteredSource) -> SourceCheck:
    """Load a file or folder as a source.

    Raises:
        SourceError: if its loader refuses it.
    """
    loaded = source.load(path, read_register(resources.DATA))
    return SourceCheck(source, loaded, list(loaded.events))
