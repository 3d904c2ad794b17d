"""Wide tables, and copies in the order of objects: the answers are those of the own tables."""

from __future__ import annotations

import shutil
from collections import defaultdict
from pathlib import Path

import duckdb
import pytest

from benchmarks.gate.compare import EnginePair, Outcome
from benchmarks.gate.data import PREFIX
from benchmarks.gate.data import release as hostile_release
from kg.engine.columnar import database, statistics


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("wide")


@pytest.fixture(scope="module")
def hostile(folder: Path) -> EnginePair:
    return EnginePair(folder, hostile_release(folder))


@pytest.mark.parametrize(
    "pattern",
    [
        "?v ex:event ?e ; ex:state ?s ; ex:option ?o",
        "?v ex:event ex:event3 ; ex:state ?s ; ex:option ex:Yes",
        # In the order of the objects.
        "?v ex:state ex:state1",
        "?v ex:event ?e ; ex:state ex:state1 ; ex:option ?o",
        "?v ex:state ex:state1 ; ex:event ?e . ?w ex:state ex:state2 ; ex:event ?e",
        "?v ex:event ?e ; ex:state ?s . ?w ex:event ?e ; ex:state ?t FILTER(STR(?s) < STR(?t))",
        # One fact that meets two patterns, and two facts with the same object.
        "?v ex:event ?e ; ex:event ?f ; ex:option ?o",
        "?x ex:name ?n ; ex:code ?n",
        "?x ex:name ?x ; ex:code ?n",
        "ex:event3 ex:name ?n ; ex:code ?c ; ex:flag ?f",
        # Some subjects lack a fact.
        "?x ex:name ?n ; ex:flag ?f",
        "?x ex:name ?n ; ex:code ?c OPTIONAL { ?x ex:flag ?f ; ex:total ?t }",
        "?x ex:name ?n FILTER NOT EXISTS { ?x ex:flag ?f ; ex:code ?c }",
        "?x ex:name ?n MINUS { ?x ex:flag ?f ; ex:code 'a' }",
        "VALUES ?x { ex:event1 ex:state1 ex:none } ?x ex:name ?n ; ex:code ?c",
    ],
)
def test_the_solutions_are_those_of_oxigraph(hostile: EnginePair, pattern: str) -> None:
    result = hostile.compare(f"{PREFIX}SELECT * {{ {pattern} }}")
    assert (result.outcome, result.reason, result.difference) == (Outcome.EQUAL, "", "")


@pytest.mark.usefixtures("hostile")
def test_copies_have_the_rows_of_their_tables_in_the_order_of_objects(
    folder: Path, tmp_path: Path
) -> None:
    read = statistics.read(folder)
    assert read
    file = shutil.copy(folder / database.FILE_NAME, tmp_path)
    partitions = [part for parts in read.partitions.values() for part in parts]
    copies = [(part.by_object, part.name, "o") for part in partitions]
    copies += [(part.wide_by_object, part.wide, part.name) for part in partitions if part.wide]
    assert all(copy for copy, _, _ in copies)
    with duckdb.connect(file, read_only=True) as connection:
        for copy, table, column in copies:
            rows = connection.execute(f"FROM {table} ORDER BY {column}, s").fetchall()
            assert connection.execute(f"FROM {copy}").fetchall() == rows


@pytest.mark.usefixtures("hostile")
def test_a_table_has_the_facts_of_its_parts(folder: Path, tmp_path: Path) -> None:
    read = statistics.read(folder)
    assert read
    # The engine has the file open.
    file = shutil.copy(folder / database.FILE_NAME, tmp_path)
    groups = defaultdict(list)
    for parts in read.partitions.values():
        for part in parts:
            groups[part.wide].append(part)
    groups.pop("")
    names = [{part.predicate.rpartition("/")[2] for part in group} for group in groups.values()]
    assert any({"event", "state", "option"} <= group for group in names)
    with duckdb.connect(file, read_only=True) as connection:
        for wide, group in groups.items():
            for part in group:
                columns = f"SELECT s, {part.name} AS o FROM {wide} WHERE o IS NOT NULL"
                rows = connection.execute(f"{columns} ORDER BY s").fetchall()
                assert rows == connection.execute(f"FROM {part.name} ORDER BY s").fetchall()
    # Some have gaps.
    assert any(len({part.facts for part in group}) > 1 for group in groups.values())
