"""Handing an answer on: content coding, entity tags, and a cache of finished answers.

A release never changes, so an answer is known by release, software, question and coding; a new
release makes all of it new. Entity tags are weak: the same facts, not always the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections import OrderedDict
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Final

import zstandard

import kg
from kg.engine import Answer, Question

#: Bytes of all cached answers together, and of one.
CACHE_BYTES: Final = 64 * 2**20
CACHED_ANSWER_BYTES: Final = 2**20
#: Answers shorter than this are sent as they are.
_SMALLEST_CODED: Final = 512
_GZIP_LEVEL: Final = 5
_ZSTD_LEVEL: Final = 3
#: Words of which an answer may come out differently each time. Found in a text or a name they cost
#: an entity tag, nothing more.
_VOLATILE: Final = re.compile(r"\b(?:RAND|NOW|UUID|STRUUID|BNODE|SERVICE)\b", re.IGNORECASE)
_CODINGS: Final = ("zstd", "gzip")


@dataclass(frozen=True)
class Finished:
    """A whole answer, coded."""

    content_type: str
    coding: str
    body: bytes


class Cache:
    """The answers used last, by entity tag, up to a number of bytes."""

    def __init__(self, limit: int = CACHE_BYTES) -> None:
        self._limit = limit
        self._size = 0
        self._kept: OrderedDict[str, Finished] = OrderedDict()

    def get(self, tag: str) -> Finished | None:
        """Return an answer, and note that it was used."""
        found = self._kept.get(tag)
        if found:
            self._kept.move_to_end(tag)
        return found

    def put(self, tag: str, finished: Finished) -> None:
        """Keep an answer; the ones used longest ago make room."""
        if tag in self._kept or len(finished.body) > self._limit:
            return
        self._kept[tag] = finished
        self._size += len(finished.body)
        while self._size > self._limit:
            _, dropped = self._kept.popitem(last=False)
            self._size -= len(dropped.body)


def is_volatile(question: Question) -> bool:
    """Tell whether the answer to a question may differ from one time to the next."""
    return bool(_VOLATILE.search(question.query))


def entity_tag(release: str, question: Question, coding: str) -> str:
    """Return the entity tag of the answer to a question (RFC 9110, 8.8.3)."""
    said = json.dumps(
        [
            release,
            kg.__version__,
            question.query,
            question.dataset.default,
            question.dataset.named,
            question.format,
            question.accept,
            coding,
        ]
    )
    return f'W/"{hashlib.sha256(said.encode()).hexdigest()[:32]}"'


def matches(if_none_match: str, tag: str) -> bool:
    """Tell whether a client has the answer already (RFC 9110, 13.1.2)."""
    tags = {part.strip().removeprefix("W/") for part in if_none_match.split(",")}
    return tag.removeprefix("W/") in tags


def choose_coding(accept_encoding: str) -> str:
    """Return the content coding a client takes, empty for none (RFC 9110, 12.5.3).

    >>> choose_coding("gzip, deflate"), choose_coding("zstd;q=0, *;q=0.5"), choose_coding("*;q=0")
    ('gzip', 'gzip', '')
    """
    weights: dict[str, float] = {}
    for part in accept_encoding.split(","):
        name, _, parameter = part.partition(";")
        try:
            weights[name.strip().lower()] = float(parameter.partition("=")[2] or 1)
        except ValueError:
            continue
    offered = [(weights.get(name, weights.get("*", 0.0)), name) for name in _CODINGS]
    weight, chosen = max(offered, key=lambda pair: pair[0])
    return chosen if weight > 0 else ""


async def coded(answer: Answer, coding: str) -> AsyncGenerator[bytes, None]:
    """Yield an answer in a content coding."""
    if not coding:
        async for piece in answer.pieces:
            yield piece
        return
    packer = _packer(coding)
    async for piece in answer.pieces:
        if packed := packer.compress(piece):
            yield packed
    yield packer.flush()


def coding_for(answer: Answer, coding: str) -> str:
    """Return the coding to use: none for an answer that is known to be short."""
    return "" if answer.length is not None and answer.length < _SMALLEST_CODED else coding


def _packer(coding: str) -> zlib._Compress | zstandard.ZstdCompressionObj:
    if coding == "zstd":
        return zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compressobj()
    return zlib.compressobj(_GZIP_LEVEL, wbits=zlib.MAX_WBITS | 16)
