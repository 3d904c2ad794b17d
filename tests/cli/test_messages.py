"""What a terminal shows: messages instead of tracebacks, and characters that it can represent."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import kg.__main__ as entry
from kg.errors import KgError, ReleaseError
from kg.release.release import require_current
from tests.support.command import kg
from tests.support.damage import copied, files_of, flip


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (KgError("a sentence"), 1, "kg: a sentence\n"),
        (ReleaseError("no release", Path("/srv/x")), 1, "kg: no release (data folder: /srv/x)\n"),
        (OSError(28, "No space left on device"), 1, "kg: No space left on device\n"),
        (OSError(13, "Permission denied", "a/b"), 1, "kg: a/b: Permission denied\n"),
        (RecursionError(), 1, "kg: the input is nested too deeply\n"),
        (MemoryError(), 1, "kg: the memory of this machine, or the limit of this process, is used"),
        (KeyError("x"), 1, "kg: internal error, please report it: KeyError: 'x' (test_messages.py"),
    ],
)  # fmt: skip
def test_an_error_ends_a_command_with_a_message(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    code: int,
    message: str,
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(entry, "_run", fail)
    with pytest.raises(SystemExit) as ended:
        entry.main()
    shown = capsys.readouterr().err
    assert ended.value.code == code
    assert shown.startswith(message)
    assert len(shown.splitlines()) == 1


def test_a_terminal_without_unicode_shows_escapes(small: Path) -> None:
    query = ("query", "-e", "SELECT ('é→' AS ?x) {}")
    shown = kg(*query, data=small, settings={"PYTHONIOENCODING": "ascii"})
    assert (shown.returncode, shown.stderr) == (0, "1 rows\n")
    assert r"\xe9\u2192" in shown.stdout


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")  # noqa: PTH110
def test_output_to_a_full_disk_is_reported(small: Path) -> None:
    command = [sys.executable, "-m", "kg", "query", "-e", "ASK {}", "--data", str(small)]
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (1, "kg: No space left on device\n")


@pytest.mark.parametrize(
    ("smallest", "expected"),
    [
        (50_000, "kg: the store is damaged: 0"),
        # The store cannot even be opened.
        (0, ".sst: its SHA-256 is not that in the manifest"),
    ],
)
def test_a_query_on_a_damaged_store_names_the_file(
    small: Path, tmp_path: Path, smallest: int, expected: str
) -> None:
    release = copied(require_current(small), tmp_path / "releases")
    (tmp_path / "current").write_text(f"{release.name}\n", encoding="utf-8")
    for name in files_of(release):
        if name.endswith(".sst") and (release.path / name).stat().st_size > smallest:
            flip(release.path / name)
    asked = kg("query", "-e", "SELECT * { ?s ?p ?o }", data=tmp_path)
    assert asked.returncode == 1
    assert expected in asked.stderr
    assert str(tmp_path) not in asked.stderr
    assert "Traceback" not in asked.stderr
