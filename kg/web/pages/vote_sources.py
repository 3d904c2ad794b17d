"""The sources that record the votes of an event: those of most votes, and exceptions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from kg.rdf.vocabulary import LABEL_LANGUAGE, UNV
from kg.web.pages.description import Description
from kg.web.pages.queries import QueryRunner, iri_list, iri_text
from kg.web.pages.state_index import States, key_of

#: IRI and title of a source.
NamedSource = tuple[str, str]


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
    queries: QueryRunner, states: States, event: Description | None
) -> EventSources:
    """Return the sources that record the votes of an event; states are sorted by name.

    Raises:
        KgError: if the engine cannot answer.
    """
    usual_set = event.value(UNV.recordedBy) if event else ""
    if event is None or not usual_set:
        return EventSources([], [])
    rows = await queries.rows(
        f"""
        SELECT ?set ?state WHERE {{
          ?vote unv:event {iri_text(event.iri)} ; unv:recordedBy ?set ; unv:castBy ?state
        }}
        """
    )
    keys: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        keys[row["set"]].append(key_of(row["state"]))
    members = await _members(queries, [usual_set, *keys])
    by_size = sorted(keys, key=lambda source_set: (-len(keys[source_set]), source_set))
    return EventSources(
        members[usual_set],
        [
            (members[source_set], sorted(keys[source_set], key=states.label))
            for source_set in by_size
        ],
    )


async def _members(queries: QueryRunner, sets: list[str]) -> dict[str, list[NamedSource]]:
    """Return the sources in each set."""
    rows = await queries.rows(
        f"""
        SELECT ?set ?source ?title WHERE {{
          VALUES ?set {{ {iri_list(sets)} }}
          ?set prov:hadMember ?source . ?source dcterms:title ?title
          FILTER(LANG(?title) = "{LABEL_LANGUAGE}")
        }} ORDER BY ?set ?title
        """
    )
    members: dict[str, list[NamedSource]] = defaultdict(list)
    for row in rows:
        members[row["set"]].append((row["source"], row["title"]))
    return members
