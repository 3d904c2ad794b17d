"""The service below a path: by its settings, by the header of a proxy, behind a real nginx."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from benchmarks.servers import free_port
from kg.errors import SettingError
from kg.settings import Settings
from kg.web.root_path import RootPathMiddleware, configured_root_path, root_path

_NGINX = """\
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location /kg/ {{
            proxy_pass {server}/;
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Prefix /kg;
        }}
    }}
}}
"""
_LINK = re.compile(r'(?:href|src|action|formaction)="([^"#][^"]*)"')


async def _echo(scope: Scope, receive: Receive, send: Send) -> None:
    seen = {"path": scope["path"], "root": root_path(scope), "url": str(Request(scope).base_url)}
    await JSONResponse(seen)(scope, receive, send)


def _seen(setting: str, path: str, port: int, **headers: bytes) -> tuple[str, str]:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(
            RootPathMiddleware(_echo, setting), client=("127.0.0.1", port)
        )
        async with httpx.AsyncClient(transport=transport, base_url="http://host") as client:
            return await client.get(
                path, headers={name.encode(): value for name, value in headers.items()}
            )

    seen = asyncio.run(ask()).json()
    assert seen["url"] == "http://host/"
    return seen["path"], seen["root"]


@pytest.mark.parametrize(
    ("setting", "path", "expected"),
    [
        ("", "/id/state/IND", ("/id/state/IND", "")),
        ("/kg", "/kg/id/state/IND", ("/id/state/IND", "/kg")),
        # A proxy that has removed the path, and addresses that only begin like it.
        ("/kg", "/id/state/IND", ("/id/state/IND", "/kg")),
        ("/kg", "/kgs", ("/kgs", "/kg")),
        ("/kg", "/kg", ("/", "/kg")),
        ("/a/b", "/a/b/", ("/", "/a/b")),
    ],
)
def test_the_path_of_the_settings_is_removed(
    setting: str, path: str, expected: tuple[str, str]
) -> None:
    assert _seen(setting, path, 12345) == expected


@pytest.mark.parametrize(
    ("prefix", "port", "expected"),
    [
        ("/kg", 0, ("/kg/x", "/kg")),
        ("/kg/", 0, ("/kg/x", "/kg")),
        # The port of the client is known: no trusted proxy named it.
        ("/kg", 12345, ("/kg/x", "")),
        *(
            (prefix, 0, ("/kg/x", ""))
            for prefix in ("//evil.example", "/a b", '/a"b', "kg", "/../x", "/kg?x", "/", "", "/é")
        ),
    ],
)
def test_only_a_trusted_proxy_states_a_prefix(
    prefix: str, port: int, expected: tuple[str, str]
) -> None:
    assert _seen("", "/kg/x", port, **{"X-Forwarded-Prefix": prefix.encode()}) == expected


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, ""),
        ({"public_url": "https://example.org"}, ""),
        ({"public_url": "https://example.org/a/kg/"}, "/a/kg"),
        ({"root_path": "/kg"}, "/kg"),
        ({"root_path": "/kg", "public_url": "https://example.org/kg"}, "/kg"),
        ({"root_path": "/kg", "public_url": "https://example.org"}, None),
        ({"root_path": "/data/x"}, None),
    ],
)
def test_the_settings_must_agree(settings: dict[str, str], expected: str | None) -> None:
    if expected is None:
        with pytest.raises(SettingError, match="root_path is"):
            configured_root_path(Settings(**settings), {"data", "id"})
    else:
        assert configured_root_path(Settings(**settings), {"data", "id"}) == expected


@contextmanager
def _nginx(server: str, folder: Path) -> Iterator[str]:
    port = free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(_NGINX.format(folder=folder, port=port, server=server))
    command = ["nginx", "-c", str(configuration), "-p", str(folder), "-g", "daemon off;"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            client = httpx.Client(transport=httpx.HTTPTransport(retries=8))
            client.get(f"http://127.0.0.1:{port}/kg/health")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
def test_all_links_lead_below_the_path_behind_nginx(server: str, tmp_path: Path) -> None:
    with _nginx(server, tmp_path) as host, httpx.Client(base_url=host) as client:
        address = f"{host}/kg"
        html, turtle = {"Accept": "text/html"}, {"Accept": "text/turtle"}
        # A page with its static files and its data.
        page = client.get("/kg/id/state/IND", headers=html)
        assert (page.status_code, page.headers["location"]) == (303, "/kg/page/state/IND")
        for path in ("/kg/", "/kg/page/state/IND", "/kg/sparql", "/kg/dumps/", "/kg/ontology"):
            answer = client.get(path, headers=html)
            assert answer.status_code == 200
            targets = {
                urlsplit(urljoin(f"{host}{path}", link)) for link in _LINK.findall(answer.text)
            }
            own = {t for t in targets if f"{t.scheme}://{t.netloc}" == host}
            assert own
            assert {t.path for t in own if not t.path.startswith("/kg/")} == set()
            for target in own:
                if "/static/" in target.path or "/data/" in target.path:
                    assert client.get(target.geturl()).status_code == 200, target
        links = client.get("/kg/page/state/IND", headers=html).headers["link"]
        assert f"<{address}/data/state/IND.ttl>" in links
        assert client.get("/kg/data/state/IND.ttl").status_code == 200
        # Redirects.
        moved = client.get("/kg/states/", headers=html)
        assert (moved.status_code, moved.headers["location"]) == (308, "/kg/states")
        assert client.get("/kg/dumps", follow_redirects=True).url.path == "/kg/dumps/"
        # Descriptions name the address with its path.
        void = client.get("/kg/.well-known/void", headers=turtle).text
        assert f"{address}/sparql" in void
        assert f"Sitemap: {address}/sitemap.xml" in client.get("/kg/robots.txt").text
        assert "Disallow: /kg/sparql\n" in client.get("/kg/robots.txt").text
        assert f"<loc>{address}/states</loc>" in client.get("/kg/sitemap/pages.xml").text
        query = client.get("/kg/sparql", params={"query": "ASK { ?s ?p ?o }"})
        assert query.json() == {"head": {}, "boolean": True}
        search = client.get("/kg/search?q=india", headers={"Accept": "application/json"}).json()
        assert search["results"][0]["page"].startswith("/kg/page/")
