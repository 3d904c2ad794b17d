"""Graph patterns in SQL: every pattern becomes a table of solutions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

import pyoxigraph as ox

from kg.engine.columnar.columns import NOTHING, Column, Relation, common_form, empty
from kg.engine.columnar.context import Context
from kg.engine.columnar.database import OF_NUMBER
from kg.engine.columnar.expressions import compiled, condition
from kg.engine.columnar.join_order import Counted, Size, joining
from kg.engine.columnar.scope import Scope
from kg.engine.columnar.term_types import Form, form_of, kind_of
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
from kg.sparql.unsupported import Reason, UnsupportedQueryError

#: Pairs of solutions that are compared one by one.
_PAIRS: Final = 1e7
#: What a condition leaves of solutions, in estimates.
_KEPT: Final = 0.3

#: Terms that variables stand for from outside: parameters of a saved query.
Given = dict[str, Column]


class SelectCompiler(Protocol):
    """Compiles a query within a query."""

    def __call__(self, select: Select, given: Given) -> Relation:
        """Return its table."""


class Patterns:
    """Compiles the patterns of one query."""

    def __init__(self, context: Context, select: SelectCompiler) -> None:
        self._context = context
        self._select = select

    def compile(self, pattern: Pattern, given: Given) -> Relation:
        """Return the solutions of a pattern.

        Raises:
            UnsupportedQueryError: if it is not known how to be sure of them.
        """
        match pattern:
            case Triple():
                return self._join((pattern,), given)
            case Join(parts):
                return self._join(parts, given)
            case LeftJoin(left, right, condition):
                return self._left_join(left, right, condition, given)
            case Union(parts):
                return self._union([self.compile(part, given) for part in parts])
            case Minus(left, right):
                return self._minus(left, right, given)
            case Filter(inner, condition):
                return self.filtered(self.compile(inner, given), condition, given)
            case Extend(inner, name, expression):
                return self.extended(self.compile(inner, given), name, expression, given)
            case Values(names, rows):
                return self._values(names, rows)
            case Select():
                return self._select(pattern, given)

    def name(self, prefix: str) -> str:
        """Return a name of SQL that is used nowhere else."""
        return self._context.name(prefix)

    def scope(self, relation: Relation, alias: str, given: Given) -> Scope:
        """Return where expressions over a relation stand."""
        return Scope(
            self._context,
            _qualified(relation.columns, alias),
            lambda pattern, scope: self._exists(pattern, scope, given),
        )

    # Filters and new variables

    def filtered(self, relation: Relation, expression: Expression, given: Given) -> Relation:
        """Return the solutions for which a condition is true."""
        if relation.is_empty:
            return relation
        alias = self._context.name("r")
        scope = self.scope(relation, alias, given)
        sql = condition(scope, expression)
        rows, columns = relation.rows, relation.columns
        for one in _conjuncts(expression):
            rows *= 0.9 if _language(one) else _KEPT
            columns = _narrowed(columns, one)
        source = scope.source(f"{relation.sql} {alias}", relation.rows)
        told = f"(SELECT {alias}.* FROM {source} WHERE {sql})"
        return Relation(told, columns, max(rows, 1), relation.distinct)

    def extended(
        self, relation: Relation, name: str, expression: Expression, given: Given
    ) -> Relation:
        """Return the solutions with the value of an expression under a name."""
        if name in relation.columns:
            raise UnsupportedQueryError(Reason.PARAMETERS if name in given else Reason.SYNTAX)
        if relation.is_empty:
            return empty({*relation.columns, name})
        alias, column = self._context.name("r"), self._context.name("c")
        scope = self.scope(relation, alias, given)
        value = compiled(scope, expression)
        if value.is_nothing:
            return Relation(relation.sql, {**relation.columns, name: NOTHING}, relation.rows)
        told = f"SELECT {alias}.*, {value.sql} AS {column}"
        sql = f"({told} FROM {scope.source(f'{relation.sql} {alias}', relation.rows)})"
        made = Column(column, value.form, value.kinds, value.maybe)
        return Relation(sql, {**relation.columns, name: made}, relation.rows, relation.distinct)

    # Joins

    def _join(self, parts: tuple[Pattern, ...], given: Given) -> Relation:
        if not parts:
            return Relation("(SELECT 1 AS one)", dict(given), 1)
        items: list[_Fact | _Table] = []
        is_empty = False
        for part in parts:
            if isinstance(part, Triple):
                found = self._triple(part, given)
                is_empty = is_empty or found is None
                items += [found] if found else []
            else:
                relation = self.compile(part, given)
                is_empty = is_empty or relation.is_empty
                items.append(_Table(self._context.name("r"), relation))
        if is_empty:
            names = {name for one in items for name in one.columns}
            names |= {name for part in parts for name in _names(part)}
            return empty(names | set(given))
        joined = [_Joined.of(item) for item in items]
        for one, other, size in joining([item.size for item in items]):
            joined[one] = joined[one].with_other(joined[other], self._context, size)
        return joined[0].relation(self._context, given)

    def _triple(self, triple: Triple, given: Given) -> _Fact | None:
        """Return a triple pattern, or None if no fact fits it."""
        ends = [self._end(triple.subject, given), self._end(triple.object, given)]
        parts = self._context.catalogue.parts.get(triple.predicate, ())
        if not isinstance(ends[1], Var):
            form = form_of(_kind(ends[1]))
            parts = tuple(part for part in parts if part.form is form)
        if not parts:
            return None
        if len(parts) > 1:
            raise UnsupportedQueryError(Reason.MIXED)
        (part,) = parts
        given_numbers: list[int | None] = [None, None]
        for place, end in enumerate(ends):
            if not isinstance(end, Var):
                number = self._context.number(end)
                if number is None:
                    return None
                given_numbers[place] = number
        if isinstance(ends[0], Var) and ends[0] == ends[1] and part.form is not Form.ID:
            return None
        return _Fact(self._context.name("f"), Counted(part, *ends), given_numbers)

    def _end(self, end: Var | Term, given: Given) -> Var | Term:
        """Return the term for a parameter, everything else as it is."""
        if isinstance(end, Var) and end.name in given:
            return self._context.parameters[end.name]
        return end

    def _values(
        self, names: tuple[str, ...], rows: tuple[tuple[Term | None, ...], ...]
    ) -> Relation:
        if not rows:
            return empty(set(names))
        columns, told = {}, []
        for place, name in enumerate(names):
            column, values = self._context.column_of(row[place] for row in rows)
            if column.kinds:
                columns[name] = column.called(self._context.name("c"))
                told.append([f"{value}::{column.form.sql_type}" for value in values])
            else:
                columns[name] = NOTHING
        listed = [column.sql for column in columns.values() if not column.is_nothing]
        lines = zip(*told, strict=True) if told else (("1",) for _ in rows)
        body = ", ".join(f"({', '.join(line)})" for line in lines)
        alias = f"{self._context.name('v')}({', '.join(listed or ['one'])})"
        return Relation(f"(SELECT * FROM (VALUES {body}) {alias})", columns, len(rows))

    def _left_join(
        self, left: Pattern, right: Pattern, condition: Expression | None, given: Given
    ) -> Relation:
        one = self.compile(left, given)
        other = self.compile(right, given)
        if one.is_empty:
            return empty({*one.columns, *other.columns})
        if other.is_empty:
            added = dict.fromkeys(other.columns, NOTHING)
            return Relation(one.sql, {**added, **one.columns}, one.rows)
        return self._side_join(one, other, condition, given)

    def _side_join(
        self, one: Relation, other: Relation, expression: Expression | None, given: Given
    ) -> Relation:
        if expression is not None and _is_about(expression, one, other):
            other, expression = self.filtered(other, expression, given), None
        left, right = self._context.name("r"), self._context.name("r")
        ours, theirs = _qualified(one.columns, left), _qualified(other.columns, right)
        join = _Meeting(self._context, ours, theirs, given)
        if (join.is_loose or not join.conditions) and one.rows * other.rows > _PAIRS:
            raise UnsupportedQueryError(Reason.OPTIONAL_JOIN)
        conditions = join.conditions
        if expression is not None:
            scope = Scope(self._context, {**theirs, **ours, **join.merged})
            conditions = [*conditions, condition(scope, expression)]
            if scope.lookups:
                raise UnsupportedQueryError(Reason.OPTIONAL_JOIN)
        added = {
            name: column.called(column.sql, maybe=True)
            for name, column in theirs.items()
            if name not in ours or name in join.merged
        }
        columns = {**added, **ours}
        for name in join.merged:
            columns[name] = _first(ours[name], theirs[name]) if ours[name].maybe else ours[name]
        sql, named = _projected(self._context, columns)
        ours_sql = join.source(f"{one.sql} {left}", one.rows)
        theirs_sql, met = f"{other.sql} {right}", " AND ".join(conditions) or "true"
        if one.rows < other.rows and not join.is_loose and join.conditions:
            source = f"{theirs_sql} RIGHT JOIN ({ours_sql}) ON {met}"
        else:
            source = f"{ours_sql} LEFT JOIN {theirs_sql} ON {met}"
        return Relation(f"(SELECT {sql} FROM {source})", named, one.rows, one.distinct)

    def _union(self, parts: list[Relation]) -> Relation:
        names = list(dict.fromkeys(name for part in parts for name in part.columns))
        present = [part for part in parts if not part.is_empty]
        if not present:
            return empty(names)
        columns: dict[str, Column] = {}
        selected: list[list[str]] = [[] for _ in present]
        scopes = []
        for part in present:
            alias = self._context.name("r")
            scopes.append((alias, Scope(self._context, _qualified(part.columns, alias))))
        for name in names:
            held = [scope.columns.get(name, NOTHING) for _, scope in scopes]
            bound = [column for column in held if not column.is_nothing]
            if not bound:
                columns[name] = NOTHING
                continue
            if all(column.constant for column in held) and len({c.sql for c in held}) == 1:
                columns[name] = held[0]
                continue
            form = common_form(bound)
            called = self._context.name("c")
            for place, ((_, scope), column) in enumerate(zip(scopes, held, strict=True)):
                sql = scope.spelled(column, form).sql
                selected[place].append(f"{sql}::{form.sql_type} AS {called}")
            kinds = frozenset(kind for column in bound for kind in column.kinds)
            maybe = any(column.maybe for column in held)
            columns[name] = Column(called, form, kinds, maybe)
        told = " UNION ALL ".join(
            f"SELECT {', '.join(sql) or '1 AS one'} "
            f"FROM {scope.source(f'{part.sql} {alias}', part.rows)}"
            for part, sql, (alias, scope) in zip(present, selected, scopes, strict=True)
        )
        distinct = {
            name: max(part.distinct.get(name, part.rows) for part in present) for name in columns
        }
        return Relation(f"({told})", columns, sum(part.rows for part in present), distinct)

    def _minus(self, left: Pattern, right: Pattern, given: Given) -> Relation:
        if given:
            raise UnsupportedQueryError(Reason.PARAMETERS)
        one, other = self.compile(left, given), self.compile(right, given)
        shared = [
            name
            for name, column in one.stored().items()
            if not other.columns.get(name, NOTHING).is_nothing
        ]
        if one.is_empty or other.is_empty or not shared:
            return one
        ours, theirs = self._context.name("r"), self._context.name("r")
        join = _Meeting(
            self._context,
            {name: _qualified(one.columns, ours)[name] for name in shared},
            {name: _qualified(other.columns, theirs)[name] for name in shared},
            given,
        )
        if join.is_loose or join.has_lookups:
            raise UnsupportedQueryError(Reason.MINUS)
        if join.is_impossible:
            return one
        met = " AND ".join(join.conditions)
        told = f"(SELECT {ours}.* FROM {one.sql} {ours} ANTI JOIN {other.sql} {theirs} ON {met})"
        return Relation(told, one.columns, one.rows)

    def _exists(self, pattern: Pattern, scope: Scope, given: Given) -> str:
        """Return whether a pattern has a solution for that of a scope, in SQL."""
        inner = self.compile(pattern, given)
        if inner.is_empty:
            return "false"
        outside = {n: c for n, c in scope.columns.items() if not c.constant}
        shared = [name for name in inner.stored() if name in outside]
        alias = self._context.name("e")
        theirs = _qualified(inner.columns, alias)
        if not shared or any(theirs[name].maybe or outside[name].maybe for name in shared):
            raise UnsupportedQueryError(Reason.EXISTS)
        join = _Meeting(
            self._context,
            {name: outside[name] for name in shared},
            {name: theirs[name] for name in shared},
            given,
        )
        if join.is_impossible:
            return "false"
        if join.has_lookups:
            raise UnsupportedQueryError(Reason.EXISTS)
        keys = ", ".join(inner.columns[name].sql for name in shared)
        table = f"(SELECT DISTINCT {keys}, true AS found FROM {inner.sql} {alias})"
        scope.lookups.append((f"{table} {alias}", " AND ".join(join.conditions)))
        return f"({alias}.found IS NOT NULL)"


@dataclass(frozen=True)
class _Fact:
    """A triple pattern over a table; an end that is no variable is a number."""

    alias: str
    counted: Counted
    numbers: list[int | None]

    @property
    def columns(self) -> dict[str, Column]:
        """Its variables; the one of the subject if it is that of the object too."""
        found, part = dict[str, Column](), self.counted.part
        if isinstance(self.counted.object, Var):
            column = Column(f"{self.alias}.o", part.form, part.object_kinds)
            found[self.counted.object.name] = column
        if isinstance(self.counted.subject, Var):
            column = Column(f"{self.alias}.s", Form.ID, part.subject_kinds)
            found[self.counted.subject.name] = column
        return found

    @property
    def size(self) -> Size:
        return self.counted.size

    @property
    def source(self) -> str:
        return f"{self.counted.part.name} {self.alias}"

    def conditions(self) -> Iterator[str]:
        """Yield what its constants demand."""
        forms = (Form.ID, self.counted.part.form)
        for name, number, form in zip("so", self.numbers, forms, strict=True):
            if number is not None:
                yield f"{self.alias}.{name} = {OF_NUMBER[form].format(number)}"
        if isinstance(self.counted.subject, Var) and self.counted.subject == self.counted.object:
            yield f"{self.alias}.s = {self.alias}.o"


@dataclass(frozen=True)
class _Table:
    """A pattern that has been compiled."""

    alias: str
    relation: Relation

    @property
    def columns(self) -> dict[str, Column]:
        return _qualified(self.relation.columns, self.alias)

    @property
    def size(self) -> Size:
        found = self.relation
        distinct = {
            name: min(found.distinct.get(name, found.rows), found.rows) for name in found.stored()
        }
        return Size(found.rows, distinct)

    @property
    def source(self) -> str:
        return f"{self.relation.sql} {self.alias}"

    def conditions(self) -> Iterator[str]:
        yield from ()


@dataclass(frozen=True)
class _Joined:
    """Tables that have been joined: what stands after FROM and WHERE, and about how many rows."""

    sql: str
    where: list[str]
    columns: dict[str, Column]
    size: Size
    is_impossible: bool = False

    @classmethod
    def of(cls, item: _Fact | _Table) -> _Joined:
        """Return one table."""
        return cls(item.source, list(item.conditions()), item.columns, item.size)

    def with_other(self, other: _Joined, context: Context, size: Size) -> _Joined:
        """Return both joined; ``size`` is the estimate of that."""
        meeting = _Meeting(context, self.columns, other.columns, {})
        pairs = self.size.rows * other.size.rows
        if meeting.is_loose and pairs > _PAIRS:
            raise UnsupportedQueryError(Reason.OPTIONAL_JOIN)
        if not meeting.conditions and pairs > _PAIRS and min(self.size.rows, other.size.rows) > 1:
            raise UnsupportedQueryError(Reason.PRODUCT)
        large, small = meeting.source(self.sql, self.size.rows), other.sql
        # DuckDB makes its hash table of the right side.
        if self.size.rows < other.size.rows:
            large, small = small, large
        return _Joined(
            f"{large} JOIN ({small}) ON {' AND '.join(meeting.conditions) or 'true'}",
            self.where + other.where,
            {**self.columns, **other.columns, **meeting.merged},
            size,
            self.is_impossible or other.is_impossible or meeting.is_impossible,
        )

    def relation(self, context: Context, given: Given) -> Relation:
        """Return what came of it."""
        if self.is_impossible:
            return empty([*self.columns, *given])
        told, columns = _projected(context, self.columns)
        where = f" WHERE {' AND '.join(self.where)}" if self.where else ""
        sql = f"(SELECT {told} FROM {self.sql}{where})"
        return Relation(sql, {**columns, **given}, self.size.rows, self.size.distinct)


class _Meeting:
    """What two sides of a join have in common.

    ``conditions`` in SQL; ``merged`` are the columns that come out; ``is_loose`` tells that one of
    them may be unbound; ``is_impossible`` that no term can be on both sides.
    """

    def __init__(
        self,
        context: Context,
        ours: dict[str, Column],
        theirs: dict[str, Column],
        given: Given,
    ) -> None:
        self.conditions: list[str] = []
        self.merged: dict[str, Column] = {}
        self.is_loose = False
        self.is_impossible = False
        self._context = context
        self._scope = Scope(context, ours)
        for name, one in ours.items():
            other = theirs.get(name, NOTHING)
            if other.is_nothing or name in given or (one.constant and other.constant):
                if not one.is_nothing and name in theirs:
                    self.merged[name] = one
                continue
            if one.is_nothing:
                self.merged[name] = other
                continue
            self._meet(name, one, other)

    @property
    def has_lookups(self) -> bool:
        """Whether our side needs a lookup for it."""
        return bool(self._scope.lookups)

    def source(self, base: str, rows: float) -> str:
        """Return our side with all lookups."""
        return self._scope.source(base, rows)

    def _meet(self, name: str, one: Column, other: Column) -> None:
        kinds = one.kinds & other.kinds
        if one.maybe or other.maybe:
            self.is_loose = True
            if kinds and one.form is not other.form:
                raise UnsupportedQueryError(Reason.MIXED)
            equal = f"{one.sql} = {other.sql}" if kinds else "false"
            unbound = [f"{column.sql} IS NULL" for column in (one, other) if column.maybe]
            self.conditions.append(f"({' OR '.join([equal, *unbound])})")
            self.merged[name] = _either(one, other)
            return
        if not kinds:
            self.is_impossible = True
            self.conditions.append("false")
            self.merged[name] = one
            return
        if one.form is other.form:
            self.conditions.append(f"{one.sql} = {other.sql}")
            self.merged[name] = Column(one.sql, one.form, kinds)
        elif one.form is Form.ID:
            told = self._scope.text(one)
            low, high = self._context.catalogue.ranges[other.kind]
            self.conditions.append(
                f"{told.sql} = {other.sql} AND {one.sql} >= {low} AND {one.sql} < {high}"
            )
            self.merged[name] = Column(one.sql, one.form, kinds)
        else:
            alias = self._context.name("t")
            low, high = self._context.catalogue.ranges[one.kind]
            table = f"(SELECT id, value FROM term WHERE id >= {low} AND id < {high})"
            self._scope.lookups.append((f"{table} {alias}", f"{alias}.value = {one.sql}"))
            self.conditions.append(f"{alias}.id = {other.sql}")
            self.merged[name] = Column(other.sql, other.form, kinds)


def _either(one: Column, other: Column) -> Column:
    """Return the column of a variable that is bound on one side at least, or on both alike."""
    if not one.maybe:
        return one
    if not other.maybe:
        return other
    form = common_form([one, other])
    if one.form is not form or other.form is not form:
        raise UnsupportedQueryError(Reason.MIXED)
    sql = f"coalesce({one.sql}, {other.sql})"
    return Column(sql, form, one.kinds | other.kinds, maybe=True)


def _first(one: Column, other: Column) -> Column:
    """Return the column of a variable that the left side may leave to the right."""
    if one.is_nothing or other.is_nothing:
        return other.called(other.sql, maybe=True) if one.is_nothing else one
    if one.form is not other.form:
        raise UnsupportedQueryError(Reason.MIXED)
    sql = f"coalesce({one.sql}, {other.sql})"
    return Column(sql, one.form, one.kinds | other.kinds, maybe=True)


def _qualified(columns: dict[str, Column], alias: str) -> dict[str, Column]:
    return {name: one.called(f"{alias}.{one.sql}") for name, one in columns.items()}


def _projected(context: Context, columns: dict[str, Column]) -> tuple[str, dict[str, Column]]:
    """Return the list of a SELECT with new names for columns, and the columns under these."""
    told, named = [], {}
    for name, column in columns.items():
        if column.constant:
            named[name] = column
            continue
        called = context.name("c")
        told.append(f"{column.sql} AS {called}")
        named[name] = column.called(called)
    return ", ".join(told) or "1 AS one", named


def _kind(term: Term | Var) -> str:
    assert not isinstance(term, Var)
    return "iri" if isinstance(term, ox.NamedNode) else kind_of(term)[0]


def _names(pattern: Pattern) -> Iterable[str]:
    """Return the variables of a triple pattern."""
    if isinstance(pattern, Triple):
        return [one.name for one in (pattern.subject, pattern.object) if isinstance(one, Var)]
    return []


def _is_about(condition: Expression, one: Relation, other: Relation) -> bool:
    """Tell whether a condition in an OPTIONAL can be tested before the join.

    That is where every variable in it is one of the right side, bound alike on the left if at all.
    """
    match condition:
        case Var(name):
            if name not in other.columns:
                return False
            both = one.columns.get(name), other.columns[name]
            return both[0] is None or not (both[0].maybe or both[1].maybe)
        case Call(_, arguments):
            return all(_is_about(argument, one, other) for argument in arguments)
    return isinstance(condition, Const)


def _conjuncts(condition: Expression) -> Iterator[Expression]:
    if isinstance(condition, Call) and condition.name == "&&":
        for one in condition.arguments:
            yield from _conjuncts(one)
    else:
        yield condition


def _language(condition: Expression) -> tuple[str, str] | None:
    """Return the variable and the language of a condition ``LANG(?v) = "xx"``."""
    match condition:
        case Call("=", (Call("LANG", (Var(name),)), Const(ox.Literal() as language))):
            return name, language.value
    return None


def _narrowed(columns: dict[str, Column], condition: Expression) -> dict[str, Column]:
    """Return columns with the kinds that are left where a condition is true."""
    if not (found := _language(condition)) or not found[1]:
        return columns
    name, language = found
    column = columns[name]
    kinds = column.kinds & {f"@{language.lower()}"}
    if not kinds or column.constant:
        return columns
    narrowed = Column(column.sql, column.form, kinds)
    return {**columns, name: narrowed}
