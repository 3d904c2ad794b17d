"""Intercoder agreement on stances and correspondences: blind sheets, reported agreement."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
import yaml

from kg.resources import DATA
from kg.sources.statements.intercoder_agreement import COLUMNS, NONE, kappa
from tests.support.command import kg
from tests.support.embedded_files import STATEMENTS
from tests.support.paths import ROOT

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


SECOND_READING = ROOT / "docs" / "explanation" / "second-reading-correspondences.csv"
OF_CHINA = ("--of", "correspondences", "--proposal", "china-12-point")


def judged_pairs() -> dict[tuple[str, str], dict[str, str]]:
    """Return the embedded correspondences of China's points by point and paragraph."""
    file = DATA / "proposals" / "correspondences.yaml"
    entries = yaml.safe_load(file.read_text(encoding="utf-8"))["correspondences"]
    pairs = {(entry["one"]["point"], entry["other"]["paragraph"]): entry for entry in entries}
    return {pair: entry for pair, entry in pairs.items() if pair[0].startswith("china-12-point/")}


def test_a_sheet_of_correspondences_has_every_pair_and_hides_which_correspond() -> None:
    printed = kg("coding", "sheet", *OF_CHINA)
    blank = list(csv.DictReader(io.StringIO(printed.stdout)))
    assert [(row["point"], row["paragraph"]) for row in blank] == [
        (f"china-12-point/{point}", f"A/RES/ES-11/6#{paragraph}")
        for point in range(1, 13)
        for paragraph in range(1, 12)
    ]
    assert all(row["relation"] == row["reason"] == "" for row in blank)
    reasons = {entry["reason"] for entry in judged_pairs().values()}
    assert not any(reason in printed.stdout for reason in reasons)
    with SECOND_READING.open(encoding="utf-8", newline="") as stream:
        read = [row | {"relation": "", "reason": ""} for row in csv.DictReader(stream)]
    # Most quotations of paragraphs were added after the second reading.
    quoted = {row["paragraph"] for row in read if row["paragraph_quote"]}
    assert quoted == {f"A/RES/ES-11/6#{number}" for number in (4, 5, 8, 9)}
    seen = [row if row["paragraph"] in quoted else row | {"paragraph_quote": ""} for row in blank]
    assert read == seen


def test_the_second_reading_of_correspondences_agrees_as_documented() -> None:
    pairs = judged_pairs()
    with SECOND_READING.open(encoding="utf-8", newline="") as stream:
        second = {
            (row["point"], row["paragraph"]): row["relation"] for row in csv.DictReader(stream)
        }
    first = {pair: pairs[pair]["relation"] if pair in pairs else NONE for pair in second}
    differing = [pair for pair in second if first[pair] != second[pair]]
    result = kg("coding", "compare", str(SECOND_READING), *OF_CHINA)
    count, measure, *listed = result.stdout.splitlines()
    assert count == f"{len(second) - len(differing)} of {len(second)} pairs are coded alike"
    assert (
        measure == f"Cohen's kappa: {kappa([(first[pair], second[pair]) for pair in second]):.2f}"
    )
    assert [line.split(":")[0].strip() for line in listed] == [
        f"{point} beside {paragraph}" for point, paragraph in differing
    ]
    document = (SECOND_READING.parent / "coding.md").read_text(encoding="utf-8")
    words = " ".join(document.split())
    assert (
        f"{len(second) - len(differing)} of {len(second)} pairs are judged the same; "
        f"Cohen's kappa is {measure[-4:]}" in words
    )
    corresponds = [(first[pair] != NONE, second[pair] != NONE) for pair in second]
    alike = sum(one == other for one, other in corresponds)
    measured = kappa([(str(one), str(other)) for one, other in corresponds])
    assert f"the same in {alike}, with a kappa of {measured:.2f}" in words
    assert {pair: entry["second_reading"] for pair, entry in pairs.items()} == {
        pair: second[pair] for pair in pairs
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("sheet", "--of", "correspondences", "--proposal", "nobody"), "those are: african"),
        (("sheet", "--proposal", "china-12-point"), "applies to --of correspondences only"),
        (("compare", "SHEET", *OF_CHINA), "row 2, column relation: 'same' is not one of agrees"),
    ],
)
def test_wrong_arguments_on_correspondences_are_reported(
    tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text(
        "point,paragraph,relation\nchina-12-point/1,A/RES/ES-11/6#1,same\n", encoding="utf-8"
    )
    result = kg("coding", *(str(path) if word == "SHEET" else word for word in arguments))
    assert result.returncode != 0
    assert message in result.stderr
