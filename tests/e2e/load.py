"""Load on a running server: long queries through every route, or connections that send nothing.

    python -m tests.e2e.load http://127.0.0.1:8000 --pid PID [--seconds 300]

lets eight clients send long queries while others read pages and look up facts, then keeps 300 idle
and 300 slow connections open beside readers. It prints what the readers saw, and what the server
process used. Start the server with ``KG_RATE_LIMIT=1000000/minute``.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import random
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx

from kg.rdf.vocabulary import PREFIXES
from tests.support.load import worker_processes

UNV = f"PREFIX unv: <{PREFIXES['unv']}> "
#: Queries that compute until their time limit, or return much.
_LONG = (
    UNV + "SELECT (COUNT(*) AS ?n) { ?a unv:castBy ?b . ?c unv:castBy ?d . ?e unv:castBy ?f }",
    UNV + "SELECT ?a ?e { ?a unv:castBy ?b . ?d unv:castBy ?e } LIMIT 200000",
    UNV + "SELECT ?s (COUNT(*) AS ?n) { ?a unv:event ?e ; unv:castBy ?s . ?b unv:event ?e } "
    "GROUP BY ?s",
)
_STATES = ("IND", "CHN", "USA", "RUS", "FRA", "GBR", "BRA", "ZAF", "EGY", "MEX", "NGA", "JPN")
_TOPICS = ("/", "/states", "/topics", "/proposals", "/compare", "/queries", "/maps", "/releases")
_TIMEOUT_SECONDS = 300.0
_CLIENTS = itertools.count()
#: A name, what yields the paths that a client requests, and the number of clients.
_Kind = tuple[str, Callable[[int], Iterator[str]], int]


@dataclass
class Seen:
    """The answers that some clients got: seconds of good ones, and what the others were."""

    seconds: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)

    def p95(self) -> float:
        """Return the seconds within which 95 percent of the answers arrived."""
        ordered = sorted(self.seconds)
        return ordered[int(len(ordered) * 0.95)] if ordered else float("inf")

    def __str__(self) -> str:
        worst = max(self.seconds, default=float("inf"))
        return (
            f"{sum(self.statuses.values()):,} requests, statuses {dict(self.statuses)}, "
            f"p95 {self.p95():.3f} s, longest {worst:.3f} s, failures {dict(self.failures)}"
        )


def _long_requests(client: int) -> Iterator[str]:
    """Yield paths of long requests, none of which is answered from a cache."""
    chooser = random.Random(client)
    for number in itertools.count():
        query = quote(f"{chooser.choice(_LONG)} # {client}-{number}")
        states = chooser.sample(_STATES, 2)
        years = f"from={chooser.randint(1946, 1980)}&until={chooser.randint(1981, 2020)}"
        yield chooser.choice(
            (
                f"/run?query={query}",
                f"/run?part=result&query={query}",
                f"/sparql?query={query}",
                f"/queries/similar-voters?state={states[0]}",
                f"/queries/agreement-matrix?format=csv&x={number}",
                f"/compare?states={','.join(states)}&{years}",
                f"/page/state/{states[1]}?{years}",
            )
        )


def _pages(client: int) -> Iterator[str]:
    chooser = random.Random(1000 + client)
    for number in itertools.count():
        yield chooser.choice((*_TOPICS, f"/page/state/{chooser.choice(_STATES)}",
                              f"/search?q={chooser.choice(_STATES)}{number}",
                              "/page/event/A-RES-ES-11-6"))  # fmt: skip


def _lookups(client: int) -> Iterator[str]:
    for number in itertools.count():
        query = (
            f"{UNV}SELECT ?yes {{ ?e unv:decides/unv:symbol 'A/RES/ES-11/6' ; unv:yesCount ?yes }}"
        )
        yield f"/sparql?query={quote(f'{query} # {client}-{number}')}"


def _client(
    address: str, paths: Iterator[str], seen: Seen, over: threading.Event, *, may_be_limited: bool
) -> None:
    """Send requests until the end."""
    # The server serves clients in turn; this machine is a proxy that it trusts.
    name = f"198.51.100.{1 + next(_CLIENTS) % 250}"
    headers = {"Accept": "text/html, */*;q=0.1", "X-Forwarded-For": name}
    with httpx.Client(timeout=_TIMEOUT_SECONDS, headers=headers) as http:
        while not over.is_set():
            path, started = next(paths), time.monotonic()
            try:
                response = http.get(address + path)
            except httpx.HTTPError as error:
                # A long response ends with a broken connection at the time limit.
                if not (may_be_limited and isinstance(error, httpx.RemoteProtocolError)):
                    seen.failures[f"{type(error).__name__} {path[:40]}"] += 1
                continue
            seen.seconds.append(time.monotonic() - started)
            seen.statuses[response.status_code] += 1
            allowed = {200, 503} if may_be_limited else {200}
            if response.status_code not in allowed:
                seen.failures[f"{response.status_code} {path[:60]}"] += 1


def long_queries(address: str, seconds: float) -> dict[str, Seen]:
    """Let eight clients send long queries; return what they and the readers saw."""
    over, seen = threading.Event(), {name: Seen() for name in ("long", "pages", "lookups")}
    kinds: list[_Kind] = [
        ("long", _long_requests, 8),
        ("pages", _pages, 2),
        ("lookups", _lookups, 2),
    ]
    _run(list(_clients(address, kinds, seen, over)), seconds, over)
    return seen


def _clients(
    address: str, kinds: Iterable[_Kind], seen: dict[str, Seen], over: threading.Event
) -> Iterator[threading.Thread]:
    """Yield a thread for each client."""
    for name, paths, clients in kinds:
        for number in range(clients):
            yield threading.Thread(
                target=_client,
                args=(address, paths(number), seen[name], over),
                kwargs={"may_be_limited": name == "long"},
            )


def _run(threads: list[threading.Thread], seconds: float, over: threading.Event) -> None:
    """Let threads run for a time, and wait for their end."""
    for thread in threads:
        thread.start()
    time.sleep(seconds)
    over.set()
    for thread in threads:
        thread.join()


def idle_connections(address: str, seconds: float, number: int = 300) -> dict[str, Seen]:
    """Keep as many idle and as many slow connections open; return what readers saw."""
    over, seen = threading.Event(), {name: Seen() for name in ("pages", "lookups")}
    parts = urlsplit(address)
    host = (parts.hostname or "", parts.port or 80)

    def hold() -> None:
        with ExitStack() as stack:
            connections: list[socket.socket | None] = [None] * (2 * number)
            while not over.is_set():
                for index, connection in enumerate(connections):
                    try:
                        if connection is None:
                            new = stack.enter_context(socket.create_connection(host, 30))
                            connections[index] = new
                            if index % 2:
                                new.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
                        elif index % 2:
                            connection.sendall(b"x")
                        else:
                            connection.setblocking(False)
                            with contextlib.suppress(BlockingIOError):
                                if not connection.recv(1000):
                                    connections[index] = None
                    except OSError:
                        connections[index] = None
                over.wait(1)

    kinds: list[_Kind] = [("pages", _pages, 4), ("lookups", _lookups, 4)]
    readers = _clients(address, kinds, seen, over)
    _run([threading.Thread(target=hold), *readers], seconds, over)
    return seen


def descriptors(pid: int) -> int:
    """Return how many files a process has open."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def peak_mib(pid: int) -> int:
    """Return the peak memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


def main() -> None:
    """Put both kinds of load on a server."""
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.load", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("url", metavar="URL", help="the address of the server")
    parser.add_argument("--pid", type=int, required=True, help="its process")
    parser.add_argument("--seconds", type=float, default=300, help="of each kind of load")
    options = parser.parse_args()
    address = options.url.rstrip("/")
    before = (len(worker_processes(options.pid)), descriptors(options.pid))
    failures = 0
    for load in (long_queries, idle_connections):
        print(f"{load.__name__}, {options.seconds:g} s")
        for name, seen in load(address, options.seconds).items():
            failures += sum(seen.failures.values())
            print(f"  {name}: {seen}", flush=True)
        time.sleep(20)
        after = (len(worker_processes(options.pid)), descriptors(options.pid))
        print(f"  server process: peak {peak_mib(options.pid)} MiB")
        print(f"  workers, open files: before {before}, 20 s after {after}", flush=True)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
