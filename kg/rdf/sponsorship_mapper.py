"""The sponsors of a draft or of an adopted document as N-Triples."""

from __future__ import annotations

from collections.abc import Iterator

from kg.model.sponsorship import Sponsors, Sponsorship
from kg.rdf import iris
from kg.rdf.iris import thing
from kg.rdf.ntriples import about
from kg.rdf.vocabulary import UNV


def sponsorship(this: str, sponsorship: Sponsorship) -> Iterator[str]:
    """Yield the lines on the sponsors of the text with an IRI."""
    yield from _sponsors(this, UNV.sponsor, sponsorship.sponsors)
    yield from _sponsors(this, UNV.additionalSponsor, sponsorship.additional)
    yield from _sponsors(this, UNV.onBehalfOf, Sponsors(agents=sponsorship.on_behalf_of))


def _sponsors(this: str, predicate: str, sponsors: Sponsors) -> Iterator[str]:
    for state in sponsors.states:
        yield from about(this, predicate, f"<{iris.state(state)}>")
    for key in sponsors.agents:
        yield from about(this, predicate, f"<{thing('agent', key)}>")
