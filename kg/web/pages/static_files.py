"""Static files: style sheet, scripts, icon, and files built from npm packages."""

from __future__ import annotations

import functools
import hashlib
from importlib.resources import files
from pathlib import Path
from typing import Final

STATIC: Final = Path(str(files("kg.web.pages") / "static"))
#: Files that ``frontend/build.py`` builds from npm packages: the editor, and the map's shapes.
BUILT: Final = Path(__file__).parent / "built"


def static_file(name: str) -> Path | None:
    """Return the path of a file by its name, or None if there is no such file."""
    for folder in (STATIC, BUILT):
        path = folder / name
        if path.parent == folder and path.is_file():
            return path
    return None


def has_editor() -> bool:
    """Return whether the editor was built."""
    return (BUILT / "editor.js").is_file()


@functools.cache
def static_tag(name: str) -> str:
    """Return a tag for the URL of a file, so that each version has its own URL."""
    path = static_file(name)
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path else ""
