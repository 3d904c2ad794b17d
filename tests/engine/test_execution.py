"""Execution of a query from its start to its last byte: limits, streaming, unusual queries."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from tests.support.load import (
    PAIRS,
    POINT,
    SMALL_MEMORY_KIB,
    TRIPLES,
    Start,
    assert_refused,
    comes,
    linux,
    stopped,
    written,
)


def test_time_limit(start: Start) -> None:
    live = start(QUERY_TIMEOUT=1)
    for _ in range(2):
        assert_refused(live.ask(TRIPLES), "time limit of 1 seconds")
        live.answers()


def test_head_requests(start: Start) -> None:
    """They use a worker like any other request, and return it."""
    live = start()
    for query in [POINT, PAIRS] * 4:
        assert live.client.head(live.url, params={"query": query}).is_success
    live.answers()


@pytest.mark.parametrize("coding", ["identity", "gzip", "zstd"])
def test_a_truncated_answer_does_not_look_complete(start: Start, coding: str) -> None:
    live = start(QUERY_TIMEOUT=2)
    answer = live.stream(PAIRS, coding)
    if answer.status_code == 503 and coding != "identity":
        # The limit was reached while the first compressed chunk was being collected.
        assert b"time limit of 2 seconds" in answer.read()
    else:
        assert answer.status_code == 200
        with pytest.raises(httpx.RemoteProtocolError):
            list(answer.iter_raw())
        assert answer.num_bytes_downloaded > 1 << 16
    live.answers()


@linux
def test_a_large_answer_streams(start: Start) -> None:
    live = start(QUERY_TIMEOUT=600)
    at_rest = live.workers()
    answer = live.stream(f"{PAIRS} LIMIT 125000")
    assert answer.status_code == 200
    pieces = answer.iter_raw()
    next(pieces)
    # It waits for the client: only the content of the buffers has been computed.
    assert comes(lambda: bool(stopped(at_rest)))
    assert written(max(at_rest, key=written)) < 10 << 20
    pauses = [5 << 20, 10 << 20]
    for _ in pieces:
        if pauses and answer.num_bytes_downloaded > pauses[0]:
            assert comes(lambda: bool(stopped(at_rest)))
            pauses.pop(0)
    assert answer.num_bytes_downloaded > 20 << 20
    assert live.peak() < SMALL_MEMORY_KIB


#: Parts of a query: its start, a repeated opening, its middle, a repeated closing, its end.
NESTED = [
    ("SELECT * ", "{", "", "", ""),
    ("SELECT * {", "{", "", "}", "}"),
    ("SELECT * {", "OPTIONAL {", "", "}", "}"),
    ("SELECT * { FILTER ", "(", "1", ")", "}"),
    ("SELECT * { FILTER (", "!", "true", "", ") }"),
    ("SELECT * {", "FILTER NOT EXISTS {", "", "}", "}"),
    ("SELECT * {", "{ SELECT * {", "", "}}", "}"),
    ("SELECT * { ?s ", "(", "<urn:p>", ")*", " ?o }"),
    ("SELECT * { ?s ?p ", "[ ?p ", "1", "]", " }"),
    ("SELECT * ", "{" * 50, "", "", ""),
    ("", "x" * 50, "", "", ""),
]


def test_deep_nesting(start: Start) -> None:
    live, wrong = start(QUERY_TIMEOUT=600), {}
    headers = {"Content-Type": "application/sparql-query"}
    for before, opened, middle, closed, after in NESTED:
        query = before + opened * 20_000 + middle + closed * 20_000 + after
        answer = live.client.post(live.url, content=query, headers=headers)
        if answer.status_code // 100 != 4:
            wrong[before + opened] = (answer.status_code, answer.text[:200])
        live.answers()
    assert not wrong


def test_many_short_queries_at_once(start: Start) -> None:
    live = start(QUERY_TIMEOUT=30)
    cases = [
        (POINT, 200, "yes 141"),
        ("ASK { <urn:none> ?p ?o }", 200, "false"),
        ("SELECT (1 + 1 AS ?two) {}", 200, "two 2"),
        ("SELECT nonsense", 400, "error"),
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", 403, "SERVICE"),
    ]

    def right(n: int) -> bool:
        query, status, text = cases[n % len(cases)]
        answer = live.ask(query)
        return answer.status_code == status and text in " ".join(answer.text.split())

    with ThreadPoolExecutor(40) as pool:
        assert all(pool.map(right, range(400)))
