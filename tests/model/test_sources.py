"""Rejected rows grouped by record."""

from __future__ import annotations

from dataclasses import replace

from kg.model.sources import RejectedRow, by_record

ROW = RejectedRow(
    "undl-ga", "ga.csv", 2, "no symbol of a document", "S/RES/1(1946)", "A/RES/...", "5"
)


def test_the_rows_of_a_record_are_one() -> None:
    (record,) = by_record(replace(ROW, row=row) for row in range(2, 195))
    assert record.where == "ga.csv, record 5, 193 rows from 2 to 194"
    assert record.row_numbers == "rows 2 to 194"
    assert (record.problem, record.value) == ("no symbol of a document", "S/RES/1(1946)")
    assert record.expected == "A/RES/..."


def test_records_reasons_and_files_are_separate() -> None:
    others = [
        replace(ROW, record="6"),
        replace(ROW, problem="impossible date"),
        replace(ROW, file="other.csv"),
        replace(ROW, source="undl-sc"),
    ]
    assert [record.rows for record in by_record([ROW, *others, ROW])] == [
        (ROW, ROW), *((other,) for other in others)
    ]  # fmt: skip


def test_rows_of_an_unknown_record_are_grouped_by_value() -> None:
    rows = [replace(ROW, row=row, value=value, record="") for row, value in enumerate("aba", 2)]
    assert [(record.value, record.row_numbers) for record in by_record(rows)] == [
        ("a", "rows 2, 4"),
        ("b", "row 3"),
    ]


def test_the_first_values_of_a_record_are_named() -> None:
    rows = [replace(ROW, row=row, value=value) for row, value in enumerate("abcde", 2)]
    (record,) = by_record(rows)
    assert record.value == "a; b; c; and 2 more"
    assert by_record([ROW])[0].where == "ga.csv, row 2"
