"""Rows of the columns of an earlier release that those of a new one contain too."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from kg.engine.columnar import database, statistics
from kg.engine.columnar.columns import quote_literal
from kg.engine.columnar.term_types import Storage

if TYPE_CHECKING:
    import duckdb

_NO_TERMS = "CREATE TABLE earlier_term (kind VARCHAR, value VARCHAR, id INTEGER)"


class EarlierPartition(NamedTuple):
    """The rows of a table that are kept, in a view, for a predicate and a storage of objects."""

    view: str
    predicate: str
    storage: Storage


def has_columns(folder: Path) -> bool:
    """Return whether the release in a folder has columns of the present layout."""
    written = statistics.read(folder)
    return written is not None and written.version == database.layout_version()


@dataclass(frozen=True)
class EarlierRows:
    """The rows about subjects whose facts are the same.

    ``kinds`` are the ranges of identifiers in the earlier release.
    """

    partitions: tuple[EarlierPartition, ...] = ()
    kinds: tuple[tuple[str, int, int], ...] = ()

    @classmethod
    def attach(
        cls, work: duckdb.DuckDBPyConnection, folder: Path, subjects: Collection[str]
    ) -> EarlierRows:
        """Attach the columns in the folder of a release as ``earlier``.

        Of the table ``fact`` only the facts about ``subjects``, given in N-Triples, remain; of the
        rows all others.
        """
        written = statistics.read(folder)
        assert written is not None
        path = folder / database.FILE_NAME
        work.execute(f"ATTACH {quote_literal(str(path))} AS earlier (READ_ONLY)")
        work.execute("CREATE TABLE subject AS SELECT unnest(?) AS s", [list(subjects)])
        low, high = written.id_ranges["iri"]
        work.execute(
            "CREATE TABLE replaced AS SELECT id AS s FROM earlier.term SEMI JOIN "
            "(SELECT s[2 : -2] AS value FROM subject) AS iri USING (value) "
            "WHERE id >= $1 AND id < $2",
            [low, high],
        )
        work.execute(
            """
            CREATE TABLE of_subjects AS FROM fact SEMI JOIN subject USING (s);
            DROP TABLE fact;
            ALTER TABLE of_subjects RENAME TO fact;
            DROP TABLE subject;
            """
        )
        partitions = [
            EarlierPartition(f"kept_{partition.name}", predicate, partition.storage)
            for predicate, of_predicate in written.partitions.items()
            for partition in of_predicate
        ]
        for view, _, _ in partitions:
            work.execute(
                f"CREATE VIEW {view} AS FROM earlier.{view.removeprefix('kept_')} "
                "ANTI JOIN replaced USING (s)"
            )
        kinds = ((kind, *range_) for kind, range_ in written.id_ranges.items())
        return cls(tuple(partitions), tuple(kinds))

    def write_terms(self, work: duckdb.DuckDBPyConnection) -> None:
        """Write the terms of these rows with their identifiers into the table ``earlier_term``."""
        work.execute(_NO_TERMS)
        if not self.partitions:
            return
        uses = [f"SELECT DISTINCT s FROM {part.view}" for part in self.partitions]
        uses += [
            f"SELECT DISTINCT o FROM {part.view}"
            for part in self.partitions
            if part.storage is Storage.ID
        ]
        work.execute(
            f"CREATE TABLE kept AS SELECT DISTINCT s AS id FROM ({' UNION ALL '.join(uses)})"
        )
        for kind, low, high in self.kinds:
            work.execute(
                "INSERT INTO earlier_term SELECT $1, value, id FROM earlier.term "
                "SEMI JOIN kept USING (id) WHERE id >= $2 AND id < $3",
                [kind, low, high],
            )
        work.execute("DROP TABLE kept")

    def rows(self, predicate: str, storage: Storage) -> str:
        """Return SQL for the rows of a predicate and a storage with their new identifiers."""
        for part in self.partitions:
            if (part.predicate, part.storage) == (predicate, storage):
                if storage is not Storage.ID:
                    return (
                        f"SELECT subject.id AS s, kept.o FROM {part.view} AS kept "
                        "JOIN moved AS subject ON subject.earlier_id = kept.s"
                    )
                return (
                    f"SELECT subject.id AS s, object.id AS o FROM {part.view} AS kept "
                    "JOIN moved AS subject ON subject.earlier_id = kept.s "
                    "JOIN moved AS object ON object.earlier_id = kept.o"
                )
        return ""


#: For columns that are written from the facts alone.
NO_ROWS = EarlierRows()
