"""The columnar engine in a process: takes a query or refuses it, and writes the answer.

Whatever goes wrong before the first row is a refusal too, except for a lack of memory: Oxigraph
would need more, not less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import pyoxigraph as ox

from kg.engine.columnar import statistics
from kg.engine.columnar.compiler import Compiled, compile_query
from kg.engine.columnar.cost import is_cheap
from kg.engine.columnar.database import Columns, open_columns
from kg.engine.columnar.writer import write_rows, write_truth
from kg.errors import QueryError
from kg.rdf.vocabulary import BASE
from kg.sparql.algebra import Term
from kg.sparql.formats import Format
from kg.sparql.parser import parse
from kg.sparql.service_guard import uses_service
from kg.sparql.unsupported import Reason, UnsupportedQueryError

if TYPE_CHECKING:
    import duckdb

#: Rows that are taken from DuckDB at once.
_BATCH: Final = 2048
#: What of a query's memory DuckDB may take; the rest is for what it does not count.
_SHARE: Final = 0.6
#: With less memory for a query than so many MiB the engine stays off.
LEAST_MEMORY: Final = 256


@dataclass(frozen=True)
class ColumnarAnswer:
    """An answer whose first rows are there; ``variables`` is None for ASK."""

    variables: list[str] | None
    _first: list[tuple[str]]
    _rest: duckdb.DuckDBPyConnection

    def write(self, written_in: Format, stream: IO[bytes]) -> None:
        """Write the answer to a binary stream.

        Raises:
            QueryError: if its evaluation fails on the way.
            MemoryError: if DuckDB's memory is used up.
        """
        if self.variables is None:
            write_truth(bool(self._first), written_in, stream)
        else:
            write_rows(self.variables, self._batches(), written_in, stream)

    def _batches(self) -> Iterator[list[str]]:
        import duckdb  # noqa: PLC0415 - open already

        rows = self._first
        while rows:
            yield [row for (row,) in rows]
            try:
                rows = self._rest.fetchmany(_BATCH)
            except duckdb.OutOfMemoryException as error:
                raise MemoryError(str(error)) from error
            except duckdb.Error as error:
                raise QueryError(str(error)) from error


class ColumnarEngine:
    """Answers queries from the columns in the folder of a release, opened at first need.

    ``memory`` is what a query may take, in MiB; ``unlimited`` is entered while the file is opened,
    which takes room that is no query's.
    """

    def __init__(
        self, folder: Path, memory: int, unlimited: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._folder = folder
        self._memory = memory
        self._unlimited = unlimited
        self._catalogue = statistics.read(folder) if memory >= LEAST_MEMORY else None
        self._columns: Columns | None = None
        self._is_open = False

    def open(self) -> None:
        """Open the columns, if there are any, before a query needs them."""
        if self._catalogue is not None:
            with suppress(UnsupportedQueryError):
                self._opened(self._catalogue)

    def ask(
        self, query: str, parameters: Mapping[str, Term], *, even_cheap: bool = False
    ) -> ColumnarAnswer:
        """Return the answer to a query as soon as its first rows are there.

        ``even_cheap`` takes queries too that Oxigraph would answer sooner.

        Raises:
            UnsupportedQueryError: if the query is to be answered by Oxigraph.
            MemoryError: if DuckDB's memory is used up.
        """
        file, compiled = self._compiled(query, parameters, even_cheap=even_cheap)
        variables = _variables(query)
        import duckdb  # noqa: PLC0415 - open already

        try:
            found = file.connection.execute(compiled.sql)
            return ColumnarAnswer(variables, found.fetchmany(_BATCH), found)
        except duckdb.OutOfMemoryException as error:
            raise MemoryError(str(error)) from error
        except duckdb.Error as error:
            raise UnsupportedQueryError(Reason.EVALUATION_ERROR) from error

    def _compiled(
        self, query: str, parameters: Mapping[str, Term], *, even_cheap: bool
    ) -> tuple[Columns, Compiled]:
        if self._catalogue is None:
            raise UnsupportedQueryError(Reason.NO_COLUMNS)
        # Oxigraph's own parser is asked for the variables: nothing that it would call goes there.
        if uses_service(query):
            raise UnsupportedQueryError(Reason.SERVICE)
        try:
            parsed = parse(query)
            if not even_cheap and is_cheap(parsed, self._catalogue, parameters):
                raise UnsupportedQueryError(Reason.CHEAP)
            file = self._opened(self._catalogue)
            return file, compile_query(parsed, file, parameters)
        except UnsupportedQueryError:
            raise
        except RecursionError:
            raise UnsupportedQueryError(Reason.LENGTH) from None
        except Exception as error:
            # Whatever is wrong with this engine, there is another one that answers.
            raise UnsupportedQueryError(Reason.INTERNAL_ERROR) from error

    def _opened(self, known: statistics.Catalogue) -> Columns:
        if not self._is_open:
            self._is_open = True
            with self._unlimited():
                self._columns = open_columns(self._folder, known, int(self._memory * _SHARE))
        if self._columns is None:
            raise UnsupportedQueryError(Reason.NO_COLUMNS)
        return self._columns


def _variables(query: str) -> list[str] | None:
    """Return the variables of a query in Oxigraph's order, None for ASK; it checks the syntax."""
    try:
        answer = ox.Store().query(query, base_iri=BASE)
    except (SyntaxError, ValueError, OSError, RuntimeError):
        raise UnsupportedQueryError(Reason.SYNTAX) from None
    if isinstance(answer, ox.QueryBoolean):
        return None
    assert isinstance(answer, ox.QuerySolutions)
    return [variable.value for variable in answer.variables]
