"""The description of the dataset in DCAT: what it is, who made it, on which terms, which release.

It conforms to DCAT-AP 3.0: https://semiceu.github.io/DCAT-AP/releases/3.0.0/. Distributions depend
on the service that offers them (kg/web/service_description.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from kg.model.licences import CC0, licence_iri
from kg.rdf.iris import kebab, thing
from kg.rdf.ntriples import about, dated, plain, text, typed
from kg.rdf.vocabulary import (
    BASE,
    DATASET,
    DCAT,
    DCTERMS,
    FOAF,
    LABEL_LANGUAGE,
    ONTOLOGY,
    PROV,
    RDF,
    RDFS,
    UNV,
    XSD,
)
from kg.release import history
from kg.release.coverage import BODIES, Coverage, by_body
from kg.release.history import ReleaseIdentity
from kg.release.manifest import SourceEntry, rights_statement

TITLE: Final = "UN votes knowledge graph"
DESCRIPTION: Final = (
    "How states vote at the United Nations, what they say about those votes and what they propose: "
    "recorded votes of the General Assembly and the Security Council by state, statements, "
    "proposals and reports, each with its sources, and every difference between the sources."
)
CREATOR: Final = "The UN Votes Knowledge Graph contributors"
KEYWORDS: Final = (
    *("United Nations", "voting", "General Assembly", "Security Council"),
    *("linked data", "RDF"),
)
PUBLISHER: Final = f"{DATASET}/publisher"
_RIGHTS: Final = f"{DATASET}/rights"
#: https://op.europa.eu/en/web/eu-vocabularies: the language English, and the access rights.
_ENGLISH: Final = "http://publications.europa.eu/resource/authority/language/ENG"
_ACCESS: Final = "http://publications.europa.eu/resource/authority/access-right/"
#: What the facts conform to, in the words of the standards of the Web: vocabulary and shapes.
_STANDARDS: Final = (ONTOLOGY, f"{BASE}shapes")


def dataset(
    release: ReleaseIdentity, sources: Sequence[SourceEntry], recorded_in: Iterable[str]
) -> Iterator[str]:
    """Yield the description of the dataset in a release from some sources, as N-Triples.

    ``recorded_in`` are the IRIs of the sources of its events.
    """
    yield from about(DATASET, RDF.type, f"<{DCAT.Dataset}>")
    yield from about(DATASET, DCTERMS.title, text(TITLE))
    yield from about(DATASET, DCTERMS.description, text(DESCRIPTION))
    yield from about(DATASET, DCTERMS.identifier, plain(DATASET))
    yield from about(DATASET, DCTERMS.issued, typed(release.created, XSD.dateTime))
    yield from about(DATASET, DCTERMS.modified, typed(release.created, XSD.dateTime))
    yield from _typed_value(DCTERMS.language, _ENGLISH, DCTERMS.LinguisticSystem)
    for keyword in KEYWORDS:
        yield from about(DATASET, DCAT.keyword, text(keyword, LABEL_LANGUAGE))
    for role in (DCTERMS.creator, DCTERMS.publisher):
        yield from about(DATASET, role, f"<{PUBLISHER}>")
    yield from about(PUBLISHER, RDF.type, f"<{FOAF.Agent}>")
    yield from about(PUBLISHER, FOAF.name, plain(CREATOR))
    yield from about(PUBLISHER, RDFS.label, text(CREATOR))
    for source in recorded_in:
        yield from about(DATASET, PROV.wasDerivedFrom, f"<{source}>")
    for standard in _STANDARDS:
        yield from _typed_value(DCTERMS.conformsTo, standard, DCTERMS.Standard)
    yield from about(DATASET, DCAT.version, plain(release.name))
    yield from about(DATASET, DCAT.hasCurrentVersion, f"<{release.iri}>")
    yield from history.identity(release)
    yield from history.series()
    yield from _terms(sources)
    yield from _periods([period for source in sources for period in source.coverage])


def licence_of(sources: Iterable[SourceEntry]) -> str:
    """Return the IRI of the licence of a release: CC0, or the statement of its rights."""
    return CC0 if {licence_iri(source.licence) for source in sources} == {CC0} else _RIGHTS


def access_right(sources: Iterable[SourceEntry]) -> str:
    """Return who may have access to a release: the IRI of the EU's authority table."""
    is_open = all(source.redistributable is True for source in sources)
    return _ACCESS + ("PUBLIC" if is_open else "RESTRICTED")


def _typed_value(term: str, value: str, kind: str) -> Iterator[str]:
    yield from about(DATASET, term, f"<{value}>")
    yield from about(value, RDF.type, f"<{kind}>")


def _terms(sources: Sequence[SourceEntry]) -> Iterator[str]:
    """Yield the rights in the dataset, its licence, and who may have access to it.

    Where the sources have different licences, the statement of the rights is also the licence.
    """
    yield from _typed_value(DCTERMS.rights, _RIGHTS, DCTERMS.RightsStatement)
    yield from about(_RIGHTS, RDFS.label, text(rights_statement(sources)))
    yield from _typed_value(DCTERMS.license, licence_of(sources), DCTERMS.LicenseDocument)
    access = access_right(sources)
    yield from _typed_value(DCTERMS.accessRights, access, DCTERMS.RightsStatement)
    yield from about(access, RDFS.label, text(access.rpartition("/")[2].lower()))


def _periods(coverage: Sequence[Coverage]) -> Iterator[str]:
    """Yield the periods that the dataset covers of each body, and those of each source."""
    for body in by_body(coverage):
        for kind, period in body.periods.items():
            name = f"{BODIES[body.body]}: {kind}"
            yield from _period(DATASET, f"{DATASET}/period/{kebab(name)}", name, period)
    for period in coverage:
        name = f"{period.body_name}: {period.source}"
        source = thing("source", period.source)
        yield from _period(source, f"{DATASET}/period/{kebab(name)}", name, period)


def _period(of: str, this: str, label: str, period: Coverage) -> Iterator[str]:
    yield from about(of, DCTERMS.temporal, f"<{this}>")
    yield from about(this, RDF.type, f"<{DCTERMS.PeriodOfTime}>")
    yield from about(this, RDFS.label, text(label))
    yield from about(this, UNV.body, f"<{UNV.term(period.body)}>")
    yield from about(this, DCAT.startDate, dated(period.first))
    yield from about(this, DCAT.endDate, dated(period.last))
