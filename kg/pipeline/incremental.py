"""An incremental build: what it takes from the earlier one, and keeps for the next one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.pipeline import build_cache, conformity
from kg.pipeline.blocks import Block
from kg.pipeline.build_cache import BuildCache, UnusableCacheError
from kg.pipeline.event_facts import EventFacts
from kg.pipeline.record_facts import RecordFacts
from kg.pipeline.source_cache import SourceCache
from kg.progress import ProgressReporter
from kg.sources.selection import SourceSelection


@dataclass(frozen=True)
class IncrementalBuild:
    """A build into a folder; without an earlier one, it does everything.

    ``software`` is the digest of the software at its start: files may change while it runs.
    """

    folder: Path
    software: str
    sources: SourceCache
    earlier: BuildCache | None

    @classmethod
    def start(
        cls,
        selections: Sequence[SourceSelection],
        data: Path,
        folder: Path,
        progress: ProgressReporter,
    ) -> IncrementalBuild:
        """Read what an earlier build left in a data folder, and say whether it can be used."""
        software = build_cache.software()
        caches = data / build_cache.FOLDER, build_cache.unfinished(folder)
        sources = SourceCache(*caches, software, selections)
        try:
            with progress.step("read", "Reading the results of the earlier build"):
                earlier = build_cache.read(data, software)
        except UnusableCacheError as error:
            progress.message(f"Full build: {error}")
            return cls(folder, software, sources, None)
        progress.message(f"Incremental build, from the release {earlier.release.name}")
        return cls(folder, software, sources, earlier)

    def keep(
        self,
        name: str,
        blocks: Iterable[Block],
        events: EventFacts,
        records: RecordFacts,
        progress: ProgressReporter,
    ) -> None:
        """Write the cache of the new release, whose events have been validated."""
        with progress.step("keep", "Keeping the facts for the next incremental build"):
            validated = conformity.of_build(
                events.batches, records.batches_with_findings, events.blocks, events.context
            )
            build_cache.write(self.folder, name, self.software, blocks, validated, self.earlier)
