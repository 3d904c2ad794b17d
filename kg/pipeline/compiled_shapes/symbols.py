"""Compiled forms of the queries that compare a document with its symbol."""

from __future__ import annotations

import re
from typing import Final

from kg.model.symbols import slug
from kg.pipeline.compiled_shapes.components import lexical_form
from kg.pipeline.compiled_shapes.triples import Triples
from kg.rdf.vocabulary import RDF, UNV

_TYPE: Final = f"<{RDF.type}>"
#: The classes of documents that a body has adopted.
_ADOPTED: Final = frozenset({f"<{UNV.Resolution}>", f"<{UNV.Decision}>"})
_ASSEMBLY: Final = "A/"
_SESSION: Final = re.compile(
    r"A/(?:RES|DEC)/(?:[0-9]+\(((?:E?S-)?[IVX0-9]+)\)|((?:E?S-)?[0-9]+)/).*"
)
_SPECIAL: Final = re.compile(r"^E?S-")
_ROMAN: Final = re.compile(r"[IVX]+")
_STROKES: Final = (("IX", "VIIII"), ("IV", "IIII"), ("X", "VV"), ("V", "IIIII"))


def body(triples: Triples, document: str) -> bool:
    """Return whether symbols begin with the letter of the body."""
    council = f"<{UNV.SecurityCouncil}>"
    return all(
        symbol.startswith("S/" if of_body == council else _ASSEMBLY)
        for of_body in triples.values(document, f"<{UNV.body}>")
        for symbol in _symbols(triples, document)
    )


def kind(triples: Triples, document: str) -> bool:
    """Return whether documents with the symbol of a decision are decisions, others resolutions."""
    types = triples.values(document, _TYPE)
    return all(
        f"<{UNV.Decision if symbol.startswith('A/DEC/') else UNV.Resolution}>" in types
        for symbol in _symbols(triples, document)
    )


def session(triples: Triples, document: str) -> bool:
    """Return whether a General Assembly document has the sessions of its symbols."""
    return _ADOPTED.isdisjoint(triples.values(document, _TYPE)) or all(
        lexical_form(value).endswith(f"/session/{_session(symbol)}")
        for symbol in _symbols(triples, document)
        if symbol.startswith(_ASSEMBLY)
        for value in triples.values(document, f"<{UNV.session}>")
    )


def iri(triples: Triples, document: str) -> bool:
    """Return whether the IRI of a document is formed from its symbol."""
    return all(_is_named(document, symbol) for symbol in _symbols(triples, document))


def _symbols(triples: Triples, document: str) -> list[str]:
    return [lexical_form(symbol) for symbol in triples.values(document, f"<{UNV.symbol}>")]


def _session(symbol: str) -> str:
    """Return the session in a symbol, like the query for symbols of any form.

    >>> _session("A/RES/1004(ES-II)"), _session("A/RES/2535(XXIV)[C]"), _session("A/DEC/80/506")
    ('ES-2', '24', '80')
    """
    match = _SESSION.fullmatch(symbol)
    named = (match[1] or match[2]) if match else symbol
    number = _SPECIAL.sub("", named)
    if _ROMAN.fullmatch(number):
        for numeral, strokes in _STROKES:
            number = number.replace(numeral, strokes)
        number = str(len(number))
    return named[: named.rfind("-") + 1] + number


def _is_named(document: str, symbol: str) -> bool:
    try:
        key = slug(symbol)
    except ValueError:
        return False
    kind_of_iri = "decision" if key.startswith("A-DEC-") else "resolution"
    return lexical_form(document).endswith(f"/{kind_of_iri}/{key}")
