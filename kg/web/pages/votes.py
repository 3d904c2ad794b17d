"""The page of a resolution or a voting event: roll call, map, statements, reports, comparisons."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from typing import Final

from fastapi import Request
from markupsafe import Markup

from kg.model.symbol_spelling import document_kind
from kg.rdf.vocabulary import DCTERMS, LABEL_LANGUAGE, PROV, UNV
from kg.web.pages.adjacent_years import Decision, adjacent_decisions
from kg.web.pages.components.charts import share_bar
from kg.web.pages.components.land import Shade
from kg.web.pages.components.world_map import WorldMap, world_map
from kg.web.pages.context import PageContext
from kg.web.pages.description import Description, describe
from kg.web.pages.drafts import agenda_items_of_event, drafts_of_event, text_summary
from kg.web.pages.explanations import explanations_of
from kg.web.pages.group_votes import GroupVote, group_votes
from kg.web.pages.positions import LABEL_OF, POSITIONS, STYLE_OF, position_of
from kg.web.pages.queries import QueryRunner, Row, iri_list, iri_text
from kg.web.pages.state_index import States, key_of
from kg.web.pages.text_comparison import comparisons_of_resolution
from kg.web.pages.vote_sources import event_sources

#: The maximum length of the lists of statements and of related votes.
_LISTED_ROWS: Final = 100
#: The maximum length of the lists of reports and of discrepancies.
_LISTED_REPORTS: Final = 200
#: Names in the text alternative of the map; more would be tedious to listen to.
_MAX_NAMES_READ_OUT: Final = 12


@dataclass(frozen=True)
class Voter:
    """A state in a vote under its name on that day; ``recorded`` is a different name in the source.

    ``suspension`` is the one that prevented its vote, ``intended`` the position in its correction;
    ``inferred`` whether its absence is inferred.
    """

    key: str
    name: str
    recorded: str
    suspension: str
    intended: str
    inferred: bool


@dataclass(frozen=True)
class RollCall:
    """One voting event with the states by position."""

    event: Description
    voters: dict[str, list[Voter]]
    counts: dict[str, int]
    #: Whether a source records which states did not vote; otherwise their number is unknown, not 0.
    has_nonvoting: bool

    @property
    def inferred(self) -> int:
        """The number of states whose absence is inferred."""
        return sum(voter.inferred for voter in self.voters["nonvoting"])

    @property
    def sentence(self) -> str:
        """The outcome in words."""
        parts = [
            f"{self.counts[style]} {label}"
            for style, label, _ in POSITIONS
            if style != "nonvoting" or self.has_nonvoting
        ]
        return ", ".join(parts)

    @property
    def bar(self) -> Markup:
        """The tally as one bar."""
        parts = [(label, style, self.counts[style]) for style, label, _ in POSITIONS]
        return share_bar(parts, f"Tally: {self.sentence}.")


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
        KgError: if the engine cannot answer.
    """
    queries, states = context.queries, await context.states.read()
    event, resolution = await _event_and_resolution(queries, resource)
    described = [part for part in (resolution, event) if part]
    statements, related, reports, discrepancies, adjacent, sources = await asyncio.gather(
        _statements(queries, [part.iri for part in described]),
        _related(queries, resolution),
        _reports(queries, event),
        _discrepancies(queries, event),
        adjacent_decisions(queries, resolution, event),
        event_sources(queries, states, event),
    )
    roll_call = await _roll_call(queries, states, event) if event else None
    groups = await _group_votes(context, roll_call) if roll_call else []
    chosen = request.query_params.get("group", "")
    title = resolution.value(DCTERMS.title) if resolution else ""
    drafts = await drafts_of_event(queries, event)
    texts = [*drafts, *([text_summary(resolution)] if resolution else [])]
    return {
        "title": title if resolution else resource.value(DCTERMS.description),
        **_circumstances(event),
        "body": resource.value(UNV.body),
        "session": resource.value(UNV.session),
        "documents": _values(described, UNV.document, UNV.libraryRecord),
        "drafts": drafts,
        "sponsored": [text for text in texts if text.has_sponsors],
        "committee_report": event.value(UNV.committeeReport) if event else "",
        "committee": event.named_values(UNV.committee) if event else [],
        "agenda_items": await agenda_items_of_event(queries, event),
        "topics": described[0].named_values(DCTERMS.subject),
        "resolution": resolution,
        "document_kind": document_kind(resolution.value(UNV.symbol)) if resolution else "",
        "event": event,
        "roll_call": roll_call,
        "map": _map(states, roll_call) if roll_call else None,
        "group_votes": groups,
        "chosen_group": next((vote for vote in groups if vote.group.key == chosen), None),
        "statements": statements,
        "explanations": await explanations_of(queries, event.iri) if event else [],
        "related": related,
        "reports": reports,
        "discrepancies": discrepancies,
        "sources": sources,
        "comparisons_of_text": await comparisons_of_resolution(queries, resolution.iri)
        if resolution
        else [],
        "derived_from": event.named_values(PROV.wasDerivedFrom) if event else [],
        "comparisons": await _comparisons(queries, states, roll_call, adjacent),
        "states": states,
    }


async def _event_and_resolution(
    queries: QueryRunner, resource: Description
) -> tuple[Description | None, Description | None]:
    """Return a voting event and the document it decides, given one of them."""
    iri = resource.value(UNV.decidedBy) or resource.value(UNV.decides)
    other = await describe(queries, iri) if iri else None
    return (resource, other) if UNV.VotingEvent in resource.types else (other, resource)


def _circumstances(event: Description | None) -> dict[str, object]:
    if event is None:
        return {"date": "", "outcome": "", "vetoed_by": [], "meeting": "", "method": ""}
    without_vote = event.value(UNV.adoptedWithoutVote) == "true"
    return {
        "date": _date(event),
        "outcome": "adopted without a vote" if without_vote else event.value(UNV.outcome),
        "vetoed_by": event.named_values(UNV.vetoedBy),
        "method": event.value(UNV.votingMethod),
        "meeting": event.value(UNV.meeting),
    }


def _date(event: Description) -> str:
    """Return the day of an event, or its month if the day is unknown."""
    return event.value(UNV.date) or event.value(UNV.month)


def _values(descriptions: list[Description], *terms: str) -> list[str]:
    """Return the values of properties in several descriptions, each once."""
    values = (value for part in descriptions for term in terms for value in part.values(term))
    return list(dict.fromkeys(values))


async def _roll_call(queries: QueryRunner, states: States, event: Description) -> RollCall:
    # One pattern per property: a variable property would read all triples of each vote.
    patterns = " UNION ".join(
        f"{{ ?vote unv:event {iri_text(event.iri)} ; unv:castBy ?state ; {iri_text(p)} ?value "
        f"BIND({iri_text(p)} AS ?p) }}"
        for p in (UNV.castAs, UNV.underSuspension, UNV.intendedOption, UNV.inferred)
    )
    rows = await queries.rows(f"SELECT ?state ?p ?value WHERE {{ {patterns} }}")
    remarks = {(key_of(row["state"]), row["p"]): row["value"] for row in rows}
    date = _date(event)

    def voter(key: str) -> Voter:
        state = states.by_key.get(key)
        return Voter(
            key,
            state.name_on(date) if state else key,
            recorded=remarks.get((key, UNV.castAs), ""),
            suspension=remarks.get((key, UNV.underSuspension), ""),
            intended=position_of(remarks.get((key, UNV.intendedOption), ""))[1],
            inferred=(key, UNV.inferred) in remarks,
        )

    voters = {
        style: sorted(
            (voter(key_of(iri)) for iri in event.values(term)), key=lambda voter: voter.name
        )
        for style, _, term in POSITIONS
    }
    return RollCall(
        event=event,
        voters=voters,
        counts={style: len(voters[style]) for style in voters},
        has_nonvoting=bool(event.value(UNV.nonVotingCount)),
    )


async def _group_votes(context: PageContext, roll_call: RollCall) -> list[GroupVote]:
    groups = await context.groups.read(await context.states.read())
    voters = {style: [voter.key for voter in voters] for style, voters in roll_call.voters.items()}
    return group_votes(groups, voters, _date(roll_call.event))


def _map(states: States, roll_call: RollCall) -> WorldMap | None:
    if not any(roll_call.counts.values()):
        return None
    shades = {
        voter.key: Shade(style, LABEL_OF[style])
        for style, voters in roll_call.voters.items()
        for voter in voters
    }
    against = [voter.name for voter in roll_call.voters["no"]]
    names = f" Against: {', '.join(against)}." if 0 < len(against) <= _MAX_NAMES_READ_OUT else ""
    description = f"World map of the vote: {roll_call.sentence}.{names}"
    return world_map(states, shades, description, _date(roll_call.event))


async def _statements(queries: QueryRunner, resources: list[str]) -> list[Row]:
    return await queries.rows(
        f"""
        SELECT DISTINCT ?statement ?label ?state ?stance ?date WHERE {{
          VALUES ?subject {{ {iri_list(resources)} }}
          ?statement unv:about ?subject ; a unv:Statement ; rdfs:label ?label .
          OPTIONAL {{ ?statement unv:madeBy ?state }}
          OPTIONAL {{ ?statement unv:stance/rdfs:label ?stance }}
          OPTIONAL {{ ?statement dcterms:date ?date }}
          FILTER(LANG(?label) = "{LABEL_LANGUAGE}")
        }} ORDER BY ?date ?label LIMIT {_LISTED_ROWS}
        """
    )


async def _related(queries: QueryRunner, resolution: Description | None) -> list[Row]:
    """Return the other roll calls on a document: amendments, paragraphs, motions."""
    if resolution is None:
        return []
    return await queries.rows(
        f"""
        SELECT ?event ?label ?on ?yes ?no ?abstaining WHERE {{
          ?event unv:relatesTo {iri_text(resolution.iri)} ; rdfs:label ?label ;
            unv:yesCount ?yes ; unv:noCount ?no ; unv:abstentionCount ?abstaining .
          OPTIONAL {{ ?event unv:voteOn ?on }}
        }} ORDER BY ?label LIMIT {_LISTED_ROWS}
        """
    )


async def _reports(queries: QueryRunner, event: Description | None) -> list[Row]:
    """Return reports of a vote by sources: totals, and votes of individual states."""
    if event is None:
        return []
    return await queries.rows(
        f"""
        SELECT ?report ?type ?source ?title ?quote ?note ?state ?option
          ?yes ?no ?abstaining ?nonvoting WHERE {{
          ?report unv:reports {iri_text(event.iri)} ; a ?type .
          OPTIONAL {{
            ?report prov:wasQuotedFrom ?source OPTIONAL {{ ?source dcterms:title ?title }}
          }}
          OPTIONAL {{ ?report unv:quote ?quote }}
          OPTIONAL {{ ?report skos:editorialNote ?note }}
          OPTIONAL {{ ?report unv:castBy ?state }}
          OPTIONAL {{ ?report unv:option ?option }}
          OPTIONAL {{ ?report unv:yesCount ?yes }}
          OPTIONAL {{ ?report unv:noCount ?no }}
          OPTIONAL {{ ?report unv:abstentionCount ?abstaining }}
          OPTIONAL {{ ?report unv:nonVotingCount ?nonvoting }}
        }} ORDER BY DESC(?type = unv:ReportedTally) ?title ?report LIMIT {_LISTED_REPORTS}
        """
    )


async def _discrepancies(queries: QueryRunner, event: Description | None) -> list[Row]:
    if event is None:
        return []
    return await queries.rows(
        f"""
        SELECT ?discrepancy ?label ?accepted ?other WHERE {{
          ?discrepancy unv:concerns {iri_text(event.iri)} ; rdfs:label ?label .
          OPTIONAL {{ ?discrepancy unv:acceptedValue ?accepted }}
          OPTIONAL {{ ?discrepancy unv:otherValue ?other }}
        }} ORDER BY ?label LIMIT {_LISTED_REPORTS}
        """
    )


async def _comparisons(
    queries: QueryRunner, states: States, roll_call: RollCall | None, decisions: list[Decision]
) -> list[Comparison]:
    """Return a roll call compared with those of other decisions."""
    if roll_call is None:
        return []
    ours = {voter.key: style for style, voters in roll_call.voters.items() for voter in voters}
    comparisons = []
    for decision in decisions:
        event, terms = iri_text(decision.event), iri_list(STYLE_OF)
        rows = await queries.rows(
            f"SELECT ?p ?state WHERE {{ VALUES ?p {{ {terms} }} {event} ?p ?state }}"
        )
        theirs = {key_of(row["state"]): STYLE_OF[row["p"]] for row in rows}
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
