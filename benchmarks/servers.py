"""The servers under test: starting them, and measuring their use of the machine."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.client import BrokenAnswerError, Connection

_ROOT: Final = Path(__file__).resolve().parents[1]
#: Seconds within which a server must answer its first query.
_START_TIMEOUT: Final = 60.0


@dataclass(frozen=True)
class Server:
    """A running server."""

    name: str
    port: int
    path: str
    pid: int
    #: The graph to query, for a server without a default graph that takes queries as a form.
    graph: str = ""

    @property
    def url(self) -> str:
        """The address of its SPARQL endpoint."""
        return f"http://127.0.0.1:{self.port}{self.path}"

    def workers(self) -> list[int]:
        """Return the process ids of our live workers, which another process forks."""
        forked = (pid for child in children(self.pid) for pid in children(child))
        return [pid for pid in forked if resident(pid)]

    def memory(self) -> int:
        """Return the MiB that the server and its processes use now (VmRSS)."""
        return sum(map(resident, family(self.pid)))

    def ticks(self) -> int:
        """Return the clock ticks that the server and all its processes have used."""
        return sum(cpu_ticks(pid) + ended_cpu_ticks(pid) for pid in family(self.pid))

    def peak(self) -> int:
        """Return the peak MiB of the server's own process since ``reset_peak`` (VmHWM)."""
        return _status(self.pid, "VmHWM")

    def reset_peak(self) -> None:
        """Reset the measurement of the peak (proc(5), clear_refs)."""
        with contextlib.suppress(OSError):
            Path(f"/proc/{self.pid}/clear_refs").write_text("5", "ascii")


def family(pid: int) -> list[int]:
    """Return a process and all its descendants."""
    return [pid, *(member for child in children(pid) for member in family(child))]


def children(pid: int) -> list[int]:
    """Return the processes that a process has started and not yet waited for."""
    pids: list[int] = []
    # Threads end, and so may the process.
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                pids += map(int, task.read_text("ascii").split())
    return pids


def resident(pid: int) -> int:
    """Return the MiB that a process uses now, 0 if it does not exist."""
    return _status(pid, "VmRSS")


def cpu_ticks(pid: int) -> int:
    """Return the clock ticks that a process has used, 0 if it does not exist."""
    with contextlib.suppress(OSError):
        after_name = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return int(after_name[11]) + int(after_name[12])
    return 0


def ended_cpu_ticks(pid: int) -> int:
    """Return the clock ticks that the ended children of a process have used."""
    with contextlib.suppress(OSError):
        after_name = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return int(after_name[13]) + int(after_name[14])
    return 0


def _status(pid: int, field: str) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) // 1024
    return 0


def find_oxigraph() -> str | None:
    """Return the path of the program ``oxigraph``, beside this Python or on the search path."""
    beside = Path(sys.executable).parent / "oxigraph"
    return str(beside) if beside.is_file() else shutil.which("oxigraph")


#: Starts a new server, with a time limit for queries in seconds.
Start = Callable[[int], AbstractContextManager[Server]]


@contextlib.contextmanager
def ours(
    data: Path, seconds: int, *, columnar: bool = True, settings: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """Run ``python -m kg serve`` with a time limit for queries, with or without columns.

    ``settings`` are further settings as environment variables.
    """
    port = free_port()
    command = [sys.executable, "-m", "kg", "serve", "--data", str(data), "--port", str(port)]
    environment = {"KG_QUERY_TIMEOUT": str(seconds), "KG_COLUMNAR": str(int(columnar))}
    environment |= settings or {}
    with running("ours", "/sparql", port, command, environment) as server:
        yield server


@contextlib.contextmanager
def oxigraph(program: str, store: Path, seconds: int) -> Iterator[Server]:
    """Run ``oxigraph serve-read-only`` on a store, with a time limit for queries."""
    with _oxigraph(program, "serve-read-only", store, "--timeout-s", str(seconds)) as server:
        yield server


@contextlib.contextmanager
def oxigraph_writable(program: str, store: Path) -> Iterator[Server]:
    """Run ``oxigraph serve`` on a store; an empty folder gets a new store."""
    with _oxigraph(program, "serve", store) as server:
        yield server


@contextlib.contextmanager
def _oxigraph(program: str, command: str, store: Path, *options: str) -> Iterator[Server]:
    port = free_port()
    arguments = [program, command, "--location", str(store), "--bind", f"127.0.0.1:{port}"]
    with running("oxigraph", "/query", port, [*arguments, *options], {}) as server:
        yield server


def load_oxigraph(program: str, store: Path, files: Iterable[Path]) -> None:
    """Load files into the default graph of a store.

    Raises:
        subprocess.CalledProcessError: if one cannot be loaded.
    """
    command = [program, "load", "--location", str(store)]
    for file in files:
        command += ["--file", str(file)]
    subprocess.run(command, check=True, capture_output=True)


@contextlib.contextmanager
def running(
    name: str,
    path: str,
    port: int,
    command: list[str],
    settings: dict[str, str],
    graph: str = "",
) -> Iterator[Server]:
    """Run a server within the context; then kill it with all its processes.

    Raises:
        RuntimeError: if it does not answer.
    """
    # The settings of the caller must not affect the measurement.
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
            if not _is_ready(server, process):
                log.seek(0)
                output = log.read(2000).decode(errors="replace")
                raise RuntimeError(f"{' '.join(command)} does not answer: {output}")
            yield server
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _is_ready(server: Server, process: subprocess.Popen[bytes]) -> bool:
    connection = Connection(server, timeout=10)
    deadline = time.monotonic() + _START_TIMEOUT
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError, BrokenAnswerError):
            if connection.query("ASK { ?s ?p ?o }").status == 200:
                connection.close()
                return True
        time.sleep(0.05)
    return False


def free_port() -> int:
    """Return a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
