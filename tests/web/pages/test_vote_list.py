"""The list of votes: what it selects, in which order, and where else it leads."""

from __future__ import annotations

import html
import re
from collections import Counter, defaultdict
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest

from kg.rdf import iris
from tests.support.atom import ATOM, valid_feed
from tests.support.releases import ask


def page(server: str, address: str) -> str:
    answer = httpx.get(server + address, headers={"Accept": "text/html"}, timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.text


def events(content: str) -> list[str]:
    """Return the keys of the listed events, in order."""
    return re.findall(r'<td><a href="/page/event/([^"]+)"', content)


def total(content: str) -> int:
    (number,) = re.findall(r"<caption>([\d,]+) vote", content)
    return int(number.replace(",", ""))


def keys(data: Path, pattern: str) -> list[str]:
    rows = ask(data, f"SELECT DISTINCT ?event {{ ?event a unv:VotingEvent . {pattern} }}")
    return sorted((iris.parse(event) or ("", ""))[1] for (event,) in rows)


@pytest.mark.parametrize(
    ("parameters", "pattern"),
    [
        ("", ""),
        ("body=SecurityCouncil", "?event unv:body unv:SecurityCouncil"),
        ("state=ind&position=abstaining", f"?event unv:abstaining <{iris.state('IND')}>"),
        (
            "state=CHN",
            f"""?vote unv:event ?event ; unv:castBy <{iris.state("CHN")}>""",
        ),
        ("from=2022&until=2022", "?event unv:month ?month FILTER(STRSTARTS(STR(?month), '2022'))"),
        ("outcome=vetoed", "?event unv:vetoedBy ?state"),
        ("method=recorded", "?event unv:yesCount ?count"),
        (
            "margin=60&body=GeneralAssembly",
            """?event unv:body unv:GeneralAssembly ; unv:yesCount ?yes ; unv:noCount ?no
            FILTER(?yes - ?no <= 60 && ?no - ?yes <= 60)""",
        ),
        (
            "topic=charter-and-sovereignty",
            "{ ?event dcterms:subject ?topic } UNION { ?event unv:decides/dcterms:subject ?topic } "
            "FILTER(STRENDS(STR(?topic), '/charter-and-sovereignty'))",
        ),
    ],
)
def test_the_list_has_the_votes_that_match(
    server: str, embedded: Path, parameters: str, pattern: str
) -> None:
    content = page(server, f"/votes?{parameters}")
    expected = keys(embedded, pattern)
    assert expected
    assert sorted(events(content)) == expected
    assert total(content) == len(expected)


@pytest.mark.parametrize("position", ["in-favour", "against", "abstaining", ""])
@pytest.mark.parametrize("group", ["EU", "african-group", "G77"])
def test_the_position_of_a_group_is_that_of_most_members_of_the_day(
    server: str, embedded: Path, group: str, position: str
) -> None:
    rows = ask(
        embedded,
        """SELECT ?event ?month ?state ?option { ?vote unv:event ?event ; unv:castBy ?state ;
        unv:option ?option . ?event unv:month ?month }""",
    )
    spans = ask(
        embedded,
        """SELECT ?group ?state ?from ?until { { ?state unv:regionalGroup ?group } UNION {
        ?m unv:group ?group ; unv:groupMember ?state . OPTIONAL { ?m unv:certainFrom ?from }
        OPTIONAL { ?m unv:certainUntil ?until } } } ORDER BY ?state""",
    )
    spans = [span for span in spans if iris.local_name(span[0]) == group]
    assert spans
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for event, month, state, option in rows:
        if option.endswith("NonVoting"):
            continue
        # No membership of these groups begins or ends in a month with a vote.
        if any(s == state and a <= month and (not b or month < b) for _, s, a, b in spans):
            counts[(iris.parse(event) or ("", ""))[1]][iris.local_name(option)] += 1
    style = {"in-favour": "Yes", "against": "No", "abstaining": "Abstention", "": ""}[position]
    expected = [event for event, by in counts.items() if not style or 2 * by[style] > by.total()]
    content = page(server, f"/votes?group={group}" + (f"&position={position}" if position else ""))
    assert sorted(events(content)) == sorted(expected)


def test_a_column_sorts_the_list_and_reverses_its_order(server: str, embedded: Path) -> None:
    against = {
        (iris.parse(event) or ("", ""))[1]: int(number)
        for event, number in ask(
            embedded, "SELECT ?event ?n { ?event a unv:VotingEvent ; unv:noCount ?n }"
        )
    }
    content = page(server, "/votes?sort=against")
    numbers = [against[key] for key in events(content)]
    assert numbers == sorted(against.values(), reverse=True)
    (link,) = re.findall(r'aria-sort="descending"><a href="([^"]+)"', content)
    ascending = page(server, html.unescape(link))
    assert [against[key] for key in events(ascending)] == sorted(against.values())


def test_all_of_the_list_is_in_the_downloads(server: str) -> None:
    content = page(server, "/votes?state=IND&position=abstaining")
    addresses = re.findall(r'href="(/sparql[^"]+)">(?:CSV|JSON)</a>', content)
    as_csv, as_json = (httpx.get(server + html.unescape(address)) for address in addresses)
    rows = as_json.json()["results"]["bindings"]
    assert len(rows) == len(as_csv.text.splitlines()) - 1 == total(content)
    assert [row["event"]["value"].rpartition("/")[2] for row in rows] == events(content)
    (query,) = re.findall(r'href="(/run[^"]+)"', content)
    assert events(content)[0] in page(server, html.unescape(query))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ("state=ZZZ", "unknown state 'ZZZ'"),
        ("position=against", "expected a 'state' or 'group' as well"),
        ("state=IND&group=EU", "expected a 'state' or a 'group', found both"),
        ("group=Atlantis", "unknown group 'Atlantis'"),
        ("state=IND&position=maybe", "expected one of in-favour, against, abstaining, non-voting"),
        ("topic=nothing", "unknown topic 'nothing'; expected a key of /topics"),
        ("outcome=lost", "expected one of adopted, vetoed, failed, not adopted"),
        ("body=Council", "expected one of GeneralAssembly, SecurityCouncil"),
        ("margin=-1", "expected a number of votes as 'margin', found '-1'"),
        ("from=19", "expected a year such as 1990 as 'from', found '19'"),
        ("sort=state", "unknown sort 'state'; expected one of date, in-favour"),
    ],
)
def test_an_unknown_value_is_refused(server: str, parameters: str, message: str) -> None:
    answer = httpx.get(f"{server}/votes?{parameters}", headers={"Accept": "text/html"})
    assert answer.status_code == 400
    assert message.lower() in html.unescape(answer.text).lower()


def test_no_match_and_a_page_too_far_are_stated(server: str) -> None:
    assert "No votes match." in page(server, "/votes?from=1946&until=1947")
    assert "The list has 1 page." in page(server, "/votes?page=7")


def test_the_numbers_on_the_page_of_a_state_lead_to_lists_of_that_length(server: str) -> None:
    links = re.findall(
        r'href="(/votes\?[^"]*topic=[^"]+)">(\d+)</a>', page(server, "/page/state/IND")
    )
    assert len(links) > 3
    for address, number in links:
        assert total(page(server, html.unescape(address))) == int(number)


def test_the_feed_has_the_latest_votes_of_the_list(server: str) -> None:
    content = page(server, "/votes?body=SecurityCouncil&outcome=vetoed")
    (address,) = re.findall(r'<link rel="alternate" href="(/data/votes[^"]+)"', content)
    answer = httpx.get(server + html.unescape(address))
    entries = valid_feed(answer)
    feed = ElementTree.fromstring(answer.content)
    assert feed.findtext("a:title", "", ATOM) == "Votes of the Security Council: vetoed"
    ids = [entry.findtext("a:id", "", ATOM) for entry in entries]
    assert ids == [iris.event(key) for key in events(content)]
    assert "; vetoed." in entries[0].findtext("a:summary", "", ATOM)
    assert httpx.get(f"{server}/data/votes.atom?state=ZZZ").status_code == 400


@pytest.mark.parametrize(
    "selection",
    [
        "",
        "state=IND",
        "topic=charter-and-sovereignty",
        "body=SecurityCouncil",
        "state=USA&position=against",
    ],
)
def test_each_feed_is_valid(server: str, selection: str) -> None:
    assert valid_feed(httpx.get(f"{server}/data/votes.atom?{selection}", timeout=60))
