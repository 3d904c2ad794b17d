"""The page of a group, an observer, a committee or another agent: members, texts, statements."""

from __future__ import annotations

import asyncio

from fastapi import Request

from kg.rdf.vocabulary import LABEL_LANGUAGE, PROV, SKOS, UNV
from kg.web.pages.cohesion import PARAMETER, QUERY, VOTES, cohesion_by_year
from kg.web.pages.components.vote_list import VOTES_PER_PAGE, VoteList, votes_matching
from kg.web.pages.context import PageContext
from kg.web.pages.description import Description
from kg.web.pages.drafts import sponsored_texts
from kg.web.pages.queries import QueryRunner, Row, iri_text
from kg.web.pages.request_parameters import requested_page, requested_value
from kg.web.pages.topic_choice import requested_topic


async def agent_page(
    context: PageContext, request: Request, resource: Description
) -> dict[str, object]:
    """Return the template variables of an agent or a regional group.

    Raises:
        KgError: if the engine cannot answer.
    """
    queries, page = context.queries, requested_page(request)
    is_regional = UNV.RegionalGroup in resource.types
    members, groups, texts, votes = await asyncio.gather(
        _regional_members(queries, resource.iri)
        if is_regional
        else _members(queries, resource.iri),
        _groups(queries, resource.iri),
        _statements(queries, resource.iri),
        _votes(context, resource, page),
    )
    listed = max((row["listed"] for row in members), default="")
    has_dates = bool(members) and not is_regional and not listed
    return {
        "cohesion": await _cohesion(context, request, resource) if has_dates else None,
        "names": sorted(resource.values(SKOS.altLabel)),
        "notes": resource.values(SKOS.editorialNote),
        "same_as": resource.named_values(SKOS.exactMatch),
        "sources": resource.named_values(PROV.wasDerivedFrom),
        "is_regional": is_regional,
        "members": [row for row in members if not row["until"]],
        "former": [row for row in members if row["until"]],
        "has_years": any(0 < len(row["from"]) < len("1973-01-01") for row in members),
        "listed": listed,
        "groups": groups,
        "statements": texts,
        "sponsored": sponsored_texts(resource),
        "votes": votes.votes,
        "total": votes.total,
        "page": page,
        "per_page": VOTES_PER_PAGE,
    }


async def _cohesion(
    context: PageContext, request: Request, resource: Description
) -> dict[str, object]:
    """Return the choices of votes and topic, and if it is asked for, the cohesion by year."""
    votes = requested_value(request, PARAMETER, VOTES)
    topic, name = await requested_topic(context, request)
    by_year: dict[str, object] = {"rows": [], "parameters": {"group": resource.label}}
    if votes:
        by_year = await cohesion_by_year(context, resource, votes, topic)
    return {
        "choices": VOTES,
        "votes": votes,
        "query": QUERY,
        "topic": topic,
        "topic_name": name,
        "topics": (await context.topics.read()).offered,
        **by_year,
    }


async def _members(queries: QueryRunner, group: str) -> list[Row]:
    """Return the members of a group, past and present, by the date of their membership."""
    return await queries.rows(
        f"""
        SELECT ?membership ?member ?name ?from ?until ?listed ?note WHERE {{
          ?membership unv:group {iri_text(group)} ; unv:groupMember ?member .
          ?member rdfs:label ?name .
          OPTIONAL {{ ?membership unv:from|unv:fromAsPrinted ?from }}
          OPTIONAL {{ ?membership unv:until ?day }}
          OPTIONAL {{ ?membership unv:certainUntil ?end }}
          OPTIONAL {{ ?membership unv:listedOn ?listed }}
          OPTIONAL {{ ?membership skos:editorialNote ?note }}
          BIND(COALESCE(?day, ?end) AS ?until)
          FILTER(LANG(?name) = "{LABEL_LANGUAGE}")
        }} ORDER BY STR(?from) ?name
        """
    )


async def _regional_members(queries: QueryRunner, group: str) -> list[Row]:
    return await queries.rows(
        f"""
        SELECT ?membership ?member ?name ?from ?until ?listed ?note WHERE {{
          ?member unv:regionalGroup {iri_text(group)} ; rdfs:label ?name .
          FILTER(LANG(?name) = "{LABEL_LANGUAGE}")
        }} ORDER BY ?name
        """
    )


async def _groups(queries: QueryRunner, member: str) -> list[Row]:
    """Return the groups of which an agent is a member."""
    return await queries.rows(
        f"""
        SELECT DISTINCT ?group ?name WHERE {{
          ?membership unv:groupMember {iri_text(member)} ; unv:group ?group .
          ?group rdfs:label ?name
        }} ORDER BY ?name
        """
    )


async def _statements(queries: QueryRunner, agent: str) -> list[Row]:
    """Return the statements and speeches of an agent, or on its behalf, the latest first."""
    # In each branch, Oxigraph begins with the agent; after a UNION or a path, with all speeches.
    speech = "a unv:Speech ; rdfs:label ?label"
    return await queries.rows(
        f"""
        SELECT DISTINCT ?speech ?label ?date WHERE {{
          {{ ?speech unv:madeBy {iri_text(agent)} ; {speech} }}
          UNION
          {{ ?speech unv:onBehalfOf {iri_text(agent)} ; {speech} }}
          OPTIONAL {{ ?speech dcterms:date ?day }}
          OPTIONAL {{ ?speech unv:year ?year }}
          BIND(COALESCE(?day, ?year, "") AS ?date)
        }} ORDER BY DESC(STR(?date)) ?label LIMIT 200
        """
    )


async def _votes(context: PageContext, resource: Description, page: int) -> VoteList:
    """Return the votes on texts that a committee reported."""
    if UNV.Committee not in resource.types:
        return VoteList([], 0)
    pattern = f"?event unv:committee {iri_text(resource.iri)} ."
    return await votes_matching(context.queries, context.votes, pattern, page)
