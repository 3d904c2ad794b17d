"""The answers of the saved queries that use Wikidata, recounted from the files without SPARQL."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import httpx
import pytest
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import RDFS

from kg.model.agents import Agent, GroupMembership
from kg.model.state_register import StateRegister
from kg.resources import DATA
from kg.sources.wikidata_groups import loader as wikidata_groups
from tests.engine.federation.test_queries import FEDERATED, plain_values, rows_and_response

WD: Final = Namespace("http://www.wikidata.org/entity/")
WDT: Final = Namespace("http://www.wikidata.org/prop/direct/")
P: Final = Namespace("http://www.wikidata.org/prop/")
PS: Final = Namespace("http://www.wikidata.org/prop/statement/")
PQ: Final = Namespace("http://www.wikidata.org/prop/qualifier/")
PSV: Final = Namespace("http://www.wikidata.org/prop/statement/value/")
VALUE: Final = Namespace("http://wikiba.se/ontology#")
THINGS: Final = "https://w3id.org/un-votes/id"
EVENT: Final = f"{THINGS}/event/A-RES-ES-11-6"
DAY: Final = "2023-02-23"
POSITIONS: Final = {"Y": "in favour", "N": "against", "A": "abstaining", "X": "non-voting"}
Row = tuple[object, ...]


@dataclass(frozen=True)
class Vote:
    """How a state voted on resolution ES-11/6, with its name and its item in Wikidata."""

    state: str
    name: str
    item: URIRef
    position: str


@dataclass(frozen=True)
class Files:
    """The votes from the files of the package, and the graph that stands in for Wikidata."""

    votes: list[Vote]
    items: dict[str, URIRef]
    wikidata: Graph

    def names(self, item: URIRef) -> Iterator[str]:
        """Yield the English names of an item."""
        for label in self.wikidata.objects(item, RDFS.label):
            if isinstance(label, Literal) and label.language == "en":
                yield str(label)

    def numbers(self, item: URIRef, term: URIRef) -> list[float]:
        """Return the values of a property of an item."""
        return [float(str(value)) for value in self.wikidata.objects(item, term)]

    def dated(self, item: URIRef, term: str) -> Iterator[tuple[str, float]]:
        """Yield the dated figures of a property up to the day of the vote, in US dollars or none.

        A figure in another unit is left out.
        """
        for statement in self.wikidata.objects(item, P[term]):
            amount = self.wikidata.value(statement, PS[term])
            if quantity := self.wikidata.value(statement, PSV[term]):
                if self.wikidata.value(quantity, VALUE.quantityUnit) != WD.Q4917:
                    continue
                amount = self.wikidata.value(quantity, VALUE.quantityAmount)
            for when in self.wikidata.objects(statement, PQ.P585):
                if str(when)[:10] <= DAY:
                    yield str(when)[:10], float(str(amount))

    def periods(self, item: URIRef, term: str) -> Iterator[tuple[URIRef, str, str]]:
        """Yield the values of a property with start and end; an open end is empty."""
        for statement in self.wikidata.objects(item, P[term]):
            for value in self.wikidata.objects(statement, PS[term]):
                for start in self.wikidata.objects(statement, PQ.P580):
                    end = self.wikidata.value(statement, PQ.P582)
                    yield URIRef(str(value)), str(start)[:10], str(end or "")[:10]


@pytest.fixture(scope="module")
def files(real_data: Path, wikidata_files: list[Path]) -> Files:
    del real_data  # Without the real facts, most answers are empty.
    with (DATA / "states.csv").open(encoding="utf-8") as stream:
        states = {row["key"]: row for row in csv.DictReader(stream)}
    items = {key: WD[row["wikidata"]] for key, row in states.items()}
    with (DATA / "ukraine_roll_calls.csv").open(encoding="utf-8") as stream:
        votes = [
            Vote(row["state"], states[row["state"]]["name"], items[row["state"]], position)
            for row in csv.DictReader(stream)
            if row["resolution"] == "A/RES/ES-11/6"
            for position in (POSITIONS[row["vote"]],)
        ]
    wikidata = Graph()
    for file in wikidata_files:
        wikidata.parse(file)
    return Files(votes, items, wikidata)


def _state(vote: Vote) -> str:
    return f"{THINGS}/state/{vote.state}"


def _abstaining_by_population(files: Files) -> Iterator[Row]:
    for vote in files.votes:
        if vote.position == "abstaining":
            people = files.numbers(vote.item, WDT.P1082)
            sizes = files.numbers(vote.item, WDT.P2046)
            yield EVENT, _state(vote), vote.name, max(people, default=""), max(sizes, default="")


def _group_memberships(files: Files) -> Iterator[Row]:
    for key, item in files.items.items():
        for statement in files.wikidata.objects(item, P.P463):
            group = files.wikidata.value(statement, PS.P463)
            if group is not None and group != WD.Q1065:
                names = list(files.names(URIRef(str(group)))) or [""]
                start, end = (
                    str(files.wikidata.value(statement, term) or "").replace("+00:00", "Z")
                    for term in (PQ.P580, PQ.P582)
                )
                for name in names:
                    row = (statement, f"{THINGS}/state/{key}", item, group, name)
                    yield *row, start, "", end, "", date.today().isoformat()


def _heads_of_state_at_vote(files: Files) -> Iterator[Row]:
    for vote in files.votes:
        for head, start, end in files.periods(vote.item, "P35"):
            if vote.position == "abstaining" and start <= DAY and (not end or end >= DAY):
                for name in files.names(head):
                    yield EVENT, vote.position, _state(vote), vote.name, head, name


def _population_behind_positions(files: Files) -> Iterator[Row]:
    for position in POSITIONS.values():
        votes = [vote for vote in files.votes if vote.position == position]
        people = [files.numbers(vote.item, WDT.P1082) for vote in votes]
        highest = [max(numbers) for numbers in people if numbers]
        yield EVENT, position, len(votes), len(highest), sum(highest)


def _votes_by_continent(files: Files) -> Iterator[Row]:
    counts: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for vote in files.votes:
        for item in files.wikidata.objects(vote.item, WDT.P30):
            for name in files.names(URIRef(str(item))):
                counts[str(item), name][vote.position] += 1
    for (continent, name), votes in counts.items():
        yield EVENT, continent, name, *(votes[position] for position in POSITIONS.values())


def _votes_of_members(files: Files) -> Iterator[Row]:
    oecd = WD.Q41550
    for vote in files.votes:
        for organisation, start, end in files.periods(vote.item, "P463"):
            if organisation == oecd and start <= DAY and (not end or end > DAY):
                yield EVENT, oecd, vote.position, _state(vote), vote.name, start


def _votes_of_neighbours(files: Files) -> Iterator[Row]:
    neighbours = set(files.wikidata.objects(files.items["UKR"], WDT.P47))
    for vote in files.votes:
        if vote.item in neighbours:
            yield EVENT, f"{THINGS}/state/UKR", _state(vote), vote.name, vote.position


def _resolutions_in_wikidata(files: Files) -> Iterator[Row]:
    with (DATA / "ukraine_resolutions.csv").open(encoding="utf-8") as stream:
        symbols = {row["symbol"] for row in csv.DictReader(stream)}
    for item, symbol in files.wikidata.subject_objects(WDT.P3069):
        if str(symbol) in symbols and str(symbol).startswith("A/RES/ES-11/"):
            key = str(symbol).replace("/", "-")
            names = [*files.names(URIRef(str(item)))] or [""]
            for name in names:
                yield f"{THINGS}/session/ES-11", f"{THINGS}/resolution/{key}", symbol, item, name


def _heads_of_government_at_vote(files: Files) -> Iterator[Row]:
    for vote in files.votes:
        for head, start, end in files.periods(vote.item, "P6"):
            if vote.position == "abstaining" and start <= DAY and (not end or end >= DAY):
                for name in files.names(head):
                    yield EVENT, vote.position, _state(vote), vote.name, head, name, start


def _population_at_vote(files: Files) -> Iterator[Row]:
    for vote in files.votes:
        figures = [*files.dated(vote.item, "P1082")]
        if vote.position == "abstaining" and figures:
            yield EVENT, vote.position, _state(vote), vote.name, *max(figures)


def _gdp_behind_positions(files: Files) -> Iterator[Row]:
    for position in POSITIONS.values():
        votes = [vote for vote in files.votes if vote.position == position]
        known = [max(f)[1] for vote in votes if (f := [*files.dated(vote.item, "P2131")])]
        yield EVENT, position, len(votes), len(known), sum(known) if known else ""


def _votes_by_official_language(files: Files) -> Iterator[Row]:
    counts: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for vote in files.votes:
        for item in files.wikidata.objects(vote.item, WDT.P37):
            for name in files.names(URIRef(str(item))):
                counts[str(item), name][vote.position] += 1
    yield from _by_position(counts)


def _votes_of_blocs(files: Files) -> Iterator[Row]:
    # The African Union, the Arab League, ASEAN, the European Union, NATO, the OECD and the OIC.
    blocs = {WD[f"Q{number}"] for number in (7159, 7172, 7768, 458, 7184, 41550, 47543)}
    counts: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for vote in files.votes:
        periods = files.periods(vote.item, "P463")
        of_day = {b for b, start, end in periods if start <= DAY and (not end or end > DAY)}
        for bloc in of_day & blocs:
            for name in files.names(bloc):
                counts[str(bloc), name][vote.position] += 1
    yield from _by_position(counts)


def _by_position(counts: dict[tuple[str, str], Counter[str]]) -> Iterator[Row]:
    for key, votes in counts.items():
        yield EVENT, *key, votes.total(), *(votes[position] for position in POSITIONS.values())


def _votes_of_diplomatic_partners(files: Files) -> Iterator[Row]:
    partners: set[object] = set()
    for statement in files.wikidata.objects(files.items["UKR"], P.P530):
        start = str(files.wikidata.value(statement, PQ.P580) or "")[:10]
        end = str(files.wikidata.value(statement, PQ.P582) or "9")[:10]
        if start <= DAY < end:
            partners.update(files.wikidata.objects(statement, PS.P530))
    counts = Counter(vote.position for vote in files.votes if vote.item in partners)
    for position, number in counts.items():
        yield EVENT, f"{THINGS}/state/UKR", position, number


RECOUNTS: Final[dict[str, Callable[[Files], Iterator[Row]]]] = {
    "abstaining-by-population": _abstaining_by_population,
    "group-memberships": _group_memberships,
    "gdp-behind-positions": _gdp_behind_positions,
    "heads-of-government-at-vote": _heads_of_government_at_vote,
    "heads-of-state-at-vote": _heads_of_state_at_vote,
    "population-at-vote": _population_at_vote,
    "population-behind-positions": _population_behind_positions,
    "resolutions-in-wikidata": _resolutions_in_wikidata,
    "votes-by-continent": _votes_by_continent,
    "votes-by-official-language": _votes_by_official_language,
    "votes-of-blocs": _votes_of_blocs,
    "votes-of-diplomatic-partners": _votes_of_diplomatic_partners,
    "votes-of-members": _votes_of_members,
    "votes-of-neighbours": _votes_of_neighbours,
}


def test_every_query_is_recounted() -> None:
    assert RECOUNTS.keys() == FEDERATED.keys()


@pytest.mark.parametrize("name", RECOUNTS)
def test_the_answer_equals_a_recount(name: str, server: str, files: Files) -> None:
    # An answer may contain the day: it is that before the query, or that after it.
    before = _recounted(name, files)
    rows, _ = rows_and_response(server, FEDERATED[name])
    print(f"\n{name}: {len(rows)} rows")
    assert rows
    assert Counter(map(plain_values, rows)) in (before, _recounted(name, files))


def _recounted(name: str, files: Files) -> Counter[tuple[object, ...]]:
    rows = [tuple(map(str, row)) for row in set(RECOUNTS[name](files))]
    return Counter(map(plain_values, rows))


def test_an_answer_is_a_file_of_the_source_of_memberships(
    server: str, files: Files, states: StateRegister, tmp_path: Path
) -> None:
    answer = httpx.get(f"{server}/queries/group-memberships", params={"format": "csv"}, timeout=60)
    path = tmp_path / "wikidata-groups.csv"
    path.write_bytes(answer.content)
    loaded = wikidata_groups.load(path, states)
    starts = {
        record.member: record.start
        for record in loaded.records
        if isinstance(record, GroupMembership) and record.group == "Q41550"
    }
    # The stand-in gives years as 1 January, without a precision.
    expected = {
        key: start[:4]
        for key, item in files.items.items()
        for group, start, _ in files.periods(item, "P463")
        if group == WD.Q41550
    }
    # Before 3 October 1990, Germany's membership is that of the Federal Republic.
    expected |= {"GER": expected["DEU"], "DEU": "1990-10-03"}
    assert starts == expected
    assert (loaded.rejected, [a.name for a in loaded.records if isinstance(a, Agent)]) == (
        [],
        ["OECD"],
    )
