"""Routes of pages that list, compare or explain: votes, states, topics, bodies, maps, about."""

from __future__ import annotations

from itertools import chain
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from kg.release.coverage import by_body
from kg.resources import DATA
from kg.sources.territories import read_disputed_places
from kg.sparql.formats import ATOM
from kg.web.http_error import HttpError
from kg.web.pages.compare import (
    agreement_csv,
    compare_page,
    differing_votes_csv,
)
from kg.web.pages.comparison import PARAMETERS as COMPARE_PARAMETERS
from kg.web.pages.comparison import requested_comparison
from kg.web.pages.context import PageContext
from kg.web.pages.csv_files import CSV_TYPE
from kg.web.pages.first_queries import STEPS
from kg.web.pages.ideal_points import PARAMETERS as IDEAL_POINT_PARAMETERS
from kg.web.pages.ideal_points import ideal_points_page
from kg.web.pages.listings import body_lists
from kg.web.pages.ontology_terms import ontology
from kg.web.pages.proposals import all_proposals
from kg.web.pages.request_parameters import PageRoute, reads
from kg.web.pages.state_page import members_and_former_members
from kg.web.pages.topics_page import PARAMETERS as TOPIC_PARAMETERS
from kg.web.pages.topics_page import topics_page
from kg.web.pages.urls import UrlBuilder
from kg.web.pages.vote_filter import BODIES, PARAMETERS
from kg.web.pages.vote_list_page import vote_feed, vote_list_page
from kg.web.pages.wrong_numbers import wrong_numbers_page

_METHODS: Final = ["GET", "HEAD"]


def router(context: PageContext) -> APIRouter:
    """Return these routes."""
    routes = APIRouter(route_class=PageRoute)
    respond_html = context.responder.respond_html

    @routes.api_route("/states", methods=_METHODS)
    async def states(request: Request) -> Response:
        async def make() -> str:
            members, former = members_and_former_members(await context.states.read())
            return context.render(request, "states.html", members=members, former=former)

        return await respond_html(request, make)

    @routes.api_route("/topics", methods=_METHODS)
    @reads(*TOPIC_PARAMETERS)
    async def topics(request: Request) -> Response:
        async def make() -> str:
            return context.render(request, "topics.html", **await topics_page(context, request))

        return await respond_html(request, make)

    @routes.api_route("/proposals", methods=_METHODS)
    async def proposals(request: Request) -> Response:
        async def make() -> str:
            variables = await all_proposals(context.queries)
            return context.render(request, "proposals.html", **variables)

        return await respond_html(request, make)

    @routes.api_route("/first-queries", methods=_METHODS)
    async def first_queries(request: Request) -> Response:
        async def make() -> str:
            return context.render(request, "first_queries.html", steps=STEPS)

        return await respond_html(request, make)

    @routes.api_route("/maps", methods=_METHODS)
    async def maps(request: Request) -> Response:
        async def make() -> str:
            return context.render(request, "maps.html", places=read_disputed_places(DATA))

        return await respond_html(request, make)

    @routes.api_route("/ideal-points", methods=_METHODS)
    @reads(*IDEAL_POINT_PARAMETERS)
    async def ideal_points(request: Request) -> Response:
        async def make() -> str:
            variables = await ideal_points_page(context, request)
            return context.render(request, "ideal_points.html", **variables)

        return await respond_html(request, make)

    @routes.api_route("/wrong-numbers", methods=_METHODS)
    async def wrong_numbers(request: Request) -> Response:
        async def make() -> str:
            variables = await context.kept(wrong_numbers_page)
            return context.render(request, "wrong_numbers.html", **variables)

        return await respond_html(request, make)

    @routes.api_route("/body/{name}", methods=_METHODS)
    async def body(name: str, request: Request) -> Response:
        iri = BODIES.get(name)
        if iri is None:
            raise HttpError(404, "no such body")

        async def make() -> str:
            variables = await context.kept(body_lists, iri)
            return context.render(request, "body.html", term=ontology()[iri], **variables)

        return await respond_html(request, make)

    @routes.api_route("/compare", methods=_METHODS)
    @reads(*COMPARE_PARAMETERS)
    async def compare(request: Request) -> Response:
        async def make() -> str:
            selected = await requested_comparison(context, request)
            variables = await compare_page(context, selected)
            return context.render(request, "compare.html", **variables)

        return await respond_html(request, make)

    @routes.api_route("/data/agreement.csv", methods=_METHODS)
    @reads(*COMPARE_PARAMETERS)
    async def agreement_as_csv(request: Request) -> Response:
        async def make() -> str:
            return await agreement_csv(context, await requested_comparison(context, request))

        return await context.responder.respond(request, CSV_TYPE, make)

    @routes.api_route("/data/differing-votes.csv", methods=_METHODS)
    @reads(*COMPARE_PARAMETERS)
    async def differing_votes_as_csv(request: Request) -> Response:
        async def make() -> str:
            selected = await requested_comparison(context, request)
            page_of = UrlBuilder(context.base_url(request)).page
            return await differing_votes_csv(context, selected, page_of)

        return await context.responder.respond(request, CSV_TYPE, make)

    @routes.api_route("/about", methods=_METHODS)
    async def about(request: Request) -> Response:
        async def make() -> str:
            manifest = await run_in_threadpool(context.release().manifest)
            return context.render(
                request,
                "about.html",
                manifest=manifest,
                coverage=by_body(chain.from_iterable(s.coverage for s in manifest.sources)),
                differences=sum(manifest.discrepancies.values()),
            )

        return await respond_html(request, make)

    @routes.api_route("/votes", methods=_METHODS)
    @reads(*PARAMETERS, "sort", "order", "page")
    async def votes(request: Request) -> Response:
        async def make() -> str:
            variables = await vote_list_page(context, request)
            return context.render(request, "votes.html", **variables)

        return await respond_html(request, make)

    @routes.api_route("/data/votes.atom", methods=_METHODS)
    @reads(*PARAMETERS)
    async def votes_as_feed(request: Request) -> Response:
        async def make() -> str:
            return context.render(request, "votes.atom", **await vote_feed(context, request))

        return await context.responder.respond(request, ATOM.content_type, make)

    return routes
