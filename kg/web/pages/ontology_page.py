"""The documentation of the ontology, made from the ontology itself and the release in force."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from kg.rdf.vocabulary import UNV
from kg.web.pages.ontology_terms import KINDS, Term, ontology
from kg.web.pages.queries import Asker, iri_text
from kg.web.pages.urls import fallback_label

_OWL_CLASS = "http://www.w3.org/2002/07/owl#Class"
#: What the documentation tells of a term, in its order: prefix, name, words.
TOLD = (
    ("rdf", "type", "is a"),
    ("rdfs", "subClassOf", "kind of"),
    ("rdfs", "domain", "of a"),
    ("rdfs", "range", "leads to"),
    ("owl", "inverseOf", "inverse of"),
    ("skos", "notation", "notation"),
    ("skos", "closeMatch", "close to"),
    ("skos", "relatedMatch", "related to"),
    ("skos", "exactMatch", "the same as"),
)


@dataclass(frozen=True)
class Section:
    """The terms of one kind."""

    title: str
    terms: list[Term]


async def ontology_page(asker: Asker) -> dict[str, object]:
    """Return what the template shows: terms by kind, properties by class, an example of each class.

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
        "told": TOLD,
        "examples": await _examples(asker),
        "namespace": UNV.iri,
        "hidden": tuple(KINDS),
        "short": fallback_label,
    }


async def _examples(asker: Asker) -> dict[str, str]:
    """Return one thing of each class that has any."""
    classes = [iri for iri, term in ontology().items() if term.kind == _OWL_CLASS]
    one_of = "{{ SELECT ({0} AS ?class) ?thing WHERE {{ ?thing a {0} }} LIMIT 1 }}"
    parts = " UNION ".join(one_of.format(iri_text(one)) for one in classes)
    rows = await asker.rows(f"SELECT ?class ?thing WHERE {{ {parts} }}")
    return {row["class"]: row["thing"] for row in rows}
