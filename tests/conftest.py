"""What tests share: one embedded release, one live server, and the real data where they lie."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyoxigraph as ox
import pytest
from filelock import FileLock
from rich.console import Console

from kg.model.records import VotingEvent
from kg.model.state_register import StateRegister
from kg.pipeline.build import build
from kg.rdf.vocabulary import PREFIXES
from kg.release.export import export
from kg.release.release import Release, require
from kg.resources import DATA
from kg.sources.loader import Loaded
from kg.sources.registry import LOADERS
from kg.sources.selection import choose
from kg.sources.states import read_states
from tests.support.endpoints import WIKIDATA, alias, oxigraph, virtuoso
from tests.support.endpoints import settings as federation_settings
from tests.support.live import serving
from tests.support.paths import DATA as DATA_FOLDER

QUIET = Console(quiet=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one module build the full record first, and the others that need it come last.

    So of two workers (``-n 2 --dist loadfile``) neither waits for it.
    """

    def needs(item: pytest.Item) -> bool:
        return isinstance(item, pytest.Function) and "whole" in item.fixturenames

    needing = list(dict.fromkeys(item.path for item in items if needs(item)))
    place = {path: 2 if number else 0 for number, path in enumerate(needing)}
    items.sort(key=lambda item: place.get(item.path, 1))


def shared(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that one of several workers makes, and all use."""
    base = factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / name
    with FileLock(f"{folder}.lock"):
        if not folder.exists():
            made = folder.with_name(f"{name}-in-the-making")
            make(made)
            made.rename(folder)
    return folder


def make_release(data: Path, *sources: str, max_refused: int = 0, columns: bool = False) -> Release:
    """Build a release of the named sources (none: the embedded ones)."""
    return build(choose(sources, data), data, max_refused, QUIET, columns=columns)


def ask(data: Path, query: str) -> list[list[str]]:
    """Return the solutions of a query to a release as texts; our prefixes are known."""
    answer = require(data).open().query(query, prefixes=PREFIXES)
    assert isinstance(answer, ox.QuerySolutions)
    return [[getattr(term, "value", "") for term in row] for row in answer]


def with_manifest(release: Release, folder: Path, **changed: object) -> Release:
    """Return a copy of a release whose manifest says something else of the source ``ukraine``."""
    copy = Release(folder / release.name)
    shutil.copytree(release.path, copy.path)
    manifest = copy.manifest()
    (source,) = (one for one in manifest["sources"] if one["name"] == "ukraine")
    source.update(changed)
    (copy.path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return copy


@pytest.fixture(scope="session")
def states() -> StateRegister:
    return StateRegister(read_states(DATA))


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the embedded release; not to be changed."""
    return shared(tmp_path_factory, "embedded", lambda data: make_release(data, columns=True))


@pytest.fixture(scope="session")
def embedded_store(embedded: Path) -> ox.Store:
    return require(embedded).open()


@pytest.fixture(scope="session")
def wikidata_files() -> list[Path]:
    """Invented data in Wikidata's form and, where they lie, real facts on all states."""
    files = [DATA_FOLDER / "wikidata-invented.ttl"]
    folder = os.environ.get("KG_TEST_DATA")
    return files + ([Path(folder) / "wikidata-countries.nt"] if folder else [])


@pytest.fixture(scope="session")
def wikidata(tmp_path_factory: pytest.TempPathFactory, wikidata_files: list[Path]) -> Iterator[str]:
    """The address of Oxigraph's own server, which stands in for Wikidata."""
    with oxigraph(tmp_path_factory.mktemp("wikidata"), *wikidata_files) as address:
        yield address


@pytest.fixture(scope="session")
def wikidata_in_virtuoso(
    tmp_path_factory: pytest.TempPathFactory, wikidata_files: list[Path]
) -> Iterator[str]:
    """The address of a Virtuoso that stands in for Wikidata, and may use SERVICE itself."""
    with virtuoso(tmp_path_factory.mktemp("virtuoso"), *wikidata_files) as address:
        yield address


@pytest.fixture(scope="session")
def federation(tmp_path_factory: pytest.TempPathFactory, wikidata: str) -> Path:
    """Settings that allow Wikidata alone, and lead to its stand-in."""
    folder = tmp_path_factory.mktemp("federation")
    return federation_settings(folder, alias(WIKIDATA, wikidata, per_minute=6000))


@pytest.fixture(scope="session")
def start_server(federation: Path) -> Iterator[Callable[[Path], str]]:
    """Start ``kg serve`` on a data folder and return its address; stopped at the end."""
    with ExitStack() as stack:

        def start(data: Path) -> str:
            return stack.enter_context(serving(data, KG_FEDERATION=federation)).address

        yield start


@pytest.fixture(scope="session")
def server(start_server: Callable[[Path], str], embedded: Path) -> str:
    """The address of a live server with the embedded release."""
    return start_server(embedded)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data; tests that need it are skipped where it is not set."""
    folder = os.environ.get("KG_TEST_DATA")
    if not folder:
        pytest.skip("KG_TEST_DATA is not set: the real source files are needed")
    return Path(folder)


@pytest.fixture(scope="session")
def whole(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the release of every source, at full size."""
    undl = [f"undl-{body}={real_data / 'undl'}" for body in ("ga", "sc")]
    sources = ("embedded", *undl, f"unvotes={real_data / 'unvotes'}")
    return shared(
        tmp_path_factory,
        "whole",
        lambda data: make_release(data, *sources, max_refused=1, columns=True),
    )


@pytest.fixture(scope="session")
def whole_tables(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the Parquet tables of that release."""
    make = partial(export, require(whole), formats=["parquet"])
    return shared(tmp_path_factory, "whole-tables", make)


@dataclass(frozen=True)
class Real:
    """What a loader makes of real files: its events, and what it notes besides."""

    events: list[VotingEvent]
    loaded: Loaded


@pytest.fixture(scope="session")
def real(real_data: Path, states: StateRegister) -> dict[str, Real]:
    """The real records of the large sources, by name; not to be changed."""
    found = {}
    for name, folder in (("undl-ga", "undl"), ("undl-sc", "undl"), ("unvotes", "unvotes")):
        loaded = LOADERS[name].load(real_data / folder, states)
        found[name] = Real(list(loaded.events), loaded)
    return found
