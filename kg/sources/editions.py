"""Which of several editions of a file in a folder is read: the latest, by the date in its name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple

from kg.errors import SourceError
from kg.sources.loader import RemoteFile

_DATE: Final = re.compile(r"(?<!\d)(\d{4})[_-](\d{1,2})[_-](\d{1,2})(?!\d)")
_CORRECTION: Final = re.compile(r"corr\D?(\d+)", re.IGNORECASE)


class Edition(NamedTuple):
    """The file to read, and a sentence on the choice, empty if there was none."""

    file: Path
    remark: str = ""


def find_edition(path: Path, remote: RemoteFile) -> Edition:
    """Return the file itself, or the latest edition in a folder.

    Raises:
        SourceError: if there is no edition, or the names do not decide which is the latest.
    """
    if path.is_file():
        return Edition(path)
    expected = f"expected a file like {remote.named}, or a folder that contains one"
    if remote.page:
        expected += f"; download it from {remote.page}"
    if not path.exists():
        raise SourceError(f"{path}: no such file or folder; {expected}")
    files = sorted(remote.editions(path), key=_age)
    if not files:
        others = [file.name for file in sorted(path.iterdir()) if file.is_file()]
        found = f"; it contains {', '.join(others[:3])}" if others else ""
        raise SourceError(f"{path}: the folder contains no edition{found}; {expected}")
    *earlier, latest = files
    if not earlier:
        return Edition(latest)
    names = ", ".join(file.name for file in earlier)
    if not _age(earlier[0]) or _age(earlier[-1]) == _age(latest):
        raise SourceError(
            f"{path}: the folder contains {names}, {latest.name}, and their names do not show "
            "which is the latest; pass one of these files"
        )
    return Edition(latest, f"{latest.name} is read, the latest edition in {path}; not {names}")


def _age(file: Path) -> tuple[int, ...]:
    """Return year, month, day and correction from a name; empty without a date."""
    date, correction = _DATE.search(file.name), _CORRECTION.search(file.name)
    if date is None:
        return ()
    return (*map(int, date.groups()), int(correction[1]) if correction else 0)
