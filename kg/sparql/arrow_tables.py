"""Tables of results as streams of Apache Arrow and as Apache Parquet, written batch by batch.

A stream of Arrow ends with a marker, and so does a file of Parquet; but readers of Arrow also take
the end of the input after a whole message for the end. So the first bytes of the next message are
written with each message: a stream that ends early ends in the middle of a message, and every
reader reports it. https://arrow.apache.org/docs/format/Columnar.html#ipc-streaming-format

The library (the extra ``arrow``) is imported when it is first needed.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import IO, TYPE_CHECKING, Final

import pyoxigraph as ox

from kg.errors import QueryError
from kg.sparql.formats import PARQUET, Format
from kg.sparql.result_columns import (
    ANY,
    SUFFIXES,
    ColumnType,
    ResultColumn,
    ResultColumns,
    check_names,
    descriptions,
)

if TYPE_CHECKING:
    from arro3.core import Array, DataType, Field, RecordBatch, Schema

#: Solutions of Oxigraph in a batch.
_BATCH_ROWS: Final = 16_384
#: Rows of a Parquet file that are in memory until they are written.
_ROW_GROUP_ROWS: Final = 131_072
#: The beginning of every message, and the end marker, which is such a beginning and a length of 0.
_CONTINUATION: Final = b"\xff\xff\xff\xff"
_END: Final = _CONTINUATION + bytes(4)
#: Digits of a decimal, and those after the point, as many as Oxigraph has.
_DECIMAL_DIGITS: Final = (38, 18)

_Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None


def table_schema(variables: Sequence[str], columns: ResultColumns) -> Schema:
    """Return the schema of the results of a query.

    Raises:
        QueryError: if two columns would have the same name.
    """
    from arro3.core import DataType, Field, Schema  # noqa: PLC0415 - an extra

    check_names(variables, columns)
    fields: list[Field] = []
    for variable in variables:
        column = columns.get(variable, ANY)
        data_type, metadata = _data_type(column), column.metadata
        fields.append(Field(variable, data_type, nullable=True, metadata=metadata))
        if not column.is_typed:
            fields += [Field(variable + suffix, DataType.utf8()) for suffix in SUFFIXES]
    return Schema(fields)


def _data_type(column: ResultColumn) -> DataType:
    from arro3.core import DataType  # noqa: PLC0415 - an extra

    match column.type:
        case ColumnType.INTEGER:
            return DataType.int64()
        case ColumnType.DECIMAL:
            return DataType.decimal128(*_DECIMAL_DIGITS)
        case ColumnType.DOUBLE:
            return DataType.float64()
        case ColumnType.BOOLEAN:
            return DataType.bool()
        case ColumnType.DATE:
            return DataType.date32()
        case ColumnType.DATE_TIME:
            return DataType.timestamp("us", tz="UTC")
    return DataType.utf8()


def write_solutions(
    solutions: ox.QuerySolutions, columns: ResultColumns, written_in: Format, stream: IO[bytes]
) -> int:
    """Write the solutions of a SELECT to a binary stream; return their number.

    Raises:
        QueryError: if a term does not fit into its column, or two columns have the same name.
        ValueError, OSError, RuntimeError: if the evaluation or the stream fails before the end.
    """
    variables = [variable.value for variable in solutions.variables]
    schema = table_schema(variables, columns)
    types = [columns.get(variable, ANY) for variable in variables]
    return write_batches(_batches(solutions, variables, types, schema), schema, written_in, stream)


def _batches(
    solutions: ox.QuerySolutions,
    variables: list[str],
    types: list[ResultColumn],
    schema: Schema,
) -> Iterator[Sequence[Array]]:
    rows = map(tuple, solutions)
    while batch := list(islice(rows, _BATCH_ROWS)):
        arrays: list[Array] = []
        for variable, column, terms in zip(variables, types, zip(*batch, strict=True), strict=True):
            arrays += _arrays(variable, column, terms, schema)
        yield arrays


def _arrays(
    variable: str, column: ResultColumn, terms: Sequence[_Term], schema: Schema
) -> list[Array]:
    """Return the column or the columns of a variable."""
    from arro3.core import Array, DataType  # noqa: PLC0415 - an extra

    if not column.is_typed:
        return [Array(texts, DataType.utf8()) for texts in descriptions(terms)]
    texts = [None if term is None else _text(variable, column, term) for term in terms]
    return [conform(Array(texts, DataType.utf8()), schema.field(variable))]


def _text(variable: str, column: ResultColumn, term: _Term) -> str:
    """Return the text of a term.

    Raises:
        QueryError: if it is not of the type of the column, which is a mistake in this software.
    """
    if isinstance(term, ox.NamedNode | ox.Literal) and column.holds(term):
        return term.value
    raise QueryError(f"?{variable}: expected only terms of type {column.type}, found {term}")


def conform(array: Array, field: Field) -> Array:
    """Return an array in the type of a field; texts are read as values of that type.

    Decimals may be integers in units of the last digit.

    Raises:
        QueryError: if a text is not a value of the type.
    """
    from arro3.core import Array, DataType  # noqa: PLC0415 - an extra

    if array.type == field.type:
        return array
    if array.type == DataType.decimal128(_DECIMAL_DIGITS[0], 0):
        # The same bytes with another scale.
        return Array.from_arrow_pycapsule(
            field.type.__arrow_c_schema__(), array.__arrow_c_array__()[1]
        )
    values = array.cast(field.type)
    if values.null_count != array.null_count:
        pairs = zip(array.to_pylist(), values.to_pylist(), strict=True)
        text = next(text for text, value in pairs if text is not None and value is None)
        raise QueryError(
            f"?{field.name}: {text} does not fit into its column; select STR(?{field.name}) instead"
        )
    return values


def write_batches(
    batches: Iterable[Sequence[Array]], schema: Schema, written_in: Format, stream: IO[bytes]
) -> int:
    """Write batches of columns to a binary stream; return the number of rows.

    Raises:
        Exception: those of the batches and of the stream.
    """
    writer = _write_parquet if written_in is PARQUET else _write_arrow
    counter = _Counter(batches, schema)
    writer(counter, schema, stream)
    return counter.rows


class _Counter:
    """Record batches, whose rows are counted."""

    def __init__(self, batches: Iterable[Sequence[Array]], schema: Schema) -> None:
        self._batches = batches
        self._schema = schema
        self.rows = 0

    def __iter__(self) -> Iterator[RecordBatch]:
        from arro3.core import RecordBatch  # noqa: PLC0415 - an extra

        for arrays in self._batches:
            if arrays:
                batch = RecordBatch.from_arrays(arrays, schema=self._schema)
                self.rows += batch.num_rows
                yield batch


def _write_arrow(batches: Iterable[RecordBatch], schema: Schema, stream: IO[bytes]) -> None:
    start = _messages([], schema).removesuffix(_END)
    stream.write(start + _CONTINUATION)
    for batch in batches:
        message = _messages([batch], schema).removeprefix(start).removesuffix(_END)
        assert message.startswith(_CONTINUATION)
        stream.write(message[len(_CONTINUATION) :] + _CONTINUATION)
    stream.write(_END[len(_CONTINUATION) :])


def _messages(batches: list[RecordBatch], schema: Schema) -> bytes:
    """Return a whole stream with some batches."""
    from arro3.core import RecordBatchReader  # noqa: PLC0415 - an extra
    from arro3.io import write_ipc_stream  # noqa: PLC0415 - an extra

    buffer = io.BytesIO()
    write_ipc_stream(RecordBatchReader.from_batches(schema, batches), buffer, compression="zstd")
    return buffer.getvalue()


def _write_parquet(batches: Iterable[RecordBatch], schema: Schema, stream: IO[bytes]) -> None:
    from arro3.core import RecordBatchReader  # noqa: PLC0415 - an extra
    from arro3.io import write_parquet  # noqa: PLC0415 - an extra

    written = io.BytesIO()
    errors: list[BaseException] = []

    def pass_on() -> None:
        if content := written.getvalue():
            stream.write(content)
            written.seek(0)
            written.truncate()

    def passing_on() -> Iterator[RecordBatch]:
        # An error here ends the writer; an error of its file would end the process.
        try:
            for batch in batches:
                pass_on()
                yield batch
        except BaseException as error:
            errors.append(error)
            raise

    reader = RecordBatchReader.from_batches(schema, passing_on())
    try:
        write_parquet(reader, written, compression="zstd(1)", max_row_group_size=_ROW_GROUP_ROWS)
    except Exception as error:
        raise (errors[0] if errors else error) from None
    pass_on()
