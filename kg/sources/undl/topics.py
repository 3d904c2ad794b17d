"""Subject headings of the UN Digital Library as topics."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Final

from kg.model.votes import Topic
from kg.rdf.iris import kebab
from kg.sources.undl.events import RecordedEvent

SCHEME: Final = "undl-subjects"


def topic_key(heading: str) -> str:
    """Return the key of the topic of a heading."""
    return f"undl-{kebab(heading)}"


def topics_of(source: str, events: Iterable[RecordedEvent]) -> list[Topic]:
    """Return the subject headings of events, each in its most frequent spelling."""
    labels: dict[str, Counter[str]] = defaultdict(Counter)
    for event in events:
        for label in event.subjects:
            labels[topic_key(label)][label] += 1
    return [
        topic(min(spellings, key=lambda label: (-spellings[label], label)), source)
        for _, spellings in sorted(labels.items())
    ]


def topic(heading: str, source: str = "undl-ga") -> Topic:
    """Return a subject heading as a topic."""
    return Topic(
        key=topic_key(heading),
        label=heading,
        scheme=SCHEME,
        notation="",
        source=source,
        scheme_title="Subject headings of the UN Digital Library",
    )
