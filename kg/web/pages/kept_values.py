"""What pages keep of the release that is served, and of the next one while it is prepared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

from kg.engine.interface import PREPARED_RELEASE
from kg.limits import KEPT_NAMES


@dataclass(frozen=True)
class KeptNames:
    """The labels of resources, and the composed names of others, empty without one, by IRI."""

    labels: dict[str, list[ox.Triple]] = field(default_factory=dict)
    composed: dict[str, str] = field(default_factory=dict)


@dataclass
class KeptValues:
    """What pages have read of a release: names, and other values by what reads them."""

    values: dict[object, Any] = field(default_factory=dict)
    _names: KeptNames = field(default_factory=KeptNames)

    @property
    def names(self) -> KeptNames:
        """The names, to add to them; there are not many more than ``KEPT_NAMES``."""
        if len(self._names.labels) > KEPT_NAMES:
            self._names = KeptNames()
        return self._names


class KeptByRelease:
    """The values of the release that is served, and of one that is prepared."""

    def __init__(self) -> None:
        self._by_release: dict[str, KeptValues] = {}

    def of(self, release: str) -> KeptValues:
        """Return the values of a release, by its name."""
        if release not in self._by_release:
            if PREPARED_RELEASE.get() is None:
                # It is served without preparation: the other one is no longer.
                self._by_release.clear()
            self._by_release[release] = KeptValues()
        return self._by_release[release]

    def forget_all_but(self, release: str) -> None:
        """Drop the values of all other releases."""
        self._by_release = {release: self.of(release)}
