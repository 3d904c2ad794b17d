from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import ReleaseError
from kg.release.fact_table import FactTable, fact_table
from kg.release.store import add_facts


def rows(facts: FactTable) -> list[tuple[str, ...]]:
    return facts.connection.execute("FROM fact ORDER BY ALL").fetchall()


def test_a_fact_in_several_files_is_tabulated_once(tmp_path: Path) -> None:
    store = ox.Store()
    added = add_facts(store, '<x:a> <x:p> "1" .\n_:b <x:p> <x:a> .\n')
    file = tmp_path / "first.nt"
    file.write_text(added, encoding="utf-8")
    with fact_table(tmp_path) as facts:
        facts.read([file, file])
        facts.match(store)
        ((blank, *of_blank), *others) = reversed(rows(facts))
        assert blank.startswith("_:")
        assert [of_blank, *others] == [["x:p", "<x:a>"], ("<x:a>", "x:p", '"1"')]
    assert list(tmp_path.iterdir()) == [file]


def test_facts_that_the_store_does_not_have_are_an_error(tmp_path: Path) -> None:
    store = ox.Store()
    with fact_table(tmp_path) as facts:
        facts.add(add_facts(store, '<x:a> <x:p> "1 > 0"@en .\n'))
        facts.add('<x:a> <x:q> "1" .\n')
        with pytest.raises(ReleaseError, match="expected 1 facts as in the store, found 2"):
            facts.match(store)


def test_a_failure_of_the_database_names_what_failed(tmp_path: Path) -> None:
    with (
        pytest.raises(ReleaseError, match=r"could not be tabulated.*missing"),
        fact_table(tmp_path) as facts,
    ):
        facts.read([tmp_path / "missing.nt"])
