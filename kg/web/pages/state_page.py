"""The page of a state: names, votes over time, agreement with other states, topics."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from fastapi import Request

from kg.rdf.iris import local_name
from kg.rdf.vocabulary import LABEL_LANGUAGE, SKOS, UNV
from kg.web.pages.agreement import OverallAgreement, agreement_on_topic, agreement_with_others
from kg.web.pages.components.vote_list import named_votes
from kg.web.pages.context import PageContext
from kg.web.pages.description import Description
from kg.web.pages.drafts import sponsored_texts
from kg.web.pages.ideal_points import ideal_points_of_state
from kg.web.pages.queries import QueryRunner, Row, iri_text
from kg.web.pages.request_parameters import requested_value, requested_years
from kg.web.pages.seat_line import SEATS, seat_line
from kg.web.pages.state_index import States, StateSummary, key_of
from kg.web.pages.state_votes import votes_of_holders
from kg.web.pages.topic_choice import requested_topic
from kg.web.pages.vote_index import LAST_VOTING, STYLES
from kg.web.pages.words_and_votes import WordsAndVotes, decided_texts, words_and_votes

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
        HttpError: with status 400 for an unknown topic, or a year that is none.
        KgError: if the engine cannot answer.
    """
    queries, states = context.queries, await context.states.read()
    state = states.by_key[key_of(resource.iri)]
    last = int(state.last_day[:4] or context.last_year())
    years = requested_years(request, last - _AGREEMENT_YEARS, last)
    joined = requested_value(request, "seats", SEATS) != "separate"
    line = seat_line(states, state.key)
    holders = line.holders if joined else (state.key,)
    topic, topic_name = await requested_topic(context, request)
    votes, (most, least), topics, latest, memberships = await asyncio.gather(
        votes_of_holders(context, state.label, holders, topic),
        _agreement(context, states, holders, years, topic),
        _topics(context, state),
        _latest(context, holders, topic),
        _memberships(queries, state),
    )
    authored, speeches, suspensions, said_and_cast = await asyncio.gather(
        _authored(queries, state),
        _speeches(queries, state),
        _suspensions(queries, resource),
        _words_and_votes(context, state),
    )
    return {
        "sponsored": sponsored_texts(resource),
        "state": state,
        "states": states,
        "names_in_languages": resource.texts(SKOS.prefLabel)[1:],
        "other_names": resource.texts(SKOS.altLabel),
        "votes_by_body": votes,
        "seat_note": line.note,
        "is_joined": joined and len(holders) > 1,
        "in_url": {
            name: value
            for name, value in (
                ("topic", local_name(topic) if topic else ""),
                ("seats", "" if joined else "separate"),
            )
            if value
        },
        "topic": topic,
        "topic_name": topic_name,
        "offered_topics": (await context.topics.read()).offered,
        "most": most,
        "least": least,
        "ideal_points": await ideal_points_of_state(context, holders, state.label),
        "topics": topics,
        "latest": latest,
        "authored": authored,
        "words_and_votes": said_and_cast,
        "speeches": speeches,
        "memberships": memberships,
        "suspensions": suspensions,
        "years": years,
        "seat_holders": [
            holder for holder in states.by_key.values() if state.seat and holder.seat == state.seat
        ],
    }


async def decided_texts_of_release(context: PageContext) -> list[str]:
    """Return the events of the current release that decided the texts on which states spoke.

    Raises:
        KgError: if the engine cannot answer.
    """
    return await decided_texts(context.queries)


async def _words_and_votes(context: PageContext, state: StateSummary) -> WordsAndVotes | None:
    decided = await context.kept(decided_texts_of_release)
    return await words_and_votes(context.queries, context.votes, decided, state.iri, state.label)


async def _agreement(
    context: PageContext,
    states: States,
    holders: Sequence[str],
    years: tuple[int, int],
    topic: str,
) -> tuple[list[OverallAgreement], list[OverallAgreement]]:
    """Return the states with the highest and those with the lowest agreement with a seat."""
    if topic:
        keys = list(states.by_key)
        others = await agreement_on_topic(context.votes, keys, holders, years, topic)
    else:
        others = await agreement_with_others(context.queries, holders, years)
    min_shared = _MIN_SHARED_PART * max((pair.shared for pair in others), default=0)
    ranked = [pair for pair in others if pair.shared >= min_shared]
    ranked.sort(key=lambda pair: (-pair.share, states.label(pair.other)))
    most = ranked[:_LISTED_STATES]
    return most, [pair for pair in reversed(ranked[-_LISTED_STATES:]) if pair not in most]


async def _topics(context: PageContext, state: StateSummary) -> list[Row]:
    """Return the topics on which a state voted most often, with its positions."""
    topics = (await context.topics.read()).by_key
    counts = {
        iri: [taken.count(number) for number in range(1, LAST_VOTING + 1)]
        for iri, taken in (await context.votes.by_topic(state.key)).items()
    }
    busiest = sorted(counts, key=lambda iri: (-sum(counts[iri]), iri))[:_LISTED_TOPICS]
    rows = []
    for iri in busiest:
        if any(counts[iri]):
            topic = topics.get(local_name(iri))
            row = Row(topic=iri, label=topic.label if topic else iri)
            row.update(zip(STYLES[1:], map(str, counts[iri]), strict=False))
            rows.append(row)
    return rows


async def _latest(context: PageContext, holders: Sequence[str], topic: str) -> list[Row]:
    """Return the latest votes with the position of the state, all or those on a topic."""
    index = context.votes
    table = await index.table()
    only = await index.on_topic(topic) if topic else None
    latest = await index.latest(holders, _LATEST_VOTES, only)
    if not latest:
        return []
    named = await named_votes(context.queries, (table.events[place] for place in latest))
    return [
        Row(named[table.events[place]] | {"date": table.dates[place], "style": STYLES[position]})
        for place, position in latest.items()
    ]


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


async def _suspensions(queries: QueryRunner, state: Description) -> list[Row]:
    if not state.references(UNV.suspends):
        return []
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
