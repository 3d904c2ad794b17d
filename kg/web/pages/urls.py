"""URLs of pages and data on this host, and fallback names of resources without a label."""

from __future__ import annotations

import functools
from typing import Final
from urllib.parse import quote, urlencode

from kg.rdf import iris
from kg.rdf.vocabulary import UNV
from kg.sparql.formats import GRAPHS
from kg.web.pages.ontology_terms import label_of_term, ontology, short_name

#: The formats of ``/data/`` by the extension of the path.
DATA_FORMATS: Final = {
    rdf.extension: rdf for rdf in GRAPHS if rdf.name in {"turtle", "jsonld", "ntriples", "rdfxml"}
}
_BODIES: Final = {UNV.GeneralAssembly, UNV.SecurityCouncil}


@functools.lru_cache(maxsize=4096)
def _quoted(path: str) -> str:
    # A page has hundreds of links, many of them the same on other pages.
    return quote(path, safe="/#:,")


class UrlBuilder:
    """Builds URLs below the path at which the application is mounted (``root``, often empty)."""

    def __init__(self, root: str) -> None:
        self.root = root

    def path(self, path: str, **parameters: object) -> str:
        """Return the URL of a path of this service; parameters without a value are omitted."""
        present = {name: value for name, value in parameters.items() if value not in ("", None)}
        query = f"?{urlencode(present, doseq=True)}" if present else ""
        return f"{self.root}/{_quoted(path)}{query}"

    def page(self, iri: str) -> str:
        """Return the URL of a page about an IRI: on this host if it answers for the IRI.

        It is empty for any other IRI that is not a web address.
        """
        path = iris.local_path(iri)
        if path is None:
            return iri if iri.startswith(("http://", "https://")) else ""
        if iri in _BODIES:
            return self.path("body/" + iri.removeprefix(UNV.iri))
        return self.path("page/" + path.removeprefix("id/") if path.startswith("id/") else path)

    def figure(self, iri: str, extension: str) -> str:
        """Return the URL of the figure of a resource of this service, in a format."""
        path = (iris.local_path(iri) or "").removeprefix("id/")
        return self.path(f"embed/{path}.{extension}")

    def data(self, path: str, extension: str) -> str:
        """Return the URL of the data of a path in a format."""
        return self.path(f"data/{path}.{extension}")


def is_external(iri: str) -> bool:
    """Return whether an IRI leads to another host."""
    return not iris.is_local(iri)


def fallback_label(iri: str) -> str:
    """Return a name, made from the IRI, for a resource that has no label.

    >>> fallback_label(iris.vote("A-RES-ES-11-6", "IND"))
    'vote A-RES-ES-11-6/IND'
    """
    if iri in ontology():
        return label_of_term(iri)
    if parsed := iris.parse(iri):
        kind, key = parsed
        return f"{kind} {key}"
    if (path := iris.local_path(iri)) is not None:
        return path
    short = short_name(iri)
    return short if short != iri else iri.removeprefix("https://").removeprefix("http://")
