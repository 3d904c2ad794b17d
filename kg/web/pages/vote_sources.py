"""The sources that record the votes of an event: those of most votes, and exceptions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from kg.rdf.iris import local_name
from kg.rdf.vocabulary import LABEL_LANGUAGE, UNV
from kg.web.pages.description import Description
from kg.web.pages.queries import QueryRunner, iri_text
from kg.web.pages.state_index import States

#: IRI and title of a source.
NamedSource = tuple[str, str]
SourceSets = dict[str, list[NamedSource]]


@dataclass(frozen=True)
class EventSources:
    """The sources of most votes of an event; for the other votes, the states by source."""

    usual: list[NamedSource]
    exceptions: list[tuple[list[NamedSource], list[str]]]

    @property
    def exceptional_votes(self) -> int:
        """The number of votes that other sources record."""
        return sum(len(states) for _, states in self.exceptions)


async def event_sources(
    queries: QueryRunner, sets: SourceSets, states: States, event: Description | None
) -> EventSources:
    """Return the sources that record the votes of an event; states are sorted by name.

    ``sets`` are all sets of sources of the release.

    Raises:
        KgError: if the engine cannot answer.
    """
    usual_set = event.value(UNV.recordedBy) if event else ""
    if event is None or not usual_set:
        return EventSources([], [])
    rows = await queries.rows(
        f"""
        SELECT ?set ?vote WHERE {{
          ?vote unv:event {iri_text(event.iri)} ; unv:recordedBy ?set
        }}
        """
    )
    keys: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        keys[row["set"]].append(local_name(row["vote"]))
    by_size = sorted(keys, key=lambda source_set: (-len(keys[source_set]), source_set))
    return EventSources(
        sets.get(usual_set, []),
        [
            (sets.get(source_set, []), sorted(keys[source_set], key=states.label))
            for source_set in by_size
        ],
    )


async def source_sets(queries: QueryRunner) -> SourceSets:
    """Return the sources in each set of a release, by the IRI of the set.

    Raises:
        KgError: if the engine cannot answer.
    """
    rows = await queries.rows(
        f"""
        SELECT ?set ?source ?title WHERE {{
          ?set prov:hadMember ?source . ?source dcterms:title ?title
          FILTER(LANG(?title) = "{LABEL_LANGUAGE}")
        }} ORDER BY ?set ?title
        """
    )
    members: SourceSets = defaultdict(list)
    for row in rows:
        members[row["set"]].append((row["source"], row["title"]))
    return dict(members)
