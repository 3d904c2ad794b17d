"""The SPARQL 1.1 Protocol at ``/sparql`` of a live server, and the related pages."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from operator import attrgetter
from pathlib import Path
from urllib.parse import quote, quote_plus
from xml.etree import ElementTree

import httpx
import pytest
import rdflib
from rdflib.compare import isomorphic

from kg.rdf.vocabulary import PREFIXES
from kg.release import release
from kg.release.adoption import adopt
from kg.sparql.formats import GRAPHS, RESULTS, Format
from tests.support.live import serving
from tests.support.paths import ROOT

_FORM = "application/x-www-form-urlencoded"
_DIRECT = "application/sparql-query"
_SRX = "{http://www.w3.org/2005/sparql-results#}"
_UNV = f"PREFIX unv: <{PREFIXES['unv']}> "
_COUNTS = ["141", "7", "32", "13"]
TALLY = (
    _UNV + "SELECT ?yes ?no ?abstaining ?absent { ?event unv:decides/unv:symbol 'A/RES/ES-11/6' ;"
    "unv:yesCount ?yes ; unv:noCount ?no ; unv:abstentionCount ?abstaining ;"
    "unv:nonVotingCount ?absent }"
)
YES = _UNV + "ASK { ?event unv:decides/unv:symbol 'A/RES/ES-11/6' ; unv:yesCount 141 }"
NO = "ASK { <urn:none> ?p ?o }"
CONSTRUCT = "CONSTRUCT { <urn:s> <urn:p> 'Türkiye'@en , 141 } {}"
GRAPH = rdflib.Graph().parse(data="<urn:s> <urn:p> 'Türkiye'@en , 141 .".encode(), format="turtle")
ONTOLOGY = "https://w3id.org/un-votes/graph/ontology"
TURKIYE = f"""SELECT DISTINCT ?label {{
  ?state <{PREFIXES["rdfs"]}label> ?label FILTER(?label = 'Türkiye'@en) }}"""
COUNT = "SELECT (COUNT(*) AS ?n) { ?s a ?type }"


def _get(server: str, query: str, accept: str = "*/*", **more: str) -> httpx.Response:
    params, headers = {"query": query, **more}, {"Accept": accept}
    return httpx.get(f"{server}/sparql", params=params, headers=headers, timeout=60)


def _post(server: str, content: bytes, kind: str, **params: str) -> httpx.Response:
    headers = {"Content-Type": kind}
    url = f"{server}/sparql"
    return httpx.post(url, content=content, params=params, headers=headers, timeout=60)


def _ask_for(server: str, query: str, response_format: Format, by_name: bool) -> httpx.Response:
    """Request a format by name, which takes precedence over Accept, or by Accept."""
    if by_name:
        return _get(server, query, "image/png", format=response_format.name)
    return _get(server, query, response_format.media_type)


def _rows(answer: httpx.Response) -> list[list[str]]:
    """Read the result of a SELECT in any format."""
    assert answer.status_code == 200, answer.text
    kind = answer.headers["content-type"]
    if kind == "application/sparql-results+json":
        result = json.loads(answer.content)
        names = result["head"]["vars"]
        return [[row[name]["value"] for name in names] for row in result["results"]["bindings"]]
    if kind == "application/sparql-results+xml":
        rows = ElementTree.fromstring(answer.content).iter(f"{_SRX}result")
        return [["".join(cell.itertext()) for cell in row.iter(f"{_SRX}binding")] for row in rows]
    if kind == "text/csv; charset=utf-8":
        return list(csv.reader(io.StringIO(answer.text, newline="")))[1:]
    assert kind == "text/tab-separated-values; charset=utf-8"
    return [line.split("\t") for line in answer.text.splitlines()[1:]]


def _plain(answer: httpx.Response, status: int) -> str:
    """Check that a response is a short error message in plain text, and return the message."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert 0 < len(answer.text) < 1000
    assert "Traceback" not in answer.text
    return answer.text


@pytest.mark.parametrize("query", [TALLY, YES, CONSTRUCT, "DESCRIBE <urn:none>"])
def test_the_three_query_operations_return_the_same_result(server: str, query: str) -> None:
    answers = [
        _get(server, query),
        httpx.post(f"{server}/sparql", data={"query": query}),
        _post(server, query.encode(), _DIRECT),
        _post(server, query.encode(), "Application/SPARQL-Query; charset=UTF-8"),
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert len({tuple(sorted(answer.text.splitlines())) for answer in answers}) == 1
    assert len({answer.headers["content-type"] for answer in answers}) == 1


@pytest.mark.parametrize("by_name", [True, False])
@pytest.mark.parametrize("response_format", RESULTS, ids=attrgetter("name"))
def test_select_in_every_result_format(server: str, response_format: Format, by_name: bool) -> None:
    answer = _ask_for(server, TALLY, response_format, by_name)
    assert answer.headers["content-type"] == response_format.content_type
    assert "accept" in answer.headers["vary"].lower()
    assert _rows(answer) == [_COUNTS]


@pytest.mark.parametrize(("query", "truth"), [(YES, True), (NO, False)])
def test_ask_in_every_format_that_defines_it(server: str, query: str, truth: bool) -> None:
    assert _get(server, query, format="json").json()["boolean"] is truth
    result = ElementTree.fromstring(_get(server, query, format="xml").content)
    assert result.findtext(f"{_SRX}boolean") == str(truth).lower()


@pytest.mark.parametrize("by_name", [True, False])
@pytest.mark.parametrize("response_format", GRAPHS, ids=attrgetter("name"))
def test_construct_in_every_graph_format(
    server: str, response_format: Format, by_name: bool
) -> None:
    answer = _ask_for(server, CONSTRUCT, response_format, by_name)
    assert answer.headers["content-type"] == response_format.content_type
    parser = {"ntriples": "nt", "jsonld": "json-ld", "rdfxml": "xml"}
    dataset = rdflib.Dataset()
    dataset.parse(
        data=answer.content, format=parser.get(response_format.name, response_format.name)
    )
    triples = rdflib.Graph()
    for s, p, o, _ in dataset.quads():
        triples.add((s, p, o))
    assert isomorphic(triples, GRAPH)


def test_describe_returns_the_statements_about_the_resource(server: str) -> None:
    iri = "https://w3id.org/un-votes/id/state/TUR"
    graph = rdflib.Graph().parse(data=_get(server, f"DESCRIBE <{iri}>").content, format="turtle")
    label = rdflib.Literal("Türkiye", lang="en")
    assert (rdflib.URIRef(iri), rdflib.RDFS.label, label) in graph


_JSON, _XML = "application/sparql-results+json", "application/sparql-results+xml"
_CSV = "text/csv; charset=utf-8"
_TTL = "text/turtle; charset=utf-8"
_NT = "application/n-triples"


@pytest.mark.parametrize(
    ("query", "accept", "expected"),
    [
        (YES, "*/*", _JSON),
        (YES, "", _JSON),
        (YES, "application/json", _JSON),
        (YES, "application/xml", _XML),
        (YES, "text/xml", _XML),
        (YES, "APPLICATION/SPARQL-Results+XML", _XML),
        (YES, "application/sparql-results+json;q=0.2, application/xml;q=0.8", _XML),
        (YES, "application/xml; Q=0.1 , application/json ; q=0.3", _JSON),
        (YES, "application/sparql-results+json;q=0, */*", _XML),
        (CONSTRUCT, "text/turtle;q=0, */*", _NT),
        (YES, "application/sparql-results+xml, */*;q=0.1", _XML),
        (YES, "image/png, */*;q=0.1", _JSON),
        (TALLY, "text/*", _CSV),
        (TALLY, "text/csv;q=0.5, text/*;q=0.1", _CSV),
        (TALLY, "text/csv, application/json;q=0", _CSV),
        (CONSTRUCT, "*/*", _TTL),
        (CONSTRUCT, "text/*", _TTL),
        (CONSTRUCT, "application/json", "application/ld+json"),
        (CONSTRUCT, "application/xml", "application/rdf+xml"),
        (CONSTRUCT, "text/turtle;q=0, application/n-triples;q=0.001", _NT),
        (CONSTRUCT, "text/html, application/n-triples;q=0.7, text/turtle;q=0.5", _NT),
    ],
)
def test_accept_header_is_negotiated(server: str, query: str, accept: str, expected: str) -> None:
    answer = _get(server, query, accept)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == expected


def test_missing_accept_header_means_any_format_and_repeated_headers_are_combined(
    server: str,
) -> None:
    several = [("Accept", value) for value in ("application/json;q=0.1", "image/png", "text/csv")]
    with httpx.Client(params={"query": TALLY}) as client:
        assert client.get(f"{server}/sparql", headers=several).headers["content-type"] == _CSV
        del client.headers["accept"]
        answer = client.get(f"{server}/sparql")
    assert "accept" not in answer.request.headers
    assert answer.headers["content-type"] == _JSON


@pytest.mark.parametrize(
    "accept", ["image/png", "text/html", "application/json;q=0", "*/*;q=0", "text/plain;q=0"]
)
@pytest.mark.parametrize(("query", "offered"), [(TALLY, RESULTS), (CONSTRUCT, GRAPHS)])
def test_unsupported_accept_header_answers_406_with_the_formats(
    server: str, query: str, offered: tuple[Format, ...], accept: str
) -> None:
    message = _plain(_get(server, query, accept), 406)
    assert all(response_format.media_type in message for response_format in offered)
    _plain(_get(server, query, format="ods"), 406)


def test_syntax_error_answers_400_with_line_and_column(server: str) -> None:
    message = _plain(_get(server, "SELECT *\n{ ?s ?p }"), 400)
    assert message == (
        "syntax error in line 2, column 9: expected the object of a triple, found }\n"
    )


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_query_and_two_queries_answer_400(server: str, method: str) -> None:
    # A GET without a query requests the service description.
    for queries in ([YES, YES],) if method == "GET" else ([], [YES, YES]):
        part = "params" if method == "GET" else "data"
        headers = {} if method == "GET" else {"Content-Type": _FORM}
        sent = {part: {"query": queries}, "headers": headers}
        answer = httpx.request(method, f"{server}/sparql", **sent)  # type: ignore[arg-type]
        assert f"found {len(queries) or 'none'}" in _plain(answer, 400)
    assert "found 2" in _plain(_post(server, YES.encode(), _DIRECT, query=YES), 400)


def test_updates_answer_403(server: str) -> None:
    update = "INSERT DATA { <urn:s> <urn:p> <urn:o> }"
    answers = [
        httpx.get(f"{server}/sparql", params={"update": update}),
        httpx.post(f"{server}/sparql", data={"update": update}),
        httpx.post(f"{server}/sparql", data={"update": update, "query": YES}),
        _post(server, update.encode(), "application/sparql-update"),
        _post(server, YES.encode(), _DIRECT, update=update),
    ]
    assert all("read-only" in _plain(answer, 403) for answer in answers)


@pytest.mark.parametrize("update", ["INSERT DATA { <urn:s> <urn:p> 1 }", "CLEAR ALL", "DROP ALL"])
def test_update_sent_as_query_answers_400(server: str, update: str) -> None:
    _plain(_post(server, update.encode(), _DIRECT), 400)
    _plain(_get(server, update), 400)
    assert _rows(_get(server, TALLY)) == [_COUNTS]


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data", ""])
def test_other_media_types_answer_415(server: str, kind: str) -> None:
    assert _DIRECT in _plain(_post(server, YES.encode(), kind), 415)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "PROPFIND"])
def test_other_methods_answer_405_and_name_the_allowed_ones(server: str, method: str) -> None:
    answer = httpx.request(method, f"{server}/sparql", params={"query": YES})
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, POST, OPTIONS"


def test_options_lists_allowed_methods_and_headers_of_other_origins(server: str) -> None:
    answer = httpx.options(f"{server}/sparql")
    assert answer.status_code == 204
    assert answer.headers["allow"] == "GET, HEAD, POST, OPTIONS"
    assert "Content-Type" in answer.headers["access-control-allow-headers"]


@pytest.mark.parametrize("kind", [_DIRECT, _FORM])
def test_body_that_is_not_utf8_answers_400(server: str, kind: str) -> None:
    assert "UTF-8" in _plain(_post(server, b"query=ASK { ?s ?p '\xff' }", kind), 400)


def test_escaped_bytes_that_are_not_utf8_answer_400(server: str) -> None:
    text = "query=ASK%20%7B%3Fs%20%3Fp%20%27%FF%27%7D"
    _plain(httpx.get(f"{server}/sparql?{text}"), 400)
    _plain(_post(server, text.encode(), _FORM), 400)


@pytest.mark.parametrize("parameter", ["default-graph-uri", "named-graph-uri"])
@pytest.mark.parametrize("iri", ["no iri", "relative", "<urn:g>"])
def test_graph_that_is_not_an_iri_answers_400(server: str, parameter: str, iri: str) -> None:
    _plain(_get(server, YES, **{parameter: iri}), 400)


def test_ontology_graph_as_default_or_named_graph_is_the_only_one(server: str) -> None:
    query = f"ASK {{ <{PREFIXES['unv']}Vote> a ?class }}"
    assert _get(server, query, **{"default-graph-uri": ONTOLOGY}).json()["boolean"]
    assert _rows(_get(server, TALLY, **{"default-graph-uri": ONTOLOGY})) == []
    graph = {"named-graph-uri": ONTOLOGY}
    names = _get(server, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", **graph)
    assert _rows(names) == [[ONTOLOGY]]
    assert _rows(_get(server, COUNT, **graph)) == [["0"]]


def test_facts_are_not_in_named_graphs(server: str) -> None:
    assert not _get(server, TALLY.replace("{", "{ GRAPH ?g {") + "}").json()["results"]["bindings"]
    votes = _UNV + "ASK { GRAPH ?g { ?event a unv:VotingEvent } }"
    assert not _get(server, votes).json()["boolean"]


@pytest.mark.parametrize("parameter", ["default-graph-uri", "named-graph-uri"])
def test_unknown_graph_is_empty_and_no_server_is_called(server: str, parameter: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        iri = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        assert _rows(_get(server, COUNT, **{parameter: iri})) == [["0"]]
        assert not _get(server, f"ASK FROM <{iri}> {{ ?s ?p ?o }}").json()["boolean"]
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_head_answers_as_get_without_a_body(server: str) -> None:
    get = _get(server, TALLY)
    head = httpx.head(f"{server}/sparql", params={"query": TALLY})
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-type", "content-length", "vary"):
        assert head.headers[name] == get.headers[name]


@pytest.mark.parametrize("response_format", RESULTS, ids=attrgetter("name"))
def test_utf8_in_queries_and_answers(server: str, response_format: Format) -> None:
    (row,) = _rows(_get(server, TURKIYE, format=response_format.name))
    assert row == ['"Türkiye"@en' if response_format.name == "tsv" else "Türkiye"]
    posted = _post(server, TURKIYE.encode(), _DIRECT, format=response_format.name)
    assert _rows(posted) == [row]


@pytest.mark.parametrize("kind", [_DIRECT, _FORM])
def test_query_of_1_mib_is_answered_by_post(server: str, kind: str) -> None:
    query = (TALLY + "#" + "x" * 2**20).encode()
    content = query if kind == _DIRECT else b"query=" + quote_plus(query).encode()
    assert _rows(_post(server, content, kind)) == [_COUNTS]


@pytest.mark.parametrize(("size", "status"), [(9_000, 200), (60_000, 200), (200_000, 414)])
def test_long_query_by_get_is_answered_or_refused(server: str, size: int, status: int) -> None:
    # httpx sends no address longer than 64 KiB.
    connection = HTTPConnection(server.removeprefix("http://"), timeout=30)
    connection.request("GET", "/sparql?query=" + quote(YES + "#") + "x" * size)
    assert connection.getresponse().status == status
    connection.close()


@pytest.mark.parametrize(
    ("escaped", "value"),
    [("a+b", "a b"), ("a%20b", "a b"), ("a%2Bb", "a+b"), ("a%2520b", "a%20b"), ("%26%3D", "&=")],
)
def test_escapes_are_decoded_once(server: str, escaped: str, value: str) -> None:
    text = "query=" + quote("SELECT ('", safe="") + escaped + quote("' AS ?x) {}", safe="")
    assert _rows(httpx.get(f"{server}/sparql?{text}")) == [[value]]
    assert _rows(_post(server, text.encode(), _FORM)) == [[value]]
    direct = f"SELECT ('{escaped}' AS ?x) {{}}"
    assert _rows(_post(server, direct.encode(), _DIRECT)) == [[escaped]]


def test_health_names_the_release_and_the_home_page_shows_the_endpoint(
    server: str, embedded: Path
) -> None:
    message = _plain(httpx.get(f"{server}/health"), 200)
    assert message == f"ok: release {release.require_current(embedded).name}\n"
    welcome = _plain(httpx.get(f"{server}/"), 200)
    assert all(f"{server}/{page}" in welcome for page in ("sparql", "health"))


def test_fifty_simultaneous_clients_get_correct_answers(server: str) -> None:
    def ask(number: int) -> list[list[list[str]]]:
        with httpx.Client(timeout=120) as client:
            queries = [TALLY, f"SELECT ({number} AS ?x) {{}}", COUNT, TURKIYE] * 5
            params = [{"query": query} for query in queries]
            return [_rows(client.get(f"{server}/sparql", params=each)) for each in params]

    count = _rows(_get(server, COUNT))
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(ask, range(50)))
    assert answers == [[[_COUNTS], [[str(n)]], count, [["Türkiye"]]] * 5 for n in range(50)]


def test_a_release_adopted_meanwhile_is_answered_from(
    embedded: Path, states_alone: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(embedded, data)
    with serving(data) as live:
        before = _rows(_get(live.address, COUNT))
        adopted = adopt(data, states_alone)
        after = _rows(_get(live.address, COUNT))
        assert 0 < int(after[0][0]) < int(before[0][0])
        assert adopted.name in httpx.get(f"{live.address}/health").text
        assert _rows(_get(live.address, TALLY)) == []


def test_uvicorn_serves_the_same_as_kg_serve(server: str, embedded: Path) -> None:
    if not (ROOT / "server.py").is_file():
        pytest.skip("server.py is missing: this is an installed package")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    command = [sys.executable, "-m", "uvicorn", "server:app", "--port", port]
    environment = {**os.environ, "KG_DATA": str(embedded)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            transport = httpx.HTTPTransport(retries=8)  # waits half a second, then twice as long
            with httpx.Client(transport=transport, timeout=60) as client:
                client.get(f"{address}/health")
            for query in (TALLY, YES, CONSTRUCT):
                uvicorn_answer, server_answer = _get(address, query), _get(server, query)
                assert sorted(uvicorn_answer.text.splitlines()) == sorted(
                    server_answer.text.splitlines()
                )
            assert httpx.get(f"{address}/health").text == httpx.get(f"{server}/health").text
        finally:
            process.terminate()
