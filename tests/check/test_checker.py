"""Sentences about the votes on Ukraine, judged by the embedded release."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.check.checker import SentenceRow, check_article, check_sentence
from kg.check.claim_review import claim_reviews
from kg.check.findings import Finding
from kg.check.rdf import findings_turtle
from kg.check.record import Record, asks_store, read_index
from kg.check.text import Article
from kg.rdf.iris import event
from kg.rdf.vocabulary import PREFIXES, UNV
from kg.release.release import require_current

_ARTICLE = """The General Assembly voted on Wednesday to condemn the invasion of Ukraine.
The resolution was adopted by 141 votes to 5, with 34 abstentions. Russia, Belarus, Syria, \
North Korea and Eritrea voted against. China abstained. Kyiv hopes for peace."""


@pytest.fixture(scope="module")
def store(embedded: Path) -> ox.Store:
    return require_current(embedded).open_store()


@pytest.fixture(scope="module")
def record(store: ox.Store) -> Record:
    asks = asks_store(store)
    return Record(asyncio.run(read_index(asks)), asks)


def _check(record: Record, sentence: str, context: str = "", day: str = "2022-03-03") -> Finding:
    return asyncio.run(check_sentence(SentenceRow("1", sentence, context, day), record))


@pytest.fixture(scope="module")
def findings(record: Record) -> list[Finding]:
    return asyncio.run(check_article(Article(_ARTICLE), record, "2022-03-03"))


def test_an_article_is_judged_sentence_by_sentence(findings: list[Finding]) -> None:
    assert [(finding.verdict, finding.reason) for finding in findings][1] == (
        "contradicts", "34 abstaining; the record has 35",
    )  # fmt: skip
    assert [finding.verdict for finding in findings] == [
        "unbound", "contradicts", "agrees", "agrees", "unbound",
    ]  # fmt: skip
    assert {finding.event for finding in findings if finding.event} == {event("A-RES-ES-11-1")}


def test_the_query_of_a_finding_shows_what_decides(
    findings: list[Finding], store: ox.Store
) -> None:
    solutions = store.query(findings[1].query, prefixes=PREFIXES)
    assert isinstance(solutions, ox.QuerySolutions)
    values = [(row["property"].value, row["value"].value) for row in solutions]
    assert (UNV.abstentionCount, "35") in values


def test_the_same_article_gives_the_same_bytes(record: Record, findings: list[Finding]) -> None:
    again = asyncio.run(check_article(Article(_ARTICLE), record, "2022-03-03"))
    assert json.dumps([f.as_json() for f in again]) == json.dumps([f.as_json() for f in findings])


def test_places_of_findings_are_those_of_the_sentences(findings: list[Finding]) -> None:
    for finding in findings:
        place = slice(finding.sentence.start, finding.sentence.end)
        assert _ARTICLE[place] == finding.sentence.text


@pytest.mark.parametrize(
    ("sentence", "day", "verdict"),
    [
        ("A/RES/ES-11/4 was adopted with 143 in favour and 5 against.", "", "agrees"),
        ("A/RES/ES-11/4 was adopted with 144 in favour and 5 against.", "", "contradicts"),
        ("India voted against A/RES/ES-11/4.", "", "contradicts"),
        ("India did not vote on A/RES/ES-11/4.", "", "undecidable"),
        ("Some 140 countries voted for A/RES/ES-11/4.", "", "agrees"),
        ("A/RES/ES-11/4 was unanimous.", "", "contradicts"),
        ("A/RES/ES-11/4 was adopted on 12 October 2022.", "", "agrees"),
        ("A/RES/ES-11/4 was adopted on 13 October 2022.", "", "undecidable"),
        ("A/RES/ES-11/4 was adopted on 12 October 2021.", "", "contradicts"),
        ("Twelve voted for the amendment to A/RES/ES-11/4.", "", "undecidable"),
        ("A text similar to A/RES/ES-11/4, another draft, had 12 in favour.", "", "undecidable"),
        ("The Human Rights Council gave A/RES/ES-11/4 32 votes in favour.", "", "undecidable"),
        ("France vetoed A/RES/ES-11/4.", "", "unbound"),
        ("A/RES/ES-11/4 had 217 in favour.", "", "undecidable"),
        ("Parliament adopted it by 300 votes to 12.", "", "unbound"),
        ("Kenya may vote against the resolution.", "2010-01-01", "unbound"),
    ],
)
def test_a_difference_is_a_contradiction_only_if_it_is_certain(
    record: Record, sentence: str, day: str, verdict: str
) -> None:
    assert _check(record, sentence, day=day).verdict == verdict


def test_the_sentences_before_one_say_which_vote_it_is_about(record: Record) -> None:
    finding = _check(record, "Five voted against.", "On 2 March the Assembly voted on Ukraine.")
    assert (finding.verdict, finding.event) == ("agrees", event("A-RES-ES-11-1"))


def test_a_vote_that_was_later_corrected_is_no_contradiction(record: Record) -> None:
    finding = _check(record, "The Bahamas abstained on A/RES/ES-11/5.", day="2022-11-15")
    assert finding.verdict == "undecidable"
    assert "vote later corrected" in finding.reason


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("Das Ergebnis: 141 Stimmen dafür, fünf dagegen und 34 Enthaltungen.", "German"),
        ("В поддержку резолюции высказались 141 государство, против 5.", "Cyrillic script"),
        ("أيد القرار 141 عضوا وعارضه خمسة أعضاء.", "Arabic script"),
        ("第ES-11/1号决议：141国赞成，5国反对，34国弃权。", "Chinese script"),
    ],
)
def test_a_language_that_is_not_read_is_not_judged(
    record: Record, sentence: str, language: str
) -> None:
    finding = _check(record, sentence, "A/RES/ES-11/1 was adopted on 2 March 2022.")
    assert (finding.verdict, finding.event) == ("unbound", "")
    assert language in finding.reason


def test_states_before_a_full_list_say_which_vote_it_is(record: Record) -> None:
    finding = _check(
        record,
        "Voting no were Belarus, Eritrea, Mali, Nicaragua, North Korea, Russia and Syria.",
        day="",
    )
    assert (finding.verdict, finding.event) == ("agrees", event("A-RES-ES-11-6"))


def test_a_number_that_lost_its_slash_is_a_misprint(record: Record) -> None:
    finding = _check(
        record, 'The United Nations adopted it as "Resolution 68262".', "Crimea was debated.", ""
    )
    assert (finding.verdict, finding.event) == ("contradicts", event("A-RES-68-262"))
    finding = _check(record, 'Parliament adopted it as "Resolution 68262".', day="")
    assert finding.verdict == "unbound"


@pytest.mark.parametrize(
    ("sentence", "verdict"),
    [
        ("Russia has vetoed two resolutions since 2022.", "agrees"),
        ("Russia has vetoed 12 resolutions on Syria since 2011.", "unbound"),
    ],
)
def test_a_count_of_vetoes_is_one_of_all_or_not_judged(
    record: Record, sentence: str, verdict: str
) -> None:
    finding = _check(record, sentence, day="2023-01-01")
    assert (finding.verdict, finding.event) == (verdict, "")


def test_a_rank_is_compared_with_the_series(record: Record) -> None:
    finding = _check(
        record,
        "No other of the five resolutions on Ukraine had so little support.",
        "The vote on Monday was 94-14, with 73 abstentions.",
        "2022-11-14",
    )
    assert finding.verdict == "contradicts"
    assert "A/RES/ES-11/3" in finding.reason


def test_reports_and_differences_as_turtle(record: Record, findings: list[Finding]) -> None:
    turtle = asyncio.run(findings_turtle(findings, Article(_ARTICLE), "2022-03-03", record))
    graph = ox.Store()
    graph.load(turtle, ox.RdfFormat.TURTLE)
    query = """
      ASK { ?tally a unv:ReportedTally ; unv:reports ?event ; unv:abstentionCount 34 ;
              prov:wasQuotedFrom ?source .
            ?vote a unv:ReportedVote ; unv:castBy ?state ; unv:option unv:Abstention .
            ?difference a unv:Discrepancy ; unv:concerns ?event, ?tally ; unv:otherFrom ?source ;
              unv:acceptedValue "35" ; unv:otherValue "34" }
    """
    assert graph.query(query, prefixes=PREFIXES)
    assert "Kyiv" not in turtle


def test_claim_reviews_have_the_verdict_as_rating(findings: list[Finding]) -> None:
    graph = claim_reviews(findings, "2022-03-03")["@graph"]
    assert isinstance(graph, list)
    assert [review["reviewRating"]["alternateName"] for review in graph] == [
        "contradicts", "agrees", "agrees",
    ]  # fmt: skip
