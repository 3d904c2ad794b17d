"""N-Triples of sources and of the terms on which they may be used."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kg.model.licences import licence_iri
from kg.model.sources import Source
from kg.rdf.iris import thing
from kg.rdf.ntriples import about, dated, plain, sources, text, typed
from kg.rdf.vocabulary import DC, DCTERMS, FOAF, PROV, RDF, SKOS, UNV, XSD


def source(record: Source, rights: Callable[[str], str]) -> Iterator[str]:
    """Yield the lines of a source; ``rights`` returns the IRI of a statement of rights.

    Every source has an IRI of its terms: of its licence, or of a statement of rights.
    """
    this = thing("source", record.key)
    yield from about(this, RDF.type, f"<{UNV.Source}>")
    yield from about(this, DCTERMS.title, text(record.title))
    if record.publisher:
        yield from about(this, DC.publisher, plain(record.publisher))
    if record.date:
        yield from about(this, DCTERMS.date, dated(record.date))
    if record.licence:
        yield from about(this, DC.rights, text(record.licence))
    if licence := licence_iri(record.licence):
        yield from about(this, DCTERMS.license, f"<{licence}>")
    else:
        yield from about(this, DCTERMS.rights, f"<{rights(record.licence)}>")
    if record.redistributable is not None:
        allowed = typed(str(record.redistributable).lower(), XSD.boolean)
        yield from about(this, UNV.redistributable, allowed)
    if record.retrieved:
        yield from about(this, UNV.retrieved, dated(record.retrieved))
    if record.address:
        yield from about(this, FOAF.page, f"<{record.address}>")
    if record.note:
        yield from about(this, SKOS.editorialNote, text(record.note))
    yield from sources(this, PROV.wasDerivedFrom, record.derived_from)


def rights(terms: str) -> str:
    """Return the label of a statement of rights, as an RDF literal."""
    return text(terms or "The terms of this source are not known.")
