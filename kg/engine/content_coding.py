"""Content codings of responses (RFC 9110, sections 8.4 and 12.5.3)."""

from __future__ import annotations

import functools
import zlib
from typing import Final, Protocol

import zstandard

#: Shorter responses, in bytes, are sent uncompressed: compression would save less than a packet.
_MIN_COMPRESSED_BYTES: Final = 512
_GZIP_LEVEL: Final = 5
_ZSTD_LEVEL: Final = 3
#: The supported codings, in order of preference.
_CODINGS: Final = ("zstd", "gzip")


class Compressor(Protocol):
    """Compresses a response in pieces."""

    def compress(self, content: bytes, /) -> bytes:
        """Return the compressed bytes that are ready, possibly none."""

    def flush(self) -> bytes:
        """Return the remaining bytes."""


class _IdentityCompressor:
    def compress(self, content: bytes, /) -> bytes:
        return content

    def flush(self) -> bytes:
        return b""


@functools.lru_cache(maxsize=1024)
def choose_content_coding(accept_encoding: str) -> str:
    """Return the content coding that an Accept-Encoding header prefers, or an empty string.

    >>> choose_content_coding("gzip, deflate")
    'gzip'
    >>> choose_content_coding("zstd;q=0, *;q=0.5")
    'gzip'
    >>> choose_content_coding("*;q=0")
    ''
    """
    weights: dict[str, float] = {}
    for element in accept_encoding.split(","):
        name, _, parameter = element.partition(";")
        try:
            weights[name.strip().lower()] = float(parameter.partition("=")[2] or 1)
        except ValueError:
            continue
    offered = [(weights.get(name, weights.get("*", 0.0)), name) for name in _CODINGS]
    weight, coding = max(offered, key=lambda pair: pair[0])
    return coding if weight > 0 else ""


def compress(content: bytes, accepted_coding: str) -> tuple[bytes, str]:
    """Compress a complete response; return it with its content coding, empty if it is short."""
    if len(content) < _MIN_COMPRESSED_BYTES:
        return content, ""
    whole = compressor(accepted_coding)
    return whole.compress(content) + whole.flush(), accepted_coding


def compressor(coding: str) -> Compressor:
    """Return a compressor for one response."""
    if coding == "zstd":
        return zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compressobj()
    if coding == "gzip":
        return zlib.compressobj(_GZIP_LEVEL, wbits=zlib.MAX_WBITS | 16)
    return _IdentityCompressor()
