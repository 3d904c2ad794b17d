"""Names of resources: their labels, or composed from the names of their parts."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import pyoxigraph as ox

from kg.rdf import iris
from kg.rdf.vocabulary import DCTERMS, LABEL_LANGUAGE, RDFS, SKOS, UNV
from kg.web.pages.composed_names import composed_kind, composed_name, name_properties
from kg.web.pages.queries import QueryRunner, iri_list, iri_text

#: Properties whose value names a resource, in order of preference.
LABELS: Final = (RDFS.label, SKOS.prefLabel, DCTERMS.title, UNV.symbol)
_WITHOUT_LABEL: Final = {SKOS.prefLabel: "FILTER NOT EXISTS { ?s rdfs:label ?label }"}

Term = ox.NamedNode | ox.Literal


async def labels_of(queries: QueryRunner, resources: Iterable[str]) -> dict[str, str]:
    """Return the English names of those resources that have one.

    Raises:
        KgError: if the engine cannot answer.
    """
    listed = list(dict.fromkeys(resources))
    labels, composed = await asyncio.gather(
        label_triples(queries, [iri for iri in listed if not composed_kind(iri)]),
        composed_names(queries, listed),
    )
    return names_of(labels) | composed


async def label_triples(queries: QueryRunner, resources: Iterable[str]) -> list[ox.Triple]:
    """Return the labels, in all languages, of those resources that are ours.

    Raises:
        KgError: if the engine cannot answer.
    """
    kept = queries.kept().names.labels
    ours = [iri for iri in resources if iris.is_local(iri)]
    # States, topics and classes are on many pages.
    if missing := [iri for iri in ours if iri not in kept]:
        labels: dict[str, list[ox.Triple]] = {iri: [] for iri in missing}
        for triple in await _read_labels(queries, missing):
            assert isinstance(triple.subject, ox.NamedNode)
            labels[triple.subject.value].append(triple)
        kept.update(labels)
    triples = (triple for iri in ours for triple in kept[iri])
    return sorted(triples, key=lambda triple: LABELS.index(triple.predicate.value))


async def _read_labels(queries: QueryRunner, resources: list[str]) -> list[ox.Triple]:
    values = f"VALUES ?s {{ {iri_list(resources)} }}"
    # One pattern per property: a variable property would read all triples of each resource.
    # Preferred names in other languages are not needed where there is a label.
    patterns = " UNION ".join(
        f"{{ {values} ?s {iri_text(p)} ?o BIND({iri_text(p)} AS ?p) {_WITHOUT_LABEL.get(p, '')} }}"
        for p in LABELS
    )
    return await queries.triples(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {patterns} }}")


async def composed_names(queries: QueryRunner, resources: Iterable[str]) -> dict[str, str]:
    """Return the names of those resources whose names are composed from those of their parts.

    Raises:
        KgError: if the engine cannot answer.
    """
    kept = queries.kept().names.composed
    wanted = {iri: kind for iri in resources if (kind := composed_kind(iri))}
    by_kind: dict[str, list[str]] = defaultdict(list)
    for iri, kind in wanted.items():
        if iri not in kept:
            by_kind[kind].append(iri)
    if by_kind:
        names = await _compose_names(queries, by_kind)
        kept.update((iri, names.get(iri, "")) for of_kind in by_kind.values() for iri in of_kind)
    return {iri: kept[iri] for iri in wanted if kept[iri]}


async def _compose_names(queries: QueryRunner, by_kind: Mapping[str, list[str]]) -> dict[str, str]:
    patterns = " UNION ".join(
        f"{{ VALUES ?s {{ {iri_list(wholes)} }} ?s {iri_text(p)} ?o BIND({iri_text(p)} AS ?p) }}"
        for kind, wholes in by_kind.items()
        for p in name_properties(kind)
    )
    rows = await queries.rows(f"SELECT ?s ?p ?o WHERE {{ {patterns} }} ORDER BY ?s ?p ?o")
    properties: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        properties[row["s"]][row["p"]].append(row["o"])
    labels = names_of(await label_triples(queries, dict.fromkeys(row["o"] for row in rows)))
    return {iri: composed_name(iri, parts, labels) for iri, parts in properties.items()}


def names_of(labels: Iterable[ox.Triple]) -> dict[str, str]:
    """Return the best label of each subject of these triples."""
    by_subject: dict[str, dict[str, list[Term]]] = defaultdict(dict)
    for triple in labels:
        assert isinstance(triple.subject, ox.NamedNode)
        assert isinstance(triple.object, ox.Literal)
        by_subject[triple.subject.value].setdefault(triple.predicate.value, []).append(
            triple.object
        )
    return {iri: best_label(properties) for iri, properties in by_subject.items()}


def best_label(properties: Mapping[str, Sequence[Term]]) -> str:
    """Return the preferred label among the properties of a resource, in English if there is one."""
    for term in LABELS:
        labels = [label for label in properties.get(term, ()) if isinstance(label, ox.Literal)]
        english = [label.value for label in labels if label.language in {None, LABEL_LANGUAGE}]
        if labels:
            return english[0] if english else labels[0].value
    return ""
