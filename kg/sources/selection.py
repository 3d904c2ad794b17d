"""The sources that a build loads, and their locations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kg.errors import SourceError
from kg.model.state_register import StateRegister
from kg.sources import states
from kg.sources.download import is_fetched
from kg.sources.loader import LoadResult, RegisteredSource
from kg.sources.registry import SOURCES

#: The source to which all others refer; it is always loaded.
_STATES = "states"


@dataclass(frozen=True)
class SourceSelection:
    """A source to load and its locations: folders or files."""

    source: RegisteredSource
    places: tuple[Path, ...]

    @property
    def embedded(self) -> bool:
        """Whether only the embedded data of the source is loaded."""
        return self.places == (self.source.embedded_in,)

    def load(self, register: StateRegister) -> LoadResult:
        """Return the records of the source from all its locations.

        Raises:
            SourceError: if a location does not contain the source.
        """
        first, *others = (self.source.load(place, register) for place in self.places)
        for other in others:
            first.records += other.records
            first.files += other.files
        return first


def select_sources(names: Iterable[str], data: Path) -> list[SourceSelection]:
    """Return the sources named by ``NAME`` or ``NAME=PATH``, the states always first.

    Without names, the embedded sources are selected; ``embedded`` selects all of these. A source
    that is not embedded is read from where ``kg fetch`` stores it, unless a path is given. An
    additive source is loaded from all locations given for it; any other source from the last one.

    Raises:
        SourceError: if a name is unknown or a path is given for ``embedded``.
    """
    places: dict[str, list[Path]] = {}
    _add_place(places, SOURCES[_STATES], _default_place(SOURCES[_STATES], data))
    for text in names or ("embedded",):
        name, _, path = text.partition("=")
        if name == "embedded" and not path:
            for source in SOURCES.values():
                if source.embedded_in:
                    _add_place(places, source, source.embedded_in)
        elif name in SOURCES:
            source = SOURCES[name]
            _add_place(places, source, Path(path) if path else _default_place(source, data))
        else:
            known = ", ".join(["embedded", *SOURCES])
            raise SourceError(f"--source {text}: no such source; expected one of {known}")
    return [
        SourceSelection(source, tuple(places[name]))
        for name, source in SOURCES.items()
        if name in places
    ]


@dataclass(frozen=True)
class OpenSelection:
    """The sources of the open release, and the sources that it lacks.

    ``withheld`` are those whose terms do not allow redistribution, ``missing`` those that have not
    been downloaded.
    """

    selections: list[SourceSelection]
    withheld: list[RegisteredSource]
    missing: list[RegisteredSource]


def select_open(data: Path) -> OpenSelection:
    """Return every source that is present and whose terms allow redistribution.

    A source is present if it is embedded, or if its folder in ``data`` is as ``kg fetch`` leaves
    it.
    """
    permitted = [source for source in SOURCES.values() if source.terms.redistributable]
    present = [
        source
        for source in permitted
        if source.embedded or is_fetched(source, fetch_folder(data, source.name))
    ]
    return OpenSelection(
        selections=[SourceSelection(s, (_default_place(s, data),)) for s in present],
        withheld=[s for s in SOURCES.values() if not s.terms.redistributable],
        missing=[s for s in permitted if s not in present],
    )


def read_state_register(selections: Iterable[SourceSelection]) -> StateRegister:
    """Return the register of the states to which the other sources refer.

    Raises:
        SourceError: if its tables are unusable.
    """
    (place,) = next(
        selection.places for selection in selections if selection.source.name == _STATES
    )
    return states.read_register(place)


def fetch_folder(data: Path, name: str) -> Path:
    """Return the folder in which ``kg fetch`` stores a source."""
    return data / "sources" / name


def _default_place(source: RegisteredSource, data: Path) -> Path:
    return source.embedded_in or fetch_folder(data, source.name)


def _add_place(places: dict[str, list[Path]], source: RegisteredSource, place: Path) -> None:
    if source.additive:
        named = places.setdefault(source.name, [])
        named += [] if place in named else [place]
    else:
        places[source.name] = [place]
