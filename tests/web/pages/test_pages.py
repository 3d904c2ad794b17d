"""Linked Data over a live server: addresses, formats, HTTP headers and the content of pages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from rdflib import Graph, URIRef

import kg
from kg.rdf.vocabulary import BASE, RDFS, UNV
from kg.resources import DATA
from kg.sources.territories import read_disputed_places
from kg.sparql.saved_queries import library
from kg.web.pages.components.world_map import atlas
from kg.web.pages.urls import DATA_FORMATS
from tests.support.browser import PAGES
from tests.support.crawl import crawl, iris

#: The Accept headers of browsers and common RDF libraries.
_BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
_RDFLIB = "text/turtle,application/x-turtle,application/rdf+xml;q=0.9,application/n-triples;q=0.9"
_JENA = "text/turtle,application/n-triples;q=0.9,application/rdf+xml;q=0.7,*/*;q=0.1"
_RAPPER = "application/rdf+xml, text/rdf;q=0.6, */*;q=0.1"
_INDIA = f"{BASE}id/state/IND"


def _get(server: str, path: str, accept: str = _BROWSER, **headers: str) -> httpx.Response:
    all_headers = {"Accept": accept, **headers}
    return httpx.get(server + path, headers=all_headers, timeout=60)


def _words(page: str) -> str:
    """Return the text of a page, without its markup."""
    text = " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())
    return re.sub(r" (?=[,;:.])", "", text)


@pytest.mark.parametrize(
    ("accept", "place"),
    [
        (_BROWSER, "/page/state/IND"),
        ("application/xhtml+xml", "/page/state/IND"),
        ("text/turtle", "/data/state/IND.ttl"),
        ("application/ld+json", "/data/state/IND.jsonld"),
        ("application/json", "/data/state/IND.jsonld"),
        ("application/n-triples", "/data/state/IND.nt"),
        (_RDFLIB, "/data/state/IND.ttl"),
        (_JENA, "/data/state/IND.ttl"),
        (_RAPPER, "/data/state/IND.rdf"),
        ("text/html;q=0.4, text/turtle;q=0.5", "/data/state/IND.ttl"),
        ("*/*", "/data/state/IND.ttl"),
    ],
)
def test_resources_redirect_by_accept_header(server: str, accept: str, place: str) -> None:
    answer = _get(server, "/id/state/IND", accept)
    assert (answer.status_code, answer.headers["location"]) == (303, place)
    assert answer.headers["vary"] == "Accept"
    links = answer.headers["link"]
    assert f'<{server}/data/state/IND.ttl>; rel="describedby"; type="text/turtle"' in links
    link = _get(server, place, "*/*").headers["link"]
    assert f'<{_INDIA}>; rel="describes"' in link
    assert 'rel="alternate"' in link


@pytest.mark.parametrize("path", ["/id/state/IND", "/data/state/IND", "/ontology", "/dataset"])
def test_unsupported_formats_answer_406_with_the_supported_ones(server: str, path: str) -> None:
    answer = _get(server, path, "image/png")
    assert answer.status_code == 406
    assert answer.headers["vary"] == "Accept"
    assert "text/turtle" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/id/state/NOWHERE",
        "/page/state/NOWHERE",
        "/data/state/NOWHERE.ttl",
        "/data/state/IND.doc",
        "/page/state/IND> <urn:x",
        "/page/../state/IND",
        "/body/Committee",
        "/queries/none",
        "/ontology/9.9.9",
        "/static/none.css",
        "/static/..%2fsite.py",
    ],
)
def test_unknown_resources_answer_404(server: str, path: str) -> None:
    answer = _get(server, path)
    assert answer.status_code == 404
    assert "<h1>" in answer.text
    plain = _get(server, path, "*/*")
    assert plain.status_code == 404
    assert plain.headers["content-type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("extension", sorted(DATA_FORMATS))
def test_a_suffix_selects_the_format_and_all_formats_agree(server: str, extension: str) -> None:
    response_format = DATA_FORMATS[extension]
    answer = _get(server, f"/data/state/IND.{extension}", "image/png")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == response_format.content_type
    assert isinstance(response_format.oxigraph, ox.RdfFormat)
    triples = {
        str(quad.triple) for quad in ox.parse(answer.content, format=response_format.oxigraph)
    }
    turtle = _get(server, "/data/state/IND.ttl").content
    assert triples == {str(q.triple) for q in ox.parse(turtle, format=ox.RdfFormat.TURTLE)}
    assert f'<{_INDIA}> <{RDFS.label}> "India"@en' in triples
    # The labels of objects can be read without a further request.
    assert any("Asia-Pacific Group" in line for line in triples)


def test_json_ld_has_plain_keys_and_values(server: str) -> None:
    document = _get(server, "/data/event/A-RES-ES-11-6.jsonld").json()
    event = next(n for n in document["@graph"] if n["@id"] == f"{BASE}id/event/A-RES-ES-11-6")
    assert event["yesCount"] == 141
    assert f"{BASE}id/state/IND" in event["abstaining"]
    assert document["@context"]["abstaining"] == {"@id": "unv:abstaining", "@type": "@id"}


def test_pages_embed_their_facts_with_terms_of_schema_org(server: str) -> None:
    page = _get(server, "/page/resolution/A-RES-ES-11-6").text
    script = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert script
    node = next(n for n in json.loads(script[1])["@graph"] if n["@id"].endswith("A-RES-ES-11-6"))
    assert node["schema:identifier"] == "A/RES/ES-11/6"
    assert "schema:Legislation" in node["@type"]


@pytest.mark.parametrize("path", ["/page/state/IND", "/data/state/IND.ttl", "/compare", "/"])
def test_entity_tags_head_and_compression(server: str, path: str) -> None:
    answer = _get(server, path)
    tag = answer.headers["etag"]
    assert "Accept" in answer.headers["vary"]
    again = _get(server, path, **{"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    head = httpx.head(server + path, headers={"Accept": _BROWSER}, timeout=60)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == tag
    assert head.headers["content-type"] == answer.headers["content-type"]
    assert answer.headers["content-encoding"] in {"gzip", "zstd"}


@pytest.mark.parametrize("kind", PAGES)
def test_every_page_is_small_and_allows_no_foreign_script(server: str, kind: str) -> None:
    answer = _get(server, PAGES[kind], **{"Accept-Encoding": "gzip"})
    assert answer.status_code == (404 if kind == "error" else 200)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none';")
    assert "unsafe-inline" not in policy.partition("style-src")[0]
    _Checked().feed(answer.text)
    total = int(answer.headers["content-length"])
    files = re.findall(r'(?:src|href)="(/static/(?!editor)[^"]+)"', answer.text)
    for path in dict.fromkeys(files):
        total += len(_get(server, path).content)
    assert total < 150_000


class _Checked(HTMLParser):
    """Fails on elements that a strict policy forbids, and on addresses of other hosts."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        assert not [name for name in attributes if name.startswith("on") or name == "style"], (
            attributes
        )
        if tag == "script":
            assert attributes.get("src") or attributes.get("type") == "application/ld+json"
        if tag in {"script", "img", "link", "form", "iframe"} and attributes.get("rel") not in {
            "alternate",
            "canonical",
        }:
            for name in ("src", "href", "action"):
                assert "://" not in (attributes.get(name) or ""), attributes


def test_links_stay_on_the_host_and_below_the_path_it_serves(server: str) -> None:
    page = _get(server, "/page/state/IND").text
    assert 'href="/page/group/asia-pacific-group"' in page
    assert f'href="{BASE}' not in page
    assert "http://www.wikidata.org/entity/Q668" in page


def test_resolution_page_shows_the_vote(server: str) -> None:
    page = _get(server, "/page/resolution/A-RES-ES-11-6").text
    for text in ("141", "in favour", "abstaining", "Principles of the Charter", "2023-02-23"):
        assert text in page
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))
    assert "The press and the record" in text
    assert "agrees" in text
    if atlas() is not None:
        assert "World map of the vote: 141 in favour, 7 against, 32 abstaining" in page
        assert '<path class="fill-abstaining" data-state="IND"' in page


def test_a_vetoed_draft_names_the_state_that_vetoed_it(server: str) -> None:
    page = _words(_get(server, "/page/event/S-2022-155").text)
    assert (
        "Not adopted: vetoed by Russian Federation in the Security Council on 2022-02-25: "
        "11 in favour, 1 against, 3 abstaining." in page
    )
    listed = _words(_get(server, "/body/SecurityCouncil").text)
    assert "draft S/2022/720 vetoed" in listed


def test_votes_are_shown_under_the_name_of_the_day(server: str) -> None:
    page = _get(server, "/page/event/A-RES-68-262").text
    assert "(today Türkiye)" in page


def test_vote_pages_name_the_sources_that_record_a_vote_and_those_that_differ(server: str) -> None:
    vote = _words(_get(server, "/page/vote/A-RES-ES-11-1/IND").text)
    assert "Recorded as abstaining by" in vote
    assert "UN Digital Library, voting records of the General Assembly" in vote
    assert "Recorded or reported differently non-voting: US, allies pushing Pakistan" in vote
    assert "No source differs." in _words(_get(server, "/page/vote/A-RES-ES-11-6/IND").text)
    event = _get(server, "/page/event/A-RES-ES-11-6").text
    assert "Sources of the votes" in event
    assert "/page/vote/A-RES-ES-11-6/CHN" in event


def test_pages_show_corrections_of_votes_and_when_a_state_could_not_vote(server: str) -> None:
    vote = _words(_get(server, "/page/vote/A-RES-ES-11-5/BHS").text)
    assert "The delegation later said it had intended to abstain: An error at the U.N." in vote
    event = _words(_get(server, "/page/event/A-RES-ES-11-5").text)
    assert "Bahamas ( intended: abstaining )" in event
    state = _words(_get(server, "/page/state/ZAF").text)
    assert "1974-11-12 1994-06-23 credentials The President ruled" in state
    assert "could not vote" not in _words(_get(server, "/page/state/VEN").text)


def test_same_text_of_other_years_is_compared(server: str) -> None:
    page = _get(server, "/page/resolution/A-RES-77-229").text
    assert "The same text in 2021" in page
    assert "A/RES/76/179" in page
    assert "changed position" in page


def test_state_page_shows_names_succession_and_agreement(server: str) -> None:
    page = _get(server, "/page/state/RUS").text
    assert "Predecessor" in page
    assert "/page/state/SUN" in page
    assert "Voting agreement" in page
    narrowed = _get(server, "/page/state/RUS?from=2023&until=2023").text
    assert narrowed != page
    assert _get(server, "/page/state/RUS?from=x").status_code == 400


def test_proposal_page_shows_points_correspondences_and_responses(server: str) -> None:
    page = _words(_get(server, "/page/proposal/china-12-point").text)
    assert "2023-02-24 · proposed by China" in page
    assert "Ceasing hostilities Restraint and no escalation" in page
    responses = page[
        page.index("Statements by other states") : page.index("Statements by its proposers")
    ]
    assert "Russian Federation, Maria Zakharova, February 2023 supportive" in responses
    assert "Foreign Ministry of China" not in responses


def test_maps_lead_to_the_table_of_disputed_places(server: str) -> None:
    if atlas() is not None:
        assert 'href="/maps"' in _get(server, "/page/event/A-RES-ES-11-6").text
    page = _words(_get(server, "/maps").text)
    for place in read_disputed_places(DATA):
        assert f"{place.place} {place.treatment} {place.reason}" in page


def test_proposals_are_compared_by_topic(server: str) -> None:
    page = _get(server, "/proposals").text
    rows = re.findall(r'<tr><th scope="row">(.*?)</tr>', page, re.DOTALL)
    sanctions = next(row for row in rows if "Sanctions" in row)
    assert re.findall(r'href="/page/([^"]*)"', sanctions)[1:] == ["proposal/china-12-point/10"]
    withdrawal = next(row for row in rows if "Withdrawal of forces" in row)
    assert "/page/paragraph/A-RES-ES-11-6/5" in withdrawal


def test_paragraph_page_shows_corresponding_points(server: str) -> None:
    page = _words(_get(server, "/page/paragraph/A-RES-ES-11-6/5").text)
    assert "Number 5 of A/RES/ES-11/6" in page
    assert "agrees Withdrawal of Russian troops and cessation of hostilities" in page
    assert "A/RES/ES-11/1, paragraph 4" in page[page.index("Other texts on the same topic") :]


@pytest.mark.parametrize(
    ("former", "present"),
    [
        ("paragraph/A-RES-ES-11-6/withdrawal", "paragraph/A-RES-ES-11-6/5"),
        ("paragraph/A-RES-ES-11-1/aggression", "paragraph/A-RES-ES-11-1/2"),
        (
            "correspondence/china-12-point-5-A-RES-ES-11-6-humanitarian-law",
            "correspondence/china-12-point-5-A-RES-ES-11-6-7",
        ),
    ],
)
def test_the_word_of_a_paragraph_redirects_to_its_number(
    server: str, former: str, present: str
) -> None:
    answer = _get(server, f"/id/{former}")
    assert (answer.status_code, answer.headers["location"]) == (301, f"/id/{present}")
    assert _get(server, f"/page/{present}").status_code == 200


@pytest.mark.parametrize(
    ("spelled", "usual"),
    [
        ("resolution/S/RES/2623 (2022)", "resolution/S-RES-2623-2022"),
        ("resolution/S/RES/2623(2022)", "resolution/S-RES-2623-2022"),
        ("resolution/s-res-2623-2022", "resolution/S-RES-2623-2022"),
        ("resolution/A/RES/68/262", "resolution/A-RES-68-262"),
        ("event/A/RES/ES-11/6", "event/A-RES-ES-11-6"),
        ("event/S/2022/155", "event/S-2022-155"),
    ],
)
def test_a_symbol_in_an_address_may_be_spelled_in_any_way(
    server: str, spelled: str, usual: str
) -> None:
    for path, location in (
        (f"/id/{spelled}", f"/id/{usual}"),
        (f"/page/{spelled}", f"/page/{usual}"),
        (f"/data/{spelled}.ttl", f"/data/{usual}.ttl"),
    ):
        answer = _get(server, path)
        assert (answer.status_code, answer.headers["location"]) == (301, location)
    assert _get(server, f"/page/{usual}").status_code == 200


@pytest.mark.parametrize("path", ["resolution/A/RES/79/XX", "event/A/RES/999/9", "resolution/()"])
def test_a_symbol_that_names_nothing_is_not_found(server: str, path: str) -> None:
    for kind in ("id", "page", "data"):
        assert _get(server, f"/{kind}/{path}").status_code == 404


def test_a_word_that_named_no_paragraph_is_not_found(server: str) -> None:
    assert _get(server, "/id/paragraph/A-RES-ES-11-6/peace-talks").status_code == 404


def test_pages_of_statements_and_contacts_show_the_votes_concerned(server: str) -> None:
    statement = _words(_get(server, "/page/statement/ind-es-11-6-explanation").text)
    assert "India, Ruchira Kamboj" in statement
    assert "2023-02-23 A/RES/ES-11/6 India abstaining" in statement
    contact = _words(_get(server, "/page/contact/western-countries-pak-es-11-4").text)
    assert "urged to vote in favour" in contact
    assert "2022-10-12 A/RES/ES-11/4 Pakistan abstaining" in contact


def test_source_page_shows_its_terms_and_differences(server: str) -> None:
    page = _words(_get(server, "/page/source/article-2023-02-24").text)
    assert "Publisher unknown" in page
    assert "Turkmenistan: non-voting in the vote on A/RES/ES-11/6" in page
    claims = page[page.index("The plan urges an end to Western sanctions") :]
    assert claims.index("differs; accepted:") < claims.index("The resolution reaffirms")


@pytest.mark.parametrize(
    ("path", "number"),
    [("/body/GeneralAssembly", 24), ("/body/SecurityCouncil", 4), ("/page/session/ES-11", 8)],
)
def test_votes_of_a_body_or_session_are_counted(server: str, path: str, number: int) -> None:
    page = _words(_get(server, path).text)
    assert f" {number} votes" in page


def test_headings_are_in_the_words_of_readers(server: str) -> None:
    assert " Votes Skip this list 1 vote Date " in _words(
        _get(server, "/page/meeting/A-ES-11-PV-19").text
    )
    seat = _get(server, "/page/seat/RUS").text
    assert "<h1>Seat: Russian Federation</h1>" in seat
    vote = _get(server, "/page/vote/A-RES-ES-11-6/IND").text
    assert ">India: vote on A/RES/ES-11/6</h1>" in vote
    assert "Principles of the Charter" in vote
    names = {
        "agreement/BGD-OMN-2018": "Bangladesh and Oman: agreement in 2018",
        "tally/GeneralAssembly-CHN-2016": "China: votes in the General Assembly in 2016",
        "membership/MOZ-1": "Mozambique: member of the United Nations from 1975-09-16",
        "report/article-2022-10-09-resolution": "A/RES/ES-11/4, as reported in "
        "“US, allies pushing Pakistan to vote against Russia at UN”",
    }
    for path, name in names.items():
        assert f"<h1>{name}</h1>" in _get(server, f"/page/{path}").text
    # Resources without a label have such names in lists too.
    cast = _get(server, "/page/state/IND?incoming=unv:castBy").text
    assert ">India: vote on A/RES/ES-11/6</a>" in cast
    assert re.search(r'/page/sourceset/\w+">[^<]*UN Digital Library, voting records', vote)
    former = _words(_get(server, "/page/state/SUN").text)
    assert "Member from 1945-10-24 to 1991-12-23" in former
    # The years end with the record, not with the year of the build.
    assert "1946 to 2025" in _words(_get(server, "/compare?states=CHN,IND").text)
    address = "/votes?from=2014&amp;state=IND"
    printed = _get(server, "/votes?from=2014&state=IND").text
    assert f'<p class="print-only">{server}{address}</p>' in printed


def test_incoming_links_are_counted_and_opened_on_demand(server: str) -> None:
    page = _get(server, "/page/state/IND").text
    assert "?incoming=unv:castBy" in page.replace("%3A", ":")
    assert "/page/vote/A-RES-ES-11-6/IND" not in page
    opened = _get(server, "/page/state/IND?incoming=unv:castBy").text
    assert "/page/vote/A-RES-ES-11-6/IND" in opened
    assert _get(server, "/page/state/IND?incoming=nonsense&offset=0").status_code == 200


@pytest.mark.parametrize(
    ("choice", "status"),
    [
        ("", 200),
        ("?states=IND,CHN", 200),
        ("?states=IND&states=CHN&states=", 200),
        ("?states=ind,chn,fra,gbr,usa,rus", 200),
        ("?states=IND", 400),
        ("?states=IND,NOWHERE", 400),
        ("?states=IND,CHN,FRA,GBR,USA,RUS,BRA", 400),
        ("?states=IND,CHN&from=abc", 400),
    ],
)
def test_the_address_of_compare_names_the_states(server: str, choice: str, status: int) -> None:
    answer = _get(server, f"/compare{choice}")
    assert answer.status_code == status
    if choice == "?states=IND,CHN":
        assert "India and China" in answer.text
        assert "Differing votes" in answer.text


def test_ontology_is_documented_term_by_term(server: str) -> None:
    page = _get(server, "/ontology").text
    for name in ("Resolution", "abstaining", "AgreementObservation", "Yes"):
        assert f'id="{name}"' in page
    assert "A resolution adopted by a body of the United Nations" in page
    turtle = _get(server, "/ontology", "text/turtle")
    assert b"AgreementObservation" in turtle.content
    assert "datePrecision" in page


@pytest.mark.parametrize(
    ("path", "subject"),
    [
        ("/ontology/0.1.0", "ontology"),
        ("/ontology/0.2.0", "ontology"),
        ("/ontology/alignments", "ontology#VotingEvent"),
        ("/shapes", "shapes"),
        (f"/shapes/{kg.__version__}", "shapes"),
    ],
)
def test_every_document_of_the_vocabulary_answers(server: str, path: str, subject: str) -> None:
    page = _get(server, path)
    assert (page.status_code, "<h1>" in page.text) == (200, True)
    graphs = [
        Graph().parse(data=_get(server, path, accept).content, format=accept)
        for accept in ("text/turtle", "application/ld+json")
    ]
    assert set(graphs[0].objects(URIRef(BASE + subject))) - {None}
    assert len(graphs[0]) == len(graphs[1])


def test_an_earlier_version_of_the_ontology_is_as_it_was(server: str) -> None:
    earlier = _get(server, "/ontology/0.1.0", "text/turtle").text
    assert "unv:draftSymbol " in earlier
    assert "unv:Speech " not in earlier
    alternates = _get(server, "/ontology/0.1.0").headers["link"]
    assert '/data/ontology/0.1.0.ttl>; rel="alternate"' in alternates
    assert "unv:draftSymbol " in _get(server, "/data/ontology/0.1.0.ttl").text


@pytest.mark.parametrize("name", library())
def test_every_query_has_a_page_that_answers_it(server: str, name: str) -> None:
    page = _get(server, f"/queries/{name}").text
    assert 'class="error-message"' not in page
    assert "pd.read_csv" in page
    table = _get(server, f"/queries/{name}", "text/csv")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    saved = library()[name]
    # The text with its values inserted, sent as a query, returns the same result.
    text = saved.text_with_values({})
    csv_answer = httpx.post(f"{server}/sparql", data={"query": text, "format": "csv"}, timeout=60)
    assert csv_answer.status_code == 200, csv_answer.text
    assert sorted(csv_answer.text.splitlines()) == sorted(table.text.splitlines())


def test_query_parameters_must_match_their_patterns(server: str) -> None:
    path = "/queries/tally?resolution=" + "A/RES/ES-11/7"
    assert "93" in _get(server, path, "text/csv").text
    bad = "/queries/tally?resolution=" + "x} INSERT"
    assert _get(server, bad, "text/csv").status_code == 400
    refused = _get(server, bad)
    assert refused.status_code == 400
    assert "does not match" in refused.text
    assert "etag" not in refused.headers


def test_results_are_drawn_where_a_chart_or_a_map_fits(server: str) -> None:
    chart = _get(server, "/queries/votes-by-year?state=IND").text
    assert 'class="chart" ' in chart
    assert "By year, 2014 to 2025" in chart
    assert all(f"swatch line-{style}" in chart for style in ("yes", "no", "abstaining"))
    positions = _get(server, "/queries/states-by-position").text
    assert "7 against, 141 in favour" in positions
    assert 'class="chart" ' not in positions
    shares = _get(server, "/queries/similar-voters").text
    assert "shaded by share, darker where it is higher" in shares
    if atlas() is not None:
        assert all('class="map" ' in page for page in (positions, shares))


def test_a_plain_form_runs_any_query_and_reports_errors(server: str) -> None:
    def run(query: str, status: int = 200) -> str:
        headers = {"Accept": _BROWSER}
        answer = httpx.get(f"{server}/run", params={"query": query}, headers=headers, timeout=60)
        assert answer.status_code == status
        return answer.text

    assert "the first 500 are shown" in run(f"SELECT ?v {{ ?v a <{UNV.Vote}> }}")
    assert "Syntax error" in run("SELECT nothing", 400)
    assert "SERVICE to urn:x is not allowed" in run(
        "SELECT * { SERVICE <urn:x> { ?s ?p ?o } }", 403
    )
    assert "Result graph in Turtle" in run(f"DESCRIBE <{_INDIA}>")
    now = httpx.get(f"{server}/run", params={"query": "SELECT (NOW() AS ?t) {}"})
    assert now.headers["cache-control"] == "no-store"
    assert "&lt;script&gt;" in run("SELECT ('<script>' AS ?x) {}")


def test_browsers_get_pages_where_machines_get_text(server: str) -> None:
    assert "<textarea" in _get(server, "/sparql").text
    assert _get(server, "/sparql", "*/*").headers["content-type"].startswith("text/turtle")
    assert "How states vote" in _get(server, "/").text
    assert _get(server, "/", "*/*").headers["content-type"].startswith("text/plain")
    assert "<dl" in _get(server, "/.well-known/void").text


@pytest.mark.usefixtures("real_data")
def test_a_vote_known_to_the_month_shows_the_month(
    sample: Path, start_server: Callable[[Path], str]
) -> None:
    """Some roll calls of the third session are only in unvotes."""
    server = start_server(sample)
    session = _get(server, "/page/session/3").text
    assert re.search(r'<td class="date">1949-05-\d\d</td>', session)
    votes = re.findall(r'<td class="date">May 1949</td><td><a href="([^"]*)"', session)
    assert '<time datetime="1949-05">May 1949</time>' in _get(server, votes[0]).text
    compared = _get(server, "/compare?states=SUN,USA&from=1949&until=1949").text
    assert '<td class="date">May 1949</td>' in compared


def test_crawl_finds_no_contradiction_and_no_broken_link(
    sample: Path, start_server: Callable[[Path], str]
) -> None:
    server, sampled_iris = start_server(sample), iris(sample, sample=2)
    crawled = crawl(server, sampled_iris)
    assert crawled.wrong == []
    assert crawled.things > 60
    assert len(crawled.links) > crawled.things


def test_a_vote_has_the_votes_of_groups_by_their_members_of_the_day(server: str) -> None:
    page = _words(_get(server, "/page/resolution/A-RES-ES-11-7?group=EU").text)
    # Of the 27 members, Hungary alone voted otherwise.
    assert "European Union 26 1 0 against Hungary" in page
    chosen = page.split("Show")[1].partition("Votes by group")[0]
    assert "European Union in favour 26: Austria, Belgium," in chosen
    assert "against 1: Hungary" in chosen
    of_2014 = _words(_get(server, "/page/resolution/A-RES-68-262").text)
    assert "European Union 28 0 0" in of_2014
    assert "Group of 77 and China members listed 2021-11-26" in of_2014


@pytest.mark.parametrize(
    ("path", "texts"),
    [
        ("/page/agent/EU", ("Members 27", "United Kingdom of Great Britain and Northern Ireland "
         "1973-01-01 2020-02-01", "EU member countries: year of entry")),
        ("/page/agent/NATO", ("Members 32", "A year or month is given", "Spain 1982")),
        ("/page/agent/G77", ("Members 134", "The members on a list of 2021-11-26")),
        ("/page/agent/PSE", ("State of Palestine", "Member of Group of 77 and China, League of")),
        ("/page/group/african-group", ("Members 54", "The present members.")),
        ("/page/agent/maria-zakharova", ("Maria Zakharova", "Referenced by")),
    ],
)  # fmt: skip
def test_an_agent_has_a_page(server: str, path: str, texts: tuple[str, ...]) -> None:
    page = _words(_get(server, path).text)
    assert [text for text in texts if text not in page] == []


def test_an_agent_known_by_its_name_is_found_by_it(server: str) -> None:
    moved = _get(server, "/id/agent/european-union", "text/turtle")
    assert (moved.status_code, moved.headers["Location"]) == (301, "/id/agent/EU")


@pytest.mark.parametrize(
    ("path", "description"),
    [
        (
            "/page/event/A-RES-ES-11-6",
            "on 2023-02-23: 141 in favour, 7 against, 32 abstaining.",
        ),
        ("/page/state/IND", "How India votes at the United Nations: General Assembly, 2014 to "),
        ("/votes?state=IND&position=against", "Votes: India against: "),
        ("/queries/similar-voters", "For each other state, the recorded votes"),
        ("/states", "How states vote at the United Nations, "),
    ],
)
def test_a_shared_link_says_what_is_on_the_page(server: str, path: str, description: str) -> None:
    text = _get(server, path).text
    (title,) = re.findall(r'<meta property="og:title" content="([^"]+)">', text)
    assert f"<title>{title} · " in text
    for name in ('name="description"', 'property="og:description"'):
        (content,) = re.findall(rf'<meta {name} content="([^"]+)">', text)
        assert description in unescape(content)
