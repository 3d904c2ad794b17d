"""Writing the dictionary of the columns: the terms that are not stored as values.

Identifiers are assigned by kind and then in the order of the terms, so that those of one kind
compare in the same way as the terms.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from kg.engine.columnar import database, term_texts
from kg.engine.columnar.earlier import EarlierRows
from kg.engine.columnar.term_types import TYPED_KINDS, VALUE_STORAGES, Storage, kind_of, typed_kind
from kg.errors import ReleaseError

if TYPE_CHECKING:
    import duckdb

#: Terms read at a time.
_BATCH_TERMS: Final = 50_000
_SPELLINGS: Final = """
CREATE TABLE spelling AS
  SELECT DISTINCT s AS spelled FROM fact UNION SELECT DISTINCT o FROM fact
"""
#: The terms of the facts, and those of earlier rows, with their identifiers there.
_TERMS: Final = """
CREATE TABLE used AS
  SELECT CASE WHEN spelled[1] = '<' THEN 'iri' ELSE 'blank' END AS kind,
    CASE WHEN spelled[1] = '<' THEN spelled[2 : -2] ELSE spelled[3 :] END AS value, spelled
  FROM spelling WHERE spelled[1] != '"'
  UNION ALL SELECT kind, value, spelled FROM literal WHERE storage = 'id';
CREATE TABLE unnumbered AS
  SELECT used.kind, used.value, used.spelled, earlier_term.id AS earlier_id
  FROM used LEFT JOIN earlier_term USING (kind, value)
  UNION ALL
  SELECT kind, value, NULL, id FROM earlier_term ANTI JOIN used USING (kind, value);
DROP TABLE used;
"""
#: Blank nodes come first, then IRIs, strings, and the other literals in the order of their kinds.
_DICTIONARY: Final = """
CREATE TABLE ranked AS
  SELECT kind, CASE kind WHEN 'blank' THEN 0 WHEN 'iri' THEN 1 ELSE
    1 + row_number() OVER (ORDER BY kind IN ('blank', 'iri') DESC, kind != 'string', kind) END
    AS rank
  FROM (SELECT DISTINCT kind FROM unnumbered);
CREATE TABLE named AS
  SELECT CAST(row_number() OVER (ORDER BY rank, value) - 1 AS INTEGER) AS id,
    kind, value, spelled, earlier_id
  FROM unnumbered JOIN ranked USING (kind);
DROP TABLE unnumbered;
CREATE TABLE out.term AS SELECT id, value FROM named ORDER BY id;
CREATE TABLE out.kind AS
  SELECT kind, CAST(min(id) AS INTEGER) AS low, CAST(max(id) + 1 AS INTEGER) AS high
  FROM named GROUP BY kind ORDER BY low;
CREATE TABLE code AS
  SELECT spelled, 'id' AS storage, CAST(id AS BIGINT) AS number FROM named
  WHERE spelled IS NOT NULL
  UNION ALL SELECT spelled, storage, number FROM literal WHERE storage != 'id';
DROP TABLE literal;
CREATE TABLE moved AS
  SELECT earlier_id, id FROM named WHERE earlier_id IS NOT NULL;
CREATE TABLE typed (id INTEGER, kind VARCHAR);
"""


def write(work: duckdb.DuckDBPyConnection, earlier: EarlierRows, folder: Path) -> None:
    """Write the dictionary of the table ``fact`` and of earlier rows into the database ``out``.

    Its texts are also written into the folder of the release (``term_texts``). The tables that
    remain beside it are ``code``, with the storage and the number of each term of the facts;
    ``moved``, with the identifiers of terms of earlier rows, there and here; and ``typed``, with
    the kinds of literals by ``term_types.typed_kind`` where they are others.
    """
    work.execute(_SPELLINGS)
    _write_literals(work)
    earlier.write_terms(work)
    work.execute(_TERMS)
    work.execute(_DICTIONARY)
    term_texts.write(_texts(work), folder)
    _write_typed_kinds(work)
    work.execute("DROP TABLE named")


def _write_literals(work: duckdb.DuckDBPyConnection) -> None:
    """Parse the literals with Oxigraph's parser."""
    work.execute(
        "CREATE TABLE literal "
        "(spelled VARCHAR, kind VARCHAR, storage VARCHAR, value VARCHAR, number BIGINT)"
    )
    reading = work.cursor()
    reading.execute("""SELECT spelled FROM spelling WHERE spelled[1] = '"'""")
    while rows := reading.fetchmany(_BATCH_TERMS):
        columns = list(zip(*_literals([spelled for (spelled,) in rows]), strict=True))
        work.execute(
            f"INSERT INTO literal SELECT {', '.join(['unnest(?)'] * len(columns))}",
            [list(column) for column in columns],
        )
    reading.close()


def _literals(spelled: list[str]) -> Iterator[tuple[str, str, str, str, int | None]]:
    lines = "".join(f"<x:x> <x:x> {literal} .\n" for literal in spelled)
    quads = ox.parse(lines, ox.RdfFormat.N_TRIPLES)
    for text, quad in zip(spelled, quads, strict=True):
        assert isinstance(quad.object, ox.Literal)
        if "\0" in quad.object.value:
            raise ReleaseError("a literal with a NUL character cannot be stored in columns")
        kind, value = kind_of(quad.object)
        if kind == "decimal":
            kind = f"^^{quad.object.datatype.value}"
        if kind in VALUE_STORAGES:
            yield text, kind, kind, "", database.encode_value(value)
        else:
            yield text, kind, Storage.ID.value, quad.object.value, None


def _texts(work: duckdb.DuckDBPyConnection) -> Iterator[list[str]]:
    reading = work.cursor()
    reading.execute("SELECT value FROM out.term ORDER BY id")
    while rows := reading.fetchmany(_BATCH_TERMS):
        yield [text for (text,) in rows]
    reading.close()


def _write_typed_kinds(work: duckdb.DuckDBPyConnection) -> None:
    for kind in TYPED_KINDS:
        datatype = ox.NamedNode(kind.removeprefix("^^"))
        reading = work.execute("SELECT id, value FROM named WHERE kind = ?", [kind])
        typed = [
            (number, typed_kind(ox.Literal(value, datatype=datatype)))
            for number, value in reading.fetchall()
        ]
        if typed:
            ids, kinds = zip(*typed, strict=True)
            work.execute("INSERT INTO typed SELECT unnest(?), unnest(?)", [[*ids], [*kinds]])
