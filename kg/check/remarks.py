"""What the record says of a roll call beside its votes: corrections, suspensions, other sources."""

from __future__ import annotations

from dataclasses import dataclass, field

from kg.model.vote_option import VoteOption


@dataclass(slots=True)
class Remarks:
    """What sources print of a roll call that is not its record.

    ``intended`` are votes that delegations later stated to have intended, ``suspended`` the states
    that could not vote, both by the keys of states. ``others`` are the votes of states in which a
    source of the record differs from the others, by the title of the source, ``days`` other days.
    """

    intended: dict[str, VoteOption] = field(default_factory=dict)
    suspended: set[str] = field(default_factory=set)
    others: dict[str, dict[str, VoteOption]] = field(default_factory=dict)
    days: dict[str, str] = field(default_factory=dict)

    def enter(self, aspect: str, state: str, value: str, source: str) -> None:
        """Add a remark: an aspect of a discrepancy, ``intended`` or ``suspended``."""
        option = next((option for option in VoteOption if option.label == value), None)
        if aspect == "suspended":
            self.suspended.add(state)
        elif aspect == "date":
            self.days[source] = value
        elif aspect == "intended" and option:
            self.intended[state] = option
        elif aspect == "vote" and option and state:
            self.others.setdefault(source, {})[state] = option
