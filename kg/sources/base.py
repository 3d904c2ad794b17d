"""What every loader looks like, and what it hands on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from kg.records import Record, RefusedRow, VotingEvent
from kg.states import StateRegister


@dataclass
class Loaded:
    """The records of one source.

    ``events`` come in the order of their keys and may be read once; ``refused`` and ``notes``
    (counts worth telling, by name) are complete only after the events have been read.
    """

    records: list[Record] = field(default_factory=list)
    events: Iterable[VotingEvent] = ()
    refused: list[RefusedRow] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)


#: Reads a source from a folder, given the states the rows refer to.
Load = Callable[[Path, StateRegister], Loaded]


@dataclass(frozen=True)
class RemoteFile:
    """A file of a source that can be downloaded; ``sha256`` in hexadecimal."""

    name: str
    url: str
    sha256: str


@dataclass(frozen=True)
class Loader:
    """A source by name: how it is described, where it comes from, how it is read."""

    name: str
    title: str
    publisher: str
    licence: str
    load: Load
    embedded: bool
    files: tuple[str, ...]
    remote: tuple[RemoteFile, ...] = ()
    #: Whether the terms of the source allow passing it on.
    redistributable: bool = True
