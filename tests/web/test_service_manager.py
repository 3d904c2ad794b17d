"""Notifying the service manager of states."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import httpx
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


def test_a_server_is_ready_when_its_port_answers(tmp_path: Path, small: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "kg", "serve", "--data", str(small), "--port", str(port)]
    address = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(address))
        environment = os.environ | {"NOTIFY_SOCKET": str(address)}
        with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
            try:
                assert manager.recv(100) == b"READY=1"
                assert httpx.get(f"http://127.0.0.1:{port}/health").is_success
            finally:
                process.terminate()
            assert manager.recv(100) == b"STOPPING=1"
