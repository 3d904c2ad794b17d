"""Writing the tables of dyads: millions of rows, from arrays to gzipped CSV by DuckDB."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from kg.analysis.tables.definitions import (
    CONTESTED,
    DYAD_TOPIC_YEAR,
    DYAD_YEAR,
    MIN_TOPIC_VOTES,
    NON_VOTING,
    POSITIONS,
    cell_name,
    cells,
    non_voting_cells,
)
from kg.analysis.tables.dyads import Dyads, dyads, measures
from kg.analysis.tables.state_codes import StateCodes
from kg.analysis.votes import Integers, Mask, Record
from kg.errors import KgError
from kg.limits import EXPORT_MEMORY
from kg.model.ideal_points import IDEAL_POINT_MODELS
from kg.release.export.files import replaced, sql_text
from kg.release.export.table_schema import Table

#: The columns of which the arrays have the number of a state, or of a topic.
_STATES: Final = ("state1", "state2")
_TOPIC: Final = ("topic", "topicName")
#: The options of a state in ``Dyads.joint``.
_OPTIONS: Final = (*POSITIONS, NON_VOTING)
Columns = dict[str, np.ndarray[Any, Any]]


def write_dyads(
    record: Record, non_voting: tuple[Integers, Integers], codes: StateCodes, path: Path
) -> None:
    """Write the table of a record as gzipped CSV, in the order of votes, year and states.

    Raises:
        KgError: if the file cannot be written.
    """
    parts = (
        _part(pairs) | {"votes": np.full(len(pairs.first), number, dtype=np.int16)}
        for number, model in enumerate(IDEAL_POINT_MODELS)
        for pairs in dyads(record, record.whole | (model == "all votes"), non_voting)
    )
    _write(DYAD_YEAR, record, codes, parts, {"votes": IDEAL_POINT_MODELS}, path)


def write_dyads_by_topic(
    record: Record, topics: Mapping[str, tuple[str, Integers]], codes: StateCodes, path: Path
) -> None:
    """Write the table by topic as gzipped CSV, in the order of topics, year and states.

    ``topics`` has the name and the rows of events of each topic, by its key.

    Raises:
        KgError: if the file cannot be written.
    """
    listed: dict[str, tuple[str, Mask]] = {}
    for key, (name, events) in topics.items():
        counted = np.zeros(len(record.events), dtype=bool)
        counted[events] = record.whole[events]
        if counted.sum() >= MIN_TOPIC_VOTES:
            listed[key] = name, counted
    parts = (
        _counts(pairs)
        | {name: np.full(len(pairs.first), number, dtype=np.int16) for name in _TOPIC}
        for number, (_, counted) in enumerate(listed.values())
        for pairs in dyads(record, counted)
    )
    texts = {"topic": list(listed), "topicName": [name for name, _ in listed.values()]}
    _write(DYAD_TOPIC_YEAR, record, codes, parts, texts, path)


def _write(
    table: Table,
    record: Record,
    codes: StateCodes,
    parts: Iterable[Columns],
    texts: Mapping[str, Sequence[str]],
    path: Path,
) -> None:
    """Write a table from columns of numbers; those of ``texts`` are numbers of these texts."""
    # Imported here: it takes a tenth of a second, and few commands need it.
    import duckdb  # noqa: PLC0415

    columns = _joined(table, list(parts))
    names = {
        "": record.states,
        "Iso3": [codes.iso3(state) for state in record.states],
        "Cow": [codes.cow(state) for state in record.states],
    }
    fixed = {
        f"{column}{suffix}": f"{_list(of_states)}[{column} + 1]"
        for column in _STATES
        for suffix, of_states in names.items()
    } | {name: f'{_list(values)}["{name}" + 1]' for name, values in texts.items()}
    values = ", ".join(
        f'{fixed.get(column.name, _value(column.name, column.type))} AS "{column.name}"'
        for column in table.columns
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


def _part(pairs: Dyads) -> Columns:
    """Return the columns of pairs of states: counts, and the measures."""
    part = _counts(pairs)
    for first, second in non_voting_cells():
        count = pairs.joint[:, _OPTIONS.index(first), _OPTIONS.index(second)]
        part[cell_name(first, second)] = count.astype(np.int16)
    part |= _cells(pairs.contested, CONTESTED)
    for counts, suffix in ((pairs.counts, ""), (pairs.contested, CONTESTED)):
        part |= {name + suffix: value for name, value in measures(counts).items()}
    return part


def _counts(pairs: Dyads) -> Columns:
    """Return the columns of pairs of states with the table of three by three."""
    return {
        "state1": pairs.first.astype(np.int16),
        "state2": pairs.second.astype(np.int16),
        "year": np.full(len(pairs.first), pairs.year, dtype=np.int16),
        **_cells(pairs.counts, ""),
    }


def _cells(counts: Integers, suffix: str) -> Columns:
    columns: Columns = {f"n{suffix}": counts.sum(axis=(1, 2)).astype(np.int16)}
    for first, second in cells(suffix):
        count = counts[:, POSITIONS.index(first), POSITIONS.index(second)]
        columns[cell_name(first, second) + suffix] = count.astype(np.int16)
    return columns


def _joined(table: Table, parts: list[Columns]) -> Columns:
    """Return the columns of all parts; a table without rows has all columns, too."""
    if not parts:
        return {
            column.name: np.zeros(0, dtype=float if column.type == "DOUBLE" else np.int16)
            for column in table.columns
        }
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _value(name: str, type_: str) -> str:
    """Return the expression for a number; an undefined one is unknown."""
    return f"nullif(\"{name}\", 'nan'::DOUBLE)" if type_ == "DOUBLE" else f'"{name}"'


def _list(texts: Sequence[str]) -> str:
    return "[" + ", ".join(sql_text(text) if text else "NULL" for text in texts) + "]"
