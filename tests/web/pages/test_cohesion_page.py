"""The cohesion of a group on its page: as the saved query has it, once it is asked for."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections import Counter
from html import unescape
from pathlib import Path

import httpx
import pytest

from kg.engine.interface import Limits
from kg.engine.local import LocalEngine
from kg.settings import Settings
from kg.sparql.saved_queries import library
from kg.web.pages.cohesion import QUERY, VOTES
from kg.web.pages.cohesion_counts import _counted, cohesion_rows
from kg.web.pages.context import PageContext
from kg.web.pages.saved_queries import query_parameters


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


def test_a_group_may_have_any_number_of_members() -> None:
    columns = [bytes([number % 5, 1, 0]) for number in range(600)]
    for value in range(5):
        flags = bytes(int(byte == value) for byte in range(256))
        expected = [Counter(taken)[value] for taken in zip(*columns, strict=True)]
        assert list(_counted(columns, flags)) == expected


@pytest.mark.endurance
def test_every_group_has_the_rows_of_the_query_on_the_whole_record(full_record: Path) -> None:
    async def compare() -> int:
        engine = LocalEngine(full_record, Limits(workers=1, seconds=60, memory_mib=1024))
        context = PageContext(lambda: engine, Settings.load().with_options(data=full_record))
        query, compared = library()[QUERY], 0
        topics = {topic.key: topic.iri for topic in (await context.topics.read()).all}
        for group in await context.groups.read():
            for votes in VOTES.values() if any(member.start for member in group.members) else ():
                for key in ("", "human-rights", "colonialism"):
                    asked = {"group": group.name, "votes": votes} | ({"topic": key} if key else {})
                    parameters = query_parameters(query, query.values(asked))
                    table = await context.queries.table(query.text, parameters, is_page=True)
                    expected = [
                        {name: term["value"] for name, term in row.items() if name[0] != "_"}
                        for row in table.rows
                    ]
                    with_parts = votes == VOTES["all-votes"]
                    rows = await cohesion_rows(
                        context, group.members, topics.get(key, ""), with_parts=with_parts
                    )
                    assert list(map(dict, rows)) == expected, asked
                    compared += bool(rows)
        await engine.close()
        return compared

    assert asyncio.run(compare()) > 20
