"""Expressions in SQL: operators, and what all functions need.

An error is NULL, as is an unbound variable. So SQL's logic of three values gives what SPARQL says
of errors under ``&&``, ``||``, ``!`` and ``IN`` (https://www.w3.org/TR/sparql11-query/#evaluation).
What an operator means follows from the kinds of its operands; where they leave it open the query
is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kg.columnar import functions, numbers
from kg.columnar.algebra import Aggregate, Call, Const, Exists, Expression, Pattern, Var
from kg.columnar.columns import NOTHING, Column, common_form
from kg.columnar.context import Context
from kg.columnar.kinds import Form, is_other
from kg.columnar.refusals import Reason, RefusedError

#: Compiles EXISTS: given the pattern and where it stands, returns a truth value in SQL.
ExistsCompiler = Callable[[Pattern, "Scope"], str]
#: Longer SQL for one expression is not built, in characters: each level may repeat the one below.
_LONGEST: Final = 50_000
_TERMS: Final = {Form.ID, Form.TEXT}
UNKNOWN: Final = Column("NULL::BOOLEAN", Form.BOOLEAN, frozenset({"boolean"}), maybe=True)


class Scope:
    """Where expressions stand: columns by variable, and the joins that they need besides."""

    def __init__(
        self, context: Context, columns: dict[str, Column], exists: ExistsCompiler | None = None
    ) -> None:
        self.context = context
        self.columns = columns
        self._exists = exists
        self.joins: list[str] = []
        self._texts: dict[str, Column] = {}

    def compile(self, expression: Expression) -> Column:
        """Return an expression as a column.

        Raises:
            RefusedError: if what it means is not known for certain.
        """
        found = self._compiled(expression)
        if len(found.sql) > _LONGEST:
            raise RefusedError(Reason.LENGTH)
        return found

    def _compiled(self, expression: Expression) -> Column:
        match expression:
            case Var(name):
                if name not in self.columns:
                    raise RefusedError(Reason.UNDEFINED)
                return self.columns[name]
            case Const(term):
                return self.context.constant(term)
            case Exists(pattern):
                if self._exists is None:
                    raise RefusedError(Reason.EXISTS)
                return truth(self._exists(pattern, self))
            case Aggregate():
                raise RefusedError(Reason.GROUPED)
            case Call(name, arguments):
                return self._call(name, arguments)

    def condition(self, expression: Expression) -> str:
        """Return an expression as a truth value in SQL, NULL for an error."""
        return self._truth(self.compile(expression)).sql

    def text(self, column: Column) -> Column:
        """Return the texts of terms: IRIs, and literals without language or datatype."""
        if column.form is Form.TEXT or column.is_nothing:
            return column
        if column.form is not Form.ID:
            raise RefusedError(Reason.MIXED)
        if column.sql not in self._texts:
            alias = self.context.name("t")
            self.joins.append(f"LEFT JOIN term {alias} ON {alias}.id = {column.sql}")
            self._texts[column.sql] = Column(
                f"{alias}.value", Form.TEXT, column.kinds, column.maybe, origin=column
            )
        return self._texts[column.sql]

    def spelled(self, column: Column, form: Form) -> Column:
        """Return a column in another form that it can have."""
        return self.text(column) if form is Form.TEXT else column

    def by_kind(self, column: Column, told: Callable[[str], str]) -> str:
        """Return what is told of each kind of terms in a column, as SQL."""
        if column.kind:
            return f"CASE WHEN {column.sql} IS NOT NULL THEN {told(column.kind)} END"
        ranges = self.context.catalogue.ranges
        kinds = sorted(column.kinds, key=lambda kind: ranges[kind])
        cases = "".join(
            f" WHEN {column.sql} < {ranges[kind][1]} THEN {told(kind)}" for kind in kinds
        )
        return f"CASE{cases} END"

    def _call(self, name: str, arguments: tuple[Expression, ...]) -> Column:
        match name:
            case "&&" | "||":
                left, right = (self.condition(one) for one in arguments)
                return truth(f"({left} {'AND' if name == '&&' else 'OR'} {right})")
            case "!":
                return truth(f"(NOT {self.condition(arguments[0])})")
            case "BOUND":
                return self._bound(arguments)
            case "COALESCE":
                return self._coalesce(arguments)
            case "IF":
                return self._if(arguments)
        values = [self.compile(one) for one in arguments]
        match name:
            case "=":
                return truth(self.equality(*values))
            case "!=":
                return truth(f"(NOT {self.equality(*values)})")
            case "IN":
                equal = [self.equality(values[0], one) for one in values[1:]]
                return truth(f"({' OR '.join(equal)})" if equal else "false")
            case "<" | ">" | "<=" | ">=":
                return truth(self._comparison(name, *values))
            case "+" | "-" | "*" | "/":
                return numbers.arithmetic(name, *values)
            case "NEGATE":
                return numbers.negative(*values)
        return functions.call(self, name, values)

    def _bound(self, arguments: tuple[Expression, ...]) -> Column:
        (argument,) = arguments
        if not isinstance(argument, Var):
            raise RefusedError(Reason.SYNTAX)
        return truth(f"({self.compile(argument).sql} IS NOT NULL)")

    def _coalesce(self, arguments: tuple[Expression, ...]) -> Column:
        values = [one for one in map(self.compile, arguments) if not one.is_nothing]
        if not values:
            return NOTHING
        form = common_form(values)
        told = [self.spelled(one, form) for one in values]
        kinds = frozenset(kind for one in told for kind in one.kinds)
        sql = f"coalesce({', '.join(one.sql for one in told)})"
        return Column(sql, form, kinds, all(one.maybe for one in told))

    def _if(self, arguments: tuple[Expression, ...]) -> Column:
        condition = self.condition(arguments[0])
        values = [self.compile(one) for one in arguments[1:]]
        bound = [one for one in values if not one.is_nothing]
        if not bound:
            return NOTHING
        form = common_form(bound)
        yes, no = (self.spelled(one, form).sql for one in values)
        kinds = frozenset(kind for one in bound for kind in one.kinds)
        sql = f"CASE WHEN {condition} THEN {yes} WHEN NOT {condition} THEN {no} END"
        return Column(sql, form, kinds, maybe=True)

    def _truth(self, value: Column) -> Column:
        """Return the effective boolean value of a column."""
        if value.is_nothing:
            return UNKNOWN
        if value.form is Form.BOOLEAN:
            return value
        if value.is_numeric:
            return truth(f"({value.sql} <> 0)")
        if value.kind == "string":
            return truth(f"({self.text(value).sql} <> '')")
        raise RefusedError(Reason.TRUTH)

    def equality(self, one: Column, other: Column) -> str:
        """Return whether terms are equal, in SQL.

        Raises:
            RefusedError: if their values are not known.
        """
        if one.is_nothing or other.is_nothing:
            return UNKNOWN.sql
        if any(map(is_other, one.kinds | other.kinds)):
            raise RefusedError(Reason.EQUALITY)
        if one.is_numeric and other.is_numeric:
            return "({} = {})".format(*numbers.alike(one, other))
        if one.form is other.form and one.form not in _TERMS:
            return f"({one.sql} = {other.sql})"
        if one.kinds.isdisjoint(other.kinds):
            # Of kinds that differ no two terms are equal, if both are there.
            return f"CASE WHEN {one.sql} IS NOT NULL AND {other.sql} IS NOT NULL THEN false END"
        if numbered := _origins(one, other):
            return "({} = {})".format(*numbered)
        if {one.form, other.form} == {Form.ID, Form.TEXT}:
            ids, texts = (one, other) if one.form is Form.ID else (other, one)
            if not ids.kind:
                raise RefusedError(Reason.EQUALITY)
            return f"({self.text(ids).sql} = {texts.sql})"
        return f"({one.sql} = {other.sql})"

    def _comparison(self, sign: str, one: Column, other: Column) -> str:
        if one.is_nothing or other.is_nothing:
            return UNKNOWN.sql
        if one.is_numeric and other.is_numeric:
            left, right = numbers.alike(one, other)
            return f"({left} {sign} {right})"
        if one.form is Form.DATE and other.form is Form.DATE:
            return f"({one.sql} {sign} {other.sql})"
        if one.kind == other.kind and (one.kind == "string" or one.kind.startswith("@")):
            if numbered := _origins(one, other):
                return f"({numbered[0]} {sign} {numbered[1]})"
            return f"({self.text(one).sql} {sign} {self.text(other).sql})"
        raise RefusedError(Reason.COMPARISON)


def truth(sql: str) -> Column:
    """Return a truth value in SQL as a column."""
    return Column(sql, Form.BOOLEAN, frozenset({"boolean"}), maybe=True)


def _origins(one: Column, other: Column) -> tuple[str, str] | None:
    """Return the numbers of two columns, if comparing these is comparing what they are of."""
    if one.form is Form.ID and other.form is Form.ID:
        return one.sql, other.sql
    if one.origin and other.origin and one.origin.kind and one.origin.kinds == other.origin.kinds:
        return one.origin.sql, other.origin.sql
    return None
