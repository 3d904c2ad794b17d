"""Graph patterns in SQL: each pattern is compiled to a relation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kg.engine.columnar.columns import (
    UNBOUND,
    Column,
    ParameterColumns,
    Relation,
    common_storage,
    empty_relation,
    operand,
    qualify,
)
from kg.engine.columnar.conditions import conjuncts, narrow_kinds, selectivity
from kg.engine.columnar.context import Context
from kg.engine.columnar.exists import compile_exists
from kg.engine.columnar.expressions import compile_condition, compile_expression
from kg.engine.columnar.join_order import PartitionScan
from kg.engine.columnar.joins import (
    JoinConditions,
    JoinInput,
    RelationInput,
    TripleInput,
    join_inputs,
)
from kg.engine.columnar.left_joins import left_join_relations
from kg.engine.columnar.scope import Scope
from kg.engine.columnar.term_types import Storage
from kg.sparql.algebra import (
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

#: Compiles a sub-query to a relation.
CompileSelect = Callable[[Select, ParameterColumns], Relation]


class PatternCompiler:
    """Compiles the patterns of one query."""

    def __init__(self, context: Context, compile_select: CompileSelect) -> None:
        self.context = context
        self._compile_select = compile_select

    def compile(self, pattern: Pattern, parameters: ParameterColumns) -> Relation:
        """Return the solutions of a pattern.

        Raises:
            UnsupportedQueryError: if they may differ from those of Oxigraph.
        """
        match pattern:
            case Triple():
                return self._join((pattern,), parameters)
            case Join(parts):
                return self._join(parts, parameters)
            case LeftJoin(left, right, condition):
                return self._left_join(left, right, condition, parameters)
            case Union(parts):
                return self._union([self.compile(part, parameters) for part in parts])
            case Minus(left, right):
                return self._minus(left, right, parameters)
            case Filter(inner, condition):
                relation = self.compile(inner, parameters)
                return self.filter_relation(relation, condition, parameters)
            case Extend(inner, name, expression):
                relation = self.compile(inner, parameters)
                return self.extend_relation(relation, name, expression, parameters)
            case Values(names, rows):
                return self._values(names, rows)
            case Select():
                return self._compile_select(pattern, parameters)

    def name(self, prefix: str) -> str:
        """Return an SQL name that is not used yet."""
        return self.context.name(prefix)

    def scope(self, relation: Relation, alias: str, parameters: ParameterColumns) -> Scope:
        """Return the scope of expressions over a relation."""
        return self.scope_of(qualify(relation.columns, alias), parameters)

    def scope_of(self, columns: dict[str, Column], parameters: ParameterColumns) -> Scope:
        """Return the scope of expressions over columns."""
        return Scope(
            self.context,
            columns,
            lambda pattern, scope: compile_exists(self, pattern, scope, parameters),
        )

    # Filters and new variables

    def filter_relation(
        self, relation: Relation, expression: Expression, parameters: ParameterColumns
    ) -> Relation:
        """Return the solutions for which a condition is true."""
        if relation.is_empty:
            return relation
        alias = self.context.name("r")
        scope = self.scope(relation, alias, parameters)
        condition = compile_condition(scope, expression)
        rows, columns = relation.rows, relation.columns
        for conjunct in conjuncts(expression):
            rows *= selectivity(conjunct)
            columns = narrow_kinds(columns, conjunct)
        source = scope.source(f"{relation.sql} {alias}", relation.rows, condition)
        sql = f"(SELECT {alias}.* FROM {source} WHERE {condition})"
        return Relation(sql, columns, max(rows, 1), relation.distinct)

    def extend_relation(
        self,
        relation: Relation,
        name: str,
        expression: Expression,
        parameters: ParameterColumns,
    ) -> Relation:
        """Return the solutions extended with the value of an expression under a name."""
        if name in relation.columns:
            raise UnsupportedQueryError(Reason.PARAMETERS if name in parameters else Reason.SYNTAX)
        if relation.is_empty:
            return empty_relation([*relation.columns, name])
        alias, column_name = self.context.name("r"), self.context.name("c")
        scope = self.scope(relation, alias, parameters)
        value = compile_expression(scope, expression)
        if value.is_unbound:
            return Relation(relation.sql, {**relation.columns, name: UNBOUND}, relation.rows)
        same = value.sql.removeprefix(f"{alias}.")
        if same != value.sql and same.isidentifier():
            # Another name of a column; each level of SQL takes time to plan.
            columns = {**relation.columns, name: value.renamed(same)}
            return replace(relation, columns=columns)
        source = scope.source(f"{relation.sql} {alias}", relation.rows, value.sql)
        sql = f"(SELECT {alias}.*, {value.sql} AS {column_name} FROM {source})"
        term = None if value.nullable else value.term
        column = Column(column_name, value.storage, value.kinds, value.nullable, term=term)
        columns = {**relation.columns, name: column}
        return Relation(sql, columns, relation.rows, relation.distinct)

    # Joins

    def _join(self, parts: tuple[Pattern, ...], parameters: ParameterColumns) -> Relation:
        if not parts:
            return Relation("(SELECT 1 AS one)", dict(parameters), 1)
        inputs: list[JoinInput] = []
        is_empty = False
        for part in parts:
            if isinstance(part, Triple):
                triples = self._triples(part, parameters)
                is_empty = is_empty or not triples
                inputs += [self._either(triples)] if triples else []
            else:
                relation = self.compile(part, parameters)
                is_empty = is_empty or relation.is_empty
                inputs.append(RelationInput(self.context.name("r"), relation))
        if is_empty:
            names = [name for item in inputs for name in item.columns]
            names += [name for part in parts for name in _triple_variables(part)]
            return empty_relation([*names, *parameters])
        return join_inputs(inputs, self.context, parameters)

    def _triples(self, triple: Triple, parameters: ParameterColumns) -> list[TripleInput]:
        """Return a triple pattern over each table that may have facts that match it."""
        subject = self._substitute(triple.subject, parameters)
        target = self._substitute(triple.object, parameters)
        partitions = self.context.statistics.partitions.get(triple.predicate, ())
        if not isinstance(target, Var):
            storage = self.context.fact_storage(target)
            partitions = tuple(p for p in partitions if p.storage is storage)
        if isinstance(subject, Var) and subject == target:
            partitions = tuple(p for p in partitions if p.storage is Storage.ID)
        constants: list[str | None] = []
        for end in (subject, target) if partitions else ():
            encoded = None if isinstance(end, Var) else self.context.encode(end)
            if encoded is None and not isinstance(end, Var):
                return []
            constants.append(encoded)
        return [
            TripleInput(self.name("f"), PartitionScan(partition, subject, target), constants)
            for partition in partitions
        ]

    def _either(self, triples: list[TripleInput]) -> JoinInput:
        """Return the facts that match a triple pattern in any of its tables."""
        if len(triples) == 1:
            return triples[0]
        parts = [join_inputs([triple], self.context, {}) for triple in triples]
        return RelationInput(self.name("r"), self._union(parts))

    def _substitute(self, end: Var | Term, parameters: ParameterColumns) -> Var | Term:
        """Return the term for a parameter, everything else as it is."""
        if isinstance(end, Var) and end.name in parameters:
            return self.context.parameters[end.name]
        return end

    def _left_join(
        self,
        left: Pattern,
        right: Pattern,
        condition: Expression | None,
        parameters: ParameterColumns,
    ) -> Relation:
        ours = self.compile(left, parameters)
        theirs = self.compile(right, parameters)
        if ours.is_empty:
            return empty_relation([*ours.columns, *theirs.columns])
        if theirs.is_empty:
            added = dict.fromkeys(theirs.columns, UNBOUND)
            return Relation(ours.sql, {**added, **ours.columns}, ours.rows)
        return left_join_relations(self, ours, theirs, condition, parameters)

    # Other patterns

    def _values(
        self, names: tuple[str, ...], rows: tuple[tuple[Term | None, ...], ...]
    ) -> Relation:
        if not rows:
            return empty_relation(names)
        columns, values_by_column = dict[str, Column](), list[list[str]]()
        for place, name in enumerate(names):
            column, values = self.context.column_of(row[place] for row in rows)
            if column.kinds:
                named = column.renamed(self.context.name("c"))
                columns[name] = replace(named, term=rows[0][place] if len(rows) == 1 else None)
                values_by_column.append([f"{v}::{column.storage.sql_type}" for v in values])
            else:
                columns[name] = UNBOUND
        listed = [column.sql for column in columns.values() if not column.is_unbound]
        lines = zip(*values_by_column, strict=True) if values_by_column else (("1",) for _ in rows)
        body = ", ".join(f"({', '.join(line)})" for line in lines)
        alias = f"{self.context.name('v')}({', '.join(listed or ['one'])})"
        return Relation(f"(SELECT * FROM (VALUES {body}) {alias})", columns, len(rows))

    def _union(self, parts: list[Relation]) -> Relation:
        names = list(dict.fromkeys(name for part in parts for name in part.columns))
        present = [part for part in parts if not part.is_empty]
        if not present:
            return empty_relation(names)
        aliases = [self.context.name("r") for _ in present]
        scopes = [
            Scope(self.context, qualify(part.columns, alias))
            for part, alias in zip(present, aliases, strict=True)
        ]
        columns: dict[str, Column] = {}
        select_lists: list[list[str]] = [[] for _ in present]
        for name in names:
            columns[name] = self._union_column(name, scopes, select_lists)
        sql = " UNION ALL ".join(
            f"SELECT {', '.join(select_list) or '1 AS one'} "
            f"FROM {scope.source(f'{part.sql} {alias}', part.rows)}"
            for part, alias, scope, select_list in zip(
                present, aliases, scopes, select_lists, strict=True
            )
        )
        distinct = {
            name: max(part.distinct.get(name, part.rows) for part in present) for name in columns
        }
        return Relation(f"({sql})", columns, sum(part.rows for part in present), distinct)

    def _union_column(
        self, name: str, scopes: list[Scope], select_lists: list[list[str]]
    ) -> Column:
        """Return the column of a variable in a union; add it to the SELECT list of each part."""
        parts = [scope.columns.get(name, UNBOUND) for scope in scopes]
        bound = [column for column in parts if not column.is_unbound]
        if not bound:
            return UNBOUND
        if all(column.is_constant for column in parts) and len({c.sql for c in parts}) == 1:
            return parts[0]
        storage = common_storage(bound)
        alias = self.context.name("c")
        for scope, column, select_list in zip(scopes, parts, select_lists, strict=True):
            sql = scope.with_storage(column, storage).sql
            select_list.append(f"{sql}::{storage.sql_type} AS {alias}")
        kinds = frozenset(kind for column in bound for kind in column.kinds)
        return Column(alias, storage, kinds, any(column.nullable for column in parts))

    def _minus(self, left: Pattern, right: Pattern, parameters: ParameterColumns) -> Relation:
        if parameters:
            raise UnsupportedQueryError(Reason.PARAMETERS)
        ours, theirs = self.compile(left, parameters), self.compile(right, parameters)
        shared = [
            name
            for name in ours.table_columns()
            if not theirs.columns.get(name, UNBOUND).is_unbound
        ]
        if ours.is_empty or theirs.is_empty:
            return ours
        outside = self.context.outer_names
        if outside and (not shared or not outside.isdisjoint(set(theirs.columns) - set(shared))):
            # In Oxigraph both sides of a MINUS in an EXISTS have the variables outside it.
            raise UnsupportedQueryError(Reason.EXISTS)
        if not shared:
            return ours
        left_alias, right_alias = self.context.name("r"), self.context.name("r")
        on = JoinConditions(
            self.context,
            {name: qualify(ours.columns, left_alias)[name] for name in shared},
            {name: qualify(theirs.columns, right_alias)[name] for name in shared},
            parameters,
        )
        if on.nullable_keys:
            raise UnsupportedQueryError(Reason.MINUS)
        if on.is_never_true:
            return ours
        left_sql = on.source(f"{ours.sql} {left_alias}", ours.rows)
        right_sql = on.right_source(f"{theirs.sql} {right_alias}", theirs.rows)
        sql = (
            f"(SELECT {left_alias}.* FROM {left_sql} "
            f"ANTI JOIN {operand(right_sql)} ON {' AND '.join(on.conditions)})"
        )
        return Relation(sql, ours.columns, ours.rows)


def _triple_variables(pattern: Pattern) -> list[str]:
    """Return the variables of a triple pattern, none for any other."""
    if not isinstance(pattern, Triple):
        return []
    return [end.name for end in (pattern.subject, pattern.object) if isinstance(end, Var)]
