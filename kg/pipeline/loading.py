"""The stage of a build that reads its sources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kg.errors import SourceError, TooManyRefusedError
from kg.model.agents import Agent, GroupMembership
from kg.model.documents import AgendaItem, Draft
from kg.model.records import Record
from kg.model.sources import NormalizedRow, RejectedRow, by_record
from kg.model.state_register import StateRegister
from kg.model.states import State, Suspension
from kg.model.votes import Topic, VoteCorrection
from kg.pipeline import group_memberships
from kg.pipeline.source_cache import SourceCache
from kg.progress import ProgressReporter
from kg.sources.loader import LoadResult
from kg.sources.selection import SourceSelection, read_state_register

#: Records whose names may differ between sources.
_NAMED_DIFFERENTLY: Final = (Topic, AgendaItem, Agent)
#: The number of rejected records listed in the message of a stopped build; others are counted.
LISTED_REJECTED_RECORDS: Final = 50


@dataclass(frozen=True)
class LoadedSource:
    """A source of the build with the result of its loader."""

    selection: SourceSelection
    result: LoadResult

    @property
    def name(self) -> str:
        """The name of the source."""
        return self.selection.source.name

    @property
    def rank(self) -> int | None:
        """Its rank among sources of roll calls, None for other sources."""
        return self.selection.source.precedence


@dataclass(frozen=True)
class LoadedSources:
    """All sources of a build in the order of the registry, and their records without duplicates.

    Rejected and normalised rows are complete only after the events have been read.
    """

    sources: list[LoadedSource]
    records: list[Record]
    register: StateRegister

    @property
    def states(self) -> dict[str, State]:
        """The states by key."""
        return {record.key: record for record in self.records if isinstance(record, State)}

    @property
    def suspensions(self) -> list[Suspension]:
        """The suspensions of the vote of states."""
        return [record for record in self.records if isinstance(record, Suspension)]

    @property
    def corrections(self) -> list[VoteCorrection]:
        """The corrections of votes announced by delegations."""
        return [item for source in self.sources for item in source.result.corrections]

    @property
    def drafts(self) -> list[Draft]:
        """The records of drafts, those of the most trusted source first."""
        ranked = sorted(self.sources, key=lambda source: (source.rank is None, source.rank or 0))
        return [draft for source in ranked for draft in source.result.drafts]

    def rejected_rows(self) -> list[RejectedRow]:
        """Return the unusable rows."""
        return [row for source in self.sources for row in source.result.rejected]

    def normalized_rows(self) -> list[NormalizedRow]:
        """Return the normalised rows."""
        return [row for source in self.sources for row in source.result.normalized]

    def check_rejected(self, max_rejected: int) -> None:
        """Check that the number of rejected rows is within the limit.

        Raises:
            TooManyRefusedError: if there are more; the message lists them.
        """
        rejected = self.rejected_rows()
        if len(rejected) > max_rejected:
            raise TooManyRefusedError(_rejections(rejected, max_rejected))


def load(
    selections: Sequence[SourceSelection],
    progress: ProgressReporter,
    cache: SourceCache | None = None,
) -> LoadedSources:
    """Read the selected sources, or take what a cache has of them.

    Raises:
        SourceError: if a source is invalid, or two sources differ in a record.
    """
    register = read_state_register(selections)
    loaded = []
    for selection in selections:
        source = f"{selection.source.name}: {selection.source.title}"
        with progress.step("read", f"Reading {source}"):
            result = cache.load(selection, register) if cache else selection.load(register)
        progress.message(f"Read {source}")
        for remark in result.remarks:
            progress.message(f"  {remark}")
        loaded.append(LoadedSource(selection, result))
    records = [record for source in loaded for record in source.result.records]
    groups = group_memberships.merge(r for r in records if isinstance(r, GroupMembership))
    others = _unique(r for r in records if not isinstance(r, GroupMembership))
    return LoadedSources(loaded, [*others, *groups.memberships, *groups.discrepancies], register)


def _unique(records: Iterable[Record]) -> list[Record]:
    """Return records without duplicates, such as a Source shared by several sources.

    Where two sources name a topic, an agenda item or an agent differently, the first is kept; what
    it lacks is taken from the other: the thesaurus IRI of a topic, the title of an item, the
    Wikidata item of an agent.
    """
    unique: dict[tuple[type, str], Record] = {}
    for record in records:
        earlier = unique.setdefault((type(record), record.key), record)
        if earlier != record and not isinstance(record, _NAMED_DIFFERENTLY):
            raise SourceError(
                f"two different records of the same {type(record).__name__.lower()}: {record.key}"
            )
        unique[type(record), record.key] = _completed(earlier, record)
    return list(unique.values())


def _completed(first: Record, other: Record) -> Record:
    """Return a record with the values of another one of the same thing that it lacks."""
    if isinstance(first, Topic) and isinstance(other, Topic):
        return replace(first, exact_match=first.exact_match or other.exact_match)
    if isinstance(first, AgendaItem) and isinstance(other, AgendaItem):
        document = first.document or other.document
        return replace(first, title=first.title or other.title, document=document)
    if isinstance(first, Agent) and isinstance(other, Agent) and not first.wikidata:
        sources = tuple(dict.fromkeys((*first.sources, *other.sources)))
        return replace(first, wikidata=other.wikidata, sources=sources)
    return first


def _rejections(rejected: list[RejectedRow], max_rejected: int) -> str:
    """Return the message for a build with too many rejected rows."""
    records = by_record(rejected)
    lines = [
        f"{record.where}: {record.value}: expected {record.expected}"
        for record in records[:LISTED_REJECTED_RECORDS]
    ]
    if more := sum(len(record.rows) for record in records[LISTED_REJECTED_RECORDS:]):
        lines.append(f"and {more} rows of {len(records) - len(lines)} more records")
    return "\n".join(
        [
            f"refused rows: {len(rejected)}, allowed: {max_rejected} (--max-refused counts rows); "
            "the previous release remains current",
            *lines,
        ]
    )
