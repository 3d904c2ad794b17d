"""The page of a state: names, votes over time, agreement with other states, topics."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Final

from fastapi import Request
from markupsafe import Markup

from kg.rdf.vocabulary import LABEL_LANGUAGE, SKOS, UNV
from kg.web.pages.agreement import PairAgreement, agreement
from kg.web.pages.components.charts import Series, stacked_columns
from kg.web.pages.components.vote_list import with_names
from kg.web.pages.context import PageContext
from kg.web.pages.description import Description, labels_of
from kg.web.pages.drafts import sponsored_texts
from kg.web.pages.ontology_terms import label_of_term
from kg.web.pages.positions import POSITIONS, STYLE_OF, VOTING_POSITIONS
from kg.web.pages.queries import DATE_OF_EVENT, QueryRunner, Row, iri_list, iri_text
from kg.web.pages.request_parameters import requested_years
from kg.web.pages.state_index import States, StateSummary, key_of
from kg.web.pages.words_and_votes import words_and_votes

#: Years of agreement up to the present, or the end of membership, unless others are requested.
_AGREEMENT_YEARS: Final = 10
#: States in each of the two lists, of the highest and of the lowest agreement.
_LISTED_STATES: Final = 15
#: Pairs whose shared votes are less than this share of those of the busiest pair are omitted.
_MIN_SHARED_PART: Final = 0.2
#: Topics in the table of the topics voted on most often.
_LISTED_TOPICS: Final = 12
#: Votes in the list of the latest.
_LATEST_VOTES: Final = 20


async def state_page(
    context: PageContext, request: Request, resource: Description
) -> dict[str, object]:
    """Return the template variables of a state.

    Raises:
        KgError: if the engine cannot answer.
    """
    queries, states = context.queries, await context.states.read()
    state = states.by_key[key_of(resource.iri)]
    last = int(state.last_day[:4] or context.release().year)
    years = requested_years(request, last - _AGREEMENT_YEARS, last)
    tallies, agreements, topics, latest, memberships = await asyncio.gather(
        _tallies(queries, state),
        _agreement(queries, states, state, years),
        _topics(queries, state),
        _latest(queries, state),
        _memberships(queries, state),
    )
    authored, speeches, suspensions = await asyncio.gather(
        _authored(queries, state), _speeches(queries, state), _suspensions(queries, state)
    )
    most, least = agreements
    return {
        "sponsored": await sponsored_texts(queries, state.iri),
        "state": state,
        "states": states,
        "names_in_languages": resource.texts(SKOS.prefLabel)[1:],
        "other_names": resource.texts(SKOS.altLabel),
        "votes_by_body": votes_by_body(state.label, tallies),
        "most": most,
        "least": least,
        "topics": topics,
        "latest": latest,
        "authored": authored,
        "words_and_votes": await words_and_votes(queries, state.iri, state.label),
        "speeches": speeches,
        "memberships": memberships,
        "suspensions": suspensions,
        "years": years,
        "seat_holders": [
            holder for holder in states.by_key.values() if state.seat and holder.seat == state.seat
        ],
    }


async def _tallies(queries: QueryRunner, state: StateSummary) -> list[Row]:
    return await queries.rows(
        f"""
        SELECT ?tally ?body ?year ?yes ?no ?abstaining ?nonvoting ?unrecorded WHERE {{
          ?tally unv:state {iri_text(state.iri)} ; unv:tallyBody ?body ; unv:year ?year ;
            unv:timesInFavour ?yes ; unv:timesAgainst ?no ; unv:timesAbstaining ?abstaining ;
            unv:timesNonVoting ?nonvoting .
          OPTIONAL {{ ?tally unv:unrecordedEvents ?unrecorded }}
        }} ORDER BY ?year
        """
    )


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
    unrecorded = {row["year"]: int(row["unrecorded"]) for row in tallies if row["unrecorded"]}
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
    all_series = [
        Series(label, style, {int(row["year"]): int(row[style]) for row in tallies})
        for style, label, _ in POSITIONS
    ]
    return stacked_columns(all_series, description)


async def _agreement(
    queries: QueryRunner, states: States, state: StateSummary, years: tuple[int, int]
) -> tuple[list[PairAgreement], list[PairAgreement]]:
    """Return the states with the highest and those with the lowest agreement with a state."""
    others = ((state.key, other) for other in states.by_key if other != state.key)
    pairs = [pair for pair in await agreement(queries, others, years) if pair.share is not None]
    min_shared = _MIN_SHARED_PART * max((pair.total_shared for pair in pairs), default=0)
    ranked = [pair for pair in pairs if pair.total_shared >= min_shared]
    ranked.sort(key=lambda pair: (-(pair.share or 0), states.label(pair.other)))
    most = ranked[:_LISTED_STATES]
    return most, [pair for pair in reversed(ranked[-_LISTED_STATES:]) if pair not in most]


async def _topics(queries: QueryRunner, state: StateSummary) -> list[Row]:
    """Return the topics on which a state voted most often, with its positions."""
    rows = await queries.rows(
        f"""
        SELECT ?topic ?p (COUNT(*) AS ?n) WHERE {{
          VALUES ?p {{ {iri_list(term for _, _, term in VOTING_POSITIONS)} }}
          ?event ?p {iri_text(state.iri)} . ?event unv:decides ?resolution .
          ?resolution dcterms:subject ?topic .
        }} GROUP BY ?topic ?p
        """
    )
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        counts[row["topic"]][STYLE_OF[row["p"]]] = int(row["n"])
    busiest = sorted(counts, key=lambda topic: (-counts[topic].total(), topic))[:_LISTED_TOPICS]
    names = await labels_of(queries, busiest)
    return [
        Row(
            topic=topic,
            label=names.get(topic, topic),
            **{style: str(counts[topic][style]) for style, _, _ in VOTING_POSITIONS},
        )
        for topic in busiest
    ]


async def _latest(queries: QueryRunner, state: StateSummary) -> list[Row]:
    voter = iri_text(state.iri)
    terms = " UNION ".join(
        f"{{ ?event {iri_text(term)} {voter} BIND('{style}' AS ?style) }}"
        for style, _, term in POSITIONS
    )
    votes = await queries.rows(
        f"""
        SELECT ?event ?label ?symbol ?title ?date ?style WHERE {{
          {{ SELECT ?event ?date ?style WHERE {{ {terms} {DATE_OF_EVENT} }}
             ORDER BY DESC(?date) ?event LIMIT {_LATEST_VOTES} }}
          ?event rdfs:label ?label .
          OPTIONAL {{ ?event unv:decides/unv:symbol ?symbol }}
          OPTIONAL {{ ?event unv:decides ?resolution . ?resolution dcterms:title ?title
                FILTER(LANG(?title) = "{LABEL_LANGUAGE}") }}
        }} ORDER BY DESC(?date) ?event
        """
    )
    return await with_names(queries, votes)


async def _authored(queries: QueryRunner, state: StateSummary) -> list[Row]:
    """Return the statements and proposals of a state."""
    author = iri_text(state.iri)
    return await queries.rows(
        f"""
        SELECT ?work ?kind ?label ?date WHERE {{
          {{ ?work unv:madeBy {author} ; a unv:Statement ; rdfs:label ?label
             BIND("statement" AS ?kind) }}
          UNION
          {{ ?work unv:proposedBy {author} ; dcterms:title ?label BIND("proposal" AS ?kind) }}
          OPTIONAL {{ ?work dcterms:date ?date }}
          FILTER(LANG(?label) = "{LABEL_LANGUAGE}")
        }} ORDER BY ?kind DESC(?date) ?label LIMIT 200
        """
    )


async def _speeches(queries: QueryRunner, state: StateSummary) -> list[Row]:
    """Return the speeches of a state in the General Debate, the latest first."""
    return await queries.rows(
        f"""
        SELECT ?speech ?year ?speaker ?role WHERE {{
          ?speech unv:madeBy {iri_text(state.iri)} ; a unv:DebateSpeech ; unv:year ?year .
          OPTIONAL {{ ?speech unv:speakerName ?speaker }}
          OPTIONAL {{ ?speech unv:speakerRole ?role FILTER(LANG(?role) = "{LABEL_LANGUAGE}") }}
        }} ORDER BY DESC(?year) ?speech
        """
    )


async def _memberships(queries: QueryRunner, state: StateSummary) -> list[Row]:
    return await queries.rows(
        f"""
        SELECT ?membership ?from ?until ?untilAsPrinted ?note WHERE {{
          ?membership org:member {iri_text(state.iri)} .
          OPTIONAL {{ ?membership unv:from ?from }}
          OPTIONAL {{ ?membership unv:until ?until }}
          OPTIONAL {{ ?membership unv:untilAsPrinted ?untilAsPrinted }}
          OPTIONAL {{ ?membership skos:editorialNote ?note }}
        }} ORDER BY ?from
        """
    )


async def _suspensions(queries: QueryRunner, state: StateSummary) -> list[Row]:
    return await queries.rows(
        f"""
        SELECT ?suspension ?from ?until ?ground ?note WHERE {{
          ?suspension unv:suspends {iri_text(state.iri)} ; unv:from ?from ; unv:until ?until ;
            unv:ground ?ground .
          OPTIONAL {{ ?suspension skos:editorialNote ?note }}
        }} ORDER BY ?from
        """
    )


def members_and_former_members(states: States) -> tuple[list[StateSummary], list[StateSummary]]:
    """Return the present members and the former members."""
    states_list = list(states.by_key.values())
    members = [state for state in states_list if not state.until]
    return members, [state for state in states_list if state.until]
