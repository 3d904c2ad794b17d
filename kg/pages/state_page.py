"""What the page of a state shows: names, votes over time, whom it votes with, topics."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from markupsafe import Markup

from kg.pages.asker import Asker, Row, iri_text
from kg.pages.charts import Series, stacked_columns
from kg.pages.description import Description
from kg.pages.site import POSITIONS, Site
from kg.pages.states import Member, States, key_of

#: Of how many states most alike, and least alike, the list tells.
_ALIKE = 15
#: Two states are compared if they shared this part of the votes that the busiest pair shared.
_ENOUGH = 0.2
_COUNTS = {"yes": "yesCount", "no": "noCount", "abstaining": "abstentionCount",
           "nonvoting": "nonVotingCount"}  # fmt: skip


@dataclass(frozen=True)
class Alike:
    """How often another state did the same, of the votes both took part in."""

    key: str
    name: str
    identical: int
    shared: int

    @property
    def share(self) -> float:
        """The part that was the same."""
        return self.identical / self.shared


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
        "tallies": tallies,
        "chart": _chart(member, tallies),
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
        SELECT ?tally ?year ?yes ?no ?abstaining ?nonvoting WHERE {{
          ?tally unv:state {iri_text(member.iri)} ; unv:year ?year ; unv:yesCount ?yes ;
            unv:noCount ?no ; unv:abstentionCount ?abstaining .
          OPTIONAL {{ ?tally unv:nonVotingCount ?nonvoting }}
        }} ORDER BY ?year
        """
    )


def _chart(member: Member, tallies: list[Row]) -> Markup | None:
    if not tallies:
        return None
    series = [
        Series(words, style, {int(r["year"]): int(r[style]) for r in tallies if style in r})
        for style, words, _ in POSITIONS
    ]
    sums = ", ".join(f"{sum(one.values.values()):g} {one.name}" for one in series if one.values)
    first, last = tallies[0]["year"], tallies[-1]["year"]
    return stacked_columns(series, f"Votes of {member.label} by year, {first} to {last}: {sums}.")


async def _agreement(
    asker: Asker, states: States, member: Member, years: tuple[int, int]
) -> tuple[list[Alike], list[Alike]]:
    rows = await asker.rows(
        f"""
        SELECT ?other (SUM(?i) AS ?identical) (SUM(?s) AS ?shared) WHERE {{
          ?agreement unv:between {iri_text(member.iri)} , ?other ; unv:year ?year ;
            unv:identicalVotes ?i ; unv:sharedVotes ?s .
          FILTER(?year >= {years[0]} && ?year <= {years[1]})
        }} GROUP BY ?other
        """
    )
    found = [
        Alike(key, states.label(key), int(row["identical"]), int(row["shared"]))
        for row in rows
        if (key := key_of(row["other"])) != member.key
    ]
    enough = _ENOUGH * max((one.shared for one in found), default=0)
    kept = sorted(
        (one for one in found if one.shared >= enough), key=lambda one: (-one.share, one.name)
    )
    most = kept[:_ALIKE]
    return most, [one for one in reversed(kept[-_ALIKE:]) if one not in most]


async def _topics(asker: Asker, member: Member) -> list[Row]:
    """Return the topics of the resolutions a state voted on, those of most votes first."""
    this = iri_text(member.iri)
    count = """
      {{ SELECT ?topic (COUNT(*) AS ?{name}) WHERE {{
           ?event unv:{term} {this} ; unv:decides/dcterms:subject ?topic }} GROUP BY ?topic }}"""
    yes, no, abstaining = (
        count.format(name=name, term=term, this=this)
        for name, term in (("y", "inFavour"), ("n", "against"), ("a", "abstaining"))
    )
    return await asker.rows(
        f"""
        SELECT ?topic ?label (COALESCE(?y, 0) AS ?yes) (COALESCE(?n, 0) AS ?no)
          (COALESCE(?a, 0) AS ?abstaining) WHERE {{
          {{ SELECT ?topic (COUNT(*) AS ?all) WHERE {{ ?r dcterms:subject ?topic }}
             GROUP BY ?topic ORDER BY DESC(?all) ?topic LIMIT 12 }}
          OPTIONAL {yes} OPTIONAL {no} OPTIONAL {abstaining}
          ?topic skos:prefLabel ?label FILTER(LANG(?label) = "en")
        }} ORDER BY DESC(?all) ?topic
        """
    )


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
          OPTIONAL {{ ?event unv:decides/dcterms:title ?title FILTER(LANG(?title) = "en") }}
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
