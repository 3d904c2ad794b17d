"""Shared fixtures: releases, live servers, and the real data where they are available."""

from __future__ import annotations

import os
import pickle
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Final

import hypothesis
import pyoxigraph as ox
import pytest
from httpx._config import DEFAULT_TIMEOUT_CONFIG, create_ssl_context
from httpx._transports import default as transports

from benchmarks.real_files import FOLDERS, selectors
from kg.model.state_register import StateRegister
from kg.release.export import FORMATS, export
from kg.release.release import require_current
from kg.resources import DATA
from kg.sources.registry import SOURCES
from kg.sources.states import read_register
from tests.support import real_files
from tests.support.changes import make_corrected_releases
from tests.support.endpoints import WIKIDATA, alias, oxigraph, virtuoso
from tests.support.endpoints import settings as federation_settings
from tests.support.ideal_points import make_ideal_points
from tests.support.live import serving_prepared_pages
from tests.support.paths import DATA as DATA_FOLDER
from tests.support.paths import ROOT
from tests.support.releases import Real, copy_without_dumps, make_release, shared
from tests.support.saved_queries import QueryableRelease
from tests.support.thinned import write_thinned

# The default timeout of httpx, five seconds, may be too short on a busy machine.
for _phase in ("connect", "read", "write", "pool"):
    setattr(DEFAULT_TIMEOUT_CONFIG, _phase, 120.0)

# No test uses TLS, but each client would read the certificates of all authorities: 0.03 s.
vars(transports)["create_ssl_context"] = cache(create_ssl_context)

# No example of Hypothesis has a time limit: a busy machine would miss it.
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")

#: Files whose tests start their own servers: each test may run in any worker.
_APART: Final = frozenset(
    f"tests.engine.test_{name}" for name in ("execution", "local", "pool", "sandbox", "scheduler")
)

#: Files that take minutes in one worker: begun late, they would be the last for all others.
_LONG_FILES: Final = frozenset({"test_pages.py", "test_remote.py", "test_sparql_protocol.py"})


def pytest_xdist_auto_num_workers() -> int:
    """Three workers for two cores: tests often wait for servers and browsers."""
    return 3 * (os.cpu_count() or 2) // 2


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name parameters so that all workers collect the same tests, and a terminal can show them.

    The bytes of an archive contain the time at which it was made.
    """
    if isinstance(val, bytes):
        return argname
    return f"{val[:57]}..." if isinstance(val, str) and len(val) > 60 else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Share the first compilation of all test files among the workers of ``-n auto``.

    Each begins with a part of its own, so that it finds the other parts compiled. Collecting then
    imports nothing again.
    """
    number = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
    if not number or session.config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    start = int(number) * len(files) // int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
    for file in files[start:] + files[:start]:
        # Collection reports what cannot be imported.
        with suppress(BaseException):
            import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Group the tests for the workers of ``-n auto``, and put the longest work first.

    The tests of a file run in one worker, which has its servers; tests that load the real files run
    in one worker. One file builds the full record first, and the other files that need it come last
    as a whole, so that no worker waits for it.
    """
    functions = [item for item in items if isinstance(item, pytest.Function)]
    has_real_files = "KG_TEST_DATA" in os.environ
    needing = [i for i in functions if has_real_files and "full_record" in i.fixturenames]
    # Tests of endurance are usually deselected.
    needing.sort(key=lambda item: item.get_closest_marker("endurance") is not None)
    building = needing[0].path if needing else None
    for item in functions:
        name = item.module.__name__
        if name not in _APART:
            group = "real" if "real" in item.fixturenames else name
            item.add_marker(pytest.mark.xdist_group(group))

    waiting = {item.path for item in needing} - {building}

    def place(item: pytest.Item) -> int:
        fixtures = set(item.fixturenames) if isinstance(item, pytest.Function) else set()
        if item.path == building:
            return 0
        if item.path in waiting:
            return 3
        is_long = fixtures & {"real", "browser"} or item.path.name in _LONG_FILES
        return 1 if is_long else 2

    items.sort(key=place)


@pytest.fixture(scope="session")
def states() -> StateRegister:
    return read_register(DATA)


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the embedded release; do not change it.

    It is that of the folder ``KG_TEST_RELEASE``, if this is set, or else it is built.
    """
    built = os.environ.get("KG_TEST_RELEASE")
    make = (
        partial(copy_without_dumps, Path(built)) if built else partial(make_release, columns=True)
    )
    return shared(tmp_path_factory, "embedded", make)


@pytest.fixture(scope="session")
def dump(embedded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with that release in every format; do not change it."""
    built = os.environ.get("KG_TEST_RELEASE")
    make = (
        partial(shutil.copytree, require_current(Path(built)).dumps)
        if built
        else partial(export, require_current(embedded), formats=FORMATS)
    )
    return shared(tmp_path_factory, "dump", make)


@pytest.fixture(scope="session")
def embedded_store(embedded: Path) -> ox.Store:
    return require_current(embedded).open_store()


@pytest.fixture(scope="session")
def wikidata_files() -> list[Path]:
    """Invented data in Wikidata's form and, where available, real facts on all states."""
    files = [DATA_FOLDER / "wikidata-invented.ttl"]
    folder = os.environ.get("KG_TEST_DATA")
    return files + ([Path(folder) / "wikidata-countries.nt"] if folder else [])


@pytest.fixture(scope="session")
def wikidata(tmp_path_factory: pytest.TempPathFactory, wikidata_files: list[Path]) -> Iterator[str]:
    """The address of an Oxigraph server that stands in for Wikidata."""
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
    """A settings file that allows only Wikidata, with its stand-in as alias."""
    folder = tmp_path_factory.mktemp("federation")
    return federation_settings(folder, alias(WIKIDATA, wikidata, per_minute=6000))


@pytest.fixture(scope="session")
def start_server(federation: Path) -> Iterator[Callable[[Path], str]]:
    """Return a function that runs ``kg serve`` on a data folder and returns its address.

    It starts one server for each folder.
    """
    with ExitStack() as stack:

        @cache
        def start(data: Path) -> str:
            live = serving_prepared_pages(data, KG_FEDERATION=federation)
            return stack.enter_context(live).address

        yield start


@pytest.fixture(scope="session")
def server(start_server: Callable[[Path], str], embedded: Path) -> str:
    """The address of a live server with the embedded release."""
    return start_server(embedded)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data; tests that need it are skipped if it is not set."""
    folder = os.environ.get("KG_TEST_DATA")
    if not folder:
        pytest.skip("KG_TEST_DATA is not set: the real source files are needed")
    return Path(folder)


@pytest.fixture(scope="session")
def real_rows(tmp_path_factory: pytest.TempPathFactory) -> real_files.RealRows:
    """The rows of the real files that tests use, read once for all workers."""
    folder = os.environ.get("KG_TEST_DATA")
    if not folder:
        pytest.skip("KG_TEST_DATA is not set: the real source files are needed")

    def make(file: Path) -> None:
        file.write_bytes(pickle.dumps(real_files.RealRows.read(Path(folder))))

    rows = pickle.loads(shared(tmp_path_factory, "real-rows", make).read_bytes())
    assert isinstance(rows, real_files.RealRows)
    return rows


@pytest.fixture(scope="session")
def sample(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a release of every source; do not change it.

    Of the large sources it contains two sessions of the General Assembly and a year of the Security
    Council; without the real files it is the embedded release.
    """
    if not os.environ.get("KG_TEST_DATA"):
        embedded: Path = request.getfixturevalue("embedded")
        return embedded

    def make(data: Path) -> None:
        files = data.with_name("sample-files")
        rows: real_files.RealRows = request.getfixturevalue("real_rows")
        rows.part(real_files.in_sample).write(files)
        make_release(data, "embedded", *real_files.sources(files), columns=True)

    return shared(tmp_path_factory, "sample", make)


@pytest.fixture(scope="session")
def sample_queries(sample: Path) -> QueryableRelease:
    """That release, opened once: DuckDB does not open a file twice in a process."""
    return QueryableRelease(require_current(sample))


@pytest.fixture(scope="session")
def sample_tables(
    request: pytest.FixtureRequest, sample: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A folder with the Parquet tables of that release; do not change it."""
    if not os.environ.get("KG_TEST_DATA"):
        dump: Path = request.getfixturevalue("dump")
        return dump
    make = partial(export, require_current(sample), formats=["parquet"])
    return shared(tmp_path_factory, "sample-tables", make)


@pytest.fixture(scope="session")
def ideal_points(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a release of ideal points of a few states; do not change it."""
    return shared(tmp_path_factory, "ideal-points", make_ideal_points)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a release of the states and the proposals; do not change it."""
    return shared(
        tmp_path_factory,
        "small",
        lambda data: make_release(data, "states", "proposals", columns=True),
    )


@pytest.fixture(scope="session")
def states_alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a release of the states, without columns; do not change it."""
    return shared(tmp_path_factory, "states-alone", lambda data: make_release(data, "states"))


@pytest.fixture(scope="session")
def thinned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a release of the embedded sources with few states; do not change it."""

    def make(data: Path) -> None:
        files = write_thinned(data.with_name("thinned-files"))
        make_release(data, "embedded", files, columns=True)

    return shared(tmp_path_factory, "thinned", make)


@pytest.fixture(scope="session")
def corrected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with two releases of a few roll calls, with corrections; do not change it."""
    return shared(tmp_path_factory, "corrected", make_corrected_releases)


@pytest.fixture(scope="session")
def full_record(
    request: pytest.FixtureRequest, real_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A data folder with the release of every source, at full size."""

    def make(data: Path) -> None:
        # Not a parameter: tests that need the records themselves run in one worker.
        records: dict[str, Real] = request.getfixturevalue("real")
        make_release(data, *selectors(real_data), max_refused=1, columns=True, records=records)

    return shared(tmp_path_factory, "whole", make)


@pytest.fixture(scope="session")
def full_record_queries(full_record: Path) -> QueryableRelease:
    """That release, opened once, as ``sample_queries`` is."""
    return QueryableRelease(require_current(full_record))


@pytest.fixture(scope="session")
def full_record_tables(full_record: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the Parquet tables of that release."""
    make = partial(export, require_current(full_record), formats=["parquet"])
    return shared(tmp_path_factory, "whole-tables", make)


@pytest.fixture(scope="session")
def real(
    real_data: Path, states: StateRegister, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Real]:
    """The real records of the large sources of roll calls, by name; do not change them.

    They are read once for all workers.
    """

    def make(file: Path) -> None:
        records = {
            name: Real.load(SOURCES[name], real_data / folder, states)
            for name, folder in FOLDERS.items()
            if SOURCES[name].precedence is not None
        }
        file.write_bytes(pickle.dumps(records))

    records = pickle.loads(shared(tmp_path_factory, "real-records", make).read_bytes())
    assert isinstance(records, dict)
    return records
