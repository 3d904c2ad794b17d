"""Measures of similarity beside published examples."""

from __future__ import annotations

from typing import Final

import pytest

from kg.model.similarity import MEASURES, VoteTable

#: The roll calls of 1946 on which the United States (rows) and Mexico voted, as in the R package
#: unvotes: the data set usamex46 of the R package fpsim.
UNITED_STATES_AND_MEXICO: Final = VoteTable((17, 2, 5, 0, 0, 2, 9, 1, 2))
#: Commitments (0 to 3) of Germany and Russia to each European state in 1914, and the state's share
#: of capabilities in hundredths: Signorino and Ritter (1999, Table 6, doi 10.1111/0020-8833.00113)
#: as the data set gmyrus14 of fpsim has it. Thirteen states have no commitment of either.
COMMITMENTS: Final = (
    *((3, 0, 25), (0, 3, 21), (0, 1, 20), (0, 3, 8), (3, 0, 8), (3, 1, 5), (3, 0, 1)),
    *((0, 0, 3), (0, 0, 3), (0, 0, 2), (0, 0, 1), (0, 0, 1), (0, 0, 1), (0, 0, 1)),
    *((0, 0, 0),) * 6,
)


def value(measure: str, table: VoteTable) -> float:
    value = MEASURES[measure].value(table)
    assert value is not None
    return float(value)


def test_nominal_kappa_is_that_of_the_example_of_cohen() -> None:
    """As Cohen (1968, https://doi.org/10.1037/h0026256) has it: the manual of psych quotes both."""
    diagnoses = VoteTable((88, 14, 18, 10, 40, 10, 2, 6, 12))
    assert diagnoses.shared == 200
    assert f"{value('kappa-nominal', diagnoses):.3f}" == "0.492"


@pytest.mark.parametrize(
    ("measure", "published"), [("kappa", -0.01222707), ("pi-nominal", -0.02775801)]
)
def test_chance_corrected_measures_of_roll_calls_are_those_of_fpsim(
    measure: str, published: float
) -> None:
    """The examples of https://svmiller.com/fpsim/reference/cohenk.html and spi.html."""
    assert UNITED_STATES_AND_MEXICO.shared == 38
    assert value(measure, UNITED_STATES_AND_MEXICO) == pytest.approx(published, abs=5e-9)


def test_pi_of_alliances_is_that_of_fpsim() -> None:
    """Nominal pi knows no distances: the three commitments that occur are as good as positions."""
    place = {0: 0, 1: 1, 3: 2}
    table = VoteTable.total(
        VoteTable.of_vote(place[german], place[russian]) for german, russian, _ in COMMITMENTS
    )
    assert value("pi-nominal", table) == pytest.approx(-0.04477612, abs=5e-9)


def test_s_is_that_of_the_example_of_signorino_and_ritter() -> None:
    """S of Germany and Russia is 0.40, and -0.46 where states count by their capabilities.

    S with absolute distances is a mean over votes, so that a distance of one or two thirds is the
    mean of three votes: two half opposed, and one that is identical or opposed.
    """
    yes, abstaining, no = range(3)
    same, half, opposed = (VoteTable.of_vote(yes, other) for other in (yes, abstaining, no))
    votes = {0: (same,) * 3, 1: (same, half, half), 2: (opposed, half, half), 3: (opposed,) * 3}
    for weighted, published in ((False, 0.40), (True, -0.46)):
        table = VoteTable.total(
            vote
            for german, russian, capabilities in COMMITMENTS
            for vote in votes[abs(german - russian)] * (capabilities if weighted else 1)
        )
        assert value("s-absolute", table) == pytest.approx(published)
