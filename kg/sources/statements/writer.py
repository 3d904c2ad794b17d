"""Adding an entry to a file of positions, preserving its comments and order.

The file is written only if all entries, including the new one, satisfy the rules.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from kg import yaml_nodes
from kg.errors import SourceError

#: Checks a file and raises if it breaks a rule.
Check = Callable[[Path], object]


def add(path: Path, section: str, entry: Mapping[str, Any], check: Check) -> int:
    """Write an entry at the end of a section and return its first line.

    ``check`` is called with a file that contains the new text; if it raises, the original file is
    unchanged.

    Raises:
        SourceError: if the file cannot be written, or its section is not a list of lines.
    """
    try:
        text = path.read_text(encoding="utf-8-sig") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path}: {error}") from error
    new, line = _inserted(text, section, _lines(entry), path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(suffix=".yaml", dir=path.parent, prefix=".adding-")
        beside = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(new)
    except OSError as error:
        raise SourceError(f"{path}: {error}") from error
    try:
        check(beside)
        beside.chmod(path.stat().st_mode if path.exists() else 0o644)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return line


def _lines(entry: Mapping[str, Any]) -> list[str]:
    """Return an entry as the lines of a list item, indented by two."""
    text = yaml.safe_dump(
        [dict(entry)], sort_keys=False, allow_unicode=True, width=96, default_flow_style=None
    )
    return [f"  {line}" for line in text.splitlines()]


def _inserted(text: str, section: str, lines: list[str], path: Path) -> tuple[str, int]:
    """Return a text with lines added at the end of a section, and the first added line."""
    old = text.splitlines()
    try:
        node = yaml_nodes.compose(text)
    except yaml.YAMLError as error:
        raise SourceError(f"{path}: not YAML ({error}); correct it first") from error
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        if key.value != section:
            continue
        if not isinstance(value, yaml.SequenceNode) or value.flow_style:
            raise SourceError(
                f"{path}, line {key.start_mark.line + 1}: {section} is not a list of lines that "
                "begin with -; rewrite it, or use another file"
            )
        indent = value.start_mark.column
        # A sequence ends at the next token; blank lines and comments before it stay in place.
        end = value.end_mark.line
        while end > 0 and (not old[end - 1].strip() or old[end - 1].lstrip().startswith("#")):
            end -= 1
        fitting = [" " * indent + line[2:] for line in lines]
        return "\n".join([*old[:end], *fitting, *old[end:]]) + "\n", end + 1
    begun = [*old, *([""] if old else []), f"{section}:"]
    return "\n".join([*begun, *lines]) + "\n", len(begun) + 1
