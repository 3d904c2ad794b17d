"""The page of a resolution or a voting event: roll call, map, statements, reports, comparisons."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request

from kg.model.symbol_spelling import document_kind
from kg.rdf.iris import local_path
from kg.rdf.vocabulary import DCTERMS, PROV, UNV
from kg.web.pages.adjacent_years import Decision, adjacent_decisions
from kg.web.pages.components.land import NOT_ON_COUNCIL, Shade
from kg.web.pages.components.world_map import NO_VOTE, REGIONS, WorldMap, world_map
from kg.web.pages.context import PageContext
from kg.web.pages.description import Description, describe
from kg.web.pages.drafts import drafts_of_event, text_summary
from kg.web.pages.explanations import explanations_of
from kg.web.pages.group_votes import group_votes, minority_sides
from kg.web.pages.ontology_terms import label_of_term
from kg.web.pages.page_templates import date_text
from kg.web.pages.positions import LABEL_OF, POSITIONS, STYLE_OF
from kg.web.pages.queries import QueryRunner, iri_list
from kg.web.pages.request_parameters import requested_value
from kg.web.pages.roll_call import (
    RollCall,
    date_of,
    outcome_sentence,
    positions_query,
    read_roll_call,
)
from kg.web.pages.state_index import States, key_of
from kg.web.pages.text_comparison import TextComparison, comparisons_of_resolution
from kg.web.pages.vote_context import (
    Agenda,
    agenda_items,
    discrepancies_of,
    known_paragraphs,
    read_agenda,
    referring_properties,
    reports_of,
    statements_on,
    votes_on_parts,
)
from kg.web.pages.vote_sources import SourceSets, event_sources, source_sets

#: Names in the text alternative of the map; more would be tedious to listen to.
_MAX_NAMES_READ_OUT: Final = 12


@dataclass(frozen=True)
class Comparison:
    """The vote on the same text in another year, and the states that voted differently."""

    resolution: str
    symbol: str
    date: str
    counts: dict[str, int]
    #: Key of the state, its position in the other year and in this one.
    changed: list[tuple[str, str, str]]
    #: Whether states voted in both years: adoptions without a vote have no positions to compare.
    is_comparable: bool


async def vote_page(
    context: PageContext, request: Request, resource: Description
) -> dict[str, object]:
    """Return the template variables of a resolution or a voting event.

    Raises:
        HttpError: with status 400 for an unknown group or region.
        KgError: if the engine cannot answer.
    """
    queries, states = context.queries, await context.states.read()
    event, resolution = await _event_and_resolution(queries, resource)
    described = [part for part in (resolution, event) if part]
    # A text that was not adopted is known by its drafts.
    texts = [part.iri for part in (resolution,) if part]
    texts += event.values(UNV.draft) if event else ()
    referring = await referring_properties(queries, [*{part.iri for part in described}, *texts])
    spoken = {iri for iri, term in referring if term == UNV.about}
    parted = {iri for iri, term in referring if term == UNV.relatesTo}

    def event_with(term: str) -> Description | None:
        return event if event and (event.iri, term) in referring else None

    roll_call, statements, paragraphs, parts, drafts, explanations = await asyncio.gather(
        _roll_call(queries, states, event),
        statements_on(queries, [part.iri for part in described if part.iri in spoken]),
        known_paragraphs(queries, resolution),
        votes_on_parts(queries, [iri for iri in texts if iri in parted]),
        drafts_of_event(queries, event),
        explanations_of(queries, event.iri if event and event.iri in spoken else ""),
    )
    reports, discrepancies, adjacent, sources, items, texts_beside = await asyncio.gather(
        reports_of(queries, event_with(UNV.reports)),
        discrepancies_of(queries, event_with(UNV.concerns)),
        adjacent_decisions(queries, resolution, event),
        event_sources(queries, await context.kept(sets_of_release), states, event),
        agenda_items(queries, await context.kept(agenda_of_release), event),
        _texts_beside(queries, resolution),
    )
    summaries = [*drafts, *([text_summary(resolution)] if resolution else [])]
    circumstances = _circumstances(event)
    return {
        "title": (resolution or resource).value(DCTERMS.title)
        or resource.value(DCTERMS.description),
        "canonical": (local_path((resolution or resource).iri) or "").removeprefix("id/"),
        **circumstances,
        "body": resource.value(UNV.body),
        "session": resource.value(UNV.session),
        "documents": _values(described, UNV.document, UNV.libraryRecord),
        "drafts": drafts,
        "sponsored": [text for text in summaries if text.has_sponsors],
        "committee_report": event.value(UNV.committeeReport) if event else "",
        "committee": event.named_values(UNV.committee) if event else [],
        "part_of": event.named_values(UNV.relatesTo) if event else [],
        "agenda_items": items,
        "topics": described[0].named_values(DCTERMS.subject),
        "resolution": resolution,
        "document_kind": document_kind(resolution.value(UNV.symbol)) if resolution else "",
        "event": event,
        "roll_call": roll_call,
        **(await _by_group(context, request, roll_call)),
        "comparisons_of_text": texts_beside,
        "statements": statements,
        "explanations": explanations,
        "paragraphs": paragraphs,
        "parts": parts,
        "reports": reports,
        "discrepancies": discrepancies,
        "sources": sources,
        "derived_from": event.named_values(PROV.wasDerivedFrom) if event else [],
        "comparisons": await _comparisons(queries, states, roll_call, adjacent),
        "states": states,
        **_sentence(roll_call, circumstances, resource.value(UNV.body)),
    }


async def sets_of_release(context: PageContext) -> SourceSets:
    """Return the sources in each set of the current release, by the IRI of the set.

    Raises:
        KgError: if the engine cannot answer.
    """
    return await source_sets(context.queries)


async def agenda_of_release(context: PageContext) -> Agenda:
    """Return the agenda items of the current release.

    Raises:
        KgError: if the engine cannot answer.
    """
    return await read_agenda(context.queries)


async def _texts_beside(
    queries: QueryRunner, resolution: Description | None
) -> list[TextComparison]:
    """Return the proposals compared with a resolution, whose paragraphs are in the graph then."""
    if resolution is None or not resolution.values(UNV.hasParagraph):
        return []
    return await comparisons_of_resolution(queries, resolution.iri)


async def _event_and_resolution(
    queries: QueryRunner, resource: Description
) -> tuple[Description | None, Description | None]:
    """Return a voting event and the document it decides, given one of them."""
    iri = resource.value(UNV.decidedBy) or resource.value(UNV.decides)
    other = await describe(queries, iri) if iri else None
    return (resource, other) if UNV.VotingEvent in resource.types else (other, resource)


def _circumstances(event: Description | None) -> dict[str, Any]:
    if event is None:
        return {
            "date": "", "outcome": "", "vetoed_by": [], "meeting": "", "method": "",
            "printed_at": [],
        }  # fmt: skip
    without_vote = event.value(UNV.adoptedWithoutVote) == "true"
    return {
        "date": date_of(event),
        "outcome": "adopted without a vote" if without_vote else event.value(UNV.outcome),
        "vetoed_by": event.named_values(UNV.vetoedBy),
        "method": event.value(UNV.votingMethod),
        "meeting": event.value(UNV.meeting),
        "printed_at": event.named_values(UNV.printedAt),
    }


def _values(descriptions: list[Description], *terms: str) -> list[str]:
    """Return the values of properties in several descriptions, each once."""
    values = (value for part in descriptions for term in terms for value in part.values(term))
    return list(dict.fromkeys(values))


async def _roll_call(
    queries: QueryRunner, states: States, event: Description | None
) -> RollCall | None:
    return await read_roll_call(queries, states, event) if event else None


def _sentence(
    roll_call: RollCall | None, circumstances: dict[str, Any], body: str
) -> dict[str, object]:
    """Return the outcome in a sentence, and the query for the positions of states."""
    if roll_call is None:
        return {"sentence": "", "positions_query": ""}
    sentence = outcome_sentence(
        roll_call,
        circumstances["outcome"],
        date_text(circumstances["date"]),
        label_of_term(body) if body else "",
        [name for _, name in circumstances["vetoed_by"]],
    )
    return {"sentence": sentence, "positions_query": positions_query(roll_call.event.iri)}


async def _by_group(
    context: PageContext, request: Request, roll_call: RollCall | None
) -> dict[str, object]:
    """Return the votes of groups, the side in the minority, and the map of a group or region.

    Raises:
        HttpError: with status 400 for an unknown group or region.
        KgError: if the engine cannot answer.
    """
    states = await context.states.read()
    all_groups = {group.key: group for group in await context.groups.read()}
    chosen = requested_value(request, "group", {k: g.name for k, g in all_groups.items()})
    region = requested_value(request, "region", {name: name for name in REGIONS})
    variables: dict[str, object] = {
        "regions": REGIONS,
        "region": region,
        "in_url": {n: value for n, value in (("group", chosen), ("region", region)) if value},
        "chosen_key": chosen,
        "chosen_name": all_groups[chosen].name if chosen else "",
        "group_votes": [],
        "chosen_group": None,
        "minority": [],
        "map": None,
    }
    if roll_call is None or not roll_call.has_votes:
        return variables
    date = date_of(roll_call.event)
    voters = {style: [voter.key for voter in voters] for style, voters in roll_call.voters.items()}
    votes = group_votes(all_groups.values(), voters, date)
    members = {key_of(iri) for iri in all_groups[chosen].members_on(date)} if chosen else None
    return variables | {
        "group_votes": votes,
        "chosen_group": next((vote for vote in votes if vote.group.key == chosen), None),
        "minority": minority_sides(votes, voters),
        "map": _map(states, roll_call, region, members),
    }


def _map(
    states: States, roll_call: RollCall, region: str, members: Collection[str] | None
) -> WorldMap | None:
    shades = {
        voter.key: Shade(style, LABEL_OF[style])
        for style, voters in roll_call.voters.items()
        for voter in voters
    }
    against = [voter.name for voter in roll_call.voters["no"]]
    names = f" Against: {', '.join(against)}." if 0 < len(against) <= _MAX_NAMES_READ_OUT else ""
    description = f"World map of the vote: {roll_call.tally}.{names}"
    in_council = roll_call.event.value(UNV.body) == UNV.SecurityCouncil
    return world_map(
        states,
        shades,
        description,
        date_of(roll_call.event),
        NOT_ON_COUNCIL if in_council else NO_VOTE,
        region=region,
        members=members,
    )


async def _comparisons(
    queries: QueryRunner, states: States, roll_call: RollCall | None, decisions: list[Decision]
) -> list[Comparison]:
    """Return a roll call compared with those of other decisions."""
    if roll_call is None:
        return []
    ours = {voter.key: style for style, voters in roll_call.voters.items() for voter in voters}
    if not decisions:
        return []
    rows = await queries.rows(
        f"""
        SELECT ?event ?p ?state WHERE {{
          VALUES ?event {{ {iri_list(decision.event for decision in decisions)} }}
          VALUES ?p {{ {iri_list(STYLE_OF)} }} ?event ?p ?state
        }}
        """
    )
    comparisons = []
    for decision in decisions:
        of_event = (row for row in rows if row["event"] == decision.event)
        theirs = {key_of(row["state"]): STYLE_OF[row["p"]] for row in of_event}
        changed = [
            (key, theirs[key], ours[key])
            for key in sorted(ours, key=states.label)
            if key in theirs and theirs[key] != ours[key]
        ]
        counts = Counter(theirs.values())
        comparisons.append(
            Comparison(
                decision.resolution,
                decision.symbol,
                decision.date,
                {style: counts[style] for style, _, _ in POSITIONS},
                changed,
                is_comparable=bool(ours and theirs),
            )
        )
    return comparisons
