"""What the page of a source shows: what is known of it, and what the graph has from it."""

from __future__ import annotations

from typing import Final

from kg.rdf.vocabulary import DC, DCTERMS, FOAF, SKOS, UNV
from kg.web.pages.context import Site
from kg.web.pages.description import Description, labels_of
from kg.web.pages.queries import Row
from kg.web.pages.saved_queries import bound, queries

#: The saved query that tells what the graph has from a source.
_CLAIMS: Final = "claims-of-source"
#: What that query calls kinds of claims, and the words of the page.
_KINDS: Final = (
    ("tally", "Totals of votes"),
    ("vote", "Votes of states"),
    ("content", "What texts say"),
    ("statement", "Statements and positions"),
    ("contact", "Diplomatic contacts"),
)


async def source_page(site: Site, this: Description) -> dict[str, object]:
    """Return who published it, under which terms, and what is quoted from it.

    Raises:
        KgError: if the engine cannot answer.
    """
    key = this.iri.rpartition("/")[2]
    return {
        "date": this.one(DCTERMS.date),
        "publishers": this.all(DC.publisher),
        "addresses": this.all(FOAF.page),
        "retrieved": this.one(UNV.retrieved),
        "rights": this.all(DC.rights),
        "redistributable": this.one(UNV.redistributable),
        "notes": this.all(SKOS.editorialNote),
        "claims": await _claims(site, key),
        "query": _CLAIMS,
        "key": key,
    }


async def _claims(site: Site, key: str) -> list[tuple[str, list[Row]]]:
    """Return what is quoted from a source by kind, in the order of ``_KINDS``."""
    query = queries()[_CLAIMS]
    table = await site.asker.table(query.text, bound(query, {"source": key}))
    rows = [Row({name: term["value"] for name, term in row.items()}) for row in table.rows]
    names = await labels_of(site.asker, (row["about"] for row in rows))
    for row in rows:
        row["name"] = names.get(row["about"], "")
    kinds = ((words, [row for row in rows if row["kind"] == kind]) for kind, words in _KINDS)
    return [(words, found) for words, found in kinds if found]
