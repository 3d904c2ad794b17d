"""What belongs to a vote: votes on parts, statements, reports, and its neighbours on the agenda."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from kg.rdf.vocabulary import LABEL_LANGUAGE, UNV
from kg.web.pages.components.vote_list import named_votes
from kg.web.pages.description import Description
from kg.web.pages.queries import DATE_OF_EVENT, QueryRunner, Row, iri_list, iri_text

#: The maximum length of the lists of statements and of votes on parts.
_LISTED_ROWS: Final = 100
#: The properties of what a page shows beside a vote.
_REFERRING: Final = (UNV.about, UNV.concerns, UNV.relatesTo, UNV.reports)
_ITEMS: Final = """
SELECT ?item ?session ?number WHERE {
  ?item a unv:AgendaItem ; unv:session ?session ; unv:itemNumber ?number
}
"""
_VOTES_UNDER_ITEMS: Final = f"""
SELECT ?item ?date ?event WHERE {{ ?event unv:agendaItem ?item . {DATE_OF_EVENT} }}
"""
#: The maximum length of the lists of reports and of discrepancies.
_LISTED_REPORTS: Final = 200


@dataclass(frozen=True)
class AgendaItem:
    """An agenda item of a vote, with the votes under it before and after; None at either end."""

    iri: str
    label: str
    number: str
    #: The number of the item to which it belongs, for a sub-item; otherwise its own.
    whole: str
    #: The number of votes under the item with its sub-items.
    total: int
    previous: Row | None
    next: Row | None


@dataclass(frozen=True)
class Agenda:
    """All agenda items of a release, by their IRIs, and the votes under each."""

    #: The session of an item and its number.
    numbers: dict[str, list[tuple[str, str]]]
    #: The items of a session with a number, and those of its sub-items.
    parts: dict[tuple[str, str], set[str]]
    #: The day or month of each vote, and the event.
    votes: dict[str, set[tuple[str, str]]]


async def referring_properties(queries: QueryRunner, resources: list[str]) -> set[tuple[str, str]]:
    """Return which resources have statements, reports, discrepancies or votes on their parts.

    Each is a pair of a resource and the property by which others refer to it. Most votes have few
    of these, and one question about all spares a page those that have no answer.

    Raises:
        KgError: if the engine cannot answer.
    """
    rows = await queries.rows(
        f"""
        SELECT DISTINCT ?resource ?p WHERE {{
          VALUES ?resource {{ {iri_list(resources)} }} VALUES ?p {{ {iri_list(_REFERRING)} }}
          ?s ?p ?resource
        }}
        """
    )
    return {(row["resource"], row["p"]) for row in rows}


async def statements_on(queries: QueryRunner, resources: list[str]) -> list[Row]:
    """Return statements about resources; ``explains`` marks explanations of vote.

    Raises:
        KgError: if the engine cannot answer.
    """
    if not resources:
        return []
    return await queries.rows(
        f"""
        SELECT DISTINCT ?statement ?label ?stance ?date ?explains WHERE {{
          VALUES ?subject {{ {iri_list(resources)} }}
          ?statement unv:about ?subject ; a unv:Statement ; rdfs:label ?label .
          OPTIONAL {{ ?statement unv:stance/rdfs:label ?stance }}
          OPTIONAL {{ ?statement dcterms:date ?date }}
          OPTIONAL {{ ?statement a unv:ExplanationOfVote BIND(true AS ?explains) }}
          FILTER(LANG(?label) = "{LABEL_LANGUAGE}")
        }} ORDER BY ?date ?label LIMIT {_LISTED_ROWS}
        """
    )


async def votes_on_parts(queries: QueryRunner, texts: list[str]) -> list[Row]:
    """Return the other roll calls on texts: paragraphs, amendments, motions.

    Raises:
        KgError: if the engine cannot answer.
    """
    if not texts:
        return []
    return await queries.rows(
        f"""
        SELECT DISTINCT ?event ?label ?description ?on ?outcome ?yes ?no ?abstaining WHERE {{
          VALUES ?text {{ {iri_list(texts)} }}
          ?event unv:relatesTo ?text ; rdfs:label ?label ;
            unv:yesCount ?yes ; unv:noCount ?no ; unv:abstentionCount ?abstaining .
          OPTIONAL {{ ?event dcterms:description ?description }}
          OPTIONAL {{ ?event unv:voteOn ?on }}
          OPTIONAL {{ ?event unv:outcome ?outcome }}
        }} ORDER BY ?on ?label LIMIT {_LISTED_ROWS}
        """
    )


async def known_paragraphs(queries: QueryRunner, resolution: Description | None) -> list[Row]:
    """Return the paragraphs of a resolution that sources describe.

    Raises:
        KgError: if the engine cannot answer.
    """
    if resolution is None or not resolution.values(UNV.hasParagraph):
        return []
    return await queries.rows(
        f"""
        SELECT ?paragraph ?position ?says WHERE {{
          {iri_text(resolution.iri)} unv:hasParagraph ?paragraph .
          ?paragraph unv:position ?position ; dcterms:description ?says .
          FILTER(LANG(?says) = "{LABEL_LANGUAGE}")
        }} ORDER BY ?position ?paragraph
        """
    )


async def reports_of(queries: QueryRunner, event: Description | None) -> list[Row]:
    """Return reports of a vote by sources: totals, and votes of individual states.

    Raises:
        KgError: if the engine cannot answer.
    """
    if event is None:
        return []
    return await queries.rows(
        f"""
        SELECT ?report ?type ?source ?title ?quote ?note ?state ?option
          ?yes ?no ?abstaining ?nonvoting WHERE {{
          ?report unv:reports {iri_text(event.iri)} ; a ?type .
          OPTIONAL {{
            ?report prov:wasQuotedFrom ?source OPTIONAL {{ ?source dcterms:title ?title }}
          }}
          OPTIONAL {{ ?report unv:quote ?quote }}
          OPTIONAL {{ ?report skos:editorialNote ?note }}
          OPTIONAL {{ ?report unv:castBy ?state }}
          OPTIONAL {{ ?report unv:option ?option }}
          OPTIONAL {{ ?report unv:yesCount ?yes }}
          OPTIONAL {{ ?report unv:noCount ?no }}
          OPTIONAL {{ ?report unv:abstentionCount ?abstaining }}
          OPTIONAL {{ ?report unv:nonVotingCount ?nonvoting }}
        }} ORDER BY DESC(?type = unv:ReportedTally) ?title ?report LIMIT {_LISTED_REPORTS}
        """
    )


async def discrepancies_of(queries: QueryRunner, event: Description | None) -> list[Row]:
    """Return the differences between sources on an event.

    Raises:
        KgError: if the engine cannot answer.
    """
    if event is None:
        return []
    return await queries.rows(
        f"""
        SELECT ?discrepancy ?label ?accepted ?other WHERE {{
          ?discrepancy unv:concerns {iri_text(event.iri)} ; rdfs:label ?label .
          OPTIONAL {{ ?discrepancy unv:acceptedValue ?accepted }}
          OPTIONAL {{ ?discrepancy unv:otherValue ?other }}
        }} ORDER BY ?label LIMIT {_LISTED_REPORTS}
        """
    )


async def read_agenda(queries: QueryRunner) -> Agenda:
    """Return the agenda items of a release.

    Raises:
        KgError: if the engine cannot answer.
    """
    items, voted = await asyncio.gather(
        queries.columns(_ITEMS, "item", "session", "number"),
        queries.columns(_VOTES_UNDER_ITEMS, "item", "date", "event"),
    )
    agenda = Agenda(defaultdict(list), defaultdict(set), defaultdict(set))
    for item, session, number in zip(*items, strict=True):
        agenda.numbers[item].append((session, number))
        agenda.parts[session, _whole_item(number)].add(item)
    for item, date, event in zip(*voted, strict=True):
        agenda.votes[item].add((date, event))
    return agenda


async def agenda_items(
    queries: QueryRunner, agenda: Agenda, event: Description | None
) -> list[AgendaItem]:
    """Return the agenda items of an event with the votes before and after it under each.

    The votes under a sub-item, "99 (b)", are those under the item and all its sub-items. An item
    without a number, or of an unknown session, stands alone.

    Raises:
        KgError: if the engine cannot answer.
    """
    if event is None or not (items := event.values(UNV.agendaItem)):
        return []
    numbers = dict.fromkeys(items, "")
    adjacent: dict[str, tuple[str, str, int]] = {}
    for item in items:
        parts = {item}
        for session, number in agenda.numbers.get(item, ()):
            numbers[item] = number
            parts |= agenda.parts[session, _whole_item(number)]
        votes = sorted(set().union(*(agenda.votes.get(part, ()) for part in parts)))
        events = ["", *(iri for _, iri in votes), ""]
        place = events.index(event.iri)
        adjacent[item] = events[place - 1], events[place + 1], len(votes)
    neighbours = {iri for before, after, _ in adjacent.values() for iri in (before, after) if iri}
    named = await named_votes(queries, sorted(neighbours))
    beside = [
        AgendaItem(
            iri=item,
            label=event.name(item),
            number=numbers[item],
            whole=_whole_item(numbers[item]),
            total=total,
            previous=named.get(before),
            next=named.get(after),
        )
        for item, (before, after, total) in adjacent.items()
    ]
    return sorted(beside, key=lambda item: (item.number, item.label))


def _whole_item(number: str) -> str:
    """Return the number of the item to which a sub-item belongs.

    >>> _whole_item("99 (b)"), _whole_item("99")
    ('99', '99')
    """
    return number.partition(" (")[0]
