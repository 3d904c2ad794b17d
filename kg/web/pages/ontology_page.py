"""The documentation of the ontology, generated from the ontology and the current release."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from kg.rdf.vocabulary import UNV
from kg.web.pages.ontology_terms import KINDS, Term, ontology, ontology_version
from kg.web.pages.queries import QueryRunner, iri_text
from kg.web.pages.urls import fallback_label
from kg.web.pages.vocabulary_files import earlier_versions

_OWL_CLASS = "http://www.w3.org/2002/07/owl#Class"
#: The properties of a term that the documentation shows, in this order: prefix, name, heading.
DOCUMENTED_PROPERTIES = (
    ("rdf", "type", "type"),
    ("owl", "deprecated", "deprecated"),
    ("dcterms", "isReplacedBy", "replaced by"),
    ("rdfs", "subClassOf", "subclass of"),
    ("rdfs", "subPropertyOf", "subproperty of"),
    ("rdfs", "domain", "domain"),
    ("rdfs", "range", "range"),
    ("owl", "inverseOf", "inverse of"),
    ("skos", "notation", "notation"),
    ("skos", "example", "example"),
    ("skos", "closeMatch", "close match"),
    ("skos", "relatedMatch", "related match"),
    ("skos", "exactMatch", "exact match"),
)


@dataclass(frozen=True)
class Section:
    """The terms of one kind."""

    title: str
    terms: list[Term]


async def ontology_page(queries: QueryRunner) -> dict[str, object]:
    """Return the template variables: terms by kind, properties and an example of each class.

    Raises:
        KgError: if the engine cannot answer.
    """
    sections = [
        Section(title, [term for term in ontology().values() if term.kind == kind])
        for kind, title in KINDS.items()
    ]
    properties: dict[str, list[str]] = defaultdict(list)
    for iri, term in ontology().items():
        for owner in term.values("rdfs", "domain"):
            properties[owner].append(iri)
    return {
        "sections": sections,
        "properties": properties,
        "documented_properties": DOCUMENTED_PROPERTIES,
        "examples": await _examples(queries),
        "namespace": UNV.iri,
        "ontology_version": ontology_version(),
        "earlier_versions": list(earlier_versions()),
        "implied_types": tuple(KINDS),
        "fallback_label": fallback_label,
    }


async def _examples(queries: QueryRunner) -> dict[str, str]:
    """Return an instance of each class that has any."""
    classes = [iri for iri, term in ontology().items() if term.kind == _OWL_CLASS]
    pattern = "{{ SELECT ({0} AS ?class) ?instance WHERE {{ ?instance a {0} }} LIMIT 1 }}"
    patterns = " UNION ".join(pattern.format(iri_text(iri)) for iri in classes)
    rows = await queries.rows(f"SELECT ?class ?instance WHERE {{ {patterns} }}")
    return {row["class"]: row["instance"] for row in rows}
