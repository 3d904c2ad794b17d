"""The description of the dataset in VoID, with prefixes and the saved queries, beside that in DCAT.

Editors query prefixes as ``sh:declare`` and examples as ``sh:SPARQLExecutable`` without a graph, so
these triples are in the default graph. All values are counted or read from their definitions; none
is written by hand.

https://www.w3.org/TR/void/, https://www.w3.org/TR/vocab-dcat-3/, https://www.w3.org/TR/shacl/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import pyoxigraph as ox

from kg.rdf.ntriples import about, plain, text, typed
from kg.rdf.vocabulary import (
    BASE,
    DATASET,
    EU_COUNTRY,
    GEONAMES,
    ONTOLOGY,
    PREFIXES,
    RDF,
    RDFS,
    SH,
    SKOS,
    SUSTAINABLE_DEVELOPMENT_GOALS,
    UNV,
    VOID,
    WIKIDATA_ENTITY,
    XSD,
)
from kg.release import dcat
from kg.release.examples import examples
from kg.release.fact_table import FactTable
from kg.release.history import ReleaseIdentity
from kg.release.manifest import SourceEntry
from kg.release.store import add_facts, solution_texts
from kg.release.void_statistics import statistics

#: The file with the description in the folder of a release.
DESCRIPTION_FILE: Final = "description.nt"
#: The data sets to which resources are linked: name, title and the beginning of their IRIs.
_LINKED: Final = (
    ("wikidata", "Wikidata", WIKIDATA_ENTITY),
    ("geonames", "GeoNames", GEONAMES),
    ("eu-country", "Country authority table of the European Union", EU_COUNTRY),
    ("unbis", "UNBIS Thesaurus", "http://metadata.un.org/thesaurus/"),
    ("sdg", "Sustainable Development Goals", SUSTAINABLE_DEVELOPMENT_GOALS),
)
#: The properties that link to them.
_LINKS: Final = {
    "wikidata": UNV.wikidata,
    "exact-match": SKOS.exactMatch,
    "close-match": SKOS.closeMatch,
    "goal": UNV.sustainableDevelopmentGoal,
}
#: The classes of which an instance is an example.
_EXEMPLARY: Final = (UNV.VotingEvent, UNV.Resolution, UNV.State, UNV.Vote, UNV.Statement)
_EVENT_SOURCES: Final = """
    SELECT DISTINCT ?source { ?event a unv:VotingEvent ; prov:wasDerivedFrom ?source }
    ORDER BY ?source"""


def add_description(
    store: ox.Store, facts: FactTable, release: ReleaseIdentity, sources: Sequence[SourceEntry]
) -> str:
    """Add the description of the dataset to the store and facts of a release, and return it.

    It is N-Triples. Its statistics count all facts, the description included.
    """
    recorded_in = [iri for (iri,) in solution_texts(store, _EVENT_SOURCES)]
    described = "".join([*dcat.dataset(release, sources, recorded_in), *_dataset(store, sources)])
    facts.add(add_facts(store, described))
    facts.match(store)
    counted = statistics(facts)
    facts.add(add_facts(store, counted))
    return described + counted


def _dataset(store: ox.Store, sources: Sequence[SourceEntry]) -> Iterator[str]:
    yield from about(DATASET, RDF.type, f"<{VOID.Dataset}>")
    yield from about(DATASET, VOID.uriSpace, plain(BASE + "id/"))
    yield from about(DATASET, VOID.vocabulary, f"<{ONTOLOGY}>")
    for kind in _EXEMPLARY:
        for (iri,) in solution_texts(store, f"SELECT ?thing {{ ?thing a <{kind}> }} LIMIT 1"):
            yield from about(DATASET, VOID.exampleResource, f"<{iri}>")
    yield from _linksets(store)
    for prefix, namespace in PREFIXES.items():
        node = f"{DATASET}/prefix/{prefix}"
        yield from about(DATASET, SH.declare, f"<{node}>")
        yield from about(node, SH.prefix, plain(prefix))
        yield from about(node, SH.namespace, typed(namespace, XSD.anyURI))
    yield from examples([source.name for source in sources])


def _linksets(store: ox.Store) -> Iterator[str]:
    """Yield the linked data sets, and a linkset for each property that leads to one of them."""
    described = set()
    for link, term in _LINKS.items():
        query = f"SELECT ?value {{ ?thing <{term}> ?value }}"
        values = [iri for (iri,) in solution_texts(store, query)]
        for name, title, space in _LINKED:
            count = sum(value.startswith(space) for value in values)
            if not count:
                continue
            target, this = f"{DATASET}/linked/{name}", f"{DATASET}/linkset/{name}-{link}"
            if target not in described:
                described.add(target)
                yield from about(target, RDF.type, f"<{VOID.Dataset}>")
                yield from about(target, RDFS.label, text(title))
                yield from about(target, VOID.uriSpace, plain(space))
            yield from about(this, RDF.type, f"<{VOID.Linkset}>")
            yield from about(this, VOID.subjectsTarget, f"<{DATASET}>")
            yield from about(this, VOID.objectsTarget, f"<{target}>")
            yield from about(this, VOID.linkPredicate, f"<{term}>")
            yield from about(this, VOID.triples, typed(count, XSD.integer))
