"""The votes of two periods in a release, by event and seat, with the topics of the events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyoxigraph as ox

from kg.analysis.agenda import read_titles, topics
from kg.analysis.ordinal_model import Integers
from kg.analysis.votes import Record, read_record
from kg.errors import KgError
from kg.model.ideal_points import IdealPointModel
from kg.model.similarity import POSITIONS

#: The option of a seat without a vote.
ABSENT: Final = POSITIONS
Years = tuple[int, int]


@dataclass(frozen=True)
class PeriodVotes:
    """The votes of two periods.

    ``option`` has a row for each event and a column for each seat: 0 (against), 1 (abstaining),
    2 (in favour) or ``ABSENT``. ``period`` (0 or 1) and ``topic`` have a value for each event;
    ``names`` are those of the topics. ``states`` has for each seat the key of the state that voted
    last.
    """

    option: Integers
    period: Integers
    topic: Integers
    names: list[str]
    states: list[str]


def read_periods(
    store: ox.Store, periods: tuple[Years, Years], votes: IdealPointModel
) -> PeriodVotes:
    """Return the votes of the General Assembly in two periods, of first and last year each.

    Raises:
        KgError: if a period has no votes.
    """
    record = read_record(store)
    period = np.full(len(record.events), -1, dtype=np.int64)
    for number, (first, last) in enumerate(periods):
        period[(record.years >= first) & (record.years <= last)] = number
    if votes != "all votes":
        period[~record.whole] = -1
    events = np.flatnonzero(period >= 0)
    for number, (first, last) in enumerate(periods):
        if not (period == number).any():
            raise KgError(f"the release has no votes of the General Assembly in {first}-{last}")
    topic, names = topics(read_titles(store, [record.events[event] for event in events]))
    option, states = _matrix(record, events)
    return PeriodVotes(option, period[events], np.array(topic, dtype=np.int64), names, states)


def _matrix(record: Record, events: Integers) -> tuple[Integers, list[str]]:
    """Return options by event and seat, and the states that voted last in the seats."""
    place = np.full(len(record.events), -1, dtype=np.int64)
    place[events] = np.arange(len(events))
    chosen = place[record.event] >= 0
    row, state, option = place[record.event[chosen]], record.state[chosen], record.option[chosen]
    seats = sorted({record.seats[number] for number in np.unique(state)})
    column_of = {seat: column for column, seat in enumerate(seats)}
    column = np.array([column_of.get(seat, -1) for seat in record.seats], dtype=np.int64)[state]
    matrix = np.full((len(events), len(seats)), ABSENT, dtype=np.int64)
    matrix[row, column] = option
    last = np.zeros(len(seats), dtype=np.int64)
    # In the order of years, so that the state of the last vote remains.
    order = np.argsort(record.years[record.event[chosen]], kind="stable")
    last[column[order]] = state[order]
    return matrix, [record.states[number] for number in last]
