"""The table of common changes in CONTRIBUTING.md names files that exist."""

from __future__ import annotations

import re

from tests.support.paths import ROOT


def paths(text: str) -> list[str]:
    return re.findall(r"`([\w/.-]+\.(?:py|csv|md|html|rq|ttl|toml))`", text)


def changes() -> dict[str, tuple[list[str], list[str]]]:
    """Return the paths of each change in the table; those after a semicolon are optional."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = text.partition("## Common changes")[2]
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", table, re.MULTILINE)
    return {
        change: (paths(files.partition(";")[0]), paths(files.partition(";")[2]))
        for change, files in rows
        if change != "change"
    }


def test_the_ten_most_common_changes_are_listed() -> None:
    assert len(changes()) == 10


def test_a_change_affects_at_most_five_files_and_all_of_them_exist() -> None:
    for change, (needed, optional) in changes().items():
        assert len(needed) <= 5, change
        files_named = [file for file in needed + optional if "NAME" not in file]
        assert not [file for file in files_named if not (ROOT / file).is_file()], change
