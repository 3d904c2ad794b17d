"""HTTP caching: entity tags, 304, responses that are never cached, the size of the cache."""

from __future__ import annotations

import shutil
from pathlib import Path

import httpx
import pytest

from kg.engine.interface import QueryRequest
from kg.rdf.vocabulary import BASE
from kg.release.adoption import adopt
from kg.web.http_cache import CachedResponse, ResponseCache
from tests.support.embedded_files import STATEMENTS
from tests.support.http import TALLY, query_endpoint
from tests.support.live import serving


def test_a_client_that_has_the_current_response_gets_304(server: str) -> None:
    first = query_endpoint(server, TALLY)
    tag = first.headers["etag"]
    again = query_endpoint(server, TALLY, **{"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    assert query_endpoint(server, TALLY, **{"If-None-Match": '"other"'}).status_code == 200


def test_tags_differ_by_query_format_and_coding(server: str) -> None:
    tags = [
        query_endpoint(server, TALLY).headers["etag"],
        query_endpoint(server, TALLY + " ").headers["etag"],
        query_endpoint(server, TALLY, Accept="text/csv").headers["etag"],
        query_endpoint(server, TALLY, **{"Accept-Encoding": "identity"}).headers["etag"],
        httpx.get(
            f"{server}/sparql", params={"query": TALLY, "default-graph-uri": "urn:x"}
        ).headers["etag"],
    ]
    assert len(set(tags)) == len(tags)


@pytest.mark.parametrize(
    "query", ["SELECT (NOW() AS ?t) {}", "SELECT (rand() AS ?r) {}", "SELECT (UUID() AS ?u) {}"]
)
def test_a_volatile_response_is_never_cached(server: str, query: str) -> None:
    first, second = query_endpoint(server, query), query_endpoint(server, query)
    assert first.text != second.text
    assert "etag" not in first.headers
    assert first.headers["cache-control"] == "no-store"


def test_a_new_release_changes_responses_and_tags(
    tmp_path: Path, embedded: Path, states_alone: Path
) -> None:
    query = f"SELECT (COUNT(*) AS ?n) {{ ?s a <{BASE}ontology#Statement> }}"
    data = tmp_path / "data"
    shutil.copytree(embedded, data)
    with serving(data) as live:
        first = query_endpoint(live.address, query, Accept="text/csv")
        assert first.text.split() == ["n", str(len(STATEMENTS))]
        adopt(data, states_alone)
        tag = {"If-None-Match": first.headers["etag"]}
        second = query_endpoint(live.address, query, Accept="text/csv", **tag)
    assert (second.status_code, second.text.split()) == (200, ["n", "0"])


def test_the_cache_keeps_its_size_and_evicts_the_least_recently_used() -> None:
    cache = ResponseCache(limit=5000)

    def put(name: str, length: int) -> None:
        cache.put(
            "r", QueryRequest(name), CachedResponse("text/csv", "", b"x" * length, f'W/"{name}"')
        )

    for name in "abc":
        put(name, 1000)
        cache.get("r", QueryRequest("a"))
    assert cache.get("r", QueryRequest("a")) is not None
    assert cache.get("r", QueryRequest("b")) is None
    assert cache.get("r", QueryRequest("c")) is not None
    assert cache.get("another release", QueryRequest("c")) is None
    put("d", 5000)
    assert cache.get("r", QueryRequest("d")) is None
    assert cache.get("r", QueryRequest("a")) is not None
