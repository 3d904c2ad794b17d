"""Downloads of archives: continued where the server offers it, with checksums of their files."""

from __future__ import annotations

import hashlib
import http.server
import io
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from kg.errors import FetchError
from kg.sources import archives
from kg.sources import download as downloads
from kg.sources.loader import RegisteredSource, RemoteFile
from kg.sources.registry import SOURCES

NAME = "GAresolutions-42a69b6.zip"
FILES = {"README.md": b"# Terms", "79session/English/1.xml": bytes(range(256)) * 400}


def _archive(
    level: int = 0, files: dict[str, bytes] | None = None, commit: str = f"42a69b6{'0' * 33}"
) -> bytes:
    """Return a zip of the same files, with other bytes for another compression."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        archive.comment = commit.encode()
        for name, data in (FILES if files is None else files).items():
            archive.writestr(f"GAresolutions-42a69b6/{name}", data)
    return content.getvalue()


@dataclass
class Site:
    """What a server has, and the ranges that were requested."""

    content: bytes = field(default_factory=_archive)
    tag: str = '"one"'
    has_ranges: bool = True
    #: The number of bytes after which the connection ends, once.
    ends_after: int | None = None
    requested: list[str] = field(default_factory=list)
    address: str = ""


@pytest.fixture
def site() -> Iterator[Site]:
    it = Site()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            requested = self.headers.get("Range", "")
            it.requested.append(requested)
            start = 0
            if requested and it.has_ranges and self.headers.get("If-Range") == it.tag:
                start = int(requested.removeprefix("bytes=").rstrip("-"))
            self.send_response(206 if start else 200)
            if start:
                last = len(it.content) - 1
                self.send_header("Content-Range", f"bytes {start}-{last}/{len(it.content)}")
            if it.tag:
                self.send_header("ETag", it.tag)
            if it.has_ranges:
                self.send_header("Accept-Ranges", "bytes")
            self.send_header("Content-Length", str(len(it.content) - start))
            self.end_headers()
            self.wfile.write(it.content[start : it.ends_after])
            it.ends_after = None

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        it.address = f"http://127.0.0.1:{server.server_port}"
        yield it
        server.shutdown()


def _fetch(site: Site, folder: Path) -> Path:
    (path,) = downloads.fetch(_source(), folder, lambda *_: None, site.address)
    return path


def _source() -> RegisteredSource:
    return replace(SOURCES["dgacm"], remote=(RemoteFile(NAME, "", commit="42a69b6"),))


def test_the_checksum_of_each_file_is_recorded(site: Site, tmp_path: Path) -> None:
    path = _fetch(site, tmp_path)
    recorded = (tmp_path / f"{NAME}.sha256").read_text(encoding="utf-8").splitlines()
    assert recorded == [
        f"{hashlib.sha256(data).hexdigest()}  {name}"
        for name, data in sorted(FILES.items(), key=lambda item: f"GAresolutions/{item[0]}")
    ]
    assert path.read_bytes() == site.content
    assert {file.name for file in tmp_path.iterdir()} == {NAME, f"{NAME}.sha256"}


def test_an_archive_that_is_present_is_not_downloaded_again(site: Site, tmp_path: Path) -> None:
    _fetch(site, tmp_path)
    _fetch(site, tmp_path)
    assert site.requested == [""]


def test_another_zip_of_the_same_files_is_the_same_archive(site: Site, tmp_path: Path) -> None:
    path = _fetch(site, tmp_path)
    path.write_bytes(_archive(level=9))
    assert archives.is_verified(path)
    path.write_bytes(_archive(files=FILES | {"README.md": b"# Other terms"}))
    assert not archives.is_verified(path)
    _fetch(site, tmp_path)
    assert path.read_bytes() == site.content


def test_an_interrupted_download_is_continued(site: Site, tmp_path: Path) -> None:
    site.ends_after = 10_000
    with pytest.raises(FetchError, match=f"ended after 10000 of {len(site.content)} bytes"):
        _fetch(site, tmp_path)
    assert _fetch(site, tmp_path).read_bytes() == site.content
    assert site.requested == ["", "bytes=10000-"]


def test_a_changed_file_is_downloaded_from_the_beginning(site: Site, tmp_path: Path) -> None:
    site.ends_after = 10_000
    with pytest.raises(FetchError):
        _fetch(site, tmp_path)
    site.content, site.tag = _archive(level=9), '"two"'
    assert _fetch(site, tmp_path).read_bytes() == site.content


@pytest.mark.parametrize(("tag", "has_ranges"), [("", True), ('W/"weak"', True), ('"one"', False)])
def test_nothing_is_kept_where_the_server_offers_no_continuation(
    tag: str, has_ranges: bool, site: Site, tmp_path: Path
) -> None:
    site.tag, site.has_ranges, site.ends_after = tag, has_ranges, 10_000
    with pytest.raises(FetchError):
        _fetch(site, tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert _fetch(site, tmp_path).read_bytes() == site.content
    assert site.requested == ["", ""]


@pytest.mark.parametrize("content", [b"", b"<html>no zip</html>", _archive(commit="")[:-30]])
def test_what_is_no_archive_leaves_no_file(content: bytes, site: Site, tmp_path: Path) -> None:
    site.content = content
    with pytest.raises(FetchError, match=NAME):
        _fetch(site, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_archive_of_another_commit_is_rejected(site: Site, tmp_path: Path) -> None:
    site.content = _archive(commit="f" * 40)
    with pytest.raises(FetchError, match=f"commit {'f' * 40}; expected 42a69b6"):
        _fetch(site, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("comment", ["", "A mirror of 2026"])
def test_an_archive_that_names_no_commit_is_accepted(
    comment: str, site: Site, tmp_path: Path
) -> None:
    site.content = _archive(commit=comment)
    assert _fetch(site, tmp_path).read_bytes() == site.content


def test_both_repositories_are_fetched_by_commit() -> None:
    urls = [file.url for file in SOURCES["dgacm"].remote]
    assert urls == [
        "https://github.com/UNxml/GAresolutions/archive/42a69b6.zip",
        "https://github.com/UNxml/SCresolutions/archive/6c4072a.zip",
    ]
