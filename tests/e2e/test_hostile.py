"""Hostile requests, in the form that waits for no time limit."""

from __future__ import annotations

import pytest

from tests.e2e.hostile import Target, checks

_CHECKS = checks(short=True)


@pytest.mark.parametrize("name", _CHECKS)
def test_a_hostile_request_gets_a_proper_answer(server: str, name: str) -> None:
    _CHECKS[name](Target(server))
