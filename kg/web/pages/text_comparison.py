"""Proposals beside resolutions: their points and paragraphs, and how a coder judged each pair."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from kg.rdf.vocabulary import LABEL_LANGUAGE, UNV
from kg.web.pages.positions import STYLE_OF
from kg.web.pages.queries import QueryRunner, Row, iri_list, iri_text
from kg.web.pages.text_parts import Part, parts_of

#: A point is counted by the first of these relations that it has to any paragraph.
_RELATIONS: Final = (UNV.Contradicting, UNV.Agreeing, UNV.Overlapping)
_PAIR: Final = """
    { ?correspondence unv:oneText ?point ; unv:otherText ?paragraph }
    UNION
    { ?correspondence unv:oneText ?paragraph ; unv:otherText ?point }
    ?proposal unv:hasPoint ?point . ?resolution unv:hasParagraph ?paragraph .
"""


@dataclass(frozen=True)
class Counterpart:
    """A part of the other text, the judgement on the pair (``relation``) and its reason.

    ``second_relation`` is the judgement of a second reader, empty if there was none.
    """

    part: Part
    relation: str
    reason: str
    correspondence: str
    second_relation: str


@dataclass(frozen=True)
class Proposer:
    """A state that made a proposal, with the style of its position in the vote on the resolution.

    The position is empty where no vote of it is recorded.
    """

    iri: str
    name: str
    position: str


@dataclass(frozen=True)
class TextComparison:
    """A proposal beside a resolution: parts in their order, each with its counterparts."""

    proposal: str
    title: str
    date: str
    resolution: str
    symbol: str
    #: The day of the vote on the resolution, empty if none is recorded.
    voted: str
    proposers: list[Proposer]
    points: list[tuple[Part, list[Counterpart]]]
    paragraphs: list[tuple[Part, list[Counterpart]]]
    #: Those who judged, and the rules that they applied: IRIs with names.
    coders: list[tuple[str, str]]
    rules: list[tuple[str, str]]
    #: The sources of the proposal, with their titles.
    sources: list[tuple[str, str]]

    @property
    def judged_points(self) -> list[tuple[Part, str]]:
        """The points in order, each with its relation to the resolution, '' without one."""
        relations = [{other.relation for other in others} for _, others in self.points]
        return [
            (point, next((relation for relation in _RELATIONS if relation in present), ""))
            for (point, _), present in zip(self.points, relations, strict=True)
        ]

    @property
    def points_by_relation(self) -> dict[str, list[Part]]:
        """The points by their relation to the resolution; those without one under ''."""
        by_relation: dict[str, list[Part]] = {relation: [] for relation in (*_RELATIONS, "")}
        for point, relation in self.judged_points:
            by_relation[relation].append(point)
        return by_relation

    @property
    def read_twice(self) -> list[Counterpart]:
        """The judgements on pairs that were read a second time."""
        return [other for _, others in self.points for other in others if other.second_relation]

    @property
    def judged_alike(self) -> list[Counterpart]:
        """The judgements that the second reading confirms."""
        return [other for other in self.read_twice if other.second_relation == other.relation]

    @property
    def proposers_by_position(self) -> list[tuple[str, int]]:
        """The positions of the proposers in the vote with their numbers, '' for no vote."""
        counts = Counter(proposer.position for proposer in self.proposers)
        return [(style, counts[style]) for style in (*STYLE_OF.values(), "") if counts[style]]

    @property
    def paragraphs_alone(self) -> list[Part]:
        """The paragraphs to which no point corresponds."""
        return [paragraph for paragraph, counterparts in self.paragraphs if not counterparts]

    @property
    def days_after_vote(self) -> int | None:
        """The days from the vote to the proposal, negative before it; None if a day is unknown."""
        try:
            return (date.fromisoformat(self.date) - date.fromisoformat(self.voted)).days
        except ValueError:
            return None


async def comparisons_of_resolution(queries: QueryRunner, resolution: str) -> list[TextComparison]:
    """Return the proposals compared with a resolution, the nearest in time to its vote first.

    Raises:
        KgError: if the engine cannot answer.
    """
    found = await _comparisons(queries, f"VALUES ?resolution {{ {iri_text(resolution)} }}")

    def distance(comparison: TextComparison) -> tuple[float, str, str]:
        days = comparison.days_after_vote
        nearness = float("inf") if days is None else abs(days)
        return (nearness, comparison.date, comparison.title)

    return sorted(found, key=distance)


async def comparisons_of_proposal(queries: QueryRunner, proposal: str) -> list[TextComparison]:
    """Return the resolutions compared with a proposal, by the day of their vote.

    Raises:
        KgError: if the engine cannot answer.
    """
    found = await _comparisons(queries, f"VALUES ?proposal {{ {iri_text(proposal)} }}")
    return sorted(found, key=lambda comparison: (comparison.voted, comparison.symbol))


async def _comparisons(queries: QueryRunner, given: str) -> list[TextComparison]:
    judgements = await queries.rows(
        f"""
        SELECT ?proposal ?resolution ?point ?paragraph ?correspondence ?relation ?reason
          ?second ?coder ?coderName ?rule ?ruleName WHERE {{ {given} {_PAIR}
          ?correspondence unv:relation ?relation ; dcterms:description ?reason .
          FILTER(LANG(?reason) = "{LABEL_LANGUAGE}")
          OPTIONAL {{ ?correspondence unv:secondRelation ?second }}
          OPTIONAL {{ ?correspondence unv:codedBy ?coder . ?coder rdfs:label ?coderName }}
          OPTIONAL {{ ?correspondence unv:codingRule ?rule . ?rule rdfs:label ?ruleName }}
        }} ORDER BY ?correspondence
        """
    )
    # Most resolutions have not been compared with a proposal.
    if not judgements:
        return []
    pairs = defaultdict(list)
    for row in judgements:
        pairs[row["proposal"], row["resolution"]].append(row)
    texts = list(dict.fromkeys(text for pair in pairs for text in pair))
    parts, circumstances, sources = await asyncio.gather(
        parts_of(queries, texts), _circumstances(queries, pairs), _sources(queries, texts)
    )
    by_iri = {part.iri: part for part in parts}
    return [
        _comparison(by_iri, pairs[pair], circumstances[pair], sources)
        for pair in pairs
        if pair in circumstances
    ]


async def _circumstances(
    queries: QueryRunner, pairs: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], list[Row]]:
    """Return titles, dates and votes of the proposers, a row for each proposer of a pair."""
    values = " ".join(f"({iri_list(pair)})" for pair in pairs)
    rows = await queries.rows(
        f"""
        SELECT ?proposal ?title ?date ?resolution ?symbol ?event ?voted ?state ?name WHERE {{
          VALUES (?proposal ?resolution) {{ {values} }}
          ?proposal dcterms:title ?title FILTER(LANG(?title) = "{LABEL_LANGUAGE}")
          ?resolution unv:symbol ?symbol .
          OPTIONAL {{ ?proposal dcterms:date ?date }}
          OPTIONAL {{ ?resolution unv:decidedBy ?event . ?event unv:date ?voted }}
          OPTIONAL {{ ?proposal unv:proposedBy ?state . ?state rdfs:label ?name
            FILTER(LANG(?name) = "{LABEL_LANGUAGE}") }}
        }} ORDER BY ?name
        """
    )
    events = sorted({row["event"] for row in rows if row["event"]})
    # The positions of all states in a few events: those of a state would be found among its votes.
    votes = await queries.rows(
        f"""
        SELECT ?event ?state ?p WHERE {{
          VALUES ?event {{ {iri_list(events)} }} VALUES ?p {{ {iri_list(STYLE_OF)} }}
          ?event ?p ?state .
        }}
        """
    )
    positions = {(row["event"], row["state"]): row["p"] for row in votes}
    circumstances = defaultdict(list)
    for row in rows:
        position = positions.get((row["event"], row["state"]), "")
        circumstances[row["proposal"], row["resolution"]].append(Row(row | {"p": position}))
    return circumstances


async def _sources(queries: QueryRunner, texts: list[str]) -> list[Row]:
    return await queries.rows(
        f"""
        SELECT ?text ?source ?title WHERE {{
          VALUES ?text {{ {iri_list(texts)} }}
          ?text a unv:Proposal ; prov:wasDerivedFrom ?source . ?source dcterms:title ?title
        }} ORDER BY ?title
        """
    )


def _comparison(
    parts: dict[str, Part], judgements: list[Row], circumstances: list[Row], sources: list[Row]
) -> TextComparison:
    first = circumstances[0]
    counterparts: dict[str, list[Counterpart]] = defaultdict(list)
    for row in judgements:
        judged = (row["relation"], row["reason"], row["correspondence"], row["second"])
        counterparts[row["point"]].append(Counterpart(parts[row["paragraph"]], *judged))
        counterparts[row["paragraph"]].append(Counterpart(parts[row["point"]], *judged))

    def with_counterparts(text: str) -> list[tuple[Part, list[Counterpart]]]:
        return [
            (part, sorted(counterparts[part.iri], key=lambda other: _place(other.part)))
            for part in sorted(parts.values(), key=_place)
            if part.text == text
        ]

    return TextComparison(
        proposal=first["proposal"],
        title=first["title"],
        date=first["date"],
        resolution=first["resolution"],
        symbol=first["symbol"],
        voted=first["voted"],
        proposers=[
            Proposer(row["state"], row["name"], STYLE_OF.get(row["p"], ""))
            for row in circumstances
            if row["state"]
        ],
        points=with_counterparts(first["proposal"]),
        paragraphs=with_counterparts(first["resolution"]),
        coders=_named(judgements, "coder", "coderName"),
        rules=_named(judgements, "rule", "ruleName"),
        sources=_named(
            [row for row in sources if row["text"] == first["proposal"]], "source", "title"
        ),
    )


def _named(rows: list[Row], resource: str, name: str) -> list[tuple[str, str]]:
    return list(dict.fromkeys((row[resource], row[name]) for row in rows if row[resource]))


def _place(part: Part) -> tuple[int, str]:
    """Return the key by which parts are in the order of their text."""
    number, _, rest = part.number.partition("-")
    return (int(number) if number.isdecimal() else -1, rest)
