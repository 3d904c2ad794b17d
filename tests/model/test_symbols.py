"""Document symbols, slugs and IRIs."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.model import symbols
from kg.model.symbol_spelling import assembly_resolution
from kg.model.symbols import is_within_session, session_of, slug
from kg.rdf import iris
from kg.rdf.vocabulary import BASE

SLUGS = {
    "A/RES/1991(XVIII)[A]": "A-RES-1991-XVIII-A",
    "A/RES/41/68B": "A-RES-41-68-B",
    "A/RES/41/68 B": "A-RES-41-68-B",
    "A/RES/41/68[B]": "A-RES-41-68-B",
    "a/res/es-11/6": "A-RES-ES-11-6",
    "S/RES/2623 (2022)": "S-RES-2623-2022",
    "S/2022/155": "S-2022-155",
    "A/ES-11/PV.19": "A-ES-11-PV-19",
    "A/RES/36//235IX": "A-RES-36-235-IX",
    "A/RES/33/116[B-IX]": "A-RES-33-116-B-IX",
}


@pytest.mark.parametrize(("symbol", "expected"), SLUGS.items())
def test_slug_of_known_symbols(symbol: str, expected: str) -> None:
    assert slug(symbol) == expected


@given(st.text(min_size=1))
def test_slug_has_one_form_or_is_refused(text: str) -> None:
    try:
        result = slug(text)
    except ValueError:
        assert not re.search(r"[A-Z0-9]", re.sub(r"\s", "", text).upper())
    else:
        assert re.fullmatch(r"[A-Z0-9]+(-[A-Z0-9]+)*", result)
        assert not re.search(r"[0-9][A-Z]", result)
        assert slug(result) == result


@given(st.text(alphabet="ARES/0123456789-()[]. BCX", min_size=1), st.integers(0, 30))
def test_slug_ignores_white_space_and_case(text: str, position: int) -> None:
    if not re.search(r"[A-Z0-9]", text):
        return
    spaced = text[:position] + " \t" + text[position:]
    assert slug(spaced.lower()) == slug(text)


@given(st.integers(1, 3999))
def test_roman_numerals_round_trip(number: int) -> None:
    assert symbols.arabic(symbols.roman(number)) == number


@given(st.integers(18, 120), st.integers(1, 9999), st.sampled_from(["", "A", "B", "Z"]))
def test_symbols_of_assembly_resolutions_contain_their_session(
    session: int, number: int, part: str
) -> None:
    symbol = assembly_resolution(session, number, part)
    assert session_of(symbol) == str(session)
    assert slug(symbol).startswith("A-RES-")


@pytest.mark.parametrize(
    ("symbol", "session"),
    [
        ("A/RES/68/262", "68"),
        ("A/RES/ES-11/6", "ES-11"),
        ("A/RES/S-14/1", "S-14"),
        ("A/RES/2252(ES-V)", "ES-5"),
        ("A/RES/106(S-1)", "S-1"),
        ("A/RES/377(V)[A-C]", "5"),
        ("A/RES/36//235IX", "36"),
        ("S/RES/2623 (2022)", None),
        ("A/68/L.39", None),
    ],
)
def test_session_of_symbols_of_all_times(symbol: str, session: str | None) -> None:
    assert session_of(symbol) == session


KEYS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9-]{0,20}", fullmatch=True)


@given(st.from_regex(r"[a-z]{1,12}", fullmatch=True), KEYS)
def test_iris_of_resources_round_trip(kind: str, key: str) -> None:
    assert iris.parse(iris.thing(kind, key)) == (kind, key)


@pytest.mark.parametrize("key", ["", "a b", "a/", "<x>", "a>", "ü", "-a", "a\n"])
def test_keys_that_form_no_valid_iri_are_rejected(key: str) -> None:
    with pytest.raises(ValueError, match="valid resource IRI"):
        iris.thing("state", key)


@pytest.mark.parametrize("iri", ["http://example.org/id/state/UKR", BASE, BASE + "id/state/UKR\n"])
def test_other_iris_are_not_ours(iri: str) -> None:
    assert iris.parse(iri) is None


def test_iris_of_the_contract() -> None:
    assert iris.state("YUG-FR") == BASE + "id/state/YUG-FR"
    assert iris.document("A/RES/ES-11/6") == BASE + "id/resolution/A-RES-ES-11-6"
    assert iris.vote("A-RES-ES-11-6", "IND") == BASE + "id/vote/A-RES-ES-11-6/IND"
    assert iris.point("china-12-point", 3) == BASE + "id/proposal/china-12-point/3"


@pytest.mark.parametrize(
    ("session", "day", "within"),
    [
        ("1", "1946-01-24", True),
        ("37", "1982-02-21", False),
        ("37", "1982-09-21", True),
        ("37", "1983-12-31", True),
        ("37", "1984-01-01", False),
        ("ES-10", "2023-12-12", True),
        ("", "2023-12-12", True),
    ],
)
def test_days_of_sessions(session: str, day: str, within: bool) -> None:
    assert is_within_session(session, day) is within
