"""Ideal points: the positions of states on one dimension, as estimated from their votes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

#: On which votes an estimate is based.
IdealPointModel = Literal["final passage", "all votes"]
IDEAL_POINT_MODELS: Final[tuple[IdealPointModel, ...]] = get_args(IdealPointModel)


@dataclass(frozen=True, slots=True)
class IdealPoint:
    """The ideal point of a state in a year, with the bounds of the interval of 90 percent.

    ``estimate``, ``lower`` and ``upper`` are decimal numbers as the source prints them, on its own
    scale; ``votes`` is the number of votes of the state on which the estimate is based.
    """

    state: str
    year: int
    model: IdealPointModel
    estimate: str
    lower: str
    upper: str
    votes: int
    source: str

    @property
    def key(self) -> str:
        """The last part of its IRI."""
        model = self.model.replace(" ", "-")
        return f"{self.source}-{model}-{self.state}-{self.year}"
