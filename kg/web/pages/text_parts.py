"""The parts of texts: points of proposals and operative paragraphs of resolutions."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Final

from kg.rdf.vocabulary import LABEL_LANGUAGE, UNV
from kg.web.pages.queries import QueryRunner, Row, iri_list, iri_text

#: The properties from a text to its parts.
PARTS: Final = f"{iri_text(UNV.hasPoint)}|{iri_text(UNV.hasParagraph)}"


@dataclass
class Part:
    """A point or a paragraph: number or key, content, topics and correspondences."""

    iri: str
    text: str
    number: str
    title: str
    description: str
    quote: str = ""
    topics: list[tuple[str, str]] = field(default_factory=list)
    #: Rows of correspondences: relation, part, label, reason.
    correspondences: list[Row] = field(default_factory=list)


async def parts_of(queries: QueryRunner, texts: list[str]) -> list[Part]:
    """Return the points or paragraphs of texts, in their order.

    Raises:
        KgError: if the engine cannot answer.
    """
    pattern = f"VALUES ?text {{ {iri_list(texts)} }} ?text {PARTS} ?part ."
    part_rows, topics, correspondences = await asyncio.gather(
        queries.rows(
            f"""
            SELECT ?text ?part ?position ?title ?description ?quote WHERE {{ {pattern}
              OPTIONAL {{ ?part unv:position ?position }}
              OPTIONAL {{ ?part dcterms:title ?title FILTER(LANG(?title) = "{LABEL_LANGUAGE}") }}
              OPTIONAL {{ ?part dcterms:description ?description
                FILTER(LANG(?description) = "{LABEL_LANGUAGE}") }}
              OPTIONAL {{ ?part unv:quote ?quote }}
            }} ORDER BY ?position ?part
            """
        ),
        queries.rows(
            f"""
            SELECT ?part ?topic ?label WHERE {{ {pattern}
              ?part dcterms:subject ?topic . ?topic skos:prefLabel ?label
              FILTER(LANG(?label) = "{LABEL_LANGUAGE}")
            }} ORDER BY ?label
            """
        ),
        queries.rows(
            f"""
            SELECT ?part ?correspondence ?relation ?other ?label ?reason WHERE {{ {pattern}
              {{ ?correspondence unv:oneText ?part ; unv:otherText ?other }}
              UNION
              {{ ?correspondence unv:otherText ?part ; unv:oneText ?other }}
              ?correspondence unv:relation ?relation ; dcterms:description ?reason .
              ?other rdfs:label|dcterms:title ?label .
              FILTER(LANG(?label) = "{LABEL_LANGUAGE}" && LANG(?reason) = "{LABEL_LANGUAGE}")
            }} ORDER BY ?relation ?other
            """
        ),
    )
    parts = {
        row["part"]: Part(
            iri=row["part"],
            text=row["text"],
            number=row["position"],
            title=row["title"],
            description=row["description"],
            quote=row["quote"],
        )
        for row in sorted(part_rows, key=lambda row: texts.index(row["text"]))
    }
    for row in topics:
        parts[row["part"]].topics.append((row["topic"], row["label"]))
    for row in correspondences:
        parts[row["part"]].correspondences.append(row)
    return list(parts.values())
