"""A release is prepared before it is served, and the release before answers meanwhile."""

from __future__ import annotations

import asyncio
import logging
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from kg.engine.execution import QueryExecution
from kg.engine.interface import PREPARED_RELEASE, QueryRequest
from kg.engine.local import LocalEngine
from kg.errors import LimitError
from kg.settings import Settings
from kg.web.app import create_app
from kg.web.middleware import RELEASE_HEADER
from kg.web.pages import preparation
from kg.web.pages.context import PageContext
from tests.support.damage import flip
from tests.support.load import BUSY_TIMEOUT_SECONDS, switch

_prepare = preparation._prepare


@dataclass
class Site:
    """A service in this process, and the questions that its requests have asked."""

    client: httpx.AsyncClient
    data: Path
    asked: list[str] = field(default_factory=list)

    async def served(self) -> str:
        """Return the name of the release of the front page, which must be there."""
        answer = await self.client.get("/", headers={"Accept": "text/html"})
        assert answer.status_code == 200, answer.text
        return answer.headers[RELEASE_HEADER].rpartition("/")[2]

    async def health(self) -> str:
        answer = await self.client.get("/health")
        assert answer.status_code == 200, answer.text
        return answer.text


def test_a_release_is_served_once_it_is_prepared(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    data, execute = tmp_path / "data", LocalEngine.execute
    shutil.copytree(small, data)
    may_begin, has_ended, may_end = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def counted(engine: LocalEngine, request: QueryRequest) -> QueryExecution:
        if PREPARED_RELEASE.get() is None:
            site.asked.append(request.query)
        return await execute(engine, request)

    async def prepare(context: PageContext) -> None:
        await _prepare(context)
        has_ended.set()
        await may_end.wait()

    async def do_nothing(_: PageContext) -> None:
        may_begin.set()

    async def fail(_: PageContext) -> None:
        raise LimitError("the query exceeded its time limit")

    monkeypatch.setattr(preparation, "PREPARATION_INTERVAL_SECONDS", 0.05)
    monkeypatch.setattr(preparation, "_prepare", do_nothing)
    monkeypatch.setattr(LocalEngine, "execute", counted)
    app = create_app(Settings.load().with_options(data=data))
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")
    site = Site(client, data)

    async def visit() -> None:
        async with app.router.lifespan_context(app), client:
            first = await site.served()
            await may_begin.wait()
            monkeypatch.setattr(preparation, "_prepare", prepare)
            # While the next one is prepared, requests are answered from the one before.
            switch(data, small, "9001")
            await has_ended.wait()
            assert await site.served() == first
            assert (await site.health()).lower().startswith("ok: release 20")
            # The first request after the switch asks nothing: all is at hand.
            site.asked.clear()
            may_end.set()
            while (served := await site.served()) == first:
                await asyncio.sleep(0)
            assert (served, site.asked) == ("9001", [])
            # A preparation that fails or takes too long delays nothing for ever.
            monkeypatch.setattr(preparation, "_prepare", fail)
            switch(data, small, "9002")
            while await site.served() != "9002":
                await asyncio.sleep(0.02)
            has_ended.clear()
            may_end.clear()
            monkeypatch.setattr(preparation, "_prepare", prepare)
            monkeypatch.setattr(preparation, "PREPARATION_SECONDS", 0.0)
            switch(data, small, "9003")
            while await site.served() != "9003":
                await asyncio.sleep(0.02)
            # A damaged release is not served in place of an intact one; /health says why.
            shutil.copytree(data / "releases" / "9003", data / "releases" / "9004")
            flip(data / "releases" / "9004" / "columns.json")
            (data / "current").write_text("9004\n", encoding="utf-8")
            while "not served" not in (health := await site.health()):
                await asyncio.sleep(0.02)
            assert health.startswith("ok: release 9003\n")
            assert "the current release is not served: release 9004 is damaged: columns" in health
            assert await site.served() == "9003"
            flip(data / "releases" / "9004" / "columns.json")
            while await site.served() != "9004":
                await asyncio.sleep(0.02)
            assert (await site.health()) == "ok: release 9004\n"

    async def bounded() -> None:
        async with asyncio.timeout(BUSY_TIMEOUT_SECONDS):
            await visit()

    with caplog.at_level(logging.WARNING):
        asyncio.run(bounded())
    log = caplog.text
    assert "release 9002 is served without all preparation: the query exceeded its time" in log
    assert "release 9003 is served without all preparation: it takes longer than 0 s" in log
    assert "release 9004 is damaged: columns.json" in log
