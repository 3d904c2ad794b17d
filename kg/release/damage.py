"""Damage to a release: the files that are not as its build wrote them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kg.errors import ReleaseError


@dataclass(frozen=True)
class DamagedFile:
    """A file of a release, by its path below the folder of the release, and what is wrong."""

    name: str
    reason: str

    def __str__(self) -> str:
        """Return both; a name with control characters is escaped."""
        return f"{self.name if self.name.isprintable() else ascii(self.name)}: {self.reason}"


class DamagedReleaseError(ReleaseError):
    """Files of a release are missing or damaged; no message contains a path of the machine."""

    def __init__(self, release: str, files: Iterable[DamagedFile]) -> None:
        self.release = release
        self.files = tuple(files)
        super().__init__(f"release {release} is damaged: {'; '.join(map(str, self.files))}")
