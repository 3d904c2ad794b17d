"""Releases that are carried over, and replicas of one behind a real nginx."""

from __future__ import annotations

import shutil
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from benchmarks.replicas import behind_nginx, under_load
from kg.cli.main import cli
from kg.release import manifest
from kg.release.release import require_current
from tests.support.releases import make_release
from tests.support.thinned import write_thinned

_PATHS = (
    "/page/state/IND",
    "/data/event/A-RES-ES-11-6.ttl",
    "/queries/similar-voters?state=IND&format=csv",
    "/sparql?query=ASK+%7B+%3Fs+%3Fp+%3Fo+%7D",
    "/search?q=india",
)


@pytest.fixture(scope="module")
def smaller(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a release that holds less than the other one."""
    folder = tmp_path_factory.mktemp("smaller")
    make_release(folder / "data", write_thinned(folder / "files"))
    return folder / "data"


def _kg(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(
        cli, [str(argument) for argument in arguments], catch_exceptions=True
    )
    return result.exit_code, result.output + str(result.exception or "")


def test_a_release_is_adopted_and_an_earlier_one_restored(
    thinned: Path, smaller: Path, tmp_path: Path
) -> None:
    first, second = require_current(thinned), require_current(smaller)
    assert _kg("adopt", thinned, "--data", tmp_path) == (
        0,
        f"{first.name} is the current release in {tmp_path}\n",
    )
    assert _kg("adopt", second.path, "--data", tmp_path)[0] == 0
    assert require_current(tmp_path).name == second.name
    assert _kg("adopt", tmp_path / "releases" / first.name, "--data", tmp_path)[0] == 0
    assert require_current(tmp_path).name == first.name
    assert len(require_current(tmp_path).open_store()) == len(first.open_store())


@pytest.mark.parametrize(
    ("harm", "expected"),
    [
        ("nothing", "there is no release; run kg build first"),
        ("no manifest", "there is no release; run kg build first"),
        ("half a store", ".sst: missing"),
        ("another manifest", "manifest.json: its SHA-256 is not that in manifest.sha256"),
        ("another name", "manifest.json: it is of release"),
        ("fewer triples", "triples, expected"),
    ],
)
def test_an_incomplete_release_is_not_adopted(
    thinned: Path, smaller: Path, tmp_path: Path, harm: str, expected: str
) -> None:
    data = tmp_path / "data"
    candidate = tmp_path / ("given" if harm == "another name" else require_current(thinned).name)
    assert _kg("adopt", smaller, "--data", data)[0] == 0
    if harm == "nothing":
        candidate.mkdir()
    else:
        shutil.copytree(require_current(thinned).path, candidate)
    if harm == "no manifest":
        (candidate / "manifest.json").unlink()
    if harm == "half a store":
        biggest = max((candidate / "store").glob("*.sst"), key=lambda path: path.stat().st_size)
        biggest.unlink()
    if harm in {"another manifest", "fewer triples"}:
        content = require_current(thinned).manifest()
        triples = {"triples": content.count("triples") + 1}
        changed = content.model_copy(update={"format": 1, "files": {}, "counts": triples})
        if harm == "fewer triples":
            # An earlier version wrote no checksums.
            manifest.write(candidate / manifest.FILE, changed)
            (candidate / manifest.CHECKSUM_FILE).unlink()
        else:
            (candidate / manifest.FILE).write_text(
                content.model_copy(update={"counts": triples}).model_dump_json(), encoding="utf-8"
            )
    status, output = _kg("adopt", candidate, "--data", data)
    assert status != 0
    assert expected in output
    assert require_current(data).name == require_current(smaller).name
    assert not list((data / "releases").glob(".building-*"))


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
@pytest.mark.parametrize("seconds", [3, pytest.param(300, marks=pytest.mark.endurance)])
def test_replicas_lose_no_request_and_mix_no_releases(
    thinned: Path, smaller: Path, seconds: int
) -> None:
    with behind_nginx(thinned) as (address, replicas):
        for path in _PATHS:
            tags = {
                httpx.get(server + path, headers={"Host": "votes.example"}).headers["etag"]
                for server in (address, *(replica.address for replica in replicas))
            }
            assert len(tags) == 1, path
        seen = under_load(
            address, replicas, smaller, seconds=seconds, clients=3, pause_seconds=0.05
        )
    assert not seen.others
    assert set(seen.answers) == {require_current(thinned).name, require_current(smaller).name}


def test_liveness_is_reported_without_the_engine(server: str) -> None:
    assert httpx.get(f"{server}/health/alive").text == "alive\n"
