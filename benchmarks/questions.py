"""Response times of several servers for typical research questions, and a comparison of answers.

    python -m benchmarks.questions --data DIR [--json FILE] [--short] [--build-from FOLDER]

sends the same queries, ``benchmarks/questions/*.rq`` and saved queries of newer capabilities, over
HTTP to our server, to ``oxigraph serve-read-only`` and to Virtuoso, and runs those that also exist
as ``.sql`` in DuckDB on the tables of ``kg export``. It compares all answers and prints a Markdown
table to standard output and progress to standard error; the same results are written as JSON, and
``python -m benchmarks.compare`` compares two such files. The columns of a missing program stay
empty. ``--build-from`` first builds the whole record in the data folder, from a folder of real data
(docs/how-to/testing.md), and compares the build with ``oxigraph load``.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from benchmarks import building, virtuoso
from benchmarks.columnar import VERSION
from benchmarks.output import progress
from benchmarks.question_files import SHORT, Question, read_questions
from benchmarks.question_results import (
    QuestionResult,
    print_questions,
    question_result,
    write_results,
)
from benchmarks.servers import find_oxigraph, ours, oxigraph
from benchmarks.timing import (
    SLOW_SECONDS,
    TIME_LIMIT,
    StartServer,
    Times,
    time_question,
    time_tables,
)
from kg.release import release
from kg.release.export import export

#: Number of repetitions of a question, and of draws of its constants.
_REPETITIONS: Final = 3


@dataclass(frozen=True)
class _Run:
    """What a run repeats, and what it draws constants with."""

    repetitions: int
    seed: int

    def draws(self, question: Question) -> list[Question]:
        """Return a question with constants drawn anew; the same for the same seed."""
        rng = random.Random(f"{self.seed} {question.name}")  # noqa: S311 - reproducible
        return [question.drawn(rng) for _ in range(self.repetitions)]


def main() -> None:
    """Run all questions on all engines and print the table, also if interrupted."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.questions", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="data folder")
    parser.add_argument(
        "--json", type=Path, default=Path("questions.json"), metavar="FILE", help="the results"
    )
    parser.add_argument(
        "--seed", type=int, default=1, help="draws the constants; the same for runs to compare"
    )
    parser.add_argument("--short", action="store_true", help="five questions, repeated once")
    parser.add_argument(
        "--build-from", type=Path, metavar="FOLDER", help="build the record from these sources"
    )
    parser.add_argument("--only", action="append", metavar="NAME", help="run only this question")
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="keep tables and Virtuoso's database for more runs"
    )
    options = parser.parse_args()
    # SIGTERM, and SIGINT in a background process, must clean up as Ctrl-C does.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    questions = read_questions()
    if options.short:
        questions = [question for question in questions if question.name in SHORT]
    if options.only:
        questions = [question for question in questions if question.name in options.only]
    try:
        if options.build_from:
            progress("building the whole record")
            folder, data = options.build_from.resolve(), options.data.resolve()
            building.compare(folder, data, find_oxigraph())
        with tempfile.TemporaryDirectory(prefix="questions-") as temporary:
            folder = (options.keep or Path(temporary)).resolve()
            run = _Run(1 if options.short else _REPETITIONS, options.seed)
            measure_all(options.data.resolve(), folder, questions, run, options.json)
    except KeyboardInterrupt:
        progress("interrupted; the table is not complete")
        sys.exit(130)


def measure_all(
    data: Path, folder: Path, questions: list[Question], run: _Run, results: Path
) -> None:
    """Run questions on every available engine, print the results, and write them to a file."""
    used = release.require_current(data)
    environment = _environment(used, run)
    measured: list[QuestionResult] = []
    # One folder per release, since the files may be kept for later runs.
    place = folder / used.name
    tables = place / "tables"
    if not tables.is_dir():
        progress("exporting the tables of the release as Parquet")
        export(used, tables, ["parquet"])
    servers = _servers(data, used, place)
    try:
        for question in questions:
            progress(question.name)
            drawn = run.draws(question)
            times_by_engine = {
                name: time_question(start, question, drawn) for name, start in servers.items()
            }
            if question.sql:
                times_by_engine["duckdb"] = _time_in_tables(
                    tables, question, drawn, times_by_engine
                )
            measured.append(question_result(question.name, times_by_engine))
    finally:
        print_questions(measured)
        _print_environment(environment, run)
        write_results(results, {"environment": environment, "questions": measured})


def _time_in_tables(
    tables: Path, question: Question, drawn: list[Question], times_by_engine: dict[str, Times]
) -> Times:
    assert question.sql is not None
    variables = next((times.variables for times in times_by_engine.values() if times.rows), [])
    new = [other.sql for other in drawn if other.sql is not None]
    return time_tables(tables, question.sql, new, variables)


def _servers(data: Path, used: release.Release, folder: Path) -> dict[str, StartServer]:
    """Return how to start each available server, after loading the release where needed."""
    servers: dict[str, StartServer] = {
        "ours": partial(ours, data, TIME_LIMIT),
        "without columns": partial(ours, data, TIME_LIMIT, columnar=False),
    }
    if program := find_oxigraph():
        servers["oxigraph"] = partial(oxigraph, program, used.path / "store", TIME_LIMIT)
    if programs := virtuoso.find():
        database, dumps = folder / "virtuoso", folder / "dumps"
        if not database.is_dir():
            progress("dumping the facts as N-Triples and loading them into Virtuoso")
            dumps.mkdir(exist_ok=True)
            facts = dumps / "facts.nt"
            used.open_store().dump(str(facts), ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
            virtuoso.load(programs, database, facts)
            facts.unlink()
        servers["virtuoso"] = partial(virtuoso.virtuoso, programs[0], database, dumps)
    return servers


def _environment(used: release.Release, run: _Run) -> dict[str, str | int | float]:
    """Return what the times depend on: the release, the programs and the machine."""
    commit = subprocess.run(
        ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"],
        capture_output=True,
        text=True,
        check=False,
    )
    environment: dict[str, str | int | float] = {
        "release": used.name,
        "triples": len(used.open_store()),
        "commit": commit.stdout.strip(),
        "seed": run.seed,
        "machine": platform.machine(),
        "cores": os.cpu_count() or 0,
        "load": round(os.getloadavg()[0], 1),
        "Python": platform.python_version(),
        "pyoxigraph": ox.__version__,
        "DuckDB": VERSION,
    }
    if program := find_oxigraph():
        result = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
        environment["oxigraph"] = result.stdout.strip()
    if programs := virtuoso.find():
        environment["Virtuoso"] = virtuoso.version(programs[0])
    return environment


def _print_environment(environment: dict[str, str | int | float], run: _Run) -> None:
    print(
        f"Milliseconds over HTTP, except DuckDB, which runs in the benchmark's process; cold: the "
        f"first question to a new process; repeated: median of {run.repetitions} runs "
        f"(one if it takes longer than {SLOW_SECONDS:g} s), for our server from its cache; new: "
        f"the same with constants drawn anew (seed {run.seed}) in a text that no cache contains. "
        f"Time limit {TIME_LIMIT} s. The operating system may have cached the files of stores.\n"
    )
    print("; ".join(f"{name} {value}" for name, value in environment.items()) + ".")


if __name__ == "__main__":
    main()
