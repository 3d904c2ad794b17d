"""Observability of requests: access log, metrics and health checks; default response headers."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from unittest.mock import AsyncMock

import httpx
import pytest

from kg.release.release import require_current
from kg.web.metrics import Metrics
from kg.web.middleware import ObservabilityMiddleware
from tests.support.http import TALLY, query_endpoint
from tests.support.live import serving


def test_the_access_log_has_one_line_per_request_without_the_query(
    embedded: Path, tmp_path: Path
) -> None:
    with serving(embedded, tmp_path / "log") as live:
        query_endpoint(live.address, TALLY)
        query_endpoint(live.address, "SELECT secret")
        live.process.terminate()
        live.process.join()
        log = live.logged()
    lines = [json.loads(line) for line in log.splitlines() if line.startswith('{"method"')]
    answers = [(line["path"], line["status"], line["complete"]) for line in lines]
    assert answers[-2:] == [("/sparql", 200, True), ("/sparql", 400, True)]
    assert lines[-2]["query_hash"] != lines[-1]["query_hash"]
    assert lines[-2]["bytes"] > 0
    assert (lines[-2]["rows"], lines[-1]["rows"]) == (1, None)
    assert "secret" not in log


def test_metrics_count_by_path_and_status(server: str) -> None:
    def count() -> float:
        text = httpx.get(f"{server}/metrics").text
        match = re.search(r'kg_requests_total{path="/sparql",status="400"} (\S+)', text)
        return float(match[1]) if match else 0

    before = count()
    query_endpoint(server, "SELECT")
    assert count() == before + 1


def test_scans_do_not_fill_the_metrics(server: str) -> None:
    for number in range(5):
        httpx.get(f"{server}/wp-admin/{number}")
    assert "wp-admin" not in httpx.get(f"{server}/metrics").text


@pytest.mark.parametrize("path", ["/sparql?query=ASK{}", "/sparql?query=x", "/nowhere", "/health"])
def test_every_response_may_be_read_by_pages_of_any_origin_but_not_framed(
    server: str, path: str
) -> None:
    headers = httpx.get(server + path).headers
    assert headers["access-control-allow-origin"] == "*"
    assert headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "server" not in headers


def test_health_names_the_release(server: str, embedded: Path) -> None:
    assert require_current(embedded).name in httpx.get(f"{server}/health").text


def test_a_failure_is_counted_as_status_500() -> None:
    async def failing(*_: object) -> None:
        raise RuntimeError("broken")

    metrics = Metrics()
    middleware = ObservabilityMiddleware(
        failing, metrics, paths=frozenset({"/sparql"}), log_queries=False
    )
    scope = {"type": "http", "path": "/sparql", "method": "GET", "query_string": b"", "headers": []}
    with pytest.raises(RuntimeError, match="broken"):
        asyncio.run(middleware(scope, AsyncMock(), AsyncMock()))
    labels = {"path": "/sparql", "status": "500"}
    assert metrics.registry.get_sample_value("kg_requests_total", labels) == 1
