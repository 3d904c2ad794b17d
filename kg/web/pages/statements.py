"""What pages show of a statement, and of a diplomatic contact: who, on what, and the votes."""

from __future__ import annotations

import asyncio

from kg.rdf.vocabulary import DCTERMS, PROV, SKOS, UNV
from kg.web.pages.description import Description
from kg.web.pages.queries import Asker, Row, iri_list, iri_text
from kg.web.pages.votes import position_of

#: Statements by others that a page names.
_OTHERS = 12


async def statement_page(asker: Asker, this: Description) -> dict[str, object]:
    """Return who said it, about what, how the state voted on that, and what others said of it.

    Raises:
        KgError: if the engine cannot answer.
    """
    about = _about(this)
    cast, others = await asyncio.gather(
        _cast(asker, about, list(this.all(UNV.madeBy))), _others(asker, this.iri, about)
    )
    return _told(this, about) | {
        "by": this.named(UNV.madeBy, UNV.speaker),
        "role": this.one(UNV.speakerRole),
        "stance": this.one(UNV.stance),
        "forum": this.one(UNV.forum),
        "to": this.named(UNV.addressedTo),
        "cast": cast,
        "others": others,
    }


async def contact_page(asker: Asker, this: Description) -> dict[str, object]:
    """Return who sought whom, on what, and how those who were contacted voted on it.

    Raises:
        KgError: if the engine cannot answer.
    """
    about = _about(this)
    return _told(this, about) | {
        "by": this.named(UNV.initiatedBy),
        "role": "",
        "stance": "",
        "forum": this.one(UNV.place),
        "to": this.named(UNV.contacted),
        "urged": position_of(this.one(UNV.urged))[0],
        "cast": await _cast(asker, about, list(this.all(UNV.contacted))),
        "others": [],
    }


def _told(this: Description, about: list[str]) -> dict[str, object]:
    return {
        "date": this.one(DCTERMS.date),
        "about": [(iri, this.name(iri)) for iri in about],
        "quotes": this.all(UNV.quote),
        "notes": this.all(SKOS.editorialNote),
        "sources": this.named(PROV.wasQuotedFrom),
        "via": this.all(UNV.via),
        "urged": "",
    }


def _about(this: Description) -> list[str]:
    return list(dict.fromkeys((*this.all(UNV.about), *this.all(UNV.towards))))


async def _cast(asker: Asker, about: list[str], states: list[str]) -> list[Row]:
    """Return how states voted on documents, or in votes, that something is about."""
    if not about or not states:
        return []
    rows = await asker.rows(
        f"""
        SELECT DISTINCT ?event ?label ?date ?state ?name ?option WHERE {{
          {{ VALUES ?event {{ {iri_list(about)} }} ?event a unv:VotingEvent }}
          UNION
          {{ VALUES ?text {{ {iri_list(about)} }} ?text unv:decidedBy ?event }}
          VALUES ?state {{ {iri_list(states)} }}
          ?event rdfs:label ?label ; unv:date ?date .
          ?vote unv:event ?event ; unv:castBy ?state ; unv:option ?option .
          ?state rdfs:label ?name FILTER(LANG(?name) = "en")
        }} ORDER BY ?date ?name
        """
    )
    return [Row(row | {"style": position_of(row["option"])[0]}) for row in rows]


async def _others(asker: Asker, this: str, about: list[str]) -> list[Row]:
    """Return other statements about the same things."""
    if not about:
        return []
    return await asker.rows(
        f"""
        SELECT DISTINCT ?statement ?label ?date ?stance WHERE {{
          VALUES ?thing {{ {iri_list(about)} }}
          ?statement unv:about ?thing ; a unv:Statement ; rdfs:label ?label .
          FILTER(?statement != {iri_text(this)} && LANG(?label) = "en")
          OPTIONAL {{ ?statement dcterms:date ?date }}
          OPTIONAL {{ ?statement unv:stance ?stance }}
        }} ORDER BY ?date ?label LIMIT {_OTHERS}
        """
    )
