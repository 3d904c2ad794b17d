"""Writing the table ``dyad_year``: millions of rows, from arrays to gzipped CSV by DuckDB."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np

from kg.analysis.tables.definitions import (
    CONTESTED,
    DYAD_YEAR,
    POSITIONS,
    cell_name,
    cells,
)
from kg.analysis.tables.dyads import dyads, measures
from kg.analysis.tables.state_codes import StateCodes
from kg.analysis.votes import Record
from kg.errors import KgError
from kg.limits import EXPORT_MEMORY
from kg.model.ideal_points import IDEAL_POINT_MODELS
from kg.release.export.files import replaced, sql_text

#: The columns of which the arrays have the number of a state, or of a kind of votes.
_STATES: Final = ("state1", "state2")
Columns = dict[str, np.ndarray[Any, Any]]


def write_dyads(record: Record, codes: StateCodes, path: Path) -> None:
    """Write the table of a record as gzipped CSV, in the order of votes, year and states.

    Raises:
        KgError: if the file cannot be written.
    """
    # Imported here: it takes a tenth of a second, and few commands need it.
    import duckdb  # noqa: PLC0415

    columns = _columns(record)
    names = {
        "": record.states,
        "Iso3": [codes.iso3(state) for state in record.states],
        "Cow": [codes.cow(state) for state in record.states],
    }
    fixed = {
        f"{column}{suffix}": f"{_list(texts)}[{column} + 1]"
        for column in _STATES
        for suffix, texts in names.items()
    } | {"votes": f"{_list(IDEAL_POINT_MODELS)}[votes + 1]"}
    values = ", ".join(
        f'{fixed.get(column.name, _value(column.name, column.type))} AS "{column.name}"'
        for column in DYAD_YEAR.columns
    )
    with replaced(path) as part, duckdb.connect(config={"threads": 1}) as database:
        database.execute(f"SET memory_limit = '{EXPORT_MEMORY}'; SET temp_directory = ''")
        database.execute(f"SET allowed_paths = [{sql_text(part)}]")
        database.execute("SET enable_external_access = false")
        database.register("dyads", columns)
        database.execute("SET lock_configuration = true")
        try:
            database.execute(
                f"COPY (SELECT {values} FROM dyads) "  # noqa: S608 - names are fixed, texts quoted
                f"TO {sql_text(part)} (FORMAT csv, HEADER, COMPRESSION gzip)"
            )
        except duckdb.Error as error:
            raise KgError(f"{path}: cannot be written: {error}") from error


def _columns(record: Record) -> Columns:
    """Return the columns of numbers; states and votes are numbers of theirs."""
    parts: list[Columns] = []
    for number, model in enumerate(IDEAL_POINT_MODELS):
        for pairs in dyads(record, model):
            ones = np.ones(len(pairs.first), dtype=np.int16)
            part: Columns = {
                "state1": pairs.first.astype(np.int16),
                "state2": pairs.second.astype(np.int16),
                "year": pairs.year * ones,
                "votes": number * ones,
            }
            for counts, suffix in ((pairs.counts, ""), (pairs.contested, CONTESTED)):
                part[f"n{suffix}"] = counts.sum(axis=(1, 2)).astype(np.int16)
                for first, second in cells(suffix):
                    count = counts[:, POSITIONS.index(first), POSITIONS.index(second)]
                    part[cell_name(first, second) + suffix] = count.astype(np.int16)
                part |= {name + suffix: value for name, value in measures(counts).items()}
            parts.append(part)
    if not parts:
        return {
            column.name: np.zeros(0, dtype=float if column.type == "DOUBLE" else np.int16)
            for column in DYAD_YEAR.columns
        }
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _value(name: str, type_: str) -> str:
    """Return the expression for a number; an undefined one is unknown."""
    return f"nullif(\"{name}\", 'nan'::DOUBLE)" if type_ == "DOUBLE" else f'"{name}"'


def _list(texts: list[str] | tuple[str, ...]) -> str:
    return "[" + ", ".join(sql_text(text) if text else "NULL" for text in texts) + "]"
