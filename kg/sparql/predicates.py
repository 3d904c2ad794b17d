"""Variables as predicates: triple patterns whose predicate the same group limits to a few IRIs.

VALUES or a FILTER of the group names the IRIs; the triple pattern becomes a UNION with one part for
each of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import pyoxigraph as ox

from kg.sparql.algebra import (
    Call,
    Const,
    Expression,
    Extend,
    Join,
    LeftJoin,
    Minus,
    Pattern,
    PredicateAlternatives,
    Triple,
    Values,
    Var,
)
from kg.sparql.unsupported import Reason, UnsupportedQueryError

#: Predicates that a variable may stand for.
_MAX_PREDICATES: Final = 16


@dataclass(frozen=True, slots=True)
class OpenTriple(Triple):
    """A triple pattern whose predicate is the name of a variable; ``expand`` replaces it."""


def expand(pattern: Pattern, condition: Expression | None) -> Pattern:
    """Return the pattern of a group, with its filter, without variables as predicates.

    Raises:
        UnsupportedQueryError: if it may be any predicate, or one of too many.
    """
    candidates = {} if condition is None else dict(_named_in(condition))
    candidates |= _named_in_values(pattern)
    return _expand(pattern, candidates)


def _expand(pattern: Pattern, candidates: dict[str, list[str]]) -> Pattern:
    match pattern:
        case Join(parts):
            return Join(tuple(_expand(part, candidates) for part in parts))
        case LeftJoin() | Minus():
            return replace(pattern, left=_expand(pattern.left, candidates))
        case Extend():
            return replace(pattern, pattern=_expand(pattern.pattern, candidates))
        case OpenTriple(subject, name, target):
            predicates = candidates.get(name, ())
            if not 0 < len(predicates) <= _MAX_PREDICATES:
                raise UnsupportedQueryError(Reason.PREDICATE)
            return PredicateAlternatives(
                tuple(
                    Join((Values((name,), ((ox.NamedNode(iri),),)), Triple(subject, iri, target)))
                    for iri in predicates
                ),
                pattern,
            )
    return pattern


def _named_in_values(pattern: Pattern) -> dict[str, list[str]]:
    """Return the IRIs that VALUES of a group give each variable."""
    match pattern:
        case Join(parts):
            return {name: iris for part in parts for name, iris in _named_in_values(part).items()}
        case LeftJoin(left, _, _) | Minus(left, _):
            return _named_in_values(left)
        case Extend(inner, _, _):
            return _named_in_values(inner)
        case Values(names, rows):
            columns = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {}
            return {
                name: list(dict.fromkeys(term.value for term in terms if term is not None))
                for name, terms in columns.items()
                if all(isinstance(term, ox.NamedNode) for term in terms)
            }
    return {}


def _named_in(condition: Expression) -> Iterator[tuple[str, list[str]]]:
    """Yield the IRIs to which the parts of a condition limit each variable."""
    match condition:
        case Call("&&", arguments):
            for argument in arguments:
                yield from _named_in(argument)
        case Call("IN" | "=", (Var(name), *values)):
            terms = [value.term for value in values if isinstance(value, Const)]
            if len(terms) == len(values) and all(isinstance(t, ox.NamedNode) for t in terms):
                yield name, list(dict.fromkeys(term.value for term in terms))
