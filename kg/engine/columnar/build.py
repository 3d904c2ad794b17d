"""Writing the file of a release that the columnar engine reads: a dictionary and columns.

It is made from what the store itself gives out as N-Triples, so that every literal is spelled as
Oxigraph spells it. Each predicate has a table for each form its objects have: subject and object,
numbers of the dictionary or values. Numbers are given by kind and then in the order of the terms,
so that comparing numbers of one kind is comparing terms. How many facts, subjects and objects each
table has, which kinds they are of and which objects are frequent is recorded beside them.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from kg.engine.columnar import database, statistics
from kg.engine.columnar.columns import quoted
from kg.engine.columnar.term_types import STORED, Form, kind_of
from kg.errors import ReleaseError

if TYPE_CHECKING:
    import duckdb

#: What a build may take, so that it fits beside the store; the rest goes to disk.
_MEMORY: Final = "1500MB"
_BATCH: Final = 50_000
#: A table of facts as they stand in the dump.
_FACTS: Final = """
CREATE TABLE fact AS
  WITH line AS (
    SELECT line, instr(line, ' ') AS a
    FROM read_csv(?, columns = {'line': 'VARCHAR'}, delim = '\x01', quote = '', escape = '',
      header = false, auto_detect = false, new_line = '\\n', max_line_size = 4000000)
  ), cut AS (SELECT line, a, a + instr(line[a + 1 :], ' ') AS b FROM line)
  SELECT line[: a - 1] AS s, line[a + 2 : b - 2] AS p, line[b + 1 : -3] AS o FROM cut
"""
_TERMS: Final = """
CREATE TABLE spelling AS
  SELECT DISTINCT s AS spelled FROM fact UNION SELECT DISTINCT o FROM fact
"""
#: What the dictionary holds, numbered.
_DICTIONARY: Final = """
CREATE TABLE out.term AS
  SELECT CAST(row_number() OVER (ORDER BY rank, value) - 1 AS INTEGER) AS id, kind, value, spelled
  FROM (
    SELECT CASE WHEN spelled[1] = '<' THEN 'iri' ELSE 'blank' END AS kind,
      CASE WHEN spelled[1] = '<' THEN 1 ELSE 0 END AS rank,
      CASE WHEN spelled[1] = '<' THEN spelled[2 : -2] ELSE spelled[3 :] END AS value, spelled
    FROM spelling WHERE spelled[1] != '"'
    UNION ALL
    SELECT kind, 1 + dense_rank() OVER (ORDER BY kind != 'string', kind), value, spelled
    FROM literal WHERE form = 'id'
  )
"""


def write(store: ox.Store, target: Path, release: str) -> int:
    """Write the files of a release into its folder: the facts in the default graph of its store.

    ``release`` is the name of the release, to which the file belongs. Returns the number of facts.

    Raises:
        ReleaseError: if the file does not hold what the store does.
    """
    import duckdb  # noqa: PLC0415 - a quarter of a second that only a build needs

    path = target / database.FILE
    with tempfile.TemporaryDirectory(prefix="columns-", dir=target) as folder:
        dump = Path(folder) / "facts.nt"
        store.dump(str(dump), ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": _MEMORY,
            "temp_directory": str(Path(folder) / "spilled"),
            "preserve_insertion_order": False,
        }
        try:
            with closing(duckdb.connect(str(Path(folder) / "work.duckdb"), config=config)) as work:
                work.execute(f"ATTACH {quoted(str(path))} AS out")
                written = _write(work, dump, target, release)
        except duckdb.Error as error:
            raise ReleaseError(f"{path.name} could not be written: {error}") from error
    counted = store.query("SELECT (COUNT(*) AS ?facts) { ?s ?p ?o }")
    assert isinstance(counted, ox.QuerySolutions)
    expected = int(next(counted)["facts"].value)
    if written != expected:
        raise ReleaseError(f"{path.name} holds {written:,} facts, the store {expected:,}")
    return written


def _write(work: duckdb.DuckDBPyConnection, dump: Path, folder: Path, release: str) -> int:
    work.execute(_FACTS, [str(dump)])
    work.execute(_TERMS)
    _write_literals(work)
    work.execute(_DICTIONARY)
    work.execute("ALTER TABLE out.term RENAME TO named")
    work.execute(
        """
        CREATE TABLE out.term AS SELECT id, value FROM out.named ORDER BY id;
        CREATE TABLE out.lookup AS SELECT hash(value) AS hashed, id FROM out.named ORDER BY 1, 2;
        CREATE TABLE out.kind AS
          SELECT kind, CAST(min(id) AS INTEGER) AS low, CAST(max(id) + 1 AS INTEGER) AS high
          FROM out.named GROUP BY kind ORDER BY low;
        """
    )
    work.execute(
        """
        CREATE TABLE predicate AS
          SELECT p, row_number() OVER (ORDER BY p) AS number FROM (SELECT DISTINCT p FROM fact);
        CREATE TABLE numbered AS
          SELECT predicate.number AS p, subject.id AS s, subject.kind AS s_kind,
            coalesce(literal.form, 'id') AS form, coalesce(literal.kind, object.kind) AS o_kind,
            coalesce(literal.number, object.id) AS o, fact.o AS spelled
          FROM fact JOIN predicate ON predicate.p = fact.p
          JOIN out.named AS subject ON subject.spelled = fact.s
          LEFT JOIN out.named AS object ON object.spelled = fact.o
          LEFT JOIN literal ON literal.spelled = fact.o AND literal.form != 'id'
          ORDER BY predicate.number, form;
        DROP TABLE fact;
        DROP TABLE out.named;
        """
    )
    work.execute(database.ABOUT, [release, database.VERSION])
    parts = [
        _write_part(work, number, predicate, Form(form))
        for number, predicate, form in work.execute(
            "SELECT DISTINCT number, predicate.p, form FROM numbered "
            "JOIN predicate ON predicate.number = numbered.p ORDER BY ALL"
        ).fetchall()
    ]
    kinds = work.execute("FROM out.kind").fetchall()
    told = {"release": release, "version": database.VERSION, "kinds": kinds, "parts": parts}
    (folder / statistics.FILE).write_text(json.dumps(told), encoding="utf-8")
    return sum(part["facts"] for part in parts)


def _write_literals(work: duckdb.DuckDBPyConnection) -> None:
    """Take the literals apart with Oxigraph's own parser."""
    work.execute(
        "CREATE TABLE literal "
        "(spelled VARCHAR, kind VARCHAR, form VARCHAR, value VARCHAR, number BIGINT)"
    )
    reading = work.cursor()
    reading.execute("""SELECT spelled FROM spelling WHERE spelled[1] = '"'""")
    while rows := reading.fetchmany(_BATCH):
        columns = list(zip(*_literals([spelled for (spelled,) in rows]), strict=True))
        work.execute(
            "INSERT INTO literal SELECT unnest(?), unnest(?), unnest(?), unnest(?), unnest(?)",
            [list(column) for column in columns],
        )
    reading.close()


def _literals(spelled: list[str]) -> Iterator[tuple[str, str, str, str, int | None]]:
    lines = "".join(f"<x:x> <x:x> {one} .\n" for one in spelled)
    quads = ox.parse(lines, ox.RdfFormat.N_TRIPLES)
    for text, quad in zip(spelled, quads, strict=True):
        assert isinstance(quad.object, ox.Literal)
        if "\0" in quad.object.value:
            raise ReleaseError("a text with the character NUL cannot be held in columns")
        kind, value = kind_of(quad.object)
        if kind == "decimal":
            kind = f"^^{quad.object.datatype.value}"
        if kind in STORED:
            yield text, kind, kind, "", database.number_of(value)
        else:
            yield text, kind, Form.ID.value, quad.object.value, None


def _write_part(
    work: duckdb.DuckDBPyConnection, number: int, predicate: str, form: Form
) -> dict[str, Any]:
    """Write the table of a predicate and a form of objects; return what is known of it."""
    table = f"p{number}" if form is Form.ID else f"p{number}_{form}"
    rows = f"numbered WHERE p = {number} AND form = '{form}'"
    taken = database.OF_NUMBER[form].format("o")
    work.execute(f"CREATE TABLE out.{table} AS SELECT s, {taken} AS o FROM {rows} ORDER BY s, o")
    ((subject_kinds, object_kinds, facts, subjects, objects),) = work.execute(
        "SELECT list(DISTINCT s_kind ORDER BY s_kind), list(DISTINCT o_kind ORDER BY o_kind), "
        f"count(*), count(DISTINCT s), count(DISTINCT o) FROM {rows}"
    ).fetchall()
    frequent = work.execute(
        f"SELECT any_value(spelled), count(*) FROM {rows} GROUP BY o "
        f"HAVING count(*) > {statistics.FREQUENT} ORDER BY o"
    ).fetchall()
    return {
        "name": table,
        "predicate": predicate,
        "form": form.value,
        "subject_kinds": subject_kinds,
        "object_kinds": object_kinds,
        "facts": facts,
        "subjects": subjects,
        "objects": objects,
        "frequent": dict(frequent),
    }
