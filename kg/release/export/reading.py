"""How to read the tables so that codes survive: ``NA`` is Namibia, and ``004`` is no number.

The lines are part of the data dictionary; tests run those of pandas, R and DuckDB.
"""

from __future__ import annotations

from kg.release.export.table_schema import STATES, VOTES, Table


def reading_section() -> list[str]:
    """Return the section of the dictionary on reading the tables, as lines of Markdown."""
    return [
        "## Reading the tables",
        "",
        "The ISO code of Namibia is `NA`, which pandas and R take for a missing value, and the M49 "
        "code of Afghanistan is `004`, which programs that guess types take for the number 4. "
        "`csv-metadata.json`, and `NAME.csv-metadata.json` beside each table, state the type of "
        "each column (CSV on the Web). Keys of states are ISO 3166-1 alpha-3 codes, except those "
        "of seven former states (the column `iso3` of `states`).",
        "",
        "pandas:",
        *_block("python", "import pandas as pd", pandas_line(STATES), pandas_line(VOTES)),
        "R:",
        *_block("r", r_line(STATES), r_line(VOTES)),
        "DuckDB:",
        *_block("sql", duckdb_line(STATES), duckdb_line(VOTES)),
        "Excel changes codes and dates if it opens a CSV file directly. Decompress the file, "
        "choose Data, Get Data, Blank Query, Advanced Editor, and paste this; all columns are then "
        "text:",
        *_block("powerquery", *excel_lines(STATES)),
        "Parquet files have types, so that they can be read without such settings.",
    ]


def pandas_line(table: Table) -> str:
    """Return the statement that reads a table with pandas."""
    types = ", ".join(f'"{name}": "string"' for name in _codes(table))
    days = ", ".join(f'"{column.name}"' for column in table.columns if column.type == "DATE")
    return (
        f'{table.name} = pd.read_csv("{table.name}.csv.gz", keep_default_na=False, na_values=[""],'
        f' dtype={{{types}}}, parse_dates=[{days}], dtype_backend="numpy_nullable")'
    )


def r_line(table: Table) -> str:
    """Return the statement that reads a table with R."""
    types = [f'{name} = "character"' for name in _codes(table)]
    types += [f'{column.name} = "Date"' for column in table.columns if column.type == "DATE"]
    return (
        f'{table.name} <- read.csv(gzfile("{table.name}.csv.gz"), na.strings = "", '
        f'encoding = "UTF-8", colClasses = c({", ".join(types)}))'
    )


def duckdb_line(table: Table) -> str:
    """Return the statement that reads a table with DuckDB."""
    types = ", ".join(f"'{name}': 'VARCHAR'" for name in _codes(table))
    return (
        f"CREATE TABLE {table.name} AS FROM read_csv('{table.name}.csv.gz', types = {{{types}}});"
    )


def excel_lines(table: Table) -> tuple[str, ...]:
    """Return the query that reads a decompressed table with Excel (Power Query)."""
    return (
        "let",
        f'  Source = Csv.Document(File.Contents("C:\\Data\\{table.name}.csv"), '
        '[Delimiter = ",", Encoding = 65001, QuoteStyle = QuoteStyle.Csv]),',
        "  Table = Table.PromoteHeaders(Source, [PromoteAllScalars = true])",
        "in",
        "  Table",
    )


def _codes(table: Table) -> list[str]:
    """Return the columns of codes, whose type is not to be guessed."""
    return [column.name for column in table.columns if column.pattern]


def _block(language: str, *lines: str) -> list[str]:
    return ["", f"```{language}", *lines, "```", ""]
