"""The page of a resource; its classes determine the kind of page."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final, NamedTuple

from fastapi import Request, Response

from kg.rdf.vocabulary import DATASET, DCAT, PROV, REPORT_GRAPH, UNV
from kg.web.pages import jsonld
from kg.web.pages.agent_page import agent_page
from kg.web.pages.context import PageContext
from kg.web.pages.dataset_page import dataset_links, dataset_page
from kg.web.pages.description import (
    REFERRERS_PER_PAGE,
    Description,
    incoming_properties,
    referrers,
)
from kg.web.pages.drafts import draft_page
from kg.web.pages.listings import generic_page
from kg.web.pages.proposals import part_page, proposal_page
from kg.web.pages.report_page import report_page
from kg.web.pages.request_parameters import requested_number
from kg.web.pages.resource_data import ResourceAddress, existing_description, link_headers
from kg.web.pages.responses import PAGE_POLICY
from kg.web.pages.single_vote import single_vote_page
from kg.web.pages.source_page import source_page
from kg.web.pages.state_page import state_page
from kg.web.pages.statements import contact_page, statement_page
from kg.web.pages.votes import vote_page


class PageKind(NamedTuple):
    """A template, and the function that returns its variables for a resource."""

    template: str
    variables: Callable[[PageContext, Request, Description], Awaitable[dict[str, object]]]


#: The URL parameters that the pages of resources read.
PAGE_PARAMETERS: Final = (
    *(
        "cohesion",
        "from",
        "group",
        "incoming",
        "offset",
        "page",
        "region",
        "seats",
        "topic",
        "until",
    ),
)
#: The kind of page of a resource by its class; the first match is used.
_PAGE_KINDS: Final = {
    UNV.Draft: PageKind("draft.html", draft_page),
    UNV.Document: PageKind("vote.html", vote_page),
    UNV.VotingEvent: PageKind("vote.html", vote_page),
    UNV.Vote: PageKind("single_vote.html", single_vote_page),
    UNV.State: PageKind("state.html", state_page),
    UNV.Proposal: PageKind("proposal.html", proposal_page),
    UNV.ProposalPoint: PageKind("part.html", part_page),
    UNV.OperativeParagraph: PageKind("part.html", part_page),
    UNV.Statement: PageKind("statement.html", statement_page),
    UNV.DiplomaticContact: PageKind("statement.html", contact_page),
    UNV.RegionalGroup: PageKind("agent.html", agent_page),
    PROV.Agent: PageKind("agent.html", agent_page),
    UNV.Source: PageKind("source.html", source_page),
    DCAT.Dataset: PageKind("dataset.html", dataset_page),
}
_GENERIC_PAGE: Final = PageKind("resource.html", generic_page)


async def resource_page(
    context: PageContext, request: Request, address: ResourceAddress
) -> Response:
    """Return the page of a resource or of a named graph."""

    async def make() -> str:
        if address.is_graph:
            return await _graph_page(context, request, address)
        resource, incoming = await asyncio.gather(
            existing_description(context, address),
            incoming_properties(context.queries, address.iri),
        )
        resource = replace(resource, incoming=tuple(incoming))
        kind = kind_of(resource)
        variables, references = await asyncio.gather(
            kind.variables(context, request, resource), _references(context, request, resource)
        )
        return context.render(
            request,
            kind.template,
            resource=resource,
            path=address.path,
            embedded=jsonld.embedded(resource.document()),
            **variables,
            **references,
        )

    links = dataset_links(context, request) if address.iri == DATASET else []
    headers = PAGE_POLICY | link_headers(context, request, address, links)
    return await context.responder.respond_html(request, make, headers)


def kind_of(resource: Description) -> PageKind:
    """Return the kind of the page of a resource."""
    kinds = (kind for term, kind in _PAGE_KINDS.items() if term in resource.types)
    return next(kinds, _GENERIC_PAGE)


async def _graph_page(context: PageContext, request: Request, address: ResourceAddress) -> str:
    if address.iri == REPORT_GRAPH:
        variables = await report_page(context)
        return context.render(request, "validation_report.html", graph=address, **variables)
    (row,) = await context.queries.rows(
        f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{address.iri}> {{ ?s ?p ?o }} }}"
    )
    return context.render(request, "graph.html", graph=address, count=row["n"])


async def _references(
    context: PageContext, request: Request, resource: Description
) -> dict[str, object]:
    """Return the properties that refer to a resource, and the referrers by the requested one."""
    opened = request.query_params.get("incoming", "")
    offset = requested_number(request, "offset", 0, max_digits=7)
    listed = await referrers(context.queries, resource.iri, opened, offset) if opened else []
    return {
        "incoming": resource.incoming,
        "opened_property": opened,
        "referrers": listed,
        "offset": offset,
        "page_size": REFERRERS_PER_PAGE,
    }
