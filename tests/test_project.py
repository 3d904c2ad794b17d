"""The project: licences of dependencies, layers, the wheel, README and data licence."""

from __future__ import annotations

import csv
import importlib.util
import os
import re
import subprocess
import sys
import zipfile
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from kg.resources import DATA
from tests.support.paths import ROOT

#: Permissive licences by SPDX name, and as worded in older packages; OFL is that of fonts.
PERMISSIVE = re.compile(
    r"\b(MIT(-0)?|BSD|0BSD|Apache|ISC|PSF|Python Software Foundation|Unlicense|W3C|CC0|Zlib|"
    r"HPND|OFL|MPL[- ]2\.0|Mozilla Public License 2\.0)\b|James Graham",
    re.IGNORECASE,
)
COPYLEFT = re.compile(r"\b(A|L)?GPL|GNU|SSPL|CC-BY-NC|Commons Clause", re.IGNORECASE)


def dependencies(name: str, extras: tuple[str, ...]) -> set[str]:
    """Return the names of all distributions installed as dependencies of a distribution."""
    names: set[str] = set()
    todo = [(name, extras)]
    while todo:
        current, current_extras = todo.pop()
        for text in distribution(current).requires or ():
            requirement = Requirement(text)
            marker = requirement.marker
            if marker and not any(marker.evaluate({"extra": e}) for e in ("", *current_extras)):
                continue
            try:
                distribution(requirement.name)
            except PackageNotFoundError:
                continue  # an extra that is not installed here
            key = requirement.name.lower()
            if key not in names:
                names.add(key)
                todo.append((requirement.name, tuple(requirement.extras)))
    return names - {name}


def licence(package: Distribution) -> str:
    """Return all statements on the licence in the metadata of a package."""
    metadata = package.metadata.json
    texts = [str(metadata.get("license_expression", "")), str(metadata.get("license", ""))[:300]]
    texts += [str(c) for c in metadata.get("classifier", ()) if str(c).startswith("License")]
    return " | ".join(text for text in texts if text)


def test_every_dependency_is_permissively_licensed() -> None:
    try:
        names = dependencies("un-votes-kg", ("test", "dev", "docs"))
    except PackageNotFoundError:
        pytest.skip("the package is not installed, so its dependencies cannot be listed")
    assert {"pyoxigraph", "rdflib", "fastapi", "pytest"} <= names
    for name in sorted(names):
        stated = licence(distribution(name))
        # One permissive licence of a choice ("MIT OR Apache-2.0") is enough, but never with GPL.
        assert PERMISSIVE.search(stated), f"{name}: {stated or 'no licence in its metadata'}"
        assert not COPYLEFT.search(stated), f"{name}: {stated}"


def test_the_import_contracts_are_kept() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()"]
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_readme_has_two_commands() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^python3 -m venv .*$", text, re.MULTILINE)
    assert len(commands) == 2
    assert commands[0].endswith("kg serve")
    assert text.index("pytest") == text.index(commands[1]) + commands[1].index("pytest")


def test_the_data_licence_lists_every_source() -> None:
    text = (ROOT / "DATA-LICENSE").read_text(encoding="utf-8")
    with (DATA / "sources.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            entry = text.split(f"\n\n{row['key']}\n")
            assert len(entry) == 2, row["key"]
            for column in ("title", "publisher", "licence", "address"):
                assert row[column] in entry[1].split("\n\n")[0], (row["key"], column)


def test_nothing_names_a_machine_or_a_registry() -> None:
    names = subprocess.run(
        ["git", "ls-files"], capture_output=True, text=True, cwd=ROOT, check=False
    ).stdout.split()
    if not names:
        pytest.skip("not a git checkout")
    forbidden = re.compile(
        "pypi" + r"\.org|npmjs" + r"\.|/ho" + "me/|/ro" + "ot/|deb" + r"ian\.org"
    )
    for name in names:
        content = (ROOT / name).read_text(encoding="utf-8", errors="replace")
        assert not forbidden.search(content), name
        if name != ".ci/run":
            assert "shared" + "/data" not in content, name


def test_the_wheel_works_in_an_empty_folder(tmp_path: Path, embedded: Path) -> None:
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("hatchling is not installed; the dev extra has it")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    assert (tmp_path / "site" / "kg" / "py.typed").is_file()
    work = tmp_path / "work"
    work.mkdir()
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "site")}
    environment.pop("KG_DATA", None)

    def kg(*arguments: str) -> str:
        result = subprocess.run(
            [sys.executable, "-P", "-m", "kg", *arguments],
            cwd=work,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stderr
        return result.stdout

    kg("build", "--source", "states", "--source", "proposals")
    assert (work / "kg-data" / "current").is_file()
    assert "141" in kg("query", "tally", "--format", "csv", "--data", str(embedded))
    script = "import kg; print(kg.__file__)"
    result = subprocess.run(
        [sys.executable, "-P", "-c", script], env=environment, capture_output=True, text=True,
        check=True, cwd=work,
    )  # fmt: skip
    assert str(tmp_path) in result.stdout
