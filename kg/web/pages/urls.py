"""URLs of pages and data on this host, and fallback names of resources without a label."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, urlencode

from kg.rdf import iris
from kg.rdf.vocabulary import BASE, UNV
from kg.sparql.formats import GRAPHS
from kg.web.pages.ontology_terms import label_of_term, ontology, short_name

#: The formats of ``/data/`` by the extension of the path.
DATA_FORMATS: Final = {
    rdf.extension: rdf for rdf in GRAPHS if rdf.name in {"turtle", "jsonld", "ntriples", "rdfxml"}
}
_BODIES: Final = {UNV.GeneralAssembly, UNV.SecurityCouncil}


class UrlBuilder:
    """Builds URLs below the path at which the application is mounted (``root``, often empty)."""

    def __init__(self, root: str) -> None:
        self.root = root

    def path(self, path: str, **parameters: object) -> str:
        """Return the URL of a path of this service; parameters without a value are omitted."""
        present = {name: value for name, value in parameters.items() if value not in ("", None)}
        query = f"?{urlencode(present, doseq=True)}" if present else ""
        return f"{self.root}/{quote(path, safe='/#:,')}{query}"

    def page(self, iri: str) -> str:
        """Return the URL of a page about an IRI: on this host if the IRI is under the base IRI.

        It is empty for an IRI that is neither under the base IRI nor a web address.
        """
        if not iri.startswith(BASE):
            return iri if iri.startswith(("http://", "https://")) else ""
        path = iri.removeprefix(BASE)
        if iri in _BODIES:
            return self.path("body/" + iri.removeprefix(UNV.iri))
        return self.path("page/" + path.removeprefix("id/") if path.startswith("id/") else path)

    def data(self, path: str, extension: str) -> str:
        """Return the URL of the data of a path in a format."""
        return self.path(f"data/{path}.{extension}")


def is_external(iri: str) -> bool:
    """Return whether an IRI leads to another host."""
    return not iri.startswith(BASE)


def fallback_label(iri: str) -> str:
    """Return a name, made from the IRI, for a resource that has no label.

    >>> fallback_label(BASE + "id/vote/A-RES-ES-11-6/IND")
    'vote A-RES-ES-11-6/IND'
    """
    if iri in ontology():
        return label_of_term(iri)
    if parsed := iris.parse(iri):
        kind, key = parsed
        return f"{kind} {key}"
    if iri.startswith(BASE):
        return iri.removeprefix(BASE)
    short = short_name(iri)
    return short if short != iri else iri.removeprefix("https://").removeprefix("http://")
