"""Ideal points of states by year, estimated from the votes of a release.

Sign and scale are those of Bailey, Strezhnev and Voeten (doi:10.1177/0022002715595700): over all
states and years the mean is 0 and the standard deviation 1, and the United States are positive.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Final

import numpy as np

from kg.analysis.ordinal_model import Posterior, fit
from kg.analysis.sample import sample
from kg.analysis.uncertainty import standard_errors
from kg.analysis.votes import Record
from kg.errors import FileError
from kg.model.ideal_points import IdealPoint, IdealPointModel
from kg.sources.estimated_ideal_points import COLUMNS, source_key

#: The seat with positive ideal points.
_POLE: Final = "USA"
#: The quantile of the normal distribution at 95 percent.
_BOUND: Final = 1.6448536269514722
#: Digits after the point: differences between computers are smaller.
_DIGITS: Final = 4


def estimate(record: Record, model: IdealPointModel) -> Iterator[IdealPoint]:
    """Yield the estimates of a model, by state and year.

    Raises:
        KgError: if no event of the model divided states.
    """
    taken = sample(record, model, _POLE)
    posterior_mode = fit(taken.votes, taken.start)
    errors = standard_errors(Posterior(taken.votes), posterior_mode)
    known = taken.state >= 0
    theta = posterior_mode.theta
    mean, deviation = theta[known].mean(), theta[known].std()
    pole = [row for row in np.flatnonzero(known) if record.seats[taken.state[row]] == _POLE]
    if pole and theta[pole].mean() < mean:
        deviation = -deviation
    theta, errors = (theta - mean) / deviation, errors / abs(deviation)
    source = source_key(record.checksum())
    rows = sorted(np.flatnonzero(known), key=lambda row: (taken.state[row], taken.votes.year[row]))
    for row in rows:
        yield IdealPoint(
            state=record.states[taken.state[row]],
            year=int(taken.votes.year[row]),
            model=model,
            estimate=_text(theta[row]),
            lower=_text(theta[row] - _BOUND * errors[row]),
            upper=_text(theta[row] + _BOUND * errors[row]),
            votes=int(taken.voted[row]),
            source=source,
        )


def write(points: Iterable[IdealPoint], checksum: str, file: Path) -> int:
    """Write estimates as a file of the source ``estimated-ideal-points``; return their number.

    Raises:
        FileError: if the file cannot be written.
    """
    rows = list(points)
    try:
        with file.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(COLUMNS)
            for point in rows:
                numbers = (point.estimate, point.lower, point.upper, point.votes)
                writer.writerow((point.state, point.year, point.model, *numbers, checksum))
    except OSError as error:
        raise FileError(f"{file}: cannot be written: {error}") from error
    return len(rows)


def _text(value: float) -> str:
    """Return a number as a decimal in canonical form: "0.5", and "0" for -0.0."""
    # Adding zero turns -0 into 0.
    return f"{Decimal(f'{value:.{_DIGITS}f}').normalize() + 0:f}"
