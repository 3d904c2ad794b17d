"""The command ``kg`` in a separate process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path


def kg(
    *arguments: str,
    data: Path | None = None,
    stdin: str = "",
    settings: Mapping[str, str] | None = None,
    preexec_fn: Callable[[], None] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run the command with settings (``KG_...``) in addition to those of this environment."""
    environment = os.environ | ({"KG_DATA": str(data)} if data else {}) | {"COLUMNS": "160"}
    return subprocess.run(
        [sys.executable, "-m", "kg", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=environment | dict(settings or {}),
        input=stdin,
        preexec_fn=preexec_fn,
    )
