"""The votes to which ideal points are fitted: those that divide states, by point and event."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kg.analysis.ordinal_model import Floats, Integers, Votes
from kg.analysis.votes import Record
from kg.errors import KgError
from kg.model.ideal_points import IdealPointModel


@dataclass(frozen=True)
class Sample:
    """The votes for a fit; ``state`` has for each point the state of the day, by its row."""

    votes: Votes
    start: Floats
    #: By point: the row of the state that voted last in the year, or -1 in a year without votes.
    state: Integers
    #: By point: the number of votes in the year.
    voted: Integers


def sample(record: Record, model: IdealPointModel, pole: str) -> Sample:
    """Return the votes that a model is fitted to; unanimous events show no difference.

    ``pole`` is the seat at the positive end of the dimension.

    Raises:
        KgError: if no such event divided states.
    """
    divided = record.of_model(model) & record.contested()[record.event]
    if not divided.any():
        raise KgError(
            f"{model}: the release has no vote of the General Assembly that divided states"
        )
    seats = sorted(set(record.seats))
    seat_row = {seat: row for row, seat in enumerate(seats)}
    seat_of = np.array([seat_row[seat] for seat in record.seats], dtype=np.int64)
    seat, year = seat_of[record.state], record.years[record.event]
    point_seats, point_years = _points(seat[divided], year[divided])
    keys = point_seats * 10_000 + point_years
    point = np.searchsorted(keys, seat * 10_000 + year)
    _, item = np.unique(record.event[divided], return_inverse=True)
    votes = Votes(point[divided], item, record.option[divided], point_seats, point_years)
    voted = np.bincount(point[divided], minlength=len(keys))
    state = np.full(len(keys), -1, dtype=np.int64)
    # In the order of events, so that the state of the last vote remains.
    order = np.argsort(record.event[divided], kind="stable")
    state[votes.point[order]] = record.state[divided][order]
    start = _first_component(seat[divided], item, votes.option, len(seats))
    start *= np.sign(start[seat_row[pole]]) if pole in seat_row else 1.0
    return Sample(votes, start[point_seats], state, voted)


def _points(seat: Integers, year: Integers) -> tuple[Integers, Integers]:
    """Return seat and year of each point: all years from the first of a seat to its last."""
    seats: list[int] = []
    years: list[int] = []
    for number in np.unique(seat):
        own = year[seat == number]
        span = range(int(own.min()), int(own.max()) + 1)
        seats += [int(number)] * len(span)
        years += span
    return np.array(seats, dtype=np.int64), np.array(years, dtype=np.int64)


def _first_component(seat: Integers, item: Integers, option: Integers, seats: int) -> Floats:
    """Return the first principal component of the votes by seat, with deviation 1."""
    items = int(item.max()) + 1
    mean = np.bincount(item, option, items) / np.bincount(item, minlength=items)
    table = np.zeros((items, seats))
    table[item, seat] = option - mean[item]
    cast = np.zeros((items, seats))
    cast[item, seat] = 1.0
    together = table.T @ table / np.maximum(cast.T @ cast, 1)
    component: Floats = np.linalg.eigh(together)[1][:, -1]
    component /= component.std()
    return component
