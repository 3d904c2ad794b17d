"""Addresses: the IRI of a thing to its page on this host, and a name where it has no label."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, urlencode

from kg.rdf import iris
from kg.rdf.vocabulary import BASE, UNV
from kg.sparql.formats import GRAPHS
from kg.web.pages.ontology_terms import label_of_term, ontology, short_name

#: The formats of ``/data/``, by the ending of the address.
DATA_FORMATS: Final = {
    one.extension: one for one in GRAPHS if one.name in {"turtle", "jsonld", "ntriples", "rdfxml"}
}
_BODIES: Final = {UNV.GeneralAssembly, UNV.SecurityCouncil}


class Links:
    """Makes addresses below the path the application is mounted at (``root``, often empty)."""

    def __init__(self, root: str) -> None:
        self.root = root

    def to(self, path: str, **parameters: object) -> str:
        """Return the address of a path of this service; parameters without a value are left out."""
        given = {name: value for name, value in parameters.items() if value not in ("", None)}
        query = f"?{urlencode(given, doseq=True)}" if given else ""
        return f"{self.root}/{quote(path, safe='/#:,')}{query}"

    def page(self, iri: str) -> str:
        """Return where an IRI can be looked at: on this host if it is under our base."""
        if not iri.startswith(BASE):
            return iri if iri.startswith(("http://", "https://")) else ""
        path = iri.removeprefix(BASE)
        if iri in _BODIES:
            return self.to("body/" + iri.removeprefix(UNV.iri))
        return self.to("page/" + path.removeprefix("id/") if path.startswith("id/") else path)

    def data(self, path: str, extension: str) -> str:
        """Return the address of the data of a path in a format."""
        return self.to(f"data/{path}.{extension}")


def is_external(iri: str) -> bool:
    """Tell whether an IRI leads to another host."""
    return not iri.startswith(BASE)


def fallback_label(iri: str) -> str:
    """Return a name for what has no label, made from its IRI.

    >>> fallback_label(BASE + "id/vote/A-RES-ES-11-6/IND")
    'vote A-RES-ES-11-6/IND'
    """
    if iri in ontology():
        return label_of_term(iri)
    if found := iris.parse(iri):
        return f"{found[0]} {found[1]}"
    if iri.startswith(BASE):
        return iri.removeprefix(BASE)
    short = short_name(iri)
    return short if short != iri else iri.removeprefix("https://").removeprefix("http://")
