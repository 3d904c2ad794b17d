"""A source: how it is described, retrieved and read, and what its loader returns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kg.model.records import Record
from kg.model.sources import NormalizedRow, RejectedRow
from kg.model.state_register import StateRegister
from kg.model.votes import VoteCorrection, VotingEvent


@dataclass
class LoadResult:
    """The records of one source.

    ``events`` come in the order of their keys and may be read once; the fields after it are
    complete only when they have been read. ``corrections`` are corrections of votes that
    delegations announced, in events of any source. ``rows`` counts rows of votes: ``read``, and of
    these ``repeated`` (the same vote as in another row) and ``without a vote``. ``notes`` are
    further counts by name, for the manifest. ``files`` are the files read, where the registry
    entry does not name them.
    """

    records: list[Record] = field(default_factory=list)
    events: Iterable[VotingEvent] = ()
    corrections: list[VoteCorrection] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)
    normalized: list[NormalizedRow] = field(default_factory=list)
    rows: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    files: list[Path] = field(default_factory=list)


#: Reads a source from a folder or a file; the states are those that its rows refer to.
LoadFunction = Callable[[Path, StateRegister], LoadResult]


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
        editions = [*folder.glob(self.pattern), *folder.glob(f"{self.pattern}.gz")]
        return sorted(path for path in editions if path.is_file())


@dataclass(frozen=True)
class Terms:
    """The licence of a source, and whether it allows redistribution."""

    licence: str
    redistributable: bool


@dataclass(frozen=True)
class RegisteredSource:
    """An entry of the registry: everything that the rest of the code knows of a source."""

    name: str
    title: str
    publisher: str
    terms: Terms
    load: LoadFunction
    #: The files read, where they are the same in every edition.
    files: tuple[str, ...] = ()
    #: The files that ``kg fetch`` downloads; none for an embedded source.
    remote: tuple[RemoteFile, ...] = ()
    #: The folder in the package, if the source is embedded.
    embedded_in: Path | None = None
    #: Whether it may be loaded from several places together; such a source has no roll calls.
    additive: bool = False
    #: The rank among sources of roll calls, 1 being the most trusted; None for other sources.
    precedence: int | None = None
    #: The name of the source whose roll calls are found again in this one by month and votes,
    #: because its own symbols are uncertain; empty for most.
    matched_with: str = ""
    #: Whether it is meant to hold every resolution that its body adopted by a recorded vote.
    complete: bool = False
    #: Its own names of columns, where they are not "vote", "date", "session" and "symbol".
    columns: Mapping[str, str] = field(default_factory=dict)
    #: The rules of its loader that read how the source writes, and correct no error.
    conventions: tuple[str, ...] = ()

    @property
    def embedded(self) -> bool:
        """Whether the source is part of the package."""
        return self.embedded_in is not None
