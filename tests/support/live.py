"""A real server in a separate process, used by all tests of the service."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx


@dataclass(frozen=True)
class Serving:
    """A running server: its address, its process, and the file of its standard error."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path | None

    @property
    def port(self) -> int:
        """The port on which it listens."""
        return int(self.address.rpartition(":")[2])

    def logged(self) -> str:
        """Return its standard error so far."""
        assert self.log is not None
        return self.log.read_text(encoding="utf-8", errors="replace")


@contextmanager
def serving(data: Path, log: Path | None = None, **settings: object) -> Iterator[Serving]:
    """Run ``kg serve`` on a data folder, with only the given settings (``KG_...``)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "kg", "serve", "--data", str(data), "--port", str(port)]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("KG_")}
    variables = {name: str(value) for name, value in settings.items()}
    with (log or Path(os.devnull)).open("wb") as stream:
        process = subprocess.Popen(
            command, env=inherited | variables, stdout=subprocess.DEVNULL, stderr=stream
        )
    server = Serving(f"http://127.0.0.1:{port}", process, log)
    try:
        _wait(server)
        yield server
    finally:
        process.kill()
        process.wait()


def _wait(server: Serving) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline and server.process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            httpx.get(f"{server.address}/health")
            return
        time.sleep(0.1)
    raise AssertionError("the server did not start within three minutes")
