"""The reader of R's data files, compared with the library rdata, and given broken files."""

from __future__ import annotations

import bz2
import gzip
import lzma
import struct
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pytest
import rdata
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import SourceError
from kg.sources import r_data
from kg.sources.r_data import read_table
from kg.sources.tables.columns import Table
from tests.support.unvotes_files import write

_HEADER: Final = struct.pack(">7siii", b"RDX2\nX\n", 2, 0x040000, 0x020300)
_NULL: Final = struct.pack(">i", 254)
_TEXT: Final = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=9
)
_ROWS: Final = st.lists(
    st.tuples(
        st.floats(allow_nan=False) | st.none(),
        st.integers(-(2**31) + 1, 2**31 - 1) | st.none(),
        _TEXT | st.none(),
        st.sampled_from(["yes", "no", "abstain"]) | st.none(),
    ),
    max_size=20,
)


def _frame(rows: list[tuple[Any, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["real", "integer", "text", "factor"])
    return frame.astype(
        {"real": "float64", "integer": "Int32", "text": "string", "factor": "category"}
    )


def _equals(table: Table, frame: pd.DataFrame) -> None:
    assert list(table) == list(frame.columns)
    for name, column in table.items():
        expected = frame[name]
        if pd.api.types.is_numeric_dtype(expected.dtype):
            numbers = expected.to_numpy(dtype="float64", na_value=np.nan)
            np.testing.assert_array_equal(column.numbers(), numbers)
        else:
            texts = ["" if pd.isna(value) else value for value in expected.astype(object)]
            assert column.texts() == texts


def _written(content: bytes, folder: Path) -> Path:
    path = folder / "file.rda"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    "compress", [bytes, gzip.compress, bz2.compress, lzma.compress], ids=lambda f: f.__module__
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=_ROWS)
def test_a_table_is_read_as_written(
    rows: list[tuple[Any, ...]], compress: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    path, frame = tmp_path / "plain.rda", _frame(rows)
    rdata.write_rda(path, {"other": _frame([]), "frame": frame}, compression=None)
    _equals(read_table(_written(compress(path.read_bytes()), tmp_path), "frame"), frame)


def _of_library(path: Path, name: str) -> pd.DataFrame:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame: pd.DataFrame = rdata.read_rda(path)[name]
        return frame


@pytest.mark.parametrize(
    "name",
    [
        "un_roll_calls",
        "un_roll_call_issues",
        pytest.param("un_votes", marks=pytest.mark.endurance),
    ],
)
def test_the_real_files_are_read_as_by_the_library(name: str, real_data: Path) -> None:
    path = real_data / "unvotes" / f"{name}.rda"
    _equals(read_table(path, name), _of_library(path, name))


def test_the_table_of_political_scientists_is_read(real_data: Path) -> None:
    table = read_table(real_data / "voeten" / "UNVotesPublished.RData", "x")
    votes, numbers = np.unique(table["vote"].numbers(), return_counts=True)
    assert votes.tolist() == [1, 2, 3, 8, 9]
    assert numbers.sum() == 1_066_613


def test_a_file_cut_off_anywhere_is_named(tmp_path: Path) -> None:
    content = gzip.decompress((write(tmp_path / "source") / "un_votes.rda").read_bytes())
    for end in range(len(content) - 4):
        with pytest.raises(SourceError, match=r"file\.rda: not a complete R data file"):
            read_table(_written(content[:end], tmp_path), "un_votes")


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_file_is_read_or_named(data: st.DataObject, tmp_path: Path) -> None:
    source = tmp_path / "source" / "un_roll_calls.rda"
    if not source.exists():
        write(tmp_path / "source")
    content = bytearray(gzip.decompress(source.read_bytes()))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255))
    table, message = {}, ""
    try:
        table = read_table(_written(bytes(content), tmp_path), "un_roll_calls")
    except SourceError as error:
        message = str(error)
    assert not message or message.startswith(f"{tmp_path / 'file.rda'}: ")
    for column in table.values():
        assert len(column.texts()) == len(column.numbers()) == len(column)


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_a_file_that_expands_beyond_the_limit_is_rejected(
    compress: Callable[[bytes], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(r_data, "R_DATA_BYTES", 2**24)
    with pytest.raises(SourceError, match="more than 16,777,216 bytes when decompressed"):
        read_table(_written(compress(bytes(2**24 + 1)), tmp_path), "x")


def _symbol(name: str) -> bytes:
    return struct.pack(">iii", 1, 9, len(name)) + name.encode()


def _pairs(*items: tuple[str, bytes]) -> bytes:
    nodes = (struct.pack(">i", 2 | 1 << 10) + _symbol(tag) + value for tag, value in items)
    return b"".join(nodes) + _NULL


def _texts(*texts: str) -> bytes:
    items = (struct.pack(">ii", 9, len(text)) + text.encode() for text in texts)
    return struct.pack(">ii", 16, len(texts)) + b"".join(items)


def _reals(*numbers: float) -> bytes:
    return struct.pack(f">ii{len(numbers)}d", 14, len(numbers), *numbers)


def _table(column: bytes) -> bytes:
    attributes = _pairs(("names", _texts("n")), ("class", _texts("data.frame")))
    return _HEADER + _pairs(("t", struct.pack(">ii", 19 | 1 << 9, 1) + column + attributes))


def _compact(form: str, state: bytes) -> bytes:
    information = struct.pack(">i", 2) + _symbol(form) + _NULL
    return struct.pack(">i", 238) + information + state + _NULL


@pytest.mark.parametrize(
    ("column", "numbers"),
    [
        (_reals(1.5, 2), [1.5, 2]),
        (_compact("compact_intseq", _reals(3, 5, 1)), [5, 6, 7]),
        (_compact("wrap_real", struct.pack(">ii", 19, 1) + _reals(4, 2)), [4, 2]),
    ],
    ids=["plain", "sequence", "wrapped"],
)
def test_compact_vectors_are_read(column: bytes, numbers: list[float], tmp_path: Path) -> None:
    table = read_table(_written(_table(column), tmp_path), "t")
    assert table["n"].numbers().tolist() == numbers


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the data end early"),
        (b"<html>not found</html>", "expected RDX2 or RDX3"),
        (_table(_compact("compact_intseq", _reals(1e18, 1, 1))), "compact_intseq"),
        (_table(struct.pack(">ii", 13, 2**31 - 1)), "the data end early"),
        (_table(struct.pack(">i", 3)), "an object of type 3 is not part of a table"),
        (_HEADER + struct.pack(">ii", 19, 1) * 1000 + _NULL, "more objects than a table"),
        (_HEADER + struct.pack(">ii", 2, 254) * 200_000 + _NULL, "more objects than a table"),
        (_table(struct.pack(">iiii", 16, 1, 9, 1) + b"\xff"), "is not UTF-8"),
        (_table(_NULL), "t is not a table"),
    ],
)
def test_what_a_table_cannot_contain_is_named(content: bytes, message: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=message):
        read_table(_written(content, tmp_path), "t")
