"""The explanations of a vote at its meeting, as the verbatim record prints them."""

from __future__ import annotations

from kg.rdf.vocabulary import LABEL_LANGUAGE
from kg.web.pages.queries import QueryRunner, Row, iri_text


async def explanations_of(queries: QueryRunner, event: str) -> list[Row]:
    """Return the speeches in explanation of a vote, in their order; none without an event.

    A row has ``speech``, ``by`` and ``name``, ``speaker``, ``group`` and ``groupName``, ``kind``,
    ``language``, ``page`` and ``paragraph``, and the ``meeting`` with the address of its
    ``record`` and its ``symbol``.

    Raises:
        KgError: if the engine cannot answer.
    """
    if not event:
        return []
    return await queries.rows(
        f"""
        SELECT ?speech ?by ?name ?speaker ?group ?groupName ?kind ?language ?page ?paragraph
          ?meeting ?record ?symbol WHERE {{
          ?speech unv:about {iri_text(event)} ; unv:speechKind ?kind ; unv:madeBy ?by ;
            unv:madeAt ?meeting ; unv:position ?number ; unv:page ?page ;
            unv:paragraphOnPage ?paragraph ; unv:spokenLanguage ?language .
          ?by rdfs:label ?name FILTER(LANG(?name) = "{LABEL_LANGUAGE}")
          ?meeting unv:symbol ?symbol ; unv:document ?record .
          OPTIONAL {{ ?speech unv:speakerName ?speaker }}
          OPTIONAL {{ ?speech unv:onBehalfOf ?group . ?group rdfs:label ?groupName
            FILTER(LANG(?groupName) = "{LABEL_LANGUAGE}") }}
        }} ORDER BY ?meeting ?number
        """
    )
