"""SPARQL results in JSON: parsing and checking them, and writing them as VALUES.

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

#: Blank nodes are replaced by IRIs below it, since VALUES cannot contain blank nodes.
_SKOLEM_BASE: Final = BASE + ".well-known/genid/"

Row = tuple[str, ...]


class InvalidResultsError(Exception):
    """An answer is not a valid SPARQL result; the message is a predicate without its subject."""


@dataclass(frozen=True, slots=True)
class Solutions:
    """Solutions as terms in SPARQL syntax, with empty strings for unbound variables."""

    variables: tuple[str, ...]
    rows: tuple[Row, ...]

    def always_bound(self) -> frozenset[str]:
        """Return the variables that every solution binds."""
        return frozenset(
            name
            for index, name in enumerate(self.variables)
            if all(row[index] for row in self.rows)
        )


def parse_solutions(content: bytes, variables: tuple[str, ...], max_rows: int) -> Solutions:
    """Return the solutions in an answer, restricted to ``variables``.

    Raises:
        InvalidResultsError: if the answer is not a complete SPARQL result in JSON, or has more than
            ``max_rows`` rows.
    """
    try:
        results = json.loads(content)
        rows = results["results"]["bindings"]
        head = results["head"]["vars"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InvalidResultsError("is not a complete SPARQL result in JSON") from error
    if not isinstance(rows, list) or not isinstance(head, list):
        raise InvalidResultsError("is not a SPARQL result in JSON")
    if len(rows) > max_rows:
        raise InvalidResultsError(f"has more than {max_rows:,} rows")
    answer_id = hashlib.sha256(content).hexdigest()[:16]
    terms: dict[str, str] = {}
    return Solutions(
        variables,
        tuple(tuple(_cell(row, name, answer_id, terms) for name in variables) for row in rows),
    )


def _cell(row: Any, variable: str, answer_id: str, terms: dict[str, str]) -> str:
    """Return the term of a variable; ``terms`` caches those that occurred before."""
    if not isinstance(row, dict):
        raise InvalidResultsError("has a row that is not a JSON object")
    binding = row.get(variable)
    if binding is None:
        return ""
    key = json.dumps(binding, sort_keys=True)
    if key not in terms:
        terms[key] = _term(binding, answer_id)
    return terms[key]


def _term(binding: Any, answer_id: str) -> str:
    try:
        kind, value = binding["type"], binding["value"]
        if kind == "uri":
            return str(ox.NamedNode(value))
        if kind == "bnode":
            # Equal labels denote the same node only within one answer.
            return str(ox.NamedNode(f"{_SKOLEM_BASE}{answer_id}-{value.encode().hex()}"))
        if kind in {"literal", "typed-literal"}:
            if language := binding.get("xml:lang"):
                return str(ox.Literal(value, language=language))
            datatype = binding.get("datatype")
            return str(ox.Literal(value, datatype=ox.NamedNode(datatype) if datatype else None))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InvalidResultsError(f"has an invalid term: {str(binding)[:100]}") from error
    raise InvalidResultsError(f"has a term of unknown type: {str(binding)[:100]}")


def values_block(variables: tuple[str, ...], rows: Iterable[Row]) -> str:
    """Return solutions as a VALUES block."""
    if len(variables) == 1:
        return f"VALUES ?{variables[0]} {{ {' '.join(row[0] or 'UNDEF' for row in rows)} }}"
    names = " ".join(f"?{name}" for name in variables)
    lines = (f"({' '.join(term or 'UNDEF' for term in row)})" for row in rows)
    return f"VALUES ({names}) {{ {' '.join(lines)} }}"
