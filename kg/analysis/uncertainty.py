"""Standard errors of ideal points, by Laplace's approximation of the posterior.

The uncertainty of the items is part of them: their parameters are eliminated from the information
matrix, which leaves one dense block for each year, and a diagonal one between adjacent years.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kg.analysis.ordinal_model import (
    CUTPOINT,
    SLOPE,
    WIDTH,
    Floats,
    Parameters,
    Posterior,
)


def standard_errors(posterior: Posterior, now: Parameters) -> Floats:
    """Return the standard error of each ideal point at the mode."""
    votes = posterior.votes
    years = np.unique(votes.year)
    rows = [np.flatnonzero(votes.year == year) for year in years]
    blocks = _blocks(posterior, now, rows)
    links = [_link(posterior, before, after) for before, after in pairwise(rows)]
    forward = [np.zeros_like(blocks[0])]
    for block, link in zip(blocks, links, strict=False):
        forward.append(link.T @ np.linalg.solve(block - forward[-1], link))
    backward = [np.zeros_like(blocks[-1])]
    for block, link in zip(reversed(blocks), reversed(links), strict=False):
        backward.append(link @ np.linalg.solve(block - backward[-1], link.T))
    errors = np.empty(votes.points)
    for these, block, before, after in zip(rows, blocks, forward, reversed(backward), strict=True):
        errors[these] = np.sqrt(np.diag(np.linalg.inv(block - before - after)))
    return errors


def _blocks(
    posterior: Posterior, now: Parameters, rows: list[NDArray[np.int64]]
) -> list[NDArray[np.float64]]:
    """Return the information on the points of each year, without that on items."""
    votes = posterior.votes
    place = np.empty(votes.points, dtype=np.int64)
    for these in rows:
        place[these] = np.arange(len(these))
    diagonal = posterior.first.copy()
    diagonal[:-1] += posterior.step
    diagonal[1:] += posterior.step
    blocks = [np.diag(diagonal[these]) for these in rows]
    uu, uv, vv, shift = posterior.information(now)
    half = np.where(posterior.abstained, np.exp(now.width) / 2, 0.0)
    order = np.argsort(votes.item, kind="stable")
    ends = np.searchsorted(votes.item[order], np.arange(1, votes.items))
    index = {int(year): number for number, year in enumerate(np.unique(votes.year))}
    for item, mine in enumerate(np.split(order, ends)):
        at = votes.point[mine]
        slope, theta, both = now.slope[item], now.theta[at], shift[mine]
        # The information that a shift of both bounds shares with a change of their distance.
        apart = (uu[mine] - vv[mine]) * half[item]
        wide = (uu[mine] - 2 * uv[mine] + vv[mine]) * half[item] ** 2
        own = np.array(
            [
                [(both * theta**2).sum(), -(both * theta).sum(), (apart * theta).sum()],
                [-(both * theta).sum(), both.sum(), -apart.sum()],
                [(apart * theta).sum(), -apart.sum(), wide.sum()],
            ]
        ) + np.diag((1 / SLOPE**2, 1 / CUTPOINT**2, 1 / WIDTH**2))
        shared = slope * np.stack((both * theta, -both, apart))
        block = blocks[index[int(votes.year[at[0]])]]
        here = place[at]
        block[np.ix_(here, here)] -= shared.T @ np.linalg.solve(own, shared)
        block[here, here] += both * slope**2
    return blocks


def _link(
    posterior: Posterior, before: NDArray[np.int64], after: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the information that the points of two adjacent years share."""
    link = np.zeros((len(before), len(after)))
    # The next point of a seat follows it.
    for column, point in enumerate(after):
        row = np.searchsorted(before, point - 1)
        if point and row < len(before) and before[row] == point - 1:
            link[row, column] = -posterior.step[point - 1]
    return link
