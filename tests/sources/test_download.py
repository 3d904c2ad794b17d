"""Downloads from a real server on this machine: redirects, and connections that end early."""

from __future__ import annotations

import hashlib
import http.server
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kg.errors import FetchError
from kg.sources import download as downloads
from kg.sources.loader import RegisteredSource, RemoteFile
from kg.sources.registry import SOURCES

CONTENT = b"a,b\n1,2\n" * 20_000


class _Handler(http.server.BaseHTTPRequestHandler):
    """Answers according to the path."""

    def do_GET(self) -> None:
        headers = {"Content-Length": str(len(CONTENT))}
        body, status = CONTENT, 200
        match self.path:
            case "/moved":
                headers, body, status = {"Location": "/file", "Content-Length": "0"}, b"", 301
            case "/loop":
                headers, body, status = {"Location": "/loop", "Content-Length": "0"}, b"", 302
            case "/short":
                body = CONTENT[:1000]
            case "/short-chunks":
                headers, body = {"Transfer-Encoding": "chunked"}, b"3e8\r\n" + CONTENT[:500]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _source(url: str, sha256: str = "") -> RegisteredSource:
    file = RemoteFile("file.csv", url, sha256, pattern="" if sha256 else "*.csv")
    return replace(SOURCES["unvotes"], remote=(file,))


def test_redirects_are_followed_and_progress_is_reported(tmp_path: Path, address: str) -> None:
    reports: list[tuple[str, int, int | None]] = []
    source = _source(f"{address}/moved", hashlib.sha256(CONTENT).hexdigest())
    (path,) = downloads.fetch(source, tmp_path, lambda *report: reports.append(report))
    assert path.read_bytes() == CONTENT
    sizes = [received for _, received, _ in reports]
    assert sizes == sorted(sizes)
    assert reports[-1] == ("file.csv", len(CONTENT), len(CONTENT))


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("{}/loop", "redirects"),
        ("{}/short", f"the connection ended after 1000 of {len(CONTENT)} bytes"),
        ("{}/short-chunks", "the connection ended after 500 bytes, before the end"),
        ("ftp://127.0.0.1/file", "protocol"),
        ("http://127.0.0.1:none/file", "Invalid port"),
    ],
)
@pytest.mark.parametrize("sha256", ["", "0" * 64])
def test_a_truncated_download_leaves_no_file(
    url: str, message: str, sha256: str, tmp_path: Path, address: str
) -> None:
    with pytest.raises(FetchError, match=message) as caught:
        downloads.fetch(_source(url.format(address), sha256), tmp_path, lambda *_: None)
    assert str(caught.value).startswith(url.format(address))
    assert list(tmp_path.iterdir()) == []
