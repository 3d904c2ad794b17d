"""The command ``kg`` as a new user runs it, in separate processes."""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from rdflib import RDF, RDFS, Graph, Literal, Namespace, URIRef

from kg.cli.main import COMMANDS, cli
from kg.errors import FetchError
from kg.rdf.vocabulary import BASE
from kg.sources import download as downloads
from kg.sources.loader import RemoteFile
from kg.sources.registry import SOURCES
from tests.support.command import kg
from tests.support.http import static_site


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    result = CliRunner().invoke(cli, [command, "--help"])
    assert result.exit_code == 0
    assert "Usage:" in result.output
    assert len(result.output.splitlines()) > 6
    # The list of commands is written without importing them.
    summary = " ".join(result.output.split("\n\n")[1].split())
    assert COMMANDS[command] == summary
    assert command in CliRunner().invoke(cli, ["--help"]).output


def test_a_query_gives_a_table_by_default(embedded: Path) -> None:
    text = (
        "SELECT ?symbol ?yes ?no ?abstaining ?nonVoting { ?e unv:decides/unv:symbol ?symbol ; "
        "unv:yesCount ?yes ; unv:noCount ?no ; unv:abstentionCount ?abstaining ; "
        "unv:nonVotingCount ?nonVoting FILTER (?symbol = 'A/RES/ES-11/6') }"
    )
    result = kg("query", "-e", text, data=embedded)
    assert result.returncode == 0
    (line,) = (line for line in result.stdout.splitlines() if "A/RES/ES-11/6" in line)
    assert [cell.strip() for cell in line.strip("│").split("│")] == [
        "A/RES/ES-11/6", "141", "7", "32", "13",
    ]  # fmt: skip


def test_a_query_from_each_input_and_in_each_format(embedded: Path, tmp_path: Path) -> None:
    file = tmp_path / "question.rq"
    # Some editors write a byte order mark.
    file.write_text("ASK { ?e a unv:VotingEvent }", encoding="utf-8-sig")
    assert kg("query", str(file), data=embedded).stdout == "yes\n"
    assert kg("query", "-", data=embedded, stdin="ASK { ?e a unv:X }").stdout == "no\n"
    result = kg("query", "tally", "-p", "resolution=es-11/1", "--format", "csv", data=embedded)
    wrong = kg("query", "tally", "-p", "resolution=<x>", data=embedded)
    assert wrong.returncode == 1
    assert "parameter resolution: '<x>' does not match" in wrong.stderr
    result = kg("query", "tally", "-p", "resolution=A/RES/ES-11/1", "-f", "csv", data=embedded)
    (row,) = csv.DictReader(io.StringIO(result.stdout))
    assert "141" in row.values()
    turtle = kg("query", "-e", "\ufeffDESCRIBE unv:State", data=embedded)
    assert turtle.returncode == 0
    construct = "CONSTRUCT { ?s a unv:State } { ?s a unv:State }"
    triples = kg("query", "-e", construct, "-f", "ntriples", data=embedded).stdout
    assert len(list(ox.parse(triples, format=ox.RdfFormat.N_TRIPLES))) == 206
    table = tmp_path / "tally.parquet"
    kg("query", "tally", "-f", "parquet", "-o", str(table), data=embedded)
    with duckdb.connect() as connection:
        assert connection.execute(f"SELECT inFavour FROM '{table}'").fetchall() == [(141,)]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["query", "-e", "SELECT nothing"], 1, "syntax error"),
        (["query", "-e", "SELECT * { SERVICE <http://127.0.0.1/> {} }"], 1, "not allowed; allow"),
        (["query", "no-such-query"], 2, "no such file or saved query"),
        (["query"], 2, "expected a file, the name of a saved query"),
        (["query", "-e", "ASK {}", "-f", "turtle"], 2, "expected one of json, xml, csv, tsv"),
        (["query", "-e", "ASK {}", "-f", "arrow"], 2, "are formats of the result of a SELECT"),
        (["query", "tally", "-o", "x"], 2, "--output needs a --format other than table"),
        (["query", "tally", "-p", "x"], 2, "expected NAME=VALUE"),
        (["query", "tally", "-p", "x=1"], 1, "unknown parameter x; expected resolution"),
        (["build", "--source", "nonsense"], 1, "expected one of embedded"),
        (["build", "--source", "unvotes=/nowhere"], 1, "/nowhere: no such folder"),
        (["build", "--max-refused", "-1"], 2, "--max-refused"),
        (["fetch", "states"], 2, "'states' is not"),
        (["export", "x", "--format", "pdf"], 2, "'pdf' is not one of"),
    ],
)
def test_mistakes_get_a_message_and_a_code(
    embedded: Path, arguments: list[str], code: int, message: str
) -> None:
    result = kg(*arguments, data=embedded)
    assert result.returncode == code
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_commands_without_a_release_suggest_a_build(tmp_path: Path) -> None:
    for command in (["audit"], ["query", "-e", "ASK {}"], ["export", str(tmp_path / "x")]):
        result = kg(*command, data=tmp_path / "none")
        assert result.returncode == 1
        assert "run kg build first" in result.stderr


def test_the_audit_lists_34_reported_and_35_recorded_abstentions(embedded: Path) -> None:
    result = kg("audit", data=embedded)
    assert "A/RES/ES-11/1: the record has 35 abstaining, the report gives 34" in result.stdout
    rows = list(csv.DictReader(io.StringIO(kg("audit", "--format", "csv", data=embedded).stdout)))
    differences = [(row["kind"], row["accepted"], row["other"]) for row in rows]
    assert ("reported total", "35 abstaining", "34 abstaining") in differences
    assert {kind for kind, _, _ in differences} <= {
        "reported content", "reported total", "reported vote", "warning",
    }  # fmt: skip
    assert "totals reported differently from the record" in result.stdout


def test_the_audit_as_rdf(embedded: Path) -> None:
    result = kg("audit", "--format", "turtle", data=embedded)
    graph = Graph().parse(data=result.stdout, format="turtle")
    dqv = Namespace("http://www.w3.org/ns/dqv#")
    counts = {
        str(graph.value(graph.value(measurement, dqv.isMeasurementOf), RDFS.label)): graph.value(
            measurement, dqv.value
        )
        for measurement in graph.subjects(RDF.type, dqv.QualityMeasurement)
    }
    assert counts["totals reported differently from the record"] == Literal(1)
    assert counts["votes reported differently from the record"] == Literal(4)
    discrepancies = set(graph.subjects(RDF.type, URIRef(f"{BASE}ontology#Discrepancy")))
    assert len(discrepancies) == 8


def test_the_sources_of_the_current_release_are_listed_with_what_they_cover(
    embedded: Path,
) -> None:
    listed = kg("sources", data=embedded).stdout
    # The table wraps its cells.
    assert all(word in listed for word in ("selected", "March", "2014", "December", "2025"))


def test_the_sources_are_listed(tmp_path: Path) -> None:
    result = kg("sources", data=tmp_path)
    assert all(name in result.stdout for name in SOURCES)
    assert "no: kg fetch unvotes" in result.stdout


# Downloads, from a real server on this machine.
@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    folder = tmp_path / "mirror"
    folder.mkdir()
    with static_site(folder) as address:
        yield folder, address


def test_a_fetch_verifies_the_checksum(tmp_path: Path, mirror: tuple[Path, str]) -> None:
    folder, address = mirror
    content = os.urandom(200_000)
    digest = hashlib.sha256(content).hexdigest()
    (folder / "data.rda").write_bytes(content)
    loader = replace(SOURCES["unvotes"], remote=(RemoteFile("data.rda", "", digest),))
    target = tmp_path / "target"
    progress: list[tuple[str, int, int | None]] = []
    (path,) = downloads.fetch(loader, target, lambda *a: progress.append(a), address)
    assert path.read_bytes() == content
    assert progress[-1] == ("data.rda", len(content), len(content))

    # A file that is already there is not downloaded again; a damaged one is.
    progress.clear()
    downloads.fetch(loader, target, lambda *a: progress.append(a), address)
    assert progress == []
    path.write_bytes(b"damaged")
    downloads.fetch(loader, target, lambda *a: progress.append(a), address)
    assert path.read_bytes() == content

    # A different file under the same name is rejected, and the good one stays.
    (folder / "data.rda").write_bytes(b"something else")
    other = replace(loader, remote=(RemoteFile("data.rda", "", "0" * 64),))
    with pytest.raises(FetchError, match="wrong checksum: expected SHA-256"):
        downloads.fetch(other, target, lambda *a: None, address)
    assert path.read_bytes() == content
    assert [p.name for p in target.iterdir()] == ["data.rda"]


def test_a_failing_fetch_names_its_source(tmp_path: Path, mirror: tuple[Path, str]) -> None:
    _, address = mirror
    result = kg("fetch", "unvotes", "--from", address, data=tmp_path)
    assert result.returncode == 1
    assert f"{address}/un_votes.rda: HTTP Error 404" in result.stderr
    result = kg("fetch", "unvotes", "--from", "http://127.0.0.1:9", data=tmp_path)
    assert result.returncode == 1
    assert "Connection refused" in result.stderr


def test_the_real_files_are_the_ones_expected(real_data: Path) -> None:
    for file in SOURCES["unvotes"].remote:
        assert downloads.is_complete(file, real_data / "unvotes" / file.name)
