"""The selection of votes that ``/votes`` lists: its parameters, and its pattern in SPARQL."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, get_args

from fastapi import Request

from kg.model.votes import Outcome
from kg.rdf import iris
from kg.rdf.vocabulary import UNV, XSD
from kg.sources.states import embedded_names
from kg.web.http_error import HttpError, UnknownValueError
from kg.web.pages.components.vote_list import VoteOrder
from kg.web.pages.group_index import Group
from kg.web.pages.ontology_terms import label_of_term
from kg.web.pages.positions import POSITIONS, VOTING_POSITIONS
from kg.web.pages.queries import iri_text, literal_text
from kg.web.pages.request_parameters import FIRST_YEAR, requested_years
from kg.web.pages.state_index import States
from kg.web.pages.vote_index import topic_pattern

#: The parameters that select votes, in the order of the form.
PARAMETERS: Final = (
    *("body", "from", "until", "topic", "state", "group", "position", "sponsor"),
    *("method", "outcome", "margin"),
)
BODIES: Final = {"GeneralAssembly": UNV.GeneralAssembly, "SecurityCouncil": UNV.SecurityCouncil}
OUTCOMES: Final[tuple[str, ...]] = get_args(Outcome)
METHODS: Final = {"recorded": "recorded vote", "without-vote": "adopted without a vote"}
#: The positions of a state by their value in a URL.
POSITION_NAMES: Final = {
    position.label.replace(" ", "-").lower(): position for position in POSITIONS
}
#: The directions of an order by their value in a URL.
_DIRECTIONS: Final = {"desc": True, "asc": False}
#: The day of an event; of one whose month is known, the first of it.
_DAY: Final = (
    "{ SELECT ?event ?day WHERE { ?event unv:month ?month . OPTIONAL { ?event unv:date ?date } "
    'BIND(COALESCE(STR(?date), CONCAT(STR(?month), "-01")) AS ?day) } }'
)
_TRUE: Final = f'"true"^^<{XSD.boolean}>'


@dataclass(frozen=True)
class VoteFilter:
    """The values that select votes, by parameter; others do not restrict the list.

    ``group`` is the group that ``values`` name.
    """

    values: Mapping[str, str]
    years: tuple[int, int]
    group: Group | None = None

    def pattern(self) -> str:
        """Return the pattern that ``?event`` of a selected vote matches, in SPARQL."""
        values = self.values
        parts = ["?event a unv:VotingEvent ."]
        if body := values.get("body"):
            parts.append(f"?event unv:body {iri_text(BODIES[body])} .")
        if "from" in values or "until" in values:
            first, last = self.years
            parts.append(f"?event unv:year ?year FILTER(?year >= {first} && ?year <= {last})")
        if topic := values.get("topic"):
            parts.append(topic_pattern(iris.thing("topic", topic)))
        if state := values.get("state"):
            parts.append(self._position(iri_text(iris.state(state))))
        if self.group:
            parts.append(self._position_of_group(self.group))
        if sponsor := values.get("sponsor"):
            parts.append(
                "?event (unv:draft|unv:decides)/(unv:sponsor|unv:additionalSponsor) "
                f"{iri_text(iris.state(sponsor))} ."
            )
        if method := values.get("method"):
            without = f"{{ ?event unv:adoptedWithoutVote {_TRUE} }}"
            parts.append(f"FILTER {'' if method == 'without-vote' else 'NOT '}EXISTS {without}")
        if outcome := values.get("outcome"):
            parts.append(f"?event unv:outcome {literal_text(outcome)} .")
        if margin := values.get("margin"):
            parts.append(f"?event unv:margin ?margin FILTER(ABS(?margin) <= {int(margin)})")
        return " ".join(parts)

    def _position(self, state: str) -> str:
        """Return the pattern of the votes in which a state took the position, or any."""
        if name := self.values.get("position"):
            return f"?event {iri_text(POSITION_NAMES[name].property)} {state} ."
        path = "|".join(iri_text(position.property) for position in POSITIONS)
        return f"?event {path} {state} ."

    def _position_of_group(self, group: Group) -> str:
        """Return the pattern of the votes in which most members took the position.

        These are more than half of the members of that day, or on the list of a group without
        dates, that were in favour, against or abstaining; without a position, any of them was.
        """
        wanted = POSITION_NAMES.get(self.values.get("position", ""))
        positions = dict.fromkeys((*VOTING_POSITIONS, *([wanted] if wanted else [])))
        options = " UNION ".join(
            f"{{ ?event {iri_text(position.property)} ?member "
            f"BIND({int(wanted in (None, position))} AS ?same) }}"
            for position in positions
        )
        of_group = f"?membership unv:group {iri_text(group.iri)} ; unv:groupMember ?member"
        if group.is_regional:
            members = f"?member unv:regionalGroup {iri_text(group.iri)} . {options}"
        elif group.listed:
            members = f"{of_group} . {options}"
        else:
            members = (
                f"{{ SELECT DISTINCT ?member ?start ?end WHERE {{ {of_group} ; "
                "unv:certainFrom ?start . OPTIONAL { ?membership unv:certainUntil ?end } } } "
                f"{options} {_DAY} "
                "FILTER(STR(?start) <= ?day && (!BOUND(?end) || ?day < STR(?end)))"
            )
        return (
            f"{{ SELECT ?event WHERE {{ {members} }} "
            "GROUP BY ?event HAVING(2 * SUM(?same) > COUNT(?same)) }"
        )


def requested_filter(
    request: Request,
    states: States,
    groups: Iterable[Group],
    topics: Collection[str],
    last_year: int,
) -> VoteFilter:
    """Return what a request selects; ``topics`` are the keys of all topics.

    Raises:
        HttpError: with status 400 if a value is unknown, with those that were expected.
    """
    given = {name: request.query_params.get(name, "").strip() for name in PARAMETERS}
    values = {name: value for name, value in given.items() if value}
    for name, expected in (
        ("body", {key: label_of_term(iri) for key, iri in BODIES.items()}),
        ("position", {key: position.label for key, position in POSITION_NAMES.items()}),
        ("method", METHODS),
        ("outcome", {outcome: outcome for outcome in OUTCOMES}),
    ):
        if name in values:
            _require(name, values[name], expected)
    for name in ("state", "sponsor"):
        if name in values:
            with suppress(ValueError):
                values[name] = embedded_names().key(values[name])
            _require(name, values[name], states.names)
    if (topic := values.get("topic")) and topic not in topics:
        raise HttpError(400, f"unknown topic {topic[:50]!r}; expected a key of /topics")
    by_key = {group.key: group for group in groups}
    if "group" in values:
        _require("group", values["group"], {key: group.name for key, group in by_key.items()})
    if "state" in values and "group" in values:
        raise HttpError(400, "expected a 'state' or a 'group', found both")
    if "position" in values and not {"state", "group"} & values.keys():
        raise HttpError(
            400, "'position' is that of a state or group; expected a 'state' or 'group' as well"
        )
    margin = values.get("margin", "0")
    if not (margin.isdecimal() and len(margin) <= 3):
        raise HttpError(400, f"expected a number of votes as 'margin', found {margin[:20]!r}")
    years = requested_years(request, FIRST_YEAR, last_year)
    return VoteFilter(values, years, by_key.get(values.get("group", "")))


def requested_order(request: Request) -> VoteOrder:
    """Return the order that ``sort`` and ``order`` select; the latest votes are first by default.

    Raises:
        HttpError: with status 400 if a value is unknown.
    """
    name = request.query_params.get("sort") or VoteOrder.DATE
    direction = request.query_params.get("order") or "desc"
    _require("sort", name, {term: term.replace("-", " ") for term in VoteOrder.TERMS})
    _require("order", direction, {"desc": "descending", "asc": "ascending"})
    return VoteOrder(name, descending=_DIRECTIONS[direction])


def _require(name: str, value: str, choices: Mapping[str, str]) -> None:
    if value not in choices:
        raise UnknownValueError(name, value, choices)
