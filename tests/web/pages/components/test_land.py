"""The colours of land on the days of five votes, and in query results without a day."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from kg.resources import DATA
from kg.sources.states import read_states
from kg.web.pages.components.land import LandOfDay, Shade, land_of_day, territories
from kg.web.pages.components.world_map import NO_VOTE, atlas, world_map
from kg.web.pages.state_index import Name, States, StateSummary

YES, NO = Shade("yes", "in favour"), Shade("no", "against")
ABSTAINING, NON_VOTING = Shade("abstaining", "abstaining"), Shade("nonvoting", "non-voting")

#: Votes of some states, as recorded.
VOTES: Mapping[str, tuple[str, dict[str, Shade]]] = {
    "A/RES/1568(XV)": (
        "1960-12-18",
        {
            "SUN": YES, "UKR": YES, "BLR": YES, "UAR": YES, "YEM-AR": YES, "MYS-FM": YES,
            "PAK": YES, "ETH": YES, "SDN": YES, "DNK": YES, "YUG": YES, "CHN": ABSTAINING,
            "FRA": ABSTAINING, "USA": ABSTAINING, "NLD": ABSTAINING, "ESP": NON_VOTING,
        },
    ),
    "A/RES/2758(XXVI)": (
        "1971-10-25",
        {
            "CHN": NON_VOTING, "PAK": YES, "EGY": YES, "SYR": YES, "TZA": YES, "MYS": YES,
            "SGP": YES, "YEM-AR": YES, "YMD": YES, "SUN": YES, "USA": NO, "CYP": ABSTAINING,
        },
    ),
    "A/RES/38/62": (
        "1983-12-15",
        {
            "GER": ABSTAINING, "DDR": YES, "YEM-AR": YES, "YMD": YES, "SUN": YES, "UKR": YES,
            "BLR": YES, "YUG": YES, "CSK": YES, "ETH": YES, "SDN": YES, "CHN": ABSTAINING,
            "FRA": ABSTAINING, "DNK": ABSTAINING, "USA": NO, "ZAF": NON_VOTING, "BGD": YES,
        },
    ),
    "A/RES/68/262": (
        "2014-03-27",
        {
            "UKR": YES, "RUS": NO, "DEU": YES, "YEM": NON_VOTING, "SRB": NON_VOTING, "SOM": YES,
            "SDN": NO, "SSD": ABSTAINING, "ERI": ABSTAINING, "CHE": YES, "KOR": YES, "PRK": NO,
            "MAR": NON_VOTING, "CHN": ABSTAINING, "CYP": YES, "FRA": YES,
        },
    ),
    "S/2022/155": (
        "2022-02-25",
        {"RUS": NO, "CHN": ABSTAINING, "IND": ABSTAINING, "FRA": YES, "USA": YES, "KEN": YES},
    ),
}  # fmt: skip
GERMANY, YEMEN, CHINA, TAIWAN, SAHARA = "276", "887", "156", "158", "732"
EXPECTED: Mapping[str, dict[str, str]] = {
    "A/RES/1568(XV)": {
        GERMANY: "outside", "756": "outside", "704": "outside", "410": "outside", "496": "outside",
        "478": "outside", YEMEN: "yes dependent", CHINA: "abstaining", TAIWAN: "abstaining",
        "818": "yes", "760": "yes", "643": "yes", "398": "yes", "233": "yes", "804": "yes",
        "Crimea": "yes", "Kosovo": "yes", "688": "yes", "050": "yes", "232": "yes", "728": "yes",
        "304": "yes", "458": "yes", "East Malaysia": "dependent", "702": "dependent",
        "834": "dependent", "Zanzibar": "dependent", "012": "dependent", "024": "dependent",
        "516": "dependent", "598": "dependent", "West Papua": "dependent", "740": "abstaining",
        "French Guiana": "abstaining", "Alaska": "abstaining", SAHARA: "dependent",
        "566": "none", "N. Cyprus": "none", "Somaliland": "none",
    },
    "A/RES/2758(XXVI)": {
        CHINA: "nonvoting", TAIWAN: "nonvoting", GERMANY: "outside", YEMEN: "yes", "050": "yes",
        "818": "yes", "760": "yes", "834": "yes", "702": "yes", "458": "yes", "784": "outside",
        "024": "dependent", "012": "none", "N. Cyprus": "abstaining", SAHARA: "dependent",
    },
    "A/RES/38/62": {
        "050": "yes", "586": "none",
        GERMANY: "abstaining yes", YEMEN: "yes", "643": "yes", "398": "yes", "440": "yes",
        "804": "yes", "112": "yes", "191": "yes", "703": "yes", "232": "yes", "728": "yes",
        CHINA: "abstaining", TAIWAN: "abstaining", "304": "abstaining", "410": "outside",
        "408": "outside", "756": "outside", "516": "dependent", SAHARA: "dependent",
        "275": "outside", "250": "abstaining", "French Guiana": "abstaining", "356": "none",
    },
    "A/RES/68/262": {
        "Crimea": "yes", "804": "yes", "643": "no", GERMANY: "yes", YEMEN: "nonvoting",
        "Kosovo": "nonvoting", "688": "nonvoting", "Somaliland": "yes", "706": "yes", "729": "no",
        "728": "abstaining", "232": "abstaining", "504": "nonvoting", SAHARA: "dependent",
        "238": "dependent", TAIWAN: "abstaining", "275": "outside", "N. Cyprus": "yes",
        "258": "dependent", "540": "dependent", "756": "yes",
    },
    "S/2022/155": {
        "643": "no", "Crimea": "none", "804": "none", CHINA: "abstaining", TAIWAN: "abstaining",
        "French Guiana": "yes", "Alaska": "yes", "630": "yes", SAHARA: "dependent",
        "275": "outside", GERMANY: "none",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def states() -> States:
    return States(
        {
            state.key: StateSummary(
                key=state.key,
                label=state.name,
                m49=state.m49,
                names=tuple(
                    Name(name.name, name.period.start, name.period.until) for name in state.names
                ),
            )
            for state in read_states(DATA)
        }
    )


def _land(states: States, vote: str) -> LandOfDay:
    date, shades = VOTES[vote]
    return land_of_day(states, shades, date, NO_VOTE)


@pytest.mark.parametrize("vote", VOTES)
def test_land_has_the_colour_of_its_state_on_that_day(states: States, vote: str) -> None:
    land = _land(states, vote)
    expected = EXPECTED[vote]
    assert {unit: " ".join(land.units[unit].styles) for unit in expected} == expected


def test_shared_land_names_both_states_with_their_votes(states: States) -> None:
    assert _land(states, "A/RES/38/62").units[GERMANY].title == (
        "Germany, Federal Republic of: abstaining; German Democratic Republic: in favour"
    )


def test_titles_name_the_state_to_which_land_belonged(states: States) -> None:
    titles = {
        unit: land.title.partition(":")[0]
        for unit, land in _land(states, "A/RES/1568(XV)").units.items()
    }
    assert titles["050"] == "Bangladesh, then part of Pakistan"
    assert titles["818"] == "Egypt, then part of United Arab Republic"
    assert titles["024"] == "Angola, administered by Portugal"
    assert titles["458"] == "Federation of Malaya"
    assert titles[CHINA] == "China"
    assert titles[TAIWAN] == "Taiwan, coloured like China"


@pytest.mark.parametrize(
    ("vote", "text"),
    [
        ("A/RES/1568(XV)", "held by representatives of the Republic of China;"),
        ("A/RES/2758(XXVI)", "Until A/RES/2758(XXVI) of this day"),
        ("A/RES/38/62", "representatives of the People's Republic of China since"),
        ("A/RES/38/62", "Germany is striped"),
        ("A/RES/1568(XV)", "Yemen is striped"),
    ],
)
def test_remarks_explain_the_day(states: States, vote: str, text: str) -> None:
    assert any(text in remark for remark in _land(states, vote).remarks)


def test_land_of_states_that_agreed_or_were_not_members_is_not_striped(
    states: States,
) -> None:
    remarks = _land(states, "A/RES/2758(XXVI)").remarks
    assert not any("striped" in remark for remark in remarks)


def test_a_vote_known_to_the_month_has_the_day_that_fits_its_states(states: States) -> None:
    syria = land_of_day(states, {"SYR": YES, "EGY": NO}, "1961-10", NO_VOTE)
    assert (syria.units["760"].styles, syria.units["818"].styles) == (("yes",), ("no",))
    union = land_of_day(states, {"UAR": YES}, "1961-10", NO_VOTE)
    assert (union.units["760"].styles, union.units["818"].styles) == (("yes",), ("yes",))


def test_without_a_date_it_is_the_latest_day_of_most_states(states: States) -> None:
    old = land_of_day(states, {"GER": YES, "DDR": NO, "USA": YES}, "", NO_VOTE)
    assert old.units[GERMANY].is_striped
    assert not old.is_today
    new = land_of_day(states, {"DEU": YES, "DDR": NO, "USA": YES}, "", NO_VOTE)
    assert new.units[GERMANY].styles == ("yes",)
    assert new.is_today


@pytest.mark.skipif(atlas() is None, reason="the package was built without the map")
def test_every_unit_of_the_table_has_a_shape() -> None:
    loaded = atlas()
    assert loaded is not None
    table = territories()
    units = {unit for day in table.turning_points for unit in table.on(day)}
    assert units <= loaded["shapes"].keys()


@pytest.mark.skipif(atlas() is None, reason="the package was built without the map")
def test_the_map_has_stripes_a_legend_and_a_text_alternative(states: States) -> None:
    date, shades = VOTES["A/RES/38/62"]
    drawn = world_map(states, shades, "World map.", date)
    assert drawn is not None
    assert '<pattern id="stripes-abstaining-yes"' in drawn.svg
    assert '<path fill="url(#stripes-abstaining-yes)"' in drawn.svg
    assert (
        "In stripes: Germany, Federal Republic of: abstaining; German Democratic Republic: "
        "in favour." in drawn.svg
    )
    assert [shade.style for shade in drawn.statuses] == ["outside", "dependent"]
    assert drawn.day == date
