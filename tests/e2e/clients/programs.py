"""Clients that are programs: curl, R with httr2, and three packages of npm in Node.js."""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from tests.e2e.clients.python_clients import each, size_of
from tests.e2e.clients.trials import GRAPHS, RESULTS, Client, Run, Trial, trials
from tests.support import npm

_HERE: Final = Path(__file__).parent
_R_PACKAGES: Final = "r-base-core, r-cran-httr2 and r-cran-jsonlite"
#: Seconds for all trials of a program, which start with its own start.
_TIMEOUT_SECONDS: Final = 300
#: The clients that are packages of npm, with the name of the package.
_PACKAGES: Final = {
    "Comunica": "@comunica/query-sparql",
    "fetch-sparql-endpoint": "fetch-sparql-endpoint",
    "sparql-http-client": "sparql-http-client",
}


def _curl(trial: Trial, endpoint: str) -> int:
    command = ["curl", "--silent", "--show-error", "--fail-with-body", endpoint]
    command += ["--header", f"Accept: {trial.media_type}"]
    if trial.method == "DIRECT":
        command += [
            "--header",
            "Content-Type: application/sparql-query",
            "--data-binary",
            trial.query,
        ]
    else:
        command += ["--data-urlencode", f"query={trial.query}"]
    if trial.method == "GET":
        command.append("--get")
    completed = subprocess.run(command, capture_output=True, check=True, timeout=_TIMEOUT_SECONDS)
    return size_of(completed.stdout, trial)


def _program(command: Callable[[], Sequence[str | Path]]) -> Run:
    """Return a function that runs trials in a program: JSON on standard input and output."""

    def run(endpoints: dict[Trial, str]) -> dict[Trial, int | str]:
        entries = [
            {
                "key": trial.key,
                "client": trial.client,
                "operation": trial.operation,
                "format": trial.format,
                "accept": trial.media_type,
                "method": trial.method,
                "endpoint": endpoint,
                "query": trial.query,
            }
            for trial, endpoint in endpoints.items()
        ]
        completed = subprocess.run(
            command(), input=json.dumps(entries), capture_output=True, text=True, check=False,
            timeout=_TIMEOUT_SECONDS,
        )  # fmt: skip
        lines = [json.loads(line) for line in completed.stdout.splitlines() if line.strip()]
        sizes = {line["key"]: line["size"] for line in lines}
        failed = f"the program ended: {' '.join(completed.stderr.split())[:120]}"
        return {trial: sizes.get(trial.key, failed) for trial in endpoints}

    return run


@functools.cache
def _installed() -> tempfile.TemporaryDirectory[str]:
    """Return a folder with the clients of npm; it is removed when the process ends.

    Raises:
        UnavailableError: if they cannot be installed.
    """
    folder = tempfile.TemporaryDirectory(prefix="clients-")
    for name in ("package.json", "node_clients.js"):
        shutil.copy(_HERE / name, folder.name)
    npm.install(Path(folder.name))
    return folder


def _modules() -> Path:
    return Path(_installed().name)


def _missing_modules() -> str:
    try:
        _modules()
    except npm.UnavailableError as error:
        return str(error)
    return ""


def _missing_r() -> str:
    if not shutil.which("Rscript"):
        return f"R is not installed; Debian's packages are {_R_PACKAGES}"
    code = "library(httr2); library(jsonlite)"
    check = subprocess.run(["Rscript", "-e", code], capture_output=True, check=False)
    return "" if check.returncode == 0 else f"R lacks a package; Debian's are {_R_PACKAGES}"


def _module_version(package: str) -> str:
    manifest = _modules() / "node_modules" / package / "package.json"
    return str(json.loads(manifest.read_text(encoding="utf-8"))["version"])


def _output(*command: str) -> Callable[[], str]:
    """Return a function that returns the first words of the output of a command."""
    return lambda: subprocess.run(command, capture_output=True, text=True, check=True).stdout


CURL: Final = Client(
    "curl",
    lambda: _output("curl", "--version")().split()[1],
    trials(
        "curl",
        {
            "SELECT": RESULTS,
            "ASK": ("json", "xml", "csv", "tsv"),
            "CONSTRUCT": GRAPHS,
            "DESCRIBE": GRAPHS,
        },
        ("GET", "POST", "DIRECT"),
    ),
    each(_curl),
    lambda: "" if shutil.which("curl") else "curl is not installed",
)
R: Final = Client(
    "R, httr2",
    _output("Rscript", "-e", 'cat(as.character(packageVersion("httr2")))'),
    trials(
        "R, httr2",
        {
            "SELECT": ("csv", "tsv", "json"),
            "ASK": ("json",),
            "CONSTRUCT": ("ntriples",),
            "DESCRIBE": ("ntriples",),
        },
        ("GET", "POST"),
    ),
    _program(lambda: ["Rscript", _HERE / "r_client.R"]),
    _missing_r,
)
_METHODS: Final = {
    "Comunica": ("",),
    "fetch-sparql-endpoint": ("GET", "POST"),
    "sparql-http-client": ("GET", "POST", "DIRECT"),
}
NODE: Final = tuple(
    Client(
        name,
        functools.partial(_module_version, package),
        trials(
            name,
            dict.fromkeys(("SELECT", "ASK", "CONSTRUCT", "DESCRIBE"), ("",)),
            _METHODS[name],
        ),
        _program(lambda: [npm.node(), _modules() / "node_clients.js"]),
        _missing_modules,
    )
    for name, package in _PACKAGES.items()
)
