"""The union of the records that loaders produce."""

from __future__ import annotations

from kg.model.agents import Agent, GroupMembership
from kg.model.discrepancies import Discrepancy, ReportedContent, ReportedTally, ReportedVote
from kg.model.documents import AgendaItem
from kg.model.ideal_points import IdealPoint
from kg.model.sources import Source
from kg.model.speeches import DebateSpeech, Meeting, MeetingSpeech
from kg.model.statements import (
    CodingRule,
    Correspondence,
    DiplomaticContact,
    Proposal,
    ResolutionContent,
    Statement,
)
from kg.model.states import CouncilMembership, Seat, State, Suspension
from kg.model.votes import Topic

#: Records other than events. They are few and kept in memory, whereas events are streamed.
Record = (
    Source
    | State
    | Seat
    | Suspension
    | CouncilMembership
    | Topic
    | Agent
    | GroupMembership
    | AgendaItem
    | Proposal
    | ResolutionContent
    | Correspondence
    | Statement
    | DebateSpeech
    | Meeting
    | MeetingSpeech
    | IdealPoint
    | DiplomaticContact
    | CodingRule
    | ReportedTally
    | ReportedVote
    | ReportedContent
    | Discrepancy
)
