"""The tutorial: every query has rows, and each step adds something new."""

from __future__ import annotations

import re

import httpx
import pytest

from kg.web.pages.first_queries import STEPS


@pytest.mark.parametrize("number", range(len(STEPS)), ids=[step.title for step in STEPS])
def test_each_query_has_rows(server: str, number: int) -> None:
    answer = httpx.post(
        f"{server}/sparql",
        data={"query": STEPS[number].query},
        headers={"Accept": "application/sparql-results+json"},
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["results"]["bindings"]


def test_the_page_has_ten_steps(server: str) -> None:
    page = httpx.get(f"{server}/first-queries", headers={"Accept": "text/html"}).text
    assert len(re.findall(r'<textarea id="query-\d+"', page)) == len(STEPS) == 10
