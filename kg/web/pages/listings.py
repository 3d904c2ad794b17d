"""Lists that pages show: the votes of a topic or session, the sessions of a body, all topics."""

from __future__ import annotations

import asyncio

from kg.rdf.vocabulary import DCTERMS, SKOS, UNV
from kg.web.pages.context import Site
from kg.web.pages.description import Description
from kg.web.pages.queries import Asker, Row, iri_text

#: How many votes a page of a list holds.
PAGE = 50
#: By which property the votes of a thing refer to it.
_VOTES_OF = {
    UNV.Session: UNV.session,
    UNV.Meeting: UNV.meeting,
}


async def thing_page(site: Site, this: Description, page: int) -> dict[str, object]:
    """Return what the template shows of any thing that has no page of a kind of its own.

    Raises:
        KgError: if the engine cannot answer.
    """
    asker = site.asker
    found: dict[str, object] = {
        "votes": [],
        "total": 0,
        "page": page,
        "per_page": PAGE,
        "quotes": this.all(UNV.quote),
        "descriptions": (DCTERMS.description,),
    }
    holder = next((term for kind, term in _VOTES_OF.items() if kind in this.types), "")
    if holder:
        pattern = f"?event {iri_text(holder)} {iri_text(this.iri)} ."
        found |= await _votes(asker, pattern, page)
    elif SKOS.Concept in this.types:
        pattern = f"?event unv:decides/{iri_text(DCTERMS.subject)} {iri_text(this.iri)} ."
        found |= await _votes(asker, pattern, page)
    return found


async def body_page(asker: Asker, iri: str) -> dict[str, object]:
    """Return the sessions of a body with the number of their votes, and its latest votes.

    Raises:
        KgError: if the engine cannot answer.
    """
    this = iri_text(iri)
    sessions, votes = await asyncio.gather(
        asker.rows(
            f"""
            SELECT ?session ?label ?n ?first ?last WHERE {{
              {{ SELECT ?session (COUNT(?event) AS ?n) (MIN(?date) AS ?first) (MAX(?date) AS ?last)
                 WHERE {{ ?session a unv:Session ; unv:body {this} .
                   ?event unv:session ?session ; unv:date ?date }} GROUP BY ?session }}
              ?session rdfs:label ?label FILTER(LANG(?label) = "en")
            }} ORDER BY DESC(?first) ?label
            """
        ),
        _votes(asker, f"?event unv:body {this} .", 1),
    )
    return {"sessions": sessions, **votes}


async def topics(asker: Asker) -> list[Row]:
    """Return all topics with the number of resolutions on them.

    Raises:
        KgError: if the engine cannot answer.
    """
    return await asker.rows(
        """
        SELECT ?topic ?label ?n WHERE {
          { SELECT ?topic (COUNT(?thing) AS ?n) WHERE { ?thing dcterms:subject ?topic }
            GROUP BY ?topic }
          ?topic skos:prefLabel ?label FILTER(LANG(?label) = "en")
        } ORDER BY DESC(?n) ?label
        """
    )


async def most_divided(asker: Asker) -> list[Row]:
    """Return the adopted texts with the smallest part in favour, of a hundred votes or more.

    Raises:
        KgError: if the engine cannot answer.
    """
    return await asker.rows(
        """
        SELECT ?event ?symbol ?title ?date ?yes ?no ?abstaining WHERE {
          { SELECT ?event ?resolution ?date ?yes ?no ?abstaining ?part WHERE {
              ?event unv:decides ?resolution ; unv:body unv:GeneralAssembly ; unv:date ?date ;
                unv:yesCount ?yes ; unv:noCount ?no ; unv:abstentionCount ?abstaining .
              FILTER(?yes + ?no + ?abstaining >= 100)
              BIND(?yes / (?yes + ?no + ?abstaining) AS ?part)
            } ORDER BY ?part DESC(?date) LIMIT 8 }
          ?resolution unv:symbol ?symbol .
          OPTIONAL { ?resolution dcterms:title ?title FILTER(LANG(?title) = "en") }
        } ORDER BY ?part DESC(?date)
        """
    )


async def latest_votes(asker: Asker) -> list[Row]:
    """Return the latest votes of all bodies.

    Raises:
        KgError: if the engine cannot answer.
    """
    found = await _votes(asker, "?event unv:date ?date .", 1, size=8)
    votes = found["votes"]
    assert isinstance(votes, list)
    return votes


# In what follows OPTIONAL holds one pattern, or a path of them: a star of several is joined by
# reading each of them as a whole, which takes a hundred times as long.
async def _votes(asker: Asker, pattern: str, page: int, size: int = PAGE) -> dict[str, object]:
    counted, votes = await asyncio.gather(
        # Of a session there are resolutions besides, of a body more.
        asker.rows(
            f"SELECT (COUNT(DISTINCT ?event) AS ?n) WHERE {{ {pattern} ?event a unv:VotingEvent }}"
        ),
        asker.rows(
            f"""
            SELECT ?event ?label ?title ?date ?yes ?no ?abstaining WHERE {{
              {{ SELECT DISTINCT ?event ?date WHERE {{ {pattern} ?event unv:date ?date }}
                 ORDER BY DESC(?date) DESC(?event) LIMIT {size} OFFSET {(page - 1) * size} }}
              ?event rdfs:label ?label .
              OPTIONAL {{ ?event unv:yesCount ?yes }}
              OPTIONAL {{ ?event unv:noCount ?no }}
              OPTIONAL {{ ?event unv:abstentionCount ?abstaining }}
              OPTIONAL {{ ?event unv:decides ?resolution . ?resolution dcterms:title ?title
                FILTER(LANG(?title) = "en") }}
            }} ORDER BY DESC(?date) DESC(?event)
            """
        ),
    )
    return {"votes": votes, "total": int(counted[0]["n"])}
