"""Two replicas behind nginx under load: a kill, a rolling release switch, a restart.

    python -m benchmarks.replicas --data DIR --other DIR [--seconds 300] [--clients 6]

starts two servers on copies of a release behind nginx, configured by ``deploy/nginx.conf``, while
clients request counts and a page without pause, by GET and POST. Meanwhile one replica is killed
with -9 and restarted, the release of ``--other`` is adopted by one replica after the other, and the
second replica is stopped and restarted. Every answer must be that of one release or the other. Then
it measures the throughput with one replica and with two.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx
import pyoxigraph as ox

from benchmarks.output import progress
from benchmarks.servers import free_port
from kg.rdf.vocabulary import UNV
from kg.release.adoption import adopt
from kg.release.release import Release, require_current

_CONFIGURATION: Final = Path(__file__).resolve().parents[1] / "deploy" / "nginx.conf"
_COUNTS: Final = f"""
SELECT (COUNT(DISTINCT ?event) AS ?events) (COUNT(DISTINCT ?statement) AS ?statements) WHERE {{
  {{ ?event a <{UNV.VotingEvent}> }} UNION {{ ?statement a <{UNV.Statement}> }} }}"""
_RELEASE: Final = re.compile(r"\b\d{8}T\d{6}\.\d+Z-[0-9a-f]{8}\b")
_ANSWERED: Final = re.compile(r"^kg_answers_total(?:{[^}]*})? [1-9]", re.MULTILINE)
#: When each event happens, as a share of the total time.
_KILL, _REVIVE, _FIRST, _SECOND, _STOP = 0.15, 0.25, 0.45, 0.6, 0.8
#: Seconds after the kill within which a failed request may have been running on that replica.
_IN_FLIGHT: Final = 1.0


@dataclass
class Seen:
    """Results of the clients: answers by release, and failures with their time."""

    answers: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[float, str]] = field(default_factory=list)
    killed: float = 0.0

    @property
    def in_flight(self) -> int:
        """The number of requests that were running on a replica when it was killed."""
        return sum(0 <= at - self.killed <= _IN_FLIGHT for at, _ in self.failures)

    @property
    def others(self) -> list[str]:
        """All other failures."""
        return [failure for at, failure in self.failures if not 0 <= at - self.killed <= _IN_FLIGHT]


class Replica:
    """A server with its own data folder, on a fixed port."""

    def __init__(self, folder: Path, source: Path, public_url: str) -> None:
        self.data = folder
        self.port = free_port()
        self._public_url = public_url
        adopt(self.data, source)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Its own address, bypassing nginx."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it is ready."""
        command = [sys.executable, "-m", "kg", "serve", "--data", str(self.data)]
        with tempfile.TemporaryFile() as log:
            self._process = subprocess.Popen(
                [*command, "--port", str(self.port)],
                env={"KG_PUBLIC_URL": self._public_url, "PATH": "/usr/bin:/bin"},
                stdout=log,
                stderr=log,
            )
        while True:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.address}/health", timeout=30).status_code == 200:
                    return
            if self._process.poll() is not None:
                raise RuntimeError(f"the replica on port {self.port} ended")
            time.sleep(0.1)

    def wait_until_asked(self) -> None:
        """Wait until it has answered a query, so that nginx no longer treats it as failed.

        Raises:
            RuntimeError: if it receives no query.
        """
        for _ in range(1800):
            metrics = httpx.get(f"{self.address}/metrics", timeout=30).text
            if _ANSWERED.search(metrics):
                return
            time.sleep(0.1)
        raise RuntimeError(f"the replica on port {self.port} receives no queries")

    def end(self, how: signal.Signals) -> None:
        """Send a signal to the process, and wait for its end."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait()


@contextlib.contextmanager
def behind_nginx(data: Path, number: int = 2) -> Iterator[tuple[str, list[Replica]]]:
    """Run replicas of a data folder behind nginx; yield its address and the replicas.

    Raises:
        RuntimeError: if nginx or a replica does not start.
    """
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        address = f"http://127.0.0.1:{port}"
        replicas = [Replica(folder / f"replica-{n}", data, address) for n in range(number)]
        text = _CONFIGURATION.read_text(encoding="utf-8").replace("127.0.0.1:8000", address[7:])
        for place, replica in zip((8001, 8002), replicas, strict=False):
            text = text.replace(f"127.0.0.1:{place}", f"127.0.0.1:{replica.port}")
        lines = [line for line in text.splitlines() if "127.0.0.1:8002" not in line]
        (folder / "nginx.conf").write_text("\n".join(lines), encoding="utf-8")
        nginx = None
        try:
            for replica in replicas:
                replica.start()
            command = ["nginx", "-c", str(folder / "nginx.conf"), "-p", name]
            nginx = subprocess.Popen([*command, "-g", "daemon off;"], stderr=subprocess.DEVNULL)
            _wait_for(address)
            yield address, replicas
        finally:
            if nginx is not None:
                nginx.terminate()
                nginx.wait()
            for replica in replicas:
                replica.end(signal.SIGKILL)


def _wait_for(address: str) -> None:
    for _ in range(100):
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{address}/health", timeout=30).status_code == 200:
                return
        time.sleep(0.1)
    raise RuntimeError("nginx does not answer")


def counts(release: Release) -> str:
    """Return the correct answer of a release to the query of the clients, as CSV."""
    solutions = release.open_store().query(_COUNTS)
    assert isinstance(solutions, ox.QuerySolutions)
    return ",".join(term.value for term in next(solutions) if term is not None)


def under_load(
    address: str,
    replicas: list[Replica],
    other: Path,
    seconds: float,
    clients: int,
    *,
    pause_seconds: float = 0,
) -> Seen:
    """Let clients send requests while replicas are killed, switched and restarted.

    After each request they pause for ``pause_seconds``.
    """
    first, second = replicas
    release_names = {
        counts(r): r.name for r in (require_current(first.data), require_current(other))
    }
    seen, over, begun = Seen(), threading.Event(), time.monotonic()

    def wait_until(part: float) -> None:
        over.wait(max(0.0, begun + part * seconds - time.monotonic()))

    with ThreadPoolExecutor(clients) as pool:
        asking = [
            pool.submit(_ask, address, release_names, seen, over, n, pause_seconds)
            for n in range(clients)
        ]
        try:
            wait_until(_KILL)
            progress("killing one replica with -9")
            seen.killed = time.monotonic()
            first.end(signal.SIGKILL)
            wait_until(_REVIVE)
            progress("restarting it")
            first.start()
            first.wait_until_asked()
            for part, replica in ((_FIRST, first), (_SECOND, second)):
                wait_until(part)
                progress(f"adopting the other release on port {replica.port}")
                adopt(replica.data, other)
            wait_until(_STOP)
            progress("stopping and restarting the other replica")
            second.end(signal.SIGTERM)
            second.start()
            wait_until(1.0)
        finally:
            over.set()
    for client in asking:
        client.result()
    return seen


def throughput(address: str, seconds: float, clients: int) -> float:
    """Return the number of new queries answered per second."""
    over = threading.Event()

    def ask(me: int) -> int:
        with httpx.Client(base_url=address, timeout=60) as client:
            for turn in itertools.count():
                if over.is_set():
                    return turn
                query = f"{_COUNTS} # {me} {turn} {seconds}"
                client.post("/sparql", data={"query": query}).raise_for_status()
        return 0

    with ThreadPoolExecutor(clients) as pool:
        begun = time.monotonic()
        asking = [pool.submit(ask, n) for n in range(clients)]
        time.sleep(seconds)
        over.set()
        return sum(client.result() for client in asking) / (time.monotonic() - begun)


def _ask(
    address: str,
    release_names: dict[str, str],
    seen: Seen,
    over: threading.Event,
    client_number: int,
    pause_seconds: float,
) -> None:
    """Send requests one after the other: counts by POST and by GET, and the front page."""
    with httpx.Client(base_url=address, timeout=60) as client:
        for turn in itertools.count():
            if over.wait(pause_seconds):
                return
            fields = {"query": f"{_COUNTS} # {client_number} {turn}", "format": "csv"}
            try:
                if turn % 3 == 0:
                    answer = client.get("/", headers={"Accept": "text/html"})
                    releases = set(_RELEASE.findall(answer.text))
                elif turn % 3 == 1:
                    answer = client.post("/sparql", data=fields)
                    releases = {release_names.get(answer.text.split()[-1], "unknown counts")}
                else:
                    answer = client.get("/sparql", params=fields)
                    releases = {release_names.get(answer.text.split()[-1], "unknown counts")}
            except httpx.HTTPError as error:
                seen.failures.append((time.monotonic(), repr(error)))
                continue
            if (
                answer.status_code == 200
                and len(releases) == 1
                and releases <= {*release_names.values()}
            ):
                seen.answers[releases.pop()] += 1
            else:
                problem = f"{answer.status_code}, {releases or answer.text[:80]}"
                seen.failures.append((time.monotonic(), problem))


def main() -> int:
    """Measure, and print a Markdown table; return 1 if a request failed unexpectedly."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--other", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--clients", type=int, default=6)
    arguments = parser.parse_args()
    if shutil.which("nginx") is None:
        parser.error("nginx is not installed")
    with behind_nginx(arguments.data) as (address, replicas):
        seen = under_load(address, replicas, arguments.other, arguments.seconds, arguments.clients)
        two = throughput(address, arguments.seconds / 10, arguments.clients)
    with behind_nginx(arguments.data, 1) as (address, _):
        alone = throughput(address, arguments.seconds / 10, arguments.clients)
    print("| measurement | value |\n|---|---|")
    for name, number in sorted(seen.answers.items()):
        print(f"| correct answers from release {name} | {number:,} |")
    print(f"| failed while running on the killed replica | {seen.in_flight} |")
    print(f"| failed otherwise, or mixed two releases | {len(seen.others)} |")
    print(f"| new queries per second, one replica | {alone:,.0f} |")
    print(f"| new queries per second, two replicas | {two:,.0f} ({two / alone:.2f} of one) |")
    for failure in seen.others[:20]:
        progress(failure)
    return int(bool(seen.others))


if __name__ == "__main__":
    sys.exit(main())
