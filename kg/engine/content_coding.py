"""Content codings of answers (RFC 9110, 8.4 and 12.5.3)."""

from __future__ import annotations

import functools
import zlib
from typing import Final, Protocol

import zstandard

#: Answers shorter than this are sent as they are.
_SMALLEST: Final = 512
_GZIP_LEVEL: Final = 5
_ZSTD_LEVEL: Final = 3
_CODINGS: Final = ("zstd", "gzip")


class Packer(Protocol):
    """Codes an answer piece by piece."""

    def compress(self, content: bytes, /) -> bytes:
        """Return what of the coded answer is ready."""

    def flush(self) -> bytes:
        """Return the rest."""


class _Plain:
    def compress(self, content: bytes, /) -> bytes:
        return content

    def flush(self) -> bytes:
        return b""


@functools.lru_cache(maxsize=1024)
def choose_content_coding(accept_encoding: str) -> str:
    """Return the content coding a client takes, empty for none (RFC 9110, 12.5.3).

    >>> choose_content_coding("gzip, deflate")
    'gzip'
    >>> choose_content_coding("*;q=0")
    ''
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


def compress(content: bytes, wanted: str) -> tuple[bytes, str]:
    """Return a whole answer coded, and the coding: none for a short one."""
    if len(content) < _SMALLEST:
        return content, ""
    one = packer(wanted)
    return one.compress(content) + one.flush(), wanted


def packer(coding: str) -> Packer:
    """Return what codes one answer."""
    if coding == "zstd":
        return zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compressobj()
    if coding == "gzip":
        return zlib.compressobj(_GZIP_LEVEL, wbits=zlib.MAX_WBITS | 16)
    return _Plain()
