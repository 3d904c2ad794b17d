"""Downloading sources and verifying checksums where known."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Final, NamedTuple

import httpx

import kg
from kg.errors import FetchError
from kg.limits import DOWNLOAD_TIMEOUT_SECONDS
from kg.sources import archives
from kg.sources.loader import RegisteredSource, RemoteFile
from kg.sources.partial_file import PartialFile

#: First bytes of a file that show that it is an HTML page, not data.
_START_BYTES: Final = 64
#: The maximum number of redirects that a download follows.
_MAX_REDIRECTS: Final = 10

#: Called with the name of a file, the bytes received so far, and the total if known.
Progress = Callable[[str, int, int | None], None]


class _Received(NamedTuple):
    """The received content: size in bytes, first bytes and checksum."""

    size: int
    start: bytes
    sha256: str


def fetch(
    source: RegisteredSource, folder: Path, report: Progress, base_url: str | None = None
) -> list[Path]:
    """Download the files of a source that are missing or have a wrong checksum.

    ``base_url`` replaces the usual address of the files, for mirrors and tests.

    Raises:
        FetchError: if the source cannot be downloaded, or a checksum differs.
    """
    if not source.remote:
        raise FetchError(f"{source.name} is included in this package; there is nothing to fetch")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for file in source.remote:
            path = present(file, folder)
            if path is None:
                path = folder / file.name
                url = f"{base_url.rstrip('/')}/{file.name}" if base_url else file.url
                try:
                    if not url:
                        raise FetchError(f"{file.name} has no address of its own")
                    _download(url, path, file, report)
                except FetchError as error:
                    raise FetchError(f"{error}{_by_hand(file, source.name)}") from error
            paths.append(path)
    except OSError as error:
        raise FetchError(f"{folder}: cannot be written: {error}") from error
    return paths


def present(file: RemoteFile, folder: Path) -> Path | None:
    """Return the path of any edition of a file in a folder; None if there is none."""
    if file.pattern:
        return next(iter(file.editions(folder)), None)
    path = folder / file.name
    return path if is_complete(file, path) else None


def is_fetched(source: RegisteredSource, folder: Path) -> bool:
    """Return whether a folder contains all files of a source, with the right checksums."""
    return all(present(file, folder) for file in source.remote)


def is_complete(file: RemoteFile, path: Path) -> bool:
    """Return whether a file exists with the right checksum, or an archive with its list of them."""
    if file.commit:
        return archives.is_verified(path)
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == file.sha256


def _download(url: str, path: Path, file: RemoteFile, report: Progress) -> None:
    # No pattern matches this name: an incomplete download must not be taken for a source file.
    part = PartialFile(path)
    try:
        with _client() as client, client.stream("GET", url, headers=part.headers()) as response:
            if response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                part.remove()
            if not response.is_success:
                reason = f"{response.status_code}: {response.reason_phrase}"
                raise FetchError(f"HTTP Error {reason}")
            part.begin(response)
            received = _save(response, part, lambda size, total: report(path.name, size, total))
    except (httpx.HTTPError, httpx.InvalidURL, FetchError) as error:
        part.remove_unless_resumable()
        raise FetchError(f"{url}: {error}") from error
    try:
        _check(file, response.status_code, received)
        if file.commit:
            archives.verify(part.path, file.commit)
    except FetchError as error:
        part.remove()
        raise FetchError(f"{url}: {error}") from error
    part.complete()
    if file.commit:
        archives.write_checksums(path)


def _client() -> httpx.Client:
    """Return a client that does not decode files and uses the system's trusted certificates."""
    return httpx.Client(
        headers={"User-Agent": f"un-votes-kg/{kg.__version__}", "Accept-Encoding": "identity"},
        follow_redirects=True,
        max_redirects=_MAX_REDIRECTS,
        timeout=DOWNLOAD_TIMEOUT_SECONDS,
        verify=ssl.create_default_context(),
    )


def _save(
    response: httpx.Response, part: PartialFile, report: Callable[[int, int | None], None]
) -> _Received:
    """Write the body of a response into a partial file, after the bytes it already has."""
    size = before = part.size
    length = response.headers.get("Content-Length")
    total = before + int(length) if length else None
    with part.path.open("ab") as stream:
        try:
            for chunk in response.iter_raw():
                stream.write(chunk)
                size += len(chunk)
                report(size, total)
        except httpx.RemoteProtocolError as error:
            of = f"{size} of {total} bytes" if length else f"{size} bytes, before the end"
            raise FetchError(f"the connection ended after {of}") from error
    with part.path.open("rb") as stream:
        start = stream.read(_START_BYTES)
        stream.seek(0)
        return _Received(size, start, hashlib.file_digest(stream, "sha256").hexdigest())


def _check(file: RemoteFile, status: int, received: _Received) -> None:
    """Verify the checksum of a file, or at least that it is not a page where none is known."""
    if file.sha256:
        if received.sha256 != file.sha256:
            raise FetchError(
                f"wrong checksum: expected SHA-256 {file.sha256}, received {received.sha256}"
            )
        return
    if status == HTTPStatus.ACCEPTED or not received.size:
        size = f"{received.size} bytes" if received.size else "nothing"
        raise FetchError(
            f"the site answered {status} with {size} instead of the file: it admits only browsers"
        )
    if received.start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise FetchError("the site answered with a page instead of the file")


def _by_hand(file: RemoteFile, name: str) -> str:
    """Return instructions for getting a file by hand, empty if there are none."""
    if not file.page:
        return ""
    return (
        f"\nOpen {file.page} in a browser, download the file named like {file.named} (the latest "
        f"date), and pass it: kg build --source {name}=PATH"
    )
