"""Pages that list the votes of a topic, session, meeting or body."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import Final

from fastapi import Request

from kg.rdf.iris import local_name
from kg.rdf.vocabulary import DCTERMS, LABEL_LANGUAGE, SKOS, UNV
from kg.web.pages.components.vote_list import VOTES_PER_PAGE, VoteList, votes_matching
from kg.web.pages.context import PageContext
from kg.web.pages.description import Description
from kg.web.pages.queries import QueryRunner, Row, iri_text
from kg.web.pages.request_parameters import requested_page
from kg.web.pages.vote_index import VoteIndex, topic_pattern

#: The property by which events refer to a resource of a class.
_EVENT_PROPERTY: Final = {
    UNV.Session: iri_text(UNV.session),
    UNV.Meeting: iri_text(UNV.meeting),
    UNV.AgendaItem: iri_text(UNV.agendaItem),
    UNV.Committee: iri_text(UNV.committee),
}


async def generic_page(
    context: PageContext, request: Request, resource: Description
) -> dict[str, object]:
    """Return the template variables of a resource whose class has no page of its own.

    Raises:
        KgError: if the engine cannot answer.
    """
    page = requested_page(request)
    votes = VoteList([], 0)
    is_topic = SKOS.Concept in resource.types
    if is_topic:
        pattern = topic_pattern(resource.iri)
        votes = await votes_matching(context.queries, context.votes, pattern, page)
    for kind, path in _EVENT_PROPERTY.items():
        if kind in resource.types:
            pattern = f"?event {path} {iri_text(resource.iri)} ."
            votes = await votes_matching(context.queries, context.votes, pattern, page)
            break
    return {
        "heading": resource.label,
        "votes": votes.votes,
        "total": votes.total,
        "topic": local_name(resource.iri) if is_topic else "",
        "page": page,
        "per_page": VOTES_PER_PAGE,
        "quotes": resource.values(UNV.quote),
        "descriptions": resource.values(DCTERMS.description),
    }


async def body_lists(context: PageContext, iri: str) -> dict[str, object]:
    """Return the sessions of a body with the number of their votes, and its latest votes.

    Raises:
        KgError: if the engine cannot answer.
    """
    queries, index, body = context.queries, context.votes, iri_text(iri)
    sessions, votes = await asyncio.gather(
        sessions_of_body(queries, index, iri),
        votes_matching(queries, index, f"?event a unv:VotingEvent ; unv:body {body} ."),
    )
    return {"sessions": sessions, "votes": votes.votes, "total": votes.total}


async def sessions_of_body(queries: QueryRunner, index: VoteIndex, body: str) -> list[Row]:
    """Return the sessions of a body (IRI) that have voting events, the latest first.

    Raises:
        KgError: if the engine cannot answer.
    """
    table, sessions, of_events, unvoted = await asyncio.gather(
        index.table(),
        queries.rows(
            f"""
            SELECT ?session ?label WHERE {{
              ?session a unv:Session ; unv:body ?body ; rdfs:label ?label
              # As a constant in the pattern, Oxigraph would begin with all events of the body.
              FILTER(?body = {iri_text(body)} && LANG(?label) = "{LABEL_LANGUAGE}")
            }}
            """
        ),
        queries.columns(
            "SELECT ?event ?session WHERE { ?event a unv:VotingEvent ; unv:session ?session }",
            "event",
            "session",
        ),
        queries.columns("SELECT ?event WHERE { ?event unv:adoptedWithoutVote true }", "event"),
    )
    adopted = set(unvoted[0])
    events: dict[str, set[str]] = defaultdict(set)
    for event, session in zip(*of_events, strict=True):
        events[session].add(event)
    listed = []
    for row in sessions:
        if places := table.places_of(events[row["session"]]):
            of_session = events[row["session"]]
            first, last = table.dates[places[0]], table.dates[places[-1]]
            counts = {"n": str(len(places)), "unvoted": str(len(adopted & of_session))}
            listed.append(Row(row | {"first": first, "last": last, **counts}))
    return sorted(sorted(listed, key=lambda r: r["label"]), key=lambda r: r["first"], reverse=True)
