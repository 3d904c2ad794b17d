"""The votes of a state, or of the states that held its seat, by body and year."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from kg.rdf import iris
from kg.rdf.iris import local_name
from kg.rdf.vocabulary import UNV
from kg.web.pages.components.charts import Series, stacked_columns
from kg.web.pages.context import PageContext
from kg.web.pages.csv_files import csv_text
from kg.web.pages.ontology_terms import label_of_term
from kg.web.pages.positions import POSITIONS
from kg.web.pages.queries import QueryRunner, Row, iri_list
from kg.web.pages.vote_index import STYLES


@dataclass(frozen=True)
class BodyVotes:
    """The votes of a state in one body by year, with their sums and the limits of these.

    ``coverage`` is empty if non-voting is recorded for every vote of these years.
    """

    body: str
    tallies: list[Row]
    sums: str
    coverage: str
    chart: Markup


async def votes_of_holders(
    context: PageContext, name: str, holders: Sequence[str], topic: str
) -> list[BodyVotes]:
    """Return the votes of the holders of a seat by body and year, all or those on a topic.

    ``topic`` is an IRI, empty for all votes.

    Raises:
        KgError: if the engine cannot answer.
    """
    if not topic:
        return votes_by_body(name, await _tallies(context.queries, holders))
    index = context.votes
    table, column, places = (
        await index.table(),
        await index.positions(holders),
        await index.on_topic(topic),
    )
    counts: dict[tuple[str, int], Counter[str]] = defaultdict(Counter)
    for place in places:
        if table.counted[place] and column[place]:
            body = UNV.GeneralAssembly if table.in_assembly[place] else UNV.SecurityCouncil
            counts[body, table.years[place]][STYLES[column[place]]] += 1
    rows = [
        Row(body=body, year=str(year), **{style: str(of[style]) for style, _, _ in POSITIONS})
        for (body, year), of in sorted(counts.items())
    ]
    return votes_by_body(name, rows)


async def _tallies(queries: QueryRunner, holders: Sequence[str]) -> list[Row]:
    return await queries.rows(
        f"""
        SELECT ?tally ?state ?body ?year ?yes ?no ?abstaining ?nonvoting ?unrecorded WHERE {{
          VALUES ?state {{ {iri_list(iris.state(key) for key in holders)} }}
          ?tally unv:state ?state ; unv:tallyBody ?body ; unv:year ?year ;
            unv:timesInFavour ?yes ; unv:timesAgainst ?no ; unv:timesAbstaining ?abstaining ;
            unv:timesNonVoting ?nonvoting .
          OPTIONAL {{ ?tally unv:unrecordedEvents ?unrecorded }}
        }} ORDER BY ?year ?state
        """
    )


def votes_by_body(state: str, tallies: list[Row]) -> list[BodyVotes]:
    """Return the votes in each body in which a state voted, from its yearly tallies."""
    bodies = []
    for term in (UNV.GeneralAssembly, UNV.SecurityCouncil):
        if rows := [row for row in tallies if row["body"] == term]:
            body = label_of_term(term)
            sums, coverage = _sums(rows), _coverage(body, rows)
            description = f"Votes of {state} in the {body} by year, {sums} {coverage}".strip()
            bodies.append(BodyVotes(body, rows, sums, coverage, _chart(rows, description)))
    return bodies


def _sums(tallies: list[Row]) -> str:
    counts = ", ".join(
        f"{sum(int(row[style]) for row in tallies):,} {label}" for style, label, _ in POSITIONS
    )
    first, last = tallies[0]["year"], tallies[-1]["year"]
    return f"{first if first == last else f'{first} to {last}'}: {counts}."


def _coverage(body: str, tallies: list[Row]) -> str:
    """Return a sentence on the votes missing from the sum of non-voting, empty if none."""
    unrecorded: Counter[str] = Counter()
    for row in tallies:
        if row["unrecorded"]:
            unrecorded[row["year"]] += int(row["unrecorded"])
    if not unrecorded:
        return ""
    total = sum(unrecorded.values())
    votes = "1 vote" if total == 1 else f"{total:,} votes"
    first, last = min(unrecorded), max(unrecorded)
    years = f"in {first}" if first == last else f"between {first} and {last}"
    return (
        f"Non-voting is a minimum: for {votes} of the {body} {years}, no source records which "
        "members did not vote."
    )


def _chart(tallies: list[Row], description: str) -> Markup:
    counts: dict[str, Counter[int]] = defaultdict(Counter)
    for row in tallies:
        for style, _, _ in POSITIONS:
            counts[style][int(row["year"])] += int(row[style])
    all_series = [Series(label, style, counts[style]) for style, label, _ in POSITIONS]
    return stacked_columns(all_series, description)


def votes_csv(state: str, bodies: list[BodyVotes]) -> str:
    """Return the votes of a state (key) by body and year as CSV; ``member`` is who voted."""
    labels = (label.replace(" ", "_").replace("-", "_") for _, label, _ in POSITIONS)
    return csv_text(
        ["member", "body", "year", *labels],
        (
            [
                local_name(row["state"]) if row["state"] else state,
                votes.body,
                row["year"],
                *(row[style] for style, _, _ in POSITIONS),
            ]
            for votes in bodies
            for row in votes.tallies
        ),
    )
