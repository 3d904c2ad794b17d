"""How Oxigraph joins patterns: the order it chooses, and what it evaluates as a whole.

It knows no statistics of the facts. Its optimizer (``sparopt``, ``Optimizer::reorder_joins``)
assumes the same number of solutions for each triple pattern with the same ends bound, begins with
the pattern of fewest, and looks up the next ones for each solution where it can. Else it joins by
hashing: it then evaluates the pattern as a whole, however few solutions there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import Final, NamedTuple

from kg.sparql.algebra import (
    Extend,
    Filter,
    Join,
    LeftJoin,
    Minus,
    PathAlternatives,
    Pattern,
    PredicateAlternatives,
    Select,
    Term,
    Triple,
    Union,
    Values,
    Var,
)

_Names = frozenset[str]

#: The solutions that Oxigraph assumes of a triple pattern, by which of its terms are bound.
_ASSUMED_SOLUTIONS: Final = {
    (True, True, True): 1,
    (True, True, False): 10,
    (True, False, True): 2,
    (True, False, False): 100,
    (False, True, True): 10_000,
    (False, True, False): 1_000_000,
    (False, False, True): 100_000,
    (False, False, False): 1_000_000_000,
}
#: It assumes that each common variable of a hash join leaves one of so many solutions.
_HASH_KEY_SHARE: Final = 1000.0
#: Patterns that are one in Oxigraph.
_SINGLE: Final = Triple | PathAlternatives | PredicateAlternatives


class Step(NamedTuple):
    """A pattern in the order of joins, and whether it is looked up for each solution before it."""

    pattern: Pattern
    is_looked_up: bool


def join_steps(parts: Sequence[Pattern], bound: _Names) -> list[Step]:
    """Return patterns in the order in which Oxigraph joins them; ``bound`` have values before."""
    return _join(parts, bound)[0]


def is_optional_looked_up(right: Pattern, left_names: _Names, bound: _Names) -> bool:
    """Return whether Oxigraph looks up an OPTIONAL for each solution, with these variables, before.

    It does not if two of its triple patterns have variables of these solutions.
    """
    if isinstance(right, Filter | Extend):
        return is_optional_looked_up(right.pattern, left_names, bound)
    if isinstance(right, Join) and len(right.parts) > 1:
        common = left_names - bound
        sharing = [part for part in right.parts if certain_names(part) & common]
        return len(sharing) == 1 and all(isinstance(part, _SINGLE) for part in right.parts)
    return _can_be_looked_up(right)


def certain_names(pattern: Pattern) -> _Names:
    """Return the variables that have a value in every solution of a pattern."""
    match pattern:
        case Triple():
            ends = (pattern.subject, pattern.object)
            return frozenset(end.name for end in ends if isinstance(end, Var))
        case Join(parts):
            return frozenset().union(*map(certain_names, parts))
        case Union(parts):
            return reduce(frozenset.intersection, map(certain_names, parts))
        case LeftJoin(left, _, _) | Minus(left, _):
            return certain_names(left)
        case Filter(inner, _) | Extend(inner, _, _):
            # An expression may have no value.
            return certain_names(inner)
        case Values(names, rows):
            return frozenset(
                name for place, name in enumerate(names) if all(row[place] for row in rows)
            )
        case Select():
            projected = certain_names(pattern.pattern)
            if pattern.projection is None:
                return projected
            return projected & {name for name, _ in pattern.projection}


def _can_be_looked_up(pattern: Pattern) -> bool:
    match pattern:
        case Triple() | Values() | PathAlternatives() | PredicateAlternatives():
            return True
        case Union(parts) | Join(parts) if parts:
            # Parts of a join without a common variable are joined by hashing.
            is_joined = isinstance(pattern, Union) or _is_connected(parts)
            return is_joined and all(map(_can_be_looked_up, parts))
        case Filter(inner, _) | Extend(inner, _, _):
            return _can_be_looked_up(inner)
        case LeftJoin(left, right, _):
            return _can_be_looked_up(left) and _can_be_looked_up(right)
    return False


def _is_connected(parts: Sequence[Pattern]) -> bool:
    """Return whether each pattern shares a variable with some of those before it."""
    names, *remaining = map(certain_names, parts)
    while following := next((others for others in remaining if others & names), None):
        remaining.remove(following)
        names |= following
    return not remaining


def _join(parts: Sequence[Pattern], bound: _Names) -> tuple[list[Step], float]:
    """Return the order of joins, and the number of solutions that Oxigraph assumes."""
    remaining, steps, total = list(_flat(parts)), list[Step](), 1.0
    while remaining:
        first = min(remaining, key=lambda part: _solutions(part, bound))
        remaining.remove(first)
        steps.append(Step(first, is_looked_up=False))
        solutions, names = _solutions(first, bound), certain_names(first)

        def factor(part: Pattern, names: _Names) -> float:
            """Return by how much a pattern multiplies the solutions."""
            if _can_be_looked_up(part):
                return _solutions(part, bound | names)
            keys = (names & certain_names(part)) - bound
            return _solutions(part, bound) / float(_HASH_KEY_SHARE ** len(keys))

        while common := [part for part in remaining if certain_names(part) & names - bound]:
            following = min(common, key=lambda part: factor(part, names))
            remaining.remove(following)
            steps.append(Step(following, _can_be_looked_up(following)))
            solutions *= factor(following, names)
            names |= certain_names(following)
        total *= solutions
    return steps, total


def _flat(parts: Sequence[Pattern]) -> Iterator[Pattern]:
    for part in parts:
        if isinstance(part, Join):
            yield from _flat(part.parts)
        else:
            yield part


def _solutions(pattern: Pattern, bound: _Names) -> float:
    """Return the number of solutions that Oxigraph assumes."""
    match pattern:
        case Triple(subject, _, target):
            return _ASSUMED_SOLUTIONS[_is_bound(subject, bound), True, _is_bound(target, bound)]
        case PredicateAlternatives(_, Triple(subject, name, target)):
            ends = _is_bound(subject, bound), _is_bound(target, bound)
            return _ASSUMED_SOLUTIONS[ends[0], name in bound, ends[1]]
        case Join(parts):
            return _join(parts, bound)[1]
        case LeftJoin(left, right, _):
            before, names = _solutions(left, bound), certain_names(left)
            if is_optional_looked_up(right, names, bound):
                return before
            keys = (names & certain_names(right)) - bound
            return before * max(1, _solutions(right, bound) / float(_HASH_KEY_SHARE ** len(keys)))
        case Union(parts):
            return sum(_solutions(part, bound) for part in parts)
        case Values(_, rows):
            return float(len(rows))
        case Filter(inner, _) | Extend(inner, _, _) | Minus(inner, _):
            return _solutions(inner, bound)
        case Select():
            solutions = _solutions(pattern.pattern, bound)
            if pattern.limit is None:
                return solutions
            return min(solutions, pattern.limit)


def _is_bound(end: Var | Term, bound: _Names) -> bool:
    return not isinstance(end, Var) or end.name in bound
