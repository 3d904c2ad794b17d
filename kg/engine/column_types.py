"""Types of result columns, inferred from a query and the statistics of a release.

They are known before the query runs and do not depend on the engine that answers it: from the
statistics comes what the objects of each predicate are in the whole release, from the query what
its patterns and expressions make of them. Where that leaves several kinds of terms, and in queries
outside the part of SPARQL that ``kg.sparql.parser`` reads, the type is ``ANY``.

Everything here errs to one side: a variable may have fewer kinds of terms than are inferred, never
others. Kinds are those of ``kg.engine.columnar.term_types``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

import pyoxigraph as ox

from kg.engine.columnar.statistics import Statistics
from kg.engine.columnar.term_types import is_opaque, typed_kind
from kg.engine.expression_types import Kinds, expression_kinds, union
from kg.rdf.vocabulary import RDF, XSD
from kg.sparql.algebra import (
    Call,
    Const,
    Expression,
    Extend,
    Filter,
    Join,
    LeftJoin,
    Minus,
    Pattern,
    Select,
    Term,
    Triple,
    Union,
    Values,
    Var,
)
from kg.sparql.parser import parse
from kg.sparql.result_columns import ANY, ColumnType, ResultColumn, ResultColumns
from kg.sparql.unsupported import UnsupportedQueryError

_TYPES = {
    frozenset({"iri"}): ColumnType.IRI,
    frozenset({"string"}): ColumnType.STRING,
    frozenset({"integer"}): ColumnType.INTEGER,
    frozenset({"decimal"}): ColumnType.DECIMAL,
    frozenset({"integer", "decimal"}): ColumnType.DECIMAL,
    frozenset({"double"}): ColumnType.DOUBLE,
    frozenset({"boolean"}): ColumnType.BOOLEAN,
    frozenset({"date"}): ColumnType.DATE,
    frozenset({"dateTime"}): ColumnType.DATE_TIME,
    # Never bound.
    frozenset[str](): ColumnType.STRING,
}
_KEPT_DATATYPES = frozenset(
    {XSD.anyURI, XSD.gYear, XSD.gYearMonth, XSD.date, XSD.dateTime, XSD.decimal}
)


def column_types(
    text: str, parameters: Mapping[str, Term], statistics: Statistics | None
) -> ResultColumns:
    """Return what is certain of the variables of a query; ``parameters`` are terms bound to some.

    Without ``statistics``, those of the release in which the default graph of the query is, nothing
    is known of its patterns.
    """
    try:
        query = parse(text)
    except (UnsupportedQueryError, RecursionError):
        return {}
    inference = _Inference(statistics, parameters)
    variables = inference.select(query.select)
    bound = {name: _Variable(frozenset({typed_kind(term)})) for name, term in parameters.items()}
    return {
        name: _column(bound.get(name, variable).kinds)
        for name, variable in variables.items()
        if Var(name).is_visible
    }


def _column(kinds: Kinds) -> ResultColumn:
    if kinds is None:
        return ANY
    if kinds in _TYPES:
        return ResultColumn(_TYPES[kinds])
    kind = next(iter(kinds))
    if len(kinds) == 1 and kind.startswith("@"):
        return ResultColumn(ColumnType.LANGUAGE_STRING, kind[1:])
    if len(kinds) == 1 and is_opaque(kind) and _keeps_datatype(kind[2:]):
        return ResultColumn(ColumnType.OTHER_LITERAL, other_datatype=kind[2:])
    return ANY


def _keeps_datatype(datatype: str) -> bool:
    """Return whether Oxigraph returns literals with their datatype; an xsd:int is an integer."""
    return datatype in _KEPT_DATATYPES or not datatype.startswith(XSD.iri)


@dataclass(frozen=True, slots=True)
class _Variable:
    """The kinds of the terms of a variable, and whether every solution binds it."""

    kinds: Kinds
    is_bound: bool = False


_Variables = dict[str, _Variable]


class _Inference:
    """Infers the variables of patterns."""

    def __init__(self, statistics: Statistics | None, parameters: Mapping[str, Term]) -> None:
        self._statistics = statistics
        self._parameters = parameters

    def select(self, select: Select) -> _Variables:
        """Return the variables that a query or a sub-query projects."""
        variables = self._pattern(select.pattern)
        for name, expression in select.keys or ():
            if expression is not None:
                variables[name] = _Variable(self._expression(expression, variables))
        if select.projection is None:
            return variables
        projected: _Variables = {}
        has_keys = select.keys is not None
        for name, expression in select.projection:
            if expression is None:
                projected[name] = variables.get(name, _Variable(frozenset()))
            else:
                kinds = self._expression(expression, variables, has_keys=has_keys)
                projected[name] = variables[name] = _Variable(kinds)
        return projected

    def _expression(
        self, expression: Expression, variables: _Variables, *, has_keys: bool = False
    ) -> Kinds:
        def kinds_of(name: str) -> Kinds:
            if name in variables:
                return variables[name].kinds
            if name in self._parameters:
                return frozenset({typed_kind(self._parameters[name])})
            return frozenset()

        return expression_kinds(expression, kinds_of, has_keys=has_keys)

    def _pattern(self, pattern: Pattern) -> _Variables:
        match pattern:
            case Triple():
                return self._triple(pattern)
            case Join(parts):
                return reduce(_joined, map(self._pattern, parts), {})
            case LeftJoin(left, right):
                return _left_joined(self._pattern(left), self._pattern(right))
            case Union(parts):
                return _united([self._pattern(part) for part in parts])
            case Minus(left):
                return self._pattern(left)
            case Filter(inner, condition):
                return _filtered(self._pattern(inner), condition)
            case Extend(inner, name, expression):
                variables = self._pattern(inner)
                return {**variables, name: _Variable(self._expression(expression, variables))}
            case Values(names, rows):
                columns = zip(*rows, strict=True) if rows else ((),) * len(names)
                return {
                    name: _Variable(
                        frozenset(typed_kind(term) for term in terms if term is not None),
                        None not in terms,
                    )
                    for name, terms in zip(names, columns, strict=True)
                }
            case Select():
                return self.select(pattern)

    def _triple(self, triple: Triple) -> _Variables:
        subjects: Kinds = None
        objects: Kinds = None
        if self._statistics is not None:
            partitions = self._statistics.partitions.get(triple.predicate, ())
            subjects = frozenset(kind for p in partitions for kind in p.subject_kinds)
            objects = frozenset(kind for p in partitions for kind in p.value_kinds)
        subject, target = triple.subject, triple.object
        variables: _Variables = {}
        if isinstance(subject, Var):
            variables[subject.name] = _Variable(subjects, is_bound=True)
        if isinstance(target, Var):
            variables = _joined(variables, {target.name: _Variable(objects, is_bound=True)})
        return variables


def _joined(left: _Variables, right: _Variables) -> _Variables:
    variables = {**left, **right}
    for name in left.keys() & right.keys():
        ours, theirs = left[name], right[name]
        if ours.is_bound and theirs.is_bound:
            kinds = _intersection(ours.kinds, theirs.kinds)
        elif ours.is_bound or theirs.is_bound:
            kinds = (ours if ours.is_bound else theirs).kinds
        else:
            kinds = union(ours.kinds, theirs.kinds)
        variables[name] = _Variable(kinds, ours.is_bound or theirs.is_bound)
    return variables


def _left_joined(left: _Variables, right: _Variables) -> _Variables:
    variables = dict(left)
    for name, theirs in right.items():
        ours = left.get(name, _Variable(frozenset()))
        if not ours.is_bound:
            variables[name] = _Variable(union(ours.kinds, theirs.kinds))
    return variables


def _united(parts: list[_Variables]) -> _Variables:
    absent = _Variable(frozenset())
    variables: _Variables = {}
    for name in dict.fromkeys(name for part in parts for name in part):
        columns = [part.get(name, absent) for part in parts]
        variables[name] = _Variable(
            union(*(column.kinds for column in columns)), all(c.is_bound for c in columns)
        )
    return variables


def _filtered(variables: _Variables, condition: Expression) -> _Variables:
    """Return the variables where a condition holds; a test of the language leaves one kind."""
    match condition:
        case Call("&&", (left, right)):
            return _filtered(_filtered(variables, left), right)
        case Call("=", (Call("LANG", (Var(name),)), Const(ox.Literal() as language))):
            if language.value and name in variables:
                tagged = frozenset({f"@{language.value.lower()}", f"^^{RDF.dirLangString}"})
                kinds = _intersection(variables[name].kinds, tagged)
                return {**variables, name: _Variable(kinds, is_bound=True)}
    return variables


def _intersection(left: Kinds, right: Kinds) -> Kinds:
    if left is None or right is None:
        return right if left is None else left
    return left & right
