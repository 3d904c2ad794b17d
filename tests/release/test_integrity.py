"""Checksums of releases: every damaged, missing, unlisted or special file is named."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kg.cli.main import cli
from kg.errors import ReleaseError
from kg.release import integrity, manifest
from kg.release.checksums import sha256
from kg.release.release import Release, require_current
from tests.support.damage import copied, files_of, flip


@pytest.fixture(scope="module")
def copy(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Release:
    """A copy of a release; restore what is changed in it."""
    return copied(require_current(small), tmp_path_factory.mktemp("copy"))


def damage(release: Release) -> list[str]:
    return [str(file) for file in integrity.damaged_files(release)]


def test_a_build_records_the_checksums_of_all_files(copy: Release) -> None:
    entries = copy.manifest().files
    assert {*files_of(copy), "store/LOCK"} <= {*entries, manifest.FILE, manifest.CHECKSUM_FILE}
    for name, entry in entries.items():
        content = (copy.path / name).read_bytes()
        assert (entry.bytes, entry.sha256) == (len(content), sha256(copy.path / name))
    assert damage(copy) == []


def test_one_flipped_bit_in_any_file_is_found(copy: Release) -> None:
    for name in files_of(copy):
        flip(copy.path / name)
        found = damage(copy)
        flip(copy.path / name)
        if name in {manifest.FILE, manifest.CHECKSUM_FILE}:
            assert [line.partition(":")[0] for line in found] == [manifest.FILE], name
        else:
            assert found == [f"{name}: its SHA-256 is not that in the manifest"]
    assert damage(copy) == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda folder: (folder / "report.nt").unlink(), "report.nt: missing"),
        (lambda folder: shutil.rmtree(folder / "store"), "store/CURRENT: missing"),
        (lambda folder: (folder / "more.txt").touch(), "more.txt: not listed in the manifest"),
        (lambda folder: (folder / "\x1b[2J").touch(), r"'\x1b[2J': not listed in the manifest"),
        (lambda folder: (folder / "report.nt").write_text("a"), "report.nt: 1 bytes, expected "),
        (lambda folder: (folder / "link").symlink_to("/etc"), "link: a link or special file"),
        (lambda folder: os.mkfifo(folder / "store" / "pipe"), "store/pipe: a link or special"),
        (lambda folder: (folder / "manifest.sha256").unlink(), "manifest.json: its SHA-256 is not"),
    ],
)
def test_other_damage_is_named(
    copy: Release, tmp_path: Path, change: Callable[[Path], None], expected: str
) -> None:
    broken = copied(copy, tmp_path)
    change(broken.path)
    assert any(line.startswith(expected) for line in damage(broken)), damage(broken)


def test_small_files_can_be_verified_alone(copy: Release, tmp_path: Path) -> None:
    broken = copied(copy, tmp_path)
    flip(broken.path / "columns.duckdb")
    assert list(integrity.damaged_files(broken, hashed_bytes=1000)) == []
    with pytest.raises(ReleaseError, match=r"is damaged: columns\.duckdb: its SHA-256 is not that"):
        integrity.require_intact(broken)


def test_verify_on_the_command_line(copy: Release, tmp_path: Path) -> None:
    def verify(release: Release) -> Result:
        return CliRunner().invoke(cli, ["verify", str(release.path)])

    intact = verify(copy)
    assert (intact.exit_code, intact.stderr.count("Traceback")) == (0, 0)
    assert intact.stdout.startswith(f"release {copy.name} is intact: ")
    broken = copied(copy, tmp_path)
    flip(broken.path / "search.sqlite")
    verified = verify(broken)
    assert verified.exit_code == 1
    assert verified.stdout == "search.sqlite: its SHA-256 is not that in the manifest\n"
    earlier = broken.manifest().model_copy(update={"format": 1, "files": {}})
    manifest.write(broken.manifest_file, earlier)
    verified = verify(broken)
    assert (verified.exit_code, verified.stdout) == (1, "")
    assert "format 1 of an earlier version of un-votes-kg, without" in str(verified.exception)
