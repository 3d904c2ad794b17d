"""What the page of a state shows: names, votes over time, whom it votes with, topics."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict

from markupsafe import Markup

from kg.rdf.vocabulary import UNV
from kg.web.pages.agreement import Pair, agreement
from kg.web.pages.charts import Series, stacked_columns
from kg.web.pages.context import POSITIONS, STYLE_OF, Site
from kg.web.pages.description import Description, labels_of
from kg.web.pages.ontology_terms import label_of_term
from kg.web.pages.queries import Asker, Row, iri_list, iri_text
from kg.web.pages.state_index import Member, States, key_of

#: Of how many states most alike, and least alike, the list tells.
_ALIKE = 15
#: Two states are compared if they shared this part of the votes that the busiest pair shared.
_ENOUGH = 0.2
#: Of how many topics the page tells.
_TOPICS = 12


async def state_page(site: Site, this: Description, years: tuple[int, int]) -> dict[str, object]:
    """Return what the template shows of a state; agreement is that of a span of years.

    Raises:
        KgError: if the engine cannot answer.
    """
    asker, states = site.asker, await site.states.read()
    member = states.by_key[key_of(this.iri)]
    told = await asyncio.gather(
        _tallies(asker, member),
        _agreement(asker, states, member, years),
        _topics(asker, member),
        _latest(asker, member),
        _made(asker, member),
        _memberships(asker, member),
    )
    tallies, (most, least) = told[0], told[1]
    return {
        "member": member,
        "states": states,
        "charts": _charts(member, tallies),
        "most": most,
        "least": least,
        "topics": told[2],
        "latest": told[3],
        "made": told[4],
        "memberships": told[5],
        "years": years,
        "seat_holders": [
            one for one in states.by_key.values() if member.seat and one.seat == member.seat
        ],
    }


async def _tallies(asker: Asker, member: Member) -> list[Row]:
    return await asker.rows(
        f"""
        SELECT ?tally ?body ?year ?yes ?no ?abstaining ?nonvoting WHERE {{
          ?tally unv:state {iri_text(member.iri)} ; unv:body ?body ; unv:year ?year ;
            unv:yesCount ?yes ; unv:noCount ?no ; unv:abstentionCount ?abstaining .
          OPTIONAL {{ ?tally unv:nonVotingCount ?nonvoting }}
        }} ORDER BY ?year
        """
    )


def _charts(member: Member, tallies: list[Row]) -> list[tuple[str, list[Row], Markup]]:
    """Return the body, the numbers and the chart of each body that a state voted in."""
    found = []
    for body in (UNV.GeneralAssembly, UNV.SecurityCouncil):
        if told := [row for row in tallies if row["body"] == body]:
            found.append((label_of_term(body), told, _chart(member, label_of_term(body), told)))
    return found


def _chart(member: Member, body: str, tallies: list[Row]) -> Markup:
    series = [
        Series(words, style, {int(r["year"]): int(r[style]) for r in tallies if style in r})
        for style, words, _ in POSITIONS
    ]
    sums = ", ".join(f"{sum(one.values.values()):g} {one.name}" for one in series if one.values)
    first, last = tallies[0]["year"], tallies[-1]["year"]
    sentence = f"Votes of {member.label} in the {body} by year, {first} to {last}: {sums}."
    return stacked_columns(series, sentence)


async def _agreement(
    asker: Asker, states: States, member: Member, years: tuple[int, int]
) -> tuple[list[Pair], list[Pair]]:
    """Return the states that voted most and least like one, those that shared enough with it."""
    others = ((member.key, other) for other in states.by_key if other != member.key)
    found = [pair for pair in await agreement(asker, others, years) if pair.share is not None]
    enough = _ENOUGH * max((pair.total_shared for pair in found), default=0)
    kept = [pair for pair in found if pair.total_shared >= enough]
    kept.sort(key=lambda pair: (-(pair.share or 0), states.label(pair.other)))
    most = kept[:_ALIKE]
    return most, [pair for pair in reversed(kept[-_ALIKE:]) if pair not in most]


async def _topics(asker: Asker, member: Member) -> list[Row]:
    """Return the topics of the resolutions a state voted on most often, with its positions."""
    voted = POSITIONS[:3]
    rows = await asker.rows(
        f"""
        SELECT ?topic ?p (COUNT(*) AS ?n) WHERE {{
          VALUES ?p {{ {iri_list(term for _, _, term in voted)} }}
          ?event ?p {iri_text(member.iri)} . ?event unv:decides ?resolution .
          ?resolution dcterms:subject ?topic .
        }} GROUP BY ?topic ?p
        """
    )
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        counts[row["topic"]][STYLE_OF[row["p"]]] = int(row["n"])
    busiest = sorted(counts, key=lambda topic: (-counts[topic].total(), topic))[:_TOPICS]
    names = await labels_of(asker, busiest)
    return [
        Row(
            topic=topic,
            label=names.get(topic, topic),
            **{style: str(counts[topic][style]) for style, _, _ in voted},
        )
        for topic in busiest
    ]


async def _latest(asker: Asker, member: Member) -> list[Row]:
    this = iri_text(member.iri)
    terms = " UNION ".join(
        f"{{ ?event {iri_text(term)} {this} BIND('{style}' AS ?style) }}"
        for style, _, term in POSITIONS
    )
    return await asker.rows(
        f"""
        SELECT ?event ?label ?title ?date ?style WHERE {{
          {{ SELECT ?event ?date ?style WHERE {{ {terms} ?event unv:date ?date }}
             ORDER BY DESC(?date) ?event LIMIT 20 }}
          ?event rdfs:label ?label .
          OPTIONAL {{ ?event unv:decides ?resolution . ?resolution dcterms:title ?title
                FILTER(LANG(?title) = "en") }}
        }} ORDER BY DESC(?date) ?event
        """
    )


async def _made(asker: Asker, member: Member) -> list[Row]:
    """Return statements made for a state, and proposals of it."""
    this = iri_text(member.iri)
    return await asker.rows(
        f"""
        SELECT ?thing ?kind ?label ?date WHERE {{
          {{ ?thing unv:madeBy {this} ; rdfs:label ?label BIND("statement" AS ?kind) }}
          UNION
          {{ ?thing unv:proposedBy {this} ; dcterms:title ?label BIND("proposal" AS ?kind) }}
          OPTIONAL {{ ?thing dcterms:date ?date }}
          FILTER(LANG(?label) = "en")
        }} ORDER BY ?kind DESC(?date) ?label LIMIT 200
        """
    )


async def _memberships(asker: Asker, member: Member) -> list[Row]:
    return await asker.rows(
        f"""
        SELECT ?membership ?from ?until ?note WHERE {{
          ?membership org:member {iri_text(member.iri)} .
          OPTIONAL {{ ?membership unv:from ?from }}
          OPTIONAL {{ ?membership unv:until ?until }}
          OPTIONAL {{ ?membership skos:editorialNote ?note }}
        }} ORDER BY ?from
        """
    )


def states_now_and_then(states: States) -> tuple[list[Member], list[Member]]:
    """Return the members of today, and those of the past."""
    now = [one for one in states.by_key.values() if not one.until]
    return now, [one for one in states.by_key.values() if one.until]
