"""What is made from npm packages when the package is built, and doing without it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from kg.web.pages.static_files import BUILT
from tests.support.browser import PAGES
from tests.support.live import serving_from
from tests.support.paths import ROOT

FRONTEND = ROOT / "frontend"


def test_the_lock_file_pins_everything_and_names_no_address() -> None:
    lock = json.loads((FRONTEND / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert all(package["version"] and package["integrity"] for package in packages.values())
    assert not any("resolved" in package for package in packages.values())
    permissive = {"MIT", "ISC", "MPL-2.0", "BSD-3-Clause", "0BSD", "Apache-2.0"}
    assert {package.get("license") for package in packages.values()} <= permissive


def test_a_build_without_npm_fails_with_a_message(tmp_path: Path) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'the registry cannot be reached' >&2\nexit 1\n")
    npm.chmod(0o755)
    environment = os.environ | {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    # A copy: beside the files of an earlier build, nothing is built again.
    copy = shutil.copytree(
        FRONTEND, tmp_path / "frontend", ignore=shutil.ignore_patterns("node_modules")
    )
    result = subprocess.run(
        [sys.executable, str(copy / "build.py")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert "npm ci failed: the registry cannot be reached" in result.stderr


def test_land_is_cut_where_it_passes_the_180th_meridian() -> None:
    sys.path.insert(0, str(FRONTEND))
    try:
        from world import _cut_at_antimeridian  # noqa: PLC0415 (beside the package, not in it)
    finally:
        sys.path.remove(str(FRONTEND))
    inside = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 0.0)]
    assert _cut_at_antimeridian(inside) == [inside]
    across = [(170.0, 0.0), (-170.0, 0.0), (-170.0, 10.0), (170.0, 10.0), (170.0, 0.0)]
    left, right = _cut_at_antimeridian(across)
    assert {x for x, _ in left} == {-180.0, -170.0}
    assert {x for x, _ in right} == {170.0, 180.0}


def test_small_states_are_on_the_map() -> None:
    if not (BUILT / "world.json").is_file():
        pytest.skip("the package was built without the map: npm could not be reached")
    shapes = json.loads((BUILT / "world.json").read_text(encoding="utf-8"))["shapes"]
    for code, name in (("798", "Tuvalu"), ("520", "Nauru"), ("492", "Monaco"), ("470", "Malta")):
        assert "point" in shapes.get(code, {}), name
    assert "Natural Earth" in (BUILT / "LICENSES.txt").read_text(encoding="utf-8")


def test_parts_with_a_history_of_their_own_are_units() -> None:
    if not (BUILT / "world.json").is_file():
        pytest.skip("the package was built without the map: npm could not be reached")
    shapes = json.loads((BUILT / "world.json").read_text(encoding="utf-8"))["shapes"]
    for name in ("Alaska", "Crimea", "East Malaysia", "French Guiana", "Hawaii", "West Papua"):
        assert shapes[name]["d"], name
    assert "point" in shapes["Zanzibar"]
    # One ring: the part that Natural Earth draws with Morocco is joined to the rest.
    assert shapes["732"]["d"].count("M") == 1


def test_rings_are_merged_where_they_touch() -> None:
    sys.path.insert(0, str(FRONTEND))
    try:
        from world import _merge  # noqa: PLC0415 (beside the package, not in it)
    finally:
        sys.path.remove(str(FRONTEND))
    left = [(0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, 0.0), (0.0, 0.0)]
    right = [(1.0, 0.0), (1.0, 1.0), (2.0, 1.0), (2.0, 0.0), (1.0, 0.0)]
    (merged,) = _merge([left, right])
    assert merged[0] == merged[-1]
    assert set(merged) == {*left, *right}
    assert len(merged) == 7


@pytest.fixture(scope="module")
def bare_server(tmp_path_factory: pytest.TempPathFactory, embedded: Path) -> Iterator[str]:
    """A server of an installation that was built where npm could not be reached."""
    site = tmp_path_factory.mktemp("bare")
    shutil.copytree(ROOT / "kg", site / "kg", ignore=shutil.ignore_patterns("built", "__pycache__"))
    for name in ("ontology", "shapes", "queries"):
        shutil.copytree(ROOT / name, site / "kg" / "resources" / name, dirs_exist_ok=True)
    with serving_from(site, embedded) as address:
        yield address


@pytest.mark.parametrize("kind", PAGES)
def test_every_page_works_without_npm_packages(bare_server: str, kind: str) -> None:
    answer = httpx.get(bare_server + PAGES[kind], headers={"Accept": "text/html"}, timeout=60)
    assert answer.status_code == (404 if kind == "error" else 200)
    assert "editor.js" not in answer.text
    assert 'class="map"' not in answer.text


def test_the_plain_form_asks_without_the_editor(bare_server: str) -> None:
    query = {"query": "SELECT (6 * 7 AS ?answer) {}"}
    answer = httpx.get(f"{bare_server}/run", params=query, headers={"Accept": "text/html"})
    assert ">42<" in answer.text
    assert "built without the editor" in answer.text
