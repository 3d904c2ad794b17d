"""Dumps of a release: RDF and tables, with the data dictionary and the terms of the sources.

Two exports of one release are identical byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pyoxigraph as ox

from kg.errors import KgError
from kg.rdf.vocabulary import PREFIXES
from kg.release.export.csvw import csvw_metadata, csvw_metadata_of_table, parquet_metadata
from kg.release.export.deposit import citation, datacite
from kg.release.export.dictionary import dictionary
from kg.release.export.files import (
    CHECKSUMS_FILE,
    convert_to_parquet,
    gzipped,
    write_checksums,
    write_csv,
)
from kg.release.export.licence_terms import licence_terms
from kg.release.export.row_reader import RowReader
from kg.release.export.table_schema import TABLES, Table
from kg.release.manifest import Manifest
from kg.release.release import Release

FORMATS: Final = ("nquads", "turtle", "csv", "parquet")
TERMS_FILE: Final = "TERMS.md"
DICTIONARY_FILE: Final = "DICTIONARY.md"
DATACITE_FILE: Final = "datacite.json"
CITATION_FILE: Final = "CITATION.cff"
#: The name under which CSVW looks for the metadata of the tables of a folder.
CSVW_FILE: Final = "csv-metadata.json"
#: The end of the name under which it looks for the metadata of a table.
CSVW_SUFFIX: Final = ".csv-metadata.json"


@dataclass(frozen=True)
class ExportFile:
    """A file that an export may write."""

    name: str
    media_type: str
    holds: str
    #: Whether it is RDF, of the whole release or of its facts.
    rdf: bool = False
    #: The media type of its contents, if it is compressed.
    contents: str = ""

    @property
    def content_type(self) -> str:
        """The media type of its contents, without compression."""
        return self.contents or self.media_type


def table_files(tables: Iterable[Table]) -> list[ExportFile]:
    """Return the files of tables: CSV, Parquet and the description of the CSV file."""
    csv_files = [
        ExportFile(f"{t.name}.csv.gz", "application/gzip", f"{t.name}, as CSV", contents="text/csv")
        for t in tables
    ]
    parquet = [
        ExportFile(f"{t.name}.parquet", "application/vnd.apache.parquet", f"{t.name}, as Parquet")
        for t in tables
    ]
    descriptions = [
        ExportFile(
            f"{t.name}{CSVW_SUFFIX}",
            "application/csvm+json",
            f"{t.name}.csv, described in CSV on the Web",
        )
        for t in tables
    ]
    return [*csv_files, *parquet, *descriptions]


_NQUADS: Final = ExportFile(
    "un-votes.nq.gz",
    "application/gzip",
    "everything, as N-Quads",
    rdf=True,
    contents="application/n-quads",
)
_TURTLE: Final = ExportFile(
    "un-votes.ttl.gz",
    "application/gzip",
    "the facts, without ontology, shapes and report, as Turtle",
    rdf=True,
    contents="text/turtle",
)
#: Every file that an export may contain, by name.
FILES: Final[dict[str, ExportFile]] = {
    file.name: file
    for file in (
        _NQUADS,
        _TURTLE,
        *table_files(TABLES),
        ExportFile(DICTIONARY_FILE, "text/markdown; charset=utf-8", "the meaning of each column"),
        ExportFile(TERMS_FILE, "text/markdown; charset=utf-8", "the terms of the sources"),
        ExportFile(DATACITE_FILE, "application/json", "metadata for a deposit, as DataCite JSON"),
        ExportFile(CITATION_FILE, "text/yaml; charset=utf-8", "how to cite this release"),
        ExportFile(CSVW_FILE, "application/csvm+json", "the tables, described in CSV on the Web"),
        ExportFile(CHECKSUMS_FILE, "text/plain; charset=utf-8", "the SHA-256 of each file"),
    )
}


def export(release: Release, folder: Path, formats: Iterable[str]) -> list[Path]:
    """Write a release to a folder in some formats, with its licence terms, and return the files.

    Raises:
        KgError: if the folder cannot be written, or a value does not have its column's type.
    """
    wanted = set(formats)
    store = release.open_store()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        written = []
        if "nquads" in wanted:
            written.append(folder / _NQUADS.name)
            with gzipped(written[-1]) as stream:
                store.dump(stream, ox.RdfFormat.N_QUADS)
        if "turtle" in wanted:
            written.append(folder / _TURTLE.name)
            with gzipped(written[-1]) as stream:
                facts = ox.DefaultGraph()
                store.dump(stream, ox.RdfFormat.TURTLE, from_graph=facts, prefixes=PREFIXES)
        if wanted & {"csv", "parquet"}:
            reader = RowReader(store)
            written += write_tables(
                TABLES,
                lambda table, file: write_csv(table, reader.rows(table), file),
                release.manifest(),
                folder,
                wanted,
            )
            for name, text in _descriptions(release.manifest()).items():
                written.append(folder / name)
                written[-1].write_text(text, encoding="utf-8")
        written += write_metadata(release.manifest(), store, folder)
        written.append(write_checksums(folder, written))
    except OSError as error:
        raise KgError(f"{folder}: cannot be written: {error}") from error
    return written


def _descriptions(manifest: Manifest) -> dict[str, str]:
    """Return what describes the tables, by the name of the file."""
    return {
        DICTIONARY_FILE: dictionary(),
        CSVW_FILE: csvw_metadata(manifest),
        **{f"{t.name}{CSVW_SUFFIX}": csvw_metadata_of_table(t, manifest) for t in TABLES},
    }


def write_metadata(manifest: Manifest, store: ox.Store, folder: Path) -> list[Path]:
    """Write what accompanies the files of an export: the terms, deposit metadata and citation."""
    texts = {
        TERMS_FILE: licence_terms(manifest, store),
        DATACITE_FILE: datacite(manifest, store),
        CITATION_FILE: citation(manifest),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return [folder / name for name in texts]


def write_tables(
    tables: Sequence[Table],
    write: Callable[[Table, Path], None],
    manifest: Manifest,
    folder: Path,
    formats: set[str],
) -> list[Path]:
    """Write tables to a folder as "csv" and "parquet", and return the files.

    ``write`` writes a table as gzipped CSV.
    """
    written = []
    with TemporaryDirectory(dir=folder, prefix=".tables-") as temporary:
        for table in tables:
            name = f"{table.name}.csv.gz"
            # Parquet is converted from the CSV file, which is kept only if requested.
            csv_file = (folder if "csv" in formats else Path(temporary)) / name
            write(table, csv_file)
            if "csv" in formats:
                written.append(csv_file)
            if "parquet" in formats:
                written.append(folder / f"{table.name}.parquet")
                metadata = parquet_metadata(table, manifest)
                convert_to_parquet(table, csv_file, written[-1], metadata)
    return written
