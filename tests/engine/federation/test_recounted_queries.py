"""The answers of the saved queries that use Wikidata, recounted from the files without SPARQL."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import pytest
from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import RDFS

from kg.resources import DATA
from tests.engine.federation.test_queries import FEDERATED, plain_values, rows_and_response

WD: Final = Namespace("http://www.wikidata.org/entity/")
WDT: Final = Namespace("http://www.wikidata.org/prop/direct/")
P: Final = Namespace("http://www.wikidata.org/prop/")
PS: Final = Namespace("http://www.wikidata.org/prop/statement/")
PQ: Final = Namespace("http://www.wikidata.org/prop/qualifier/")
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
                start = files.wikidata.value(statement, PQ.P580) or ""
                end = files.wikidata.value(statement, PQ.P582) or ""
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


RECOUNTS: Final[dict[str, Callable[[Files], Iterator[Row]]]] = {
    "abstaining-by-population": _abstaining_by_population,
    "group-memberships": _group_memberships,
    "heads-of-state-at-vote": _heads_of_state_at_vote,
    "population-behind-positions": _population_behind_positions,
    "votes-by-continent": _votes_by_continent,
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
