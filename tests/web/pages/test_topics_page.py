"""The topics of a large scheme, by letter and in pages."""

from __future__ import annotations

import asyncio
import string
from types import SimpleNamespace
from typing import Any, cast

import pytest
from starlette.requests import Request

from kg.web.http_error import UnknownValueError
from kg.web.pages.context import PageContext
from kg.web.pages.topic_index import Topic, Topics
from kg.web.pages.topics_page import topics_page

_ACCENT = "\N{LATIN CAPITAL LETTER E WITH ACUTE}"
#: A scheme with ten topics with each of two letters and 250 with an accent, and a small scheme.
_LARGE = [
    *(Topic(f"t/{letter}{n}", f"{letter}{n}", n, "S") for letter in "ab" for n in range(10)),
    *(Topic(f"t/e{n}", f"{_ACCENT}tat {n:03}", n, "S") for n in range(250)),
]
_SMALL = [Topic(f"t/z{n}", f"z{n}", n, "small") for n in range(3)]


def _page(query: str) -> dict[str, Any]:
    async def read() -> Topics:
        return Topics(tuple(sorted([*_LARGE, *_SMALL], key=lambda topic: -topic.events)))

    context = cast("PageContext", SimpleNamespace(topics=SimpleNamespace(read=read)))
    scope = {"type": "http", "query_string": query.encode(), "headers": []}
    return asyncio.run(topics_page(context, Request(scope)))


def test_letters_are_those_of_the_large_schemes_with_the_number_of_topics() -> None:
    assert _page("")["letters"] == {"A": 10, "B": 10, "E": 250}
    small, large = _page("")["groups"]
    assert (small.total, len(small.topics), large.total, len(large.topics)) == (3, 3, 270, 30)
    assert min(topic.events for topic in large.topics) >= 220


def test_a_letter_lists_its_topics_by_name_in_pages() -> None:
    first, second = _page("letter=E"), _page("letter=E&page=2")
    labels = [topic.label[-3:] for page in (first, second) for topic in page["selected"]]
    assert labels == [f"{n:03}" for n in range(250)]
    assert (first["total"], first["pages"], second["first"]) == (250, 2, 201)


@pytest.mark.parametrize("letter", [*string.ascii_uppercase[2:4], "z", "AB"])
def test_a_letter_without_topics_is_refused_with_those_that_have_some(letter: str) -> None:
    with pytest.raises(UnknownValueError) as refused:
        _page(f"letter={letter}")
    assert list(refused.value.choices) == ["A", "B", "E"]
