"""Compressed files that would expand to gigabytes are refused; no test unpacks more than 16 MB."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from kg.errors import FetchError, QueryError, SourceError
from kg.model.state_register import StateRegister
from kg.sources import archives
from kg.sources.dgacm import loader as dgacm
from kg.sources.general_debate.spreadsheet import read_first_sheet
from kg.sources.r_data import read_table
from kg.sparql.saved_queries import parse

#: 16 MiB of zeros, and a byte: more than is allowed without regard to the compressed size.
_ZEROS: Final = bytes(2**24 + 1)


def _zip(folder: Path, name: str) -> Path:
    path = folder / "archive.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, _ZEROS)
    return path


def _documents(path: Path, states: StateRegister) -> None:
    list(dgacm.load(path, states).events)


def _sheet(path: Path, _: StateRegister) -> None:
    list(read_first_sheet(path))


@pytest.mark.parametrize("read", [_documents, _sheet])
def test_an_archive_that_expands_too_much_is_refused(
    tmp_path: Path, states: StateRegister, read: Callable[[Path, StateRegister], None]
) -> None:
    with pytest.raises(SourceError, match=r"its [\d,]+ bytes expand to more than 16,777,216"):
        read(_zip(tmp_path, "data_extract/79.json"), states)


def test_a_downloaded_archive_that_expands_too_much_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="expand to more than"):
        archives.verify(_zip(tmp_path, "a.xml"), "0" * 40)


def test_r_data_that_expand_too_much_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "un_votes.rda"
    path.write_bytes(gzip.compress(_ZEROS))
    with pytest.raises(SourceError, match=r"un_votes\.rda: its [\d,]+ bytes expand to more than"):
        read_table(path, "un_votes")


def test_aliases_in_the_header_of_a_query_are_refused() -> None:
    header = "#+ summary: &a [x, x]\n#+ description: [*a, *a]\nSELECT * {}\n"
    with pytest.raises(QueryError, match=r"aliases \(\*name\) are not supported"):
        parse("query", header)
