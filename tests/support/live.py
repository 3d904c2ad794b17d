"""A real server in a separate process, used by all tests of the service."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import httpx

from kg.web.pages import preparation
from tests.support.processes import PROCESSES, run


@dataclass(frozen=True)
class Serving:
    """A running server: its address, its process, and the file of its standard error."""

    address: str
    process: ForkServerProcess
    log: Path | None

    @property
    def port(self) -> int:
        """The port on which it listens."""
        return int(self.address.rpartition(":")[2])

    @property
    def pid(self) -> int:
        """The number of its process."""
        assert self.process.pid is not None
        return self.process.pid

    def logged(self) -> str:
        """Return its standard error so far."""
        assert self.log is not None
        return self.log.read_text(encoding="utf-8", errors="replace")


def serving(
    data: Path, log: Path | None = None, **given: object
) -> AbstractContextManager[Serving]:
    """Run ``kg serve`` on a data folder, with only the given settings (``KG_...``).

    No pages are prepared: that takes longer than the start, and its queries would use the processes
    that tests of the engine count.
    """
    return _serving(_run_without_preparation, data, log, given)


def serving_prepared_pages(data: Path, **given: object) -> AbstractContextManager[Serving]:
    """Run ``kg serve`` as it runs for users."""
    return _serving(run, data, None, given)


@contextmanager
def _serving(
    target: Callable[..., None], data: Path, log: Path | None, given: Mapping[str, object]
) -> Iterator[Serving]:
    port = _free_port()
    arguments = (_command(data, port), _settings(given), None, None, log)
    process = PROCESSES.Process(target=target, args=arguments)
    process.start()
    server = Serving(f"http://127.0.0.1:{port}", process, log)
    try:
        _wait(server.address, process.is_alive)
        yield server
    finally:
        process.kill()
        process.join()


@contextmanager
def serving_from(installation: Path, data: Path) -> Iterator[str]:
    """Run the ``kg serve`` of another installation, the parent of its package; give its address."""
    port = _free_port()
    environment = _settings({"PYTHONPATH": installation, "PYTHONSAFEPATH": 1})
    command = [sys.executable, "-m", *_command(data, port)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address, lambda: process.poll() is None)
            yield address
        finally:
            process.kill()


def _run_without_preparation(*arguments: Any) -> None:
    vars(preparation)["PREPARATION_INTERVAL_SECONDS"] = 86_400
    run(*arguments)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _command(data: Path, port: int) -> list[str]:
    return ["kg", "serve", "--data", str(data), "--port", str(port)]


def _settings(given: Mapping[str, object]) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    return inherited | {name: str(value) for name, value in given.items()}


def _wait(address: str, is_alive: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline and is_alive():
        with contextlib.suppress(httpx.TransportError):
            httpx.get(f"{address}/health")
            return
        time.sleep(0.1)
    raise AssertionError("the server did not start within three minutes")
