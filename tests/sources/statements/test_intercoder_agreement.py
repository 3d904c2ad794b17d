"""Intercoder agreement on stances: the blind sheet and the reported agreement."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from kg.sources.statements.intercoder_agreement import COLUMNS, NONE, kappa
from tests.support.command import kg
from tests.support.embedded_files import STATEMENTS

#: Statements with a subject, and their stances.
OURS = {
    statement["key"]: statement.get("stance", NONE)
    for statement in STATEMENTS
    if "about" in statement or "towards" in statement
}


def sheet() -> list[dict[str, str]]:
    printed = kg("coding", "sheet")
    assert printed.returncode == 0, printed.stderr
    return list(csv.DictReader(io.StringIO(printed.stdout)))


def filled(path: Path, stances: dict[str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS)
        writer.writeheader()
        for row in sheet():
            stance = stances.get(row["statement"], "")
            writer.writerow(row | {"stance": stance, "reason": "so it seems"})
    return path


def test_the_sheet_contains_every_statement_without_its_stance() -> None:
    rows = sheet()
    assert {row["statement"] for row in rows} == OURS.keys()
    assert all(row["stance"] == row["reason"] == "" for row in rows)
    assert all(row["said"] and row["towards"] and row["source"] for row in rows)
    words = " ".join(value for row in rows for value in row.values())
    assert not {"supportive", "critical", "reserved"} & set(words.split())


def test_agreement_is_counted_and_differences_are_listed(tmp_path: Path) -> None:
    same = kg("coding", "compare", str(filled(tmp_path / "same.csv", OURS)))
    assert same.stdout == f"{len(OURS)} of {len(OURS)} statements are coded alike\n" + (
        "Cohen's kappa: 1.00\n"
    )
    changed = OURS | {"irn-es-11-6-polarize": "reserved", "chn-12-point-release": ""}
    other = kg("coding", "compare", str(filled(tmp_path / "other.csv", changed))).stdout
    assert f"{len(OURS) - 2} of {len(OURS) - 1} statements are coded alike" in other
    assert "irn-es-11-6-polarize: coded critical, in the sheet reserved (so it seems)" in other
    assert "not coded in the sheet: chn-12-point-release" in other


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("nobody,angry", "row 2: 'nobody' is not a statement of the sheet"),
        ("irn-es-11-6-polarize,angry", "column stance: 'angry' is not one of supportive"),
    ],
)
def test_an_unusable_sheet_is_reported(tmp_path: Path, row: str, message: str) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text(f"statement,stance\n{row}\n", encoding="utf-8")
    result = kg("coding", "compare", str(path))
    assert result.returncode == 1
    assert message in result.stderr


def test_kappa_of_known_tables() -> None:
    # Cohen's own measure by hand: 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no give 0.4.
    pairs = 20 * [("y", "y")] + 5 * [("y", "n")] + 10 * [("n", "y")] + 15 * [("n", "n")]
    assert kappa(pairs) == pytest.approx(0.4)
    assert kappa([("y", "n"), ("n", "y")]) == pytest.approx(-1)
    assert kappa([("y", "y")]) is None
    assert kappa([]) is None
