"""Notifying the service manager of states."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from kg.web.service_manager import READY, notify


@pytest.mark.parametrize("kind", ["path", "abstract"])
def test_a_state_is_sent_to_the_socket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    address = f"{tmp_path}/socket"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address if kind == "path" else f"\0{address}")
        monkeypatch.setenv("NOTIFY_SOCKET", address if kind == "path" else f"@{address}")
        notify(READY)
        assert manager.recv(100) == b"READY=1"


@pytest.mark.parametrize("address", ["", "nowhere", "/nowhere/at/all"])
def test_without_a_manager_nothing_happens(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    notify(READY)
