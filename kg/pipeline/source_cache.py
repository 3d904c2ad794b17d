"""Sources whose files have not changed are not read again by an incremental build.

The result of a loader is kept under the digest of everything that determines it: the files of the
source, the states, the tables of the package, and the software. It is kept as a pickle, because it
consists of many kinds of records: like the releases beside it, it must be written by trusted users
only.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import zstandard

from kg import resources
from kg.model.state_register import StateRegister
from kg.release.checksums import sha256, sha256_of_texts
from kg.sources.loader import LoadResult
from kg.sources.selection import SourceSelection

#: The results are repetitive: higher levels take longer and save little.
_LEVEL: Final = 1


class SourceCache:
    """The results of the loaders of sources that are downloaded."""

    def __init__(
        self, earlier: Path, folder: Path, software: str, selections: Sequence[SourceSelection]
    ) -> None:
        """Use the results in the folder of an earlier cache, and keep all in another one.

        ``software`` is the digest of the software, ``selections`` are all sources of the build.
        """
        self._earlier, self._folder = earlier, folder
        states = (s.places for s in selections if s.source.name == "states")
        tables = [path for path in sorted(resources.DATA.iterdir()) if path.is_file()]
        places = [place for of_source in states for place in of_source]
        self._common = sha256_of_texts([software, *_texts([*places, *tables])])

    def load(self, selection: SourceSelection, register: StateRegister) -> LoadResult:
        """Return the result of the loader of a source, with all its events.

        Raises:
            SourceError: if a location does not contain the source.
        """
        if not selection.source.remote:
            return selection.load(register)
        digest = sha256_of_texts([self._common, selection.source.name, *_texts(selection.places)])
        name = f"{selection.source.name}-{digest[:32]}.pickle.zst"
        try:
            compressed = (self._earlier / name).read_bytes()
            content = zstandard.ZstdDecompressor().decompress(compressed)
        except (OSError, zstandard.ZstdError):
            result = selection.load(register)
            result.events = list(result.events)
            content = pickle.dumps(result, pickle.HIGHEST_PROTOCOL)
            compressor = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True)
            compressed = compressor.compress(content)
        else:
            result = pickle.loads(content)  # noqa: S301 - see the docstring of the module
            assert isinstance(result, LoadResult)
        self._folder.mkdir(exist_ok=True)
        (self._folder / name).write_bytes(compressed)
        return result


def _texts(places: Iterable[Path]) -> Iterator[str]:
    """Yield what determines the content of files and folders."""
    for place in places:
        yield str(place)
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file():
                yield path.relative_to(place).as_posix()
                yield sha256(path)
