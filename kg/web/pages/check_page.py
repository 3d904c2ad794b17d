"""The route ``/check``: an article against the record, as a page, JSON, Turtle or ClaimReview.

Nothing of a text is stored or logged; a link to a check holds only the hash of its text.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from dataclasses import dataclass
from datetime import date
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from kg.check.checker import check_article, counts_of
from kg.check.claim_review import claim_reviews
from kg.check.findings import Finding
from kg.check.rdf import findings_turtle, text_hash
from kg.check.record import Record, Solution
from kg.check.text import Article, read
from kg.limits import CHECK_SECONDS, CHECKED_CHARACTERS, CHECKS
from kg.rdf.vocabulary import with_prefixes
from kg.sparql.formats import GRAPHS, HTML, JSON, by_name
from kg.web.http_error import HttpError
from kg.web.pages.check_index import CheckIndex
from kg.web.pages.context import PageContext
from kg.web.pages.request_parameters import PageRoute
from kg.web.pages.responses import PAGE_POLICY, negotiated_format, uncached_response
from kg.web.sparql_protocol import FORM, read_body, read_content

_TURTLE, _JSON_LD = by_name(GRAPHS, "turtle"), by_name(GRAPHS, "jsonld")
assert _TURTLE is not None
assert _JSON_LD is not None
_FORMATS: Final = (JSON, HTML, _TURTLE, _JSON_LD)
_PLAIN: Final = ("text/plain", "text/html")
_HASH: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class CheckRequest:
    """An article to check, and the day of its publication, empty where it is not known.

    ``expected`` is the hash of the text that a link is about, empty for none.
    """

    text: str
    day: str = ""
    expected: str = ""


@dataclass(frozen=True)
class Segment:
    """A part of the text of an article: a sentence with its finding, or what is between them."""

    text: str
    finding: Finding | None = None
    number: int = 0


#: Sentences by which a newcomer sees what a check gives. The number of abstentions is the one that
#: an article of March 2022 has wrong.
EXAMPLE: Final = CheckRequest(
    "The General Assembly voted on Wednesday on the war in Ukraine. The resolution was adopted by "
    "141 votes to 5, with 34 abstentions. Russia, Belarus, Syria, North Korea and Eritrea voted "
    "against. India and China abstained.",
    "2022-03-03",
)


class _Checks:
    """Runs checks in threads, a few at a time; their queries run in the loop of the server."""

    def __init__(self, roll_calls: CheckIndex) -> None:
        self._roll_calls = roll_calls
        self._running = asyncio.Semaphore(CHECKS)

    async def run(self, article: Article, day: str) -> tuple[list[Finding], Record]:
        """Return the findings on an article, and the record.

        Raises:
            KgError: if the engine cannot answer, or the check takes too long.
        """
        loop = asyncio.get_running_loop()
        async with self._running:
            index = await self._roll_calls.read()

            async def ask(query: str) -> list[Solution]:
                future = asyncio.run_coroutine_threadsafe(self._roll_calls.ask(query), loop)
                return await asyncio.wrap_future(future)

            deadline = time.monotonic() + CHECK_SECONDS
            check = check_article(article, Record(index, ask), day, deadline)
            findings = await run_in_threadpool(asyncio.run, check)
        return findings, Record(index, self._roll_calls.ask)


def router(context: PageContext) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(route_class=PageRoute)
    checks = _Checks(context.roll_calls)

    @routes.api_route("/check", methods=["GET", "HEAD"])
    async def check_form(request: Request, sha256: str = "") -> Response:
        expected = sha256 if _HASH.fullmatch(sha256) else ""

        async def make() -> str:
            return context.render(
                request, "check.html", **_variables(CheckRequest("", "", expected))
            )

        return await context.responder.respond_html(request, make)

    @routes.post("/check")
    async def check(request: Request) -> Response:
        response_format = negotiated_format(request, _FORMATS)
        asked = await _read_request(request)
        article = await run_in_threadpool(read, asked.text)
        day = asked.day or article.date
        findings, record = await checks.run(article, day)
        headers: dict[str, str] = {}
        if response_format is JSON:
            content = json.dumps([finding.as_json() for finding in findings], ensure_ascii=False)
        elif response_format is _TURTLE:
            content = await findings_turtle(findings, article, day, record)
        elif response_format is _JSON_LD:
            content = json.dumps(claim_reviews(findings, day), ensure_ascii=False)
        else:
            headers = PAGE_POLICY
            variables = _variables(asked, article, day, findings)
            content = context.render(request, "check.html", **variables)
        return uncached_response(content, response_format.content_type, headers)

    return routes


def _variables(
    asked: CheckRequest,
    article: Article | None = None,
    day: str = "",
    findings: list[Finding] | None = None,
) -> dict[str, object]:
    """Return the template variables of the page, before or after a check."""
    shown = [f for f in findings or () if f.event or f.claim.is_checkable]
    return {
        "text": asked.text,
        "day": day,
        "expected": asked.expected,
        "hash": text_hash(article.source) if article else "",
        "checked": article is not None,
        "findings": shown,
        "counts": counts_of(findings or ()),
        "segments": _segments(article.source, findings or [], shown) if article else [],
        "limit": CHECKED_CHARACTERS,
        "example": EXAMPLE,
        "editable": with_prefixes,
    }


def _segments(source: str, findings: list[Finding], shown: list[Finding]) -> list[Segment]:
    """Return the text of an article in parts, of which the sentences shown have their finding."""
    numbers = {id(finding): number for number, finding in enumerate(shown, 1)}
    segments: list[Segment] = []
    place = 0
    for finding in findings:
        number = numbers.get(id(finding), 0)
        if not number:
            continue
        segments.append(Segment(source[place : finding.sentence.start]))
        place = finding.sentence.end
        segments.append(Segment(source[finding.sentence.start : place], finding, number))
    segments.append(Segment(source[place:]))
    return [segment for segment in segments if segment.text]


async def _read_request(request: Request) -> CheckRequest:
    """Return the article in a request: a form, a JSON object, or the text as body.

    Raises:
        HttpError: with status 400, 413 or 415 if it is none, or too long.
    """
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type == FORM:
        values = dict(await read_body(request))
    elif content_type == JSON.content_type:
        values = _object(_decoded(await read_content(request)))
    elif content_type in _PLAIN:
        values = {"text": _decoded(await read_content(request))}
    else:
        expected = ", ".join((JSON.content_type, FORM, *_PLAIN))
        raise HttpError(415, f"expected Content-Type {expected}, found {content_type[:100]!r}")
    text, day = values.get("text", ""), values.get("date", "")
    if not text.strip():
        raise HttpError(400, "expected the text of an article as 'text', found none")
    if len(text) > CHECKED_CHARACTERS:
        raise HttpError(
            413,
            f"expected a text of at most {CHECKED_CHARACTERS:,} characters, found {len(text):,}",
        )
    if day:
        try:
            day = date.fromisoformat(day).isoformat()
        except ValueError as error:
            raise HttpError(
                400, f"expected a day such as 2022-03-03 as 'date', found {day[:20]!r}"
            ) from error
    expected_hash = values.get("sha256", "")
    return CheckRequest(text, day, expected_hash if _HASH.fullmatch(expected_hash) else "")


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise HttpError(400, f"request body is not valid UTF-8: {error}") from error


def _object(text: str) -> dict[str, str]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise HttpError(400, f"request body is not valid JSON: {error}") from error
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        raise HttpError(400, "expected a JSON object with the strings 'text' and 'date'")
    return value
