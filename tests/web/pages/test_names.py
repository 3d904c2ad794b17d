"""Everyday names of states and observers in six languages, in search and in reconciliation.

A name that one state had is answered with this state first, and matched; a name that two states had
is answered with both, with dates, and matched with neither.
"""

from __future__ import annotations

import json
from typing import Final

import httpx
import pytest

from kg.rdf.vocabulary import BASE
from kg.sources.states import embedded_names

#: Names, with the keys of the states that had them: those of today first.
NAMES: Final = {
    # English
    "UK": "GBR", "Britain": "GBR", "USA": "USA", "America": "USA", "Russia": "RUS",
    "Soviet Union": "SUN", "USSR": "SUN", "North Korea": "PRK", "DPRK": "PRK",
    "South Korea": "KOR", "Korea, South": "KOR", "Korea, Rep.": "KOR", "DRC": "COD",
    "Congo, Dem. Rep.": "COD", "Zaire": "COD", "UAE": "ARE", "East Germany": "DDR",
    "West Germany": "GER", "Holland": "NLD", "Burma": "MMR", "Ivory Coast": "CIV",
    "cote divoire": "CIV", "Swaziland": "SWZ", "Czech Republic": "CZE", "Vietnam": "VNM",
    "Laos": "LAO", "Syria": "SYR", "Iran": "IRN", "Tanzania": "TZA", "Cape Verde": "CPV",
    "East Timor": "TLS", "Macedonia": "MKD", "St. Lucia": "LCA", "The Gambia": "GMB",
    "PRC": "CHN", "Republic of China": "CHN", "TURKEY": "TUR", "Turkiye": "TUR",
    # French, Spanish
    "Allemagne": "DEU", "Royaume-Uni": "GBR", "États-Unis": "USA", "Corée du Nord": "PRK",
    "Pays-Bas": "NLD", "Côte d’Ivoire": "CIV", "Tchécoslovaquie": "CSK", "Suisse": "CHE",
    "Alemania": "DEU", "Reino Unido": "GBR", "EE. UU.": "USA", "Corea del Sur": "KOR",
    "Brasil": "BRA", "Costa de Marfil": "CIV", "Japón": "JPN",
    # Russian, Chinese, Arabic
    "Великобритания": "GBR", "США": "USA", "Германия": "DEU", "Северная Корея": "PRK",
    "Советский Союз": "SUN", "КИТАЙ": "CHN", "英国": "GBR", "美国": "USA", "朝鲜": "PRK",
    "日本": "JPN", "阿联酋": "ARE", "المملكة المتحدة": "GBR", "ألمانيا": "DEU", "الصين": "CHN",
    "المجر": "HUN", "السعودية": "SAU",
    # Observers
    "EU": "agent/EU", "Union européenne": "agent/EU", "Vatican": "agent/VAT",
    "Ватикан": "agent/VAT", "Palestine": "agent/PSE", "فلسطين": "agent/PSE",
    # Names that two states had
    "Congo": "COG COD", "Germany": "DEU GER", "Yemen": "YEM YEM-AR", "也门": "YEM YEM-AR",
    "Yugoslavia": "YUG YUG-FR", "United Arab Republic": "EGY UAR",
}  # fmt: skip


def _iris(keys: str) -> list[str]:
    """Return the IRIs of states by their keys, and of agents by their paths."""
    paths = (key if "/" in key else f"state/{key}" for key in keys.split())
    return [f"{BASE}id/{path}" for path in paths]


def test_search_answers_with_the_states_that_had_a_name(server: str) -> None:
    with httpx.Client(base_url=server, headers={"Accept": "application/json"}) as client:
        answers = {
            name: client.get("/search", params={"q": name}).json()["results"] for name in NAMES
        }
    exact = {
        name: [hit["iri"] for hit in hits if hit["score"] == 100] for name, hits in answers.items()
    }
    assert exact == {name: _iris(keys) for name, keys in NAMES.items()}
    congo = [(hit["from"], hit.get("until")) for hit in answers["Congo"][:2]]
    assert congo == [("1960-09-20", None), ("1960-06-30", "1971-10-27")]


def test_reconciliation_matches_a_name_of_one_state_only(server: str) -> None:
    queries = {name: {"query": name} for name in NAMES}
    body = {"queries": json.dumps(queries)}
    answers = httpx.post(f"{server}/reconcile", data=body).json()
    first = {
        name: [entry["id"] for entry in answers[name]["result"] if entry["score"] == 100]
        for name in NAMES
    }
    assert first == {name: _iris(keys) for name, keys in NAMES.items()}
    matched = {name: [e["match"] for e in answers[name]["result"][:1]] for name in NAMES}
    assert matched == {name: [" " not in keys] for name, keys in NAMES.items()}
    descriptions = [entry["description"] for entry in answers["Germany"]["result"][:2]]
    assert [text.partition(".")[0] for text in descriptions] == [
        "Name since 1990-10-03",
        "Name from 1973-09-18 until 1990-10-03",
    ]


def test_a_page_of_results_shows_when_states_had_a_name(server: str) -> None:
    page = httpx.get(f"{server}/search?q=Congo", headers={"Accept": "text/html"}).text
    assert "this name since 1960-09-20" in page
    assert "this name from 1960-06-30 until 1971-10-27 (exclusive)" in page


@pytest.mark.parametrize("name", ["UK", "Royaume-Uni", "英国", "gb", "Q145", "GBR"])
def test_a_parameter_takes_a_name_a_code_or_an_identifier(server: str, name: str) -> None:
    address = f"{server}/queries/names-of-state"
    answer = httpx.get(address, params={"state": name, "format": "csv"})
    assert "United Kingdom of Great Britain and Northern Ireland" in answer.text


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Congo", "COG (Congo; since 1960-09-20) and COD"),
        ("Ukrane", "did you mean UKR (Ukraine)?"),
        ("XYZ", "no name or code of a state"),
    ],
)
def test_a_name_of_no_state_or_of_several_is_refused(server: str, name: str, message: str) -> None:
    answer = httpx.get(f"{server}/queries/names-of-state", params={"state": name, "format": "csv"})
    assert answer.status_code == 400
    assert message in answer.text


def test_states_are_compared_by_name(server: str) -> None:
    page = httpx.get(f"{server}/compare?states=Inde&states=UK").text
    assert "India and United Kingdom of Great Britain and Northern Ireland" in page


@pytest.mark.parametrize(
    ("name", "day", "key"),
    [
        ("Germany", "1985-06-01", "GER"),
        ("Germany", "1995-06-01", "DEU"),
        ("Yemen", "1960-12-05", "YEM-AR"),
        ("Congo", "2001-01-01", "COG"),
        ("Congo", "1965-01-01", None),
        ("Yugoslavia", "1995-01-01", "YUG"),
        ("Yugoslavia", "2001-01-01", "YUG-FR"),
        ("Turkey", "2023-01-01", "TUR"),
        ("Atlantis", "2023-01-01", None),
    ],
)
def test_a_name_on_a_day_is_that_of_the_state_which_had_it(
    name: str, day: str, key: str | None
) -> None:
    assert embedded_names().named(name, day) == key
