"""The questions of the benchmark: their answers in SPARQL and in SQL, and their comparison."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest

from benchmarks import answers, building, compare, virtuoso
from benchmarks.columnar import Tables
from benchmarks.question_files import Question, read_questions
from benchmarks.question_results import Results, comparison, question_result, write_results
from benchmarks.timing import Times
from kg.rdf.vocabulary import XSD
from tests.support.paths import ROOT
from tests.support.saved_queries import QueryableRelease

QUESTIONS = read_questions()


def named(questions: list[Question]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("question", questions, ids=lambda question: question.name)


def sql_rows(folder: Path, question: Question, variables: list[str]) -> list[answers.Row]:
    assert question.sql
    tables = Tables(folder)
    (columns, rows), _ = tables.query(question.sql, 60)
    tables.close()
    return answers.of_table(variables, columns, rows)


def test_there_are_enough_questions() -> None:
    assert len(QUESTIONS) >= 20
    assert sum(question.sql is not None for question in QUESTIONS) >= 20


@named(QUESTIONS)
def test_a_question_parses(question: Question) -> None:
    assert question.summary.endswith("?")
    assert isinstance(ox.Store().query(question.sparql), ox.QuerySolutions)


@named([question for question in QUESTIONS if not question.name.startswith("saved-")])
def test_sparql_and_sql_agree_on_the_sample(
    sample_queries: QueryableRelease, sample_tables: Path, question: Question
) -> None:
    variables, rows = answers.of_json(sample_queries.json(question.sparql))
    # Some questions concern years that the sample does not have.
    assert rows or question.needs_full_record
    if question.sql:
        assert answers.are_equal(rows, sql_rows(sample_tables, question, variables))


@pytest.mark.endurance
@named([question for question in QUESTIONS if not question.name.startswith("saved-")])
def test_sparql_and_sql_agree_on_the_full_record(
    full_record_queries: QueryableRelease, full_record_tables: Path, question: Question
) -> None:
    variables, rows = answers.of_json(full_record_queries.json(question.sparql))
    assert rows
    if question.sql:
        assert answers.are_equal(rows, sql_rows(full_record_tables, question, variables))


@pytest.mark.endurance
def test_the_short_form_of_the_service_benchmark_runs(embedded: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.service", "--data", str(embedded), "--short"]
    assert (
        "| measurement |"
        in subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    )


def test_equal_answers() -> None:
    rows: list[answers.Row] = [("IND", 2.0, None), ("CHN", 1 / 3, "x")]
    assert answers.are_equal(rows, [("CHN", 0.33333333, "x"), ("IND", 2.0, None)])
    assert answers.are_equal([], [])


def test_booleans_are_compared_by_value() -> None:
    """Virtuoso writes "1"^^xsd:boolean for "true"^^xsd:boolean."""
    terms = [
        {"type": "typed-literal", "value": text, "datatype": datatype}
        for text, datatype in [("1", XSD.boolean), ("0", XSD.boolean), ("1", XSD.string)]
    ]
    bindings = [dict(zip("abc", terms, strict=True))]
    document = {"head": {"vars": [*"abc"]}, "results": {"bindings": bindings}}
    _, rows = answers.of_json(json.dumps(document).encode())
    assert rows == answers.of_table("abc", "abc", [(True, False, "1")])


@pytest.mark.parametrize(
    "other",
    [
        [],
        [("IND", 2.0)],
        [("IND", 2.0), ("IND", 2.0), ("CHN", 1.0)],
        [("IND", 2.0), ("CHN", 1.0), ("CHN", 1.0)],
        [("IND", 2.0), ("CHN", 1.1)],
        [("IND", 2.0), ("CHN", "1")],
        [("IND", 2.0), ("CHN", None)],
        [("IND", 2.0), ("CHN", 1.0, None)],
    ],
)
def test_different_answers(other: list[answers.Row]) -> None:
    assert not answers.are_equal([("IND", 2.0), ("CHN", 1.0)], other)


def test_a_different_answer_is_reported() -> None:
    rows: list[answers.Row] = [("IND", 2.0)]
    differing_rows: list[answers.Row] = [("IND", 3.0)]
    assert comparison({"ours": Times(rows=rows), "virtuoso": Times(rows=rows)}) == "equal"
    assert "differs from ours: virtuoso" in comparison(
        {"ours": Times(rows=rows), "virtuoso": Times(rows=differing_rows)}
    )
    assert "differs" in comparison({"ours": Times(rows=[]), "oxigraph": Times(rows=rows)})
    assert "empty" in comparison({"ours": Times(rows=[]), "oxigraph": Times(rows=[])})
    assert comparison({"ours": Times(failure="> 60 s"), "oxigraph": Times(rows=rows)}) == (
        "not compared"
    )


def test_terms_are_compared_by_value() -> None:
    body = b"""{"head": {"vars": ["s", "n", "d", "t", "none"]}, "results": {"bindings": [{
      "s": {"type": "uri", "value": "https://w3id.org/un-votes/id/state/YUG-FR"},
      "n": {"type": "typed-literal", "value": "7",
            "datatype": "http://www.w3.org/2001/XMLSchema#integer"},
      "d": {"type": "literal", "value": "2022-03-02",
            "datatype": "http://www.w3.org/2001/XMLSchema#date"},
      "t": {"type": "literal", "value": "7"}}]}}"""
    variables, rows = answers.of_json(body)
    assert variables == ["s", "n", "d", "t", "none"]
    assert rows == [("YUG-FR", 7.0, "2022-03-02", "7", None)]


@named([question for question in QUESTIONS if question.constants])
def test_constants_are_drawn_from_those_that_the_question_names(question: Question) -> None:
    texts = set[str]()
    for seed in range(12):
        drawn = question.drawn(random.Random(seed))
        assert drawn == question.drawn(random.Random(seed))
        _, text = drawn.sparql.split("\n", 1)
        texts.add(text)
        if question.sql:
            assert (drawn.sql == question.sql) == (text == question.sparql)
    assert len(texts) > 1


def results(new: float, seed: int = 1) -> Results:
    times = {"ours": Times(cold=100, repeated=1, new=new, rows=[("IND",)], engine="columnar")}
    times["oxigraph"] = Times(cold=50, repeated=40, new=40, rows=[("IND",)])
    times["virtuoso"] = Times(failure="> 60 s")
    question = question_result("topics", times)
    return {"environment": {"release": "a", "seed": seed}, "questions": [question]}


def test_two_runs_are_compared_from_their_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after, other = (str(tmp_path / f"{name}.json") for name in ("before", "after", "other"))
    write_results(Path(before), results(new=20))
    write_results(Path(after), results(new=5, seed=2))
    monkeypatch.setattr(sys, "argv", ["compare", before, after])
    compare.main()
    printed = capsys.readouterr().out
    assert "Different seed: 1 before, 2 after." in printed
    row = (
        "| topics | 100 | 100 | 1.00 | 20 | 5.0 | 0.25 | 1.0 | 1.0 | 1.00 | 1.00 | – | – | equal |"
    )
    assert row in printed
    assert "- ours new: 0.25 (geometric mean of 1; 0.25 to 0.25)" in printed
    Path(other).write_text('{"questions": [{}]}', encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["compare", before, other])
    with pytest.raises(SystemExit) as refused:
        compare.main()
    assert refused.value.code == 2
    assert "other.json: expected results of python -m bench" in capsys.readouterr().err


def test_virtuoso_listens_only_on_this_machine(tmp_path: Path) -> None:
    text = virtuoso.settings(tmp_path, tmp_path / "dumps", 8001, 8002)
    assert text.count("ServerPort = 127.0.0.1:") == text.count("ServerPort") == 2
    assert f"DatabaseFile = {tmp_path}/virtuoso.db" in text


def test_the_peak_of_a_command_includes_its_children() -> None:
    child = "block = bytearray(60 << 20); import time; time.sleep(1)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    run = building.run([sys.executable, "-c", parent])
    assert run.seconds > 1
    assert run.peak > 60
