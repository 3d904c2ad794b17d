"""The addresses of the pages that are not those of things (contract A5)."""

from __future__ import annotations

import json
import mimetypes
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from markupsafe import escape
from starlette.responses import JSONResponse

from kg.engine.interface import QueryRequest
from kg.errors import KgError
from kg.limits import PAGE_GRAPH_CHARACTERS, SEARCH_RESULTS
from kg.rdf.vocabulary import PREFIXES, UNV
from kg.release.search import search
from kg.sparql.formats import GRAPHS, HTML, RESULTS, Format
from kg.web.access_log import request_details
from kg.web.http_cache import is_volatile
from kg.web.http_error import HttpError, http_error_from
from kg.web.pages import reconcile, resources, saved_queries
from kg.web.pages.compare import FIRST_YEAR, chosen, compare_page, span
from kg.web.pages.context import Site, static_file, static_tag
from kg.web.pages.listings import body_page, latest_votes, most_divided, topics
from kg.web.pages.ontology_page import ontology_page
from kg.web.pages.ontology_terms import label_of_term, ontology, ontology_version, short_name
from kg.web.pages.proposals import all_proposals
from kg.web.pages.queries import table_of
from kg.web.pages.responses import EDITOR_POLICY, PAGE_POLICY, wanted
from kg.web.pages.results import shown
from kg.web.pages.saved_queries import queries
from kg.web.pages.state_page import states_now_and_then
from kg.web.pages.urls import DATA_FORMATS
from kg.web.sparql_protocol import client_of, read_body

_JSON = Format("json", "application/json", "json", "", None)
_READ = ["GET", "HEAD"]
_FOREVER = "public, max-age=31536000, immutable"
_FIRST_QUERY = f"""\
PREFIX unv: <{UNV.iri}>

SELECT ?event ?date ?inFavour ?against ?abstaining WHERE {{
  ?event a unv:VotingEvent ;
    unv:date ?date ;
    unv:yesCount ?inFavour ;
    unv:noCount ?against ;
    unv:abstentionCount ?abstaining .
}}
ORDER BY DESC(?date)
LIMIT 20"""
#: What the first page asks as examples.
_EXAMPLES = (
    "similar-voters",
    "agreement-of-two-states",
    "most-divided-votes",
    "abstaining-on-both",
    "reports-against-record",
    "statements-beside-votes",
)


def router(site: Site) -> APIRouter:
    """Return all routes of the pages."""
    routes = APIRouter()
    for part in (_documents, _lists, _queries, _search):
        part(routes, site)
    routes.include_router(resources.router(site))
    routes.include_router(reconcile.router(site))
    return routes


async def home(site: Site, request: Request) -> Response:
    """Return the first page."""

    async def make() -> str:
        manifest = await run_in_threadpool(site.release().manifest)
        return site.render(
            request,
            "home.html",
            divided=await most_divided(site.asker),
            latest=await latest_votes(site.asker),
            counts=manifest.counts,
            created=manifest.created,
            examples=[queries()[name] for name in _EXAMPLES],
        )

    return await _page(site, request, make)


async def editor(site: Site, request: Request) -> Response:
    """Return the editor, with a plain form behind it."""

    async def make() -> str:
        return site.render(
            request, "editor.html", query="", error="", result=None, graph="", **_editing()
        )

    return await _page(site, request, make, EDITOR_POLICY)


def error_page(site: Site, request: Request, error: HttpError) -> Response:
    """Return the page for an error."""
    message = str(error)
    try:
        content = site.render(request, "error.html", status=error.status, message=message)
    except KgError:
        # Without a release there is no layout either.
        content = str(escape(message))
    headers = {"Vary": "Accept", **PAGE_POLICY, **error.headers}
    return Response(content, error.status, headers, media_type=HTML.content_type)


def _documents(routes: APIRouter, site: Site) -> None:
    @routes.api_route("/ontology", methods=_READ)
    @routes.api_route("/ontology/{version}", methods=_READ)
    async def documentation(request: Request, version: str = "") -> Response:
        this = resources.address("ontology")
        told = ontology_version()
        if version and version != told:
            raise HttpError(404, f"this release has the ontology {told}, not {version}")
        written_in = wanted(request, (*DATA_FORMATS.values(), HTML))
        if written_in is not HTML:
            return await resources.rdf(site, request, this, written_in)

        async def make() -> str:
            return site.render(
                request, "ontology.html", version_of=told, **await ontology_page(site.asker)
            )

        headers = resources.alternates(site, request, this)
        return await _page(site, request, make, PAGE_POLICY | headers)

    @routes.api_route("/static/{name}", methods=_READ)
    async def static(request: Request, name: str, v: str = "") -> Response:
        path = static_file(name)
        if path is None:
            raise HttpError(404, "no such file")
        # An address with the tag of the content never has to be asked for again.
        known = bool(v) and v == static_tag(name)
        headers = {"Cache-Control": _FOREVER if known else "public, no-cache"}
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"

        async def make() -> bytes:
            return path.read_bytes()

        return await site.deliverer.deliver(request, kind, make, headers)

    @routes.api_route("/robots.txt", methods=_READ)
    async def robots() -> Response:
        return Response(
            "User-agent: *\nDisallow: /sparql\nDisallow: /run\n", media_type="text/plain"
        )


def _lists(routes: APIRouter, site: Site) -> None:
    @routes.api_route("/states", methods=_READ)
    async def all_states(request: Request) -> Response:
        async def make() -> str:
            now, past = states_now_and_then(await site.states.read())
            return site.render(request, "states.html", now=now, past=past)

        return await _page(site, request, make)

    @routes.api_route("/topics", methods=_READ)
    async def all_topics(request: Request) -> Response:
        async def make() -> str:
            return site.render(request, "topics.html", topics=await topics(site.asker))

        return await _page(site, request, make)

    @routes.api_route("/proposals", methods=_READ)
    async def proposals(request: Request) -> Response:
        async def make() -> str:
            return site.render(request, "proposals.html", **await all_proposals(site.asker))

        return await _page(site, request, make)

    @routes.api_route("/body/{name}", methods=_READ)
    async def body(name: str, request: Request) -> Response:
        iri = UNV.iri + name
        if iri not in {UNV.GeneralAssembly, UNV.SecurityCouncil}:
            raise HttpError(404, "there is no such body here")

        async def make() -> str:
            told = await body_page(site.asker, iri)
            return site.render(request, "body.html", term=ontology()[iri], **told)

        return await _page(site, request, make)

    @routes.api_route("/compare", methods=_READ)
    async def compare(request: Request) -> Response:
        async def make() -> str:
            keys = chosen(request, await site.states.read())
            years = span(request, FIRST_YEAR, site.release().year)
            return site.render(request, "compare.html", **await compare_page(site, keys, years))

        return await _page(site, request, make)


def _queries(routes: APIRouter, site: Site) -> None:
    @routes.api_route("/queries", methods=_READ)
    async def all_queries(request: Request) -> Response:
        saved = list(queries().values())
        if wanted(request, (_JSON, HTML)) is _JSON:
            told = [{"name": one.name, "summary": one.summary, "tags": one.tags} for one in saved]
            return JSONResponse({"queries": told}, headers={"Vary": "Accept"})

        async def make() -> str:
            return site.render(request, "queries.html", queries=saved)

        return await _page(site, request, make)

    @routes.api_route("/queries/{name}", methods=_READ)
    async def one_query(name: str, request: Request) -> Response:
        if name not in queries():
            raise HttpError(404, "no such query; /queries lists them")
        query = queries()[name]
        written_in = wanted(request, (*RESULTS, *GRAPHS, HTML))
        if written_in in GRAPHS:
            return await resources.rdf(
                site, request, resources.address(f"queries/{name}"), written_in
            )
        if written_in is not HTML:
            values = saved_queries.values_of(request, query)
            question = saved_queries.question(query, values, written_in, client_of(request))
            kind = written_in.content_type
            if is_volatile(question):
                answer = await site.asker.whole(question)
                details = request_details(request.scope)
                details.query, details.federation = query.text, dict(answer.metadata.headers)
                return _once(answer.content, kind, dict(answer.metadata.headers))
            return await site.deliverer.deliver(request, kind, lambda: site.asker.read(question))

        async def shown_with(values: dict[str, str], error: str, result: Any) -> str:
            told: dict[str, Any] = {"text": query.text, "snippets": []}
            if not error:
                told["text"] = saved_queries.text_with(query, values)
                told["snippets"] = saved_queries.snippets(site.address(request), query, values)
            return site.render(
                request,
                "query.html",
                saved=query,
                values=values,
                result=result,
                error=error,
                graph="",
                input_type=saved_queries.input_type,
                input_pattern=saved_queries.input_pattern,
                states=await site.states.read(),
                **told,
            )

        async def make() -> str:
            values = saved_queries.values_of(request, query)
            bound = saved_queries.bound(query, values)
            table = await site.asker.table(query.text, bound, client_of(request))
            result = await shown(site.asker, await site.states.read(), table)
            return await shown_with(values, "", result)

        this = resources.address(f"queries/{name}")
        headers = PAGE_POLICY | resources.alternates(site, request, this)
        try:
            if is_volatile(QueryRequest(query.text)):
                return _once(await make(), HTML.content_type, headers)
            return await _page(site, request, make, headers)
        except KgError as error:
            given = {p.name: request.query_params.get(p.name, p.default) for p in query.parameters}
            return _with_error(error, await shown_with(given, str(error), None), headers)

    @routes.api_route("/run", methods=["GET", "HEAD", "POST"])
    async def run(request: Request) -> Response:
        given = dict(request.query_params)
        if request.method == "POST":
            given |= dict(await read_body(request))
        query = given.get("query", "")

        def shown_with(error: str, result: Any, graph: str) -> str:
            template = "_result.html" if given.get("part") == "result" else "editor.html"
            told = {"query": query, "error": error, "result": result, "graph": graph}
            return site.render(request, template, **told, **_editing())

        async def make() -> str:
            question = QueryRequest(query, client=client_of(request))
            result, graph = await _ran(site, question) if query.strip() else (None, "")
            return shown_with("", result, graph)

        try:
            if request.method == "POST" or is_volatile(QueryRequest(query)):
                return _once(await make(), HTML.content_type, EDITOR_POLICY)
            return await _page(site, request, make, EDITOR_POLICY)
        except KgError as error:
            return _with_error(error, shown_with(str(error), None, ""), EDITOR_POLICY)


def _with_error(error: KgError, content: str, headers: dict[str, str]) -> Response:
    """Return a page that shows an error instead of a result, with the status of the error."""
    http_error = http_error_from(error)
    all_headers = {**headers, **http_error.headers, "Cache-Control": "no-store"}
    return Response(content, http_error.status, all_headers, media_type=HTML.content_type)


def _editing() -> dict[str, Any]:
    """Return what the editor offers: prefixes, our terms with their comments, examples."""
    return {
        "prefixes": PREFIXES,
        "terms": {short_name(iri): term.comment for iri, term in ontology().items()},
        "queries": list(queries().values()),
        "first_query": _FIRST_QUERY,
    }


async def _ran(site: Site, question: QueryRequest) -> tuple[Any, str]:
    """Return the result of a query as a table, or as Turtle if it makes a graph."""
    accept = ",".join((RESULTS[0].media_type, GRAPHS[0].media_type))
    answer = await site.asker.whole(replace(question, accept=accept))
    if answer.content[:1] == b"{":
        return await shown(site.asker, await site.states.read(), table_of(answer)), ""
    return None, answer.content.decode()[:PAGE_GRAPH_CHARACTERS]


def _search(routes: APIRouter, site: Site) -> None:
    @routes.api_route("/search", methods=_READ)
    async def find(request: Request, q: str = "", limit: int = 20) -> Response:
        written_in = wanted(request, (_JSON, HTML))
        most = min(max(limit, 1), SEARCH_RESULTS)

        async def make() -> str:
            hits = await run_in_threadpool(search, site.release(), q, limit=most)
            if written_in is _JSON:
                told = [
                    {"iri": h.iri, "label": h.label, "type": h.type, "typeLabel":
                     label_of_term(h.type), "description": h.about[:300], "score": h.score,
                     "page": site.links(request).page(h.iri)}
                    for h in hits
                ]  # fmt: skip
                return json.dumps({"query": q, "results": told}, ensure_ascii=False)
            return site.render(request, "search.html", q=q, hits=hits)

        headers = {} if written_in is _JSON else dict(PAGE_POLICY)
        return await site.deliverer.deliver(request, written_in.content_type, make, headers)


def _once(content: str | bytes, content_type: str, headers: dict[str, str]) -> Response:
    """Return what may be different the next time it is asked for."""
    told = {"Vary": "Accept", **headers, "Cache-Control": "no-store"}
    return Response(content, media_type=content_type, headers=told)


async def _page(
    site: Site, request: Request, make: Any, headers: dict[str, str] | None = None
) -> Response:
    told = PAGE_POLICY if headers is None else headers
    return await site.deliverer.deliver(request, HTML.content_type, make, told)
