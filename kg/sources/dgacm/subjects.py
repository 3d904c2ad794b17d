"""The library's subject headings as topics, shared with those of the UN Digital Library."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace

from kg.model.votes import Topic
from kg.sources.dgacm.documents import ParsedDocument
from kg.sources.dgacm.events import SOURCES
from kg.sources.undl.topics import topic, topic_key


def topics_of(documents: Iterable[ParsedDocument]) -> list[Topic]:
    """Return one topic for each heading, with its most frequent spelling and IRI."""
    sources: dict[str, str] = {}
    labels: dict[str, Counter[str]] = defaultdict(Counter)
    iris: dict[str, Counter[str]] = defaultdict(Counter)
    for document in documents:
        for subject in document.subjects:
            key = topic_key(subject.label)
            sources.setdefault(key, SOURCES[document.body])
            labels[key][subject.label] += 1
            if subject.iri:
                iris[key][subject.iri] += 1
    return [
        replace(
            topic(_most_frequent(spellings), sources[key]),
            exact_match=_most_frequent(iris.get(key, Counter())),
        )
        for key, spellings in sorted(labels.items())
    ]


def _most_frequent(values: Counter[str]) -> str:
    return min(values, key=lambda value: (-values[value], value), default="")
