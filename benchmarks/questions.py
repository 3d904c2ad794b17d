"""How soon servers answer what researchers ask, and whether they say the same.

    python -m benchmarks.questions --data DIR [--short] [--build-from FOLDER]

puts the questions of ``benchmarks/questions/*.rq`` to our server, to ``oxigraph serve-read-only``
and to Virtuoso, over HTTP and in the same words, and those with an ``.sql`` beside them to DuckDB
on the tables of ``kg export``. It compares all answers and prints a table in Markdown on standard
output, its progress on standard error. Where a program is missing its columns stay empty.
``--build-from`` first builds the whole record there, from a folder with the source files in
``undl/`` and ``unvotes/``, and measures that beside ``oxigraph load``.
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
#: seconds: time limit of a question.
_TIME_LIMIT: Final = 60
#: times that a question is repeated.
_REPETITIONS: Final = 3
#: milliseconds: a faster question gains nothing from columns.
_SHORT_QUERY_MS: Final = 30
#: seconds between the first question to a new server and the others.
_WARM_UP: Final = 3
#: seconds: a question that takes longer is repeated once only.
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
    """A question, in SPARQL and, where the tables hold the answer, in SQL."""

    name: str
    summary: str
    sparql: str
    sql: str | None
    #: Whether only the full record has an answer, the embedded sources none.
    needs_full_record: bool


@dataclass
class Times:
    """The times of an engine in milliseconds, and its rows, or the failure."""

    cold: float | None = None
    repeated: float | None = None
    new: float | None = None
    rows: list[answers.Row] | None = None
    variables: list[str] = field(default_factory=list)
    failure: str = ""
    #: The engine that our server names.
    engine: str = ""


#: Starts a new process of a server with all its settings.
StartServer = Callable[[], AbstractContextManager[Server]]


def read_questions() -> list[Question]:
    """Return all questions, by name."""
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
    """Put all questions to all engines and print the table, or what there is when interrupted."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.questions", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="data folder")
    parser.add_argument("--short", action="store_true", help="five questions, repeated once")
    parser.add_argument(
        "--build-from", type=Path, metavar="FOLDER", help="build it from these source files"
    )
    parser.add_argument("--only", action="append", metavar="NAME", help="this question")
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="keep tables and Virtuoso's database for more runs"
    )
    options = parser.parse_args()
    # A polite end must clean up as Ctrl-C does, and Ctrl-C in the background too.
    for polite in (signal.SIGINT, signal.SIGTERM):
        signal.signal(polite, signal.default_int_handler)
    questions = read_questions()
    if options.short:
        questions = [question for question in questions if question.name in _SHORT]
    if options.only:
        questions = [question for question in questions if question.name in options.only]
    load = os.getloadavg()[0]
    try:
        if options.build_from:
            progress("a build of the whole record")
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
    """Put questions to every engine there is, and print what came of it."""
    used = release.require_current(data)
    table: list[tuple[Question, dict[str, Times]]] = []
    # By release: what is kept must not be taken for another.
    place = folder / used.name
    tables = place / "tables"
    if not tables.is_dir():
        progress("the tables of the release, as Parquet")
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
    """Return how to start each server there is, after loading the release where need be."""
    servers: dict[str, StartServer] = {
        "ours": partial(ours, data, _TIME_LIMIT),
        "without columns": partial(ours, data, _TIME_LIMIT, columnar=False),
    }
    if program := find_oxigraph():
        servers["oxigraph"] = partial(oxigraph, program, used.path / "store", _TIME_LIMIT)
    if programs := virtuoso.find():
        database, dumps = folder / "virtuoso", folder / "dumps"
        if not database.is_dir():
            progress("the facts as N-Triples, and Virtuoso with them")
            dumps.mkdir(exist_ok=True)
            facts = dumps / "facts.nt"
            used.open_store().dump(str(facts), ox.RdfFormat.N_TRIPLES, from_graph=ox.DefaultGraph())
            virtuoso.load(programs, database, facts)
            facts.unlink()
        servers["virtuoso"] = partial(virtuoso.virtuoso, programs[0], database, dumps)
    return servers


def time_question(start: StartServer, question: Question, repeated: int) -> Times:
    """Put a question to a fresh process of a server: first, repeatedly, and in new words."""
    times = Times()
    with start() as server, contextlib.closing(Connection(server, _TIME_LIMIT + 5)) as connection:
        try:
            reply, times.cold = _answer(connection, question.sparql)
            times.variables, times.rows = answers.of_json(reply.body)
            times.engine = reply.engine
            # What a server still does after its start, opening files for example, is in no time.
            time.sleep(_WARM_UP)
            again = repeated if times.cold < 1000 * _SLOW_SECONDS else 1
            times.repeated = statistics.median(
                _answer(connection, question.sparql)[1] for _ in range(again)
            )
            # A comment makes it another text, which no cache of answers knows; the peers have none.
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
    """A server answered with another status than 200."""


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
    """Return whether all engines that answered gave the same answer."""
    answered = {name: t.rows for name, t in times_by_engine.items() if t.rows is not None}
    if not answered:
        return "none"
    first, *others = answered
    if differing := [n for n in others if not answers.are_equal(answered[first], answered[n])]:
        return f"**{', '.join(differing)} differs from {first}**"
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
    """Print the geometric means of our times to those of each other engine."""
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
    _print_mean(f"the same, of those under {_SHORT_QUERY_MS} ms without columns", short)
    print()


def _print_mean(title: str, ratios: list[float]) -> None:
    if ratios:
        mean = statistics.geometric_mean(ratios)
        print(f"- {title}: {mean:.2f} (of {len(ratios)} questions; at most {max(ratios):.2f})")


def _print_environment(used: release.Release, load: float, repeated: int) -> None:
    print(
        f"Milliseconds over HTTP, DuckDB's in the same process; cold: the first question to a new "
        f"process; repeated: median of {repeated} "
        f"(one for what takes longer than {_SLOW_SECONDS:g} s), "
        f"with us from the cache; new: the same with a comment in it that changes, so that nothing "
        f"is cached. Limit {_TIME_LIMIT} s. The files of the stores may be in the cache of the "
        "operating system.\n"
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
    """Return a time, or why there is none; a long reason as a note."""
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
