"""Response times of several servers for typical research questions, and a comparison of answers.

    python -m benchmarks.questions --data DIR [--short] [--build-from FOLDER]

sends the same queries, ``benchmarks/questions/*.rq``, over HTTP to our server, to ``oxigraph
serve-read-only`` and to Virtuoso, and runs those that also exist as ``.sql`` in DuckDB on the
tables of ``kg export``. It compares all answers and prints a Markdown table to standard output and
progress to standard error. The columns of a missing program stay empty. ``--build-from`` first
builds the whole record in the data folder, from a folder with the source files in ``undl/`` and
``unvotes/``, and compares the build with ``oxigraph load``.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from benchmarks import answers, building, virtuoso
from benchmarks.client import BrokenAnswerError, Connection, Reply
from benchmarks.columnar import VERSION, Tables
from benchmarks.output import NONE, progress
from benchmarks.servers import Server, find_oxigraph, ours, oxigraph
from kg.release import release
from kg.release.export import export

FOLDER: Final = Path(__file__).with_name("questions")
_SUMMARY: Final = "#+ summary:"
_FULL: Final = "#+ record: full"
#: Seconds: time limit of a question.
_TIME_LIMIT: Final = 60
#: Number of repetitions of a question.
_REPETITIONS: Final = 3
#: Milliseconds: faster questions gain nothing from columns.
_SHORT_QUERY_MS: Final = 30
#: Seconds between the first question to a new server and the others.
_WARM_UP: Final = 3
#: Seconds: a question that takes longer is repeated only once.
_SLOW_SECONDS: Final = 3.0
#: The questions of ``--short``.
_SHORT: Final = (
    "tally-of-a-resolution",
    "words-in-titles",
    "votes-against-by-state",
    "similar-voters-direct",
    "similar-voters-observations",
)


@dataclass(frozen=True)
class Question:
    """A question in SPARQL and, if the tables contain the answer, in SQL."""

    name: str
    summary: str
    sparql: str
    sql: str | None
    #: Whether only the full record has an answer, but not the embedded sources.
    needs_full_record: bool


@dataclass
class Times:
    """The times of an engine in milliseconds and its rows, or the failure."""

    cold: float | None = None
    repeated: float | None = None
    new: float | None = None
    rows: list[answers.Row] | None = None
    variables: list[str] = field(default_factory=list)
    failure: str = ""
    #: The engine named by our server.
    engine: str = ""


#: Starts a new process of a server with all its settings.
StartServer = Callable[[], AbstractContextManager[Server]]


def read_questions() -> list[Question]:
    """Return all questions, sorted by name."""
    questions = []
    for file in sorted(FOLDER.glob("*.rq")):
        text = file.read_text(encoding="utf-8")
        header = [line for line in text.splitlines() if line.startswith("#+")]
        (summary,) = (line for line in header if line.startswith(_SUMMARY))
        sql = file.with_suffix(".sql")
        questions.append(
            Question(
                file.stem,
                summary.removeprefix(_SUMMARY).strip(),
                text,
                sql.read_text(encoding="utf-8") if sql.is_file() else None,
                _FULL in header,
            )
        )
    return questions


def main() -> None:
    """Run all questions on all engines and print the table, also if interrupted."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.questions", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="data folder")
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
        questions = [question for question in questions if question.name in _SHORT]
    if options.only:
        questions = [question for question in questions if question.name in options.only]
    load = os.getloadavg()[0]
    try:
        if options.build_from:
            progress("building the whole record")
            folder, data = options.build_from.resolve(), options.data.resolve()
            building.compare(folder, data, find_oxigraph())
        with tempfile.TemporaryDirectory(prefix="questions-") as temporary:
            folder = (options.keep or Path(temporary)).resolve()
            repeated = 1 if options.short else _REPETITIONS
            measure_all(options.data.resolve(), folder, questions, repeated, load)
    except KeyboardInterrupt:
        progress("interrupted; the table is not complete")
        sys.exit(130)


def measure_all(
    data: Path, folder: Path, questions: list[Question], repeated: int, load: float
) -> None:
    """Run questions on every available engine, and print the results."""
    used = release.require_current(data)
    table: list[tuple[Question, dict[str, Times]]] = []
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
            times_by_engine = {
                name: time_question(start, question, repeated) for name, start in servers.items()
            }
            if question.sql:
                variables = next((t.variables for t in times_by_engine.values() if t.rows), [])
                times_by_engine["duckdb"] = _time_tables(tables, question.sql, variables, repeated)
            table.append((question, times_by_engine))
    finally:
        _print_table(table)
        _print_environment(used, load, repeated)


def _servers(data: Path, used: release.Release, folder: Path) -> dict[str, StartServer]:
    """Return how to start each available server, after loading the release where needed."""
    servers: dict[str, StartServer] = {
        "ours": partial(ours, data, _TIME_LIMIT),
        "without columns": partial(ours, data, _TIME_LIMIT, columnar=False),
    }
    if program := find_oxigraph():
        servers["oxigraph"] = partial(oxigraph, program, used.path / "store", _TIME_LIMIT)
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


def time_question(start: StartServer, question: Question, repeated: int) -> Times:
    """Time a question on a new process of a server: first, repeated, and with changed text."""
    times = Times()
    with start() as server, contextlib.closing(Connection(server, _TIME_LIMIT + 5)) as connection:
        try:
            reply, times.cold = _answer(connection, question.sparql)
            times.variables, times.rows = answers.of_json(reply.body)
            times.engine = reply.engine
            # Work that a server finishes after its start, such as opening files, is not measured.
            time.sleep(_WARM_UP)
            again = repeated if times.cold < 1000 * _SLOW_SECONDS else 1
            times.repeated = statistics.median(
                _answer(connection, question.sparql)[1] for _ in range(again)
            )
            # A comment changes the text, so that the answer is not cached; the peers have no cache.
            if server.name == "ours":  # with columns and without
                times.new = statistics.median(
                    _answer(connection, f"# {number}\n{question.sparql}")[1]
                    for number in range(again)
                )
        except (TimeoutError, BrokenAnswerError, _StatusError, OSError) as error:
            times.failure = str(error) or type(error).__name__
            if isinstance(error, TimeoutError) or "time" in times.failure.lower():
                times.failure = f"> {_TIME_LIMIT} s"
        progress(f"  {server.name}: {_summary(times)}")
    return times


class _StatusError(Exception):
    """A server answered with a status other than 200."""


def _answer(connection: Connection, query: str) -> tuple[Reply, float]:
    started = time.perf_counter()
    reply = connection.query(query)
    took = 1000 * (time.perf_counter() - started)
    if reply.status != 200:
        message = reply.body[:150].decode(errors="replace")
        raise _StatusError(f"{reply.status} “{' '.join(message.split())}”")
    if took > 1000 * _TIME_LIMIT:
        raise TimeoutError
    return reply, took


def _time_tables(tables: Path, sql: str, variables: list[str], repeated: int) -> Times:
    times = Times()
    with contextlib.closing(Tables(tables)) as connection:
        try:
            (columns, rows), seconds = connection.query(sql, _TIME_LIMIT)
            times.cold = 1000 * seconds
            times.rows = answers.of_table(variables or columns, columns, rows)
            times.repeated = statistics.median(
                1000 * connection.query(sql, _TIME_LIMIT)[1] for _ in range(repeated)
            )
        except TimeoutError:
            times.failure = f"> {_TIME_LIMIT} s"
    progress(f"  duckdb: {_summary(times)}")
    return times


def _summary(times: Times) -> str:
    text = f"{_ms(times.cold)} {_ms(times.repeated)} {_ms(times.new)} ms {times.failure}"
    return text.strip() + (f", {len(times.rows)} rows" if times.rows is not None else "")


# The table


def comparison(times_by_engine: dict[str, Times]) -> str:
    """Describe whether all engines that answered gave the same answer."""
    answered = {name: t.rows for name, t in times_by_engine.items() if t.rows is not None}
    if not answered:
        return "none"
    first, *others = answered
    if differing := [n for n in others if not answers.are_equal(answered[first], answered[n])]:
        return f"**differs from {first}: {', '.join(differing)}**"
    if not answered[first]:
        return "**empty**"
    return "equal" if others else "not compared"


def _print_table(table: list[tuple[Question, dict[str, Times]]]) -> None:
    notes: list[str] = []
    print(
        "| question | rows | answered by | ours: cold | new | repeated | without columns: cold "
        "| new | Oxigraph: cold | repeated | Virtuoso: cold | repeated | DuckDB: cold | repeated "
        "| ours new ÷ without columns | ÷ Oxigraph | ÷ Virtuoso | ÷ DuckDB | answers |"
    )
    print("|" + "---|" * 19)
    for question, times_by_engine in table:
        ours = times_by_engine["ours"]
        peers = [times_by_engine.get(name, Times()) for name in ("oxigraph", "virtuoso", "duckdb")]
        without = times_by_engine.get("without columns", Times())
        cells = [question.name, _rows(times_by_engine), ours.engine or NONE]
        cells += [_cell(ours, ours.cold, notes), _ms(ours.new), _ms(ours.repeated)]
        cells += [_cell(without, without.cold, notes), _ms(without.new)]
        for peer in peers:
            cells += [_cell(peer, peer.cold, notes), _ms(peer.repeated)]
        cells.append(_ratio(ours.new, without.new))
        cells += [_ratio(ours.new, peer.repeated) for peer in peers]
        print(f"| {' | '.join(cells)} | {comparison(times_by_engine)} |")
    print()
    for number, note in enumerate(notes, 1):
        print(f"({number}) {note}\n")
    _print_means([times for _, times in table])


def _print_means(table: list[dict[str, Times]]) -> None:
    """Print the geometric means of the ratios of our times to those of each other engine."""
    for name in ("oxigraph", "virtuoso", "duckdb"):
        ratios = [
            times_by_engine["ours"].new / peer.repeated
            for times_by_engine in table
            if times_by_engine["ours"].new and (peer := times_by_engine.get(name, Times())).repeated
        ]
        _print_mean(f"ours new ÷ {name} repeated", ratios)
    pairs = [
        (times_by_engine["ours"].new, times_by_engine["without columns"].new)
        for times_by_engine in table
    ]
    both = [(ours, theirs) for ours, theirs in pairs if ours and theirs]
    _print_mean("ours new ÷ without columns", [ours / theirs for ours, theirs in both])
    short = [ours / theirs for ours, theirs in both if theirs < _SHORT_QUERY_MS]
    _print_mean(f"the same for questions under {_SHORT_QUERY_MS} ms without columns", short)
    print()


def _print_mean(title: str, ratios: list[float]) -> None:
    if ratios:
        mean = statistics.geometric_mean(ratios)
        print(f"- {title}: {mean:.2f} (of {len(ratios)} questions; at most {max(ratios):.2f})")


def _print_environment(used: release.Release, load: float, repeated: int) -> None:
    print(
        f"Milliseconds over HTTP, except DuckDB, which runs in the benchmark's process; cold: the "
        f"first question to a new process; repeated: median of {repeated} runs "
        f"(one if it takes longer than {_SLOW_SECONDS:g} s), "
        f"for our server from its cache; new: the same with a changing comment, so that nothing is "
        f"cached. Time limit {_TIME_LIMIT} s. The operating system may have cached the files of "
        "the stores.\n"
    )
    versions = [f"Python {platform.python_version()}", f"pyoxigraph {ox.__version__}"]
    if program := find_oxigraph():
        result = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
        versions.append(result.stdout.strip())
    if programs := virtuoso.find():
        versions.append(f"Virtuoso {virtuoso.version(programs[0])}")
    versions.append(f"DuckDB {VERSION}")
    print(
        f"Release {used.name}, {len(used.open_store()):,} triples; {platform.machine()}, "
        f"{os.cpu_count()} cores, load before {load:.1f}; {', '.join(versions)}."
    )


def _rows(times_by_engine: dict[str, Times]) -> str:
    return next((f"{len(t.rows):,}" for t in times_by_engine.values() if t.rows is not None), NONE)


def _cell(times: Times, milliseconds: float | None, notes: list[str]) -> str:
    """Return a time or the failure; a long failure becomes a note."""
    if not times.failure:
        return _ms(milliseconds)
    if times.failure.startswith(">"):
        return times.failure
    if times.failure not in notes:
        notes.append(times.failure)
    return f"failed ({notes.index(times.failure) + 1})"


def _ms(milliseconds: float | None) -> str:
    if milliseconds is None:
        return NONE
    return f"{milliseconds:,.1f}" if milliseconds < 10 else f"{milliseconds:,.0f}"


def _ratio(ours: float | None, theirs: float | None) -> str:
    return f"{ours / theirs:.2f}" if ours is not None and theirs else NONE


if __name__ == "__main__":
    main()
