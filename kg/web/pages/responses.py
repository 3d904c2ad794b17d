"""Responses of pages and data: content negotiation, entity tags, compression and headers.

A page depends only on its address, the release and the version of the software, and on one further
value that some pages declare; so it is rendered once and cached, like responses to queries.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Final, NamedTuple
from weakref import WeakValueDictionary

from fastapi import Request, Response

from kg.engine.content_coding import choose_content_coding, compress
from kg.errors import KgError, NotAcceptableError
from kg.rdf import iris
from kg.sparql.formats import HTML, Format, by_name, choose
from kg.web.http_cache import CachedResponse, ResponseCache, entity_tag, matches
from kg.web.http_error import HttpError, http_error_from
from kg.web.middleware import RELEASE_HEADER
from kg.web.pages.queries import QueryRunner
from kg.web.pages.request_parameters import FORMAT
from kg.web.root_path import root_path

#: Scripts, styles and images are loaded only from this service, and pages cannot be framed.
#: CodeMirror adds a style element, which pages with the editor allow.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'{styles}; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PAGE_POLICY: Final = {"Content-Security-Policy": _POLICY.format(styles="")}
EDITOR_POLICY: Final = {"Content-Security-Policy": _POLICY.format(styles=" 'unsafe-inline'")}
#: A page for frames of other sites: without scripts or forms, its links open in the whole window.
EMBED_POLICY: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors *; "
    "sandbox allow-popups allow-top-navigation-by-user-activation"
}
#: A figure as a file, which has its own style.
FIGURE_POLICY: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"
}


def negotiated_format(request: Request, formats: tuple[Format, ...]) -> Format:
    """Return the format that a request selects by ``?format=`` or its Accept headers.

    Raises:
        HttpError: with status 406 if none of the formats is acceptable.
    """
    name = request.query_params.get("format", "")
    accept = ",".join(request.headers.getlist("accept"))
    try:
        return choose(formats, name if by_name(formats, name) else "", accept)
    except NotAcceptableError as error:
        raise HttpError(406, str(error), {"Vary": "Accept"}) from error


class PageResponder:
    """Creates each response once per release."""

    def __init__(self, queries: QueryRunner) -> None:
        self._queries = queries
        self._cache = ResponseCache()
        #: Held while a page is rendered; an entry disappears when no request waits for it.
        self._locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    async def respond(
        self,
        request: Request,
        content_type: str,
        make: Callable[[], Awaitable[str | bytes]],
        headers: dict[str, str] | None = None,
        *,
        depends_on: str = "",
        ignored: Iterable[str] = (),
        is_compressed: bool = False,
    ) -> Response:
        """Return a response with the result of ``make``, from the cache if possible, or 304.

        ``depends_on`` names anything else on which the content depends, ``ignored`` URL parameters
        on which it does not; ``is_compressed`` states whether the content is compressed already.

        Raises:
            KgError: if the engine cannot answer; nothing is cached then.
        """
        accepted = "" if is_compressed else request.headers.get("accept-encoding", "")
        coding = choose_content_coding(accepted)
        # ``PageRoute`` has removed the parameters that the page does not read.
        url = request.url.remove_query_params([FORMAT, *ignored])
        key = " ".join([str(url), root_path(request.scope), content_type, coding, depends_on])
        cached = None
        while cached is None:
            release = self._release()
            tag = entity_tag(release, key)
            all_headers = {
                "ETag": tag,
                RELEASE_HEADER: iris.release(release),
                "Vary": "Accept, Accept-Encoding",
                "Cache-Control": "public, no-cache",
                **(headers or {}),
            }
            if matches(request.headers.get("if-none-match", ""), tag):
                return Response(status_code=304, headers=all_headers)
            # Simultaneous requests for the same page render it once.
            async with self._locks.setdefault((release, key), asyncio.Lock()):
                cached = self._cache.get(release, key)
                if cached is None:
                    content = await make()
                    # A page executes several queries: it must not mix two releases.
                    if self._release() == release:
                        cached = _compressed(content, content_type, coding, tag)
                        self._cache.put(release, key, cached)
        if cached.content_coding:
            all_headers["Content-Encoding"] = cached.content_coding
        return Response(cached.body, media_type=cached.content_type, headers=all_headers)

    async def respond_html(
        self,
        request: Request,
        make: Callable[[], Awaitable[str]],
        headers: dict[str, str] | None = None,
    ) -> Response:
        """Return the page from ``make``, with the policy of pages unless headers are given.

        Raises:
            KgError: if the engine cannot answer; nothing is cached then.
        """
        all_headers = PAGE_POLICY if headers is None else headers
        return await self.respond(request, HTML.content_type, make, all_headers)

    def _release(self) -> str:
        return self._queries.release_name()


def _compressed(content: str | bytes, content_type: str, coding: str, tag: str) -> CachedResponse:
    data = content.encode() if isinstance(content, str) else content
    body, used_coding = compress(data, coding)
    return CachedResponse(content_type, used_coding, body, tag)


def uncached_response(content: str | bytes, content_type: str, headers: dict[str, str]) -> Response:
    """Return a response that may differ on the next request."""
    all_headers = {"Vary": "Accept", **headers, "Cache-Control": "no-store"}
    return Response(content, media_type=content_type, headers=all_headers)


def page_with_error(error: KgError, content: str, headers: dict[str, str]) -> Response:
    """Return a page that shows an error instead of a result, with the status of the error."""
    http_error = http_error_from(error)
    all_headers = {**headers, **http_error.headers, "Cache-Control": "no-store"}
    return Response(content, http_error.status, all_headers, media_type=HTML.content_type)


class HeaderLink(NamedTuple):
    """A link in a Link header; the media type is empty if unknown."""

    target: str
    relation: str
    media_type: str = ""


def link_header(links: Iterable[HeaderLink]) -> dict[str, str]:
    """Return the Link header with these links (RFC 8288)."""
    values = [
        f'<{link.target}>; rel="{link.relation}"'
        + (f'; type="{link.media_type}"' if link.media_type else "")
        for link in links
    ]
    return {"Link": ", ".join(values)}
