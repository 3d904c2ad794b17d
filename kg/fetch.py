"""Downloading sources, their checksums verified."""

from __future__ import annotations

import hashlib
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Final

import kg
from kg.errors import FetchError
from kg.sources.base import Loader, RemoteFile

_TIMEOUT: Final = 60
_BLOCK: Final = 1 << 16

#: Called with the name of a file, the bytes received so far, and their total if it is known.
Told = Callable[[str, int, int | None], None]


def fetch(loader: Loader, folder: Path, told: Told, base_url: str | None = None) -> list[Path]:
    """Download the files of a source that are not there yet, or are not what they should be.

    ``base_url`` replaces the address the files are known by, for mirrors and tests.

    Raises:
        FetchError: if the source cannot be downloaded, or a checksum differs.
    """
    if not loader.remote:
        raise FetchError(f"{loader.name} comes with this package; there is nothing to fetch")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for file in loader.remote:
            path = folder / file.name
            if not is_complete(file, path):
                url = f"{base_url.rstrip('/')}/{file.name}" if base_url else file.url
                _download(url, path, file.sha256, told)
            paths.append(path)
    except OSError as error:
        raise FetchError(f"{folder}: cannot be written: {error}") from error
    return paths


def is_complete(file: RemoteFile, path: Path) -> bool:
    """Tell whether a file is there with the right checksum."""
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == file.sha256


def _download(url: str, path: Path, sha256: str, told: Told) -> None:
    request = urllib.request.Request(url, headers={"User-Agent": f"un-votes-kg/{kg.__version__}"})  # noqa: S310
    part = path.with_name(path.name + ".part")
    digest = hashlib.sha256()
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer, part.open("wb") as stream:  # noqa: S310
            length = answer.headers.get("Content-Length")
            received = 0
            while block := answer.read(_BLOCK):
                stream.write(block)
                digest.update(block)
                received += len(block)
                told(path.name, received, int(length) if length else None)
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        part.unlink(missing_ok=True)
        raise FetchError(f"{url}: {error}") from error
    if digest.hexdigest() != sha256:
        part.unlink()
        raise FetchError(
            f"{url}: not the file expected: SHA-256 {digest.hexdigest()}, expected {sha256}"
        )
    part.replace(path)
