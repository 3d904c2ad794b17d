"""The front page: the latest votes, where the record ends, and questions that people ask."""

from __future__ import annotations

import asyncio
from typing import Final

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool

from kg.release.manifest import ADOPTED_WITHOUT_VOTE
from kg.sparql.saved_queries import library
from kg.web.pages.components.vote_list import votes_at, votes_matching
from kg.web.pages.components.world_map import atlas
from kg.web.pages.context import PageContext
from kg.web.pages.ideal_points import latest_ideal_points
from kg.web.pages.queries import Row
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


#: Votes in each list.
_LISTED_VOTES: Final = 8
#: Recorded votes of the General Assembly that were not nearly unanimous.
_CONTESTED: Final = """
    ?event unv:body unv:GeneralAssembly ; unv:decides ?resolution ; unv:noCount ?against .
    FILTER(?against >= 5)
"""


async def front_page(context: PageContext, request: Request) -> Response:
    """Return the front page."""

    async def make() -> str:
        manifest = await run_in_threadpool(context.release().manifest)
        lists, states = await asyncio.gather(context.kept(front_lists), context.states.read())
        members, _ = members_and_former_members(states)
        return context.render(
            request,
            "home.html",
            **lists,
            members=members,
            count=manifest.count,
            unvoted=manifest.count(ADOPTED_WITHOUT_VOTE),
            created=manifest.created,
            examples=[library()[name] for name in _EXAMPLES],
        )

    return await context.responder.respond_html(request, make)


async def front_lists(context: PageContext) -> dict[str, object]:
    """Return the template variables of the lists of votes and of the figure.

    Raises:
        KgError: if the engine cannot answer.
    """
    divided, latest, pictured, ideal_points = await asyncio.gather(
        _most_divided(context),
        votes_matching(context.queries, context.votes, size=_LISTED_VOTES),
        _pictured(context),
        latest_ideal_points(context),
    )
    return {
        "divided": divided,
        "latest": latest.votes,
        "pictured": pictured,
        "ideal_points": ideal_points,
    }


async def _most_divided(context: PageContext) -> list[Row]:
    """Return the first votes in the result of the saved query ``most-divided-votes``."""
    divided = await context.queries.rows(library()["most-divided-votes"].text)
    table = await context.votes.table()
    places = [table.place[row["event"]] for row in divided[:_LISTED_VOTES]]
    return await votes_at(context.queries, table, places)


async def _pictured(context: PageContext) -> Row | None:
    """Return the latest contested vote; of a day, that with most votes against."""
    index = context.votes
    if not (atlas() and (places := await index.matching(_CONTESTED))):
        return None
    table, against = await index.table(), await index.numbers("unv:noCount")
    place = max(places, key=lambda n: (table.dates[n], against[n] or 0))
    return (await votes_at(context.queries, table, [place]))[0]
