"""Fixtures of servers with specific settings."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.live import serving
from tests.support.load import Live, Start


@pytest.fixture
def start(embedded: Path) -> Iterator[Start]:
    """Return a function that starts a server with given settings."""
    with contextlib.ExitStack() as stack:

        def start_server(data: Path = embedded, **settings: int) -> Live:
            variables = {f"KG_{name}": value for name, value in settings.items()}
            limits: dict[str, object] = {"KG_WORKERS": 2, "KG_QUERY_TIMEOUT": 60, **variables}
            live = Live(stack.enter_context(serving(data, None, **limits)))
            stack.callback(live.client.close)
            return live

        yield start_server
