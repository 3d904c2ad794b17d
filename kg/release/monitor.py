"""Watching the current release of a service for damage."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from kg.errors import ReleaseError
from kg.limits import (
    RELEASE_VERIFICATION_PAUSE_SECONDS,
    RELEASE_VERIFICATION_SECONDS,
    VERIFIED_AT_ONCE_BYTES,
)
from kg.release import integrity, manifest
from kg.release.damage import DamagedFile, DamagedReleaseError
from kg.release.release import Release

_LOG: Final = logging.getLogger("kg.release")
#: The nice value of the thread that reads all files.
_NICE: Final = 19


class ReleaseMonitor:
    """Verifies the checksums of the release that is served, and logs what is damaged.

    When a release becomes current, the sizes of all files and the contents of small ones are
    verified at once, the rest in a thread of low priority. All is verified again every day, and
    after an error that damage may explain.
    """

    def __init__(self, unused: tuple[str, ...] = ()) -> None:
        """Make a monitor; files whose path begins with an ``unused`` prefix may be damaged."""
        self._unused = unused
        self._release: Release | None = None
        self._damage: tuple[DamagedFile, ...] = ()
        #: When all files were last verified, and when they are to be verified again.
        self._begun = self._due = 0.0
        self._thread: threading.Thread | None = None
        #: The reason that was logged last, empty since there is a release again.
        self._reported = ""

    def watch(self, release: Release) -> None:
        """Verify a release if it has just become current, or if that is due again."""
        if release is not self._release:
            self._release, self._reported = release, ""
            self._begin(release)
        elif time.monotonic() >= self._due and not self._is_verifying():
            self._verify_all(release)

    def verify_again(self) -> None:
        """Verify all files soon, because an error has occurred that damage may explain."""
        self._due = min(self._due, self._begun + RELEASE_VERIFICATION_PAUSE_SECONDS)

    def wait(self) -> None:
        """Wait for the end of a verification that is in progress."""
        if self._thread is not None:
            self._thread.join()

    def report(self, error: ReleaseError) -> None:
        """Log why there is no release to serve, once for each reason."""
        if str(error) != self._reported:
            self._reported = str(error)
            _LOG.error("%s", error.for_operator())

    def damage(self, *prefixes: str) -> tuple[DamagedFile, ...]:
        """Return what is known to be damaged, of all files or of those with one of the prefixes."""
        return tuple(
            file for file in self._damage if not prefixes or file.name.startswith(prefixes)
        )

    def require_intact(self, *prefixes: str) -> None:
        """Check that no file whose path begins with one of the prefixes is known to be damaged.

        Raises:
            DamagedReleaseError: if one is.
        """
        damage = self.damage(*prefixes)
        if damage and self._release:
            raise DamagedReleaseError(self._release.name, damage)

    def _begin(self, release: Release) -> None:
        self._damage = ()
        self._record(release, integrity.damaged_files(release, hashed_bytes=VERIFIED_AT_ONCE_BYTES))
        with suppress(ReleaseError):
            content = release.manifest()
            if content.format < manifest.FORMAT:
                _LOG.warning(
                    "release %s has format %d of an earlier version of un-votes-kg: it is served, "
                    "but it has no checksums, and pages lack what that version did not record; "
                    "run kg build to replace it",
                    release.name,
                    content.format,
                )
        self._verify_all(release)

    def _verify_all(self, release: Release) -> None:
        self._begun = time.monotonic()
        self._due = self._begun + RELEASE_VERIFICATION_SECONDS
        self._thread = threading.Thread(
            target=self._verify, args=(release,), name="release-monitor", daemon=True
        )
        self._thread.start()

    def _is_verifying(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def _verify(self, release: Release) -> None:
        if sys.platform == "linux":
            # Only there threads have priorities of their own.
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
        self._record(release, integrity.damaged_files(release))

    def _record(self, release: Release, damage: Iterable[DamagedFile]) -> None:
        try:
            found = tuple(file for file in damage if not file.name.startswith(self._unused))
        except OSError as error:
            # Files are removed while they are read: the next request reports what is missing.
            _LOG.warning("release %s cannot be verified: %s", release.name, error)
            return
        if release is not self._release:
            return
        for file in found:
            if file not in self._damage:
                _LOG.error("release %s is damaged: %s", release.name, file)
        self._damage = found
