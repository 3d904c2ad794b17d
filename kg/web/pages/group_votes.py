"""The votes of groups in a voting event: how their members of that day voted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.rdf import iris
from kg.web.pages.group_index import Group
from kg.web.pages.positions import VOTING_POSITIONS


@dataclass(frozen=True)
class GroupVote:
    """The members of a group by position; members without a recorded position are in none."""

    group: Group
    #: Keys of states by the style of their position, as in the roll call.
    members: Mapping[str, list[str]]

    @property
    def counts(self) -> dict[str, int]:
        """The number of members by position."""
        return {style: len(keys) for style, keys in self.members.items()}

    @property
    def majority(self) -> str:
        """The position of more than half of the members that voted, empty if there is none."""
        counts = {style: len(self.members[style]) for style, _, _ in VOTING_POSITIONS}
        most = max(counts, key=lambda style: counts[style])
        return most if counts[most] * 2 > sum(counts.values()) else ""

    @property
    def others(self) -> list[tuple[str, str]]:
        """The members that voted otherwise than the majority, each with its position."""
        return [
            (key, style)
            for style, _, _ in VOTING_POSITIONS
            if self.majority and style != self.majority
            for key in self.members[style]
        ]


def group_votes(
    groups: Iterable[Group], voters: Mapping[str, Iterable[str]], day: str
) -> list[GroupVote]:
    """Return the votes of the groups of which a member took part.

    ``voters`` are the keys of states by position, ``day`` the day or month of the vote.
    """
    votes = []
    for group in groups:
        members = group.members_on(day)
        of_group = {
            style: [key for key in keys if iris.state(key) in members]
            for style, keys in voters.items()
        }
        if any(of_group[style] for style, _, _ in VOTING_POSITIONS):
            votes.append(GroupVote(group, of_group))
    return votes
