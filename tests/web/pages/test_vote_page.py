"""The page of a vote: outcome, minority, parts, neighbours, downloads, one canonical address."""

from __future__ import annotations

import csv
import html
import io
import re
from pathlib import Path

import httpx
import pytest

from kg.rdf import iris
from kg.web.pages.components.world_map import REGIONS, atlas
from kg.web.pages.group_index import Group, Member
from kg.web.pages.group_votes import group_votes, minority_sides
from tests.support.releases import ask

PAGE = "/page/resolution/A-RES-ES-11-6"
needs_map = pytest.mark.skipif(atlas() is None, reason="the package was built without the map")


def get(server: str, address: str) -> str:
    answer = httpx.get(server + address, headers={"Accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return answer.text


def words(text: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", text)))


def part(page: str, name: str) -> str:
    """Return a section of a page up to the next heading of its level."""
    return page.split(f'id="{name}"', 1)[1].partition('\n<section id="')[0]


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        (
            PAGE,
            "Adopted by the General Assembly on 2023-02-23: 141 in favour, 7 against, "
            "32 abstaining. 13 members did not vote.",
        ),
        (
            "/page/event/S-2022-155",
            "Not adopted: vetoed by Russian Federation in the Security Council on 2022-02-25: "
            "11 in favour, 1 against, 3 abstaining.",
        ),
    ],
)
def test_the_outcome_is_a_sentence(server: str, path: str, sentence: str) -> None:
    page = get(server, path)
    assert sentence in words(page)
    (description,) = re.findall(r'<meta name="description" content="([^"]*)"', page)
    assert sentence in html.unescape(description)


def test_the_numbers_lead_to_the_lists(server: str, embedded: Path) -> None:
    page = get(server, PAGE)
    for style, term in (("yes", "inFavour"), ("no", "against"), ("nonvoting", "nonVoting")):
        (number,) = re.findall(rf'<a href="#{style}"><strong>(\d+)</strong>', page)
        event = iris.event("A-RES-ES-11-6")
        expected = {state for (state,) in ask(embedded, f"SELECT ?s {{ <{event}> unv:{term} ?s }}")}
        section = part(page, style).partition("</ul>")[0]
        listed = re.findall(r'<li><a href="/page/state/([^"]+)"', section)
        assert {iris.state(key) for key in listed} == expected
        assert int(number) == len(expected)


def test_the_minority_is_first_by_regional_group(server: str, embedded: Path) -> None:
    page = get(server, PAGE)
    section = part(page, "groups").partition("<figure")[0]
    assert "<h2>Against and abstaining</h2>" in section
    shown = re.findall(r'<a href="/page/state/([^"]+)"', section)
    event = iris.event("A-RES-ES-11-6")
    minority = ask(embedded, f"SELECT ?s {{ <{event}> unv:against|unv:abstaining ?s }}")
    assert {iris.state(key) for key in shown} == {state for (state,) in minority}
    assert len(shown) == len(minority)
    assert "Latin American and Caribbean Group 1 Nicaragua" in words(section)
    assert page.index('id="groups"') < page.index('id="states"')


def test_sides_without_a_leading_position_are_all_shown() -> None:
    group = Group(
        "https://example.org/g", "Group", (Member(iris.state("AAA"), listed="now"),), True
    )
    voters = {"yes": ["AAA"], "no": ["BBB"], "abstaining": [], "nonvoting": []}
    sides = minority_sides(group_votes([group], voters, "2000-01-01"), voters)
    assert [(side.style, side.groups) for side in sides] == [
        ("yes", [("Group", ["AAA"])]),
        ("no", [("", ["BBB"])]),
    ]


@pytest.mark.parametrize(
    ("query", "message"),
    [("group=XX", "expected one of african-group"), ("region=Atlantis", "expected one of Africa")],
)
def test_an_unknown_group_or_region_is_refused(server: str, query: str, message: str) -> None:
    answer = httpx.get(f"{server}{PAGE}?{query}", headers={"Accept": "application/problem+json"})
    assert answer.status_code == 400
    assert message in answer.json()["detail"]


def test_both_addresses_of_a_vote_name_one_as_canonical(server: str) -> None:
    link = f'<link rel="canonical" href="{server}{PAGE}">'
    for path in (PAGE, "/page/event/A-RES-ES-11-6", f"{PAGE}?group=EU"):
        assert link in get(server, path)
    veto = get(server, "/page/event/S-2022-155")
    assert f'<link rel="canonical" href="{server}/page/event/S-2022-155">' in veto


def test_positions_are_downloaded_from_the_page(server: str, embedded: Path) -> None:
    (address,) = re.findall(r'href="(/sparql[^"]+)">CSV</a>', get(server, PAGE))
    answer = httpx.get(server + html.unescape(address))
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    event = iris.event("A-RES-ES-11-6")
    expected = ask(
        embedded,
        f"""SELECT ?state ?label {{ ?vote unv:event <{event}> ; unv:castBy ?state ;
            unv:option/rdfs:label ?label }}""",
    )
    assert {(row["state"], row["position"]) for row in rows} == {
        (state, label.lower()) for state, label in expected
    }
    assert len(rows) == len(expected)
    belarus = next(row for row in rows if row["iso3"] == "BLR")
    assert belarus["regionalGroup"] == "Eastern European Group"


@needs_map
def test_a_map_shows_a_region_and_pales_what_is_not_in_the_group(server: str) -> None:
    page = get(server, f"{PAGE}?group=EU&region=Europe")
    box = " ".join(map(str, REGIONS["Europe"]))
    assert f'viewBox="{box}"' in page
    assert 'class="fill-yes" data-state="FRA"' in page
    assert 'class="pale fill-abstaining" data-state="IND"' in page
    council = words(get(server, "/page/event/S-2022-155"))
    assert "not on the Security Council, or no vote recorded" in council


@needs_map
@pytest.mark.parametrize(
    ("region", "units"),
    [
        ("Africa", ("710", "788", "404", "132", "480")),
        ("Americas", ("152", "840", "052")),
        ("Asia", ("356", "392", "360", "682", "268")),
        ("Europe", ("620", "804", "246", "352", "196")),
        ("Oceania", ("036", "554", "598", "242")),
    ],
)
def test_a_region_has_its_states_in_view(region: str, units: tuple[str, ...]) -> None:
    left, top, width, height = REGIONS[region]
    loaded = atlas()
    assert loaded is not None
    for unit in units:
        shape = loaded["shapes"][unit]
        start = re.match(r"M([\d.]+),([\d.]+)", shape.get("d", ""))
        x, y = shape.get("point") or (float(start[1]), float(start[2])) if start else shape["point"]
        assert left <= x <= left + width, unit
        assert top <= y <= top + height, unit
