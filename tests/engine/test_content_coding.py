"""The choice of a content coding from the Accept-Encoding header."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.engine.content_coding import choose_content_coding


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", ""), ("gzip", "gzip"), ("gzip, zstd", "zstd"), ("gzip;q=1, zstd;q=0.5", "gzip"),
        ("*", "zstd"), ("gzip;q=0", ""), ("br", ""), ("zstd;q=nonsense", ""), ("GZIP", "gzip"),
    ],
)  # fmt: skip
def test_the_coding_follows_the_weights(accepted: str, coding: str) -> None:
    assert choose_content_coding(accepted) == coding


@given(st.text())
def test_no_header_breaks_the_choice_of_a_coding(accepted: str) -> None:
    assert choose_content_coding(accepted) in {"", "gzip", "zstd"}
