"""The lists that accompany the manifest: rejected and normalised rows, and source records.

They are CSV files whose columns are the fields of a record.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import astuple, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO, TypeVar

from kg.errors import ReleaseError
from kg.model.sources import NormalizedRow, RejectedRow, SourceRecord

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

#: The files in the folder of a release.
REJECTED_FILE: Final = "refused.csv"
NORMALIZED_FILE: Final = "readings.csv"
RECORDS_FILE: Final = "records.csv"

_Row = TypeVar("_Row", RejectedRow, NormalizedRow, SourceRecord)


def write(kind: type[_Row], rows: Iterable[_Row], path: Path) -> None:
    """Write rows of one kind."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        write_csv(kind, rows, stream)


def write_csv(
    kind: type[DataclassInstance], rows: Iterable[DataclassInstance], stream: TextIO
) -> None:
    """Write instances of a dataclass as CSV, with its fields as the header."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(field.name for field in fields(kind))
    writer.writerows(astuple(row) for row in rows)


def read(kind: type[_Row], path: Path) -> list[_Row]:
    """Read the rows of one kind.

    Raises:
        ReleaseError: if the file is missing, or an earlier version wrote other columns.
    """
    columns = [field.name for field in fields(kind)]
    rows: list[_Row] = []
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                # A file of an earlier version may lack columns that have a default.
                values: dict[str, Any] = {name: row[name] for name in columns if name in row}
                rows.append(kind(**values | {"row": int(row["row"])}))
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ReleaseError(
            f"{path} cannot be read ({error!r}); run kg build again if an earlier version wrote it"
        ) from error
    return rows
