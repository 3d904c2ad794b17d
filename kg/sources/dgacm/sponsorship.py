"""Who sponsors a text: states, observers and groups, the President, officers, committees."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

from kg.model.agents import Agent, AgentKind
from kg.model.sponsorship import Sponsors, Sponsorship
from kg.sources.dgacm.documents import ParsedDocument
from kg.sources.dgacm.names import AgentNames, Misprints, StateNames
from kg.sources.dgacm.sponsors import PrintedSponsor, group_name, split_sponsors

Column = Literal["sponsors", "additional sponsors"]

# Rules, as printed in the list of normalised rows.
MISPRINT: Final = "a listed misprint in a list of sponsors is corrected"
NO_SPONSOR: Final = "a text on the origin of a draft that names no sponsor is not used"

_SUBMITTED: Final = re.compile(
    r"(?:.*, )?(?:was )?submitted by the (?P<body>(?:President|Chair|Vice-Chair|Rapporteur)\b"
    r"|(?:Special )?Committee on .*)",
    re.IGNORECASE,
)
_COMMITTEE: Final = re.compile(r"(?:Special )?Committee\b", re.IGNORECASE)
_OFFICER: Final = re.compile(r"Chair|Vice-Chair|Rapporteur", re.IGNORECASE)
_REPRESENTATIVE: Final = re.compile(
    r"(?:introduced in the Committee by )?the representative of (?P<state>.*?)\s*"
    r"(?:,? \(?on behalf of (?:the )?(?P<group>[^()]*)\)?)?",
    re.IGNORECASE,
)
_NO_SPONSOR: Final = re.compile(
    r"on the basis of |(?:report )?(?:of|by) the Secretary-General|report of the Secretary-General"
    r"|submitted pursuant to |annex: |the amendment was ",
    re.IGNORECASE,
)

#: Called with a column, its text, the text that is read and the rule.
NoteReading = Callable[[Column, str, str, str], None]
#: Called with a column, an unusable value and the expected value.
Reject = Callable[[Column, str, str], None]


@dataclass(frozen=True, slots=True)
class Context:
    """The document whose sponsors are read: its day, its committee, and what is noted."""

    day: str
    committee: Agent | None
    note: NoteReading
    reject: Reject


@dataclass
class _Parties:
    """The sponsors of one list, and those for which they act, in the order of the list."""

    states: dict[str, None] = field(default_factory=dict)
    agents: dict[str, None] = field(default_factory=dict)
    principals: dict[str, None] = field(default_factory=dict)
    withdrawn: tuple[str, ...] = ()


class SponsorReader:
    """Reads the sponsors of documents; ``agents`` are all agents named so far, by key."""

    def __init__(self, states: StateNames, agents: AgentNames, misprints: Misprints) -> None:
        self._states = states
        self._names = agents
        self._misprints = misprints
        self.agents: dict[str, Agent] = {}

    def read(self, document: ParsedDocument, context: Context) -> Sponsorship:
        """Return the sponsorship of the draft of a document."""
        first = self._parties("sponsors", ", ".join(document.sponsors), context)
        additional = self._parties(
            "additional sponsors", ", ".join(document.additional_sponsors), context
        )
        left = {*first.withdrawn, *additional.withdrawn}
        return Sponsorship(
            Sponsors(tuple(s for s in first.states if s not in left), tuple(first.agents)),
            Sponsors(
                tuple(s for s in additional.states if s not in left), tuple(additional.agents)
            ),
            tuple(first.principals | additional.principals),
        )

    def _parties(self, column: Column, text: str, context: Context) -> _Parties:
        corrected, withdrawn = self._misprints.corrected(
            text, lambda printed, read_as: context.note(column, printed, read_as, MISPRINT)
        )
        parties = _Parties(withdrawn=withdrawn)
        if _NO_SPONSOR.match(corrected):
            context.note(column, text, "", NO_SPONSOR)
        elif match := _SUBMITTED.match(corrected):
            self._add_body(parties, match["body"], context)
        elif match := _REPRESENTATIVE.fullmatch(corrected):
            self._add_represented(parties, column, match, context)
        else:
            for sponsor in split_sponsors(corrected, self._states.is_name):
                self._add(parties, column, sponsor, context)
        return parties

    def _add_body(self, parties: _Parties, body: str, context: Context) -> None:
        """Add the President, an officer of the committee, or a committee."""
        if _OFFICER.fullmatch(body):
            of = context.committee.name if context.committee else "General Assembly"
            body = f"{body.title()} of the {of}"
        elif body.casefold() == "president":
            body = "President of the General Assembly"
        kind: AgentKind = "committee" if _COMMITTEE.match(body) else "officer"
        self._add_agent(parties.agents, self._names.agent(body, kind))

    def _add_represented(
        self, parties: _Parties, column: Column, match: re.Match[str], context: Context
    ) -> None:
        """Add a state or, where its representative acts for the bureau of a body, that body."""
        group = group_name(match["group"] or "")
        if group.casefold() == "bureau" and context.committee:
            bureau = f"Bureau of the {context.committee.name}"
            self._add_agent(parties.agents, self._names.agent(bureau, "committee"))
        elif (known := self._names.known(group)) and "committee" in known.kinds:
            self._add_agent(parties.agents, known)
        else:
            self._add(parties, column, PrintedSponsor(match["state"], group), context)

    def _add(
        self, parties: _Parties, column: Column, sponsor: PrintedSponsor, context: Context
    ) -> None:
        if state := self._states.state(sponsor.name, context.day):
            parties.states[state] = None
        elif agent := self._names.known(sponsor.name):
            self._add_agent(parties.agents, agent)
        else:
            expected = f"the name of a state or a listed agent on {context.day}"
            context.reject(column, sponsor.name, expected)
            return
        if sponsor.on_behalf_of:
            group = self._names.agent(sponsor.on_behalf_of, "group")
            self._add_agent(parties.principals, group)
        if sponsor.capacity:
            self._add_agent(parties.principals, self._names.agent(sponsor.capacity, "officer"))

    def _add_agent(self, agents: dict[str, None], agent: Agent) -> None:
        self.agents[agent.key] = agent
        agents[agent.key] = None
