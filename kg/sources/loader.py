"""What every loader looks like, and what it hands on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from kg.model.records import Record
from kg.model.sources import NormalizedRow, RejectedRow
from kg.model.state_register import StateRegister
from kg.model.votes import VotingEvent
from kg.resources import DATA


@dataclass
class Loaded:
    """The records of one source.

    ``events`` come in the order of their keys and may be read once; what follows them is complete
    only after they have been read. ``read_by_rule`` are rows that are used although they are not
    as they should be, ``rows`` counts rows of votes: ``read``, and of these ``repeated`` (a vote
    that another row holds too) and ``without a vote``; ``notes`` are counts worth telling, by name.
    ``files`` are the files read where the loader does not name them beforehand.
    """

    records: list[Record] = field(default_factory=list)
    events: Iterable[VotingEvent] = ()
    refused: list[RejectedRow] = field(default_factory=list)
    read_by_rule: list[NormalizedRow] = field(default_factory=list)
    rows: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    files: list[Path] = field(default_factory=list)


#: Reads a source from a folder, or a file where it is one, given the states the rows refer to.
Load = Callable[[Path, StateRegister], Loaded]


@dataclass(frozen=True)
class RemoteFile:
    """A file of a source that can be downloaded.

    ``sha256`` in hexadecimal is empty where the publisher replaces the file from time to time:
    then ``pattern`` matches the names of all editions, ``page`` is where a browser finds them, and
    ``named`` is how a person recognises them.
    """

    name: str
    url: str
    sha256: str = ""
    pattern: str = ""
    page: str = ""
    named: str = ""

    def editions(self, folder: Path) -> list[Path]:
        """Return the files of a folder that have the name of an edition, plain or by gzip."""
        found = [*folder.glob(self.pattern), *folder.glob(f"{self.pattern}.gz")]
        return sorted(path for path in found if path.is_file())


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
    #: Where it lies if it is embedded.
    place: Path = DATA
    #: Whether it may be loaded from several places together; it has no events then.
    adds_up: bool = False
