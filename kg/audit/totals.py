"""Printed totals as evidence for one of two different votes of a state."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Final

import pyoxigraph as ox

from kg.audit.conflicts import Conflict
from kg.model.vote_option import VoteOption
from kg.rdf import iris
from kg.rdf.vocabulary import OPTION_TERMS
from kg.release.store import solution_texts

_TOTALS: Final = """
SELECT ?tally ?event ?property ?printed ?counted WHERE {
  ?tally a unv:ReportedTally ; unv:reports ?event ; prov:wasQuotedFrom ?source ;
    ?property ?printed .
  ?event prov:wasDerivedFrom ?source ; ?property ?counted .
  FILTER (?property IN (PROPERTIES))
}
"""


class PrintedTotals:
    """The printed totals of events, compared with the votes in the graph."""

    def __init__(self, store: ox.Store, conflicts: list[Conflict]) -> None:
        options = {terms.count_property: option for option, terms in OPTION_TERMS.items()}
        properties = ", ".join(f"<{term}>" for term in options)
        #: By event and tally: the number of votes in the graph minus the printed number, by option.
        self._excess: dict[str, dict[str, dict[VoteOption, int]]] = defaultdict(
            lambda: defaultdict(dict)
        )
        query = _TOTALS.replace("PROPERTIES", properties)
        for tally, event, term, printed, counted in solution_texts(store, query):
            key = (iris.parse(event) or ("", event))[1]
            self._excess[key][tally][options[term]] = int(counted) - int(printed)
        self._differing = Counter(
            conflict.event for conflict in conflicts if conflict.aspect == "vote"
        )

    def confirm_accepted(self, conflict: Conflict) -> bool | None:
        """Return whether totals confirm the accepted vote, or the other one; None if neither.

        If several votes of an event differ, totals cannot distinguish them and decide nothing.
        """
        if self._differing[conflict.event] != 1:
            return None
        accepted = VoteOption.from_label(conflict.accepted)
        other = VoteOption.from_label(conflict.other)
        for excess in self._excess[conflict.event].values():
            if not {accepted, other} & excess.keys():
                continue
            if not any(excess.values()):
                return True
            expected = {accepted: 1, other: -1}
            if all(number == expected.get(option, 0) for option, number in excess.items()):
                return False
        return None
