"""The description of the dataset in VoID and DCAT, with prefixes and the saved queries.

Editors query prefixes as ``sh:declare`` and examples as ``sh:SPARQLExecutable`` without a graph, so
these triples are in the default graph. All values are counted or read from their definitions; none
is written by hand.

https://www.w3.org/TR/void/, https://www.w3.org/TR/vocab-dcat-3/, https://www.w3.org/TR/shacl/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import pyoxigraph as ox

from kg.model.licences import CC0, licence_iri
from kg.rdf.derived_mapper import DERIVATIONS
from kg.rdf.iris import kebab, thing
from kg.rdf.ntriples import about, dated, plain, text, typed
from kg.rdf.vocabulary import (
    BASE,
    DATASET,
    DCAT,
    DCTERMS,
    PREFIXES,
    PROV,
    RDF,
    RDFS,
    SH,
    UNV,
    VOID,
    XSD,
)
from kg.release.coverage import BODIES, Coverage, by_body
from kg.release.examples import examples
from kg.release.manifest import SourceEntry, rights_statement

_DERIVED_BY: Final = {derivation.term: derivation.iri for derivation in DERIVATIONS.values()}
_CLASSES = "SELECT ?class (COUNT(?thing) AS ?n) { ?thing a ?class } GROUP BY ?class ORDER BY ?class"
_PROPERTIES = "SELECT ?property (COUNT(*) AS ?n) { ?s ?property ?o } GROUP BY ?property"


#: The file with the description in the folder of a release.
DESCRIPTION_FILE: Final = "description.nt"


def dataset_description(store: ox.Store, title: str, sources: Sequence[SourceEntry]) -> list[str]:
    """Return the VoID and DCAT description of the contents of a store, as N-Triples lines."""
    classes, properties = _counts(store, _CLASSES), _counts(store, _PROPERTIES)
    lines = [
        *about(DATASET, RDF.type, f"<{VOID.Dataset}>"),
        *about(DATASET, RDF.type, f"<{DCAT.Dataset}>"),
        *about(DATASET, DCTERMS.title, text(title)),
        *about(DATASET, VOID.uriSpace, plain(BASE + "id/")),
        *about(DATASET, VOID.vocabulary, f"<{UNV.iri.removesuffix('#')}>"),
        *about(DATASET, VOID.triples, typed(sum(properties.values()), XSD.integer)),
        *about(DATASET, VOID.classes, typed(len(classes), XSD.integer)),
        *about(DATASET, VOID.properties, typed(len(properties), XSD.integer)),
    ]
    lines += _terms(sources)
    lines += _periods([period for source in sources for period in source.coverage])
    for iri, count in classes.items():
        lines += _partition("class", iri, VOID.classPartition, VOID.term("class"))
        lines += about(_partition_iri("class", iri), VOID.entities, typed(count, XSD.integer))
    for iri, count in properties.items():
        lines += _partition("property", iri, VOID.propertyPartition, VOID.property)
        lines += about(_partition_iri("property", iri), VOID.triples, typed(count, XSD.integer))
    for prefix, namespace in PREFIXES.items():
        node = f"{DATASET}/prefix/{prefix}"
        lines += about(DATASET, SH.declare, f"<{node}>")
        lines += about(node, SH.prefix, plain(prefix))
        lines += about(node, SH.namespace, typed(namespace, XSD.anyURI))
    lines += examples([source.name for source in sources])
    return lines


def _terms(sources: Sequence[SourceEntry]) -> Iterator[str]:
    """Yield the rights in the dataset, and its licence if all sources have the same one."""
    rights = f"{DATASET}/rights"
    yield from about(DATASET, DCTERMS.rights, f"<{rights}>")
    yield from about(rights, RDF.type, f"<{DCTERMS.RightsStatement}>")
    yield from about(rights, RDFS.label, text(rights_statement(sources)))
    licences = {licence_iri(source.licence) for source in sources}
    if licences == {CC0}:
        yield from about(DATASET, DCTERMS.license, f"<{CC0}>")


def _periods(coverage: Sequence[Coverage]) -> Iterator[str]:
    """Yield the periods that the dataset covers of each body, and those of each source."""
    for body in by_body(coverage):
        for kind, period in body.periods.items():
            name = f"{BODIES[body.body]}: {kind}"
            yield from _period(DATASET, f"{DATASET}/period/{kebab(name)}", name, period)
    for period in coverage:
        name = f"{period.body_name}: {period.source}"
        source = thing("source", period.source)
        yield from _period(source, f"{DATASET}/period/{kebab(name)}", name, period)


def _period(of: str, this: str, label: str, period: Coverage) -> Iterator[str]:
    yield from about(of, DCTERMS.temporal, f"<{this}>")
    yield from about(this, RDF.type, f"<{DCTERMS.PeriodOfTime}>")
    yield from about(this, RDFS.label, text(label))
    yield from about(this, UNV.body, f"<{UNV.term(period.body)}>")
    yield from about(this, DCAT.startDate, dated(period.first))
    yield from about(this, DCAT.endDate, dated(period.last))


def _counts(store: ox.Store, query: str) -> dict[str, int]:
    rows = store.query(query)
    assert isinstance(rows, ox.QuerySolutions)
    counts = {}
    for iri, count in rows:
        assert isinstance(iri, ox.NamedNode)
        assert isinstance(count, ox.Literal)
        counts[iri.value] = int(count.value)
    return dict(sorted(counts.items()))


def _partition_iri(kind: str, iri: str) -> str:
    return f"{DATASET}/{kind}/{kebab(iri.partition('://')[2])}"


def _partition(kind: str, iri: str, has: str, of: str) -> Iterator[str]:
    if iri in _DERIVED_BY:
        yield from about(_partition_iri(kind, iri), PROV.wasGeneratedBy, f"<{_DERIVED_BY[iri]}>")
    yield from about(DATASET, has, f"<{_partition_iri(kind, iri)}>")
    yield from about(_partition_iri(kind, iri), RDF.type, f"<{VOID.Dataset}>")
    yield from about(_partition_iri(kind, iri), of, f"<{iri}>")
