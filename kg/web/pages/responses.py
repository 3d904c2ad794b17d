"""Handing pages and data on: negotiation, entity tags, compression, the headers of both.

A page depends on its address, the release and the version of the software, nothing else; so it is
made once and kept, as answers of the endpoint are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final
from weakref import WeakValueDictionary

from fastapi import Request, Response

from kg.engine.content_coding import choose_content_coding, compress
from kg.errors import NotAcceptableError
from kg.sparql.formats import Format, by_name, choose
from kg.web.http_cache import CachedResponse, ResponseCache, entity_tag, matches
from kg.web.http_error import HttpError
from kg.web.pages.queries import Asker

#: Scripts, styles and pictures come from here alone, and nothing is framed. CodeMirror makes a
#: style sheet of its own, which pages with the editor allow.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'{styles}; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PAGE_POLICY: Final = {"Content-Security-Policy": _POLICY.format(styles="")}
EDITOR_POLICY: Final = {"Content-Security-Policy": _POLICY.format(styles=" 'unsafe-inline'")}


def wanted(request: Request, formats: tuple[Format, ...]) -> Format:
    """Return the format a request asks for, by ``?format=`` or its Accept headers.

    Raises:
        HttpError: with status 406 if none of them is offered.
    """
    name = request.query_params.get("format", "")
    accept = ",".join(request.headers.getlist("accept"))
    try:
        return choose(formats, name if by_name(formats, name) else "", accept)
    except NotAcceptableError as error:
        raise HttpError(406, str(error), {"Vary": "Accept"}) from error


class Deliverer:
    """Makes responses, each once a release."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker
        self._cache = ResponseCache()
        #: Held by whoever makes a page; gone when nobody waits for it.
        self._making: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    async def deliver(
        self,
        request: Request,
        content_type: str,
        make: Callable[[], Awaitable[str | bytes]],
        headers: dict[str, str] | None = None,
    ) -> Response:
        """Return what ``make`` makes, from the cache if it is there, or 304.

        Raises:
            KgError: if the engine cannot answer; nothing is kept then.
        """
        coding = choose_content_coding(request.headers.get("accept-encoding", ""))
        root = request.scope.get("root_path", "")
        asked = " ".join([str(request.url), root, content_type, coding])
        finished = None
        while finished is None:
            release = self._asker.engine().release().name
            tag = entity_tag(release, asked)
            told = {
                "ETag": tag,
                "Vary": "Accept, Accept-Encoding",
                "Cache-Control": "public, no-cache",
                **(headers or {}),
            }
            if matches(request.headers.get("if-none-match", ""), tag):
                return Response(status_code=304, headers=told)
            # The same page at the same time is made once.
            async with self._making.setdefault((release, asked), asyncio.Lock()):
                finished = self._cache.get(release, asked)
                if finished is None:
                    content = await make()
                    # A page asks several questions: it must not be of two releases.
                    if self._asker.engine().release().name == release:
                        finished = _cacheable(content, content_type, coding, tag)
                        self._cache.put(release, asked, finished)
        if finished.content_coding:
            told["Content-Encoding"] = finished.content_coding
        return Response(finished.body, media_type=finished.content_type, headers=told)


def _cacheable(made: str | bytes, content_type: str, coding: str, tag: str) -> CachedResponse:
    content, used = compress(made.encode() if isinstance(made, str) else made, coding)
    return CachedResponse(content_type, used, content, tag)


def link_header(links: list[tuple[str, str, str]]) -> dict[str, str]:
    """Return a Link header of addresses with their relation and media type (RFC 8288)."""
    told = [
        f'<{address}>; rel="{relation}"' + (f'; type="{media_type}"' if media_type else "")
        for address, relation, media_type in links
    ]
    return {"Link": ", ".join(told)}
