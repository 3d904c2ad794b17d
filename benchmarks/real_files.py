"""Where the real files are in a folder of real data (docs/how-to/testing.md), by source."""

from __future__ import annotations

from pathlib import Path
from typing import Final

#: The folder of each source that is not embedded.
FOLDERS: Final = {
    "undl-ga": "undl", "undl-sc": "undl", "unvotes": "unvotes", "unsc-votes": "council",
    "dgacm": "unxml", "general-debate": "debates",
    "ideal-points": "idealpoints/voeten-2025-even-years.csv",
}  # fmt: skip


def selectors(folder: Path) -> list[str]:
    """Return what ``--source`` selects for a build of every source, at full size."""
    return ["embedded", *(f"{name}={folder / part}" for name, part in FOLDERS.items())]
