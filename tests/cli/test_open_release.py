"""The open release: every source that is present and whose terms allow redistribution."""

from __future__ import annotations

import functools
import hashlib
import http.server
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from kg.cli.main import cli
from kg.rdf.vocabulary import DATASET, DCTERMS
from kg.release.export import FILES
from kg.release.release import require_current
from kg.settings import Settings
from kg.sources.registry import SOURCES
from kg.sources.selection import select_open
from tests.support import unvotes_files, workbook_files


class _Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Stay silent."""


@pytest.fixture
def few_sources() -> Iterator[None]:
    """Few sources are registered; all are again afterwards, in their order."""
    registered = dict(SOURCES)
    for name in registered.keys() - {"states", "unvotes", "undl-ga", "general-debate"}:
        del SOURCES[name]
    yield
    SOURCES.clear()
    SOURCES.update(registered)


@pytest.fixture
def published(tmp_path: Path, few_sources: None) -> Iterator[Path]:
    """A server with stand-ins for the files of unvotes."""
    folder = unvotes_files.write(tmp_path / "published")
    handler = functools.partial(_Silent, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        remote = tuple(
            replace(
                file,
                url=f"{address}/{file.name}",
                sha256=hashlib.sha256((folder / file.name).read_bytes()).hexdigest(),
            )
            for file in SOURCES["unvotes"].remote
        )
        SOURCES["unvotes"] = replace(SOURCES["unvotes"], remote=remote)
        yield folder
        server.shutdown()


def build(data: Path, *options: str) -> Result:
    command = ["build", *options, "--data", str(data)]
    return CliRunner().invoke(cli, command, obj=Settings())


def test_one_command_builds_the_open_release_on_an_empty_machine(
    published: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    result = build(data, "--profile", "open", "--fetch")
    assert result.exit_code == 0, result.output
    assert "Open release from: states, unvotes\n" in result.output
    assert "Left out: undl-ga: its terms do not allow redistribution: Copyright" in result.output
    assert "Left out: general-debate: not downloaded yet" in result.output
    release = require_current(data)
    manifest = release.manifest()
    assert [source.name for source in manifest.sources] == ["states", "unvotes"]
    assert manifest.withheld == ()
    assert manifest.record_end == "The record ends on 27 March 2014 (General Assembly)."
    assert {path.name for path in release.dumps.iterdir()} == set(FILES)
    rights, period = (
        release.open_store().query(
            f"SELECT ?o {{ <{DATASET}> <{term}> ?this . ?this ?p ?o FILTER(isLiteral(?o)) }}"
        )
        for term in (DCTERMS.rights, DCTERMS.temporal)
    )
    assert isinstance(rights, ox.QuerySolutions)
    assert isinstance(period, ox.QuerySolutions)
    (text,) = (row["o"].value for row in rights)
    assert text.startswith("The terms of all sources allow redistribution.")
    assert "unvotes: MIT; data dedicated under CC0 according to its notes" in text
    assert [row["o"].value for row in period].count("2014-03-27") == 2


def test_a_source_joins_once_it_has_been_downloaded_wherever_it_is_from(
    published: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    result = build(data, "--profile", "open", "--no-dumps")
    assert "Left out: unvotes: not downloaded yet; get it with: kg fetch unvotes" in result.output
    assert not require_current(data).dumps.exists()

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
    assert [source.name for source in chosen.missing] == ["unvotes"]


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
        (["--profile", "closed"], "'closed' is not 'open'"),
    ],
)
def test_contradicting_options_are_an_error(
    options: list[str], message: str, tmp_path: Path
) -> None:
    result = build(tmp_path, *options)
    assert (result.exit_code, message in result.output) == (2, True)
