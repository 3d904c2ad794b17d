"""Writing the files of an export: compressed, reproducible and atomic."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final, cast

from kg.errors import KgError
from kg.limits import EXPORT_MEMORY
from kg.release.checksums import sha256
from kg.release.export.table_schema import SEPARATOR, Table

CHECKSUMS_FILE: Final = "SHA256SUMS"
#: The number of bytes read at once.
_BLOCK_BYTES: Final = 1 << 20


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """Provide a path to write to; it is renamed when complete, and removed after an error."""
    part = path.with_name(path.name + ".part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def gzipped(path: Path) -> Iterator[IO[bytes]]:
    """Provide a stream that compresses into a file, without a name or time in its header."""
    with (
        replaced(path) as part,
        part.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=raw, mtime=0) as stream,
    ):
        yield cast("IO[bytes]", stream)


def contents(path: Path) -> Iterator[bytes]:
    """Yield the contents of a file that ``gzipped`` wrote."""
    with gzip.open(path) as stream:
        while block := stream.read(_BLOCK_BYTES):
            yield block


def write_checksums(folder: Path, files: Iterable[Path]) -> Path:
    """Write the SHA-256 of files of a folder in the form that ``sha256sum --check`` reads."""
    path = folder / CHECKSUMS_FILE
    lines = (f"{sha256(file)}  {file.name}\n" for file in files)
    path.write_text("".join(lines), encoding="ascii")
    return path


def read_checksums(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of the files of an export by name, empty if it has no checksums."""
    path = folder / CHECKSUMS_FILE
    lines = path.read_text(encoding="ascii").splitlines() if path.is_file() else []
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def write_csv(table: Table, rows: Iterable[list[str]], path: Path) -> None:
    """Write a table as gzipped CSV with a header; unknown values are empty."""
    with (
        gzipped(path) as stream,
        io.TextIOWrapper(stream, encoding="utf-8", newline="") as text,
    ):
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([column.name for column in table.columns])
        writer.writerows(rows)


def convert_to_parquet(
    table: Table, source: Path, target: Path, metadata: Mapping[str, str]
) -> None:
    """Write a table's CSV file as Parquet, with types and metadata.

    Raises:
        KgError: if a value does not have its column's type, or a file is unusable.
    """
    # Imported here: it takes a tenth of a second, and few commands need it.
    import duckdb  # noqa: PLC0415

    types = ", ".join(
        f"{sql_text(c.name)}: '{'VARCHAR' if c.is_list else c.type}'" for c in table.columns
    )
    values = ", ".join(
        f'coalesce(string_split("{c.name}", {sql_text(SEPARATOR)}), []) AS "{c.name}"'
        if c.is_list
        else f'"{c.name}"'
        for c in table.columns
    )
    pairs = ", ".join(f"{key}: {sql_text(value)}" for key, value in metadata.items())
    with replaced(target) as part, duckdb.connect(config={"threads": 1}) as database:
        # DuckDB may access only the input and output files, whatever the table contains.
        database.execute(f"SET memory_limit = '{EXPORT_MEMORY}'; SET temp_directory = ''")
        database.execute(f"SET allowed_paths = [{sql_text(source)}, {sql_text(part)}]")
        database.execute("SET enable_external_access = false; SET lock_configuration = true")
        # The names are fixed, and paths are quoted.
        try:
            database.execute(
                f"COPY (SELECT {values} FROM read_csv({sql_text(source)}, header = true, "  # noqa: S608
                f"auto_detect = false, delim = ',', quote = '\"', escape = '\"', "
                f"compression = 'gzip', columns = {{{types}}})) "
                f"TO {sql_text(part)} (FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{pairs}}})"
            )
        except duckdb.Error as error:
            raise KgError(f"{target}: cannot be written: {error}") from error


def sql_text(value: object) -> str:
    """Return an SQL string literal."""
    return "'" + str(value).replace("'", "''") + "'"
