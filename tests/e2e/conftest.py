"""The browser that the tests of a file share, and its pages.

It ends with the file: while it runs, other tests of the process cannot start an event loop.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.support.browser import Watched, chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


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
