"""The roll calls of a release as the checks need them, asked with SPARQL."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable
from typing import Final, Protocol

import pyoxigraph as ox

from kg.check.remarks import Remarks
from kg.check.roll_calls import Index, Positions, RollCall, stems
from kg.model.vote_option import VoteOption
from kg.rdf.iris import local_name
from kg.rdf.iris import state as state_iri
from kg.rdf.vocabulary import OPTION_TERMS, PREFIXES, UNV

#: A solution of a SELECT: the value of each variable as a text, empty if it is not bound.
Solution = dict[str, str]


class Asks(Protocol):
    """Answers a SELECT; the prefixes that the graph uses need not be declared."""

    def __call__(self, query: str) -> Awaitable[list[Solution]]:
        """Return the solutions of a query."""


_COUNTS: Final = {
    VoteOption.YES: "yesCount",
    VoteOption.NO: "noCount",
    VoteOption.ABSTENTION: "abstentionCount",
    VoteOption.NON_VOTING: "nonVotingCount",
}
_POSITIONS: Final = {
    UNV.inFavour: VoteOption.YES,
    UNV.against: VoteOption.NO,
    UNV.abstaining: VoteOption.ABSTENTION,
    UNV.nonVoting: VoteOption.NON_VOTING,
}
_OPTIONS: Final = {terms.individual: option for option, terms in OPTION_TERMS.items()}
#: One property a query: optional patterns together are many times slower.
_INDEX_QUERIES: Final = (
    "SELECT ?e ?month ?body { ?e a unv:VotingEvent ; unv:month ?month ; unv:body ?body }",
    "SELECT ?e ?day { ?e unv:date ?day ; a unv:VotingEvent }",
    "SELECT ?e ?yes ?no { ?e unv:yesCount ?yes ; unv:noCount ?no ; a unv:VotingEvent }",
    "SELECT ?e ?abstention { ?e unv:abstentionCount ?abstention ; a unv:VotingEvent }",
    "SELECT ?e ?nonvoting { ?e unv:nonVotingCount ?nonvoting ; a unv:VotingEvent }",
    "SELECT ?e ?symbol { ?e unv:decides/unv:symbol ?symbol }",
    "SELECT ?e ?title { ?e unv:decides/dcterms:title ?title }",
    "SELECT ?e ?draft { ?e unv:draft/unv:symbol ?draft ; a unv:VotingEvent }",
    "SELECT ?e ?subject { ?e dcterms:subject/rdfs:label ?subject ; a unv:VotingEvent }",
    "SELECT ?e ?about { ?e dcterms:description ?about ; a unv:VotingEvent }",
    "SELECT ?e ?agenda { ?e unv:agendaItem/rdfs:label ?agenda ; a unv:VotingEvent }",
    "SELECT ?e ?outcome { ?e unv:outcome ?outcome ; a unv:VotingEvent }",
    "SELECT ?e ?veto { ?e unv:vetoedBy ?veto }",
    "SELECT ?e ?of { ?e unv:voteOn ?of ; a unv:VotingEvent }",
    "SELECT ?e ?without { ?e unv:adoptedWithoutVote ?without }",
    "SELECT ?e ?label { ?e rdfs:label ?label ; a unv:VotingEvent }",
)


async def read_index(asks: Asks) -> Index:
    """Return the roll calls of a release; what takes no query is done in a thread."""
    calls: dict[str, RollCall] = {}
    texts: dict[str, list[str]] = {}
    for query in _INDEX_QUERIES:
        for row in await asks(query):
            call = calls.setdefault(row["e"], RollCall(row["e"]))
            texts.setdefault(row["e"], []).extend(_enter(call, row))
    return await asyncio.to_thread(_indexed, calls, texts)


def _indexed(calls: dict[str, RollCall], texts: dict[str, list[str]]) -> Index:
    for iri, call in calls.items():
        call.words = stems(" ".join(texts[iri]))
    return Index(calls.values())


def _enter(call: RollCall, row: Solution) -> list[str]:
    """Enter a solution of an index query into its roll call; return its words for the topic."""
    for name, value in row.items():
        if not value or name == "e":
            continue
        if name in ("yes", "no", "abstention", "nonvoting"):
            call.counts[_COUNT_NAMES[name]] = int(value)
        elif name == "day" or (name == "month" and not call.date):
            call.date = value
        elif name == "body":
            council = value == UNV.SecurityCouncil
            call.body = "SecurityCouncil" if council else "GeneralAssembly"
        elif name in ("symbol", "draft"):
            call.symbols = tuple(dict.fromkeys((*call.symbols, value)))
        elif name == "veto":
            call.vetoed_by |= {local_name(value)}
        elif name == "without":
            call.is_without_vote = value == "true"
        elif name in ("outcome", "of", "title", "label", "agenda"):
            setattr(call, name, value)
    return [row[name] for name in ("title", "subject", "about") if row.get(name)]


_COUNT_NAMES: Final = {
    "yes": VoteOption.YES,
    "no": VoteOption.NO,
    "abstention": VoteOption.ABSTENTION,
    "nonvoting": VoteOption.NON_VOTING,
}


def positions_query(events: Iterable[str]) -> str:
    """Return the query for the positions of all states in roll calls."""
    values = " ".join(str(ox.NamedNode(event)) for event in events)
    return (
        "SELECT ?event ?position (GROUP_CONCAT(STRAFTER(STR(?state), '/id/state/')) AS ?states) "
        f"{{ VALUES ?event {{ {values} }} ?event ?position ?state "
        "FILTER (?position IN (unv:inFavour, unv:against, unv:abstaining, unv:nonVoting)) } "
        "GROUP BY ?event ?position"
    )


def deciding_query(event: str) -> str:
    """Return the query that decides about a roll call: its date, counts and positions."""
    iri = str(ox.NamedNode(event))
    properties = "unv:date unv:outcome unv:adoptedWithoutVote unv:vetoedBy unv:inFavour " + (
        "unv:against unv:abstaining unv:nonVoting " + " ".join(f"unv:{n}" for n in _COUNTS.values())
    )
    return (
        f"SELECT ?property ?value {{ VALUES ?property {{ {properties} }} {iri} ?property ?value }}"
        " ORDER BY ?property ?value"
    )


def remarks_query(event: str) -> str:
    """Return the query for what sources print of a roll call that is not its record.

    Differences from reports are none of them: those are what a check looks for.
    """
    iri = str(ox.NamedNode(event))
    return f"""SELECT ?aspect ?about ?value ?source {{
  {{ ?d unv:concerns {iri} ; unv:aspect ?aspect ; unv:otherValue ?value ;
      unv:otherFrom/dcterms:title ?source .
    OPTIONAL {{ ?d unv:concerns ?about FILTER (?about != {iri}) }}
    FILTER NOT EXISTS {{ ?d unv:concerns/unv:reports {iri} }} }}
  UNION
  {{ ?about unv:event {iri} ; unv:intendedOption ?value BIND("intended" AS ?aspect) }}
  UNION
  {{ ?about unv:event {iri} ; unv:underSuspension ?value BIND("suspended" AS ?aspect) }}
}} ORDER BY ?aspect ?about ?value ?source"""


class Record:
    """A release as the checks ask it: the index, and the positions of roll calls as needed."""

    def __init__(self, index: Index, asks: Asks) -> None:
        self.index = index
        self._asks = asks
        self._positions: dict[str, Positions] = {}
        self._remarks: dict[str, Remarks] = {}

    async def remarks(self, event: str) -> Remarks:
        """Return what sources print of a roll call that is not its record."""
        if event not in self._remarks:
            remarks = Remarks()
            for row in await self._asks(remarks_query(event)):
                state = local_name(row["about"]) if row.get("about") else ""
                option = _OPTIONS.get(row["value"])
                value = option.label if option else row["value"]
                remarks.enter(row["aspect"], state, value, row.get("source", ""))
            self._remarks[event] = remarks
        return self._remarks[event]

    async def sources(self, events: list[str]) -> dict[str, tuple[str, ...]]:
        """Return the keys of the sources of some roll calls."""
        values = " ".join(str(ox.NamedNode(event)) for event in events)
        found: dict[str, list[str]] = {event: [] for event in events}
        query = (
            f"SELECT ?event ?source {{ VALUES ?event {{ {values} }} "
            "?event prov:wasDerivedFrom ?source } ORDER BY ?source"
        )
        for row in await self._asks(query) if events else ():
            found[row["event"]].append(local_name(row["source"]))
        return {event: tuple(keys) for event, keys in found.items()}

    async def with_positions(
        self, option: VoteOption, states: Iterable[str], limit: int
    ) -> list[str]:
        """Return up to ``limit`` roll calls in which all of some states have a position."""
        position = ox.NamedNode(OPTION_TERMS[option].state_property)
        objects = ", ".join(str(ox.NamedNode(state_iri(key))) for key in states)
        query = f"SELECT ?event {{ ?event {position} {objects} }} ORDER BY ?event LIMIT {limit}"
        return sorted(row["event"] for row in await self._asks(query))

    async def positions(self, events: list[str]) -> dict[str, Positions]:
        """Return the positions of all states in some roll calls."""
        missing = sorted(set(events) - self._positions.keys())
        if missing:
            positions: dict[str, Positions] = {event: {} for event in missing}
            for row in await self._asks(positions_query(missing)):
                option = _POSITIONS[row["position"]]
                positions[row["event"]].update(dict.fromkeys(row["states"].split(), option))
            self._positions |= positions
        return {event: self._positions[event] for event in events}


def asks_store(store: ox.Store) -> Asks:
    """Return what asks a store of this process."""

    async def ask(query: str) -> list[Solution]:
        solutions = store.query(query, prefixes=PREFIXES)
        assert isinstance(solutions, ox.QuerySolutions)
        names = [variable.value for variable in solutions.variables]
        return [
            {name: getattr(solution[name], "value", "") for name in names} for solution in solutions
        ]

    return ask
