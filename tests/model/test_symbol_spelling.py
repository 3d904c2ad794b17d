"""The canonical spelling of a symbol: the same for every other spelling, with the same slug."""

from __future__ import annotations

import csv
import gzip
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.model.symbol_spelling import (
    assembly_resolution,
    document_key,
    document_kind,
    is_complete,
    spelling,
    variants,
)
from kg.model.symbols import roman, slug

#: Other common spellings by canonical spelling, which was read from the library's tables.
SPELLINGS = {
    "A/RES/68/262": [],
    "A/RES/41/68B": ["A/RES/41/68 B", "A/RES/41/68[B]"],
    "A/RES/33/116[B-IX]": ["A/RES/33/116B-IX", "A/RES/33/116 B-IX"],
    "A/RES/55/33[C]": ["A/RES/55/33C", "A/RES/55/33 C"],
    "A/RES/75/254A-C": ["A/RES/75/254[A-C]", "A/RES/75/254 A-C"],
    "A/RES/39/236[SectionII]": ["A/RES/39/236SectionII", "A/RES/39/236 SectionII"],
    "A/RES/ES-11/6": [],
    "A/RES/ES-8/1A": ["A/RES/ES-8/1[A]", "A/RES/ES-8/1 A"],
    "A/RES/2758(XXVI)": ["A/RES/2758 (XXVI)"],
    "A/RES/1991(XVIII)[A]": ["A/RES/1991(XVIII)A", "A/RES/1991 A (XVIII)"],
    "A/RES/63(I)[PARA.3]": ["A/RES/63(I)PARA.3"],
    "A/RES/106(S-1)": ["A/RES/106 (S-1)"],
    "A/RES/1474(ES-IV)": ["A/RES/1474 (ES-IV)"],
    "S/RES/2623(2022)": ["S/RES/2623 (2022)"],
    "A/DEC/80/506": [],
    "A/DEC/80/544A": ["A/DEC/80/544[A]", "A/DEC/80/544 A"],
}


@pytest.mark.parametrize(("symbol", "others"), SPELLINGS.items())
def test_the_usual_spellings_of_a_symbol(symbol: str, others: list[str]) -> None:
    assert sorted(variants(symbol)) == sorted(others)
    for text in (symbol, *others):
        assert is_complete(text)
        assert spelling(text) == symbol
        assert document_key(text) == slug(symbol)


@pytest.mark.parametrize(
    "text",
    [
        "A/RES/79/XX", "A/RES/79/xx", "A/RES/79/XXX", "A/RES/79/", "A/RES/79", "A/RES/79/...",
        "A/RES/79/[ ]", "A/RES/79/?", "A/RES/79/0", "A/RES/79/05", "A/RES/79/XX A", "A/RES/XX",
        "A/RES/", "A/DEC/80/XXX", "A/DEC/5", "S/RES/XXXX(2025)", "S/RES/2811", "S/RES/0(2025)",
        "A/RES/79/1;A/RES/79/2", "A/RES/79/1|A/RES/79/2", "A/RES/79/1 A and B", "A/RES/79/1-3",
        "A/RES/60/1/Corr.1", "A/RES/900", "A/RES/900(18)", "A/RES/900(XXXI)", "A/RES/900(IIII)",
        "A/RES/24/2535C", "A/RES/A/RES/78/1", "R/68/262", "A/79/L.1", "S/2022/155", "none", "",
    ],
)  # fmt: skip
def test_texts_that_are_not_the_symbol_of_one_resolution_or_decision(text: str) -> None:
    assert not is_complete(text)
    assert variants(text) == ()


def test_other_documents_keep_their_spelling() -> None:
    assert spelling("S/2022/155") == "S/2022/155"
    assert spelling("A/ES-11/L.1/Add. 1") == "A/ES-11/L.1/Add.1"


#: Symbols of resolutions and decisions of all times.
PARTS = st.from_regex(r"(|[A-Z]|[IVX]{1,4}|[A-Z]-[A-Z]|[AB]-[IVX]{1,4})", fullmatch=True)
NUMBERS = st.integers(1, 9999)
SYMBOLS = st.one_of(
    st.builds("A/RES/{}/{}{}".format, st.integers(31, 120), NUMBERS, PARTS),
    st.builds("A/DEC/{}/{}{}".format, st.integers(31, 120), NUMBERS, PARTS),
    st.builds("A/RES/{}-{}/{}{}".format, st.sampled_from(["S", "ES"]), NUMBERS, NUMBERS, PARTS),
    st.builds("A/RES/{}({})".format, NUMBERS, st.integers(1, 30).map(roman)),
    st.builds("A/RES/{}({})[{}]".format, NUMBERS, st.integers(1, 30).map(roman), PARTS),
    st.builds("S/RES/{}({})".format, NUMBERS, st.integers(1946, 2100)),
)


@given(SYMBOLS)
def test_every_spelling_leads_to_one_symbol_and_one_slug(symbol: str) -> None:
    canonical = spelling(symbol)
    assert spelling(canonical) == canonical
    assert slug(canonical) == slug(symbol)
    assert canonical not in variants(symbol)
    for other in variants(symbol):
        assert (spelling(other), document_key(other)) == (canonical, slug(canonical))


@given(SYMBOLS, st.integers(0, 20), st.booleans())
def test_blanks_and_case_do_not_matter(symbol: str, position: int, lower: bool) -> None:
    text = symbol[:position] + " \u00a0" + symbol[position:]
    assert spelling(text.lower() if lower else text) == spelling(symbol)


@given(st.text())
def test_any_text_has_one_spelling(text: str) -> None:
    assert spelling(spelling(text)) == spelling(text)
    assert not re.search(r"\s", spelling(text))


@given(st.text(alphabet="ARESDCX/0123456789-()[]. IVB", min_size=1))
def test_texts_like_symbols_have_one_spelling(text: str) -> None:
    canonical = spelling(text)
    assert spelling(canonical) == canonical
    if is_complete(text):
        assert slug(canonical) == document_key(text)


@given(st.integers(18, 120), NUMBERS, st.sampled_from(["", "A", "B", "Z"]))
def test_assembly_resolutions_are_complete(session: int, number: int, part: str) -> None:
    symbol = assembly_resolution(session, number, part)
    assert is_complete(symbol)
    assert spelling(symbol) == symbol


@pytest.mark.parametrize(
    ("symbol", "kind"),
    [
        ("A/DEC/80/506", "decision"),
        ("a/dec/80/544 a", "decision"),
        ("A/RES/80/1", "resolution"),
        ("S/RES/2623 (2022)", "resolution"),
    ],
)
def test_decisions_are_distinguished_from_resolutions(symbol: str, kind: str) -> None:
    assert document_kind(symbol) == kind


def symbols_of(path: Path) -> set[str]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        return {row["resolution"] for row in csv.DictReader(stream)}


def test_the_spelling_is_that_of_the_library(real_data: Path) -> None:
    tables = [real_data / "undl" / f"{body}_voting.csv.gz" for body in ("ga", "sc")]
    symbols = set().union(*map(symbols_of, tables))
    assert len(symbols) == 8_131
    assert all(is_complete(symbol) for symbol in symbols)
    assert {symbol: spelling(symbol) for symbol in symbols if spelling(symbol) != symbol} == {
        "A/RES/36//235IX": "A/RES/36/235IX",
        "A/RES/39/148L": "A/RES/39/148[L]",
        "A/RES/78/183 A": "A/RES/78/183A",
        "A/RES/78/183 B": "A/RES/78/183B",
    }
    assert len({document_key(symbol) for symbol in symbols}) == 8_131
