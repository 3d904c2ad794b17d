"""Queries known to be cheap, by their shape.

Parsing a short query and estimating its cost takes longer than Oxigraph takes to answer it, and
programs send the same query again with other constants. A constant decides the estimate only if it
is a predicate or a frequent object; all others have the same average. A shape is the text of a
query without comments, with a mark for each of these others. Where two queries wrongly share one,
Oxigraph evaluates what the columns would answer faster: no answer depends on it.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from kg.engine.columnar.statistics import Statistics
from kg.sparql.algebra import Term

#: characters: queries longer than this take Oxigraph longer than their parser.
_MAX_CHARACTERS: Final = 4_000
#: shapes: how many are kept, at most 2 MB.
_KEPT_SHAPES: Final = 500
#: An IRI, a short string, a name or number, or any other character, after white space and comments.
_PART: Final = re.compile(
    r"""(?:\s++|\#[^\r\n]*+)*+
    (<[^<>"{}|^`\s]*+>|"[^"\r\n]*+"|'[^'\r\n]*+'
    |[^\s<>"'\#{}()\[\];,|/^*+!=&.]++(?:\.[^\s<>"'\#{}()\[\];,|/^*+!=&.]++)*+|.)""",
    re.VERBOSE | re.DOTALL,
)
_ANY_IRI: Final = "<>"
_ANY_STRING: Final = '""'


class CheapQueries:
    """Remembers the shapes of cheap queries, the most recently used ones."""

    def __init__(self, statistics: Statistics) -> None:
        #: The terms that decide an estimate, as in N-Triples.
        self._deciding = {f"<{predicate}>" for predicate in statistics.partitions}
        for partitions in statistics.partitions.values():
            for partition in partitions:
                self._deciding.update(partition.frequent)
        self._shapes: OrderedDict[str, None] = OrderedDict()

    def __contains__(self, shape: str) -> bool:
        """Return whether a query of a shape was cheap; False for the empty shape."""
        if shape not in self._shapes:
            return False
        self._shapes.move_to_end(shape)
        return True

    def add(self, shape: str) -> None:
        """Remember the shape of a cheap query, unless it is empty."""
        if shape:
            self._shapes[shape] = None
            if len(self._shapes) > _KEPT_SHAPES:
                self._shapes.popitem(last=False)

    def shape(self, text: str, parameters: Mapping[str, Term]) -> str:
        """Return the shape of a query; it is empty if the query is too long or has escapes."""
        if len(text) > _MAX_CHARACTERS or "\\" in text:
            return ""
        terms = (f"{name} {self._marked(str(term))}" for name, term in parameters.items())
        return "\n".join((*self._parts(_PART.findall(text)), *terms))

    def _parts(self, parts: Sequence[str]) -> Iterator[str]:
        prefixes: dict[str, str] = {}
        before = ""
        for place, part in enumerate(parts):
            first = part[0]
            if first == "<":
                if before.endswith(":"):
                    # The namespace of a prefix.
                    prefixes[before] = part[:-1]
                    yield part
                else:
                    yield self._marked(part) if len(part) > 1 else part
            elif first in {'"', "'"} and len(part) > 1:
                has_datatype = parts[place + 1 : place + 2] and parts[place + 1][0] in "^@"
                yield part if has_datatype else self._marked(f'"{part[1:-1]}"')
            elif ":" in part and first not in "?$":
                prefix, colon, local = part.partition(":")
                namespace = prefixes.get(prefix + colon)
                yield part if namespace is None else self._marked(f"{namespace}{local}>")
            else:
                yield part
            before = part

    def _marked(self, term: str) -> str:
        """Return a term that decides an estimate, a mark for any other one."""
        if term in self._deciding:
            return term
        return _ANY_IRI if term[0] == "<" else _ANY_STRING
