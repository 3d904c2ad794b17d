"""All topics of the current release with their number of votes, read once per release."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from kg.rdf.iris import local_name
from kg.rdf.vocabulary import LABEL_LANGUAGE
from kg.sparql.saved_queries import library
from kg.web.pages.per_release import PerRelease
from kg.web.pages.queries import QueryRunner

#: Topics that forms offer: those of most votes.
_OFFERED_TOPICS: Final = 100
_NO_SCHEME: Final = "Other topics"
_TOPICS: Final = f"""
SELECT DISTINCT ?topic ?label WHERE {{
  ?text dcterms:subject ?topic . ?topic skos:prefLabel ?label
  FILTER(LANG(?label) = "{LABEL_LANGUAGE}")
}}
"""
_SCHEMES: Final = "SELECT ?topic ?scheme WHERE { ?topic skos:inScheme ?scheme }"
_NAMES_OF_SCHEMES: Final = f"""
SELECT ?scheme ?label WHERE {{
  ?scheme a skos:ConceptScheme .
  {{ ?scheme rdfs:label ?label }} UNION {{ ?scheme dcterms:title ?label }}
  FILTER(LANG(?label) = "{LABEL_LANGUAGE}")
}}
"""


@dataclass(frozen=True)
class Topic:
    """A topic; ``events`` is the number of its voting events, 0 for one of paragraphs only."""

    iri: str
    label: str
    events: int
    scheme: str

    @property
    def key(self) -> str:
        """The last part of its IRI."""
        return local_name(self.iri)


@dataclass(frozen=True)
class Topics:
    """All topics, those of most votes first, then by name."""

    all: tuple[Topic, ...]

    @cached_property
    def by_key(self) -> dict[str, Topic]:
        """The topics by key."""
        return {topic.key: topic for topic in self.all}

    @cached_property
    def offered(self) -> dict[str, str]:
        """The topics that forms offer: their names by IRI, in the order of the names."""
        busiest = by_name(topic for topic in self.all[:_OFFERED_TOPICS] if topic.events)
        return {topic.iri: topic.label for topic in busiest}


def by_name(topics: Iterable[Topic]) -> tuple[Topic, ...]:
    """Return topics in the order of their names."""
    return tuple(sorted(topics, key=lambda topic: (topic.label.casefold(), topic.iri)))


class TopicIndex:
    """The topics of the current release."""

    def __init__(self, queries: QueryRunner) -> None:
        self._queries = queries
        self._topics = PerRelease(queries, self._read)

    async def read(self) -> Topics:
        """Return the topics; votes are counted by the saved query ``topics``.

        Raises:
            KgError: if the engine cannot answer.
        """
        return await self._topics.get()

    async def _read(self) -> Topics:
        rows = self._queries.rows
        voted, topics, schemes, names = await asyncio.gather(
            rows(library()["topics"].text),
            rows(_TOPICS),
            rows(_SCHEMES),
            rows(_NAMES_OF_SCHEMES),
        )
        events = {row["topic"]: int(row["events"]) for row in voted}
        name_of = {row["scheme"]: row["label"] for row in names}
        scheme_of = {row["topic"]: name_of.get(row["scheme"], _NO_SCHEME) for row in schemes}
        found = [
            Topic(
                row["topic"],
                row["label"],
                events.get(row["topic"], 0),
                scheme_of.get(row["topic"], _NO_SCHEME),
            )
            for row in topics
        ]
        return Topics(tuple(sorted(found, key=lambda t: (-t.events, t.label, t.iri))))
