"""What a list of search results shows of each: its everyday name, date, tally and body."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from kg.model.names import name_key
from kg.rdf.iris import local_name
from kg.rdf.vocabulary import LABEL_LANGUAGE, PREFIXES, SKOS, UNV
from kg.release.search import Hit
from kg.release.search_list import ResultList
from kg.web.pages.components.vote_list import title_beside_symbol
from kg.web.pages.ontology_terms import label_of_term
from kg.web.pages.queries import DATE_OF_EVENT, QueryRunner, Row, iri_list
from kg.web.pages.vote_filter import BODIES

#: Classes with votes, or with a date of their own.
_DATED: Final = {UNV.Resolution, UNV.Decision, UNV.Draft, UNV.VotingEvent, UNV.Statement}
#: Classes whose label is a symbol or a name of a cataloguer, so that the title follows.
_TITLED: Final = {UNV.Resolution, UNV.Decision, UNV.Draft, UNV.VotingEvent}
#: Classes with names in several languages.
_NAMED: Final = {UNV.State, UNV.RegionalGroup, PREFIXES["prov"] + "Agent"}
#: Names of a state that a result shows.
_SHOWN_NAMES: Final = 3


@dataclass(frozen=True)
class ShownResult:
    """A result as a list shows it; ``vote`` is empty for what nobody voted on."""

    hit: Hit
    kind: str
    name: str
    remark: str
    vote: Row


@dataclass(frozen=True)
class Choice:
    """A value that restricts results, and their number; ``values`` are its URL parameters."""

    label: str
    number: int
    values: Mapping[str, str]
    is_chosen: bool


@dataclass(frozen=True)
class Facet:
    """Something by which results can be restricted."""

    label: str
    names: tuple[str, ...]
    choices: list[Choice]


async def shown_results(queries: QueryRunner, text: str, hits: list[Hit]) -> list[ShownResult]:
    """Return results with what a list shows of each.

    Raises:
        KgError: if the engine cannot answer.
    """
    votes, names = await asyncio.gather(_votes(queries, hits), _english_names(queries, hits))
    return [
        ShownResult(
            hit,
            label_of_term(hit.type),
            _everyday_name(text, hit, names[hit.iri]),
            _remark(text, hit, names[hit.iri]),
            votes.get(hit.iri, Row()),
        )
        for hit in hits
    ]


def facets(results: ResultList, values: Mapping[str, str]) -> list[Facet]:
    """Return by what results can be restricted, given the values that restrict them."""
    kinds = [
        Choice(
            label_of_term(iri), number, {"type": local_name(iri)}, values["type"] == local_name(iri)
        )
        for iri, number in results.kinds.items()
    ]
    bodies = [
        Choice(label_of_term(iri), results.bodies[iri], {"body": key}, values["body"] == key)
        for key, iri in BODIES.items()
        if iri in results.bodies
    ]
    decades = []
    for decade, number in results.decades.items():
        years = {"from": str(decade), "until": str(decade + 9)}
        chosen = all(values[name] == year for name, year in years.items())
        decades.append(Choice(f"{decade} to {decade + 9}", number, years, chosen))
    every = [
        Facet("Kind", ("type",), kinds),
        Facet("Body", ("body",), bodies),
        Facet("Years", ("from", "until"), decades),
    ]
    return [
        facet for facet in every if len(facet.choices) > 1 or any(values[n] for n in facet.names)
    ]


async def _votes(queries: QueryRunner, hits: Iterable[Hit]) -> dict[str, Row]:
    """Return the dates and tallies of the latest vote on each resource."""
    iris = iri_list(hit.iri for hit in hits if hit.type in _DATED)
    if not iris:
        return {}
    rows = await queries.rows(
        f"""
        SELECT ?hit ?date ?outcome ?yes ?no ?abstaining WHERE {{
          {{ {{ VALUES ?hit {{ {iris} }} ?event unv:decides ?hit }}
            UNION {{ VALUES ?hit {{ {iris} }} ?event unv:draft ?hit }}
            UNION {{ VALUES ?event {{ {iris} }} ?event a unv:VotingEvent BIND(?event AS ?hit) }}
            {DATE_OF_EVENT}
            OPTIONAL {{ ?event unv:outcome ?outcome }}
            OPTIONAL {{ ?event unv:yesCount ?yes }}
            OPTIONAL {{ ?event unv:noCount ?no }}
            OPTIONAL {{ ?event unv:abstentionCount ?abstaining }}
          }} UNION {{
            VALUES ?hit {{ {iris} }} ?hit a unv:Statement ; dcterms:date ?on BIND(STR(?on) AS ?date)
          }}
        }} ORDER BY ?hit ?date
        """
    )
    return {row["hit"]: row for row in rows}


async def _english_names(queries: QueryRunner, hits: Iterable[Hit]) -> dict[str, list[str]]:
    """Return the alternative names of states and other agents, in the language of labels."""
    names: dict[str, list[str]] = defaultdict(list)
    iris = iri_list(hit.iri for hit in hits if hit.type in _NAMED)
    if iris:
        rows = await queries.rows(
            f"SELECT ?hit ?name WHERE {{ VALUES ?hit {{ {iris} }} ?hit skos:altLabel ?name "
            f'FILTER(LANG(?name) = "{LABEL_LANGUAGE}") }} ORDER BY STRLEN(?name) ?name'
        )
        for row in rows:
            names[row["hit"]].append(row["name"])
    return names


def _everyday_name(text: str, hit: Hit, names: list[str]) -> str:
    """Return the name that was searched for before the label, or the label alone."""
    searched = name_key(text)
    name = next((name for name in names if name_key(name) == searched), "")
    return f"{name} ({hit.label})" if name and name_key(hit.label) != searched else hit.label


def _remark(text: str, hit: Hit, names: list[str]) -> str:
    """Return the title of a text, or further names."""
    if hit.type in _TITLED:
        title = hit.about.partition("; ")[0] if hit.type == UNV.VotingEvent else hit.about
        return title_beside_symbol(title)
    if hit.type in _NAMED:
        others = [name for name in names if name_key(name) != name_key(text)][:_SHOWN_NAMES]
        return f"also {', '.join(others)}" if others else ""
    # A topic has only the code of its scheme.
    return "" if hit.type == SKOS.Concept else hit.about
