"""``kg validate``: its input, its exit codes and its report."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result
from rdflib import Graph
from rdflib.namespace import DCTERMS, RDF, SH

from kg.cli.main import cli
from kg.errors import FileError
from kg.pipeline import store_validation
from kg.pipeline.store_validation import StoreFindings
from kg.settings import Settings
from tests.support.command import kg
from tests.support.paths import ROOT

VALID = ROOT / "tests" / "shapes" / "valid.ttl"


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A file with a violation."""
    path = tmp_path / "broken.ttl"
    path.write_text(VALID.read_text().replace('unv:outcome "adopted"', 'unv:outcome "perhaps"', 1))
    return path


@pytest.fixture
def doubtful(tmp_path: Path) -> Path:
    """A file with a warning."""
    path = tmp_path / "doubtful.ttl"
    before, tally, after = VALID.read_text().partition("<report/tally> a unv:ReportedTally")
    path.write_text(before + tally + after.replace("unv:yesCount 1 ;", "unv:yesCount 7 ;", 1))
    return path


def run(*arguments: object, stdin: bytes = b"") -> Result:
    command = ["validate", *map(str, arguments)]
    return CliRunner().invoke(cli, command, input=stdin, obj=Settings())


def test_exit_codes_of_the_command(broken: Path, tmp_path: Path) -> None:
    ended = kg("validate", str(broken))
    assert ended.returncode == 1
    # Progress is for terminals.
    assert ended.stderr == ""
    missing = tmp_path / "missing.ttl"
    ended = kg("validate", str(missing))
    assert ended.returncode == 3
    assert ended.stderr == f"kg: {missing}: No such file or directory\n"


def test_violations_are_listed_and_counted(broken: Path) -> None:
    result = run(broken)
    assert result.exit_code == 1
    assert (
        'The outcome of a vote must be "adopted", "vetoed", "failed" or "not adopted".'
        in result.output
    )
    listed = result.output.count("Violation: ")
    assert result.output.endswith(f" triples in 1 files: {listed} violations, 0 warnings\n")


def test_warnings_are_listed_only(doubtful: Path) -> None:
    result = run(doubtful)
    assert result.exit_code == 0
    assert "Warning: The report gives" in result.output
    assert "0 violations, 1 warnings" in result.output


def test_files_are_taken_together(tmp_path: Path) -> None:
    prefixes, events = VALID.read_text().split("# A roll call with every option.")
    prefixes = "".join(line for line in prefixes.splitlines(keepends=True) if line.startswith("@"))
    first, second = events[: len(events) // 2].rsplit("\n\n", 1)
    (tmp_path / "first.ttl").write_text(prefixes + first)
    rest = prefixes + second + events[len(events) // 2 :]
    (tmp_path / "rest.ttl.gz").write_bytes(gzip.compress(rest.encode()))
    assert run(tmp_path / "first.ttl").exit_code == 1
    result = run(tmp_path / "first.ttl", tmp_path / "rest.ttl.gz")
    assert result.exit_code == 0
    assert result.output.endswith(" triples in 2 files: 0 violations, 0 warnings\n")


@pytest.mark.parametrize("compress", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_standard_input(compress: type[bytes]) -> None:
    result = run("-", "--format", "turtle", stdin=compress(VALID.read_bytes()))
    assert result.exit_code == 0
    assert result.output == run(VALID).output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Missing argument 'FILE...'"),
        (["-"], "standard input: expected the option --format"),
        ([VALID, "--format", "csv"], "'csv' is not one of 'turtle'"),
        ([VALID, "--report", "report.csv"], "expected one of the extensions .ttl, .nt, "),
        ([VALID, "--report", "missing/report.ttl"], "folder missing does not exist"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_wrong_use(arguments: list[object], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.output


def test_a_file_with_a_syntax_error_ends_the_command(tmp_path: Path) -> None:
    path = tmp_path / "broken.nt"
    path.write_text("<x:a> <x:b> <x:c> .\n<x:a> <x:b> .\n")
    result = run(VALID, path)
    assert isinstance(result.exception, FileError)
    assert str(result.exception).startswith(f"{path}: line 2, column 13: ")
    assert result.output == ""


@pytest.mark.parametrize("name", ["report.ttl", "report.nt", "report.jsonld"])
def test_a_report_is_written(broken: Path, name: str) -> None:
    path = broken.with_name(name)
    result = run(broken, "--report", path)
    assert result.exit_code == 1
    graph = Graph().parse(path, format="json-ld" if name.endswith("jsonld") else None)
    report = graph.value(None, RDF.type, SH.ValidationReport)
    assert str(graph.value(report, SH.conforms)) == "false"
    assert len(list(graph.objects(report, SH.result))) == result.output.count("Violation: ")
    triples = result.output.splitlines()[-1].partition(" triples")[0]
    assert str(graph.value(report, DCTERMS.description)) == (
        f"{triples} triples of {broken}. pySHACL validated all data against all shapes."
    )


def test_a_byte_order_mark_is_ignored(broken: Path) -> None:
    expected = run(broken).output
    broken.write_text(broken.read_text(encoding="utf-8"), encoding="utf-8-sig")
    assert run(broken).output == expected


def test_a_report_without_findings_states_that_the_data_conform(tmp_path: Path) -> None:
    assert run(VALID, "-o", tmp_path / "report.ttl").exit_code == 0
    graph = Graph().parse(tmp_path / "report.ttl")
    assert [str(value) for value in graph.objects(None, SH.conforms)] == ["true"]


def test_the_store_is_closed_before_it_is_validated(monkeypatch: pytest.MonkeyPatch) -> None:
    # An open store compacts its files, and files that validation reads disappear.
    def validate_store(folder: Path, progress: object) -> StoreFindings:
        ox.Store(str(folder))  # raises an OSError while another one is open
        return StoreFindings([], 0, 0)

    monkeypatch.setattr(store_validation, "validate", validate_store)
    assert run(VALID).exit_code == 0


def test_a_full_disk_is_not_a_violation(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(store_validation, "validate", no_space)
    result = run(VALID)
    assert isinstance(result.exception, FileError)
    assert "cannot be stored on disk: No space left on device" in str(result.exception)
