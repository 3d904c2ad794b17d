"""Published measures of states as N-Triples."""

from __future__ import annotations

from collections.abc import Iterator

from kg.model.ideal_points import IdealPoint
from kg.rdf import iris
from kg.rdf.iris import thing
from kg.rdf.ntriples import about, plain, sources, text, typed
from kg.rdf.vocabulary import PROV, RDF, RDFS, UNV, XSD


def ideal_point(point: IdealPoint) -> Iterator[str]:
    """Yield the lines of an estimate."""
    this = thing("idealpoint", point.key)
    yield from about(this, RDF.type, f"<{UNV.IdealPointObservation}>")
    label = f"{point.state}: ideal point in {point.year} ({point.model})"
    yield from about(this, RDFS.label, text(label))
    yield from about(this, UNV.state, f"<{iris.state(point.state)}>")
    yield from about(this, UNV.year, typed(point.year, XSD.integer))
    yield from about(this, UNV.model, plain(point.model))
    for term, number in (
        (UNV.estimate, point.estimate),
        (UNV.lower, point.lower),
        (UNV.upper, point.upper),
    ):
        yield from about(this, term, typed(number, XSD.decimal))
    yield from about(this, UNV.basedOnVotes, typed(point.votes, XSD.integer))
    yield from sources(this, PROV.wasDerivedFrom, (point.source,))
