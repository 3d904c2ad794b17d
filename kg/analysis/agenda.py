"""What voting events are about: events under one agenda item, or on one text, over the years.

Most texts return to the agenda every year, so that votes on them are no independent observations.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

import pyoxigraph as ox

from kg.model.documents import item_name
from kg.rdf import iris
from kg.rdf.vocabulary import DCTERMS, RDFS, UNV

_FACTS: Final = ox.DefaultGraph()


def read_titles(store: ox.Store, events: Iterable[str]) -> list[list[str]]:
    """Return for each event (key) the titles of its agenda items, then those of its texts."""
    return [
        sorted(_titles(store, event, (UNV.agendaItem,), RDFS.label))
        + sorted(_titles(store, event, (UNV.decides, UNV.relatesTo), DCTERMS.title))
        for event in (iris.event(key) for key in events)
    ]


def topics(titles: Iterable[list[str]]) -> tuple[list[int], list[str]]:
    """Return the topic of each event by its number, and the names of the topics.

    Events with a title in common have one topic, and so have those that others connect. Its name is
    the first title that most of them have; events without a title have no name.
    """
    parent: dict[int, int] = {}

    def root(event: int) -> int:
        while parent[event] != event:
            parent[event] = parent[parent[event]]
            event = parent[event]
        return event

    first_with: dict[str, int] = {}
    known = list(titles)
    for event, own in enumerate(known):
        parent[event] = event
        for title in own:
            parent[root(event)] = root(first_with.setdefault(item_name(title), event))
    roots = [root(event) for event in range(len(known))]
    number = {event: place for place, event in enumerate(dict.fromkeys(roots))}
    names: Mapping[int, Counter[str]] = defaultdict(Counter)
    for event, own in enumerate(known):
        names[number[roots[event]]].update(own[:1])
    # Of titles that are equally frequent, the first by alphabet.
    named = [
        min(names[place], key=lambda title: (-names[place][title], title), default="")
        for place in number.values()
    ]
    return [number[event] for event in roots], named


def _titles(store: ox.Store, event: str, terms: Iterable[str], title: str) -> set[str]:
    return {
        quad.object.value
        for term in terms
        for link in store.quads_for_pattern(ox.NamedNode(event), ox.NamedNode(term), None, _FACTS)
        if isinstance(link.object, ox.NamedNode)
        for quad in store.quads_for_pattern(link.object, ox.NamedNode(title), None, _FACTS)
        if isinstance(quad.object, ox.Literal)
    }
