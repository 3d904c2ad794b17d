"""Every client has the right answer to every operation in every format it reads."""

from __future__ import annotations

import pytest

from tests.e2e.clients.matrix import AT_HAND, INSTALLED, run
from tests.e2e.clients.trials import Client


def _check(client: Client, server: str) -> None:
    if reason := client.missing():
        pytest.skip(reason)
    outcomes = run(client, server)
    assert len(outcomes) == len(client.trials) > 0
    assert [outcome for outcome in outcomes if not outcome.is_right] == []


@pytest.mark.parametrize("client", AT_HAND, ids=lambda client: client.name)
def test_a_client_at_hand_has_the_right_answers(server: str, client: Client) -> None:
    _check(client, server)


@pytest.mark.endurance
@pytest.mark.parametrize("client", INSTALLED, ids=lambda client: client.name)
def test_a_client_to_install_has_the_right_answers(server: str, client: Client) -> None:
    _check(client, server)
