"""The links to Wikidata: which are missing, ambiguous, or look dead."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kg.engine.federation.in_process import rewrite_in_process
from kg.errors import KgError
from kg.rdf.vocabulary import ONTOLOGY_GRAPH, with_prefixes
from kg.sparql.evaluation import evaluate

#: Patterns of the resources that may be linked, by kind.
_KINDS: Final = {
    "states": "?thing a unv:State",
    "bodies": f"GRAPH <{ONTOLOGY_GRAPH}> {{ ?thing a unv:Body }}",
    "sessions": "?thing a unv:Session",
    "resolutions": "?thing a unv:Resolution",
    "persons and organisations": "?thing a prov:Agent",
    "topics": "?thing a skos:Concept",
}
#: Every resource of these kinds must have an item; no source has the items of the other kinds.
_COMPLETE_KINDS: Final = frozenset({"states", "bodies"})
_LINKS_QUERY: Final = f"""
SELECT ?thing ?item ?other WHERE {{
  {{ SELECT DISTINCT ?thing WHERE {{ PATTERN }} }}
  OPTIONAL {{ ?thing unv:wikidata ?ours }}
  OPTIONAL {{ GRAPH <{ONTOLOGY_GRAPH}> {{ ?thing unv:wikidata ?theirs }} }}
  BIND(COALESCE(?ours, ?theirs) AS ?item)
  OPTIONAL {{ ?thing skos:exactMatch|skos:closeMatch ?other . FILTER(?other != ?ours) }}
}}
"""
#: A deleted item has no label; the item of another state has another code.
_ITEMS_QUERY: Final = """
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


@dataclass(frozen=True)
class Coverage:
    """How many resources of a kind there are, have an item, and match another data set."""

    kind: str
    resources: int
    linked: int
    matched: int


@dataclass
class LinkReport:
    """Faults of the links; ``not_checked`` is the reason why items were not looked up.

    ``missing`` resources have no item, ``ambiguous`` ones share an item or have several, and
    ``dead`` links point to items that were deleted or belong to other resources.
    """

    coverage: list[Coverage] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    ambiguous: list[str] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)
    not_checked: str = ""


def check_links(store: ox.Store, folder: Path, settings: Path | None) -> LinkReport:
    """Check the links in the store of a release, and look up each item in Wikidata.

    ``folder`` is the data folder, ``settings`` the file of the endpoints.

    Raises:
        SettingError: if the settings are invalid.
    """
    report = LinkReport()
    _check_store(store, report)
    try:
        rewritten = rewrite_in_process(with_prefixes(_ITEMS_QUERY), {}, store, folder, settings)
    except KgError as error:
        report.not_checked = str(error)
    else:
        report.dead = sorted(_dead_links(_rows(store, rewritten.query)))
    return report


def _check_store(store: ox.Store, report: LinkReport) -> None:
    """Report coverage, missing and ambiguous links, from the store only."""
    resources_of_item: dict[str, set[str]] = defaultdict(set)
    for kind, pattern in _KINDS.items():
        items_of_resource: dict[str, set[str]] = {}
        matched: set[str] = set()
        for row in _rows(store, with_prefixes(_LINKS_QUERY.replace("PATTERN", pattern))):
            items_of_resource.setdefault(row["thing"], set()).update({row["item"]} - {""})
            if row["other"]:
                matched.add(row["thing"])
        linked = {resource for resource, items in items_of_resource.items() if items}
        report.coverage.append(Coverage(kind, len(items_of_resource), len(linked), len(matched)))
        if kind in _COMPLETE_KINDS:
            report.missing += sorted(items_of_resource.keys() - linked)
        for resource, items in sorted(items_of_resource.items()):
            for item in items:
                resources_of_item[item].add(resource)
            if len(items) > 1:
                report.ambiguous.append(f"{resource} has {', '.join(sorted(items))}")
    for item, resources in sorted(resources_of_item.items()):
        if len(resources) > 1:
            report.ambiguous.append(f"{item} is the item of {', '.join(sorted(resources))}")


def _dead_links(rows: list[dict[str, str]]) -> Iterator[str]:
    """Yield a sentence for each link whose item has no label or another code."""
    for row in rows:
        link = f"{row['item']} of {row['thing']}"
        if not row["label"]:
            yield f"{link}: no English label; deleted or a redirect?"
        elif row["code"] and row["theirs"] and row["code"] not in row["theirs"].split():
            yield f"{link} has the code {row['theirs']}, not {row['code']}"


def _rows(store: ox.Store, query: str) -> list[dict[str, str]]:
    """Return the solutions of a query as strings by variable; an unbound variable is empty."""
    solutions = evaluate(store, query)
    assert isinstance(solutions, ox.QuerySolutions)
    names = [variable.value for variable in solutions.variables]
    return [
        {name: getattr(term, "value", "") for name, term in zip(names, row, strict=True)}
        for row in solutions
    ]
