"""Writing the tables of a release to a folder, with their codebook and the terms of the sources."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from kg.analysis.tables import rows
from kg.analysis.tables.codebook import codebook
from kg.analysis.tables.definitions import (
    DYAD_TOPIC_YEAR,
    DYAD_YEAR,
    GROUPS,
    SPONSORS,
    STATE_YEAR,
    TABLES,
)
from kg.analysis.tables.dyad_file import write_dyads, write_dyads_by_topic
from kg.analysis.tables.files import CODEBOOK_FILE
from kg.analysis.tables.state_codes import StateCodes
from kg.analysis.votes import (
    Integers,
    Record,
    key_of,
    pairs,
    read_non_voting,
    read_record,
    read_topics,
)
from kg.errors import KgError
from kg.rdf.vocabulary import LABEL_LANGUAGE, SKOS
from kg.release.export import CSVW_SUFFIX, write_metadata
from kg.release.export import write_tables as write_files
from kg.release.export.csvw import csvw_metadata_of_table
from kg.release.export.files import read_checksums, write_checksums, write_csv
from kg.release.export.table_schema import Table
from kg.release.release import Release


def write_tables(release: Release, folder: Path, formats: Iterable[str]) -> list[Path]:
    """Write the tables of a release to a folder as "csv" and "parquet", and return the files.

    Checksums of other files, such as those of an export, are kept.

    Raises:
        KgError: if the folder cannot be written.
    """
    store, manifest = release.open_store(), release.manifest()
    record, codes = read_record(store), StateCodes(store)

    def write(table: Table, file: Path) -> None:
        if table is DYAD_YEAR:
            write_dyads(record, read_non_voting(store, record), codes, file)
        elif table is DYAD_TOPIC_YEAR:
            write_dyads_by_topic(record, _topics(store, record), codes, file)
        elif table is STATE_YEAR:
            write_csv(table, rows.state_years(record, store, codes), file)
        elif table is SPONSORS:
            write_csv(table, rows.sponsors(store, codes), file)
        else:
            assert table is GROUPS
            write_csv(table, rows.memberships(store, codes), file)

    try:
        folder.mkdir(parents=True, exist_ok=True)
        written: list[Path] = write_files(TABLES, write, manifest, folder, set(formats))
        descriptions = {CODEBOOK_FILE: codebook(manifest)} | {
            f"{table.name}{CSVW_SUFFIX}": csvw_metadata_of_table(table, manifest)
            for table in TABLES
        }
        for name, text in descriptions.items():
            written.append(folder / name)
            written[-1].write_text(text, encoding="utf-8")
        written += write_metadata(manifest, store, folder)
        others = {folder / name for name in read_checksums(folder)} - set(written)
        listed = [*written, *sorted(path for path in others if path.is_file())]
        written.append(write_checksums(folder, listed))
    except OSError as error:
        raise KgError(f"{folder}: cannot be written: {error}") from error
    return written


def _topics(store: ox.Store, record: Record) -> dict[str, tuple[str, Integers]]:
    """Return the English name and the rows of events of each topic, by its key."""
    names = {
        topic: label.value
        for topic, label in pairs(store, SKOS.prefLabel)
        if isinstance(label, ox.Literal) and label.language == LABEL_LANGUAGE
    }
    topics = read_topics(store, record)
    return {key_of(topic): (names.get(topic, ""), events) for topic, events in topics.items()}
