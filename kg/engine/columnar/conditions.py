"""Conditions of FILTER: their conjuncts, the kinds they imply, and their selectivity."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyoxigraph as ox

from kg.engine.columnar.columns import UNBOUND, Column, Relation
from kg.sparql.algebra import Call, Const, Expression, Var

#: Estimated shares of solutions that a condition keeps: in general, and for a test of the language.
SELECTIVITY: Final = 0.3
_LANGUAGE_SELECTIVITY: Final = 0.9


def conjuncts(condition: Expression) -> Iterator[Expression]:
    """Yield the parts of a condition that ``&&`` joins."""
    if isinstance(condition, Call) and condition.name == "&&":
        for argument in condition.arguments:
            yield from conjuncts(argument)
    else:
        yield condition


def selectivity(condition: Expression) -> float:
    """Return the estimated share of solutions that a condition without ``&&`` keeps."""
    return _LANGUAGE_SELECTIVITY if _language_test(condition) else SELECTIVITY


def narrow_kinds(columns: dict[str, Column], condition: Expression) -> dict[str, Column]:
    """Return columns with only the kinds that terms can have where a condition is true."""
    if not (test := _language_test(condition)) or not test[1]:
        return columns
    name, language = test
    column = columns.get(name, UNBOUND)
    kinds = column.kinds & {f"@{language.lower()}"}
    if not kinds or column.is_constant:
        return columns
    return {**columns, name: Column(column.sql, column.storage, kinds)}


def can_filter_right(condition: Expression, left: Relation, right: Relation) -> bool:
    """Return whether a condition in an OPTIONAL can be tested before the join.

    It can if the right side has every variable in it, and if those that the left side has too are
    always bound on both sides.
    """
    match condition:
        case Var(name):
            if name not in right.columns:
                return False
            ours, theirs = left.columns.get(name), right.columns[name]
            return ours is None or not (ours.nullable or theirs.nullable)
        case Call(_, arguments):
            return all(can_filter_right(argument, left, right) for argument in arguments)
    return isinstance(condition, Const)


def _language_test(condition: Expression) -> tuple[str, str] | None:
    """Return the variable and the language of a condition ``LANG(?v) = "xx"``."""
    match condition:
        case Call("=", (Call("LANG", (Var(name),)), Const(ox.Literal() as language))):
            return name, language.value
    return None
