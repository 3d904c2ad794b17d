"""Load that lasts: nobody starves the readers of pages, and everything is returned."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.load import descriptors, idle_connections, long_queries, peak_mib
from tests.support.live import serving
from tests.support.load import Live, comes, linux

pytestmark = [pytest.mark.endurance, linux]
_MAX_SECONDS = 1.0
_MAX_MIB = 300
_RATE = "1000000/minute"


def test_readers_beside_long_queries(full_record: Path) -> None:
    with serving(full_record, KG_QUERY_TIMEOUT=20, KG_RATE_LIMIT=_RATE) as server:
        live, pid = Live(server), server.pid
        files, workers = descriptors(pid), len(live.workers())
        seen = long_queries(server.address, 300)
        for name, clients in seen.items():
            print(f"{name}: {clients}")
            assert not clients.failures, name
        print(f"server process: peak {peak_mib(pid)} MiB")
        for name in ("pages", "lookups"):
            assert seen[name].p95() < _MAX_SECONDS, name
        assert peak_mib(pid) < _MAX_MIB
        assert comes(lambda: len(live.workers()) == workers)
        assert comes(lambda: descriptors(pid) <= files + 2)


def test_readers_beside_connections_that_send_nothing(embedded: Path) -> None:
    with serving(embedded, KG_RATE_LIMIT=_RATE) as server:
        pid = server.pid
        files = descriptors(pid)
        for name, clients in idle_connections(server.address, 60).items():
            print(f"{name}: {clients}")
            assert not clients.failures, name
            assert clients.p95() < _MAX_SECONDS, name
        assert comes(lambda: descriptors(pid) <= files + 2)
