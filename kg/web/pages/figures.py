"""Figures of votes, states and comparisons to take away, as files and frames of other sites."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from kg.web.http_error import HttpError
from kg.web.pages.compare import agreement_figure
from kg.web.pages.comparison import PARAMETERS as COMPARE_PARAMETERS
from kg.web.pages.comparison import requested_comparison
from kg.web.pages.components.standalone import PICTURE_SCALE, card, standalone
from kg.web.pages.context import PageContext
from kg.web.pages.csv_files import CSV_TYPE, csv_text
from kg.web.pages.description import Description
from kg.web.pages.positions import POSITIONS
from kg.web.pages.request_parameters import PageRoute, reads
from kg.web.pages.resource_data import ResourceAddress, existing_description, resource_address
from kg.web.pages.resource_page import kind_of
from kg.web.pages.responses import EMBED_POLICY, FIGURE_POLICY
from kg.web.pages.state_votes import votes_csv

_METHODS: Final = ["GET", "HEAD"]
#: The templates of pages with a figure.
_WITH_FIGURE: Final = ("vote.html", "state.html")
#: The parameters of pages that change their figure.
_PARAMETERS: Final = ("group", "region", "seats", "topic")
_PNG: Final = "image/png"
_SVG: Final = "image/svg+xml"


def router(context: PageContext) -> APIRouter:
    """Return the routes ``/embed/...`` and ``/card/...``."""
    routes = APIRouter(route_class=PageRoute)
    respond = context.responder.respond

    def route(path: str, media_type: str) -> Callable[..., Any]:
        """Return a decorator for the function that makes a file of a resource."""

        def declare(make: Callable[[Request, ResourceAddress], Awaitable[str | bytes]]) -> None:
            @reads(*_PARAMETERS)
            async def answer(path: str, request: Request) -> Response:
                address = resource_address(path)
                return await respond(
                    request, media_type, lambda: make(request, address), FIGURE_POLICY
                )

            routes.add_api_route(path, answer, methods=_METHODS)

        return declare

    @route("/embed/{path:path}.svg", _SVG)
    async def svg(request: Request, address: ResourceAddress) -> str:
        return standalone(*await _figure(context, request, address))

    @route("/embed/{path:path}.png", _PNG)
    async def png(request: Request, address: ResourceAddress) -> bytes:
        figure = await _figure(context, request, address)
        return await context.pictures.png(standalone(*figure, scale=PICTURE_SCALE))

    @route("/card/{path:path}.png", _PNG)
    async def shared_picture(request: Request, address: ResourceAddress) -> bytes:
        figure, title, remark = await _figure(context, request, address)
        legend = [(position.style, position.label) for position in POSITIONS]
        return await context.pictures.png(card(figure, title, remark, legend))

    @route("/embed/{path:path}.csv", CSV_TYPE)
    async def table(request: Request, address: ResourceAddress) -> str:
        _, variables = await _with_figure(context, request, address)
        return _table(variables)

    async def agreement(request: Request, scale: int = 0) -> str:
        selected = await requested_comparison(context, request)
        figure, title = await agreement_figure(context, selected)
        page = f"{context.base_url(request)}/compare?{urlencode(selected.in_url)}"
        remark = f"UN votes knowledge graph, release {context.release().name}: {page}"
        return standalone(figure, title, remark, scale=scale)

    @routes.api_route("/data/agreement.svg", methods=_METHODS)
    @reads(*COMPARE_PARAMETERS)
    async def agreement_as_svg(request: Request) -> Response:
        return await respond(request, _SVG, lambda: agreement(request), FIGURE_POLICY)

    @routes.api_route("/data/agreement.png", methods=_METHODS)
    @reads(*COMPARE_PARAMETERS)
    async def agreement_as_png(request: Request) -> Response:
        async def make() -> bytes:
            return await context.pictures.png(await agreement(request, PICTURE_SCALE))

        return await respond(request, _PNG, make, FIGURE_POLICY)

    @routes.api_route("/embed/{path:path}", methods=_METHODS)
    @reads(*_PARAMETERS)
    async def embed(path: str, request: Request) -> Response:
        address = resource_address(path)

        async def make() -> str:
            resource, variables = await _with_figure(context, request, address)
            return context.render(
                request, "embed.html", resource=resource, path=address.path, **variables
            )

        return await context.responder.respond_html(request, make, EMBED_POLICY)

    return routes


async def _figure(
    context: PageContext, request: Request, address: ResourceAddress
) -> tuple[Markup, str, str]:
    """Return the map of a vote, or the chart of a state in its first body; title and remark.

    Raises:
        HttpError: with status 404 if there is no such resource, or it has no figure.
        KgError: if the engine cannot answer.
    """
    resource, variables = await _with_figure(context, request, address)
    figures = [
        *(votes.chart for votes in variables.get("votes_by_body", ())),
        *(drawn.svg for drawn in (variables.get("map"),) if drawn),
    ]
    if not figures:
        raise HttpError(404, "this release has no votes of states to draw")
    remark = (
        f"UN votes knowledge graph, release {context.release().name}: "
        f"{context.base_url(request)}/page/{address.path}"
    )
    title = resource.label
    if variables.get("votes_by_body"):
        title = f"{title}: votes in the {variables['votes_by_body'][0].body} by year"
    if roll_call := variables.get("roll_call"):
        title = f"{title}: {roll_call.tally}"
    return figures[0], title, remark


async def _with_figure(
    context: PageContext, request: Request, address: ResourceAddress
) -> tuple[Description, dict[str, Any]]:
    """Return a resource whose page has a figure, and the variables of its page.

    Raises:
        HttpError: with status 404 if there is no such resource, or its page has none.
        KgError: if the engine cannot answer.
    """
    resource = await existing_description(context, address)
    kind = kind_of(resource)
    if kind.template not in _WITH_FIGURE:
        raise HttpError(404, "expected a vote, a resolution or a state to embed")
    return resource, await kind.variables(context, request, resource)


def _table(variables: dict[str, Any]) -> str:
    """Return the values of the figures as CSV."""
    if "votes_by_body" in variables:
        return votes_csv(variables["state"].key, variables["votes_by_body"])
    roll_call = variables.get("roll_call")
    voters = roll_call.voters if roll_call else {}
    rows = (
        [voter.key, voter.name, position.label]
        for position in POSITIONS
        for voter in voters.get(position.style, ())
    )
    return csv_text(["state", "name", "position"], rows)
