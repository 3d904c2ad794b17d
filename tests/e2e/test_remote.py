"""The front on other servers: a release in real ones, asked as if it were local."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Final

import httpx
import pytest

from benchmarks.endpoints import KNOWN_DIFFERENCES, UNAVAILABLE, Endpoint, run_endpoint
from kg.rdf.vocabulary import BASE, UNV
from kg.release.adoption import adopt
from kg.release.release import require_current
from kg.sparql.formats import TABLES, Format
from kg.sparql.saved_queries import library
from tests.support.browser import PAGES
from tests.support.live import Serving, serving
from tests.web.test_tables import EVENTS, table

_IN_FORCE: Final = f"SELECT ?g {{ GRAPH <{BASE}graph/current> {{ ?s ?p ?g }} }}"
JSON: Final = {"Accept": "application/sparql-results+json"}


@dataclass(frozen=True)
class Front:
    """A server of ours, the one that it asks, and the folder of its releases."""

    ours: Serving
    theirs: Endpoint
    data: Path

    def get(self, path: str, accept: str = "text/html") -> httpx.Response:
        """Ask for a page."""
        headers = {"Accept": accept}
        url = self.ours.address + path
        return httpx.get(url, headers=headers, timeout=120, follow_redirects=True)

    def ask(self, query: str, accept: str = JSON["Accept"], **more: str) -> httpx.Response:
        """Ask a query."""
        url, fields = f"{self.ours.address}/sparql", {"query": query, **more}
        return httpx.post(url, data=fields, headers={"Accept": accept}, timeout=120)


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(name, marks=pytest.mark.skipif(bool(why), reason=why))
        for name, why in UNAVAILABLE.items()
    ],
)
def front(
    request: pytest.FixtureRequest,
    thinned: Path,
    federation: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Front]:
    """A front without a store on a server of each kind, into which a release went.

    Publishing it was killed three times; for Virtuoso, whose loading is slow, once in the middle.
    """
    folder = tmp_path_factory.mktemp(request.param)
    data = folder / "data"
    adopt(data, thinned)
    (folder / "database").mkdir()
    with run_endpoint(request.param, folder / "database") as theirs:
        # Killed early, in the middle, and while all of it is compared; then it is given again.
        total = require_current(data).manifest().count("triples")
        is_slow = theirs.name == "virtuoso"
        for triples in (total // 2,) if is_slow else (1, total // 2, total - 20_000):
            theirs.publish_and_kill(data, triples)
            assert not theirs.rows(_IN_FORCE)
        output = theirs.publish(data)
        assert "counts and lengths are equal" in output
        shutil.rmtree(require_current(data).path / "store")
        settings = {"KG_QUERY_TIMEOUT": 60, "KG_FEDERATION": federation}
        with serving(data, folder / "log", KG_ENGINE=theirs.query, **settings) as ours:
            yield Front(ours, theirs, data)


@pytest.fixture(scope="module")
def server(start_server: Callable[[Path], str], thinned: Path) -> str:
    """The address of a server that has the same release as a store."""
    return start_server(thinned)


def _table(answer: httpx.Response) -> tuple[list[str], list[dict[str, object]]]:
    assert answer.status_code == 200, answer.text
    document = answer.json()
    return document["head"]["vars"], document["results"]["bindings"]


def test_after_kills_all_of_the_release_is_there_once(front: Front, thinned: Path) -> None:
    release = require_current(thinned)
    counts = front.theirs.graphs()
    facts = f"facts/{release.name}"
    assert set(counts) == {facts, "ontology", "shapes", "report", "current"}
    assert counts.pop("current") == 1
    assert not list((front.data / "publishing").glob("*.json"))
    assert sum(counts.values()) == release.manifest().count("triples") == len(release.open_store())


def test_the_remote_release_and_formats_are_logged(front: Front) -> None:
    assert front.get("/health").text == f"ok: release {require_current(front.data).name}\n"
    log = front.ours.logged()
    assert f"engine {front.theirs.query}: release {require_current(front.data).name}" in log
    assert "CONSTRUCT as application/n-triples" in log


def _skip_if_different(front: Front, name: str) -> None:
    """Skip what a server is known to answer otherwise, with the reason."""
    if why := KNOWN_DIFFERENCES.get((front.theirs.name, name)):
        pytest.skip(why)


@pytest.mark.parametrize("name", library())
def test_a_saved_query_gives_the_same_answer(front: Front, server: str, name: str) -> None:
    _skip_if_different(front, name)
    names, rows = _table(front.get(f"/queries/{name}?format=json"))
    local_answer = httpx.get(f"{server}/queries/{name}?format=json", timeout=60)
    expected_names, expected = _table(local_answer)
    assert names == expected_names
    # Rows that the query leaves in no order come in another one. Which queries are empty on the
    # embedded release is tested where the local engine is.
    assert sorted(map(str, rows)) == sorted(map(str, expected))


@pytest.mark.parametrize("kind", PAGES)
def test_every_kind_of_page_is_served(front: Front, kind: str) -> None:
    path = PAGES[kind]
    _skip_if_different(front, path.removeprefix("/queries/"))
    page = front.get(path)
    assert page.status_code == (404 if kind == "error" else 200), page.text


@pytest.mark.parametrize("path", ["/data/state/IND.nt", "/data/event/A-RES-ES-11-6.nt", "/dataset"])
def test_data_of_resources_is_the_same(front: Front, server: str, path: str) -> None:
    accept = "application/n-triples"
    here = httpx.get(server + path, headers={"Accept": accept}, follow_redirects=True, timeout=60)
    there = front.get(path, accept)
    assert sorted(there.text.splitlines()) == sorted(here.text.splitlines())


@pytest.mark.parametrize(
    ("query", "accept", "expected"),
    [
        ("ASK { ?s ?p ?o }", "text/csv", "true"),
        ("ASK { <urn:nothing> ?p ?o }", JSON["Accept"], '{"head":{},"boolean":false}'),
        ("SELECT (1 AS ?n) {}", "text/csv", "n\r\n1\r\n"),
        ("SELECT ?g { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g", "text/csv",
         "g\r\n" + "".join(f"{BASE}graph/{name}\r\n" for name in ("ontology", "report", "shapes"))),
        (f"SELECT (COUNT(*) AS ?n) FROM <{BASE}graph/ontology> {{ <{UNV.inFavour}> a ?c }}",
         "text/csv", "n\r\n1\r\n"),
        (f"SELECT (COUNT(*) AS ?n) {{ <{UNV.inFavour}> a ?c }}", "text/csv", "n\r\n0\r\n"),
        ("SELECT ?b { <id/source/article-2022-03-02> <ontology#redistributable> ?b }",
         "text/csv", "b\r\nfalse\r\n"),
        ("CONSTRUCT { <urn:a> <urn:b> ?o } WHERE { VALUES ?o { 'x' } }",
         "application/n-triples", '<urn:a> <urn:b> "x" .\n'),
    ],
)  # fmt: skip
def test_forms_formats_and_graphs_are_as_on_the_local_engine(
    front: Front, server: str, query: str, accept: str, expected: str
) -> None:
    answer = front.ask(query, accept)
    assert answer.text == expected
    here = httpx.post(
        f"{server}/sparql", data={"query": query}, headers={"Accept": accept}, timeout=60
    )
    assert (here.text, here.headers["content-type"]) == (expected, answer.headers["content-type"])


def test_graphs_of_the_protocol_go_before_those_of_the_release(front: Front) -> None:
    query = f"SELECT (COUNT(*) AS ?n) {{ <{UNV.inFavour}> a ?c }}"
    graph = {"default-graph-uri": f"{BASE}graph/ontology"}
    assert front.ask(query, "text/csv", **graph).text == "n\r\n1\r\n"


@pytest.mark.parametrize(
    ("query", "accept", "status"),
    [
        ("SELECT * {", "text/csv", 400),
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "text/csv", 403),
        ("SELECT * { ?s ?p ?o } LIMIT 1", "image/png", 406),
        ("INSERT DATA { <urn:a> <urn:b> 1 }", "text/csv", 400),
    ],
)
def test_refused_queries_are_not_sent(front: Front, query: str, accept: str, status: int) -> None:
    assert front.ask(query, accept).status_code == status


def test_a_long_answer_is_complete_and_streamed(front: Front, server: str) -> None:
    query = f"SELECT ?agreement ?state {{ ?agreement <{UNV.between}> ?state }}"
    there = front.ask(query, "text/csv").text.splitlines()
    here = httpx.post(
        f"{server}/sparql", data={"query": query}, headers={"Accept": "text/csv"}, timeout=60
    )
    assert sorted(there) == sorted(here.text.splitlines())
    assert len(there) > 1500


@pytest.mark.parametrize("written_in", TABLES, ids=attrgetter("name"))
def test_tables_are_those_of_the_local_engine(
    front: Front, server: str, written_in: Format
) -> None:
    form = {"format": written_in.name}
    there = table(front.ask(EVENTS, **form))
    here = table(httpx.post(f"{server}/sparql", data={"query": EVENTS, **form}, timeout=60))
    assert there.schema == here.schema
    assert there.num_rows == here.num_rows > 20
    for name in here.column_names:
        assert there.column(name).to_pylist() == here.column(name).to_pylist()


def test_answers_have_the_entity_tags_of_the_release(front: Front, server: str) -> None:
    query = {"query": "SELECT (COUNT(*) AS ?n) { ?s a ?c }"}
    tags = {httpx.get(f"{address}/sparql", params=query, timeout=60).headers["etag"]
            for address in (server, front.ours.address)}  # fmt: skip
    assert len(tags) == 1


def test_publishing_again_changes_nothing(front: Front, thinned: Path) -> None:
    before = front.theirs.graphs()
    again = front.data.parent / "again"
    adopt(again, thinned)
    assert "is the current release" in front.theirs.publish(again)
    assert front.theirs.graphs() == before
