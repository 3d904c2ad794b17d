"""Search over HTTP by typical input, and the reconciliation service."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest

from kg.errors import NoIndexError
from kg.rdf.vocabulary import BASE, UNV
from kg.release.release import Release, require_current
from kg.release.search import search
from kg.web.pages.ontology_terms import label_of_term


def _results(server: str, text: str) -> list[dict[str, str]]:
    answer = httpx.get(
        f"{server}/search", params={"q": text}, headers={"Accept": "application/json"}
    )
    assert answer.headers["content-type"] == "application/json"
    results = answer.json()["results"]
    assert isinstance(results, list)
    return results


@pytest.mark.parametrize(
    "text",
    [
        "ES-11/6",
        "A/RES/ES-11/6",
        "a/res/es-11/6",
        "A-RES-ES-11-6",
        " a res es 11 6 ",
        "es 11 6",
        "resolution ES-11/6",
        "UN Resolution A/RES/ES-11/6",
    ],
)
def test_a_symbol_is_found_in_any_spelling(server: str, text: str) -> None:
    first = _results(server, text)[0]
    assert first["iri"] == f"{BASE}id/resolution/A-RES-ES-11-6"
    assert (first["label"], first["type"]) == ("A/RES/ES-11/6", UNV.Resolution)


@pytest.mark.parametrize(
    "text",
    [
        "S/RES/2623(2022)",
        "S/RES/2623 (2022)",
        "s/res/2623 (2022)",
        "2623 (2022)",
        "S-RES-2623-2022",
    ],
)
def test_a_resolution_of_the_council_is_found_in_any_spelling(server: str, text: str) -> None:
    first = _results(server, text)[0]
    assert first["iri"] == f"{BASE}id/resolution/S-RES-2623-2022"
    assert first["label"] == "S/RES/2623(2022)"


@pytest.mark.parametrize(
    ("text", "iri"),
    [
        ("India", "state/IND"),
        ("ind", "state/IND"),
        (f"{BASE}id/state/IND", "state/IND"),
        ("indai", "state/IND"),
        ("cote divoire", "state/CIV"),
        ("Côte d'Ivoire", "state/CIV"),
        ("Turkey", "state/TUR"),
        ("Soviet Socialist", "state/SUN"),
        ("united staes of america", "state/USA"),
        ("Ukrane", "state/UKR"),
        ("12 point", "proposal/china-12-point"),
        ("political settlement", "proposal/china-12-point"),
    ],
)
def test_names_are_found_with_errors_and_former_ones_too(server: str, text: str, iri: str) -> None:
    assert f"{BASE}id/{iri}" in [result["iri"] for result in _results(server, text)][:3]


@pytest.mark.parametrize("text", ["", "   ", "??", "'\"; DROP", "é" * 500, "AND OR NOT", "zzqqxxk"])
def test_odd_input_gives_few_results_and_no_error(server: str, text: str) -> None:
    assert len(_results(server, text)) <= 20


def test_results_for_people_link_to_pages(server: str) -> None:
    page = httpx.get(f"{server}/search?q=India", headers={"Accept": "text/html"}).text
    assert 'href="/page/state/IND"' in page
    assert label_of_term(UNV.State) in page


def test_searching_a_release_without_an_index_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NoIndexError, match="kg build"):
        search(Release(tmp_path), "India")


def test_types_and_limit_narrow_a_search(embedded: Path) -> None:
    release = require_current(embedded)
    hits = search(release, "Ukraine", types=[UNV.Resolution], limit=5)
    assert len(hits) == 5
    assert {hit.type for hit in hits} == {UNV.Resolution}


def test_reconciliation_service_describes_itself(server: str) -> None:
    manifest = httpx.get(f"{server}/reconcile").json()
    assert manifest["versions"] == ["0.2"]
    assert manifest["identifierSpace"] == f"{BASE}id/"
    suggested = httpx.get(f"{server}/reconcile/suggest", params={"prefix": "Ukr"}).json()["result"]
    assert f"{BASE}id/state/UKR" in [state["id"] for state in suggested]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_reconciliation_matches_a_column_of_names(server: str, method: str) -> None:
    queries = {
        "q0": {"query": "India", "type": UNV.State},
        "q1": {"query": "Turkiye", "type": UNV.State, "limit": 1},
        "q2": {"query": "es-11/6"},
        "q3": {"query": "Atlantis", "type": [UNV.State]},
    }
    batch = {"queries": json.dumps(queries)}
    answer = httpx.request(
        method,
        f"{server}/reconcile",
        params=batch if method == "GET" else None,
        data=batch if method == "POST" else None,
    )
    assert answer.headers["access-control-allow-origin"] == "*"
    matches = answer.json()
    best = {name: matches[name]["result"][0] for name in ("q0", "q1", "q2")}
    assert (best["q0"]["id"], best["q0"]["match"]) == (f"{BASE}id/state/IND", True)
    assert (best["q1"]["id"], len(matches["q1"]["result"])) == (f"{BASE}id/state/TUR", 1)
    assert best["q2"]["id"] == f"{BASE}id/resolution/A-RES-ES-11-6"
    assert not any(candidate["match"] for candidate in matches["q3"]["result"])


@pytest.mark.parametrize("queries", ["", "x", "[]", '{"q0": 1}'])
def test_reconciliation_refuses_an_invalid_batch(server: str, queries: str) -> None:
    answer = httpx.get(f"{server}/reconcile", params={"queries": queries})
    assert answer.status_code == 400
