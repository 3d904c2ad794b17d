"""The embedded CSV and YAML files, read with plain Python."""

from __future__ import annotations

import csv
import inspect
from pathlib import Path
from typing import Any, Final

import yaml

from kg.resources import DATA
from kg.sources.registry import SOURCES

#: In C where PyYAML has it: each worker reads the files.
_LOADER: Final = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

Row = dict[str, str]


def table(name: str) -> list[Row]:
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def keys_of_downloaded_sources() -> set[str]:
    """Return the keys in sources.csv that are used by modules of sources that are not embedded."""
    loaders = [source.load for source in SOURCES.values() if not source.embedded]
    files = {Path(inspect.getfile(load)) for load in loaders}
    # A source of one module lies beside those of others.
    paths = {
        path
        for file in files
        for path in (file.parent.glob("*.py") if file.parent.name != "sources" else [file])
    }
    modules = "".join(path.read_text(encoding="utf-8") for path in paths)
    return {row["key"] for row in table("sources") if f'"{row["key"]}"' in modules}


def entries(section: str) -> list[dict[str, Any]]:
    """Return the entries of a section in all embedded files of positions."""
    all_entries = []
    for path in sorted(DATA.rglob("*.yaml")):
        # Every value is kept as the text in the file.
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)
        defaults = content.get("defaults", {})
        all_entries += [defaults | entry for entry in content.get(section, ())]
    return all_entries


STATEMENTS: Final = entries("statements")
