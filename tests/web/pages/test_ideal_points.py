"""The page of ideal points, and their part of the page of a state, with both kinds of estimates."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import httpx
import pytest


@pytest.fixture(scope="module")
def address(ideal_points: Path, start_server: Callable[[Path], str]) -> str:
    return start_server(ideal_points)


def text(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def get(address: str, path: str, status: int = 200) -> str:
    response = httpx.get(f"{address}{path}", headers={"Accept": "text/html"})
    assert response.status_code == status, response.text
    return response.text


def test_the_page_shows_the_states_of_a_year_and_links_the_others(address: str) -> None:
    page = get(address, "/ideal-points")
    rows = re.findall(r'<th scope="row">(.*?)</tr>', page, re.DOTALL)
    assert [text(row) for row in rows][:2] == [
        "United States of America Western European and Others Group 2.10 1.90 to 2.30 90",
        "France Western European and Others Group 1.20 1.00 to 1.40 88",
    ]
    assert "China (-0.80) to United States of America (2.10)" in page
    assert page.count("<circle") == len(rows) == 5
    # Without scripts each year is a link; the form selects whose estimates are shown.
    assert re.search(r'href="[^"]*ideal-points\?[^"]*year=1990[^"]*">1990</a>', page)
    assert '<strong aria-current="page">2020</strong>' in page
    assert "estimated from this record" in page
    everything = text(get(address, "/ideal-points?votes=all-votes"))
    assert "United States of America Western European and Others Group 2.20" in everything


def test_our_own_estimates_are_a_choice_and_the_nearest_year_is_shown(address: str) -> None:
    page = text(get(address, "/ideal-points?estimates=record&year=1999"))
    assert "Ideal points of states in 2021" in page
    assert "India Asia-Pacific Group -0.25 -0.50 to 0.00 81" in page
    assert "This release has no such estimates" in get(
        address, "/ideal-points?estimates=record&votes=all-votes"
    )
    assert "2020" in text(get(address, "/ideal-points?year=abc", 400))
    assert "published" in get(address, "/ideal-points?estimates=mine", 400)


def test_the_page_of_a_state_has_its_line_with_band_and_neighbours(address: str) -> None:
    page = get(address, "/page/state/RUS")
    part = page[page.index('<section id="ideal-points">') :]
    part = part[: part.index("</section>")]
    assert "-1.00 in 1990, -0.50 in 2020 (interval of 90 percent: -0.70 to -0.30)" in part
    assert part.count("<polygon") == 1
    # The nearest in 2020 are India (-0.6) and China (-0.8).
    assert re.findall(r'class="swatch line-c\d"></span> ([^<]*)<', part) == [
        "Russian Federation", "India", "China",
    ]  # fmt: skip
    assert "1990 -1.00 -1.20 to -0.80 80" in text(part)
    assert 'id="ideal-points"' not in get(address, "/page/state/BRA")


def test_the_home_page_shows_the_states_of_the_last_year(address: str, server: str) -> None:
    page = get(address, "/")
    assert "Where states stood in 2020" in text(page)
    assert page.count("<circle") == 5
    (link,) = re.findall(r'href="([^"]+)">All of them in a table', page)
    assert "Ideal points of states in 2020" in get(address, unescape(link).removeprefix(address))
    # A slider leads to the other years, also without scripts.
    assert re.search(r'action="[^"]*ideal-points".*?name="year" min="\d{4}"', page, re.DOTALL)
    assert "Where states stood" not in get(server, "/")
