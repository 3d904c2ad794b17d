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
from kg.engine.seam import Question, question_fields

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


class Cache:
    """The answers used last, by release and question, up to a number of bytes."""

    def __init__(self, limit: int = CACHE_BYTES) -> None:
        self._limit = limit
        self._size = 0
        self._kept: OrderedDict[tuple[str, Question], Finished] = OrderedDict()

    def get(self, release: str, question: Question) -> Finished | None:
        """Return an answer, and note that it was used."""
        found = self._kept.get((release, question))
        if found:
            self._kept.move_to_end((release, question))
        return found

    def put(self, release: str, question: Question, finished: Finished) -> None:
        """Keep an answer; those used longest ago make room."""
        key = (release, question)
        if key in self._kept or _size(question, finished) > self._limit:
            return
        self._kept[key] = finished
        self._size += _size(question, finished)
        while self._size > self._limit:
            (_, asked), dropped = self._kept.popitem(last=False)
            self._size -= _size(asked, dropped)


def _size(question: Question, finished: Finished) -> int:
    return len(finished.body) + len(question.query) + _OVERHEAD


def is_volatile(question: Question) -> bool:
    """Tell whether the answer to a question may differ from one time to the next."""
    return bool(_VOLATILE.search(question.query))


def entity_tag(release: str, question: Question) -> str:
    """Return the entity tag of the answer to a question (RFC 9110, 8.8.3)."""
    said = json.dumps([release, kg.__version__, question_fields(question)])
    return f'W/"{hashlib.sha256(said.encode()).hexdigest()[:32]}"'


def matches(if_none_match: str, tag: str) -> bool:
    """Tell whether a client has the answer already (RFC 9110, 13.1.2)."""
    tags = {part.strip().removeprefix("W/") for part in if_none_match.split(",")}
    return tag.removeprefix("W/") in tags
