"""The registry: a module and an entry add a source, and removing them removes it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from kg.errors import SourceError
from kg.model.state_register import StateRegister
from kg.pipeline.merging import merge_events
from kg.rdf import iris
from kg.sources.loader import RegisteredSource, Terms
from kg.sources.registry import SOURCES, precedence
from kg.sources.selection import select_sources
from tests.sources import toy_source
from tests.support.releases import ask, make_release
from tests.support.unvotes_files import write

TOY = RegisteredSource(
    name="toy",
    title="Two roll calls",
    publisher="Nobody",
    terms=Terms("CC0-1.0", redistributable=True),
    load=toy_source.load,
    files=(toy_source.FILE,),
    precedence=9,
)
#: A roll call that is also in unvotes (Russia voted against it), and one that is not.
ROWS = """key,symbol,date,in_favour,against
A-RES-68-262,A/RES/68/262,2014-03-27,UKR RUS,
A-RES-68-299,A/RES/68/299,2014-08-01,UKR FRA,RUS
"""


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """Register the toy source and return its selector with the path of its file."""
    monkeypatch.setitem(SOURCES, TOY.name, TOY)
    folder = tmp_path / "toy"
    folder.mkdir()
    (folder / toy_source.FILE).write_text(ROWS, encoding="utf-8")
    return f"toy={folder}"


def test_a_source_is_built_merged_and_removed(
    registered: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unvotes = f"unvotes={write(tmp_path / 'unvotes')}"
    before = make_release(tmp_path / "data", unvotes).manifest()
    manifest = make_release(tmp_path / "data", unvotes, registered).manifest()
    toy = next(source for source in manifest.sources if source.name == "toy")
    assert toy.outcomes() == Counter(loaded=3, merged=1, discrepant=1) | dict.fromkeys(
        ("repeated", "without_vote", "refused"), 0
    )
    assert manifest.count("events") == before.count("events") + 1
    assert manifest.count("events in several sources") == 1
    assert manifest.count("votes") == before.count("votes") + 3
    assert _sources_of(tmp_path / "data", "A-RES-68-299") == {"toy"}
    assert {"toy", "unvotes-package"} == _sources_of(tmp_path / "data", "A-RES-68-262")
    # The more trusted source is accepted.
    assert _discrepancies(tmp_path / "data") == {
        ("A-RES-68-262-vote-RUS-toy", "against", "in favour")
    }

    monkeypatch.delitem(SOURCES, TOY.name)
    after = make_release(tmp_path / "data", unvotes).manifest()
    assert after.facts_sha256 == before.facts_sha256 != manifest.facts_sha256


def test_the_rank_decides_which_source_is_accepted(
    registered: str, tmp_path: Path, states: StateRegister
) -> None:
    ukraine, toy = (
        {selection.source.name: list(selection.load(states).events)}
        for selection in select_sources(["ukraine", registered], tmp_path)[1:]
    )
    for rank, accepted in ((4, "against"), (2, "in favour")):
        merged = merge_events(ukraine | toy, {"ukraine": 3, "toy": rank}, states)
        discrepancies = [discrepancy for event in merged for discrepancy in event.discrepancies]
        assert [discrepancy.accepted for discrepancy in discrepancies] == [accepted]


def test_a_source_that_is_not_registered_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="--source toy: no such source; expected one of embedded"):
        select_sources(["toy"], tmp_path)


def test_roll_calls_without_a_rank_are_an_error(
    registered: str, tmp_path: Path, states: StateRegister
) -> None:
    selections = select_sources([registered], tmp_path)
    assert [selection.source.name for selection in selections] == ["states", "toy"]
    events = selections[1].load(states).events
    with pytest.raises(SourceError, match="source toy has roll calls but no precedence"):
        list(merge_events({"toy": events}, {"ukraine": 1}, states))


def test_every_source_of_roll_calls_has_a_unique_rank() -> None:
    ranks = precedence()
    assert len(set(ranks.values())) == len(ranks)
    assert {name: source.name for name, source in SOURCES.items()} == {n: n for n in SOURCES}
    assert all(set(s.matched_with) <= ranks.keys() for s in SOURCES.values())
    assert all(s.embedded != bool(s.remote) for s in SOURCES.values())


def _sources_of(data: Path, event: str) -> set[str]:
    query = f"SELECT ?source {{ <{iris.event(event)}> prov:wasDerivedFrom ?source }}"
    return {source.rpartition("/")[2] for (source,) in ask(data, query)}


def _discrepancies(data: Path) -> set[tuple[str, str, str]]:
    rows = ask(data, "SELECT ?d ?a ?o { ?d unv:acceptedValue ?a ; unv:otherValue ?o }")
    return {(key.rpartition("/")[2], accepted, other) for key, accepted, other in rows}
