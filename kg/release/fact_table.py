"""A table of the facts of a build in DuckDB, from which statistics and columns are computed.

It is read from files of N-Triples, because a dump of a large store takes longer than all else.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from kg.errors import ReleaseError
from kg.limits import COLUMNAR_BUILD_MEMORY_MB

if TYPE_CHECKING:
    import duckdb

_READ: Final = """
INSERT INTO fact
  WITH line AS (
    SELECT line, instr(line, ' ') AS a
    FROM read_csv(?, columns = {'line': 'VARCHAR'}, delim = '\x01', quote = '', escape = '',
      header = false, auto_detect = false, new_line = '\\n', max_line_size = 4000000)
  ), cut AS (SELECT line, a, a + instr(line[a + 1 :], ' ') AS b FROM line)
  SELECT line[: a - 1] AS s, line[a + 2 : b - 2] AS p, line[b + 1 : -3] AS o FROM cut
"""


class FactTable:
    """The facts of the default graph of a store in the table ``fact`` (s, p, o).

    Subjects and objects are in N-Triples syntax, predicates are IRIs.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self.connection = connection
        self._folder = folder

    def read(self, files: Iterable[Path]) -> None:
        """Add the facts of files, with the blank nodes of the store."""
        self.connection.execute(_READ, [list(map(str, files))])

    def add(self, ntriples: str) -> None:
        """Add facts as the store has them."""
        if ntriples:
            path = self._folder / "added.nt"
            path.write_text(ntriples, encoding="utf-8")
            self.read([path])

    def about(self, subjects: list[str]) -> str:
        """Return the facts about some subjects, given in N-Triples, as N-Triples."""
        rows = self.connection.execute(
            "SELECT concat(s, ' <', p, '> ', o, ' .\n') FROM fact "
            "SEMI JOIN (SELECT unnest(?) AS s) AS subject USING (s)",
            [subjects],
        )
        return "".join(line for (line,) in rows.fetchall())

    def match(self, store: ox.Store) -> None:
        """Remove repeated facts, and check the number of the rest.

        Raises:
            ReleaseError: if the number of facts differs from that of the store.
        """
        # Counting all is twice as fast as a query that counts the default graph.
        in_graphs = (
            store.quads_for_pattern(None, None, None, graph) for graph in store.named_graphs()
        )
        expected = len(store) - sum(1 for quads in in_graphs for _ in quads)
        # A fact may stand in several lines, but to look for them costs time.
        if self.count() != expected:
            self.connection.execute("CREATE TABLE lines AS SELECT DISTINCT * FROM fact")
            self.connection.execute("DROP TABLE fact")
            self.connection.execute("ALTER TABLE lines RENAME TO fact")
        if (count := self.count()) != expected:
            raise ReleaseError(
                f"the files of the build: expected {expected:,} facts as in the store, "
                f"found {count:,}"
            )

    def count(self) -> int:
        """Return the number of facts."""
        ((count,),) = self.connection.execute("SELECT count(*) FROM fact").fetchall()
        return int(count)


@contextmanager
def fact_table(folder: Path) -> Iterator[FactTable]:
    """Make an empty table in a temporary folder within a folder.

    Raises:
        ReleaseError: if DuckDB fails, for instance for want of space or memory.
    """
    import duckdb  # noqa: PLC0415 - takes a quarter of a second

    with tempfile.TemporaryDirectory(prefix="facts-", dir=folder) as work:
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": f"{COLUMNAR_BUILD_MEMORY_MB}MB",
            "temp_directory": str(Path(work) / "spilled"),
            "preserve_insertion_order": False,
        }
        try:
            with closing(duckdb.connect(str(Path(work) / "facts.duckdb"), config=config)) as facts:
                facts.execute("CREATE TABLE fact (s VARCHAR, p VARCHAR, o VARCHAR)")
                yield FactTable(facts, Path(work))
        except duckdb.Error as error:
            raise ReleaseError(f"the facts could not be tabulated: {error}") from error
