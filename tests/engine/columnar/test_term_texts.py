"""The file of the dictionary's texts: by identifier, and identifiers by text."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.engine.columnar import term_texts
from kg.engine.columnar.term_texts import DamagedTextError, TermTexts

_TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"])), unique=True)


@settings(max_examples=40, deadline=None)
@given(iris=_TEXTS, strings=_TEXTS, absent=st.text(st.characters(exclude_categories=["Cs"])))
def test_every_text_is_found_among_those_of_its_kind(
    iris: list[str], strings: list[str], absent: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("texts")
    # Within a kind, texts are in the order of their UTF-8, as DuckDB sorts them.
    kinds = [sorted(texts, key=str.encode) for texts in (iris, strings)]
    term_texts.write(kinds, folder)
    texts = TermTexts(folder)
    assert [texts.text(n) for n in range(len(texts))] == kinds[0] + kinds[1]
    of_iris, of_strings = range(len(iris)), range(len(iris), len(texts))
    assert [texts.find(text, of_iris) for text in kinds[0]] == list(of_iris)
    assert [texts.find(text, of_strings) for text in kinds[1]] == list(of_strings)
    for kind, ids in zip(kinds, (of_iris, of_strings), strict=True):
        assert (texts.find(absent, ids) is not None) == (absent in kind)


@pytest.mark.parametrize("content", [b"", b"x", b"x" * 8, b"\xff" * 8, b"abc" + bytes(8)])
def test_another_file_is_not_read(content: bytes, tmp_path: Path) -> None:
    (tmp_path / term_texts.FILE_NAME).write_bytes(content)
    with pytest.raises(DamagedTextError):
        TermTexts(tmp_path)


@settings(max_examples=40, deadline=None)
@given(texts=_TEXTS.filter(any), data=st.data())
def test_a_damaged_text_is_not_returned(
    texts: list[str], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("texts")
    texts = sorted(texts, key=str.encode)
    term_texts.write([texts], folder)
    path = folder / term_texts.FILE_NAME
    content = bytearray(path.read_bytes())
    content[data.draw(st.integers(0, len(content) - 9))] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(content)
    damaged = TermTexts(folder)
    for number, text in enumerate(texts):
        with suppress(DamagedTextError):
            assert damaged.text(number) == text
            assert damaged.find(text, range(len(texts))) == number
