"""The page of search results: what is found first, what restricts it, and what is meant."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from kg.model.names import normalized
from kg.rdf.vocabulary import BASE, UNV
from tests.support.releases import ask

_HTML = {"Accept": "text/html"}
_TITLE = "SELECT ?resolution ?title { ?resolution a unv:Resolution ; dcterms:title ?title }"


def _page(server: str, **parameters: str | int) -> httpx.Response:
    return httpx.get(f"{server}/search", params=parameters, headers=_HTML)


def _results(text: str) -> list[str]:
    """Return the pages that the results of a page lead to, best first."""
    _, _, listed = text.partition('<ol class="search-results')
    return re.findall(r'<li><a href="/page/([^"]+)"', listed)


def test_everyday_words_find_the_resolution_before_what_is_said_about_it(server: str) -> None:
    text = _page(server, q="russia withdrawal").text
    results = _results(text)
    # Both demand the withdrawal of the forces of the Russian Federation in a paragraph.
    assert {"resolution/A-RES-ES-11-1", "resolution/A-RES-ES-11-6"} == set(results[:2])
    # The tally and the day of the vote are beside it.
    assert "141 in favour, 5 against, 35 abstaining" in text
    assert '<span class="date">2022-03-02</span>' in text


def test_the_words_of_titles_find_the_resolution_first(server: str, embedded: Path) -> None:
    titles = dict(ask(embedded, _TITLE))
    for title in sorted(set(titles.values()))[::4]:
        results = _results(_page(server, q=title).text)
        words = normalized(titles[f"{BASE}id/{results[0]}"]).split()
        assert set(normalized(title).split()) <= set(words)
        kinds = [result.partition("/")[0] for result in results]
        assert "resolution" not in kinds[kinds.index("statement") :] if "statement" in kinds else 1


def test_a_state_is_shown_by_the_name_that_was_searched_for(server: str) -> None:
    text = _page(server, q="Russia").text
    assert _results(text)[0] == "state/RUS"
    assert "Russia (Russian Federation)" in text


def test_results_are_counted_and_restricted_by_kind_body_and_years(
    server: str, embedded: Path
) -> None:
    everything = _page(server, q="Ukraine").text
    (total,) = re.findall(r'role="status">([\d,]+) results', everything)
    kinds = dict(re.findall(r'type=(\w+)">[^<]*</a> <span class="muted">([\d,]+)', everything))
    assert sum(int(number.replace(",", "")) for number in kinds.values()) == int(total)
    resolutions = _page(server, q="Ukraine", type="Resolution").text
    assert f'role="status">{kinds["Resolution"]} results' in resolutions
    assert {kind.partition("/")[0] for kind in _results(resolutions)} == {"resolution"}
    years = {
        f"resolution/{resolution.rpartition('/')[2]}"
        for resolution, year in ask(
            embedded,
            "SELECT DISTINCT ?r ?year { ?event unv:decides ?r ; unv:year ?year }",
        )
        if year == "2022"
    }
    of_year = _page(
        server, q="Ukraine", **dict.fromkeys(("from", "until"), 2022), type="Resolution"
    )
    assert of_year.status_code == 200
    assert set(_results(of_year.text)) <= years
    assert _results(of_year.text)
    assembly = _page(server, q="Ukraine", body="GeneralAssembly", type="Resolution").text
    held = ask(embedded, "SELECT ?r { ?e unv:body unv:GeneralAssembly ; unv:decides ?r }")
    assert _results(assembly)
    assert set(_results(assembly)) <= {f"resolution/{row[0].rpartition('/')[2]}" for row in held}


def test_pages_of_results_list_each_once(server: str) -> None:
    first = _page(server, q="Ukraine").text
    second = _page(server, q="Ukraine", page=2).text
    assert 'rel="next"' in first
    assert 'rel="prev"' in second
    assert len(_results(first)) == 20
    assert not set(_results(first)) & set(_results(second))


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"type": "Ship"}, "Resolution"),
        ({"body": "Parliament"}, "body=SecurityCouncil"),
        ({"from": "soon"}, "a year such as 1990"),
    ],
)
def test_unknown_restrictions_are_refused_with_the_list(
    server: str, parameters: dict[str, str], expected: str
) -> None:
    answer = _page(server, q="Ukraine", **parameters)
    assert answer.status_code == 400
    assert expected in answer.text


@pytest.mark.parametrize(
    ("text", "meant"),
    [("ukrane", "ukraine"), ("agression ukrane", "aggression ukraine"), ("ukraine", "")],
)
def test_misspelt_words_are_corrected_by_words_of_the_record(
    server: str, text: str, meant: str
) -> None:
    page = _page(server, q=text).text
    assert re.findall(r"Did you mean <a [^>]*>([^<]+)</a>", page) == ([meant] if meant else [])


def test_json_has_the_total_of_restricted_results(server: str) -> None:
    answer = httpx.get(
        f"{server}/search",
        params={"q": "Ukraine", "type": "Resolution", "limit": 5},
        headers={"Accept": "application/json"},
    ).json()
    assert len(answer["results"]) == 5
    assert answer["total"] > 5
    assert {result["type"] for result in answer["results"]} == {UNV.Resolution}


def test_topics_are_grouped_by_scheme_and_filtered_by_words(server: str, embedded: Path) -> None:
    labels = [
        row[0]
        for row in ask(
            embedded, "SELECT DISTINCT ?l { ?x dcterms:subject ?t . ?t skos:prefLabel ?l }"
        )
    ]
    everything = httpx.get(f"{server}/topics", headers=_HTML).text
    assert everything.count('<a href="/page/topic/') == len(labels)
    assert '<h2 id="scheme-1">' in everything
    some = httpx.get(f"{server}/topics?q=nuclear", headers=_HTML).text
    assert some.count('<a href="/page/topic/') == sum(
        "nuclear" in label.lower() for label in labels
    )
    assert "No topic has these words" in httpx.get(f"{server}/topics?q=zzz", headers=_HTML).text
