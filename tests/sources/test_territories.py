"""The dated table of territories, and the disputed places listed in docs/explanation/maps.md."""

from __future__ import annotations

import shutil
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from kg.errors import SourceError
from kg.model.state_register import StateRegister
from kg.model.territories import Holding, Status, Territories
from kg.resources import DATA
from kg.sources.states import read_states
from kg.sources.territories import read_disputed_places, read_holdings, read_territories
from tests.support.paths import ROOT


@pytest.fixture(scope="module")
def table() -> Territories:
    return read_territories(DATA)


def test_on_any_day_a_unit_belongs_to_one_state_unless_marked_as_shared(
    table: Territories,
) -> None:
    # Nothing changes between turning points, so these represent all days.
    shared = set()
    for day in table.turning_points:
        for unit, holdings in table.on(day).items():
            if len(holdings) > 1:
                assert all(holding.is_shared for holding in holdings), (day, unit)
                shared.add(unit)
    assert shared == {"276", "887"}


def test_every_day_has_the_rows_valid_on_it(table: Territories) -> None:
    register = StateRegister(read_states(DATA))
    holdings = read_holdings(DATA, register)
    days = [date.fromisoformat(day) for day in table.turning_points]
    middles = [start + (end - start) / 2 for start, end in pairwise(days)]
    for day in (*table.turning_points, *map(str, middles), "1945-01-01", "2030-01-01"):
        expected: dict[str, list[Holding]] = {}
        for holding in holdings:
            if holding.start <= day and (not holding.until or day < holding.until):
                expected.setdefault(holding.unit, []).append(holding)
        held = table.on(day)
        assert {unit: list(held[unit]) for unit in expected} == expected
        own = {register[key].m49: key for key in register if not register[key].member_until}
        for unit in held.keys() - expected.keys():
            assert [holding.state for holding in held[unit]] == [own[unit]]


def test_days_and_sources_can_be_read() -> None:
    holdings = read_holdings(DATA, StateRegister(read_states(DATA)))
    assert len(holdings) > 150
    for holding in holdings:
        for day in filter(None, (holding.start, holding.until)):
            date.fromisoformat(day)
        assert all(source.startswith("https://") for source in holding.sources), holding


def test_the_rows_of_a_unit_are_consecutive() -> None:
    """A unit has no row for a gap: a state that regained its land held it in between."""
    by_unit: dict[str, list[tuple[str, str]]] = {}
    for holding in read_holdings(DATA, StateRegister(read_states(DATA))):
        if not holding.is_shared:
            by_unit.setdefault(holding.unit, []).append((holding.start, holding.until))
    for unit, spans in by_unit.items():
        spans.sort()
        for (_, until), (start, _) in pairwise(spans):
            assert until == start, unit


def test_a_day_is_half_open(table: Territories) -> None:
    (before,), (after,) = (table.on(day)["050"] for day in ("1971-12-15", "1971-12-16"))
    assert (before.state, after.state) == ("PAK", "BGD")
    assert [h.state for h in table.on("1990-10-02")["276"]] == ["GER", "DDR"]
    assert [h.state for h in table.on("1990-10-03")["276"]] == ["DEU"]
    assert [h.status for h in table.on("1954-11-21")["304"]] == [Status.DEPENDENT]
    assert [h.status for h in table.on("1954-11-22")["304"]] == [Status.PART]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (",PRT,dependent,", ",PRT,colony,", "column status"),
        (",whole,", ",half,", "column extent"),
        (",PAK,part,", ",XXX,part,", "column state"),
        (",PAK,part,", ",,part,", "column state"),
        ("1947-08-14,1971-12-16", "1947-08-14,1947-08-14", "column until"),
        (",whole,https://undocs.org/A/RES/67/19,", ",whole,,", "column source"),
    ],
)
def test_an_unusable_row_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    for path in DATA.glob("*.csv"):
        shutil.copy(path, tmp_path)
    text = (tmp_path / "territories.csv").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "territories.csv").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SourceError, match=message):
        read_territories(tmp_path)


def test_the_documentation_shows_the_table_of_disputed_places(table: Territories) -> None:
    shown = (ROOT / "docs" / "explanation" / "maps.md").read_text(encoding="utf-8")
    rows = read_disputed_places(DATA)
    assert {row.place for row in rows} >= {
        "Crimea", "Western Sahara", "Jammu and Kashmir", "Abyei", "Golan", "Kosovo", "Taiwan",
        "Falkland Islands (Malvinas)", "Somaliland", "Palestine",
    }  # fmt: skip
    for row in rows:
        assert all(source.startswith("https://") for source in row.sources)
        assert not row.unit or row.unit in table.on("2026-01-01")
        links = " ".join(f"<{source}>" for source in row.sources)
        assert f"| {row.place} | {row.treatment} | {row.reason} | {links} |" in shown
