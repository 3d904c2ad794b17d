"""Measures of similarity beside published examples."""

from __future__ import annotations

from kg.model.similarity import MEASURES, VoteTable


def test_nominal_kappa_is_that_of_the_example_of_cohen() -> None:
    """As Cohen (1968, https://doi.org/10.1037/h0026256) has it: the manual of psych quotes both."""
    diagnoses = VoteTable((88, 14, 18, 10, 40, 10, 2, 6, 12))
    assert diagnoses.shared == 200
    value = MEASURES["kappa-nominal"].value(diagnoses)
    assert value is not None
    assert f"{float(value):.3f}" == "0.492"
