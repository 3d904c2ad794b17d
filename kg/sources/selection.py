"""Which sources a build loads, and from where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kg import resources
from kg.errors import SourceError
from kg.model.state_register import StateRegister
from kg.sources.loader import Loaded, Loader
from kg.sources.registry import LOADERS


@dataclass(frozen=True)
class Chosen:
    """A source to load and the places to load it from: folders, or files where it is one."""

    loader: Loader
    places: tuple[Path, ...]

    @property
    def embedded(self) -> bool:
        """Whether nothing but what is embedded is loaded."""
        return self.loader.embedded and self.places == (self.loader.place,)

    def load(self, states: StateRegister) -> Loaded:
        """Return the records of the source, from all its places.

        Raises:
            SourceError: if one of them is not what it should be.
        """
        first, *others = (self.loader.load(place, states) for place in self.places)
        for other in others:
            first.records += other.records
            first.files += other.files
        return first


def choose(names: Iterable[str], data: Path) -> list[Chosen]:
    """Return the sources named by ``NAME`` or ``NAME=PATH``, the states always first.

    Without names it is the embedded sources; ``embedded`` stands for all of these. A source that
    is not embedded lies where ``kg fetch`` puts it, unless a path is given. Of a source that adds
    up, all places are loaded that are named, what is embedded among them; of any other, the last.

    Raises:
        SourceError: if a name is unknown or the path of ``embedded`` is given.
    """
    places: dict[str, list[Path]] = {"states": [resources.DATA]}
    for text in names or ("embedded",):
        name, _, path = text.partition("=")
        if name == "embedded" and not path:
            for loader in LOADERS.values():
                if loader.embedded:
                    _name(places, loader, loader.place)
        elif name in LOADERS:
            loader = LOADERS[name]
            default = loader.place if loader.embedded else fetched(data, name)
            _name(places, loader, Path(path) if path else default)
        else:
            known = ", ".join(["embedded", *LOADERS])
            raise SourceError(f"--source {text}: no such source; expected one of {known}")
    return [Chosen(LOADERS[name], tuple(places[name])) for name in LOADERS if name in places]


def _name(places: dict[str, list[Path]], loader: Loader, place: Path) -> None:
    if loader.adds_up:
        named = places.setdefault(loader.name, [])
        named += [] if place in named else [place]
    else:
        places[loader.name] = [place]


def fetched(data: Path, name: str) -> Path:
    """Return the folder that ``kg fetch`` puts a source in."""
    return data / "sources" / name
