"""Adding to events the suspensions that explain non-voting, and corrections of votes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from kg.model.states import Suspension
from kg.model.vote_option import VoteOption
from kg.model.votes import MergedEvent, VoteCorrection


class VoteRemarks:
    """The suspensions and corrections of a build, by the votes they explain."""

    def __init__(
        self, suspensions: Iterable[Suspension], corrections: Iterable[VoteCorrection]
    ) -> None:
        self._suspensions: dict[str, list[Suspension]] = defaultdict(list)
        for suspension in suspensions:
            self._suspensions[suspension.state].append(suspension)
        self._corrections: dict[str, list[VoteCorrection]] = defaultdict(list)
        for correction in corrections:
            self._corrections[correction.event].append(correction)

    def annotate(self, merged: MergedEvent) -> MergedEvent:
        """Return an event with remarks on its votes, which remain as recorded.

        A suspension explains why a state is recorded as non-voting in the General Assembly on a
        known day. A correction that equals the recorded vote is ignored.
        """
        event = merged.event
        corrections = {
            correction.state: correction
            for correction in self._corrections.get(event.key, ())
            if event.votes.get(correction.state, correction.intended) != correction.intended
        }
        return replace(merged, suspensions=self._explaining(merged), corrections=corrections)

    def _explaining(self, merged: MergedEvent) -> dict[str, str]:
        event = merged.event
        if event.body != "GeneralAssembly" or not event.day:
            return {}
        return {
            state: suspension.key
            for state, suspensions in self._suspensions.items()
            if event.votes.get(state) is VoteOption.NON_VOTING
            for suspension in suspensions
            if suspension.is_on(event.day)
        }
