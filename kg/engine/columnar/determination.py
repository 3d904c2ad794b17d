"""Which variables of a pattern are determined by others, from exact counts of the facts.

A predicate with as many facts as subjects has one object for each subject, and the reverse.
"""

from __future__ import annotations

from collections.abc import Iterator

from kg.engine.columnar.statistics import Statistics
from kg.sparql.algebra import (
    Call,
    Const,
    Expression,
    Extend,
    Filter,
    Join,
    LeftJoin,
    Pattern,
    Triple,
    Values,
    Var,
)

#: A variable that is determined if all of some variables are.
_Dependency = tuple[str, frozenset[str]]


def determined(pattern: Pattern, names: frozenset[str], statistics: Statistics) -> frozenset[str]:
    """Return the variables that are the same in all solutions in which those of ``names`` are."""
    dependencies = list(_dependencies(pattern, statistics))
    known = set(names)
    while True:
        added = {name for name, needed in dependencies if needed <= known} - known
        if not added:
            return frozenset(known)
        known |= added


def expression_variables(expression: Expression) -> frozenset[str] | None:
    """Return the variables of an expression, None if it contains EXISTS or an aggregate."""
    match expression:
        case Var(name):
            return frozenset({name})
        case Const():
            return frozenset()
        case Call(_, arguments):
            names = [expression_variables(argument) for argument in arguments]
            if None not in names:
                return frozenset().union(*(listed for listed in names if listed is not None))
    return None


def _dependencies(pattern: Pattern, statistics: Statistics) -> Iterator[_Dependency]:
    match pattern:
        case Triple(subject, predicate, target):
            partitions = statistics.partitions.get(predicate, ())
            ends = [
                frozenset({end.name}) if isinstance(end, Var) else frozenset()
                for end in (subject, target)
            ]
            if len(partitions) == 1 and partitions[0].facts == partitions[0].subjects:
                yield from ((name, ends[0]) for name in ends[1])
            if len(partitions) == 1 and partitions[0].facts == partitions[0].objects:
                yield from ((name, ends[1]) for name in ends[0])
        case Join(parts):
            for part in parts:
                yield from _dependencies(part, statistics)
        case Filter(inner, _):
            yield from _dependencies(inner, statistics)
        case Extend(inner, name, expression):
            yield from _dependencies(inner, statistics)
            if (needed := expression_variables(expression)) is not None:
                yield name, needed
        case LeftJoin(left, _, _):
            # Whether the right side matches may depend on all other variables.
            yield from _dependencies(left, statistics)
        case Values(names, rows) if len(rows) == 1:
            yield from ((name, frozenset()) for name in names)
