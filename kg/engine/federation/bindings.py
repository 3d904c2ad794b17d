"""Solutions as an endpoint tells them in JSON, checked to the end, and as VALUES in a query.

https://www.w3.org/TR/sparql11-results-json/
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import pyoxigraph as ox

from kg.rdf.vocabulary import BASE

#: Nodes without a name of one answer, by which they can be told apart in ours.
_NAMELESS: Final = BASE + ".well-known/genid/"

Row = tuple[str, ...]


class UnusableError(Exception):
    """An answer that is not what it should be; the message says in what."""


@dataclass(frozen=True, slots=True)
class Solutions:
    """Solutions as terms in the syntax of SPARQL, empty where a variable is not bound."""

    variables: tuple[str, ...]
    rows: tuple[Row, ...]

    def always_bound(self) -> frozenset[str]:
        """Return the variables that every solution binds."""
        return frozenset(
            name for at, name in enumerate(self.variables) if all(row[at] for row in self.rows)
        )


def read(content: bytes, variables: tuple[str, ...], most: int) -> Solutions:
    """Return the solutions in an answer: those of some variables, and at most so many.

    Raises:
        UnusableError: if the answer is no SPARQL JSON from its first byte to its last, or too long.
    """
    try:
        said = json.loads(content)
        listed = said["results"]["bindings"]
        named = said["head"]["vars"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise UnusableError("is no SPARQL result in JSON, or not all of one") from error
    if not isinstance(listed, list) or not isinstance(named, list):
        raise UnusableError("is no SPARQL result in JSON")
    if len(listed) > most:
        raise UnusableError(f"has more than {most:,} rows")
    names = hashlib.sha256(content).hexdigest()[:16]
    terms: dict[str, str] = {}
    return Solutions(
        variables, tuple(tuple(_cell(row, v, names, terms) for v in variables) for row in listed)
    )


def _cell(row: Any, variable: str, names: str, terms: dict[str, str]) -> str:
    if not isinstance(row, dict):
        raise UnusableError("has a row that is no object")
    said = row.get(variable)
    if said is None:
        return ""
    key = json.dumps(said, sort_keys=True)
    if key not in terms:
        terms[key] = _term(said, names)
    return terms[key]


def _term(said: Any, names: str) -> str:
    try:
        kind, value = said["type"], said["value"]
        if kind == "uri":
            return str(ox.NamedNode(value))
        if kind == "bnode":
            # A node without a name cannot stand in VALUES, so it gets one.
            return str(ox.NamedNode(f"{_NAMELESS}{names}-{value.encode().hex()}"))
        if kind in {"literal", "typed-literal"}:
            if language := said.get("xml:lang"):
                return str(ox.Literal(value, language=language))
            datatype = said.get("datatype")
            return str(ox.Literal(value, datatype=ox.NamedNode(datatype) if datatype else None))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnusableError(f"has a term that is none: {str(said)[:100]}") from error
    raise UnusableError(f"has a term of an unknown kind: {str(said)[:100]}")


def as_values(variables: tuple[str, ...], rows: Iterable[Row]) -> str:
    """Return solutions as a VALUES block."""
    if len(variables) == 1:
        return f"VALUES ?{variables[0]} {{ {' '.join(row[0] or 'UNDEF' for row in rows)} }}"
    names = " ".join(f"?{name}" for name in variables)
    lines = (f"({' '.join(term or 'UNDEF' for term in row)})" for row in rows)
    return f"VALUES ({names}) {{ {' '.join(lines)} }}"
