"""The front page: the latest votes, where the record ends, and questions that people ask."""

from __future__ import annotations

import asyncio
from typing import Final

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool

from kg.rdf.vocabulary import LABEL_LANGUAGE
from kg.release.manifest import ADOPTED_WITHOUT_VOTE
from kg.web.pages.components.vote_list import latest_votes, most_divided_votes
from kg.web.pages.components.world_map import atlas
from kg.web.pages.context import PageContext
from kg.web.pages.queries import DATE_OF_EVENT
from kg.web.pages.saved_queries import query_library
from kg.web.pages.state_page import members_and_former_members

#: The saved queries that are shown as examples.
_EXAMPLES: Final = (
    "similar-voters",
    "agreement-of-two-states",
    "most-divided-votes",
    "abstaining-on-both",
    "reports-against-record",
    "statements-beside-votes",
    "proposal-beside-resolution",
)


#: The latest recorded vote of the General Assembly that was not nearly unanimous.
_PICTURED: Final = f"""
SELECT ?event ?label ?title ?date ?yes ?no ?abstaining WHERE {{
  {{ SELECT ?event ?date ?no WHERE {{
       ?event unv:body unv:GeneralAssembly ; unv:decides ?resolution ; unv:noCount ?no .
       FILTER(?no >= 5) {DATE_OF_EVENT}
     }} ORDER BY DESC(?date) DESC(?no) ?event LIMIT 1 }}
  ?event rdfs:label ?label ; unv:yesCount ?yes ; unv:abstentionCount ?abstaining .
  OPTIONAL {{ ?event unv:decides/dcterms:title ?title FILTER(LANG(?title) = "{LABEL_LANGUAGE}") }}
}}
"""


async def front_page(context: PageContext, request: Request) -> Response:
    """Return the front page."""

    async def make() -> str:
        manifest = await run_in_threadpool(context.release().manifest)
        divided, latest, pictured, states = await asyncio.gather(
            most_divided_votes(context.queries),
            latest_votes(context.queries),
            context.queries.rows(_PICTURED),
            context.states.read(),
        )
        members, _ = members_and_former_members(states)
        return context.render(
            request,
            "home.html",
            divided=divided,
            latest=latest,
            pictured=pictured[0] if pictured and atlas() else None,
            members=members,
            counts=manifest.counts,
            unvoted=manifest.count(ADOPTED_WITHOUT_VOTE),
            created=manifest.created,
            examples=[query_library()[name] for name in _EXAMPLES],
        )

    return await context.responder.respond_html(request, make)
