"""HTTP caching: entity tags, and a cache of complete responses.

A release never changes, so a response is identified by release, software and request; a new release
invalidates all responses. Entity tags are weak: the same facts, not always the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fastapi import Request, Response
from starlette.responses import FileResponse

import kg
from kg.engine.interface import QueryRequest, request_fields
from kg.limits import RESPONSE_CACHE_BYTES
from kg.release.damage import DamagedFile, DamagedReleaseError

#: Bytes of an entry in addition to its body: its key and its place in the cache.
_ENTRY_OVERHEAD_BYTES: Final = 1024
#: SPARQL functions whose value may differ each time. The only cost of a match in a string or a name
#: is a missing entity tag.
_VOLATILE_WORDS: Final = ("RAND", "NOW", "UUID", "STRUUID", "BNODE", "SERVICE")
_VOLATILE: Final = re.compile(rf"\b(?:{'|'.join(_VOLATILE_WORDS)})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CachedResponse:
    """A complete response, with content coding and entity tag (empty for none)."""

    content_type: str
    content_coding: str
    body: bytes
    tag: str
    rows: int | None = None
    engine: str = ""


class ResponseCache:
    """The most recently used responses, by release and request, up to a number of bytes.

    The key of a page is a string: its address and whatever else it depends on.
    """

    def __init__(self, limit: int = RESPONSE_CACHE_BYTES) -> None:
        self._limit = limit
        self._size = 0
        self._entries: OrderedDict[tuple[str, QueryRequest | str], CachedResponse] = OrderedDict()

    def get(self, release: str, request: QueryRequest | str) -> CachedResponse | None:
        """Return a response, and mark it as used."""
        response = self._entries.get((release, request))
        if response:
            self._entries.move_to_end((release, request))
        return response

    def put(self, release: str, request: QueryRequest | str, response: CachedResponse) -> None:
        """Add a response; the least recently used ones are evicted."""
        key = (release, request)
        if key in self._entries or _size(request, response) > self._limit:
            return
        self._entries[key] = response
        self._size += _size(request, response)
        while self._size > self._limit:
            (_, oldest), evicted = self._entries.popitem(last=False)
            self._size -= _size(oldest, evicted)


def _size(request: QueryRequest | str, response: CachedResponse) -> int:
    text = request if isinstance(request, str) else request.query
    return len(response.body) + len(text) + _ENTRY_OVERHEAD_BYTES


def is_volatile(request: QueryRequest) -> bool:
    """Return whether the response to a query may differ from one time to the next."""
    upper = request.query.upper()
    # The pattern takes twenty times as long as looking for the words.
    return any(word in upper for word in _VOLATILE_WORDS) and bool(_VOLATILE.search(request.query))


def entity_tag(release: str, request: QueryRequest | str) -> str:
    """Return the entity tag of the response to a query, or of a page (RFC 9110, 8.8.3)."""
    key = request if isinstance(request, str) else request_fields(request)
    content = json.dumps([release, kg.__version__, key])
    return f'W/"{hashlib.sha256(content.encode()).hexdigest()[:32]}"'


def matches(if_none_match: str, tag: str) -> bool:
    """Return whether a client already has the current response (RFC 9110, 13.1.2)."""
    tags = {part.strip().removeprefix("W/") for part in if_none_match.split(",")}
    return tag.removeprefix("W/") in tags


def file_response(request: Request, path: Path, release: str, media_type: str) -> Response:
    """Return a file of a release, or 304 if the client already has it.

    Raises:
        DamagedReleaseError: if the file is missing.
    """
    if not path.is_file():
        raise DamagedReleaseError(release, [DamagedFile(path.name, "missing")])
    headers = {"ETag": f'"{release}-{path.name}"', "Cache-Control": "public, no-cache"}
    if matches(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return FileResponse(path, headers=headers, media_type=media_type)
