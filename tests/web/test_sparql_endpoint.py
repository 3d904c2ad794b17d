"""The SPARQL endpoint: the content coding of responses."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import httpx
import pytest
import zstandard

from tests.support.http import query_endpoint

LONG_QUERY = "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 2000"


@pytest.mark.parametrize(("coding", "unpack"), [
    ("gzip", gzip.decompress),
    ("zstd", lambda packed: zstandard.ZstdDecompressor().decompressobj().decompress(packed)),
    ("identity", bytes),
])  # fmt: skip
def test_an_answer_is_encoded_as_the_client_accepts(
    server: str, coding: str, unpack: Callable[[bytes], bytes]
) -> None:
    plain = query_endpoint(server, LONG_QUERY, **{"Accept-Encoding": "identity"})
    with httpx.stream(
        "GET", f"{server}/sparql", params={"query": LONG_QUERY}, headers={"Accept-Encoding": coding}
    ) as answer:
        packed = b"".join(answer.iter_raw())
    assert answer.headers.get("content-encoding", "identity") == coding
    assert unpack(packed) == plain.content
    assert "Accept-Encoding" in answer.headers["vary"]
