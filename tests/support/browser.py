"""The system's Chromium for tests and screenshots, controlled by Playwright without a download."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Request, ViewportSize

#: The kinds of pages, with an address that exists on any release with the embedded sources.
PAGES = {
    "home": "/",
    "resolution": "/page/resolution/A-RES-ES-11-6",
    "event": "/page/event/A-RES-ES-11-6",
    "vote": "/page/vote/A-RES-ES-11-6/IND",
    "state": "/page/state/IND",
    "former-state": "/page/state/SUN",
    "about": "/about",
    "votes": "/votes?state=IND&position=abstaining",
    "states": "/states",
    "compare": "/compare?states=CHN,IND,USA&measure=kappa",
    "group": "/page/agent/EU?cohesion=final-passage",
    "proposals": "/proposals",
    "check": "/check",
    "wrong-numbers": "/wrong-numbers",
    "proposal": "/page/proposal/china-12-point",
    "point": "/page/proposal/china-12-point/3",
    "statement": "/page/statement/chn-12-point-release",
    "paragraph": "/page/paragraph/A-RES-ES-11-6/5",
    "contact": "/page/contact/western-countries-pak-es-11-4",
    "source": "/page/source/article-2023-02-24",
    "session": "/page/session/ES-11",
    "meeting": "/page/meeting/A-ES-11-PV-19",
    "body": "/body/GeneralAssembly",
    "topics": "/topics",
    "maps": "/maps",
    "generic": "/page/group/asia-pacific-group",
    "seat": "/page/seat/RUS",
    "discrepancy": "/page/discrepancy/A-RES-ES-11-8-vote-ARM-interfax-ukraine-es-11-8",
    "incoming": "/page/state/IND?incoming=unv:castBy",
    "ontology": "/ontology",
    "queries": "/queries",
    "first-queries": "/first-queries",
    "query": "/queries/similar-voters",
    "query-chart": "/queries/votes-by-year",
    "search": "/search?q=indai",
    "editor": "/sparql",
    "dataset": "/dataset",
    "shapes": "/graph/shapes",
    "report": "/graph/report",
    "dumps": "/dumps/",
    "releases": "/releases",
    "changes": "/changes",
    "error": "/page/state/NOWHERE",
}


def missing() -> str:
    """Return why no browser is available, empty if one is."""
    if shutil.which("chromium") is None:
        return "chromium is not installed"
    if importlib.util.find_spec("playwright") is None:
        return "playwright is not installed; the dev extra has it"
    return ""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the system's Chromium in headless mode."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 (it may be missing)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        yield browser
        browser.close()


#: The size of the window where a test chooses none, in pixels.
_WINDOW: Final[ViewportSize] = {"width": 1280, "height": 720}


class Watched:
    """A page in a context of its own that keeps what goes wrong."""

    def __init__(self, browser: Browser, server: str, **options: Any) -> None:
        self._context = browser.new_context(base_url=server, **options)
        self._server = server
        self._wrong: list[str] = []
        self.page = self._context.new_page()
        self.page.on("console", self._note_console_error)
        self.page.on("pageerror", lambda error: self._wrong.append(str(error)))
        self.page.on("request", self._note_foreign_request)

    def reset(self) -> None:
        """Forget what the page keeps of earlier visits, and its window and colours."""
        if self.page.url.startswith(self._server):
            self.page.evaluate("localStorage.clear()")
        self.page.goto("about:blank")
        self.page.set_viewport_size(_WINDOW)
        self.page.emulate_media(color_scheme="light")
        self._wrong.clear()

    def check(self) -> None:
        """Check that nothing went wrong."""
        assert self._wrong == []

    def __enter__(self) -> Page:
        return self.page

    def _note_console_error(self, message: ConsoleMessage) -> None:
        # The browser reports an expected 404 or 400 as an error.
        if message.type == "error" and "status of 40" not in message.text:
            self._wrong.append(message.text)

    def _note_foreign_request(self, request: Request) -> None:
        if not request.url.startswith((self._server, "data:", "blob:")):
            self._wrong.append(request.url)

    def __exit__(self, kind: object, *_: object) -> None:
        self._context.close()
        if kind is None:
            self.check()
