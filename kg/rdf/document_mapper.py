"""Drafts and agenda items as N-Triples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kg.model.documents import AgendaItem, MergedDraft
from kg.model.symbols import slug
from kg.rdf import iris
from kg.rdf.iris import thing
from kg.rdf.ntriples import about, dated, plain, sources, text
from kg.rdf.sponsorship_mapper import sponsorship
from kg.rdf.vocabulary import DCTERMS, PROV, RDF, RDFS, UNV

#: A symbol that is also an address of the official document system.
_ADDRESSABLE: Final = re.compile(r"[AS]/[A-Za-z0-9./()-]+")


def agenda_item(item: AgendaItem, session: str) -> Iterator[str]:
    """Yield the lines of an agenda item; ``session`` is the IRI of its session, empty if none."""
    this = thing("agendaitem", item.key)
    yield from about(this, RDF.type, f"<{UNV.AgendaItem}>")
    yield from about(this, RDFS.label, text(item.title or f"Agenda item {item.number}"))
    if session:
        yield from about(this, UNV.session, f"<{session}>")
    if item.number:
        yield from about(this, UNV.itemNumber, plain(item.number))
    if item.document:
        yield from about(this, UNV.agendaDocument, plain(item.document))
    yield from sources(this, PROV.wasDerivedFrom, (item.source,))


def draft(merged: MergedDraft, session: str) -> Iterator[str]:
    """Yield the lines of a draft; ``session`` is the IRI of its session, empty if none."""
    draft = merged.draft
    this = iris.draft(draft.symbol)
    yield from about(this, RDF.type, f"<{UNV.Document}>")
    yield from about(this, RDF.type, f"<{UNV.Draft}>")
    yield from about(this, RDFS.label, text(draft.symbol))
    yield from about(this, UNV.symbol, plain(draft.symbol))
    for variant in merged.variants:
        yield from about(this, UNV.symbolVariant, plain(variant))
    yield from about(this, UNV.body, f"<{UNV.term(draft.body)}>")
    if session:
        yield from about(this, UNV.session, f"<{session}>")
    if draft.date:
        yield from about(this, DCTERMS.date, dated(draft.date))
    if draft.outcome:
        yield from about(this, UNV.outcome, plain(draft.outcome))
    for symbol in draft.adopted_as:
        yield from about(this, UNV.adoptedAs, f"<{iris.document(symbol)}>")
    for version in draft.versions:
        if slug(version) != draft.key:
            yield from about(this, PROV.wasRevisionOf, f"<{iris.draft(version)}>")
    yield from sponsorship(this, draft.sponsorship)
    if _ADDRESSABLE.fullmatch(draft.symbol):
        yield from about(this, UNV.document, f"<https://undocs.org/{draft.symbol}>")
    yield from sources(this, PROV.wasDerivedFrom, merged.sources)
