"""The shape of a query: its text without comments, with marks for most of its constants.

Programs send the same query again with other constants. Parsing it, estimating its cost and
compiling it then takes longer than Oxigraph takes to answer it, or as long as DuckDB, so what
depends only on the shape is kept. An IRI decides an estimate only if it is a predicate or a
frequent object; for the latter the mark has its frequency in powers of two. Strings decide nothing
unless they are frequent, but their texts may be part of a plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from kg.engine.columnar.statistics import Statistics
from kg.rdf.vocabulary import RDF, XSD
from kg.sparql.algebra import Term
from kg.sparql.lexer import Token, string_value

#: characters: longer queries have no shape; it would take more memory than it can save time.
_MAX_CHARACTERS: Final = 8_000
_ANY_STRING: Final = '""'


@dataclass(frozen=True)
class QueryShape:
    """A shape, and the constants of one query of it."""

    #: Tokens and marks. Tokens never begin as the marks of IRIs, and marked strings never have a
    #: language or a datatype.
    text: str
    #: The tokens of the strings that are marked, in their order.
    strings: tuple[str, ...]
    #: The IRIs that are marked, each once, in the order of their marks.
    iris: tuple[str, ...]


class QueryShapes:
    """Finds the shapes of queries, given the statistics of the facts."""

    def __init__(self, statistics: Statistics) -> None:
        self._predicates = statistics.partitions.keys()
        #: By term in N-Triples: its frequency as the object of each predicate.
        self._frequent: dict[str, dict[str, int]] = {}
        for predicate, partitions in statistics.partitions.items():
            for partition in partitions:
                for term, facts in partition.frequent.items():
                    self._frequent.setdefault(term, {})[predicate] = facts.bit_length()

    def shape(
        self, text: str, tokens: Sequence[Token], parameters: Mapping[str, Term]
    ) -> QueryShape | None:
        """Return the shape of a query, or None if the query is too long or has escapes.

        ``parameters`` are terms bound to variables.
        """
        if len(text) > _MAX_CHARACTERS or "\\" in text:
            return None
        parts, strings = list[str](), list[str]()
        marked = dict[int, str]()
        predicates = {RDF.type}
        for token, iri in _resolved(tokens):
            if iri in self._predicates:
                predicates.add(iri)
            elif iri:
                marked[len(parts)] = iri
            elif token.kind == "string" and self._is_marked_string(tokens, len(parts)):
                strings.append(token.text)
                parts.append(_ANY_STRING)
                continue
            parts.append(token.text)
        for name, term in parameters.items():
            parts.append(name)
            written = str(term)
            if isinstance(term, ox.NamedNode):
                if not term.value.startswith(XSD.iri):
                    marked[len(parts)] = term.value
            elif term.datatype.value == XSD.string and written not in self._frequent:
                strings.append(written)
                written = _ANY_STRING
            parts.append(written)
        numbers = {iri: number for number, iri in enumerate(dict.fromkeys(marked.values()))}
        for place, iri in marked.items():
            parts[place] = self._mark(iri, numbers[iri], predicates)
        return QueryShape("\n".join(parts), tuple(strings), tuple(numbers))

    def _mark(self, iri: str, number: int, predicates: set[str]) -> str:
        """Return the mark of an IRI, with its frequencies as the object of predicates."""
        frequencies = self._frequent.get(f"<{iri}>", {})
        known = (f" {p} {frequencies[p]}" for p in sorted(predicates & frequencies.keys()))
        return f"< {number}{''.join(known)}"

    def _is_marked_string(self, tokens: Sequence[Token], place: int) -> bool:
        """Return whether a string is neither frequent nor has a language or a datatype."""
        following = tokens[place + 1]
        if following.kind == "lang" or following.is_mark("^^"):
            return False
        return f'"{string_value(tokens[place].text)}"' not in self._frequent


def _resolved(tokens: Sequence[Token]) -> Iterator[tuple[Token, str]]:
    """Yield all tokens, each with the IRI for which it stands; '' if it must stay as it is.

    That is so for datatypes and functions, in prefixes, and for what the parser does not accept.
    """
    prefixes: dict[str, str] = {}
    for place, token in enumerate(tokens):
        iri = ""
        if token.kind == "iri":
            if place > 1 and tokens[place - 2].is_word("PREFIX"):
                prefixes[tokens[place - 1].text] = token.text[1:-1]
            else:
                iri = token.text[1:-1]
        elif token.kind == "name" and token.text.isascii():
            prefix, colon, local = token.text.partition(":")
            is_declared = place > 0 and tokens[place - 1].is_word("PREFIX")
            namespace = None if is_declared else prefixes.get(prefix + colon)
            iri = "" if namespace is None else namespace + local
        is_constant = (
            iri
            and "/." not in iri
            and not iri.startswith(XSD.iri)
            and not tokens[place - 1].is_mark("^^")
            and not tokens[place + 1].is_mark("(")
        )
        yield token, iri if is_constant else ""
