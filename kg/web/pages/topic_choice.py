"""The topic that a page of votes is restricted to."""

from __future__ import annotations

from fastapi import Request

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
    topic = (await context.topics.read()).by_key.get(key)
    if topic is None:
        raise HttpError(400, f"unknown topic {key[:50]!r}; expected a key of /topics")
    return topic.iri, topic.label
