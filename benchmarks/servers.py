"""The servers under test, what they take of the machine, and a plain client to ask them."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

JSON: Final = "application/sparql-results+json"
_ROOT: Final = Path(__file__).resolve().parents[1]
_START_SECONDS: Final = 60.0
_ENGINE: Final = re.compile(rb"\r\nkg-engine: *(\w+)", re.IGNORECASE)
_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Reply:
    """A whole answer."""

    status: int
    body: bytes
    #: What our server says answered.
    engine: str = ""


class BrokenAnswerError(Exception):
    """The connection ended before the answer did."""


class Wire:
    """One kept-alive connection that posts queries, with as little work of its own as can be.

    A client library takes longer for a short request than either server, and would hide the
    difference between them.
    """

    def __init__(self, server: Server, timeout: float = 60.0) -> None:
        self._server = server
        self._timeout = timeout
        self._socket: socket.socket | None = None
        self._closed = False

    def ask(self, query: str, accept: str = JSON) -> Reply:
        """Send a query and return the whole answer.

        Raises:
            BrokenAnswerError: if the connection ends first.
            OSError: if there is no connection, or no byte within the timeout.
        """
        media_type, body = "application/sparql-query", query.encode()
        if self._server.graph:
            media_type = "application/x-www-form-urlencoded"
            fields = {"query": query, "default-graph-uri": self._server.graph}
            body = urllib.parse.urlencode(fields).encode()
        head = (
            f"POST {self._server.path} HTTP/1.1\r\nHost: 127.0.0.1:{self._server.port}\r\n"
            f"Content-Type: {media_type}\r\nAccept: {accept}\r\n"
            f"Accept-Encoding: identity\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        try:
            connection = self._connected()
            connection.sendall(head.encode() + body)
            return _read(connection)
        except (OSError, BrokenAnswerError):
            self._drop()
            raise

    def close(self) -> None:
        """Close the connection, for a thread that waits on it too."""
        self._closed = True
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _connected(self) -> socket.socket:
        if self._closed:
            raise OSError("closed")
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._server.port), self._timeout)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket

    def _drop(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _read(connection: socket.socket) -> Reply:
    """Read one answer: with a length, in chunks, or up to the end of the connection."""
    buffer = bytearray()
    while (end := buffer.find(b"\r\n\r\n")) < 0:
        _more(connection, buffer)
    head = bytes(buffer[: end + 2])
    status = int(head[9:12])
    engine = found[1].decode() if (found := _ENGINE.search(head)) else ""
    del buffer[: end + 4]
    if found := _LENGTH.search(head):
        length = int(found[1])
        while len(buffer) < length:
            _more(connection, buffer)
        return Reply(status, bytes(buffer), engine)
    if b"chunked" not in head.lower():
        return Reply(status, b"")
    body = bytearray()
    while True:
        while (line := buffer.find(b"\r\n")) < 0:
            _more(connection, buffer)
        size = int(bytes(buffer[:line]).split(b";")[0], 16)
        while len(buffer) < line + size + 4:
            _more(connection, buffer)
        body += buffer[line + 2 : line + 2 + size]
        del buffer[: line + size + 4]
        if not size:
            return Reply(status, bytes(body), engine)


def _more(connection: socket.socket, buffer: bytearray) -> None:
    received = connection.recv(1 << 16)
    if not received:
        raise BrokenAnswerError("the connection ended before the answer did")
    buffer += received


@dataclass(frozen=True)
class Server:
    """A server that runs."""

    name: str
    port: int
    path: str
    pid: int
    #: Where its facts are, for a server that has none without a name and takes queries as a form.
    graph: str = ""

    @property
    def url(self) -> str:
        """The address of its SPARQL endpoint."""
        return f"http://127.0.0.1:{self.port}{self.path}"

    def workers(self) -> list[int]:
        """Return the process ids of its children that are alive."""
        with contextlib.suppress(OSError):
            children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text("ascii")
            return [pid for pid in map(int, children.split()) if resident(pid)]
        return []

    def memory(self) -> int:
        """Return the MiB that server and workers take together now (VmRSS)."""
        return resident(self.pid) + sum(map(resident, self.workers()))

    def peak(self) -> int:
        """Return the most MiB that the server's own process took since ``forget_peak`` (VmHWM)."""
        return _status(self.pid, "VmHWM")

    def forget_peak(self) -> None:
        """Begin to measure the peak anew (proc(5), clear_refs)."""
        with contextlib.suppress(OSError):
            Path(f"/proc/{self.pid}/clear_refs").write_text("5", "ascii")


def resident(pid: int) -> int:
    """Return the MiB a process takes now, 0 if there is none."""
    return _status(pid, "VmRSS")


def computed(pid: int) -> int:
    """Return the ticks of processor time a process has used, 0 if there is none."""
    with contextlib.suppress(OSError):
        after_name = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return int(after_name[11]) + int(after_name[12])
    return 0


def _status(pid: int, field: str) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) // 1024
    return 0


def find_oxigraph() -> str | None:
    """Return where the program ``oxigraph`` is, beside this Python or on the path."""
    beside = Path(sys.executable).parent / "oxigraph"
    return str(beside) if beside.is_file() else shutil.which("oxigraph")


#: Starts a server afresh, with a time limit for queries in seconds.
Start = Callable[[int], AbstractContextManager[Server]]


@contextlib.contextmanager
def ours(
    data: Path, seconds: int, *, columnar: bool = True, more: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Run ``python -m kg serve`` with a time limit for queries, and without columns if wanted.

    ``more`` are other settings, as variables of the environment.
    """
    port = free_port()
    command = [sys.executable, "-m", "kg", "serve", "--data", str(data), "--port", str(port)]
    settings = {"KG_QUERY_TIMEOUT": str(seconds), "KG_COLUMNAR": str(int(columnar))}
    settings |= more or {}
    with running("ours", "/sparql", port, command, settings) as server:
        yield server


@contextlib.contextmanager
def oxigraph(program: str, store: Path, seconds: int) -> Iterator[Server]:
    """Run ``oxigraph serve-read-only`` on a store, with a time limit for queries."""
    port = free_port()
    command = [program, "serve-read-only", "--location", str(store)]
    command += ["--bind", f"127.0.0.1:{port}", "--timeout-s", str(seconds)]
    with running("oxigraph", "/query", port, command, {}) as server:
        yield server


@contextlib.contextmanager
def running(
    name: str,
    path: str,
    port: int,
    command: list[str],
    settings: dict[str, str],
    graph: str = "",
) -> Iterator[Server]:
    """Run a server until the context ends, and end it with all its processes, however that comes.

    Raises:
        RuntimeError: if it does not answer.
    """
    # Settings of whoever runs this must not change what is measured.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("KG_")} | settings
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command,
            cwd=_ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            server = Server(name, port, path, process.pid, graph)
            if not _answers(server, process):
                log.seek(0)
                told = log.read(2000).decode(errors="replace")
                raise RuntimeError(f"{' '.join(command)} does not answer: {told}")
            yield server
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _answers(server: Server, process: subprocess.Popen[bytes]) -> bool:
    wire = Wire(server, timeout=10)
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError, BrokenAnswerError):
            if wire.ask("ASK { ?s ?p ?o }").status == 200:
                wire.close()
                return True
        time.sleep(0.05)
    return False


def free_port() -> int:
    """Return a port nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
