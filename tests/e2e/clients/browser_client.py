"""A page in a browser that queries the endpoint from another origin with ``fetch``."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from tests.e2e.clients.python_clients import size_of
from tests.e2e.clients.trials import GRAPHS, RESULTS, Client, Trial, trials
from tests.support.browser import chromium, missing

#: Headers that pages send and that need permission from the server.
_HEADERS: Final = {"X-Requested-With": "XMLHttpRequest", "Cache-Control": "no-cache"}
_FETCH: Final = """async ({ endpoint, query, accept, method, headers }) => {
  const body = new URLSearchParams({ query });
  const answer = method === "GET"
    ? await fetch(`${endpoint}?${body}`, { headers: { Accept: accept, ...headers } })
    : await fetch(endpoint, { method, body, headers: { Accept: accept, ...headers } });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return await answer.text();
}"""


@contextmanager
def other_origin() -> Iterator[str]:
    """Serve an empty page at another port, which is another origin."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!DOCTYPE html><title>Another origin</title>")

        def log_message(self, *_: object) -> None:
            """Write no log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _run(endpoints: dict[Trial, str]) -> dict[Trial, int | str]:
    from playwright.sync_api import Error  # noqa: PLC0415 (it may be missing)

    sizes: dict[Trial, int | str] = {}
    with other_origin() as origin, chromium() as browser:
        page = browser.new_page()
        page.goto(origin)
        for trial, endpoint in endpoints.items():
            values = {
                "endpoint": endpoint,
                "query": trial.query,
                "accept": trial.media_type,
                "method": trial.method,
                "headers": _HEADERS,
            }
            try:
                sizes[trial] = size_of(page.evaluate(_FETCH, values).encode(), trial)
            except Error as error:
                sizes[trial] = str(error).splitlines()[0][:120]
    return sizes


def _version() -> str:
    with chromium() as browser:
        return f"Chromium {browser.version}"


BROWSER: Final = Client(
    "browser, another origin",
    _version,
    trials(
        "browser, another origin",
        {"SELECT": RESULTS, "ASK": ("json", "xml"), "CONSTRUCT": GRAPHS, "DESCRIBE": GRAPHS},
        ("GET", "POST"),
    ),
    _run,
    missing,
)
