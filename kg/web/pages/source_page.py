"""The page of a source: publisher, terms of use, and the facts quoted from it."""

from __future__ import annotations

from typing import Final

from fastapi import Request

from kg.rdf.iris import local_name
from kg.rdf.vocabulary import DC, DCTERMS, FOAF, SKOS, UNV
from kg.sparql.saved_queries import library
from kg.web.pages.context import PageContext
from kg.web.pages.description import Description
from kg.web.pages.names import labels_of
from kg.web.pages.positions import POSITIONS
from kg.web.pages.queries import Row
from kg.web.pages.saved_queries import query_parameters

#: The saved query for the facts from a source.
_CLAIMS_QUERY: Final = "claims-of-source"
#: Kinds of claims in that query, and their headings on the page.
_KINDS: Final = (
    ("tally", "Totals of votes"),
    ("vote", "Votes of states"),
    ("content", "Content of texts"),
    ("statement", "Statements and positions"),
    ("contact", "Diplomatic contacts"),
)


async def source_page(
    context: PageContext, request: Request, resource: Description
) -> dict[str, object]:
    """Return the template variables of a source.

    Raises:
        KgError: if the engine cannot answer.
    """
    key = local_name(resource.iri)
    return {
        "date": resource.value(DCTERMS.date),
        "publishers": resource.values(DC.publisher),
        "addresses": resource.values(FOAF.page),
        "retrieved": resource.value(UNV.retrieved),
        "rights": resource.values(DC.rights),
        "redistributable": resource.value(UNV.redistributable),
        "notes": resource.values(SKOS.editorialNote),
        "claims": await _claims(context, key),
        "query": _CLAIMS_QUERY,
        "key": key,
    }


async def _claims(context: PageContext, key: str) -> list[tuple[str, list[Row]]]:
    """Return the facts quoted from a source by heading, in the order of ``_KINDS``."""
    query = library()[_CLAIMS_QUERY]
    parameters = query_parameters(query, {"source": key})
    table = await context.queries.table(query.text, parameters, is_page=True)
    rows = [Row({name: term["value"] for name, term in row.items()}) for row in table.rows]
    names = await labels_of(context.queries, (row["about"] for row in rows))
    for row in rows:
        name = names.get(row["about"], "")
        is_of_vote = row["kind"] in {"tally", "vote"}
        if row["kind"] == "tally":
            row["says"] = _counts(row["says"])
        row["relation"] = "in the" if is_of_vote else "on"
        row["name"] = name[:1].lower() + name[1:] if is_of_vote else name
    sections = ((heading, [row for row in rows if row["kind"] == kind]) for kind, heading in _KINDS)
    return [(heading, claims) for heading, claims in sections if claims]


def _counts(says: str) -> str:
    """Return the counts of a reported tally in words; unreported ones are left out.

    >>> _counts("141-7-32-?")
    '141 in favour, 7 against, 32 abstaining'
    """
    counts = zip(says.split("-"), POSITIONS, strict=False)
    return ", ".join(f"{count} {label}" for count, (_, label, _) in counts if count != "?")
