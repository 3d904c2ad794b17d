"""Reading the file of a verbatim record."""

from __future__ import annotations

from pathlib import Path

from kg.errors import SourceError
from kg.sources.verbatim.layout import read_paragraphs
from kg.sources.verbatim.parsed import ParsedRecord
from kg.sources.verbatim.record import read_record


def read_file(path: Path) -> ParsedRecord:
    """Return what the record in a PDF contains.

    Raises:
        SourceError: if the PDF cannot be read or is no verbatim record in English, or if the
            library that reads PDF is not installed.
    """
    try:
        # Few users read PDF, and importing the library takes 50 ms, which all commands would take.
        from kg.sources.verbatim import pdf  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise SourceError(
            f"{path}: reading verbatim records needs the package {error.name}; install "
            "un-votes-kg[verbatim]"
        ) from error
    return read_record(read_paragraphs(pdf.read_lines(path)), str(path))
