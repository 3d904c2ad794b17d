"""The downloads at ``/dumps/``: which files are offered, on which terms, and how over HTTP."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from rdflib import Graph, Namespace, URIRef

from kg.cli.main import cli
from kg.errors import ReleaseError
from kg.rdf.vocabulary import BASE
from kg.release.export import FILES
from kg.release.release import Release, require_current
from kg.settings import Dumps
from kg.web.downloads import reason_not_offered, router
from kg.web.http_error import HttpError
from tests.support.releases import with_dumps, with_manifest

VOID = Namespace("http://rdfs.org/ns/void#")
NAME = "un-votes.nq.gz"


@pytest.fixture(scope="module")
def data(embedded: Path, dump: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the embedded release and its dumps."""
    return with_dumps(embedded, dump, tmp_path_factory.mktemp("data") / "data")


class Client:
    """Sends requests to only these routes, in this process."""

    def __init__(self, in_force: Callable[..., Release], setting: Dumps) -> None:
        app = FastAPI()
        app.include_router(router(in_force, setting))

        @app.exception_handler(HttpError)
        def on_error(_: Request, error: HttpError) -> JSONResponse:
            return JSONResponse({"detail": str(error)}, error.status)

        self._transport = httpx.ASGITransport(app)

    def ask(self, method: str, path: str, **headers: str) -> httpx.Response:
        async def answer() -> httpx.Response:
            async with httpx.AsyncClient(
                transport=self._transport, base_url="http://example.org"
            ) as asking:
                return await asking.request(method, path, headers=headers)

        return asyncio.run(answer())

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.ask("GET", path, **headers)


def client(release: Release, setting: Dumps = "permitted") -> Client:
    return Client(lambda *files: release, setting)


class Links(HTMLParser):
    """Collects the addresses to which a page links, and the elements that it contains."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.elements: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.links += [value for name, value in attrs if name == "href" and value]


# The files that are offered.
def test_the_page_lists_every_file_and_each_is_there(data: Path) -> None:
    release = require_current(data)
    answer = client(release).get("/dumps/")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    page = Links(answer.text)
    # In addition to the files it links to other pages, the validation report and the style sheet.
    menu = {"../", "../about", "../releases", "../queries", "../sparql"}
    assert set(page.links) == {*FILES, *menu, "../graph/report", "../static/site.css"}
    assert not page.elements & {"script", "style", "img"}
    assert release.name in answer.text
    assert "selected votes only: to 18 December 2025 (General Assembly)" in answer.text
    assert "kg build --profile open --fetch" in answer.text
    for name in FILES:
        file = client(release).get(f"/dumps/{name}")
        assert file.status_code == 200
        assert file.content == (release.dumps / name).read_bytes()
        assert file.headers["content-type"] == FILES[name].media_type
        assert "content-encoding" not in file.headers


def test_the_page_of_a_release_without_dumps_explains_how_to_create_them(embedded: Path) -> None:
    offered = client(require_current(embedded))
    answer = offered.get("/dumps/")
    assert (answer.status_code, "kg build --dumps --source embedded" in answer.text) == (200, True)
    assert offered.get(f"/dumps/{NAME}").status_code == 404


@pytest.mark.parametrize(
    ("changed", "setting", "reason"),
    [
        ({}, "permitted", ""),
        ({}, "all", ""),
        ({}, "none", "offers no dumps"),
        ({"redistributable": False}, "permitted", "24 roll calls"),
        ({"redistributable": None}, "permitted", "redistribution is not known to be permitted"),
        ({"redistributable": False}, "all", ""),
        ({"redistributable": False}, "none", "offers no dumps"),
    ],
)
def test_dumps_are_offered_where_terms_or_the_operator_allow_it(
    data: Path, tmp_path: Path, changed: dict[str, object], setting: Dumps, reason: str
) -> None:
    release = with_manifest(
        require_current(data), tmp_path, "ukraine", licence="<Ask> first", **changed
    )
    offered = client(release, setting)
    page, file = offered.get("/dumps/"), offered.get(f"/dumps/{NAME}")
    assert page.status_code == 200
    given_reason = reason_not_offered(release.manifest(), setting)
    if not reason:
        assert (given_reason, file.status_code) == ("", 200)
        assert NAME in page.text
        return
    assert reason in given_reason
    assert file.status_code == 403
    assert file.json() == {"detail": given_reason}
    assert NAME not in page.text
    assert "kg build --source embedded" in page.text
    assert "<Ask>" not in page.text
    if setting == "permitted":
        assert "&lt;Ask&gt; first" in page.text


def test_the_page_names_sources_that_must_be_downloaded(data: Path, tmp_path: Path) -> None:
    release = with_manifest(
        require_current(data), tmp_path, name="other", embedded=False, redistributable=False
    )
    page = client(release).get("/dumps/").text
    assert ">kg build --profile open --fetch</pre>" in page
    assert "kg fetch other\nkg build --source embedded --source other\nkg export dump" in page


def test_a_table_is_offered_decompressed_too(data: Path) -> None:
    release = require_current(data)
    table = client(release).get("/dumps/events.csv")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert table.content == gzip.decompress((release.dumps / "events.csv.gz").read_bytes())
    tag = table.headers["etag"]
    unchanged = client(release).get("/dumps/events.csv", **{"If-None-Match": tag})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert client(release).ask("HEAD", "/dumps/events.csv").content == b""
    assert client(release, "none").get("/dumps/events.csv").status_code == 403


def test_a_service_without_a_release_is_not_ready() -> None:
    def none(*files: str) -> Release:
        raise ReleaseError("no release")

    assert Client(none, "all").get("/dumps/").status_code == 503


# Over HTTP.
@pytest.mark.parametrize(
    "name",
    ["nothing.gz", "..%2fmanifest.json", "../manifest.json", "%2e%2e/manifest.json", "%00",
     "a/b", "UN-VOTES.NQ.GZ"],
)  # fmt: skip
def test_nothing_else_is_served(data: Path, name: str) -> None:
    assert client(require_current(data)).get(f"/dumps/{name}").status_code == 404


def test_parts_tags_and_heads(data: Path) -> None:
    release = require_current(data)
    offered, content = client(release), (release.dumps / NAME).read_bytes()

    def get(**headers: str) -> httpx.Response:
        return offered.get(f"/dumps/{NAME}", **headers)

    head = offered.ask("HEAD", f"/dumps/{NAME}")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(content))
    assert head.headers["accept-ranges"] == "bytes"
    tag = head.headers["etag"]
    assert tag == f'"{release.name}-{NAME}"'

    part = get(Range="bytes=100-199")
    assert (part.status_code, part.content) == (206, content[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(content)}"
    assert get(Range="bytes=-10").content == content[-10:]
    assert get(Range=f"bytes={len(content)}-").status_code == 416
    assert get(**{"Range": "bytes=100-199", "If-Range": tag}).status_code == 206
    # With the tag of another release: the complete new file, not a part of it.
    assert get(**{"Range": "bytes=100-199", "If-Range": '"other"'}).content == content
    same = get(**{"If-None-Match": tag})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    assert offered.ask("HEAD", "/dumps/").status_code == 200
    assert offered.ask("POST", f"/dumps/{NAME}").status_code == 405
    moved = offered.get("/dumps")
    assert (moved.status_code, moved.headers["location"]) == (308, "dumps/")


def test_the_service_offers_and_describes_dumps(
    data: Path, start_server: Callable[[Path], str], embedded_store: ox.Store
) -> None:
    server = start_server(data)
    assert f"{server}/dumps/" in httpx.get(server).text
    page = httpx.get(f"{server}/dumps/")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    answer = httpx.get(f"{server}/dumps/{NAME}", headers={"Accept-Encoding": "gzip"})
    quads = ox.parse(gzip.decompress(answer.content), format=ox.RdfFormat.N_QUADS)
    assert sum(1 for _ in quads) == len(embedded_store)
    missing = httpx.get(f"{server}/dumps/nothing")
    assert (missing.status_code, missing.text.startswith("no such file")) == (404, True)
    description = Graph().parse(data=httpx.get(f"{server}/.well-known/void").text, format="turtle")
    assert set(description.objects(URIRef(BASE + "dataset"), VOID.dataDump)) == {
        URIRef(f"{server}/dumps/{name}") for name in (NAME, "un-votes.ttl.gz")
    }


def test_dumps_that_are_not_offered_are_not_described(server: str) -> None:
    assert "dataDump" not in httpx.get(f"{server}/.well-known/void").text


def test_a_build_creates_dumps_on_request(tmp_path: Path) -> None:
    arguments = ["build", "--source", "states", "--dumps", "--data", str(tmp_path)]
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result.output
    release = require_current(tmp_path)
    assert {path.name for path in release.dumps.iterdir()} == set(FILES)
    assert not release.manifest().withheld
    assert release.name in (release.dumps / "TERMS.md").read_text(encoding="utf-8")
    # A release without any votes.
    assert "0 roll calls" in client(release).get("/dumps/").text
