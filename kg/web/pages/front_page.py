"""The front page: the latest and the most divided votes, and example questions."""

from __future__ import annotations

from typing import Final

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool

from kg.release.manifest import ADOPTED_WITHOUT_VOTE
from kg.web.pages.components.vote_list import latest_votes, most_divided_votes
from kg.web.pages.context import PageContext
from kg.web.pages.saved_queries import query_library

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


async def front_page(context: PageContext, request: Request) -> Response:
    """Return the front page."""

    async def make() -> str:
        manifest = await run_in_threadpool(context.release().manifest)
        return context.render(
            request,
            "home.html",
            divided=await most_divided_votes(context.queries),
            latest=await latest_votes(context.queries),
            counts=manifest.counts,
            unvoted=manifest.count(ADOPTED_WITHOUT_VOTE),
            created=manifest.created,
            examples=[query_library()[name] for name in _EXAMPLES],
        )

    return await context.responder.respond_html(request, make)
