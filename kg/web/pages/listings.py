"""Pages that list the votes of a topic, session, meeting or body, and the page of all topics."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from fastapi import Request

from kg.model.names import normalized
from kg.rdf.vocabulary import DCTERMS, LABEL_LANGUAGE, SKOS, UNV
from kg.web.pages.components.vote_list import VOTES_PER_PAGE, VoteList, votes_matching
from kg.web.pages.context import PageContext
from kg.web.pages.description import Description
from kg.web.pages.ontology_terms import local_name
from kg.web.pages.queries import DATE_OF_EVENT, QueryRunner, Row, iri_text
from kg.web.pages.request_parameters import requested_page
from kg.web.pages.saved_queries import query_library

#: The property by which events refer to a resource of a class.
_EVENT_PROPERTY: Final = {
    UNV.Session: iri_text(UNV.session),
    UNV.Meeting: iri_text(UNV.meeting),
    UNV.AgendaItem: iri_text(UNV.agendaItem),
    UNV.Committee: iri_text(UNV.committee),
    # The topic of a vote is its own, or that of the resolution that it decides.
    SKOS.Concept: f"unv:decides?/{iri_text(DCTERMS.subject)}",
}
#: The topics of a scheme that a page lists without letters.
_MOST_UNGROUPED: Final = 60
_OTHER_TOPICS: Final = "Other topics"


async def generic_page(
    context: PageContext, request: Request, resource: Description
) -> dict[str, object]:
    """Return the template variables of a resource whose class has no page of its own.

    Raises:
        KgError: if the engine cannot answer.
    """
    page = requested_page(request)
    votes = VoteList([], 0)
    for kind, path in _EVENT_PROPERTY.items():
        if kind in resource.types:
            pattern = f"?event {path} {iri_text(resource.iri)} ."
            votes = await votes_matching(context.queries, pattern, page)
            break
    is_topic = SKOS.Concept in resource.types
    return {
        "votes": votes.votes,
        "total": votes.total,
        "topic": local_name(resource.iri) if is_topic else "",
        "page": page,
        "per_page": VOTES_PER_PAGE,
        "quotes": resource.values(UNV.quote),
        "descriptions": resource.values(DCTERMS.description),
    }


async def body_page(queries: QueryRunner, iri: str) -> dict[str, object]:
    """Return the sessions of a body with the number of their votes, and its latest votes.

    Raises:
        KgError: if the engine cannot answer.
    """
    body = iri_text(iri)
    sessions, votes = await asyncio.gather(
        queries.rows(
            f"""
            SELECT ?session ?label ?n ?unvoted ?first ?last WHERE {{
              {{ SELECT ?session (COUNT(?event) AS ?n) (COUNT(?without) AS ?unvoted)
                   (MIN(?date) AS ?first) (MAX(?date) AS ?last)
                 WHERE {{ ?session a unv:Session ; unv:body {body} .
                   ?event unv:session ?session . {DATE_OF_EVENT}
                   OPTIONAL {{ ?event unv:adoptedWithoutVote ?without }} }} GROUP BY ?session }}
              ?session rdfs:label ?label FILTER(LANG(?label) = "{LABEL_LANGUAGE}")
            }} ORDER BY DESC(?first) ?label
            """
        ),
        votes_matching(queries, f"?event unv:body {body} ."),
    )
    return {"sessions": sessions, "votes": votes.votes, "total": votes.total}


@dataclass(frozen=True)
class TopicGroup:
    """The topics of one scheme, by the first letter of their labels if they are many."""

    label: str
    total: int
    letters: list[tuple[str, list[Row]]]


async def grouped_topics(queries: QueryRunner, text: str) -> list[TopicGroup]:
    """Return the topics with all words of a text in their labels, by scheme; small schemes first.

    Raises:
        KgError: if the engine cannot answer.
    """
    topics, schemes = await asyncio.gather(
        all_topics(queries),
        queries.rows(
            f"""
            SELECT ?topic ?scheme ?label WHERE {{
              ?topic skos:inScheme ?scheme . ?scheme rdfs:label|dcterms:title ?label
              FILTER(LANG(?label) = "{LABEL_LANGUAGE}")
            }}
            """
        ),
    )
    scheme_of = {row["topic"]: row["label"] for row in schemes}
    words = normalized(text).split()
    by_scheme: dict[str, list[Row]] = defaultdict(list)
    for row in topics:
        if all(word in normalized(row["label"]) for word in words):
            by_scheme[scheme_of.get(row["topic"], _OTHER_TOPICS)].append(row)
    groups = []
    for label, rows in sorted(by_scheme.items(), key=lambda item: len(item[1])):
        letters = {"": rows}
        if len(rows) > _MOST_UNGROUPED:
            ordered = sorted(rows, key=lambda row: normalized(row["label"]))
            letters = {
                letter: list(part)
                for letter, part in groupby(
                    ordered, lambda row: normalized(row["label"])[:1].upper()
                )
            }
        groups.append(TopicGroup(label, len(rows), list(letters.items())))
    return groups


async def all_topics(queries: QueryRunner) -> list[Row]:
    """Return all topics with their number of votes, as counted by the saved query ``topics``.

    Topics of paragraphs and points only follow those of votes, without a number.

    Raises:
        KgError: if the engine cannot answer.
    """
    voted, others = await asyncio.gather(
        queries.rows(query_library()["topics"].text),
        queries.rows(
            f"""
            SELECT DISTINCT ?topic ?label WHERE {{
              ?text dcterms:subject ?topic . ?topic skos:prefLabel ?label
              FILTER(LANG(?label) = "{LABEL_LANGUAGE}")
            }} ORDER BY ?label
            """
        ),
    )
    counted = {row["topic"] for row in voted}
    return [*voted, *(row for row in others if row["topic"] not in counted)]
