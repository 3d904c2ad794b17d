"""What an incremental build keeps for the next one, beside the releases of a data folder.

These are the facts of the last incremental build in compressed blocks, the events that conform to
the shapes, and what was read from sources (``kg.pipeline.source_cache``). The folder may be
deleted: the next build then does everything. It is not used by another version of the software, for
another base IRI, or if its release is missing or damaged.
"""

from __future__ import annotations

import hashlib
import platform
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

import zstandard
from pydantic import BaseModel, ConfigDict, ValidationError

from kg import resources
from kg.errors import KgError
from kg.pipeline.blocks import Block
from kg.pipeline.conformity import Conformity
from kg.rdf.vocabulary import BASE
from kg.release import integrity, manifest
from kg.release.checksums import sha256_of_texts
from kg.release.release import Release

FOLDER: Final = "build-cache"
_INDEX: Final = "index.json.zst"
_BLOCKS: Final = "blocks.zst"
#: Facts are repetitive: higher levels take longer and save little.
_LEVEL: Final = 1
_LIBRARIES: Final = ("duckdb", "numpy", "pyoxigraph", "pyshacl", "rdflib")


class UnusableCacheError(Exception):
    """The cache cannot be used; the message says why."""


class Index(BaseModel):
    """The index: the range of each compressed block by its digest, and ``Conformity``."""

    model_config = ConfigDict(frozen=True)

    release: str
    software: str
    blocks: dict[str, tuple[int, int]]
    conforming: list[str]
    context: dict[str, str]

    @classmethod
    def read(cls, folder: Path) -> Index:
        """Read the index in the folder of a cache.

        Raises:
            UnusableCacheError: if it is missing or damaged.
        """
        try:
            content = zstandard.ZstdDecompressor().decompress((folder / _INDEX).read_bytes())
            return cls.model_validate_json(content)
        except FileNotFoundError as error:
            raise UnusableCacheError("there is no earlier incremental build") from error
        except (OSError, ValidationError, zstandard.ZstdError) as error:
            raise UnusableCacheError("the cache of the earlier build is damaged") from error


@dataclass(frozen=True)
class BuildCache:
    """The cache of an earlier build, whose release is intact."""

    folder: Path
    release: Release
    blocks: dict[str, tuple[int, int]]
    conformity: Conformity

    def lines(self, digest: str) -> bytes:
        """Return the lines of a block.

        Raises:
            UnusableCacheError: if the cache is damaged.
        """
        try:
            lines = zstandard.ZstdDecompressor().decompress(self.compressed(digest))
        except (OSError, zstandard.ZstdError) as error:
            raise UnusableCacheError(f"the cache cannot be read: {error}") from error
        if hashlib.sha256(lines).hexdigest() != digest:
            raise UnusableCacheError("a block of the cache is damaged")
        return lines

    def compressed(self, digest: str) -> bytes:
        """Return the compressed lines of a block."""
        start, size = self.blocks[digest]
        with (self.folder / _BLOCKS).open("rb") as stream:
            stream.seek(start)
            return stream.read(size)


def read(data: Path, software: str) -> BuildCache:
    """Read the cache of a data folder; ``software`` is the digest of the present software.

    Raises:
        UnusableCacheError: if there is none, or it cannot be used for the next build.
    """
    folder = data / FOLDER
    index = Index.read(folder)
    if index.software != software:
        raise UnusableCacheError("the earlier build used other software or another base IRI")
    release = Release(data / "releases" / index.release)
    if not release.manifest_file.is_file():
        raise UnusableCacheError(f"release {index.release} has been removed")
    try:
        integrity.require_intact(release)
    except KgError as error:
        raise UnusableCacheError(str(error)) from error
    conformity = Conformity(frozenset(index.conforming), index.context)
    return BuildCache(folder, release, index.blocks, conformity)


def write(
    build: Path,
    release: str,
    software: str,
    blocks: Iterable[Block],
    conformity: Conformity,
    earlier: BuildCache | None,
) -> None:
    """Write the cache of a release beside the folder in which it is built.

    Blocks that the earlier cache has are copied from it.
    """
    folder = unfinished(build)
    folder.mkdir(exist_ok=True)
    compressor = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True)
    places: dict[str, tuple[int, int]] = {}
    with (folder / _BLOCKS).open("wb") as stream:
        for block in blocks:
            if block.digest in places:
                continue
            start = stream.tell()
            if earlier and block.digest in earlier.blocks:
                stream.write(earlier.compressed(block.digest))
            else:
                stream.write(compressor.compress(block.lines))
            places[block.digest] = start, stream.tell() - start
    index = Index(
        release=release,
        software=software,
        blocks=places,
        conforming=sorted(conformity.events),
        context=dict(conformity.context),
    )
    (folder / _INDEX).write_bytes(compressor.compress(index.model_dump_json().encode()))


def activate(data: Path, build: Path) -> None:
    """Replace the cache of a data folder by that of a build; if killed in between, it has none."""
    shutil.rmtree(data / FOLDER, ignore_errors=True)
    unfinished(build).rename(data / FOLDER)


def unfinished(build: Path) -> Path:
    """Return a folder beside that of a build, which is removed like it if the build is killed."""
    return build.with_name(f"{build.name}-cache")


def software() -> str:
    """Return the SHA-256 of everything but the sources that determines the facts of a build.

    This is the code, the ontology, the shapes and the queries, the base IRI, the format of releases
    and the versions of libraries. A build asks at its start: files may change while it runs.
    """
    return sha256_of_texts(_software_texts())


def _software_texts() -> Iterable[str]:
    yield from (BASE, str(manifest.FORMAT), platform.python_version(), platform.machine())
    yield from map(version, _LIBRARIES)
    package = resources.DATA.parent
    for path in sorted(package.rglob("*.py")):
        yield path.relative_to(package).as_posix()
        yield path.read_text(encoding="utf-8")
    for folder, suffix in (("ontology", ".ttl"), ("shapes", ".ttl"), ("queries", ".rq")):
        for name, text in resources.texts(folder, suffix).items():
            yield name
            yield text
