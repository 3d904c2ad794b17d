"""The columnar engine in a process: evaluates a query or raises ``UnsupportedQueryError``.

Any error before the first row means that the query is not supported, except a lack of memory:
Oxigraph would need more, not less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import pyoxigraph as ox

from kg.engine.columnar import statistics
from kg.engine.columnar.answer_columns import AnswerColumn
from kg.engine.columnar.compiler import TableColumns, compile_query
from kg.engine.columnar.constants import Constants
from kg.engine.columnar.cost import is_cheap
from kg.engine.columnar.database import ColumnDatabase, open_database
from kg.engine.columnar.plans import Plans, TokenizedQuery
from kg.engine.columnar.query_shapes import QueryShapes
from kg.engine.columnar.recently_used import RecentlyUsed
from kg.engine.columnar.term_texts import DamagedTextError
from kg.engine.columnar.writer import write_rows, write_truth
from kg.errors import QueryError, StorageError
from kg.limits import COLUMNAR_MEMORY_SHARE, COLUMNAR_MIN_MEMORY_MIB
from kg.rdf.vocabulary import BASE
from kg.sparql.adaptation import in_query_order
from kg.sparql.algebra import Term
from kg.sparql.arrow_tables import conform, table_schema, write_batches
from kg.sparql.formats import RESULTS, TABLES, Format
from kg.sparql.parser import tokens_of
from kg.sparql.result_columns import ResultColumns
from kg.sparql.service_guard import uses_service
from kg.sparql.unsupported import Reason, UnsupportedQueryError

if TYPE_CHECKING:
    import duckdb
    from arro3.core import Array, RecordBatch, RecordBatchReader, Schema

#: Rows fetched from DuckDB at a time.
_BATCH_ROWS: Final = 2048
#: Rows of a table written at a time; DuckDB returns more at a time.
_WRITTEN_ROWS: Final = 65_536
#: shapes: of how many it is known whether they are cheap; at most 4 MB.
_KEPT_SHAPES: Final = 500
_OUT_OF_MEMORY: Final = "Out of Memory Error"


@dataclass(frozen=True)
class ColumnarAnswer:
    """An answer whose first rows have been computed; ``variables`` is None for ASK."""

    variables: list[str] | None
    _columns: tuple[AnswerColumn, ...]
    _first: list[tuple[object, ...]]
    _rest: duckdb.DuckDBPyConnection

    @property
    def formats(self) -> tuple[Format, ...]:
        """The formats that support it."""
        return RESULTS

    def write(self, written_in: Format, stream: IO[bytes]) -> int:
        """Write the answer to a binary stream; return the number of rows, 0 for ASK.

        Raises:
            QueryError: if its evaluation fails before the end.
            MemoryError: if DuckDB's memory is used up.
            StorageError: if a text of the dictionary is damaged.
        """
        if self.variables is None:
            write_truth(bool(self._first), written_in, stream)
            return 0
        try:
            return write_rows(self.variables, self._columns, self._batches(), written_in, stream)
        except DamagedTextError as error:
            raise StorageError(str(error)) from error

    def _batches(self) -> Iterator[list[tuple[object, ...]]]:
        import duckdb  # noqa: PLC0415 - already imported

        rows = self._first
        while rows:
            yield rows
            try:
                rows = self._rest.fetchmany(_BATCH_ROWS)
            except duckdb.OutOfMemoryException as error:
                raise MemoryError(str(error)) from error
            except duckdb.Error as error:
                raise QueryError(str(error)) from error


@dataclass(frozen=True)
class ColumnarTable:
    """An answer as a table of typed columns, whose first rows have been computed."""

    _schema: Schema
    _first: RecordBatch | None
    _rest: RecordBatchReader

    @property
    def formats(self) -> tuple[Format, ...]:
        """The formats that support it."""
        return (*RESULTS, *TABLES)

    def write(self, written_in: Format, stream: IO[bytes]) -> int:
        """Write the answer to a binary stream; return the number of rows.

        Raises:
            QueryError: if its evaluation fails before the end.
            MemoryError: if DuckDB's memory is used up.
        """
        return write_batches(self._batches(), self._schema, written_in, stream)

    def _batches(self) -> Iterator[list[Array]]:
        fields = [self._schema.field(n) for n in range(len(self._schema))]
        batch = self._first
        while batch is not None:
            # Slices share their memory; what is written of each is a copy.
            for start in range(0, batch.num_rows, _WRITTEN_ROWS):
                part = batch.slice(start, min(_WRITTEN_ROWS, batch.num_rows - start))
                columns = (part.column(n) for n in range(len(fields)))
                yield [conform(*pair) for pair in zip(columns, fields, strict=True)]
            try:
                batch = next(self._rest, None)
            except Exception as error:
                raise _error_of(error) from error


class ColumnarEngine:
    """Answers queries from the columns in the folder of a release, opened when first needed.

    ``memory`` is the memory limit of a query in MiB; ``unlimited`` returns a context without that
    limit, in which the database is opened.
    """

    def __init__(
        self, folder: Path, memory: int, unlimited: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._folder = folder
        self._memory = memory
        self._unlimited = unlimited
        #: The statistics of the release; None if they are missing or damaged.
        self.statistics = statistics.read(folder)
        #: None also if a query has too little memory for this engine.
        self._statistics = self.statistics if memory >= COLUMNAR_MIN_MEMORY_MIB else None
        self._database: ColumnDatabase | None = None
        self._is_open = False
        #: Whether queries are cheap, by their shape.
        self._are_cheap: RecentlyUsed[str, bool] = RecentlyUsed(_KEPT_SHAPES)

    def open(self) -> None:
        """Open the database, if there is one, before a query needs it."""
        if self._statistics is not None:
            with suppress(UnsupportedQueryError):
                self._open()

    def query(
        self, text: str, parameters: Mapping[str, Term], *, include_cheap: bool = False
    ) -> ColumnarAnswer:
        """Return the answer to a query once its first rows have been computed.

        With ``include_cheap``, queries that Oxigraph would answer faster are evaluated too.

        Raises:
            UnsupportedQueryError: if Oxigraph must answer the query.
            MemoryError: if DuckDB's memory is used up.
        """
        return self._answer(self._admit(text, parameters, include_cheap=include_cheap))

    def query_table(
        self,
        text: str,
        parameters: Mapping[str, Term],
        types: ResultColumns,
        *,
        include_cheap: bool = False,
    ) -> ColumnarTable | ColumnarAnswer:
        """Return the answer to a SELECT as a table; see ``query``, which answers an ASK.

        ``types`` is what is known of the variables.

        Raises:
            QueryError: if two columns of the table would have the same name.
        """
        query = self._admit(text, parameters, include_cheap=include_cheap)
        with _internal_errors():
            parsed = query.parsed
        if parsed.is_ask:
            return self._answer(query)
        table = TableColumns(_variables(text) or [], types)
        with _internal_errors():
            database = self._open()
            compiled = compile_query(parsed, database, parameters, Constants(()), table)
        return _table(database.connection, compiled.sql, table)

    def _answer(self, query: TokenizedQuery) -> ColumnarAnswer:
        with _internal_errors():
            database = self._open()
            plan, values = self._plans.find(query)
        variables = _variables(query.text)
        import duckdb  # noqa: PLC0415 - already imported

        try:
            result = database.connection.execute(plan.statement, values)
            rows = result.fetchmany(_BATCH_ROWS)
            return ColumnarAnswer(variables, plan.columns, rows, result)
        except duckdb.OutOfMemoryException as error:
            raise MemoryError(str(error)) from error
        except duckdb.Error as error:
            raise UnsupportedQueryError(Reason.EVALUATION_ERROR) from error

    def _admit(
        self, text: str, parameters: Mapping[str, Term], *, include_cheap: bool
    ) -> TokenizedQuery:
        """Return a query that Oxigraph need not answer."""
        if self._statistics is None:
            raise UnsupportedQueryError(Reason.NO_COLUMNS)
        # Oxigraph later evaluates the query on an empty store and must not call a service.
        if uses_service(text):
            raise UnsupportedQueryError(Reason.SERVICE)
        with _internal_errors():
            tokens = tokens_of(text)
            shape = self._shapes.shape(text, tokens, parameters)
            query = TokenizedQuery(text, tokens, parameters, shape)
            if not include_cheap and self._is_cheap(query, self._statistics):
                raise UnsupportedQueryError(Reason.CHEAP)
            return query

    def _is_cheap(self, query: TokenizedQuery, known: statistics.Statistics) -> bool:
        if query.shape is None:
            return is_cheap(query.parsed, known, query.parameters)
        kept = self._are_cheap.get(query.shape.text)
        if kept is None:
            kept = is_cheap(query.parsed, known, query.parameters)
            self._are_cheap.keep(query.shape.text, kept)
        return kept

    @cached_property
    def _shapes(self) -> QueryShapes:
        assert self._statistics is not None
        return QueryShapes(self._statistics)

    @cached_property
    def _plans(self) -> Plans:
        return Plans(self._open())

    def _open(self) -> ColumnDatabase:
        if not self._is_open:
            self._is_open = True
            assert self._statistics is not None
            with self._unlimited():
                self._database = open_database(
                    self._folder, self._statistics, int(self._memory * COLUMNAR_MEMORY_SHARE)
                )
        if self._database is None:
            raise UnsupportedQueryError(Reason.NO_COLUMNS)
        return self._database


@contextmanager
def _internal_errors() -> Iterator[None]:
    """Let Oxigraph answer a query that is too deep for this engine, or meets a bug in it."""
    try:
        yield
    except UnsupportedQueryError:
        raise
    except RecursionError:
        raise UnsupportedQueryError(Reason.LENGTH) from None
    except Exception as error:
        raise UnsupportedQueryError(Reason.INTERNAL_ERROR) from error


def _table(connection: duckdb.DuckDBPyConnection, sql: str, table: TableColumns) -> ColumnarTable:
    """Return the answer to a query in SQL once its first rows have been computed."""
    from arro3.core import RecordBatchReader  # noqa: PLC0415 - an extra

    schema = table_schema(table.variables, table.types)
    try:
        # A connection of its own, since the last answer may not have been read to its end.
        reader = RecordBatchReader.from_stream(connection.cursor().sql(sql))
        return ColumnarTable(schema, next(reader, None), reader)
    except Exception as error:
        failure = _error_of(error)
        if isinstance(failure, MemoryError):
            raise failure from error
        raise UnsupportedQueryError(Reason.EVALUATION_ERROR) from error


def _error_of(error: Exception) -> QueryError | MemoryError:
    """Return the error for one of DuckDB, which streams of Arrow pass on as a text."""
    message = str(error)
    return MemoryError(message) if _OUT_OF_MEMORY in message else QueryError(message)


def _variables(query: str) -> list[str] | None:
    """Check the syntax of a query; return its variables in order, None for ASK."""
    try:
        answer = ox.Store().query(query, base_iri=BASE)
    except (SyntaxError, ValueError, OSError, RuntimeError):
        raise UnsupportedQueryError(Reason.SYNTAX) from None
    if isinstance(answer, ox.QueryBoolean):
        return None
    assert isinstance(answer, ox.QuerySolutions)
    return in_query_order(query, [variable.value for variable in answer.variables])
