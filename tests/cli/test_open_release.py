"""The open release: every source that is present and whose terms allow redistribution."""

from __future__ import annotations

import functools
import hashlib
import http.server
import importlib
import threading
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from kg.cli.main import cli
from kg.rdf.vocabulary import BASE, DATASET, DCAT, PREFIXES
from kg.release.export import FILES
from kg.release.release import require_current
from kg.settings import Settings
from kg.sources.loader import RemoteFile
from kg.sources.registry import SOURCES
from kg.sources.selection import select_open
from tests.support import dgacm_files, unsc_votes_files, unvotes_files, workbook_files
from tests.support.merging import STATES

#: The sources of these tests, without the large embedded ones.
REGISTERED = ("states", "undl-ga", "dgacm", "unvotes", "general-debate", "unsc-votes")
#: A day in the Council, and the name of every member in the XML.
DAY = "2022-02-27"
COUNCIL = tuple(sorted(STATES[key].name for key in STATES.council(DAY)))


@dataclass
class Site:
    """A server with the files of all sources under the paths of their real addresses.

    Requests for archives are redirected, as GitHub does.
    """

    address: str
    requested: list[str] = field(default_factory=list)


@pytest.fixture
def few_sources() -> Iterator[None]:
    """Few sources are registered; all are again afterwards, in their order."""
    # Its choices are read at its import, and stay for later tests.
    importlib.import_module("kg.cli.fetch")
    registered = dict(SOURCES)
    for name in registered.keys() - set(REGISTERED):
        del SOURCES[name]
    yield
    SOURCES.clear()
    SOURCES.update(registered)


@pytest.fixture
def site(tmp_path: Path, few_sources: None) -> Iterator[Site]:
    files = _write_files(tmp_path / "files")
    folder = tmp_path / "published"
    requested: list[str] = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            requested.append(self.path)
            if "/archive/" in self.path and not self.path.startswith("/codeload/"):
                self.send_response(302)
                self.send_header("Location", f"/codeload{self.path}")
                self.end_headers()
            else:
                super().do_GET()

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    handler = functools.partial(Handler, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        it = Site(f"http://127.0.0.1:{server.server_port}", requested)
        for name, source in SOURCES.items():
            remote = tuple(
                _published(file, content, folder, it.address)
                if (content := files.get(file.name))
                else file
                for file in source.remote
            )
            SOURCES[name] = replace(source, remote=remote)
        yield it
        server.shutdown()


def _published(file: RemoteFile, content: bytes, folder: Path, address: str) -> RemoteFile:
    """Publish a file under the path of its address, if it has one, and on a mirror."""
    _write(folder, f"/mirror/{file.name}", content)
    if not file.url:
        return file
    path = urlsplit(file.url).path
    _write(folder, f"/codeload{path}" if file.commit else path, content)
    checksum = "" if file.commit else hashlib.sha256(content).hexdigest()
    return replace(file, url=address + path, sha256=checksum)


def _write(folder: Path, url: str, content: bytes) -> None:
    path = folder / unquote(url).lstrip("/")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _write_files(folder: Path) -> Mapping[str, bytes]:
    """Write invented files of each source, and return their contents by name."""
    assembly, council = (file.name for file in SOURCES["dgacm"].remote)
    folder.mkdir()
    ballots = {"inFavour": ("FRANCE", "TÜRKİYE"), "against": ("RUSSIAN FEDERATION",)}
    dgacm_files.write_zip(
        folder / assembly,
        {
            "79session/English/A_RES_79_500-E.xml": dgacm_files.assembly_xml(
                votes=ballots, sponsors="France and Türkiye"
            ),
            "79session/English/A_RES_79_501-E.xml": dgacm_files.assembly_xml(
                "A/RES/79/501", draft="A/C.3/79/L.45", outcome="adoptedWithoutVote"
            ),
        },
        root=f"{Path(assembly).stem}/",
    )
    dgacm_files.write_zip(
        folder / council,
        {"2022/English/S_RES_2623-E.xml": dgacm_files.council_xml(votes={"inFavour": COUNCIL})},
        root=f"{Path(council).stem}/",
    )
    # The second roll call has no symbol: it is that of A/RES/79/500, by its day and votes.
    cast = [("France", "FR", "yes"), ("Turkey", "TR", "yes"), ("Russia", "RU", "no")]
    unvotes_files.write(
        folder,
        [{}, {"rcid": 5001, "session": 79, "date": 20074.0, "unres": "", "descr": "Rights"}],
        [*((5000, *vote) for vote in unvotes_files.VOTES), *((5001, *vote) for vote in cast)],
    )
    unsc_votes_files.write(
        folder,
        unsc_votes_files.roll_call(2986, "S/RES/2623 (2022)", DAY, unsc_votes_files.everyone(DAY)),
        unsc_votes_files.vetoed(2985, "S/2022/155", "2022-02-25"),
    )
    row = ("2024", "79", "BRA", "Brazil", "Lula da Silva", "President")
    workbook_files.write_speakers(folder / "Speakers_by_session.xlsx", row)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def build(data: Path, *options: str) -> Result:
    command = ["build", *options, "--data", str(data)]
    return CliRunner().invoke(cli, command, obj=Settings())


def test_one_command_builds_the_open_release_on_an_empty_machine(
    site: Site, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    result = build(data, "--profile", "open", "--fetch")
    assert result.exit_code == 0, result.output
    assert "Open release from: states, dgacm, unvotes, unsc-votes\n" in result.output
    assert "Left out: undl-ga: its terms do not allow redistribution: Copyright" in result.output
    assert "Left out: general-debate: not downloaded yet" in result.output
    release = require_current(data)
    manifest = release.manifest()
    assert [source.name for source in manifest.sources] == [
        "states", "dgacm", "unvotes", "unsc-votes",
    ]  # fmt: skip
    assert manifest.withheld == ()
    assert manifest.record_end == (
        "The record ends on 17 December 2024 (General Assembly) and on 27 February 2022 "
        "(Security Council)."
    )
    assert {path.name for path in release.dumps.iterdir()} == set(FILES)
    store = release.open_store()
    (text,) = _values(store, f"<{DATASET}> dcterms:rights/rdfs:label ?value")
    assert text.startswith("The terms of all sources allow redistribution.")
    assert "unvotes: MIT; data dedicated under CC0 according to its notes" in text
    assert "dgacm: The United Nations must be acknowledged as the source" in text
    assert _values(store, "<source/unsc-votes> dcterms:license ?value") == [
        "https://creativecommons.org/licenses/by/4.0/"
    ]
    assert _values(store, f"<{DATASET}> dcterms:temporal/<{DCAT.startDate}> ?value") == [
        # Votes of the Assembly and of the Council, adoptions without a vote of the Assembly.
        "2014-03-27",
        "2022-02-25",
        "2024-12-17",
    ]
    # An event of each source, and two of two sources.
    assert _values(store, "?value unv:date ?day") == [
        f"{BASE}id/event/{key}"
        for key in ("A-RES-68-262", "A-RES-79-500", "A-RES-79-501", "S-2022-155", "S-RES-2623-2022")
    ]
    for event, sources in (
        ("S-RES-2623-2022", ["dgacm-sc-resolutions", "unsc-votes"]),
        ("A-RES-79-500", ["dgacm-ga-resolutions", "unvotes-package"]),
    ):
        derived_from = _values(store, f"<event/{event}> prov:wasDerivedFrom ?value")
        assert derived_from == [f"{BASE}id/source/{key}" for key in sources]

    # Nothing is downloaded again; the checksums of the files of each archive are beside it.
    number = len(site.requested)
    assert [source.name for source in select_open(data).missing] == ["general-debate"]
    assert len(site.requested) == number
    archive = data / "sources" / "dgacm" / SOURCES["dgacm"].remote[0].name
    listed = archive.with_name(f"{archive.name}.sha256").read_text(encoding="utf-8")
    with zipfile.ZipFile(archive) as content:
        (first, *_) = sorted(content.namelist())
        assert listed.startswith(hashlib.sha256(content.read(first)).hexdigest())


def _values(store: ox.Store, pattern: str) -> list[str]:
    """Return the values of a variable in the order of their text."""
    query = f"SELECT DISTINCT ?value {{ {pattern} }} ORDER BY STR(?value)"
    rows = store.query(query, prefixes=PREFIXES, base_iri=f"{BASE}id/")
    assert isinstance(rows, ox.QuerySolutions)
    return [row["value"].value for row in rows]


def test_a_mirror_has_the_files_of_every_source(site: Site, tmp_path: Path) -> None:
    data = tmp_path / "data"
    mirror = f"{site.address}/mirror"
    for name in ("dgacm", "general-debate"):
        arguments = ["fetch", name, "--from", mirror, "--data", str(data)]
        result = CliRunner().invoke(cli, arguments, obj=Settings())
        assert result.exit_code == 0, result.output
    assert {path.rpartition("/")[0] for path in site.requested} == {"/mirror"}
    chosen = select_open(data)
    assert [s.source.name for s in chosen.selections] == ["states", "dgacm", "general-debate"]


def test_a_source_joins_once_it_has_been_downloaded_wherever_it_is_from(
    site: Site, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    result = build(data, "--profile", "open", "--no-dumps")
    assert "Left out: unvotes: not downloaded yet; get it with: kg fetch unvotes" in result.output
    assert not require_current(data).dumps.exists()
    assert site.requested == []

    folder = data / "sources" / "general-debate"
    folder.mkdir(parents=True)
    row = ("2024", "79", "BRA", "Brazil", "Lula da Silva", "President")
    workbook_files.write_speakers(folder / "Speakers_by_session.xlsx", row)
    # A source that does not allow redistribution stays out although it is there.
    library = data / "sources" / "undl-ga"
    library.mkdir()
    (library / "2026_02_06_ga_voting.csv").write_text("undl_id\n", encoding="utf-8")
    chosen = select_open(data)
    assert [s.source.name for s in chosen.selections] == ["states", "general-debate"]
    assert [source.name for source in chosen.withheld] == ["undl-ga"]
    assert [source.name for source in chosen.missing] == ["dgacm", "unvotes", "unsc-votes"]


def test_terms_decide_not_names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ukraine = SOURCES["ukraine"]
    terms = replace(ukraine.terms, redistributable=False)
    monkeypatch.setitem(SOURCES, "ukraine", replace(ukraine, terms=terms))
    chosen = select_open(tmp_path)
    assert "ukraine" not in {selection.source.name for selection in chosen.selections}
    assert ukraine.name in {source.name for source in chosen.withheld}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--profile", "open", "--source", "unvotes"], "cannot be combined with --source"),
        (["--fetch"], "--fetch requires --profile"),
        (["--profile", "open", "--from", "http://127.0.0.1:9"], "--from requires --fetch"),
        (["--profile", "closed"], "'closed' is not 'open'"),
    ],
)
def test_contradicting_options_are_an_error(
    options: list[str], message: str, tmp_path: Path
) -> None:
    result = build(tmp_path, *options)
    assert (result.exit_code, message in result.output) == (2, True)
