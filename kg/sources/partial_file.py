"""A file that is being downloaded, which may be continued where the server offers it."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path
from typing import Final

import httpx

_SUFFIX: Final = ".part"
_TAG_SUFFIX: Final = ".part-etag"


class PartialFile:
    """The part of a file that was received, and the entity tag of the edition it belongs to.

    Without an entity tag nothing shows that the rest would be of the same edition.
    """

    def __init__(self, target: Path) -> None:
        self.path = target.with_name(f"{target.name}{_SUFFIX}")
        self._target = target
        self._tag_file = target.with_name(f"{target.name}{_TAG_SUFFIX}")

    @property
    def size(self) -> int:
        """The number of bytes that the file already has."""
        return self.path.stat().st_size if self.path.is_file() else 0

    def headers(self) -> dict[str, str]:
        """Return the headers of a request for the rest, empty for the whole file."""
        if not self._tag_file.is_file() or not self.size:
            self.remove()
            return {}
        tag = self._tag_file.read_text(encoding="utf-8")
        return {"Range": f"bytes={self.size}-", "If-Range": tag}

    def begin(self, response: httpx.Response) -> None:
        """Keep the bytes that the file has if a response continues them, else remove them."""
        start = f"bytes {self.size}-"
        continued = response.headers.get("Content-Range", "").startswith(start)
        if response.status_code != HTTPStatus.PARTIAL_CONTENT or not continued:
            self.remove()
        tag = response.headers.get("ETag", "")
        ranges = response.headers.get("Accept-Ranges", "")
        # A weak tag (W/"...") does not mean that the bytes are the same.
        if tag.startswith('"') and (ranges == "bytes" or continued):
            self._tag_file.write_text(tag, encoding="utf-8")

    def complete(self) -> None:
        """Give the file its name."""
        self._tag_file.unlink(missing_ok=True)
        self.path.replace(self._target)

    def remove_unless_resumable(self) -> None:
        """Remove the file unless the server offers to continue it."""
        if not self._tag_file.is_file():
            self.remove()

    def remove(self) -> None:
        """Remove the file."""
        self.path.unlink(missing_ok=True)
        self._tag_file.unlink(missing_ok=True)
