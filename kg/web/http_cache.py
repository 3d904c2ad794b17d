"""Handing an answer on: entity tags, and a cache of finished answers.

A release never changes, so an answer is known by release, software and question; a new release
makes all of it new. Entity tags are weak: the same facts, not always the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

import kg
from kg.engine.interface import QueryRequest, request_fields

#: Bytes of all cached answers together, and of one.
CACHE_BYTES: Final = 64 * 2**20
CACHED_ANSWER_BYTES: Final = 2**20
#: What an answer takes beyond its bytes: its question and its place in the cache.
_OVERHEAD: Final = 1024
#: Words of which an answer may come out differently each time. Found in a text or a name they cost
#: an entity tag, nothing more.
_VOLATILE: Final = re.compile(r"\b(?:RAND|NOW|UUID|STRUUID|BNODE|SERVICE)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Finished:
    """A whole answer, coded, with its entity tag (empty for none)."""

    content_type: str
    coding: str
    body: bytes
    tag: str
    rows: int | None = None
    engine: str = ""


class Cache:
    """The answers used last, by release and what was asked, up to a number of bytes.

    A page is asked for by its address and whatever else it depends on.
    """

    def __init__(self, limit: int = CACHE_BYTES) -> None:
        self._limit = limit
        self._size = 0
        self._kept: OrderedDict[tuple[str, QueryRequest | str], Finished] = OrderedDict()

    def get(self, release: str, asked: QueryRequest | str) -> Finished | None:
        """Return an answer, and note that it was used."""
        found = self._kept.get((release, asked))
        if found:
            self._kept.move_to_end((release, asked))
        return found

    def put(self, release: str, asked: QueryRequest | str, finished: Finished) -> None:
        """Keep an answer; those used longest ago make room."""
        key = (release, asked)
        if key in self._kept or _size(asked, finished) > self._limit:
            return
        self._kept[key] = finished
        self._size += _size(asked, finished)
        while self._size > self._limit:
            (_, earlier), dropped = self._kept.popitem(last=False)
            self._size -= _size(earlier, dropped)


def _size(asked: QueryRequest | str, finished: Finished) -> int:
    text = asked if isinstance(asked, str) else asked.query
    return len(finished.body) + len(text) + _OVERHEAD


def is_volatile(question: QueryRequest) -> bool:
    """Tell whether the answer to a question may differ from one time to the next."""
    return bool(_VOLATILE.search(question.query))


def entity_tag(release: str, asked: QueryRequest | str) -> str:
    """Return the entity tag of the answer to a question, or of a page (RFC 9110, 8.8.3)."""
    what = asked if isinstance(asked, str) else request_fields(asked)
    said = json.dumps([release, kg.__version__, what])
    return f'W/"{hashlib.sha256(said.encode()).hexdigest()[:32]}"'


def matches(if_none_match: str, tag: str) -> bool:
    """Tell whether a client has the answer already (RFC 9110, 13.1.2)."""
    tags = {part.strip().removeprefix("W/") for part in if_none_match.split(",")}
    return tag.removeprefix("W/") in tags
