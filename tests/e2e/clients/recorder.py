"""A proxy that records what clients send: the first part of the path names the trial."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import httpx

#: Headers of one connection, and those that the proxy sets.
_HOP_BY_HOP: Final = frozenset(
    ("connection", "content-length", "host", "keep-alive", "transfer-encoding", "date", "server")
)


@dataclass(frozen=True)
class Exchange:
    """A request and the status of its response."""

    method: str
    parameters: tuple[str, ...]
    accept: str
    content_type: str
    status: int
    answered: str


@dataclass
class Recorder:
    """The address of the proxy, and the exchanges by trial."""

    address: str
    exchanges: dict[str, list[Exchange]] = field(default_factory=lambda: defaultdict(list))


@contextmanager
def recording(target: str) -> Iterator[Recorder]:
    """Run a proxy in front of a server."""
    with httpx.Client(timeout=120) as client:

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _forward(self) -> None:
                trial, _, path = self.path.lstrip("/").partition("/")
                body = self._body()
                headers = [h for h in self.headers.items() if h[0].lower() not in _HOP_BY_HOP]
                request = httpx.Request(
                    self.command, f"{target}/{path}", headers=headers, content=body
                )
                response = client.send(request, stream=True)
                content = b"".join(response.iter_raw())
                response.close()
                recorder.exchanges[trial].append(self._exchange(path, body, response))
                self.send_response(response.status_code)
                for name, value in response.headers.multi_items():
                    if name not in _HOP_BY_HOP:
                        self.send_header(name, value)
                if response.status_code != 204:
                    self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            def _body(self) -> bytes:
                if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
                    return self.rfile.read(int(self.headers.get("Content-Length", 0)))
                body = b""
                while size := int(self.rfile.readline(), 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return body

            def _exchange(self, path: str, body: bytes, response: httpx.Response) -> Exchange:
                content_type = self.headers.get("Content-Type", "").partition(";")[0]
                form = body.decode() if content_type.endswith("form-urlencoded") else ""
                names = (n for text in (urlsplit(path).query, form) for n, _ in parse_qsl(text))
                return Exchange(
                    self.command,
                    tuple(dict.fromkeys(names)),
                    self.headers.get("Accept", ""),
                    content_type,
                    response.status_code,
                    response.headers.get("content-type", "").partition(";")[0],
                )

            def log_message(self, *_: object) -> None:
                """Write no log."""

            def do_GET(self) -> None:
                self._forward()

            def do_HEAD(self) -> None:
                self._forward()

            def do_POST(self) -> None:
                self._forward()

            def do_OPTIONS(self) -> None:
                self._forward()

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        recorder = Recorder(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield recorder
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
