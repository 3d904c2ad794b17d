"""The topic that a page of votes is restricted to."""

from __future__ import annotations

from fastapi import Request

from kg.rdf import iris
from kg.web.http_error import HttpError
from kg.web.pages.context import PageContext


async def requested_topic(context: PageContext, request: Request) -> tuple[str, str]:
    """Return the IRI and the name of the topic that a request selects, empty for none.

    Raises:
        HttpError: with status 400 if there is no such topic.
        KgError: if the engine cannot answer.
    """
    key = request.query_params.get("topic", "").strip()
    if not key:
        return "", ""
    try:
        topic = iris.thing("topic", key)
        name = await context.votes.name_of_topic(topic)
    except ValueError:
        name = ""
    if not name:
        raise HttpError(400, f"unknown topic {key[:50]!r}; expected a key of /topics")
    return topic, name
