"""Errata of a source: under its own numbers, with a correction where the evidence decides."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg.audit.errata import ERRS, ERRS_SOMEHOW, UNCLEAR, Erratum, errata
from kg.cli.main import cli
from kg.errors import ReleaseError
from kg.release.release import Release, require_current
from kg.sources.undl import events as undl_events
from kg.sources.undl import loader as undl_loader
from tests.support import undl_files, unvotes_files
from tests.support.releases import make_release


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """A release of two sources that differ in the ways tested here."""
    folder = tmp_path_factory.mktemp("errata")
    votes = {"UKR": "Y", "RUS": "N", "IND": "A", "FRA": "y"}
    assembly = undl_files.write(
        folder / "undl",
        {"undl_id": "700001", "date": "2014-03-27", "session": "67", "meeting": "A/68/PV.80",
         "resolution": "A/RES/68/262", "votes": votes},
        {"undl_id": "700002", "date": "1978-12-01", "session": "33", "meeting": "A/33/PV.68",
         "resolution": "A/RES/33/13", "votes": {"UKR": "Y", "FRA": "N", "DMA": "X"}},
        {"undl_id": "700003", "date": "1978-12-14", "session": "33", "meeting": "A/33/PV.84",
         "resolution": "A/RES/33/14", "votes": {"UKR": "Y", "FRA": "AN"}},
    )  # fmt: skip
    roll_calls = unvotes_files.write(
        folder / "unvotes",
        [
            {},
            {"rcid": 2000, "session": 33.0, "date": 3273.0, "unres": "R/33/13"},
            {"rcid": 2001, "session": 33.0, "date": 3273.0, "unres": "R/33/99"},
        ],
        [
            *(("Ukraine", "UA", "yes"), ("Russia", "RU", "no"), ("India", "IN", "no")),
            ("France", "FR", "yes"),
            *((2000, "Ukraine", "UA", "yes"), (2000, "France", "FR", "no")),
            *((2001, "France", "FR", "yes"), (2001, "India", "IN", "yes")),
        ],
    )
    return make_release(folder, f"undl-ga={assembly}", f"unvotes={roll_calls}", max_refused=1)


@pytest.fixture(scope="module")
def exchanged(tmp_path_factory: pytest.TempPathFactory) -> Release:
    """A release in which unvotes has votes under other symbols than the UN Digital Library."""
    folder = tmp_path_factory.mktemp("exchanged")
    votes = {"47": "YYNN", "49": "NYYA", "23": "YNAY"}
    assembly = undl_files.write(
        folder / "undl",
        *(
            {"undl_id": f"7000{number}", "date": "1978-12-14", "resolution": f"A/RES/33/{number}",
             "votes": dict(zip(("UKR", "FRA", "IND", "SUN"), options, strict=True))}
            for number, options in votes.items()
        ),
    )  # fmt: skip
    words = {"Y": "yes", "N": "no", "A": "abstain"}
    countries = (("Ukraine", "UA"), ("France", "FR"), ("India", "IN"), ("Russia", "RU"))
    # It has the votes on 47 under 49, and the votes on 23 under 22.
    rows = [(1, "49", "47"), (2, "22", "23")]
    roll_calls = unvotes_files.write(
        folder / "unvotes",
        [
            {"rcid": rcid, "session": 33.0, "date": 3269.0, "unres": f"R/33/{number}"}
            for rcid, number, _ in rows
        ],
        [
            (rcid, *country, words[option])
            for rcid, _, of in rows
            for country, option in zip(countries, votes[of], strict=True)
        ],
        [],
    )
    return make_release(folder, f"undl-ga={assembly}", f"unvotes={roll_calls}")


def of_kind(errors: list[Erratum], kind: str) -> list[Erratum]:
    return [erratum for erratum in errors if erratum.kind == kind]


def test_without_decisive_evidence_both_sides_have_an_erratum_without_correction(
    release: Release,
) -> None:
    (theirs,) = of_kind(errata(release, "unvotes"), "vote")
    assert (theirs.record, theirs.symbol, theirs.file) == ("5000", "R/68/262", "un_roll_calls.rda")
    assert (theirs.row, theirs.column, theirs.state) == (1, "vote", "IND")
    assert (theirs.value, theirs.correction, theirs.assessment) == ("against", "", UNCLEAR)
    assert theirs.evidence == "undl-ga 700001 (A/RES/68/262): abstaining"
    assert theirs.event.endswith("/id/event/A-RES-68-262")
    (ours,) = of_kind(errata(release, "undl-ga"), "vote")
    assert (ours.record, ours.column, ours.value) == ("700001", "ms_vote", "abstaining")
    assert (ours.correction, ours.assessment) == ("", UNCLEAR)
    assert ours.evidence == "unvotes-package 5000 (R/68/262): against"


def test_votes_under_a_wrong_symbol_are_not_errata_of_the_other_source(exchanged: Release) -> None:
    assert of_kind(errata(exchanged, "undl-ga"), "symbol") == []
    assert of_kind(errata(exchanged, "undl-ga"), "vote") == []
    errors = errata(exchanged, "unvotes")
    assert [
        (error.record, error.value, error.correction, error.assessment)
        for error in of_kind(errors, "symbol")
    ] == [("1", "R/33/49", "", ERRS_SOMEHOW), ("2", "R/33/22", "A/RES/33/23", ERRS)]
    assert "those of A/RES/33/47" in of_kind(errors, "symbol")[0].evidence
    assert [
        (error.record, error.state, error.value, error.correction)
        for error in of_kind(errors, "vote")
    ] == [
        ("1", "IND", "against", "in favour"),
        ("1", "SUN", "against", "abstaining"),
        ("1", "UKR", "in favour", "against"),
    ]


def test_a_day_recorded_in_another_source_is_a_correction(release: Release) -> None:
    (day,) = of_kind(errata(release, "unvotes"), "day")
    assert (day.record, day.column, day.value) == ("2000", "date", "1978-12-18")
    assert (day.correction, day.assessment) == ("1978-12-01", ERRS)
    assert day.evidence == "undl-ga 700002 (A/RES/33/13): 1978-12-01, in A/33/PV.68"
    assert of_kind(errata(release, "undl-ga"), "day") == []


def test_a_symbol_that_the_complete_record_lacks_is_doubtful(release: Release) -> None:
    (symbol,) = of_kind(errata(release, "unvotes"), "symbol")
    assert (symbol.record, symbol.column, symbol.value) == ("2001", "unres", "R/33/99")
    assert (symbol.correction, symbol.assessment) == ("", UNCLEAR)
    assert symbol.evidence == "no vote on it in undl-ga, which is complete until 2014-03-27"


def test_non_voting_of_a_non_member_is_corrected_to_no_vote(release: Release) -> None:
    assert of_kind(errata(release, "unvotes"), "membership") == []
    (vote,) = of_kind(errata(release, "undl-ga"), "membership")
    assert (vote.record, vote.state, vote.value) == ("700002", "DMA", "non-voting")
    assert (vote.correction, vote.assessment) == ("no vote", ERRS)
    assert "member from 1978-12-18" in vote.evidence


def test_rows_read_by_a_rule_or_refused_are_errata(release: Release) -> None:
    errors = errata(release, "undl-ga")
    assert [
        (
            error.record,
            error.row,
            error.column,
            error.value,
            error.correction,
            error.assessment,
            error.evidence,
        )
        for error in of_kind(errors, "read by a rule")
    ] == [
        ("700001", 2, "session", "67", "68", ERRS, undl_events.SYMBOL_SESSION),
        ("700001", 5, "ms_vote", "y", "Y", ERRS, undl_loader.LETTER),
    ]
    (refused,) = of_kind(errors, "refused row")
    assert (refused.record, refused.row, refused.value) == ("700003", 10, "AN (FRANCE)")
    assert (refused.correction, refused.assessment) == ("", ERRS_SOMEHOW)
    assert refused.symbol == "A/RES/33/14"


def test_the_order_is_that_of_the_file(release: Release) -> None:
    errors = errata(release, "undl-ga")
    assert errors == errata(release, "undl-ga")
    assert [erratum.row for erratum in errors] == sorted(erratum.row for erratum in errors)


def test_errata_of_an_article_are_its_differing_reports(embedded: Path) -> None:
    total = of_kind(errata(require_current(embedded), "article-2022-03-02"), "total")
    assert [(error.value, error.correction, error.assessment) for error in total] == [
        ("34 abstaining", "35 abstaining", ERRS)
    ]


def test_a_source_without_contradictions_has_no_errata(embedded: Path) -> None:
    assert errata(require_current(embedded), "proposals") == []


def test_a_source_that_is_not_in_the_release_is_an_error(embedded: Path) -> None:
    with pytest.raises(ReleaseError, match="no source unvotes in release"):
        errata(require_current(embedded), "unvotes")


def test_the_command_writes_csv_json_or_a_table(release: Release) -> None:
    data = release.path.parent.parent

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(cli, ["audit", *arguments, "--data", str(data)])
        assert result.exit_code == 0, result.output
        return result.stdout

    rows = list(csv.DictReader(io.StringIO(run("--errata", "unvotes"))))
    assert [(row["kind"], row["record"], row["correction"]) for row in rows] == [
        ("vote", "5000", ""), ("day", "2000", "1978-12-01"), ("symbol", "2001", ""),
    ]  # fmt: skip
    objects = json.loads(run("--errata", "unvotes", "--format", "json"))
    assert [{k: str(v) for k, v in item.items()} for item in objects] == rows
    table = run("--errata", "unvotes", "--format", "table")
    assert "Vote: 1" in table
    assert "5000 (R/68/262): vote of IND: against" in table


def test_the_audit_lists_gaps_in_numbering(release: Release) -> None:
    data = str(release.path.parent.parent)
    result = CliRunner().invoke(cli, ["audit", "--format", "csv", "--data", data])
    rows = [row for row in csv.DictReader(io.StringIO(result.stdout)) if row["kind"] == "gap"]
    # Only unvotes has 33/99, and 14 is the last number in the library.
    assert [(row["what"], row["other"]) for row in rows] == [
        ("General Assembly, session 33", "1-12"),
        ("General Assembly, session 68", "1-261"),
    ]


@pytest.mark.parametrize(
    "arguments", [["--format", "json"], ["--errata", "x", "--format", "turtle"]]
)
def test_formats_that_do_not_apply_are_rejected(release: Release, arguments: list[str]) -> None:
    data = str(release.path.parent.parent)
    result = CliRunner().invoke(cli, ["audit", *arguments, "--data", data])
    assert result.exit_code == 2
    assert "--format turtle is not available with --errata" in result.output
