"""The rejected and normalised rows of a voting table of the UN Digital Library."""

from __future__ import annotations

from kg.model.sources import NormalizedRow, RejectedRow
from kg.sources.loader import LoadResult
from kg.sources.tables.text import CONTROL
from kg.sources.undl.events import Fault
from kg.sources.undl.rows import PackedTable


class RowLog:
    """Adds rejected and normalised rows of a table to a result, with their place in the file."""

    def __init__(self, source: str, table: PackedTable, loaded: LoadResult) -> None:
        self._source = source
        self._table = table
        self._loaded = loaded

    def reject(self, row: int, fault: Fault) -> None:
        """Note a row that cannot be used."""
        self.reject_line(int(self._table.line_of[row]), fault, self._record(row))

    def reject_line(self, line: int, fault: Fault, record: str = "") -> None:
        """Note a line of the file that cannot be used; ``record`` is empty where unknown."""
        self._loaded.rejected.append(
            RejectedRow(
                source=self._source,
                file=self._table.path.name,
                row=line,
                problem=fault.problem,
                value=fault.value,
                expected=fault.expected,
                record=record,
                column=self._table.recorded.get(fault.column, fault.column),
            )
        )

    def normalize(self, row: int, column: str, value: str, read_as: str, rule: str) -> None:
        """Note a row with a value that a rule normalised."""
        self._loaded.normalized.append(
            NormalizedRow(
                source=self._source,
                file=self._table.path.name,
                row=int(self._table.line_of[row]),
                column=self._table.recorded.get(column, column),
                value=value,
                read_as=read_as,
                rule=rule,
                record=self._record(row),
            )
        )

    def controls(self, detail: int, rows: list[int]) -> None:
        """Note the values of details with control characters, on the first row with them."""
        table = self._table
        first = next(row for row in rows if table.detail_of[row] == detail)
        for column, value in table.details[detail].items():
            if recorded := table.controls.get((detail, column)):
                self.normalize(first, column, recorded, value, CONTROL)

    def _record(self, row: int) -> str:
        return self._table.details[self._table.detail_of[row]]["undl_id"]
