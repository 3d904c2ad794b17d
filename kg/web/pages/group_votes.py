"""The votes of groups in a voting event: how their members of that day voted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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


@dataclass(frozen=True)
class MinoritySide:
    """A position that fewer states took than the leading one.

    ``groups`` has its states (keys) by the name of their present regional group, empty for states
    without one.
    """

    style: str
    label: str
    groups: list[tuple[str, list[str]]]

    @property
    def total(self) -> int:
        """The number of states."""
        return sum(len(keys) for _, keys in self.groups)


def minority_sides(
    votes: Iterable[GroupVote], voters: Mapping[str, Sequence[str]]
) -> list[MinoritySide]:
    """Return the positions in the minority, or all if none leads, by regional group."""
    regional = [vote for vote in votes if vote.group.is_regional]
    counts = {style: len(voters[style]) for style, _, _ in VOTING_POSITIONS}
    leading = [style for style, count in counts.items() if count == max(counts.values())]
    sides = []
    for style, label, _ in VOTING_POSITIONS:
        if not counts[style] or leading == [style]:
            continue
        groups = [(vote.group.name, vote.members[style]) for vote in regional]
        grouped = {key for _, keys in groups for key in keys}
        groups.append(("", [key for key in voters[style] if key not in grouped]))
        sides.append(MinoritySide(style, label, [group for group in groups if group[1]]))
    return sides


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
