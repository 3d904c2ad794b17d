"""The cohesion of a group on its page: as the saved query has it, once it is asked for."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import httpx
import pytest


def get(address: str) -> str:
    response = httpx.get(address, headers={"Accept": "text/html"})
    assert response.status_code == 200, response.text
    return response.text


def section(page: str) -> str:
    start = page.index('<section id="cohesion">')
    return page[start : page.index("</section>", start)]


@pytest.mark.parametrize("topic", ["", "charter-and-sovereignty"])
def test_figure_and_table_have_the_rows_of_the_query(server: str, topic: str) -> None:
    asked = f"{server}/page/agent/EU?cohesion=final-passage" + f"&topic={topic}" * bool(topic)
    part = section(get(asked))
    (link,) = re.findall(r'href="([^"]*queries/cohesion-by-year[^"]*)"', part)
    answer = httpx.get(f"{server}{unescape(link)}&format=csv").text
    expected = list(csv.DictReader(io.StringIO(answer)))
    assert expected
    table = re.findall(r'<tr><th scope="row">(\d{4})</th>(.*?)</tr>', part)
    shown = [(year, *re.findall(r">([^<]*)</td>", cells)) for year, cells in table]
    assert shown == [
        (
            *(row["year"], row["n"], row["rice"] or "none", row["agreement"], row["alike"]),
            f"{row['ranksBroken']} of {int(row['positions']):,}",
            *(row["absent"], row["suspended"]),
        )
        for row in expected
    ]
    dots = len(expected) + sum(bool(row["rice"]) for row in expected)
    assert part.count("<circle") == dots
    assert f"Agreement index of European Union {float(expected[-1]['agreement']):.2f} in" in part


def test_it_is_computed_only_on_request_and_for_groups_with_dates(server: str) -> None:
    part = section(get(f"{server}/page/agent/EU"))
    assert "<svg" not in part
    assert '<select name="cohesion">' in part
    assert "<table" not in part
    assert 'id="cohesion"' not in get(f"{server}/page/agent/G77")
    refused = httpx.get(f"{server}/page/agent/EU?cohesion=some")
    assert refused.status_code == 400
    assert "final-passage, all-votes" in refused.text
    none = section(get(f"{server}/page/agent/EU?cohesion=all-votes&topic=nuclear-safety"))
    assert "<svg" in none or "No votes on this topic" in none
