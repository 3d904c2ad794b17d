"""One flipped bit in each file of a release: what users, /health, kg verify and the log report."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

import httpx
import pytest
from click.testing import CliRunner

from kg.cli.main import cli
from kg.release import integrity
from kg.release.release import Release, require_current, set_current
from kg.resources import DATA
from kg.sources.states import read_states
from tests.support.damage import files_of, flip
from tests.support.http import TALLY
from tests.support.live import Serving, serving
from tests.support.load import BUSY_TIMEOUT_SECONDS, comes

_DUMP: Final = "TERMS.md"
#: What a user requests, by the name of the answer in a report; a number or the key of a state makes
#: each one new, since cached responses stay available.
_REQUESTS: Final = {
    "query": f"/sparql?format=csv&query={quote(TALLY)}%20%23",
    "page": "/page/state/",
    "search": "/search?q=India%20",
    "description": "/.well-known/void",
    "dump": f"/dumps/{_DUMP}",
}
#: The requests that are refused for a damaged file, by the beginning of its name.
_REFUSED: Final = {
    "store/": {"query", "page"},
    "manifest.": set(_REQUESTS),
    "search.": {"search"},
    "description.": {"description"},
    f"dumps/{_DUMP}": {"dump"},
}


@dataclass(frozen=True)
class Site:
    """A server on a copy of a release, in which files are damaged and restored."""

    server: Serving
    release: Release
    states: Iterator[str]

    def reload(self) -> None:
        """Have the server read the release again."""
        set_current(self.release.data, self.release)

    def get(self, path: str) -> httpx.Response:
        end = str(time.monotonic_ns()) if "?" in path else ""
        if path.endswith("/state/"):
            end = next(self.states)
        return httpx.get(self.server.address + path + end, timeout=BUSY_TIMEOUT_SECONDS)

    def health(self) -> tuple[int, str]:
        answer = self.get("/health")
        return answer.status_code, answer.text.strip()


@pytest.fixture(scope="module")
def site(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("damage")
    shutil.copytree(small, folder / "data")
    release = require_current(folder / "data")
    release.dumps.mkdir()
    (release.dumps / _DUMP).write_text("Terms", encoding="utf-8")
    integrity.seal(release, "dumps/")
    log = folder / "log"
    with serving(folder / "data", log, KG_DUMPS="all") as server:
        yield Site(server, release, iter([state.key for state in read_states(DATA)]))


def report(site: Site, name: str) -> str:
    """Damage a file, and return what is reported; check it, and that the file is named."""
    release, shown = site.release, f"release {site.release.name} is damaged: "
    logged = len(site.server.logged())
    flip(release.path / name)
    try:
        site.reload()
        assert comes(lambda: site.health()[0] == 503), name
        health = site.health()[1]
        answers = {user: site.get(path) for user, path in _REQUESTS.items()}
        verified = CliRunner().invoke(cli, ["verify", str(release.path)])
        log = [line for line in site.server.logged()[logged:].splitlines() if "damaged" in line]
    finally:
        flip(release.path / name)
        site.reload()
    assert comes(lambda: site.health()[0] == 200), "the restored release is not served"
    # Damage to either shows only that the two differ.
    named = "manifest.json" if name == "manifest.sha256" else name
    assert health.startswith(f"not ready: {shown}{named}: "), health
    assert log[0].startswith(f"{shown}{named}: ")
    assert verified.exit_code == 1
    assert verified.stdout.startswith(f"{named}: ")
    refused = next((users for start, users in _REFUSED.items() if name.startswith(start)), set())
    assert {user for user, answer in answers.items() if answer.status_code != 200} == refused
    for user in refused:
        assert answers[user].status_code == 503
        assert named in answers[user].text
        assert str(release.data) not in answers[user].text
    assert "Traceback" not in site.server.logged()[logged:] + verified.stderr
    statuses = " ".join(f"{user} {answer.status_code}" for user, answer in answers.items())
    lines = (f"health: {health}", f"log:    {log[0]}", f"verify: {verified.stdout.strip()}")
    return "\n    ".join([f"{name:28} {statuses}", *lines])


@pytest.mark.parametrize("name", ["largest sst", "columns.json", "search.sqlite", "manifest.json"])
def test_a_damaged_file_is_named(site: Site, name: str) -> None:
    if name == "largest sst":
        store = (site.release.path / "store").glob("*.sst")
        name = f"store/{max(store, key=lambda path: path.stat().st_size).name}"
    report(site, name)


@pytest.mark.endurance
@pytest.mark.parametrize("part", range(3))
def test_every_file_is_named(site: Site, capsys: pytest.CaptureFixture[str], part: int) -> None:
    for name in files_of(site.release)[part::3]:
        line = report(site, name)
        with capsys.disabled():
            print(f"\n{line}")
