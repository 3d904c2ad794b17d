"""The pages of a statement and of a diplomatic contact: author, subject and related votes."""

from __future__ import annotations

import asyncio
from typing import Final

from fastapi import Request

from kg.rdf.vocabulary import DCTERMS, LABEL_LANGUAGE, PROV, SKOS, UNV
from kg.web.pages.components.vote_list import with_names
from kg.web.pages.context import PageContext
from kg.web.pages.description import Description
from kg.web.pages.positions import position_of
from kg.web.pages.queries import DATE_OF_EVENT, QueryRunner, Row, iri_list, iri_text

#: Other statements in the list.
_OTHER_STATEMENTS: Final = 12


async def statement_page(
    context: PageContext, request: Request, resource: Description
) -> dict[str, object]:
    """Return the template variables of a statement.

    Raises:
        KgError: if the engine cannot answer.
    """
    about = _about(resource)
    cast, others = await asyncio.gather(
        _cast(context.queries, about, list(resource.values(UNV.madeBy))),
        _others(context.queries, resource.iri, about),
    )
    return _common_variables(resource, about) | {
        "by": resource.named_values(UNV.madeBy, UNV.speaker),
        "role": resource.value(UNV.speakerRole),
        "stance": resource.value(UNV.stance),
        "forum": resource.value(UNV.forum),
        "to": resource.named_values(UNV.addressedTo),
        "cast": cast,
        "others": others,
    }


async def contact_page(
    context: PageContext, request: Request, resource: Description
) -> dict[str, object]:
    """Return the template variables of a diplomatic contact.

    Raises:
        KgError: if the engine cannot answer.
    """
    about = _about(resource)
    initiators = resource.named_values(UNV.initiatedBy)
    contacted = resource.named_values(UNV.contacted)
    return _common_variables(resource, about) | {
        "by": initiators or contacted,
        "role": "",
        "stance": "",
        "forum": resource.value(UNV.place),
        "to": contacted if initiators else [],
        "urged": position_of(resource.value(UNV.urged))[0],
        "cast": await _cast(context.queries, about, list(resource.values(UNV.contacted))),
        "others": [],
    }


def _common_variables(resource: Description, about: list[str]) -> dict[str, object]:
    return {
        "date": resource.value(DCTERMS.date),
        "about": [(iri, resource.name(iri)) for iri in about],
        "quotes": resource.values(UNV.quote),
        "notes": resource.values(SKOS.editorialNote),
        "sources": resource.named_values(PROV.wasQuotedFrom),
        "via": resource.values(UNV.via),
        "urged": "",
    }


def _about(resource: Description) -> list[str]:
    return list(dict.fromkeys((*resource.values(UNV.about), *resource.values(UNV.towards))))


async def _cast(queries: QueryRunner, about: list[str], states: list[str]) -> list[Row]:
    """Return the votes of states in the events, or on the documents, that a statement concerns."""
    if not about or not states:
        return []
    rows = await queries.rows(
        f"""
        SELECT DISTINCT ?event ?label ?symbol ?date ?state ?state_name ?option WHERE {{
          {{ VALUES ?event {{ {iri_list(about)} }} ?event a unv:VotingEvent }}
          UNION
          {{ VALUES ?text {{ {iri_list(about)} }} ?text unv:decidedBy ?event }}
          VALUES ?state {{ {iri_list(states)} }}
          ?event rdfs:label ?label . {DATE_OF_EVENT}
          ?vote unv:event ?event ; unv:castBy ?state ; unv:option ?option .
          ?state rdfs:label ?state_name FILTER(LANG(?state_name) = "{LABEL_LANGUAGE}")
          OPTIONAL {{ ?event unv:decides/unv:symbol ?symbol }}
        }} ORDER BY ?date ?state_name
        """
    )
    votes = await with_names(queries, rows)
    return [Row(row | {"style": position_of(row["option"])[0]}) for row in votes]


async def _others(queries: QueryRunner, statement: str, about: list[str]) -> list[Row]:
    """Return other statements about the same resources."""
    if not about:
        return []
    return await queries.rows(
        f"""
        SELECT DISTINCT ?statement ?label ?date ?stance WHERE {{
          VALUES ?subject {{ {iri_list(about)} }}
          ?statement unv:about ?subject ; a unv:Statement ; rdfs:label ?label .
          FILTER(?statement != {iri_text(statement)} && LANG(?label) = "{LABEL_LANGUAGE}")
          OPTIONAL {{ ?statement dcterms:date ?date }}
          OPTIONAL {{ ?statement unv:stance ?stance }}
        }} ORDER BY ?date ?label LIMIT {_OTHER_STATEMENTS}
        """
    )
