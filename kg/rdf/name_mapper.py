"""Mapping of the names of states and other agents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from kg.model.names import Name, NameKind
from kg.rdf.iris import thing
from kg.rdf.ntriples import about, dated, sources, text
from kg.rdf.vocabulary import LABEL_LANGUAGE, PROV, RDF, RDFS, SKOS, UNV

#: Formal names are alternative names too: one property finds all but the preferred name.
_PROPERTIES: Final[dict[NameKind, tuple[str, ...]]] = {
    "preferred": (SKOS.prefLabel,),
    "formal": (UNV.formalName, SKOS.altLabel),
    "alternative": (SKOS.altLabel,),
}


def names(this: str, label: str, english: Iterable[str], others: Sequence[Name]) -> Iterator[str]:
    """Yield the lines of the names of a thing: its label, other English names, and others.

    The label is the preferred name in English too. A name that was used only in a period is a
    resource too (``dated_names``).
    """
    literals = {(SKOS.prefLabel, label, LABEL_LANGUAGE): None}
    for name_in_english in english:
        if name_in_english != label:
            literals[SKOS.altLabel, name_in_english, LABEL_LANGUAGE] = None
    for name in others:
        for term in _PROPERTIES[name.kind]:
            literals[term, name.text, name.language] = None
    for term, literal, language in literals:
        yield from about(this, term, text(literal, language))


def dated_names(this: str, key: str, others: Sequence[Name]) -> Iterator[str]:
    """Yield the lines of the alternative names of a thing that were used only in a period.

    ``key`` is the last part of the IRI of the thing.
    """
    for number, name in enumerate((name for name in others if name.is_dated), 1):
        node = thing("name", f"{key}-alternative-{number}")
        yield from about(this, UNV.alternativeName, f"<{node}>")
        yield from about(node, RDF.type, f"<{UNV.StateName}>")
        yield from about(node, RDFS.label, text(name.text, name.language))
        yield from about(node, UNV.term("from"), dated(name.start))
        if name.until:
            yield from about(node, UNV.until, dated(name.until))
        yield from sources(node, PROV.wasDerivedFrom, name.sources)
