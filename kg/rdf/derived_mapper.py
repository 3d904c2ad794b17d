"""Derived facts as N-Triples lines, and how each kind was computed.

Provenance is recorded once per kind, not once per fact: the description of the data set has a
partition for each class and property, and that partition is ``prov:wasGeneratedBy`` a derivation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from kg.model.derived import AgreementObservation, DerivedFact, Margin, YearlyTally
from kg.rdf import iris
from kg.rdf.iris import thing
from kg.rdf.ntriples import about, text, typed
from kg.rdf.vocabulary import DCTERMS, OPTION_TERMS, PROV, RDF, RDFS, UNV, XSD


@dataclass(frozen=True, slots=True)
class Derivation:
    """How facts of a kind were computed; ``term`` is their class or property."""

    key: str
    term: str
    label: str
    method: str

    @property
    def iri(self) -> str:
        """The IRI of the activity."""
        return thing("derivation", self.key)


DERIVATIONS: Final[dict[type[DerivedFact], Derivation]] = {
    Margin: Derivation(
        "margin",
        UNV.margin,
        "Subtracting the votes against from those in favour",
        "For each voting event with a recorded vote: unv:yesCount minus unv:noCount.",
    ),
    YearlyTally: Derivation(
        "yearly-tally",
        UNV.YearlyTally,
        "Counting the positions of each state by body and year",
        "For each body, state and calendar year: the events of the body dated in that year that "
        "are linked to the state by unv:inFavour, unv:against, unv:abstaining or unv:nonVoting. "
        "unv:unrecordedEvents counts the events of the body and year for which no source records "
        "non-voting, excluding adoptions without a vote.",
    ),
    AgreementObservation: Derivation(
        "agreement",
        UNV.AgreementObservation,
        "Counting how often two states voted alike by year",
        "For each pair of states and calendar year: unv:sharedVotes counts the events of the "
        "General Assembly dated in that year that are linked to both states by unv:inFavour, "
        "unv:against or unv:abstaining; unv:identicalVotes counts those that are linked to both "
        "by the same property.",
    ),
}


# Parts of the lines of agreement observations, for speed: there may be a million of these.
_IS_OBSERVATION: Final = f"<{RDF.type}> <{UNV.AgreementObservation}> .\n"
_BETWEEN: Final = f"<{UNV.between}>"
_YEAR: Final = f'<{UNV.year}> "'
_SHARED: Final = f'<{UNV.sharedVotes}> "'
_IDENTICAL: Final = f'<{UNV.identicalVotes}> "'
_INTEGER: Final = f'"^^<{XSD.integer}> .\n'


def subject(fact: DerivedFact) -> str:
    """Return the IRI of the subject of a derived fact."""
    match fact:
        case AgreementObservation():
            return iris.agreement(*fact.states, fact.year)
        case YearlyTally():
            return iris.tally(fact.body, fact.state, fact.year)
        case Margin():
            return iris.event(fact.event)


def lines(fact: DerivedFact) -> str:
    """Return the lines of a derived fact."""
    this = subject(fact)
    match fact:
        case AgreementObservation():
            return _observation(f"<{this}>", fact)
        case YearlyTally():
            return "".join(_tally(this, fact))
        case Margin():
            return "".join(about(this, UNV.margin, typed(fact.votes, XSD.integer)))


def derivation(kind: type[DerivedFact], sources: Iterable[str]) -> Iterator[str]:
    """Yield the lines that describe how facts of a kind were computed, and from which sources."""
    activity = DERIVATIONS[kind]
    yield from about(activity.iri, RDF.type, f"<{PROV.Activity}>")
    yield from about(activity.iri, RDFS.label, text(activity.label))
    yield from about(activity.iri, DCTERMS.description, text(activity.method))
    for key in sources:
        yield from about(activity.iri, PROV.used, f"<{thing('source', key)}>")


def _observation(this: str, fact: AgreementObservation) -> str:
    first, second = fact.states
    return (
        f"{this} {_IS_OBSERVATION}"
        f"{this} {_BETWEEN} {_state(first)} .\n"
        f"{this} {_BETWEEN} {_state(second)} .\n"
        f"{this} {_YEAR}{fact.year}{_INTEGER}"
        f"{this} {_SHARED}{fact.shared}{_INTEGER}"
        f"{this} {_IDENTICAL}{fact.identical}{_INTEGER}"
    )


@cache
def _state(key: str) -> str:
    return f"<{iris.state(key)}>"


def _tally(this: str, tally: YearlyTally) -> Iterator[str]:
    yield from about(this, RDF.type, f"<{UNV.YearlyTally}>")
    yield from about(this, UNV.tallyBody, f"<{UNV.term(tally.body)}>")
    yield from about(this, UNV.state, f"<{iris.state(tally.state)}>")
    yield from about(this, UNV.year, typed(tally.year, XSD.integer))
    for option, count in tally.counts.items():
        yield from about(this, OPTION_TERMS[option].times_property, typed(count, XSD.integer))
    if tally.unrecorded:
        yield from about(this, UNV.unrecordedEvents, typed(tally.unrecorded, XSD.integer))
