"""A dynamic ordinal item-response model of votes, fitted to its posterior mode.

State i has the ideal point θ(i, t) in year t, and item j a slope β(j) and two cutpoints. With Φ the
normal distribution function, the probability that the vote is at least an abstention is
Φ(β θ - c + w/2), and that it is in favour Φ(β θ - c - w/2), where w = exp(d) is the width of the
abstention. θ is a random walk from year to year. Bailey, Strezhnev and Voeten
(doi:10.1177/0022002715595700) describe such a model; priors and computation here are our own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cholesky_banded, solve_banded
from scipy.optimize import minimize
from scipy.special import log_ndtr

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: The standard deviation of the walk of an ideal point in one year.
WALK: Final = 0.1
#: The standard deviations of the normal priors: of the first ideal point of a seat, of slopes, of
#: the middle of the cutpoints, and of the logarithm of the width between them.
FIRST, SLOPE, CUTPOINT, WIDTH = 1.0, 1.0, 3.0, 1.0
#: Iterations of the optimizer with one scaling of the parameters, and how often it is scaled anew.
_ITERATIONS: Final = (30, 60, 400)
_LOG_ROOT: Final = 0.5 * np.log(2 * np.pi)


@dataclass(frozen=True)
class Votes:
    """Votes for a fit: for each one the row of its point and of its item, and its option.

    ``option`` is 0 (against), 1 (abstaining) or 2 (in favour). Points are in the order of ``seat``
    and then ``year``; these two have an entry for each point.
    """

    point: Integers
    item: Integers
    option: Integers
    seat: Integers
    year: Integers

    @property
    def points(self) -> int:
        """The number of points."""
        return len(self.seat)

    @property
    def items(self) -> int:
        """The number of items."""
        return int(self.item.max()) + 1


@dataclass(frozen=True)
class Parameters:
    """The parameters of the model: ideal points by point; slopes, middles, widths by item."""

    theta: Floats
    slope: Floats
    middle: Floats
    width: Floats


class Posterior:
    """The posterior of the parameters; its negative logarithm is minimized."""

    def __init__(self, votes: Votes, walk: float = WALK) -> None:
        self.votes = votes
        self._chosen = [np.flatnonzero(votes.option == option) for option in range(3)]
        same = votes.seat[1:] == votes.seat[:-1]
        gaps = np.where(same, votes.year[1:] - votes.year[:-1], 1)
        #: The precision of the step from each point to the next one, 0 after the last of a seat.
        self.step = np.where(same, 1 / (walk**2 * gaps), 0.0)
        #: The precision of the prior of the first point of each seat.
        self.first = np.concatenate(([1.0], np.where(same, 0.0, 1.0))) / FIRST**2
        # An item on which nobody abstained has no width.
        self.abstained = np.bincount(votes.item[self._chosen[1]], minlength=votes.items) > 0

    def split(self, x: Floats) -> Parameters:
        """Return the parameters in a vector."""
        points, items = self.votes.points, self.votes.items
        return Parameters(x[:points], *x[points:].reshape(3, items))

    def __call__(self, x: Floats) -> tuple[float, Floats]:
        """Return the negative logarithm of the posterior density and its gradient."""
        now, votes = self.split(x), self.votes
        loss, upper, lower = self._likelihood(now)
        both, apart = upper + lower, upper - lower
        slopes, thetas = now.slope[votes.item], now.theta[votes.point]
        half = np.where(self.abstained, np.exp(now.width) / 2, 0.0)
        gradient: Floats = np.concatenate(
            (
                -np.bincount(votes.point, both * slopes, votes.points),
                -np.bincount(votes.item, both * thetas, votes.items),
                np.bincount(votes.item, both, votes.items),
                -np.bincount(votes.item, apart, votes.items) * half,
            )
        )
        steps = np.diff(now.theta)
        gradient[: votes.points] += now.theta * self.first
        gradient[1 : votes.points] += steps * self.step
        gradient[: votes.points - 1] -= steps * self.step
        loss += float((now.theta**2 * self.first).sum() + (steps**2 * self.step).sum()) / 2
        start = votes.points
        for values, deviation in (
            (now.slope, SLOPE),
            (now.middle, CUTPOINT),
            (now.width, WIDTH),
        ):
            loss += float((values**2).sum()) / (2 * deviation**2)
            gradient[start : start + votes.items] += values / deviation**2
            start += votes.items
        return loss, gradient

    def _bounds(self, now: Parameters) -> tuple[Floats, Floats]:
        """Return the arguments of Φ of each vote: at least abstaining, and in favour."""
        item = self.votes.item
        centre = now.slope[item] * now.theta[self.votes.point] - now.middle[item]
        half = np.where(self.abstained, np.exp(now.width) / 2, 0.0)[item]
        return centre + half, centre - half

    def _likelihood(self, now: Parameters) -> tuple[float, Floats, Floats]:
        """Return the loss of the votes, and the derivatives of log p by both arguments."""
        above, below = self._bounds(now)
        upper, lower = np.zeros_like(above), np.zeros_like(above)
        against, abstaining, favour = self._chosen
        log_p = log_ndtr(-above[against])
        loss = -log_p.sum()
        upper[against] = -np.exp(_log_density(above[against]) - log_p)
        log_p = log_ndtr(below[favour])
        loss -= log_p.sum()
        lower[favour] = np.exp(_log_density(below[favour]) - log_p)
        u, v = above[abstaining], below[abstaining]
        # In the tail where both values of Φ are small, so that the difference is exact.
        swap = u + v > 0
        u, v = np.where(swap, -v, u), np.where(swap, -u, v)
        high = log_ndtr(u)
        log_p = high + np.log1p(-np.exp(log_ndtr(v) - high))
        loss -= log_p.sum()
        du, dv = np.exp(_log_density(u) - log_p), -np.exp(_log_density(v) - log_p)
        upper[abstaining], lower[abstaining] = np.where(swap, -dv, du), np.where(swap, -du, dv)
        return float(loss), upper, lower

    def information(self, now: Parameters) -> tuple[Floats, Floats, Floats, Floats]:
        """Return the expected information of each vote.

        The three entries of its matrix by the two arguments of Φ (both above, above and below, both
        below), and their sum, which is the information of a shift of both.
        """
        above, below = self._bounds(now)
        p0, p2 = np.exp(log_ndtr(-above)), np.exp(log_ndtr(below))
        p1 = np.maximum(1 - p0 - p2, 1e-12)
        du, dv = np.exp(_log_density(above)), np.exp(_log_density(below))
        open_ = self.abstained[self.votes.item]
        uu = np.where(open_, du**2 * (1 / np.maximum(p0, 1e-12) + 1 / p1), 0.0)
        vv = np.where(open_, dv**2 * (1 / np.maximum(p2, 1e-12) + 1 / p1), 0.0)
        uv = np.where(open_, -du * dv / p1, 0.0)
        single = du**2 / np.maximum(p0 * (1 - p0), 1e-12)
        return uu, uv, vv, np.where(open_, uu + 2 * uv + vv, single)


def fit(votes: Votes, start: Floats, walk: float = WALK) -> Parameters:
    """Return the parameters at the mode of the posterior.

    ``start`` has an ideal point for each point, to begin with: its signs settle the direction.
    """
    posterior = Posterior(votes, walk)
    x = np.concatenate((start, np.zeros(3 * votes.items)))
    # Slopes in the direction of the start; all others at their prior means.
    lean = np.bincount(votes.item, start[votes.point] * (votes.option - 1.0), votes.items)
    count = np.bincount(votes.item, minlength=votes.items)
    level = np.bincount(votes.item, votes.option - 1.0, votes.items) / count
    mean = np.bincount(votes.item, start[votes.point], votes.items) / count
    x[votes.points : votes.points + votes.items] = 0.5 * np.sign(lean - level * mean * count)
    for iterations in _ITERATIONS:
        scaled = _scaling(posterior, x)

        def objective(z: Floats, scaled: _Scaling = scaled) -> tuple[float, Floats]:
            loss, gradient = posterior(scaled.parameters(z))
            return loss, scaled.gradient(gradient)

        result = minimize(
            objective,
            scaled.inverse(x),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": iterations, "maxcor": 20, "ftol": 1e-11, "gtol": 1e-2},
        )
        x = scaled.parameters(result.x)
    return posterior.split(x)


@dataclass(frozen=True)
class _Scaling:
    """Parameters in which the posterior has about the same curvature everywhere."""

    parameters: Callable[[Floats], Floats]
    inverse: Callable[[Floats], Floats]
    gradient: Callable[[Floats], Floats]


def _scaling(posterior: Posterior, x: Floats) -> _Scaling:
    """Scale by the curvature: points by the Cholesky factor of each seat, items one by one."""
    votes, now = posterior.votes, posterior.split(x)
    *_, shift = posterior.information(now)
    slopes, thetas = now.slope[votes.item], now.theta[votes.point]
    points = votes.points
    diagonal = np.bincount(votes.point, shift * slopes**2, points) + posterior.first
    diagonal[:-1] += posterior.step
    diagonal[1:] += posterior.step
    factor = cholesky_banded(
        np.vstack((np.concatenate(([0.0], -posterior.step)), diagonal)), check_finite=False
    )
    half = np.where(posterior.abstained, np.exp(now.width) / 2, 0.0)[votes.item]
    items = np.sqrt(
        np.concatenate(
            [
                np.bincount(votes.item, shift * by**2, votes.items) + 1 / deviation**2
                for by, deviation in ((thetas, SLOPE), (1.0, CUTPOINT), (half, WIDTH))
            ]
        )
    )
    transposed = np.vstack((factor[1], np.concatenate((factor[0, 1:], [0.0]))))

    def parameters(z: Floats) -> Floats:
        theta = solve_banded((0, 1), factor, z[:points], check_finite=False)
        return np.concatenate((theta, z[points:] / items))

    def inverse(y: Floats) -> Floats:
        z = factor[1] * y[:points]
        z[:-1] += factor[0, 1:] * y[1:points]
        return np.concatenate((z, y[points:] * items))

    def gradient(g: Floats) -> Floats:
        return np.concatenate(
            (solve_banded((1, 0), transposed, g[:points], check_finite=False), g[points:] / items)
        )

    return _Scaling(parameters, inverse, gradient)


def _log_density(values: Floats) -> Floats:
    """Return the logarithm of the normal density."""
    logarithm: Floats = -0.5 * values**2 - _LOG_ROOT
    return logarithm
