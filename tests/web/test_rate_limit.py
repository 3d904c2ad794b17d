"""Rate limiting: requests in a period and at the same time, by client address."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from kg.web.http_error import HttpError
from kg.web.rate_limit import RateLimiter
from tests.support.http import TALLY, query_endpoint
from tests.support.live import serving


def test_a_client_that_exceeds_its_rate_or_concurrency_is_refused() -> None:
    rate_limiter = RateLimiter("3/minute", 1, loopback=False)
    with rate_limiter.admit("192.0.2.1"):
        with pytest.raises(HttpError, match="simultaneous") as caught:
            rate_limiter.admit("192.0.2.1").__enter__()
        assert caught.value.status == 429
        with rate_limiter.admit("192.0.2.2"):
            pass
    with rate_limiter.admit("192.0.2.1"):
        pass
    with pytest.raises(HttpError, match="more than 3 per 1 minute") as caught:
        rate_limiter.admit("192.0.2.1").__enter__()
    assert 0 < int(caught.value.headers["Retry-After"]) <= 60
    for _ in range(10):
        with rate_limiter.admit("127.0.0.1"), rate_limiter.admit("::1"):
            pass


def test_limits_of_a_client_hold_for_every_route(embedded: Path) -> None:
    with serving(embedded, KG_RATE_LIMIT="5/minute", KG_LIMIT_LOOPBACK=1) as live:
        server = live.address
        answers = [query_endpoint(server, TALLY) for _ in range(8)]
        assert [a.status_code for a in answers] == [200] * 5 + [429] * 3
        assert answers[-1].headers["retry-after"].isdecimal()
        assert answers[-1].headers["access-control-allow-origin"] == "*"
        for path in ("/", "/?x=1", "/.well-known/void", "/dumps/", "/metrics", "/none", "/states/"):
            assert httpx.get(server + path).status_code == 429, path
        for path in ("/health", "/health/alive", "/static/site.css"):
            assert httpx.get(server + path).status_code == 200, path
        page = httpx.get(f"{server}/states", headers={"Accept": "text/html"})
        assert "Rate limit exceeded" in page.text
        assert page.headers["content-type"].startswith("text/html")

        def status(client: str) -> int:
            return httpx.get(f"{server}/queries", headers={"X-Forwarded-For": client}).status_code

        # Behind a trusted proxy, and by network for IPv6.
        network = [status(f"2001:db8::{n}") for n in range(6)]
        assert network == [200] * 5 + [429]
        assert status("2001:db8:0:1::1") == 200
        assert status("::ffff:192.0.2.1") == 200


def test_only_trusted_proxies_name_the_client(embedded: Path) -> None:
    with serving(
        embedded,
        KG_TRUSTED_PROXIES="192.0.2.0/24",
        KG_RATE_LIMIT="2/minute",
        KG_LIMIT_LOOPBACK=1,
    ) as live:
        answers = [
            httpx.get(f"{live.address}/queries", headers={"X-Forwarded-For": f"198.51.100.{n}"})
            for n in range(3)
        ]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
