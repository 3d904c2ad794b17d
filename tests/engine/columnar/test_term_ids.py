"""Identifiers of terms in the dictionary of a release."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import duckdb

from kg.engine.columnar.database import ColumnDatabase
from kg.engine.columnar.statistics import Statistics


def test_a_term_is_looked_up_once() -> None:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE term AS FROM (VALUES (3, 'x'), (12, 'x')) t(id, value)")
    connection.execute("CREATE TABLE lookup AS SELECT hash(value) AS hashed, id FROM term")
    id_ranges = {"iri": (0, 10), "string": (10, 20)}
    database = ColumnDatabase(connection, cast(Statistics, SimpleNamespace(id_ranges=id_ranges)))
    terms = [("iri", "x"), ("string", "x"), ("iri", "y"), ("@en", "x"), ("iri", "y" * 300)]
    found = [database.term_id(*term) for term in terms]
    assert found == [3, 12, None, None, None]
    # Without its tables, only what was kept can be answered.
    connection.execute("DROP TABLE lookup")
    assert [database.term_id(*term) for term in terms[:4]] == found[:4]
