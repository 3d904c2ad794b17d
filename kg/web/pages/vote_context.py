"""What belongs to a vote: votes on parts, statements, reports, and its neighbours on the agenda."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from kg.rdf.vocabulary import LABEL_LANGUAGE, UNV
from kg.web.pages.components.vote_list import named_votes
from kg.web.pages.description import Description
from kg.web.pages.queries import DATE_OF_EVENT, QueryRunner, Row, iri_list, iri_text

#: The maximum length of the lists of statements and of votes on parts.
_LISTED_ROWS: Final = 100
#: The maximum length of the lists of reports and of discrepancies.
_LISTED_REPORTS: Final = 200


@dataclass(frozen=True)
class AgendaItem:
    """An agenda item of a vote, with the votes under it before and after; None at either end."""

    iri: str
    label: str
    number: str
    #: The number of votes under the item.
    total: int
    previous: Row | None
    next: Row | None


async def statements_on(queries: QueryRunner, resources: list[str]) -> list[Row]:
    """Return statements about resources; ``explains`` marks explanations of vote.

    Raises:
        KgError: if the engine cannot answer.
    """
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


async def agenda_items(queries: QueryRunner, event: Description | None) -> list[AgendaItem]:
    """Return the agenda items of an event with the votes before and after it under each.

    Raises:
        KgError: if the engine cannot answer.
    """
    if event is None or not event.values(UNV.agendaItem):
        return []
    rows = await queries.rows(
        f"""
        SELECT ?item ?number ?event ?date WHERE {{
          VALUES ?item {{ {iri_list(event.values(UNV.agendaItem))} }}
          ?event unv:agendaItem ?item . {DATE_OF_EVENT}
          OPTIONAL {{ ?item unv:itemNumber ?number }}
        }}
        """
    )
    numbers = {row["item"]: row["number"] for row in rows}
    votes: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in rows:
        votes[row["item"]].append((row["date"], row["event"]))
    adjacent: dict[str, tuple[str, str]] = {}
    for item, dated in votes.items():
        events = ["", *(iri for _, iri in sorted(set(dated))), ""]
        place = events.index(event.iri)
        adjacent[item] = events[place - 1], events[place + 1]
    named = await named_votes(
        queries, sorted({iri for pair in adjacent.values() for iri in pair if iri})
    )
    items = [
        AgendaItem(
            iri=item,
            label=event.name(item),
            number=numbers[item],
            total=len(set(votes[item])),
            previous=named.get(before),
            next=named.get(after),
        )
        for item, (before, after) in adjacent.items()
    ]
    return sorted(items, key=lambda item: (item.number, item.label))
