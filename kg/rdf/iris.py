"""Minting and parsing of resource IRIs (docs/reference/iris.md); no other module does either."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from kg import DEFAULT_BASE_IRI
from kg.model.symbol_spelling import document_key, document_kind
from kg.model.symbols import slug
from kg.rdf.vocabulary import BASE, ONTOLOGY

_KEY = r"[A-Za-z0-9][A-Za-z0-9-]*"
_THING = re.compile(re.escape(BASE) + rf"id/(?P<kind>[a-z]+)/(?P<key>{_KEY}(?:/{_KEY})*)")
_ONTOLOGY = re.compile(re.escape(ONTOLOGY) + r"(?:[#/].*)?")


def thing(kind: str, key: str) -> str:
    """Return the IRI of a resource from its kind and its key.

    Raises:
        ValueError: if the parts do not form a valid resource IRI.
    """
    iri = f"{BASE}id/{kind}/{key}"
    if not _THING.fullmatch(iri):
        raise ValueError(f"{kind!r} and {key!r} do not form a valid resource IRI")
    return iri


def parse(iri: str) -> tuple[str, str] | None:
    """Return the kind and key of a resource IRI, or None if it is not one of ours."""
    match = _THING.fullmatch(iri)
    return (match["kind"], match["key"]) if match else None


def local_path(iri: str) -> str | None:
    """Return the path at which this service answers for an IRI, or None for any other IRI.

    These are the IRIs under the base, and those of the ontology, which every deployment serves.

    >>> local_path(BASE + "id/state/IND"), local_path(ONTOLOGY + "#Vote"), local_path("urn:x:y")
    ('id/state/IND', 'ontology#Vote', None)
    """
    if _ONTOLOGY.fullmatch(iri):
        return iri.removeprefix(DEFAULT_BASE_IRI)
    return iri.removeprefix(BASE) if iri.startswith(BASE) else None


def local_name(iri: str) -> str:
    """Return the last part of an IRI, after a slash or a hash.

    >>> local_name("http://purl.org/dc/terms/title"), local_name(ONTOLOGY + "#Vote")
    ('title', 'Vote')
    """
    return re.split(r"[#/]", iri.rstrip("/"))[-1]


def is_local(iri: str) -> bool:
    """Return whether this service answers for an IRI."""
    return local_path(iri) is not None


@lru_cache(maxsize=512)
def state(key: str) -> str:
    """Return the IRI of a state."""
    return thing("state", key)


def event(key: str) -> str:
    """Return the IRI of a voting event."""
    return thing("event", key)


def vote(event_key: str, state_key: str) -> str:
    """Return the IRI of the vote of a state in an event."""
    return f"{BASE}id/vote/{event_key}/{state_key}"


def agreement(first: str, second: str, year: int) -> str:
    """Return the IRI of the agreement of two states in a year, in any order."""
    if second < first:
        first, second = second, first
    return f"{BASE}id/agreement/{first}-{second}-{year}"


def tally(body: str, state_key: str, year: int) -> str:
    """Return the IRI of the yearly tally of a state in a body."""
    return f"{BASE}id/tally/{body}-{state_key}-{year}"


def document(symbol: str) -> str:
    """Return the IRI of a resolution or decision from its symbol in any spelling.

    >>> document("A/DEC/80/506").removeprefix(BASE), document("S/RES/1 (1946)").removeprefix(BASE)
    ('id/decision/A-DEC-80-506', 'id/resolution/S-RES-1-1946')
    """
    return thing(document_kind(symbol), document_key(symbol))


def draft(symbol: str) -> str:
    """Return the IRI of a draft from its symbol in any spelling.

    >>> draft("A/C.3/79/L.44").removeprefix(BASE)
    'id/draft/A-C-3-79-L-44'
    """
    return thing("draft", slug(symbol))


def paragraph(symbol: str, number: str) -> str:
    """Return the IRI of a paragraph of a document from the symbol in any spelling."""
    return thing("paragraph", f"{document_key(symbol)}/{number}")


def source_set(keys: Iterable[str]) -> str:
    """Return the IRI of a set of sources, the same in every release.

    >>> source_set(["b", "a"]) == source_set(["a", "b"])
    True
    """
    digest = hashlib.sha256(" ".join(sorted(keys)).encode()).hexdigest()
    return thing("sourceset", digest[:16])


def rights(terms: str) -> str:
    """Return the IRI of a statement of rights from its text, empty if the rights are not known.

    >>> rights("").removeprefix(BASE)
    'id/rights/unknown'
    """
    digest = hashlib.sha256(terms.encode()).hexdigest()
    return thing("rights", digest[:16] if terms else "unknown")


def point(proposal_key: str, position: int) -> str:
    """Return the IRI of a point of a proposal."""
    return thing("proposal", f"{proposal_key}/{position}")


@lru_cache(maxsize=64)
def release(name: str) -> str:
    """Return the IRI of a release from its name.

    >>> release("20261122T162049.437718Z-2942ffe2").removeprefix(BASE)
    'id/release/20261122t162049-437718z-2942ffe2'
    """
    return thing("release", kebab(name))


def change(release_name: str, *content: str) -> str:
    """Return the IRI of a change to a release, from the name of the release and its content."""
    digest = hashlib.sha256("\n".join(content).encode()).hexdigest()
    return thing("change", f"{kebab(release_name)}/{digest[:16]}")


def kebab(text: str) -> str:
    """Return a key formed from the words of a text.

    >>> kebab("Côte d'Ivoire (formerly)")
    'cote-d-ivoire-formerly'
    """
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")
