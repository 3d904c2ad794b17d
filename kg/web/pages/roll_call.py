"""The roll call of a voting event: the states by position, and the outcome in a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from markupsafe import Markup

from kg.rdf import iris
from kg.rdf.iris import local_name
from kg.rdf.vocabulary import LABEL_LANGUAGE, UNV, with_prefixes
from kg.web.pages.components.charts import share_bar
from kg.web.pages.components.land import territories
from kg.web.pages.description import Description
from kg.web.pages.positions import POSITIONS, VOTING_POSITIONS, position_of
from kg.web.pages.queries import QueryRunner, iri_text
from kg.web.pages.state_index import States, key_of

#: The length of an ISO date with a day.
_DAY_LENGTH: Final = 10
#: The remarks on single votes: name as recorded, suspension, correction, inference.
_REMARKS: Final = (UNV.castAs, UNV.underSuspension, UNV.intendedOption, UNV.inferred)
_OUTCOMES: Final = {
    "adopted": "Adopted",
    "vetoed": "Not adopted: vetoed",
    "failed": "Not adopted, for want of votes in favour,",
    "not adopted": "Not adopted",
}


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
    #: Members on that day without a recorded position: key and name.
    unrecorded: Sequence[tuple[str, str]] = ()

    @cached_property
    def by_key(self) -> dict[str, Voter]:
        """The voters by the key of their state."""
        return {voter.key: voter for voters in self.voters.values() for voter in voters}

    @property
    def has_votes(self) -> bool:
        """Whether positions of states are recorded."""
        return any(self.counts.values())

    @property
    def inferred(self) -> int:
        """The number of states whose absence is inferred."""
        return sum(voter.inferred for voter in self.voters["nonvoting"])

    @property
    def tally(self) -> str:
        """The counts in words."""
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
        return share_bar(parts, f"Tally: {self.tally}.")


def date_of(event: Description) -> str:
    """Return the day of an event, or its month if the day is unknown."""
    return event.value(UNV.date) or event.value(UNV.month)


async def read_roll_call(queries: QueryRunner, states: States, event: Description) -> RollCall:
    """Return the roll call of an event.

    Raises:
        KgError: if the engine cannot answer.
    """
    # One pattern per property: a variable property would read all triples of each vote.
    patterns = " UNION ".join(
        f"{{ ?vote unv:event {iri_text(event.iri)} ; {iri_text(p)} ?value "
        f"BIND({iri_text(p)} AS ?p) }}"
        for p in _REMARKS
    )
    rows = await queries.rows(f"SELECT ?vote ?p ?value WHERE {{ {patterns} }}")
    # The key of a vote ends with that of its state.
    remarks = {(local_name(row["vote"]), row["p"]): row["value"] for row in rows}
    date = date_of(event)

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
        unrecorded=_unrecorded(states, event, voters),
    )


def _unrecorded(
    states: States, event: Description, voters: dict[str, list[Voter]]
) -> list[tuple[str, str]]:
    """Return the members of the General Assembly on that day that have no recorded position.

    None are returned where the day is unknown, or no position is recorded.
    """
    day = date_of(event)
    recorded = {voter.key for position in voters.values() for voter in position}
    if event.value(UNV.body) != UNV.GeneralAssembly or len(day) != _DAY_LENGTH or not recorded:
        return []
    members = (key for key in states.by_key if territories().is_member(key, day))
    return [(key, states.by_key[key].name_on(day)) for key in members if key not in recorded]


def outcome_sentence(
    roll_call: RollCall, outcome: str, date: str, body: str, vetoed_by: Iterable[str]
) -> str:
    """Return the outcome of a vote in one sentence.

    ``outcome`` is as recorded, empty where unknown; ``date`` in words; ``vetoed_by`` are names.
    """
    where = f"by the {body} " if body else ""
    when = f"{'in' if ' ' in date else 'on'} {date} " if date else ""
    if outcome == "adopted without a vote":
        return f"Adopted {where}without a vote {when}".strip() + "."
    verb = _OUTCOMES.get(outcome, "Put to the vote")
    if outcome == "vetoed" and (names := " and ".join(vetoed_by)):
        verb += f" by {names}"
        where = f"in the {body} " if body else ""
    elif outcome != "adopted":
        where = f"in the {body} " if body else ""
    sentence = f"{verb} {where}{when}".strip()
    if not roll_call.has_votes:
        return f"{sentence}."
    counts = ", ".join(f"{roll_call.counts[style]} {label}" for style, label, _ in VOTING_POSITIONS)
    sentence += f": {counts}."
    if roll_call.has_nonvoting and (absent := roll_call.counts["nonvoting"]):
        sentence += f" {absent} {'member' if absent == 1 else 'members'} did not vote."
    return sentence


def positions_query(event: str) -> str:
    """Return the query for the positions of all states in an event, for downloads."""
    this = iri_text(event)
    positions = " UNION ".join(
        f'{{ {this} {iri_text(term)} ?state BIND("{label}" AS ?position) }}'
        for _, label, term in POSITIONS
    )
    vote = f'IRI(CONCAT("{iris.vote(local_name(event), "")}", STRAFTER(STR(?state), "/id/state/")))'
    return with_prefixes(
        f"""
SELECT ?state ?name ?iso3 ?regionalGroup ?position ?recordedAs WHERE {{
  {positions}
  BIND({vote} AS ?vote)
  ?state rdfs:label ?name FILTER(LANG(?name) = "{LABEL_LANGUAGE}")
  OPTIONAL {{ ?state unv:iso3 ?iso3 }}
  OPTIONAL {{ ?state unv:regionalGroup/rdfs:label ?regionalGroup }}
  OPTIONAL {{ ?vote unv:castAs ?recordedAs }}
}} ORDER BY ?position ?name"""
    ).strip()
