"""Which sources a build loads, and from where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kg import resources
from kg.errors import SourceError
from kg.sources import LOADERS
from kg.sources.base import Loader


@dataclass(frozen=True)
class Chosen:
    """A source to load and the folder to load it from."""

    loader: Loader
    folder: Path


def choose(names: Iterable[str], data: Path) -> list[Chosen]:
    """Return the sources named by ``NAME`` or ``NAME=PATH``, the states always first.

    Without names it is the embedded sources; ``embedded`` stands for all of these. A source that
    is not embedded lies where ``kg fetch`` puts it, unless a path is given.

    Raises:
        SourceError: if a name is unknown or the path of ``embedded`` is given.
    """
    folders: dict[str, Path] = {"states": resources.DATA}
    for text in names or ("embedded",):
        name, _, path = text.partition("=")
        if name == "embedded" and not path:
            folders |= {n: resources.DATA for n, loader in LOADERS.items() if loader.embedded}
        elif name in LOADERS:
            default = resources.DATA if LOADERS[name].embedded else fetched(data, name)
            folders[name] = Path(path) if path else default
        else:
            known = ", ".join(["embedded", *LOADERS])
            raise SourceError(f"--source {text}: no such source; expected one of {known}")
    return [Chosen(LOADERS[name], folders[name]) for name in LOADERS if name in folders]


def fetched(data: Path, name: str) -> Path:
    """Return the folder that ``kg fetch`` puts a source in."""
    return data / "sources" / name
