"""The browser that the tests of a file share, and its pages.

It ends with the file: while it runs, other tests of the process cannot start an event loop.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from benchmarks.endpoints import KNOWN_DIFFERENCES, UNAVAILABLE
from kg.sparql.saved_queries import library
from tests.support.browser import PAGES, Watched, chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Select every third saved query and kind of page for Oxigraph if Virtuoso answers them all.

    Of Virtuoso less is known. What it is known to answer otherwise, Oxigraph is asked.
    """
    if UNAVAILABLE["virtuoso"]:
        return
    left = {item for item in items if _is_left_to_virtuoso(item)}
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]


def _is_left_to_virtuoso(item: pytest.Item) -> bool:
    callspec = getattr(item, "callspec", None)
    if item.path.name != "test_remote.py" or callspec is None:
        return False
    match callspec.params:
        case {"front": "oxigraph", "name": name}:
            place = list(library()).index(name)
        case {"front": "oxigraph", "kind": kind}:
            name, place = PAGES[kind].removeprefix("/queries/"), list(PAGES).index(kind)
        case _:
            return False
    return place % 3 != 0 and ("virtuoso", name) not in KNOWN_DIFFERENCES


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def watched(browser: Browser, server: str) -> Iterator[Watched]:
    """The page of a file's tests: each process of the browser takes a second to start."""
    page = Watched(browser, server)
    with page:
        yield page


@pytest.fixture
def page(watched: Watched) -> Iterator[Page]:
    """A page as of a new visitor; fails the test on errors and on requests to other hosts."""
    watched.reset()
    yield watched.page
    watched.check()
