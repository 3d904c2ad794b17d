"""Downloading sources, their checksums verified where they are known."""

from __future__ import annotations

import hashlib
import urllib.error
import urllib.request
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Final

import kg
from kg.errors import FetchError
from kg.sources.loader import RegisteredSource, RemoteFile

_TIMEOUT: Final = 60
_BLOCK: Final = 1 << 16
_START: Final = 64

#: Called with the name of a file, the bytes received so far, and their total if it is known.
Told = Callable[[str, int, int | None], None]


def fetch(
    source: RegisteredSource, folder: Path, told: Told, base_url: str | None = None
) -> list[Path]:
    """Download the files of a source that are not there yet, or are not what they should be.

    ``base_url`` replaces the address the files are known by, for mirrors and tests.

    Raises:
        FetchError: if the source cannot be downloaded, or a checksum differs.
    """
    if not source.remote:
        raise FetchError(f"{source.name} comes with this package; there is nothing to fetch")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for file in source.remote:
            path = present(file, folder)
            if path is None:
                path = folder / file.name
                url = f"{base_url.rstrip('/')}/{file.name}" if base_url else file.url
                try:
                    _download(url, path, file, told)
                except FetchError as error:
                    raise FetchError(f"{error}{_by_hand(file, source.name)}") from error
            paths.append(path)
    except OSError as error:
        raise FetchError(f"{folder}: cannot be written: {error}") from error
    return paths


def present(file: RemoteFile, folder: Path) -> Path | None:
    """Return where a file is in a folder, in any of its editions; None if it is not there."""
    if file.pattern:
        return next(iter(file.editions(folder)), None)
    path = folder / file.name
    return path if is_complete(file, path) else None


def is_complete(file: RemoteFile, path: Path) -> bool:
    """Tell whether a file is there with the right checksum."""
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == file.sha256


def _download(url: str, path: Path, file: RemoteFile, told: Told) -> None:
    request = urllib.request.Request(url, headers={"User-Agent": f"un-votes-kg/{kg.__version__}"})  # noqa: S310
    # A name that no pattern matches: what is left of a broken download is no file of the source.
    part = path.with_name("download.part")
    digest = hashlib.sha256()
    start = b""
    received = 0
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer, part.open("wb") as stream:  # noqa: S310
            status = answer.status
            length = answer.headers.get("Content-Length")
            while block := answer.read(_BLOCK):
                start = start or block[:_START]
                stream.write(block)
                digest.update(block)
                received += len(block)
                told(path.name, received, int(length) if length else None)
        if file.sha256 and digest.hexdigest() != file.sha256:
            raise FetchError(
                f"{url}: not the file expected: SHA-256 {digest.hexdigest()}, "
                f"expected {file.sha256}"
            )
        if not file.sha256:
            _check_unknown(url, status, start, received, length)
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        part.unlink(missing_ok=True)
        raise FetchError(f"{url}: {error}") from error
    except FetchError:
        part.unlink(missing_ok=True)
        raise
    part.replace(path)


def _check_unknown(url: str, status: int, start: bytes, received: int, length: str | None) -> None:
    """Check what can be checked of a file whose checksum is not known."""
    if status == HTTPStatus.ACCEPTED or not received:
        size = f"{received} bytes" if received else "nothing"
        raise FetchError(
            f"{url}: the site answered {status} with {size} instead of the file: it lets only "
            "browsers in"
        )
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise FetchError(f"{url}: the site answered with a page instead of the file")
    if length and received != int(length):
        raise FetchError(f"{url}: the connection ended after {received} of {length} bytes")


def _by_hand(file: RemoteFile, name: str) -> str:
    """Say how a person gets a file that cannot be downloaded, if there is a way."""
    if not file.page:
        return ""
    return (
        f"\nOpen {file.page} in a browser, download the file named like {file.named} (the latest "
        f"date), and pass it: kg build --source {name}=PATH"
    )
