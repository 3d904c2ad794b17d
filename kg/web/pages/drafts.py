"""Texts with their sponsors: the page of a draft, and the drafts of an event."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from fastapi import Request

from kg.rdf.vocabulary import DCTERMS, PROV, UNV
from kg.web.pages.context import PageContext
from kg.web.pages.description import Description, describe
from kg.web.pages.queries import QueryRunner, Row, iri_text

_Named = list[tuple[str, str]]


@dataclass(frozen=True)
class TextSummary:
    """A draft, or a document adopted from an unknown one, and its sponsors with their names."""

    iri: str
    symbol: str
    date: str
    address: str
    sponsors: _Named
    additional: _Named
    on_behalf_of: _Named

    @property
    def has_sponsors(self) -> bool:
        """Whether any source names sponsors."""
        return bool(self.sponsors or self.additional or self.on_behalf_of)


async def drafts_of_event(queries: QueryRunner, event: Description | None) -> list[TextSummary]:
    """Return the drafts of an event with their sponsors.

    Raises:
        KgError: if the engine cannot answer.
    """
    iris = event.values(UNV.draft) if event else ()
    described = await asyncio.gather(*(describe(queries, iri) for iri in iris))
    return [text_summary(draft) for draft in described if draft]


def sponsored_texts(sponsor: Description) -> dict[str, int]:
    """Return the numbers of texts that a state or agent sponsored, by kind of sponsor."""
    return {
        "first": sponsor.references(UNV.sponsor),
        "additional": sponsor.references(UNV.additionalSponsor),
    }


async def draft_page(
    context: PageContext, request: Request, resource: Description
) -> dict[str, object]:
    """Return the template variables of a draft.

    Raises:
        KgError: if the engine cannot answer.
    """
    return {
        "draft": text_summary(resource),
        "body": resource.value(UNV.body),
        "session": resource.value(UNV.session),
        "outcome": resource.value(UNV.outcome),
        "adopted_as": resource.named_values(UNV.adoptedAs),
        "earlier": resource.named_values(PROV.wasRevisionOf),
        "sources": resource.named_values(PROV.wasDerivedFrom),
        "events": await _events(context.queries, resource),
    }


def text_summary(text: Description) -> TextSummary:
    """Return a draft or document with its sponsors in the order of their names."""
    return TextSummary(
        iri=text.iri,
        symbol=text.value(UNV.symbol),
        date=text.value(DCTERMS.date),
        address=text.value(UNV.document),
        sponsors=_by_name(text, UNV.sponsor),
        additional=_by_name(text, UNV.additionalSponsor),
        on_behalf_of=_by_name(text, UNV.onBehalfOf),
    )


def _by_name(text: Description, term: str) -> _Named:
    return sorted(text.named_values(term), key=lambda named: named[1])


async def _events(queries: QueryRunner, draft: Description) -> list[Row]:
    return await queries.rows(
        f"""
        SELECT ?event ?label WHERE {{ ?event unv:draft {iri_text(draft.iri)} ; rdfs:label ?label }}
        ORDER BY ?label ?event
        """
    )
