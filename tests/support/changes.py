"""Two releases of a small source with corrections in between."""

from __future__ import annotations

from pathlib import Path

from kg.release.release import Release, kept
from tests.support.releases import make_release
from tests.support.unvotes_files import write

_SYMBOLS = {5001: "R/68/100", 5002: "R/68/101", 5003: "R/68/102", 5004: "R/68/103"}
#: 5 December 2013, in days since 1970.
_DAY = 16044


def make_corrected_releases(data: Path) -> None:
    """Build two releases into a data folder, the second one from the first by its differences.

    The later release has another vote of India in the first of four roll calls, another date in the
    second, another symbol in the third, and lacks the fourth.
    """
    source = data / "source"
    data.mkdir()
    _write(source, {rcid: {} for rcid in _SYMBOLS}, "abstain")
    make_release(data, f"unvotes={source}", incremental=True)
    corrected: dict[int, dict[str, object]] = {
        5001: {},
        5002: {"date": _DAY - 60.0},
        5003: {"unres": "R/68/109"},
    }
    _write(source, corrected, "yes")
    make_release(data, f"unvotes={source}", incremental=True)


def corrected_releases(data: Path) -> tuple[Release, Release]:
    """Return the earlier and the later of these releases."""
    later, earlier = kept(data)
    return earlier, later


def _write(folder: Path, calls: dict[int, dict[str, object]], india: str) -> None:
    """Write roll calls with values that differ from the usual, and India's vote in the first."""
    write(
        folder,
        calls=[
            {"rcid": rcid, "unres": _SYMBOLS[rcid], "date": float(_DAY)} | values
            for rcid, values in calls.items()
        ],
        votes=[
            (rcid, country, code, india if (rcid, code) == (5001, "IN") else vote)
            for rcid in calls
            for country, code, vote in (
                ("Ukraine", "UA", "yes"),
                ("Russia", "RU", "no"),
                ("India", "IN", "abstain"),
            )
        ],
        issues=[],
    )
