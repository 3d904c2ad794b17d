"""Aggregates in SQL.

As in Oxigraph, COUNT of a variable counts the solutions that bind it, and SAMPLE chooses among the
values that are no errors; any other aggregate is an error if one of its values is an error or an
unbound variable.
"""

from __future__ import annotations

from typing import Final

from kg.engine.columnar import mixed_terms, numerics
from kg.engine.columnar.columns import UNBOUND, Column, has_order
from kg.engine.columnar.ordering import order_keys
from kg.engine.columnar.scope import Scope
from kg.engine.columnar.term_types import DECIMAL_FACT, SCALE, Storage, is_opaque, kind_order
from kg.sparql.algebra import Aggregate, Call
from kg.sparql.unsupported import Reason, UnsupportedQueryError

#: Oxigraph counts the values of these expressions, but not always where others have an error.
_CHOICES: Final = frozenset({"IF", "COALESCE"})


def aggregate_values(
    scope: Scope, aggregate: Aggregate, value: Column, *, is_variable: bool
) -> Column:
    """Return an aggregate of the values of an expression, which may be a variable.

    Raises:
        UnsupportedQueryError: if the result may differ from that of Oxigraph.
    """
    distinct = "DISTINCT " if aggregate.distinct else ""
    match aggregate.name:
        case "COUNT":
            count = f"count({distinct}{value.sql})"
            if is_variable or not value.nullable:
                return numerics.integer(count, nullable=False)
            if isinstance(aggregate.argument, Call) and aggregate.argument.name in _CHOICES:
                raise UnsupportedQueryError(Reason.AGGREGATE_OPERANDS)
            return numerics.integer(_error_if_any_null(value, count), nullable=True)
        case "MIN" | "MAX":
            return _extreme(scope, aggregate.name.lower(), value)
        case "SAMPLE":
            return _sample(scope, value)
    if value.is_unbound:
        return numerics.integer("(CASE WHEN count(*) = 0 THEN 0 END)", nullable=True)
    if value.is_numeric:
        return _total(aggregate.name, value, distinct)
    return _mixed_total(scope, aggregate, value)


def _extreme(scope: Scope, function: str, value: Column) -> Column:
    """Return MIN or MAX."""
    if value.is_unbound:
        return UNBOUND
    if has_order(value):
        sql = f"{function}({value.sql})"
    else:
        if value.kinds >= numerics.INTEGER | numerics.DECIMAL:
            # Either of two equal numbers may be the result.
            raise UnsupportedQueryError(Reason.AGGREGATE_OPERANDS)
        keys = [*order_keys(scope, value), value.sql]
        fields = ", ".join(f"'k{number}': {key}" for number, key in enumerate(keys))
        term = f"CASE WHEN {value.sql} IS NOT NULL THEN {{{fields}}} END"
        sql = f"({function}({term})).k{len(keys) - 1}"
    return Column(_error_if_any_null(value, sql), value.storage, value.kinds, nullable=True)


def _sample(scope: Scope, value: Column) -> Column:
    """Return the least value: by kind, then by value, or by text where it has no value.

    SPARQL leaves the choice open. This one is the same in every execution, and that of MIN where
    all terms are of one kind with an order.
    """
    if value.is_unbound:
        return UNBOUND
    if DECIMAL_FACT in value.kinds:
        raise UnsupportedQueryError(Reason.AGGREGATE_OPERANDS)
    sql = f"min({value.sql})"
    if value.storage is Storage.TERM:
        ranks = {kind: str(n) for n, kind in enumerate(sorted(value.kinds, key=kind_order))}
        numbers = "".join(
            f" WHEN {test} THEN {numerics.scaled(part)}"
            for test, part in scope.parts(value)
            if part.is_numeric
        )
        number = f"CASE{numbers} ELSE 0 END" if numbers else "0"
        keys = f"'k0': {scope.by_kind(value, ranks.__getitem__)}, 'k1': {number}"
        term = f"CASE WHEN {value.sql} IS NOT NULL THEN {{{keys}, 'k2': {value.sql}}} END"
        sql = f"(min({term})).k2"
    return Column(sql, value.storage, value.kinds, nullable=True)


def _total(name: str, value: Column, distinct: str) -> Column:
    """Return SUM or AVG of integers or of decimals."""
    total = f"sum({distinct}{value.sql})"
    if name == "SUM":
        if value.storage is Storage.INTEGER:
            sql = _error_if_any_null(value, f"CAST(coalesce({total}, 0) AS BIGINT)")
            return numerics.integer(sql, nullable=value.nullable)
        return numerics.decimal(_of_solutions(value, total), nullable=value.nullable)
    scale = f" * {SCALE}::HUGEINT" if value.storage is Storage.INTEGER else ""
    count = f"count({distinct}{value.sql})"
    mean = f"coalesce({total}, 0)::HUGEINT{scale} // nullif({count}, 0)::HUGEINT"
    return numerics.decimal(_of_solutions(value, mean), nullable=value.nullable)


def _of_solutions(value: Column, decimal: str) -> str:
    """Return a decimal unless there are no solutions, where Oxigraph returns an integer."""
    none = "error('nothing to add')::HUGEINT"
    return _error_if_any_null(value, f"(CASE WHEN count(*) = 0 THEN {none} ELSE {decimal} END)")


def _mixed_total(scope: Scope, aggregate: Aggregate, value: Column) -> Column:
    """Return SUM or AVG of terms of several kinds; one that is not a number is an error."""
    if aggregate.distinct or any(map(is_opaque, value.kinds)):
        raise UnsupportedQueryError(Reason.AGGREGATE_OPERANDS)
    numbers = [(test, part) for test, part in scope.parts(value) if part.is_numeric]
    cases = "".join(f" WHEN {test} THEN {numerics.scaled(part)}" for test, part in numbers)
    if not numbers:
        return numerics.integer("(CASE WHEN count(*) = 0 THEN 0 END)", nullable=True)
    number = numerics.decimal(f"(CASE{cases} END)", nullable=True)
    if aggregate.name == "AVG":
        return _total("AVG", number, "")
    if len(numbers) == 1:
        ((test, part),) = numbers
        only = f"CASE WHEN {test} THEN {part.sql} END"
        return _total("SUM", Column(only, part.storage, part.kinds, nullable=True), "")
    (is_decimal,) = (test for test, part in numbers if part.storage is Storage.DECIMAL)
    total = f"coalesce(sum({number.sql}), 0)::HUGEINT"
    as_decimal = mixed_terms.encoded("decimal", numerics.decimal_text(total))
    as_integer = mixed_terms.encoded("integer", f"CAST(({total} // {SCALE})::BIGINT AS VARCHAR)")
    sql = f"(CASE WHEN count(*) FILTER ({is_decimal}) > 0 THEN {as_decimal} ELSE {as_integer} END)"
    kinds = numerics.INTEGER | numerics.DECIMAL
    return Column(_error_if_any_null(number, sql), Storage.TERM, kinds, nullable=True)


def _error_if_any_null(value: Column, sql: str) -> str:
    if not value.nullable:
        return sql
    return f"(CASE WHEN count(*) = count({value.sql}) THEN {sql} END)"
