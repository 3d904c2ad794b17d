"""The plans of queries: SQL that DuckDB has parsed, and what its rows stand for.

A plan is kept for other queries of its shape, which differ only in IRIs of the dictionary; these
are parameters of the SQL. DuckDB still optimizes it with their values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from kg.engine.columnar.answer_columns import AnswerColumn
from kg.engine.columnar.compiler import CompiledQuery, compile_query
from kg.engine.columnar.constants import Constants, parameter_values
from kg.engine.columnar.database import ColumnDatabase
from kg.engine.columnar.query_shapes import QueryShape
from kg.engine.columnar.recently_used import RecentlyUsed
from kg.sparql.algebra import Query, Term
from kg.sparql.lexer import Token
from kg.sparql.parser import parse_tokens

if TYPE_CHECKING:
    import duckdb

#: plans: how many are kept.
_KEPT_PLANS: Final = 100
#: characters: the longest SQL of a plan that is kept, which takes 700 kB.
_MAX_KEPT_SQL: Final = 25_000


@dataclass(frozen=True)
class TokenizedQuery:
    """A query, with terms that are bound to variables; some queries have no shape."""

    text: str
    tokens: list[Token]
    parameters: Mapping[str, Term]
    shape: QueryShape | None

    @cached_property
    def parsed(self) -> Query:
        """The query as a tree.

        Raises:
            UnsupportedQueryError: if it is outside the part of SPARQL that is supported.
        """
        return parse_tokens(self.text, self.tokens)


@dataclass(frozen=True)
class Plan:
    """The statement whose rows are the solutions, and its columns; see ``CompiledQuery``."""

    statement: duckdb.Statement
    columns: tuple[AnswerColumn, ...]


class Plans:
    """The plans for one database."""

    def __init__(self, database: ColumnDatabase) -> None:
        self._database = database
        self._kept: RecentlyUsed[tuple[str, tuple[str, ...]], Plan] = RecentlyUsed(_KEPT_PLANS)

    def find(self, query: TokenizedQuery) -> tuple[Plan, dict[str, int | str]]:
        """Return the plan of a query, and the values of its parameters.

        Raises:
            UnsupportedQueryError: if the answer may differ from that of Oxigraph.
        """
        shape = query.shape
        iris = shape.iris if shape else ()
        ids = [self._database.term_id("iri", iri) for iri in iris]
        known = [term_id for term_id in ids if term_id is not None]
        if not shape or len(known) < len(ids):
            # Facts about such an IRI are known to be absent.
            return self._plan(self._compile(query, Constants(()))), {}
        key = shape.text, shape.strings
        plan = self._kept.get(key)
        if plan is None:
            compiled = self._compile(query, Constants(iris))
            plan = self._plan(compiled)
            if len(compiled.sql) <= _MAX_KEPT_SQL:
                self._kept.keep(key, plan)
        return plan, parameter_values(plan.statement.named_parameters, iris, known)

    def _compile(self, query: TokenizedQuery, constants: Constants) -> CompiledQuery:
        return compile_query(query.parsed, self._database, query.parameters, constants)

    def _plan(self, compiled: CompiledQuery) -> Plan:
        (statement,) = self._database.connection.extract_statements(compiled.sql)
        return Plan(statement, compiled.columns)
