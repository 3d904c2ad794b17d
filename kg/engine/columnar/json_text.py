"""An SQL macro that escapes JSON strings."""

from __future__ import annotations

from typing import Final

#: The statement that creates the macro, needed on every connection. DuckDB's own function is the
#: shortest to plan, which counts in queries with many columns; its quotation marks are removed.
JSON_TEXT: Final = (
    "CREATE TEMP MACRO json_text(x) AS array_slice(CAST(to_json(x) AS VARCHAR), 2, -2)"
)
