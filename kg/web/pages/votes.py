"""What the page of a resolution, or of a voting event, shows besides its facts."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field

from markupsafe import Markup

from kg.rdf.vocabulary import DCTERMS, OPTION_TERMS, UNV
from kg.web.pages.charts import parts_bar
from kg.web.pages.context import OPTION_STYLE, POSITIONS, STYLE_OF, Site
from kg.web.pages.description import Description, describe
from kg.web.pages.queries import Asker, Row, iri_list, iri_text, literal_text
from kg.web.pages.state_index import States, key_of
from kg.web.pages.worldmap import Shade, world_map

_OPTION_STYLE = {OPTION_TERMS[option].individual: style for option, style in OPTION_STYLE.items()}
_WORDS = {style: words for style, words, _ in POSITIONS}


@dataclass(frozen=True)
class Voter:
    """A state in one vote, under the name of the day; ``recorded`` if the source has another."""

    key: str
    name: str
    recorded: str


@dataclass(frozen=True)
class RollCall:
    """One voting event with the states by position."""

    event: Description
    voters: dict[str, list[Voter]]
    counts: dict[str, int]
    #: Whether a source recorded who did not vote; if none did, that is not the same as nobody.
    has_nonvoting: bool

    @property
    def sentence(self) -> str:
        """The outcome in words."""
        told = [f"{self.counts[style]} {words}" for style, words, _ in POSITIONS
                if style != "nonvoting" or self.has_nonvoting]  # fmt: skip
        return ", ".join(told)

    @property
    def bar(self) -> Markup:
        """The tally as one bar."""
        parts = [(words, style, self.counts[style]) for style, words, _ in POSITIONS]
        return parts_bar(parts, f"Tally: {self.sentence}.")


@dataclass
class Comparison:
    """The vote on a text of the same title in another year, and who changed sides."""

    resolution: str
    symbol: str
    date: str
    counts: dict[str, str]
    changed: list[tuple[str, str, str]] = field(default_factory=list)


async def vote_page(site: Site, this: Description) -> dict[str, object]:
    """Return what the template shows of a resolution or a voting event.

    Raises:
        KgError: if the engine cannot answer.
    """
    asker, states = site.asker, await site.states.read()
    decided = this.one(UNV.decidedBy) or this.one(UNV.decides)
    other = await describe(asker, decided) if decided else None
    is_event = UNV.VotingEvent in this.types
    event, resolution = (this, other) if is_event else (other, this)
    about = [one.iri for one in (event, resolution) if one]
    told = await asyncio.gather(
        _statements(asker, about),
        _related(asker, resolution),
        _reports(asker, event),
        _discrepancies(asker, event),
        _others(asker, resolution, event),
    )
    call = await _roll_call(asker, states, event) if event else None
    both = [one for one in (resolution, event) if one]
    day = event.one(UNV.date) if event else ""
    return {
        "title": resolution.one(DCTERMS.title) if resolution else this.one(DCTERMS.description),
        "date": day,
        "told_date": day[:7] if event and event.one(UNV.datePrecision) == "month" else day,
        "outcome": event.one(UNV.outcome) if event else "",
        "body": this.one(UNV.body),
        "session": this.one(UNV.session),
        "documents": _merged(both, UNV.document, UNV.libraryRecord),
        "drafts": _merged(both, UNV.draftSymbol, UNV.committeeReport),
        "meeting": event.one(UNV.meeting) if event else "",
        "topics": [(iri, one.name(iri)) for one in both[:1] for iri in one.all(DCTERMS.subject)],
        "resolution": resolution,
        "event": event,
        "call": call,
        "map": _map(states, call) if call else None,
        "statements": told[0],
        "related": told[1],
        "reports": told[2],
        "discrepancies": told[3],
        "comparisons": await _compared(asker, states, call, told[4]),
        "states": states,
    }


def _merged(descriptions: list[Description], *terms: str) -> list[str]:
    found = (value for one in descriptions for term in terms for value in one.all(term))
    return list(dict.fromkeys(found))


def position_of(iri: str) -> tuple[str, str]:
    """Return style and words of a vote option, empty for another IRI."""
    style = _OPTION_STYLE.get(iri, "")
    return style, _WORDS.get(style, "")


async def _roll_call(asker: Asker, states: States, event: Description) -> RollCall:
    this = iri_text(event.iri)
    rows = await asker.rows(
        "SELECT ?state ?name WHERE { "
        f"?vote unv:event {this} ; unv:castBy ?state ; unv:castAs ?name }}"
    )
    recorded = {key_of(row["state"]): row["name"] for row in rows}
    day = event.one(UNV.date)
    voters = {}
    for style, _, term in POSITIONS:
        found = []
        for iri in event.all(term):
            key = key_of(iri)
            member = states.by_key.get(key)
            name = member.name_on(day) if member else key
            found.append(Voter(key, name, recorded.get(key, "")))
        voters[style] = sorted(found, key=lambda one: one.name)
    return RollCall(
        event=event,
        voters=voters,
        counts={style: len(found) for style, found in voters.items()},
        has_nonvoting=bool(event.one(UNV.nonVotingCount)),
    )


def _map(states: States, call: RollCall) -> Markup | None:
    if not any(call.counts.values()):
        return None
    shades = {
        one.key: Shade(style, _WORDS[style])
        for style, found in call.voters.items()
        for one in found
    }
    against = [one.name for one in call.voters["no"]]
    named = f" Against: {', '.join(against)}." if 0 < len(against) <= 12 else ""
    return world_map(states, shades, f"World map of the vote: {call.sentence}.{named}")


async def _statements(asker: Asker, things: list[str]) -> list[Row]:
    values = iri_list(things)
    return await asker.rows(
        f"""
        SELECT DISTINCT ?statement ?label ?state ?stance ?date WHERE {{
          VALUES ?thing {{ {values} }}
          ?statement unv:about ?thing ; a unv:Statement ; rdfs:label ?label .
          OPTIONAL {{ ?statement unv:madeBy ?state }}
          OPTIONAL {{ ?statement unv:stance/rdfs:label ?stance }}
          OPTIONAL {{ ?statement dcterms:date ?date }}
          FILTER(LANG(?label) = "en")
        }} ORDER BY ?date ?label LIMIT 100
        """
    )


async def _related(asker: Asker, resolution: Description | None) -> list[Row]:
    """Return further roll calls on a document: amendments, paragraphs, motions."""
    if resolution is None:
        return []
    return await asker.rows(
        f"""
        SELECT ?event ?label ?on ?yes ?no ?abstaining WHERE {{
          ?event unv:relatesTo {iri_text(resolution.iri)} ; rdfs:label ?label ;
            unv:yesCount ?yes ; unv:noCount ?no ; unv:abstentionCount ?abstaining .
          OPTIONAL {{ ?event unv:voteOn ?on }}
        }} ORDER BY ?label LIMIT 100
        """
    )


async def _reports(asker: Asker, event: Description | None) -> list[Row]:
    """Return how others told of a vote: totals, and votes of single states."""
    if event is None:
        return []
    return await asker.rows(
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
        }} ORDER BY DESC(?type = unv:ReportedTally) ?title ?report LIMIT 200
        """
    )


async def _discrepancies(asker: Asker, event: Description | None) -> list[Row]:
    if event is None:
        return []
    return await asker.rows(
        f"""
        SELECT ?discrepancy ?label ?accepted ?other WHERE {{
          ?discrepancy unv:concerns {iri_text(event.iri)} ; rdfs:label ?label .
          OPTIONAL {{ ?discrepancy unv:acceptedValue ?accepted }}
          OPTIONAL {{ ?discrepancy unv:otherValue ?other }}
        }} ORDER BY ?label LIMIT 200
        """
    )


async def _others(
    asker: Asker, resolution: Description | None, event: Description | None
) -> list[Row]:
    """Return the decisions on texts of the same title in the year before and the year after."""
    title = resolution.one(DCTERMS.title) if resolution else ""
    day = event.one(UNV.date) if event else ""
    if not title or not day:
        return []
    counts = " ".join(f"OPTIONAL {{ ?event {iri_text(terms.count_property)} ?{option} }}"
                      for option, terms in OPTION_TERMS.items())  # fmt: skip
    rows = await asker.rows(
        f"""
        SELECT ?resolution ?symbol ?event ?date ?Y ?N ?A ?X WHERE {{
          ?resolution dcterms:title {literal_text(title, "en")} ; unv:symbol ?symbol ;
            unv:decidedBy ?event .
          ?event unv:date ?date .
          {counts}
        }} ORDER BY ?date
        """
    )
    year = int(day[:4])
    found = []
    for wanted in (year - 1, year + 1):
        near = [row for row in rows if int(row["date"][:4]) == wanted]
        found += near[:1]
    return found


async def _compared(
    asker: Asker, states: States, call: RollCall | None, others: list[Row]
) -> list[Comparison]:
    if call is None:
        return []
    mine = {one.key: style for style, found in call.voters.items() for one in found}
    found = []
    for row in others:
        this, terms = iri_text(row["event"]), iri_list(STYLE_OF)
        rows = await asker.rows(
            f"SELECT ?p ?state WHERE {{ VALUES ?p {{ {terms} }} {this} ?p ?state }}"
        )
        theirs = {key_of(one["state"]): STYLE_OF[one["p"]] for one in rows}
        changed = [
            (key, theirs[key], mine[key])
            for key in sorted(mine, key=states.label)
            if key in theirs and theirs[key] != mine[key]
        ]
        counted = Counter(theirs.values())
        counts = {style: str(counted[style]) for style, _, _ in POSITIONS}
        found.append(Comparison(row["resolution"], row["symbol"], row["date"], counts, changed))
    return found
