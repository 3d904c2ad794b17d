"""The service around the protocol: description, caching, fair use, what operators see."""

from __future__ import annotations

import gzip
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from rdflib import RDF, Graph, Literal, Namespace, URIRef

from kg.engine.content_coding import choose_content_coding
from kg.engine.interface import QueryRequest
from kg.rdf.vocabulary import BASE, PREFIXES
from kg.release.release import require_current
from kg.sparql.formats import GRAPHS, RESULTS
from kg.sparql.saved_queries import library
from kg.web.http_cache import CachedResponse, ResponseCache
from kg.web.http_error import HttpError
from kg.web.rate_limit import RateLimiter
from tests.support.live import serving
from tests.support.releases import make_release

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
SH = Namespace("http://www.w3.org/ns/shacl#")
VOID = Namespace("http://rdfs.org/ns/void#")
DATASET = URIRef(BASE + "dataset")
TALLY = (
    f"PREFIX unv: <{BASE}ontology#> SELECT ?yes {{ ?e unv:decides/unv:symbol 'A/RES/ES-11/6' ; "
    "unv:yesCount ?yes }"
)
LONG = "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 2000"


def ask(server: str, query: str, **headers: str) -> httpx.Response:
    return httpx.get(f"{server}/sparql", params={"query": query}, headers=headers)


def graph(answer: httpx.Response) -> Graph:
    assert answer.status_code == 200
    return Graph().parse(data=answer.text, format="turtle")


# Description.
@pytest.mark.parametrize("path", ["/sparql", "/.well-known/void"])
def test_the_service_describes_itself(server: str, path: str) -> None:
    said = graph(httpx.get(server + path, headers={"Accept": "text/turtle"}))
    (service,) = said.subjects(RDF.type, SD.Service)
    assert set(said.objects(service, SD.endpoint)) == {URIRef(f"{server}/sparql")}
    formats = {str(one).rpartition("/")[2] for one in said.objects(service, SD.resultFormat)}
    assert formats == {one.w3c_name for one in (*RESULTS, *GRAPHS)}
    (dataset,) = said.objects(service, SD.defaultDataset)
    assert set(said.objects(dataset, SD.defaultGraph)) == {DATASET}
    named = {
        str(name) for g in said.objects(dataset, SD.namedGraph) for name in said.objects(g, SD.name)
    }
    assert named == {f"{BASE}graph/{name}" for name in ("ontology", "shapes", "report")}


def test_the_description_counts_what_is_there(server: str) -> None:
    said = graph(httpx.get(f"{server}/sparql"))
    counts = {}
    for part in said.objects(DATASET, VOID.classPartition):
        (of,), (entities,) = said.objects(part, VOID["class"]), said.objects(part, VOID.entities)
        assert isinstance(entities, Literal)
        counts[str(of).rpartition("#")[2]] = int(entities)
    assert counts["Vote"] == 4499
    assert counts["VotingEvent"] == 27
    assert counts["State"] == 206


def test_editors_find_prefixes_and_examples_without_naming_a_graph(server: str) -> None:
    query = f"""PREFIX sh: <{SH}> SELECT ?prefix ?namespace {{
        ?any sh:declare [ sh:prefix ?prefix ; sh:namespace ?namespace ] }}"""
    rows = ask(server, query, Accept="application/json").json()["results"]["bindings"]
    assert {row["prefix"]["value"]: row["namespace"]["value"] for row in rows} == PREFIXES
    query = f"""PREFIX sh: <{SH}> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        SELECT ?comment ?text {{ ?q a sh:SPARQLExecutable ; rdfs:comment ?comment ;
        sh:select ?text }}"""
    rows = ask(server, query, Accept="application/json").json()["results"]["bindings"]
    assert {row["text"]["value"] for row in rows} == {one.text for one in library().values()}


@pytest.mark.parametrize("accept", ["application/ld+json", "application/n-triples", "text/turtle"])
def test_the_description_in_the_format_asked_for(server: str, accept: str) -> None:
    answer = httpx.get(f"{server}/sparql", headers={"Accept": accept})
    assert answer.headers["content-type"].startswith(accept)
    assert httpx.get(f"{server}/sparql", headers={"Accept": "image/png"}).status_code == 406


# Content coding and caching.
@pytest.mark.parametrize(("coding", "unpack"), [
    ("gzip", gzip.decompress),
    ("zstd", lambda packed: zstandard.ZstdDecompressor().decompressobj().decompress(packed)),
    ("identity", bytes),
])  # fmt: skip
def test_an_answer_is_coded_as_the_client_takes_it(
    server: str, coding: str, unpack: Callable[[bytes], bytes]
) -> None:
    plain = ask(server, LONG, **{"Accept-Encoding": "identity"})
    with httpx.stream(
        "GET", f"{server}/sparql", params={"query": LONG}, headers={"Accept-Encoding": coding}
    ) as answer:
        packed = b"".join(answer.iter_raw())
    assert answer.headers.get("content-encoding", "identity") == coding
    assert unpack(packed) == plain.content
    assert "Accept-Encoding" in answer.headers["vary"]


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", ""), ("gzip", "gzip"), ("gzip, zstd", "zstd"), ("gzip;q=1, zstd;q=0.5", "gzip"),
        ("*", "zstd"), ("gzip;q=0", ""), ("br", ""), ("zstd;q=nonsense", ""), ("GZIP", "gzip"),
    ],
)  # fmt: skip
def test_the_coding_follows_the_weights(accepted: str, coding: str) -> None:
    assert choose_content_coding(accepted) == coding


@given(st.text())
def test_no_header_breaks_the_choice_of_a_coding(accepted: str) -> None:
    assert choose_content_coding(accepted) in {"", "gzip", "zstd"}


def test_a_client_that_has_the_answer_gets_304(server: str) -> None:
    first = ask(server, TALLY)
    tag = first.headers["etag"]
    again = ask(server, TALLY, **{"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    assert ask(server, TALLY, **{"If-None-Match": '"other"'}).status_code == 200


def test_tags_differ_by_question_format_and_coding(server: str) -> None:
    tags = [
        ask(server, TALLY).headers["etag"],
        ask(server, TALLY + " ").headers["etag"],
        ask(server, TALLY, Accept="text/csv").headers["etag"],
        ask(server, TALLY, **{"Accept-Encoding": "identity"}).headers["etag"],
        httpx.get(
            f"{server}/sparql", params={"query": TALLY, "default-graph-uri": "urn:x"}
        ).headers["etag"],
    ]
    assert len(set(tags)) == len(tags)


@pytest.mark.parametrize(
    "query", ["SELECT (NOW() AS ?t) {}", "SELECT (rand() AS ?r) {}", "SELECT (UUID() AS ?u) {}"]
)
def test_an_answer_that_changes_is_never_kept(server: str, query: str) -> None:
    one, other = ask(server, query), ask(server, query)
    assert one.text != other.text
    assert "etag" not in one.headers
    assert one.headers["cache-control"] == "no-store"


def test_a_new_release_makes_answers_and_tags_new(
    tmp_path: Path, embedded: Path, start_server: Callable[[Path], str]
) -> None:
    query = f"SELECT (COUNT(*) AS ?n) {{ ?s a <{BASE}ontology#Statement> }}"
    data = tmp_path / "data"
    shutil.copytree(embedded, data)
    server = start_server(data)
    first = ask(server, query, Accept="text/csv")
    assert first.text.split() == ["n", "36"]
    make_release(data, "states")
    second = ask(server, query, Accept="text/csv", **{"If-None-Match": first.headers["etag"]})
    assert (second.status_code, second.text.split()) == (200, ["n", "0"])


def test_the_cache_keeps_to_its_size_and_drops_what_was_used_longest_ago() -> None:
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


# Fair use.
def test_a_client_that_asks_too_often_or_too_much_at_once_is_told() -> None:
    rate_limiter = RateLimiter("3/minute", 1, loopback=False)
    with rate_limiter.admit("192.0.2.1"):
        with pytest.raises(HttpError, match="at once") as caught:
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
        answers = [ask(server, TALLY) for _ in range(8)]
        assert [a.status_code for a in answers] == [200] * 5 + [429] * 3
        assert answers[-1].headers["retry-after"].isdecimal()
        assert answers[-1].headers["access-control-allow-origin"] == "*"
        assert httpx.get(f"{server}/health").status_code == 200


# What operators see.
def test_one_line_a_request_without_the_query(embedded: Path, tmp_path: Path) -> None:
    with serving(embedded, tmp_path / "log") as live:
        ask(live.address, TALLY)
        ask(live.address, "SELECT secret")
        live.process.terminate()
        live.process.wait()
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
        found = re.search(r'kg_requests_total{path="/sparql",status="400"} (\S+)', text)
        return float(found[1]) if found else 0

    before = count()
    ask(server, "SELECT")
    assert count() == before + 1


def test_scans_do_not_fill_the_metrics(server: str) -> None:
    for number in range(5):
        httpx.get(f"{server}/wp-admin/{number}")
    assert "wp-admin" not in httpx.get(f"{server}/metrics").text


@pytest.mark.parametrize("path", ["/sparql?query=ASK{}", "/sparql?query=x", "/nowhere", "/health"])
def test_every_response_is_open_to_pages_and_closed_to_frames(server: str, path: str) -> None:
    headers = httpx.get(server + path).headers
    assert headers["access-control-allow-origin"] == "*"
    assert headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "server" not in headers


def test_the_release_is_named_by_health(server: str, embedded: Path) -> None:
    assert require_current(embedded).name in httpx.get(f"{server}/health").text


def test_settings_from_a_file(embedded: Path, tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('rate_limit = "3/minute"\nlimit_loopback = true\nworkers = 1\n')
    with serving(embedded, KG_SETTINGS=file) as live:
        assert [ask(live.address, TALLY).status_code for _ in range(4)] == [200] * 3 + [429]
    with serving(embedded, KG_SETTINGS=file, KG_RATE_LIMIT="4/minute") as live:
        assert [ask(live.address, TALLY).status_code for _ in range(5)] == [200] * 4 + [429]
