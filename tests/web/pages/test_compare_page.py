"""Comparisons of states: seats with predecessors, topics, pages of differing votes, downloads."""

from __future__ import annotations

import asyncio
import csv
import html
import io
import re
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.model.similarity import MEASURES
from kg.rdf import iris
from kg.rdf.vocabulary import DCTERMS, UNV
from kg.web.pages.agreement import agreement_on_topic
from kg.web.pages.components.agreement_chart import AgreementSeries, Scale, agreement_chart
from kg.web.pages.seat_line import seat_line
from kg.web.pages.state_index import StateIndex, States, StateSummary
from kg.web.pages.vote_index import VoteIndex
from tests.support.releases import ask
from tests.support.store_queries import StoreQueries


def get(server: str, address: str) -> str:
    answer = httpx.get(server + address, headers={"Accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return answer.text


def words(text: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", text)))


def rows(server: str, address: str) -> list[dict[str, str]]:
    answer = httpx.get(server + address)
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


def by_year(data: Path, states: list[str], other: str) -> dict[int, tuple[int, int]]:
    """Return shared and identical votes from the observations of the release."""
    shared: Counter[int] = Counter()
    identical: Counter[int] = Counter()
    for state in states:
        for year, s, i in ask(
            data,
            f"""SELECT ?y ?s ?i {{ ?o unv:between <{iris.state(state)}> , <{iris.state(other)}> ;
                unv:year ?y ; unv:sharedVotes ?s ; unv:identicalVotes ?i }}""",
        ):
            shared[int(year)] += int(s)
            identical[int(year)] += int(i)
    return {year: (shared[year], identical[year]) for year in shared}


@pytest.mark.usefixtures("real_data")
@pytest.mark.parametrize(("seats", "holders"), [("", ["RUS", "SUN"]), ("separate", ["RUS"])])
def test_a_seat_begins_with_its_predecessors_and_says_so(
    sample: Path, start_server: Callable[[Path], str], seats: str, holders: list[str]
) -> None:
    server = start_server(sample)
    address = f"states=RUS,USA&seats={seats}"
    expected = by_year(sample, holders, "USA")
    assert (min(expected) < 1950) == (seats == "")
    counted = {
        int(row["year"]): (int(row["shared"]), int(row["identical"]))
        for row in rows(server, f"/data/agreement.csv?{address}")
    }
    assert counted == expected
    page = words(get(server, f"/compare?{address}"))
    note = "joined with those of the state that held its seat before: Union of Soviet Socialist"
    assert (note in page) == (seats == "")
    assert ("Votes of predecessors in the seat are not included." in page) == (seats != "")
    total = [sum(column) for column in zip(*expected.values(), strict=True)]
    assert f"{total[1]:,} of {total[0]:,}" in page


@pytest.mark.usefixtures("real_data")
def test_the_page_of_a_state_begins_with_its_predecessors(
    sample: Path, start_server: Callable[[Path], str]
) -> None:
    server = start_server(sample)
    page = words(get(server, "/page/state/RUS"))
    assert "The votes of Russian Federation are joined with those of the state" in page
    assert re.search(r"194[89] to 20\d\d: [\d,]+ in favour", page)
    votes = rows(server, "/embed/state/RUS.csv")
    assert {row["member"] for row in votes} == {"RUS", "SUN"}
    alone = rows(server, "/embed/state/RUS.csv?seats=separate")
    assert {row["member"] for row in alone} == {"RUS"}
    assert alone == [row for row in votes if row["member"] == "RUS"]


def test_a_predecessor_that_is_compared_itself_is_not_joined(server: str) -> None:
    page = words(get(server, "/compare?states=RUS,SUN"))
    assert "are joined" not in page
    assert "These states have no shared votes in these years" in page


@pytest.mark.parametrize("topic", ["charter-and-sovereignty"])
def test_a_topic_restricts_agreement_differences_and_the_votes_of_a_state(
    server: str, embedded: Path, topic: str
) -> None:
    def on_topic(pattern: str) -> int:
        ((count,),) = ask(
            embedded,
            f"""SELECT (COUNT(DISTINCT ?e) AS ?n) {{
                ?e unv:decides?/dcterms:subject <{iris.thing("topic", topic)}> . {pattern} }}""",
        )
        return int(count)

    india, china = (f"<{iris.state(key)}>" for key in ("IND", "CHN"))
    voted = "unv:inFavour|unv:against|unv:abstaining"
    in_assembly = f"?e unv:body unv:GeneralAssembly ; {voted} {india} ; {voted} {china} ."
    counted = rows(server, f"/data/agreement.csv?states=IND,CHN&topic={topic}")
    shared = sum(int(row["shared"]) for row in counted)
    assert shared == on_topic(in_assembly) > 0
    parted = rows(server, f"/data/differing-votes.csv?states=IND,CHN&topic={topic}")
    alike = " UNION ".join(
        f"{{ ?e unv:{p} {india} ; unv:{p} {china} }}" for p in ("inFavour", "against", "abstaining")
    )
    both = on_topic(f"?e {voted} {india} ; {voted} {china} .")
    assert len(parted) == both - on_topic(alike)
    of_state = rows(server, f"/embed/state/IND.csv?topic={topic}")
    assert sum(int(row["in_favour"]) for row in of_state) == on_topic(f"?e unv:inFavour {india} .")
    assert "Votes over time:" in words(get(server, f"/page/state/IND?topic={topic}"))


def test_agreement_on_a_topic_is_that_of_the_recounted_votes(embedded_store: ox.Store) -> None:
    years, topic = (2016, 2022), iris.thing("topic", "charter-and-sovereignty")
    queries = StoreQueries(embedded_store)
    index, states = VoteIndex(queries), list(asyncio.run(StateIndex(queries).read()).by_key)
    listed = asyncio.run(agreement_on_topic(index, states, ["IND"], years, topic))

    def values(subject: str, term: str) -> list[str]:
        pattern = (ox.NamedNode(subject), ox.NamedNode(term), None, None)
        objects = [quad.object for quad in embedded_store.quads_for_pattern(*pattern)]
        return [o.value for o in objects if isinstance(o, ox.NamedNode | ox.Literal)]

    subjects = embedded_store.quads_for_pattern(
        None, ox.NamedNode(DCTERMS.subject), ox.NamedNode(topic), None
    )
    texts = {quad.subject.value for quad in subjects if isinstance(quad.subject, ox.NamedNode)}
    events = {event for text in texts for event in (text, *values(text, UNV.decidedBy))}
    shared: Counter[str] = Counter()
    identical: Counter[str] = Counter()
    for event in events:
        in_years = set(values(event, UNV.year)) & {str(year) for year in range(2016, 2023)}
        if values(event, UNV.body) != [UNV.GeneralAssembly] or not in_years:
            continue
        terms = (UNV.inFavour, UNV.against, UNV.abstaining)
        positions = {state: term for term in terms for state in values(event, term)}
        own = positions.pop(iris.state("IND"), None)
        for state, position in positions.items() if own else ():
            shared[state] += 1
            identical[state] += position == own
    assert len(listed) > 100
    assert {iris.state(pair.other): (pair.shared, pair.identical) for pair in listed} == {
        state: (number, identical[state]) for state, number in shared.items()
    }


def test_differing_votes_are_filtered_and_in_pages_with_a_total(server: str) -> None:
    states = "RUS,USA,IND,CHN,FRA,GBR"
    page = get(server, f"/compare?states={states}")
    (total,) = re.findall(r"<caption>([\d,]+) votes of the General Assembly", page)
    parted = rows(server, f"/data/differing-votes.csv?states={states}")
    assert int(total) == len(parted)
    listed = re.findall(r'<td><a href="/page/event/([^"]+)"', page)
    assert listed == [row["event"].rpartition("/")[2] for row in parted][:50]
    if len(parted) > len(listed):
        (following,) = re.findall(r'rel="next" href="([^"]+)"', page)
        second = get(server, html.unescape(following))
        assert parted[50]["page"].removeprefix(server) in second
    opposed = rows(server, f"/data/differing-votes.csv?states={states}&difference=opposed")
    assert opposed == [row for row in parted if {"in favour", "against"} <= set(row.values())]
    assert 0 < len(opposed) < len(parted)
    assert "The list has" in get(server, f"/compare?states={states}&page=999")


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("/compare?states=RUS,USA&topic=nothing", "unknown topic 'nothing'; expected a key of"),
        ("/compare?states=RUS,USA&seats=x", "unknown seats 'x'; expected one of joined, separate"),
        ("/compare?states=RUS,USA&difference=x", "expected one of any, opposed"),
        ("/compare?states=RUS,USA&votes=x", "expected one of all-votes, final-passage"),
        (
            "/data/agreement.svg?states=RUS,USA&measure=tau",
            "unknown measure 'tau'; expected one of identical, lijphart, s-absolute, s-squared, "
            "kappa, pi, kappa-nominal, pi-nominal",
        ),
        ("/data/agreement.csv?states=RUS", "expected 2 to 6 states, found 1"),
        ("/page/state/IND?topic=a%20b", "unknown topic 'a b'"),
    ],
)
def test_an_unknown_value_is_refused(server: str, address: str, message: str) -> None:
    answer = httpx.get(server + address, headers={"Accept": "application/problem+json"})
    assert answer.status_code == 400
    assert message in answer.json()["detail"]


@pytest.mark.parametrize("votes", ["all-votes", "final-passage"])
def test_figure_tables_and_files_have_the_measure_that_is_chosen(server: str, votes: str) -> None:
    pairs = {("IND", "USA"), ("FRA", "DEU")}
    queried = {
        pair: rows(
            server,
            f"/queries/similarity-by-year?state={pair[0]}&other={pair[1]}"
            f"&votes={votes.replace('-', '%20')}&format=csv",
        )
        for pair in pairs
    }
    for measure in list(MEASURES.values())[1:]:
        for (state, other), expected in queried.items():
            address = f"states={state},{other}&votes={votes}&measure={measure.key}"
            of_page = rows(server, f"/data/agreement.csv?seats=separate&{address}")
            assert [(row["year"], row["shared"]) for row in of_page] == [
                (row["year"], row["n"]) for row in expected
            ]
            assert expected
            for row, right in zip(of_page, expected, strict=True):
                assert (row[measure.column] == "") == (right[measure.column] == "")
                if row[measure.column]:
                    assert float(row[measure.column]) == float(right[measure.column])
    address = f"states=FRA,DEU,IND&seats=separate&votes={votes}&measure=kappa"
    page = get(server, f"/compare?{address}")
    lines = dict(re.findall(r'<tr><th scope="row">(\d{4})</th>(.*?)</tr>', page))
    numbers = rows(server, f"/data/agreement.csv?{address}")
    assert numbers
    for row in numbers:
        assert f"{row['kappa'] or 'undefined'} {row['shared']} votes" in words(lines[row["year"]])
    # France and Germany always voted alike in the embedded votes of some years.
    assert "Undefined, because both states always took one and the same position" in page
    links = re.findall(r'href="(/queries/similarity-by-year[^"]+)"', page)
    assert len(links) == 3
    assert "state=FRA&other=DEU" in html.unescape(links[0])
    figure = httpx.get(f"{server}/data/agreement.svg?{address}").text
    assert "kappa, squared distances" in words(figure)
    assert ">-0.5</text>" in figure
    assert figure.count("<circle") == sum(bool(row["kappa"]) for row in numbers)


@pytest.mark.parametrize(
    ("states", "charts", "labels"),
    [("CHN,IND", 1, 1), ("CHN,IND,USA", 1, 3), ("CHN,IND,USA,FRA", 6, 0)],
)
def test_lines_are_labelled_and_four_states_have_a_chart_for_each_pair(
    server: str, states: str, charts: int, labels: int
) -> None:
    drawn = re.findall(r'<svg class="chart.*?</svg>', get(server, f"/compare?states={states}"))
    assert len(drawn) == charts
    assert drawn[0].count('class="axis label-') == labels


def test_a_seat_that_passed_back_and_forth_is_joined_once() -> None:
    def state(key: str, until: str, *before: str) -> StateSummary:
        return StateSummary(key, key.title(), until=until, seat="s", predecessors=before)

    states = States(
        {s.key: s for s in (state("EGY", "", "UAR"), state("UAR", "1961-10-13", "EGY"))}
    )
    line = seat_line(states, "EGY")
    assert line.holders == ("EGY", "UAR")
    assert "Uar (until 1961)" in line.note
    assert seat_line(states, "EGY", ["UAR"]).note == ""


@given(
    st.lists(
        st.dictionaries(
            st.integers(1946, 2030), st.tuples(st.integers(1, 200), st.floats(0, 1)), min_size=1
        ),
        min_size=1,
        max_size=6,
    ),
    st.booleans(),
)
def test_a_chart_of_any_numbers_is_well_formed_and_within_its_frame(
    pairs: list[dict[int, tuple[int, float]]], is_small: bool
) -> None:
    series = [
        AgreementSeries(
            ("<One> & a very long name of a state", "Two"),
            f"c{number}",
            {year: shared for year, (shared, _) in pair.items()},
            {year: 2 * part - 1 for year, (_, part) in pair.items()},
            {year: 2 * part - 1 for year, (_, part) in pair.items()},
        )
        for number, pair in enumerate(pairs)
    ]
    years = [year for pair in pairs for year in pair]
    span, scale = (min(years), max(years)), Scale((-1, 0, 1))
    chart = agreement_chart(series, span, scale, "Agreement", is_small=is_small)
    image = ElementTree.fromstring(chart)
    _, _, width, height = map(float, image.get("viewBox", "").split())
    dots = image.findall("circle")
    assert len(dots) == sum(map(len, pairs))
    for dot in dots:
        assert 0 <= float(dot.get("cx", "")) <= width
        assert 0 <= float(dot.get("cy", "")) <= height
    labels = [text for text in image.iter("text") if "label-" in text.get("class", "")]
    places = sorted(float(label.get("y", "")) for label in labels)
    assert len(places) == (0 if is_small else len(pairs))
    # Labels have two lines of their own.
    assert all(lower - upper >= 26 for upper, lower in pairwise(places))
