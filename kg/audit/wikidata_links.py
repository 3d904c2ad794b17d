"""The links to Wikidata: which are missing, doubled, or look dead."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kg.engine.federation.in_process import rewrite_in_process
from kg.errors import KgError
from kg.rdf.vocabulary import ONTOLOGY_GRAPH, with_prefixes
from kg.sparql.evaluation import evaluate

#: What may be linked, by the words for it.
_KINDS: Final = {
    "states": "?thing a unv:State",
    "bodies": f"GRAPH <{ONTOLOGY_GRAPH}> {{ ?thing a unv:Body }}",
    "resolutions": "?thing a unv:Resolution",
    "persons and organisations": "?thing a prov:Agent",
    "topics": "?thing a skos:Concept",
}
#: Of these every one is to have an item; no source gives those of the others.
_COMPLETE: Final = frozenset({"states", "bodies"})
_LINKS: Final = f"""
SELECT ?thing ?item ?other WHERE {{
  {{ SELECT DISTINCT ?thing WHERE {{ PATTERN }} }}
  OPTIONAL {{ ?thing unv:wikidata ?ours }}
  OPTIONAL {{ GRAPH <{ONTOLOGY_GRAPH}> {{ ?thing unv:wikidata ?theirs }} }}
  BIND(COALESCE(?ours, ?theirs) AS ?item)
  OPTIONAL {{ ?thing skos:exactMatch ?other . FILTER(?other != ?ours) }}
}}
"""
#: An item that is gone has no label; one that was taken for another thing has another code.
_ASKED: Final = """
PREFIX wdt: <http://www.wikidata.org/prop/direct/>
SELECT ?thing ?item ?code ?label (GROUP_CONCAT(?their; separator=" ") AS ?theirs) WHERE {
  ?thing unv:wikidata ?item .
  OPTIONAL { ?thing unv:iso3 ?code }
  OPTIONAL {
    SERVICE <https://query.wikidata.org/sparql> {
      ?item rdfs:label ?label .
      FILTER(LANG(?label) = "en")
    }
  }
  OPTIONAL { SERVICE <https://query.wikidata.org/sparql> { ?item wdt:P298 ?their } }
}
GROUP BY ?thing ?item ?code ?label
"""


@dataclass
class Coverage:
    """Of one kind of thing: how many there are, with an item, and with another exact match."""

    kind: str
    things: int
    linked: int
    matched: int


@dataclass
class Links:
    """What is wrong with the links, in sentences; ``unasked`` tells why Wikidata was not asked."""

    coverage: list[Coverage] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)
    unasked: str = ""


def check_links(store: ox.Store, folder: Path, settings: Path | None) -> Links:
    """Check the links in the store of a release, and ask Wikidata about each item.

    ``folder`` is the data folder, ``settings`` the file of the endpoints.

    Raises:
        SettingError: if the settings cannot be used.
    """
    found = Links()
    things_of: dict[str, set[str]] = defaultdict(set)
    for kind, pattern in _KINDS.items():
        items: dict[str, set[str]] = {}
        matched: set[str] = set()
        for row in _rows(store, _LINKS.replace("PATTERN", pattern)):
            items.setdefault(row["thing"], set()).update({row["item"]} - {""})
            if row["other"]:
                matched.add(row["thing"])
        linked = {thing for thing, its in items.items() if its}
        found.coverage.append(Coverage(kind, len(items), len(linked), len(matched)))
        if kind in _COMPLETE:
            found.missing += sorted(items.keys() - linked)
        for thing, its in sorted(items.items()):
            for item in its:
                things_of[item].add(thing)
            if len(its) > 1:
                found.doubled.append(f"{thing} has {', '.join(sorted(its))}")
    for item, things in sorted(things_of.items()):
        if len(things) > 1:
            found.doubled.append(f"{item} is the item of {', '.join(sorted(things))}")
    try:
        outcome = rewrite_in_process(with_prefixes(_ASKED), {}, store, folder, settings)
    except KgError as error:
        found.unasked = str(error)
        return found
    for row in _rows(store, outcome.query, prefixed=True):
        link = f"{row['item']} of {row['thing']}"
        if not row["label"]:
            found.dead.append(f"{link}: no label in English, it may be gone or redirect")
        elif row["code"] and row["theirs"] and row["code"] not in row["theirs"].split():
            found.dead.append(f"{link} has the code {row['theirs']}, not {row['code']}")
    found.dead.sort()
    return found


def _rows(store: ox.Store, query: str, *, prefixed: bool = False) -> list[dict[str, str]]:
    answer = evaluate(store, query if prefixed else with_prefixes(query))
    assert isinstance(answer, ox.QuerySolutions)
    names = [variable.value for variable in answer.variables]
    return [
        {n: getattr(term, "value", "") for n, term in zip(names, row, strict=True)}
        for row in answer
    ]
