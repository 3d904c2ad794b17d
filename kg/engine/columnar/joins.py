"""Inner joins in SQL: the inputs, the conditions on shared variables, and the joined table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Final

from kg.engine.columnar.columns import (
    UNBOUND,
    Column,
    ParameterColumns,
    Relation,
    check_decimals,
    empty_relation,
    operand,
    qualify,
)
from kg.engine.columnar.context import Context
from kg.engine.columnar.database import DECODE_SQL
from kg.engine.columnar.join_order import Cardinality, PartitionScan, plan_joins
from kg.engine.columnar.scope import Scope
from kg.engine.columnar.term_types import Storage
from kg.sparql.algebra import Term, Var
from kg.sparql.unsupported import Reason, UnsupportedQueryError

#: Pairs of solutions that may be compared individually, without a hash table.
MAX_PAIRS: Final = 1e7


@dataclass(frozen=True)
class TripleInput:
    """A triple pattern over a table; ``constants`` are those at its two ends, encoded."""

    alias: str
    scan: PartitionScan
    constants: list[str | None]
    #: The column of the objects.
    objects: str = "o"

    @property
    def columns(self) -> dict[str, Column]:
        """The columns of its variables; the subject's if subject and object are the same one."""
        columns, partition = dict[str, Column](), self.scan.partition
        if isinstance(self.scan.object, Var):
            column = Column(
                f"{self.alias}.{self.objects}", partition.storage, partition.object_kinds
            )
            columns[self.scan.object.name] = column
        if isinstance(self.scan.subject, Var):
            column = Column(f"{self.alias}.s", Storage.ID, partition.subject_kinds)
            columns[self.scan.subject.name] = column
        return columns

    @property
    def cardinality(self) -> Cardinality:
        """The estimated numbers of its facts and of their terms."""
        return self.scan.cardinality

    @property
    def source(self) -> str:
        """The table in a FROM clause."""
        partition = self.scan.partition
        return (
            f"{(self.has_constant_object and partition.by_object) or partition.name} {self.alias}"
        )

    @property
    def has_constant_object(self) -> bool:
        """Whether its object is a constant."""
        return self.constants[1] is not None

    def conditions(self) -> Iterator[str]:
        """Yield the conditions for its constants."""
        storages = (Storage.ID, self.scan.partition.storage)
        names = ("s", self.objects)
        for name, encoded, storage in zip(names, self.constants, storages, strict=True):
            if encoded is not None:
                yield f"{self.alias}.{name} = {DECODE_SQL[storage].format(encoded)}"
        if isinstance(self.scan.subject, Var) and self.scan.subject == self.scan.object:
            yield f"{self.alias}.s = {self.alias}.{self.objects}"


@dataclass(frozen=True)
class RelationInput:
    """A compiled pattern."""

    alias: str
    relation: Relation

    @property
    def columns(self) -> dict[str, Column]:
        """The columns of its variables."""
        return qualify(self.relation.columns, self.alias)

    @property
    def cardinality(self) -> Cardinality:
        """The estimated numbers of its solutions and of their terms."""
        relation = self.relation
        distinct = {
            name: min(relation.distinct.get(name, relation.rows), relation.rows)
            for name in relation.table_columns()
        }
        return Cardinality(relation.rows, distinct)

    @property
    def source(self) -> str:
        """The table in a FROM clause."""
        return f"{self.relation.sql} {self.alias}"

    def conditions(self) -> Iterator[str]:
        """Yield nothing: its conditions are part of the compiled pattern."""
        yield from ()


@dataclass(frozen=True)
class WideInput:
    """Triple patterns with the same subject over the columns of one wide table."""

    triples: tuple[TripleInput, ...]

    @property
    def columns(self) -> dict[str, Column]:
        """The columns of their variables."""
        return {name: column for triple in self.triples for name, column in triple.columns.items()}

    @property
    def cardinality(self) -> Cardinality:
        """The estimated numbers of its solutions and of their terms."""
        return reduce(Cardinality.joined, (triple.cardinality for triple in self.triples))

    @property
    def source(self) -> str:
        """The table in a FROM clause."""
        partitions = (t.scan.partition for t in self.triples if t.has_constant_object)
        copy = next((name for p in partitions if (name := p.wide_by_object)), "")
        first = self.triples[0]
        return f"{copy or first.scan.partition.wide} {first.alias}"

    def conditions(self) -> Iterator[str]:
        """Yield the conditions for their constants, and that there is a fact for each."""
        for triple in self.triples:
            yield f"{triple.alias}.{triple.objects} IS NOT NULL"
            yield from triple.conditions()


JoinInput = TripleInput | WideInput | RelationInput


def widened(inputs: Sequence[JoinInput]) -> list[JoinInput]:
    """Return inputs in which triple patterns over the same row of a wide table are one."""
    groups: dict[tuple[str, Var | Term], list[TripleInput]] = {}
    others: list[JoinInput] = []
    for item in inputs:
        if not isinstance(item, TripleInput) or not item.scan.partition.wide:
            others.append(item)
            continue
        group = groups.setdefault((item.scan.partition.wide, item.scan.subject), [])
        # Another object of the same fact, or the same variable again, is a join.
        taken = {triple.scan.object for triple in group} | {item.scan.subject}
        is_again = any(triple.scan.partition == item.scan.partition for triple in group)
        if is_again or item.scan.object in taken:
            others.append(item)
        else:
            group.append(item)
    for group in groups.values():
        if len(group) < 2:
            others += group
            continue
        alias = group[0].alias
        rows = (replace(item, alias=alias, objects=item.scan.partition.name) for item in group)
        others.append(WideInput(tuple(rows)))
    return others


def join_inputs(
    inputs: Sequence[JoinInput], context: Context, parameters: ParameterColumns
) -> Relation:
    """Return the join of all inputs, in the order with the smallest estimated results."""
    inputs = widened(inputs)
    joined = [_JoinTree.of(item) for item in inputs]
    for left, right, cardinality in plan_joins([tree.cardinality for tree in joined]):
        joined[left] = joined[left].join(joined[right], context, cardinality)
    return joined[0].relation(context, parameters)


@dataclass(frozen=True)
class _JoinTree:
    """Joined tables: the SQL of FROM and WHERE, and the estimated size."""

    sql: str
    where: list[str]
    columns: dict[str, Column]
    cardinality: Cardinality
    is_empty: bool = False

    @classmethod
    def of(cls, item: JoinInput) -> _JoinTree:
        """Return the tree of a single table."""
        return cls(item.source, list(item.conditions()), item.columns, item.cardinality)

    def join(self, other: _JoinTree, context: Context, cardinality: Cardinality) -> _JoinTree:
        """Return the join of two trees, given its estimated size."""
        on = JoinConditions(context, self.columns, other.columns, {})
        left_rows, right_rows = self.cardinality.rows, other.cardinality.rows
        if on.nullable_keys:
            # A hash table finds the pairs that are equal in the other keys.
            pairs = self.cardinality.joined(other.cardinality, without=on.nullable_keys)
            if pairs.rows > MAX_PAIRS:
                raise UnsupportedQueryError(Reason.OPTIONAL_JOIN)
        is_product = not on.conditions and min(left_rows, right_rows) > 1
        if is_product and left_rows * right_rows > MAX_PAIRS:
            raise UnsupportedQueryError(Reason.PRODUCT)
        large, small = on.source(self.sql, left_rows), on.right_source(other.sql, right_rows)
        # DuckDB builds its hash table from the right side.
        if left_rows < right_rows:
            large, small = small, large
        return _JoinTree(
            f"{large} JOIN {operand(small)} ON {' AND '.join(on.conditions) or 'true'}",
            self.where + other.where,
            {**self.columns, **other.columns, **on.merged},
            cardinality,
            self.is_empty or other.is_empty or on.is_never_true,
        )

    def relation(self, context: Context, parameters: ParameterColumns) -> Relation:
        """Return the joined tables as a relation."""
        if self.is_empty:
            return empty_relation([*self.columns, *parameters])
        select_list, columns = project(context, self.columns)
        where = f" WHERE {' AND '.join(self.where)}" if self.where else ""
        return Relation(
            f"(SELECT {select_list} FROM {self.sql}{where})",
            {**columns, **parameters},
            self.cardinality.rows,
            self.cardinality.distinct,
        )


class JoinConditions:
    """The join conditions of two sides on their shared variables, and the merged columns.

    ``conditions`` are in SQL, ``merged`` the columns of shared variables in the result.
    ``nullable_keys`` are those that may be unbound, on which the join is not an equijoin;
    ``is_never_true`` means that no term can occur on both sides.
    """

    def __init__(
        self,
        context: Context,
        left: dict[str, Column],
        right: dict[str, Column],
        parameters: ParameterColumns,
    ) -> None:
        self.conditions: list[str] = []
        self.merged: dict[str, Column] = {}
        #: The columns of shared variables on both sides, in the same storage where they need it.
        self.sides: dict[str, tuple[Column, Column]] = {}
        self.nullable_keys: set[str] = set()
        self.is_never_true = False
        self._context = context
        self._scope = Scope(context, left)
        self._right_scope = Scope(context, right)
        for name, ours in left.items():
            theirs = right.get(name, UNBOUND)
            are_constant = ours.is_constant and theirs.is_constant
            check_decimals(ours, theirs)
            if theirs.is_unbound or name in parameters or are_constant:
                if not ours.is_unbound and name in right:
                    self.merged[name] = ours
            elif ours.is_unbound:
                self.merged[name] = theirs
            elif ours.nullable or theirs.nullable:
                self._add_nullable(name, ours, theirs)
            else:
                self._add(name, ours, theirs)

    @property
    def has_lookups(self) -> bool:
        """Whether a side needs lookups in the dictionary."""
        return bool(self._scope.lookups or self._right_scope.lookups)

    def source(self, base: str, rows: float) -> str:
        """Return the left side with all lookups."""
        return self._scope.source(base, rows)

    def right_source(self, base: str, rows: float) -> str:
        """Return the right side with all lookups."""
        return self._right_scope.source(base, rows)

    def _encoded(self, ours: Column, theirs: Column) -> tuple[Column, Column]:
        """Return both columns in the storage of terms of several kinds."""
        return (
            self._scope.with_storage(ours, Storage.TERM),
            self._right_scope.with_storage(theirs, Storage.TERM),
        )

    def _add_nullable(self, name: str, ours: Column, theirs: Column) -> None:
        """Add the condition that the terms are equal or one of them is unbound."""
        self.nullable_keys.add(name)
        kinds = ours.kinds & theirs.kinds
        if ours.storage is not theirs.storage:
            ours, theirs = self._encoded(ours, theirs)
        equal = f"{ours.sql} = {theirs.sql}" if kinds else "false"
        self.sides[name] = ours, theirs
        unbound = [f"{column.sql} IS NULL" for column in (ours, theirs) if column.nullable]
        self.conditions.append(f"({' OR '.join([equal, *unbound])})")
        self.merged[name] = _bound_in_either(ours, theirs)

    def _add(self, name: str, ours: Column, theirs: Column) -> None:
        """Add the condition that the terms are equal."""
        kinds = ours.kinds & theirs.kinds
        if kinds and Storage.TERM in {ours.storage, theirs.storage}:
            ours, theirs = self._encoded(ours, theirs)
        if not kinds:
            self.is_never_true = True
            self.conditions.append("false")
            self.merged[name] = ours
        elif ours.storage is theirs.storage:
            self.conditions.append(f"{ours.sql} = {theirs.sql}")
            self.merged[name] = Column(ours.sql, ours.storage, kinds)
        elif ours.storage is Storage.ID:
            text = self._scope.text(ours)
            low, high = self._context.statistics.id_ranges[theirs.kind]
            self.conditions.append(
                f"{text.sql} = {theirs.sql} AND {ours.sql} >= {low} AND {ours.sql} < {high}"
            )
            self.merged[name] = Column(ours.sql, ours.storage, kinds)
        else:
            alias = self._context.name("t")
            low, high = self._context.statistics.id_ranges[ours.kind]
            terms = f"(SELECT id, value FROM term WHERE id >= {low} AND id < {high})"
            self._scope.lookups.append((f"{terms} {alias}", f"{alias}.value = {ours.sql}"))
            self.conditions.append(f"{alias}.id = {theirs.sql}")
            self.merged[name] = Column(theirs.sql, theirs.storage, kinds)


def _bound_in_either(ours: Column, theirs: Column) -> Column:
    """Return the column of a variable bound on either side, or on both to the same term."""
    if not ours.nullable:
        return ours
    if not theirs.nullable:
        return theirs
    sql = f"coalesce({ours.sql}, {theirs.sql})"
    return Column(sql, ours.storage, ours.kinds | theirs.kinds, nullable=True)


def bound_in_left_or_right(ours: Column, theirs: Column) -> Column:
    """Return the column of a variable in an OPTIONAL that may be unbound on the left side."""
    if ours.is_unbound or theirs.is_unbound:
        return theirs.renamed(theirs.sql, nullable=True) if ours.is_unbound else ours
    if ours.storage is not theirs.storage:
        raise UnsupportedQueryError(Reason.MIXED)
    sql = f"coalesce({ours.sql}, {theirs.sql})"
    return Column(sql, ours.storage, ours.kinds | theirs.kinds, nullable=True)


def project(context: Context, columns: dict[str, Column]) -> tuple[str, dict[str, Column]]:
    """Return a SELECT list that renames columns, and the renamed columns."""
    items, named = list[str](), dict[str, Column]()
    for name, column in columns.items():
        if column.is_constant:
            named[name] = column
            continue
        alias = context.name("c")
        items.append(f"{column.sql} AS {alias}")
        named[name] = column.renamed(alias)
    return ", ".join(items) or "1 AS one", named
