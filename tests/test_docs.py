"""The documentation: its links, the pages made from the code, and the site."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
import yaml

from kg.cli.main import COMMANDS
from kg.settings import Settings
from tests.support import reference
from tests.support.paths import ROOT

DOCS = ROOT / "docs"
FILES = [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md")), *ROOT.glob(".github/*.md")]


def prose(path: Path) -> str:
    """Return the text of a page without its code."""
    text = path.read_text(encoding="utf-8")
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors(path: Path) -> set[str]:
    """Return the fragments of the headings of a page, as MkDocs and GitHub make them."""
    headings = re.findall(r"^#+ (.+)$", prose(path), re.MULTILINE)
    plain = (re.sub(r"[^\w\s-]", "", heading).strip().lower() for heading in headings)
    return {re.sub(r"\s+", "-", slug) for slug in plain}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_to_files_and_headings_that_exist(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(path)):
        if "://" in target:
            continue
        name, _, fragment = target.partition("#")
        file = path.parent / name if name else path
        assert file.exists(), target
        if fragment:
            assert fragment in anchors(file), target


def test_pages_of_the_site_link_to_nothing_outside_it() -> None:
    for path in DOCS.rglob("*.md"):
        for target in re.findall(r"\]\(([^)#\s]+)", prose(path)):
            if "://" not in target:
                assert (path.parent / target).resolve().is_relative_to(DOCS), (path, target)


def test_every_page_is_in_the_navigation() -> None:
    entries = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]

    def pages(entry: object) -> list[str]:
        if isinstance(entry, str):
            return [entry]
        assert isinstance(entry, dict | list)
        children = entry.values() if isinstance(entry, dict) else entry
        return [page for child in children for page in pages(child)]

    assert sorted(pages(entries)) == sorted(str(p.relative_to(DOCS)) for p in DOCS.rglob("*.md"))


@pytest.mark.parametrize("name", reference.PAGES)
def test_reference_pages_are_those_of_the_code(name: str) -> None:
    page = (reference.FOLDER / name).read_text(encoding="utf-8")
    assert page == reference.PAGES[name](), "run: python -m tests.support.reference"


def test_the_tutorial_shows_the_results_of_its_queries(embedded_store: ox.Store) -> None:
    text = (DOCS / "tutorial" / "index.md").read_text(encoding="utf-8")
    prefixes = re.search(r"```text\n(PREFIX.*?)```", text, re.DOTALL)
    assert prefixes is not None
    steps = re.findall(r"```sparql\n(.*?)```\n\n```csv\n(.*?)```", text, re.DOTALL)
    assert len(steps) == 10
    for query, shown in steps:
        solutions = embedded_store.query(prefixes[1] + query)
        assert isinstance(solutions, ox.QuerySolutions)
        result = solutions.serialize(format=ox.QueryResultsFormat.CSV)
        assert result is not None
        assert result.decode().replace("\r\n", "\n") == shown, query


def test_every_command_and_setting_is_documented() -> None:
    commands = (reference.FOLDER / "cli.md").read_text(encoding="utf-8")
    settings = (reference.FOLDER / "settings.md").read_text(encoding="utf-8")
    assert all(f"## kg {name}\n" in commands for name in COMMANDS)
    assert all(f"`KG_{name.upper()}`" in settings for name in [*Settings.model_fields, "settings"])


def test_the_changelog_has_the_form_of_keep_a_changelog() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE)[0] == "[Unreleased]"
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert set(re.findall(r"^### (.+)$", text, re.MULTILINE)) <= kinds


def test_the_site_builds_without_warnings(tmp_path: Path) -> None:
    if importlib.util.find_spec("mkdocs") is None or importlib.util.find_spec("material") is None:
        pytest.skip("MkDocs Material is not installed; the docs extra has it")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    for page in ("index.html", "tutorial/index.html", "reference/cli/index.html"):
        assert (tmp_path / page).is_file()
