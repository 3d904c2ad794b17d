"""The pages of all proposals side by side, of one proposal, and of a point or paragraph.

Texts are proposals and resolutions; their parts are points and operative paragraphs.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field

from fastapi import Request

from kg.rdf.vocabulary import DCTERMS, LABEL_LANGUAGE, PROV, SKOS, UNV
from kg.web.pages.context import PageContext
from kg.web.pages.description import Description
from kg.web.pages.queries import QueryRunner, Row, iri_list, iri_text
from kg.web.pages.text_comparison import comparisons_of_proposal
from kg.web.pages.text_parts import PARTS, Part, parts_of


@dataclass(frozen=True)
class Text:
    """A proposal or a resolution, with its parts by topic."""

    iri: str
    title: str
    by_topic: dict[str, list[Part]]


@dataclass(frozen=True)
class Proposal:
    """A proposal in a list: ``proposers`` are IRIs with names."""

    iri: str
    title: str
    date: str
    points: str
    proposers: list[tuple[str, str]] = field(default_factory=list)


async def all_proposals(queries: QueryRunner) -> dict[str, object]:
    """Return the proposals, and the parts of texts by topic.

    Raises:
        KgError: if the engine cannot answer.
    """
    proposals, texts = await asyncio.gather(_proposals(queries), _texts(queries))
    in_order = dict.fromkeys([*(proposal.iri for proposal in proposals), *texts])
    parts = await parts_of(queries, list(in_order))
    names: dict[str, str] = {}
    by_text: dict[str, dict[str, list[Part]]] = defaultdict(lambda: defaultdict(list))
    for part in parts:
        for topic, label in part.topics:
            names[topic] = label
            by_text[part.text][topic].append(part)
    columns = [Text(iri, texts[iri], by_text[iri]) for iri in by_text]
    return {
        "proposals": proposals,
        "columns": columns,
        "topics": sorted(names.items(), key=lambda pair: pair[1].casefold()),
    }


async def proposal_page(
    context: PageContext, request: Request, resource: Description
) -> dict[str, object]:
    """Return the template variables of a proposal.

    Raises:
        KgError: if the engine cannot answer.
    """
    points, comparisons, statements = await asyncio.gather(
        parts_of(context.queries, [resource.iri]),
        comparisons_of_proposal(context.queries, resource.iri),
        _statements(context.queries, resource),
    )
    proposers = resource.values(UNV.proposedBy)
    return {
        "date": resource.value(DCTERMS.date),
        "proposers": resource.named_values(UNV.proposedBy),
        "creators": resource.named_values(DCTERMS.creator),
        "notes": resource.values(SKOS.editorialNote),
        "points": points,
        "comparisons": comparisons,
        "responses": [row for row in statements if row["state"] not in proposers],
        "proposers_statements": [row for row in statements if row["state"] in proposers],
        "sources": resource.named_values(PROV.wasDerivedFrom),
    }


async def part_page(
    context: PageContext, request: Request, resource: Description
) -> dict[str, object]:
    """Return the template variables of a point or a paragraph.

    Raises:
        KgError: if the engine cannot answer.
    """
    (container,) = await context.queries.rows(
        f"SELECT ?text WHERE {{ ?text {PARTS} {iri_text(resource.iri)} }} LIMIT 1"
    )
    siblings, same_topic = await asyncio.gather(
        parts_of(context.queries, [container["text"]]), _same_topic(context.queries, resource)
    )
    index = next(i for i, sibling in enumerate(siblings) if sibling.iri == resource.iri)
    titles = await _texts(context.queries)
    return {
        "part": siblings[index],
        "text": (container["text"], titles[container["text"]]),
        "titles": titles,
        "quotes": resource.values(UNV.quote),
        "previous": siblings[index - 1] if index else None,
        "next": siblings[index + 1] if index + 1 < len(siblings) else None,
        "same_topic": same_topic,
        "sources": resource.named_values(PROV.wasDerivedFrom),
    }


async def _proposals(queries: QueryRunner) -> list[Proposal]:
    rows = await queries.rows(
        f"""
        SELECT ?proposal ?title ?date ?state ?name ?points WHERE {{
          {{ SELECT ?proposal (COUNT(?point) AS ?points) WHERE {{ ?proposal unv:hasPoint ?point }}
            GROUP BY ?proposal }}
          ?proposal dcterms:title ?title FILTER(LANG(?title) = "{LABEL_LANGUAGE}")
          OPTIONAL {{ ?proposal dcterms:date ?date }}
          OPTIONAL {{ ?proposal unv:proposedBy ?state . ?state rdfs:label ?name
            FILTER(LANG(?name) = "{LABEL_LANGUAGE}") }}
        }} ORDER BY ?date ?proposal ?name
        """
    )
    proposals: dict[str, Proposal] = {}
    for row in rows:
        proposal = proposals.setdefault(
            row["proposal"],
            Proposal(row["proposal"], row["title"], row["date"], row["points"]),
        )
        if row["state"]:
            proposal.proposers.append((row["state"], row["name"]))
    return list(proposals.values())


async def _texts(queries: QueryRunner) -> dict[str, str]:
    """Return the titles, or symbols, of all texts with parts in the graph."""
    rows = await queries.rows(
        f"""
        SELECT DISTINCT ?text ?name WHERE {{
          {{ ?text unv:hasPoint ?part ; dcterms:title ?name
            FILTER(LANG(?name) = "{LABEL_LANGUAGE}") }}
          UNION
          {{ ?text unv:hasParagraph ?part ; unv:symbol ?name }}
        }} ORDER BY ?name
        """
    )
    return {row["text"]: row["name"] for row in rows}


async def _same_topic(queries: QueryRunner, part: Description) -> list[Row]:
    """Return the parts of other texts that share a topic with a part, by topic."""
    topics = part.values(DCTERMS.subject)
    if not topics:
        return []
    return await queries.rows(
        f"""
        SELECT ?topic ?label ?other ?name ?text WHERE {{
          VALUES ?topic {{ {iri_list(topics)} }} ?topic skos:prefLabel ?label .
          ?text {PARTS} ?other .
          ?other dcterms:subject ?topic ; dcterms:title|rdfs:label ?name .
          FILTER NOT EXISTS {{ ?text {PARTS} {iri_text(part.iri)} }}
          FILTER(LANG(?label) = "{LABEL_LANGUAGE}" && LANG(?name) = "{LABEL_LANGUAGE}")
        }} ORDER BY ?label ?text ?other
        """
    )


async def _statements(queries: QueryRunner, resource: Description) -> list[Row]:
    return await queries.rows(
        f"""
        SELECT DISTINCT ?statement ?label ?state ?name ?stance ?date ?quote ?speaker WHERE {{
          ?statement unv:towards|unv:about {iri_text(resource.iri)} ; unv:madeBy ?state ;
            rdfs:label ?label .
          ?state rdfs:label ?name .
          OPTIONAL {{ ?statement unv:stance ?stance }}
          OPTIONAL {{ ?statement dcterms:date ?date }}
          OPTIONAL {{ ?statement unv:quote ?quote }}
          OPTIONAL {{ ?statement unv:speaker/rdfs:label ?speaker }}
          FILTER(LANG(?label) = "{LABEL_LANGUAGE}" && LANG(?name) = "{LABEL_LANGUAGE}")
        }} ORDER BY ?date ?name ?statement
        """
    )
