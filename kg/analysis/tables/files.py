"""The files that ``kg tables`` writes, besides those that an export has, too."""

from __future__ import annotations

from typing import Final

from kg.analysis.tables.definitions import TABLES
from kg.release.export import ExportFile, table_files

CODEBOOK_FILE: Final = "CODEBOOK.md"
#: Every such file, by name.
FILES: Final[dict[str, ExportFile]] = {
    file.name: file
    for file in (
        *table_files(TABLES),
        ExportFile(
            CODEBOOK_FILE, "text/markdown; charset=utf-8", "the columns of tables for statistics"
        ),
    )
}
