"""The votes of a state on its page: their sums, and the votes missing from the sums."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import httpx
import pytest

from kg.rdf import iris
from kg.rdf.vocabulary import BASE, UNV
from kg.web.pages.queries import Row
from kg.web.pages.state_votes import votes_by_body
from tests.support import workbook_files
from tests.support.releases import ask, make_release

PROPERTIES = {
    "in favour": "inFavour", "against": "against", "abstaining": "abstaining",
    "non-voting": "nonVoting",
}  # fmt: skip


def tally(year: int, nonvoting: int, unrecorded: int = 0, body: str = UNV.GeneralAssembly) -> Row:
    row = Row(
        body=body, year=str(year), yes="1200", no="3", abstaining="0", nonvoting=str(nonvoting)
    )
    return Row(row, unrecorded=str(unrecorded)) if unrecorded else row


def test_sums_are_complete_where_every_vote_records_non_voting() -> None:
    (votes,) = votes_by_body("Alpha", [tally(1975, 40), tally(1976, 2)])
    assert votes.sums == "1975 to 1976: 2,400 in favour, 6 against, 0 abstaining, 42 non-voting."
    assert votes.coverage == ""
    assert f'aria-label="Votes of Alpha in the General Assembly by year, {votes.sums}"' in (
        votes.chart
    )


@pytest.mark.parametrize(
    ("unrecorded", "covered"),
    [
        ((0, 1), "for 1 vote of the General Assembly in 1976, no"),
        ((1000, 234), "for 1,234 votes of the General Assembly between 1975 and 1976, no"),
    ],
)
def test_a_partial_sum_of_non_voting_is_marked_as_a_minimum(
    unrecorded: tuple[int, int], covered: str
) -> None:
    tallies = [tally(1975, 40, unrecorded[0]), tally(1976, 2, unrecorded[1])]
    (votes,) = votes_by_body("Alpha", tallies)
    assert votes.coverage == (
        f"Non-voting is a minimum: {covered} source records which members did not vote."
    )
    assert votes.coverage in votes.chart


def test_each_body_has_its_own_sums() -> None:
    assembly, council = votes_by_body(
        "Alpha", [tally(1975, 40, 7), tally(1975, 1, body=UNV.SecurityCouncil)]
    )
    assert (assembly.body, council.body) == ("General Assembly", "Security Council")
    assert council.sums == "1975: 1,200 in favour, 3 against, 0 abstaining, 1 non-voting."
    assert (bool(assembly.coverage), council.coverage) == (True, "")


@pytest.fixture(scope="module")
def sample_server(sample: Path, start_server: Callable[[Path], str]) -> str:
    return start_server(sample)


@pytest.mark.parametrize("key", ["ZAF", "ISR", "PLW"])
def test_the_page_shows_the_sums_of_the_recorded_votes(
    sample: Path, sample_server: str, key: str
) -> None:
    state = iris.state(key)
    counts = {
        label: ask(sample, f"""SELECT (COUNT(?event) AS ?n) {{
            ?event unv:{term} <{state}> ; unv:body unv:GeneralAssembly
            FILTER NOT EXISTS {{ ?event unv:possiblySameAs ?other }} }}""")[0][0]
        for label, term in PROPERTIES.items()
    }  # fmt: skip
    ((unrecorded,),) = ask(sample, f"""SELECT (COUNT(?event) AS ?n) {{
        {{ SELECT DISTINCT ?year {{ ?vote unv:castBy <{state}> ; unv:event ?of .
             ?of unv:year ?year ; unv:body unv:GeneralAssembly }} }}
        ?event a unv:VotingEvent ; unv:body unv:GeneralAssembly ; unv:year ?year
        FILTER NOT EXISTS {{ ?event unv:nonVotingCount ?number }}
        FILTER NOT EXISTS {{ ?event unv:adoptedWithoutVote true }}
        FILTER NOT EXISTS {{ ?event unv:possiblySameAs ?other }} }}""")  # fmt: skip
    page = state_page(sample_server, key)
    text = text_of(page)
    sums = ", ".join(f"{int(number):,} {label}" for label, number in counts.items())
    assert re.search(rf"\d{{4}} to \d{{4}}: {sums}\. Non-voting is a minimum: for ", text)
    assert f"for {int(unrecorded):,} vote" in text


@pytest.mark.parametrize("key", ["ZAF", "RUS", "YUG"])
def test_the_latest_votes_and_the_topics_are_those_of_the_record(
    sample: Path, sample_server: str, key: str
) -> None:
    """Russia sits in a joined seat, and Yugoslavia took part in none of the last votes."""
    state = iris.state(key)
    votes = ask(sample, f"""SELECT ?event ?date ?term {{
        ?event ?term <{state}> ; unv:month ?month OPTIONAL {{ ?event unv:date ?day }}
        BIND(COALESCE(STR(?day), STR(?month)) AS ?date)
        FILTER(?term IN (unv:inFavour, unv:against, unv:abstaining, unv:nonVoting)) }}
        ORDER BY DESC(?date) DESC(?event) LIMIT 20""")  # fmt: skip
    page = state_page(sample_server, key)
    labels = {getattr(UNV, term): label for label, term in PROPERTIES.items()}
    listed = re.findall(r'class="date">.*?/page/([^"]*)"(.*?)</tr>', section(page, "latest"))
    assert [f"{BASE}id/{path}" for path, _ in listed] == [event for event, _, _ in votes]
    for (_, rest), (_, _, term) in zip(listed, votes, strict=True):
        assert text_of(rest).casefold().endswith(labels[term])
    topics = ask(sample, f"""SELECT ?topic (SUM(?yes) AS ?y) (SUM(?no) AS ?n) (SUM(?ab) AS ?a) {{
        {{ ?event unv:inFavour <{state}> BIND(1 AS ?yes) BIND(0 AS ?no) BIND(0 AS ?ab) }} UNION
        {{ ?event unv:against <{state}> BIND(0 AS ?yes) BIND(1 AS ?no) BIND(0 AS ?ab) }} UNION
        {{ ?event unv:abstaining <{state}> BIND(0 AS ?yes) BIND(0 AS ?no) BIND(1 AS ?ab) }}
        ?event unv:decides/dcterms:subject ?topic }}
        GROUP BY ?topic ORDER BY DESC(COUNT(?event)) ?topic LIMIT 12""")  # fmt: skip
    rows = re.findall(r'<tr><td><a href="[^"]*/page/([^"]*)">(.*?)</tr>', section(page, "topics"))
    assert [[f"{BASE}id/{path}", *text_of(row).split()[-3:]] for path, row in rows] == topics


def state_page(server: str, key: str) -> str:
    address = f"{server}/page/state/{key}"
    return httpx.get(address, headers={"Accept": "text/html"}, timeout=60).text


def section(page: str, name: str) -> str:
    """Return a section of a page, empty without one: the embedded release has no topics."""
    return "".join(re.findall(rf'<section id="{name}">.*?</section>', page, re.DOTALL))


def text_of(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", markup)).split())


def test_the_page_lists_the_speeches_in_the_general_debate(
    tmp_path: Path, start_server: Callable[[Path], str]
) -> None:
    path = workbook_files.write_speakers(
        tmp_path / "a.xlsx",
        ("1979", "34", "CUB", "Cuba", "Mr. CASTRO RUZ", "President"),
        ("1978", "33", "CUB", "Cuba", "Mr. <Malmierca>", ""),
        ("1979", "34", "VAT", "Vatican", "Pope John Paul II", "Head of the Church"),
    )
    data = tmp_path / "data"
    make_release(data, f"general-debate={path}")
    rows = ask(
        data,
        """SELECT ?name ?speaker ?role ?year ?session ?kind ?date {
          ?speech a unv:Speech, ?kind ; unv:madeBy/rdfs:label ?name ; unv:speakerName ?speaker ;
            unv:speakerRole ?role ; unv:year ?year ; unv:session/rdfs:label ?session
          FILTER(?kind != unv:Speech) OPTIONAL { ?speech dcterms:date|unv:date ?date }
        } ORDER BY ?name""",
    )
    # A speech is no statement, and only its year is known.
    known = ["1979", "34th session of the General Assembly", UNV.DebateSpeech, ""]
    assert rows == [
        ["Cuba", "Mr. CASTRO RUZ", "President", *known],
        ["Holy See", "Pope John Paul II", "Head of the Church", *known],
    ]
    server = start_server(data)
    page = state_page(server, "CUB")
    text = text_of(page)
    assert (
        "Spoke in the General Debate: 2 speeches between 1978 and 1979, last in 1979 by "
        "Mr. CASTRO RUZ (President)."
    ) in text
    assert "Mr. &lt;Malmierca&gt;" in page
    assert "Statements and proposals" not in text
    speech = httpx.get(f"{server}/page/speech/general-debate-34-CUB", timeout=60)
    assert "Cuba in the General Debate of 1979" in speech.text
    # Without events there is no end of the record.
    assert "The record" not in text.partition("About the data")[2]
