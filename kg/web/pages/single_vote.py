"""The page of the vote of one state: its position, the sources that record it, and differences."""

from __future__ import annotations

import asyncio
from typing import Final

from fastapi import Request

from kg.rdf.iris import local_name
from kg.rdf.vocabulary import UNV
from kg.sparql.saved_queries import library
from kg.web.pages.components.vote_list import named_votes
from kg.web.pages.context import PageContext
from kg.web.pages.description import Description
from kg.web.pages.positions import position_of
from kg.web.pages.queries import Row
from kg.web.pages.saved_queries import query_parameters

#: The saved queries for the sources that agree with a recorded vote, and for those that differ.
_SOURCES_QUERY: Final = "sources-of-vote"
_DIFFERING_QUERY: Final = "sources-against-vote"
#: What a delegation had intended, by the style of the position.
_INTENTIONS: Final = {
    "yes": "to vote in favour",
    "no": "to vote against",
    "abstaining": "to abstain",
    "nonvoting": "not to take part",
}


async def single_vote_page(
    context: PageContext, request: Request, resource: Description
) -> dict[str, object]:
    """Return the template variables of the vote of one state.

    Raises:
        KgError: if the engine cannot answer.
    """
    event, state = resource.value(UNV.event), resource.value(UNV.castBy)
    values = {"event": local_name(event), "state": local_name(state)}
    sources, differing, named = await asyncio.gather(
        _rows(context, _SOURCES_QUERY, values),
        _rows(context, _DIFFERING_QUERY, values),
        named_votes(context.queries, [event]),
    )
    style, label = position_of(resource.value(UNV.option))
    return {
        "event": event,
        "title": named[event]["title"],
        "state": state,
        "style": style,
        "position": label,
        "cast_as": resource.value(UNV.castAs),
        "intention": _INTENTIONS.get(position_of(resource.value(UNV.intendedOption))[0], ""),
        "corrected_in": resource.named_values(UNV.correctedIn),
        "corrected_at": resource.named_values(UNV.correctedAt),
        "suspensions": resource.named_values(UNV.underSuspension),
        "inferred": resource.value(UNV.inferred) == "true",
        "agreeing": resource.value(UNV.compilationsAgreeing),
        "sources": sources,
        "differing": differing,
        "values": values,
        "sources_query": _SOURCES_QUERY,
        "differing_query": _DIFFERING_QUERY,
    }


async def _rows(context: PageContext, name: str, values: dict[str, str]) -> list[Row]:
    query = library()[name]
    parameters = query_parameters(query, values)
    table = await context.queries.table(query.text, parameters, is_page=True)
    return [Row({name: term["value"] for name, term in row.items()}) for row in table.rows]
