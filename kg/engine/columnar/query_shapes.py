"""Whether queries are cheap, known from others of their shape.

Parsing a short query and estimating its cost takes longer than Oxigraph takes to answer it, and
programs send the same query again with other constants. A constant decides the estimate only if it
is a predicate or a frequent object; all others have the same average. A shape is the text of a
query without comments, with a mark for each of these others. Where two queries wrongly share one,
Oxigraph evaluates what the columns would answer faster: no answer depends on it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from kg.engine.columnar.statistics import Statistics
from kg.sparql.algebra import Term
from kg.sparql.lexer import Token, string_value

#: characters: queries longer than this take Oxigraph longer than their parser.
_MAX_CHARACTERS: Final = 4_000
#: shapes: how many are kept, at most 2 MB.
_KEPT_SHAPES: Final = 500
_ANY_IRI: Final = "<>"
_ANY_STRING: Final = '""'


class QueryShapes:
    """Remembers whether queries are cheap, by their shape; the most recently used shapes."""

    def __init__(self, statistics: Statistics) -> None:
        #: The terms that decide an estimate, as in N-Triples.
        self._deciding = {f"<{predicate}>" for predicate in statistics.partitions}
        for partitions in statistics.partitions.values():
            for partition in partitions:
                self._deciding.update(partition.frequent)
        self._are_cheap: OrderedDict[str, bool] = OrderedDict()

    def is_cheap(self, shape: str) -> bool | None:
        """Return whether queries of a shape are cheap, if that is known."""
        if shape in self._are_cheap:
            self._are_cheap.move_to_end(shape)
        return self._are_cheap.get(shape)

    def remember(self, shape: str, *, is_cheap: bool) -> None:
        """Remember whether queries of a shape are cheap, unless it is empty."""
        if shape:
            self._are_cheap[shape] = is_cheap
            if len(self._are_cheap) > _KEPT_SHAPES:
                self._are_cheap.popitem(last=False)

    def shape(self, text: str, tokens: Sequence[Token], parameters: Mapping[str, Term]) -> str:
        """Return the shape of a query; it is empty if the query is too long or has escapes."""
        if len(text) > _MAX_CHARACTERS or "\\" in text:
            return ""
        terms = (f"{name} {self._marked(str(term))}" for name, term in parameters.items())
        return "\n".join((*self._parts(tokens), *terms))

    def _parts(self, tokens: Sequence[Token]) -> Iterator[str]:
        prefixes: dict[str, str] = {}
        for place, (kind, text, _, _) in enumerate(tokens):
            if kind == "iri":
                if place > 1 and tokens[place - 2].is_word("PREFIX"):
                    prefixes[tokens[place - 1].text] = text[:-1]
                    yield text
                else:
                    yield self._marked(text)
            elif kind == "string":
                has_datatype = tokens[place + 1].kind == "lang" or tokens[place + 1].is_mark("^^")
                yield text if has_datatype else self._marked(f'"{string_value(text)}"')
            elif kind == "name":
                prefix, colon, local = text.partition(":")
                namespace = prefixes.get(prefix + colon)
                yield text if namespace is None else self._marked(f"{namespace}{local}>")
            else:
                yield text

    def _marked(self, term: str) -> str:
        """Return a term that decides an estimate, a mark for any other one."""
        if term in self._deciding:
            return term
        return _ANY_IRI if term[0] == "<" else _ANY_STRING
