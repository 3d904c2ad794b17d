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


def test_limits_of_a_client_hold_over_http(embedded: Path) -> None:
    with serving(embedded, KG_RATE_LIMIT="5/minute", KG_LIMIT_LOOPBACK=1) as live:
        server = live.address
        answers = [query_endpoint(server, TALLY) for _ in range(8)]
        assert [a.status_code for a in answers] == [200] * 5 + [429] * 3
        assert answers[-1].headers["retry-after"].isdecimal()
        assert answers[-1].headers["access-control-allow-origin"] == "*"
        assert httpx.get(f"{server}/health").status_code == 200
