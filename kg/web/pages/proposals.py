"""What pages of proposals show: all side by side, one with its points, one part of a text.

Texts are proposals and resolutions, their parts points and operative paragraphs.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from kg.rdf.vocabulary import DCTERMS, PROV, SKOS, UNV
from kg.web.pages.description import Description
from kg.web.pages.queries import Asker, Row, iri_list, iri_text

_PARTS: Final = f"{iri_text(UNV.hasPoint)}|{iri_text(UNV.hasParagraph)}"


@dataclass
class Part:
    """A point or a paragraph: its number or key, what it says, and other parts beside it."""

    iri: str
    text: str
    number: str
    title: str
    says: str
    topics: list[tuple[str, str]] = field(default_factory=list)
    #: Rows of correspondences: relation, part, label, reason.
    beside: list[Row] = field(default_factory=list)


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


async def all_proposals(asker: Asker) -> dict[str, object]:
    """Return the proposals, and which parts of which texts are about the same topic.

    Raises:
        KgError: if the engine cannot answer.
    """
    proposals, texts = await asyncio.gather(_proposals(asker), _texts(asker))
    ordered = [one.iri for one in proposals]
    parts = await parts_of(asker, [*ordered, *(iri for iri in texts if iri not in ordered)])
    names: dict[str, str] = {}
    by_text: dict[str, dict[str, list[Part]]] = defaultdict(lambda: defaultdict(list))
    for one in parts:
        for topic, label in one.topics:
            names[topic] = label
            by_text[one.text][topic].append(one)
    columns = [Text(iri, texts[iri], by_text[iri]) for iri in by_text]
    return {
        "proposals": proposals,
        "columns": columns,
        "topics": sorted(names.items(), key=lambda pair: pair[1].casefold()),
    }


async def proposal_page(asker: Asker, this: Description) -> dict[str, object]:
    """Return the points of a proposal with what corresponds to them, and what states said of it.

    Raises:
        KgError: if the engine cannot answer.
    """
    points, said = await asyncio.gather(parts_of(asker, [this.iri]), _statements(asker, this))
    proposers = this.all(UNV.proposedBy)
    return {
        "date": this.one(DCTERMS.date),
        "proposers": this.named(UNV.proposedBy),
        "creators": this.named(DCTERMS.creator),
        "notes": this.all(SKOS.editorialNote),
        "points": points,
        "responses": [row for row in said if row["state"] not in proposers],
        "own": [row for row in said if row["state"] in proposers],
        "sources": this.named(PROV.wasDerivedFrom),
    }


async def part_page(asker: Asker, this: Description) -> dict[str, object]:
    """Return what a point or a paragraph belongs to, and what of other texts is beside it.

    Raises:
        KgError: if the engine cannot answer.
    """
    (whole,) = await asker.rows(
        f"SELECT ?text WHERE {{ ?text {_PARTS} {iri_text(this.iri)} }} LIMIT 1"
    )
    siblings, alike = await asyncio.gather(
        parts_of(asker, [whole["text"]]), _same_topic(asker, this.iri)
    )
    at = next(number for number, one in enumerate(siblings) if one.iri == this.iri)
    titles = await _texts(asker)
    return {
        "part": siblings[at],
        "whole": (whole["text"], titles[whole["text"]]),
        "titles": titles,
        "quotes": this.all(UNV.quote),
        "before": siblings[at - 1] if at else None,
        "after": siblings[at + 1] if at + 1 < len(siblings) else None,
        "alike": alike,
        "sources": this.named(PROV.wasDerivedFrom),
    }


async def parts_of(asker: Asker, texts: list[str]) -> list[Part]:
    """Return the points or paragraphs of texts, in their order.

    Raises:
        KgError: if the engine cannot answer.
    """
    held = f"VALUES ?text {{ {iri_list(texts)} }} ?text {_PARTS} ?part ."
    parts, topics, beside = await asyncio.gather(
        asker.rows(
            f"""
            SELECT ?text ?part ?position ?title ?says WHERE {{ {held}
              OPTIONAL {{ ?part unv:position ?position }}
              OPTIONAL {{ ?part dcterms:title ?title FILTER(LANG(?title) = "en") }}
              OPTIONAL {{ ?part dcterms:description ?says FILTER(LANG(?says) = "en") }}
            }} ORDER BY ?position ?part
            """
        ),
        asker.rows(
            f"""
            SELECT ?part ?topic ?label WHERE {{ {held}
              ?part dcterms:subject ?topic . ?topic skos:prefLabel ?label
              FILTER(LANG(?label) = "en")
            }} ORDER BY ?label
            """
        ),
        asker.rows(
            f"""
            SELECT ?part ?correspondence ?relation ?other ?label ?reason WHERE {{ {held}
              {{ ?correspondence unv:oneText ?part ; unv:otherText ?other }}
              UNION
              {{ ?correspondence unv:otherText ?part ; unv:oneText ?other }}
              ?correspondence unv:relation ?relation ; dcterms:description ?reason .
              ?other rdfs:label|dcterms:title ?label .
              FILTER(LANG(?label) = "en" && LANG(?reason) = "en")
            }} ORDER BY ?relation ?other
            """
        ),
    )
    found = {
        row["part"]: Part(
            iri=row["part"],
            text=row["text"],
            number=row["position"] or row["part"].rpartition("/")[2],
            title=row["title"],
            says=row["says"],
        )
        for row in sorted(parts, key=lambda row: texts.index(row["text"]))
    }
    for row in topics:
        found[row["part"]].topics.append((row["topic"], row["label"]))
    for row in beside:
        found[row["part"]].beside.append(row)
    return list(found.values())


async def _proposals(asker: Asker) -> list[Proposal]:
    rows = await asker.rows(
        """
        SELECT ?proposal ?title ?date ?state ?name ?points WHERE {
          { SELECT ?proposal (COUNT(?point) AS ?points) WHERE { ?proposal unv:hasPoint ?point }
            GROUP BY ?proposal }
          ?proposal dcterms:title ?title FILTER(LANG(?title) = "en")
          OPTIONAL { ?proposal dcterms:date ?date }
          OPTIONAL { ?proposal unv:proposedBy ?state . ?state rdfs:label ?name
            FILTER(LANG(?name) = "en") }
        } ORDER BY ?date ?proposal ?name
        """
    )
    found: dict[str, Proposal] = {}
    for row in rows:
        told = Proposal(row["proposal"], row["title"], row["date"], row["points"])
        one = found.setdefault(row["proposal"], told)
        if row["state"]:
            one.proposers.append((row["state"], row["name"]))
    return list(found.values())


async def _texts(asker: Asker) -> dict[str, str]:
    """Return the titles, or symbols, of all texts of which parts are held."""
    rows = await asker.rows(
        """
        SELECT DISTINCT ?text ?name WHERE {
          { ?text unv:hasPoint ?part ; dcterms:title ?name FILTER(LANG(?name) = "en") }
          UNION
          { ?text unv:hasParagraph ?part ; unv:symbol ?name }
        } ORDER BY ?name
        """
    )
    return {row["text"]: row["name"] for row in rows}


async def _same_topic(asker: Asker, part: str) -> list[Row]:
    """Return the parts of other texts that share a topic with one, under each topic."""
    return await asker.rows(
        f"""
        SELECT ?topic ?label ?other ?name ?text WHERE {{
          ?text {_PARTS} ?other .
          {iri_text(part)} dcterms:subject ?topic . ?topic skos:prefLabel ?label .
          ?other dcterms:subject ?topic ; dcterms:title|rdfs:label ?name .
          FILTER NOT EXISTS {{ ?text {_PARTS} {iri_text(part)} }}
          FILTER(LANG(?label) = "en" && LANG(?name) = "en")
        }} ORDER BY ?label ?text ?other
        """
    )


async def _statements(asker: Asker, this: Description) -> list[Row]:
    return await asker.rows(
        f"""
        SELECT DISTINCT ?statement ?label ?state ?name ?stance ?date ?quote ?speaker WHERE {{
          ?statement unv:towards|unv:about {iri_text(this.iri)} ; unv:madeBy ?state ;
            rdfs:label ?label .
          ?state rdfs:label ?name .
          OPTIONAL {{ ?statement unv:stance ?stance }}
          OPTIONAL {{ ?statement dcterms:date ?date }}
          OPTIONAL {{ ?statement unv:quote ?quote }}
          OPTIONAL {{ ?statement unv:speaker/rdfs:label ?speaker }}
          FILTER(LANG(?label) = "en" && LANG(?name) = "en")
        }} ORDER BY ?date ?name ?statement
        """
    )
