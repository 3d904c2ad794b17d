"""The description of a source, and the result of its loader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kg.model.documents import Draft
from kg.model.records import Record
from kg.model.sources import NormalizedRow, RejectedRow
from kg.model.state_register import StateRegister
from kg.model.votes import VoteCorrection, VotingEvent


@dataclass
class LoadResult:
    """The records of one source.

    ``events`` are in the order of their keys and may be read once; the fields after it are
    complete only when all events have been read. ``drafts`` may have several records of one draft,
    which are merged with those of other sources. ``corrections`` are corrections of votes announced
    by delegations, in events of any source. ``rows`` counts rows of votes: ``read``, and among
    these ``repeated`` (the same vote as in another row) and ``without a vote``. ``notes`` are
    further counts by name, for the manifest. ``files`` are the files read, where the registry
    entry does not list them. ``remarks`` are sentences for the user on these files: the edition, or
    which of several was taken.
    """

    records: list[Record] = field(default_factory=list)
    events: Iterable[VotingEvent] = ()
    drafts: list[Draft] = field(default_factory=list)
    corrections: list[VoteCorrection] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)
    normalized: list[NormalizedRow] = field(default_factory=list)
    rows: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    files: list[Path] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


#: Reads a source from a folder or a file; the register contains the states its rows refer to.
LoadFunction = Callable[[Path, StateRegister], LoadResult]


@dataclass(frozen=True)
class FileShape:
    """What shows of which source a file or folder is, even if it is damaged.

    ``columns`` are those of a text, ``tables`` those of R data by name, ``names`` the members of an
    archive, the paths in a folder, or the name of a text.
    """

    path: Path
    columns: frozenset[str] = frozenset()
    tables: Mapping[str, frozenset[str]] = field(default_factory=dict)
    names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class RemoteFile:
    """A file of a source that can be downloaded.

    ``url`` is empty if the file has no address of its own and must be downloaded by hand.
    ``commit`` is the commit, perhaps abbreviated, of a repository whose zip this is: a server makes
    it anew for each request, of files that do not change, so that the checksums of these files are
    recorded instead of one of the zip.
    ``sha256``, in hexadecimal, is empty where the publisher replaces the file from time to time.
    In that case ``pattern`` matches the names of all editions, ``page`` is the web page that offers
    them, and ``named`` describes the names to people.
    """

    name: str
    url: str
    sha256: str = ""
    pattern: str = ""
    page: str = ""
    named: str = ""
    commit: str = ""

    def editions(self, folder: Path) -> list[Path]:
        """Return the files of a folder whose names match an edition, uncompressed or gzipped."""
        editions = [*folder.glob(self.pattern), *folder.glob(f"{self.pattern}.gz")]
        return sorted(path for path in editions if path.is_file())


@dataclass(frozen=True)
class Terms:
    """The licence of a source, and whether it allows redistribution."""

    licence: str
    redistributable: bool


@dataclass(frozen=True)
class RegisteredSource:
    """An entry of the registry: everything that the rest of the code knows about a source."""

    name: str
    title: str
    publisher: str
    terms: Terms
    load: LoadFunction
    #: Whether a file or folder is of this source, by its shape; None for embedded sources.
    recognizes: Callable[[FileShape], bool] | None = None
    #: The files read, if they are the same in every edition.
    files: tuple[str, ...] = ()
    #: The files that ``kg fetch`` downloads; none for an embedded source.
    remote: tuple[RemoteFile, ...] = ()
    #: The folder in the package, if the source is embedded.
    embedded_in: Path | None = None
    #: Whether it may be loaded from several places at once; such a source has no roll calls.
    additive: bool = False
    #: The rank among sources of roll calls, where 1 is the most trusted; None for other sources.
    precedence: int | None = None
    #: The names of the sources whose roll calls are matched with those of this one by month and
    #: votes, because this source's symbols are uncertain, the most trusted first; none for most.
    matched_with: tuple[str, ...] = ()
    #: The name of the source that numbers the same roll calls in the same way, if any.
    numbered_as: str = ""
    #: Whether it should contain every resolution that its body adopted by a recorded vote.
    complete: bool = False
    #: Whether its roll calls were chosen, so that it covers no period whole.
    selective: bool = False
    #: Its own column names, where these are not "vote", "date", "session" and "symbol".
    columns: Mapping[str, str] = field(default_factory=dict)
    #: The rules of its loader that only interpret the source's notation and correct no error.
    conventions: tuple[str, ...] = ()

    @property
    def embedded(self) -> bool:
        """Whether the source is part of the package."""
        return self.embedded_in is not None

    @property
    def has_addresses(self) -> bool:
        """Whether all files that ``kg fetch`` would download have an address."""
        return all(file.url for file in self.remote)
