"""Requests to the endpoint of a live server, and a server of plain files."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

from kg.rdf.vocabulary import BASE

#: A short query whose result is one row.
TALLY = (
    f"PREFIX unv: <{BASE}ontology#> SELECT ?yes {{ ?e unv:decides/unv:symbol 'A/RES/ES-11/6' ; "
    "unv:yesCount ?yes }"
)


def query_endpoint(server: str, query: str, **headers: str) -> httpx.Response:
    """Send a query by GET."""
    return httpx.get(f"{server}/sparql", params={"query": query}, headers=headers)


@contextmanager
def static_site(folder: Path) -> Iterator[str]:
    """Serve the files of a folder on this machine; the address has no slash at its end."""
    handler = functools.partial(SimpleHTTPRequestHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
