"""Timing questions: on a new process of each server, and in DuckDB on the tables."""

from __future__ import annotations

import contextlib
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks import answers
from benchmarks.client import BrokenAnswerError, Connection, Reply
from benchmarks.columnar import Tables
from benchmarks.output import NONE, progress
from benchmarks.question_files import Question
from benchmarks.servers import Server

#: Seconds: time limit of a question.
TIME_LIMIT: Final = 60
#: Seconds between the first question to a new server and the others.
_WARM_UP: Final = 3
#: Seconds: a question that takes longer is repeated only once.
SLOW_SECONDS: Final = 3.0

#: Starts a new process of a server with all its settings.
StartServer = Callable[[], AbstractContextManager[Server]]


@dataclass
class Times:
    """The times of an engine in milliseconds and its rows, or the failure.

    ``new`` is with constants drawn anew; ``drawn_rows`` are the rows of the first of these.
    """

    cold: float | None = None
    repeated: float | None = None
    new: float | None = None
    rows: list[answers.Row] | None = None
    drawn_rows: list[answers.Row] | None = None
    variables: list[str] = field(default_factory=list)
    failure: str = ""
    #: The engine named by our server.
    engine: str = ""


def time_question(start: StartServer, question: Question, drawn: Sequence[Question]) -> Times:
    """Time a question on a new process of a server: first, repeated, and with drawn constants.

    No answer to a drawn question is cached: its text is new.
    """
    times = Times()
    with start() as server, contextlib.closing(Connection(server, TIME_LIMIT + 5)) as connection:
        try:
            reply, times.cold = _answer(connection, question.sparql)
            times.variables, times.rows = answers.of_json(reply.body)
            times.engine = reply.engine
            # Work that a server finishes after its start, such as opening files, is not measured.
            time.sleep(_WARM_UP)
            again = len(drawn) if times.cold < 1000 * SLOW_SECONDS else 1
            repeated = [_answer(connection, question.sparql)[1] for _ in range(again)]
            times.repeated = statistics.median(repeated)
            new = [_answer(connection, other.sparql) for other in drawn[:again]]
            times.new = statistics.median(milliseconds for _, milliseconds in new)
            times.drawn_rows = answers.of_json(new[0][0].body)[1]
        except (TimeoutError, BrokenAnswerError, _StatusError, OSError) as error:
            times.failure = str(error) or type(error).__name__
            if isinstance(error, TimeoutError) or "time" in times.failure.lower():
                times.failure = f"> {TIME_LIMIT} s"
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
    if took > 1000 * TIME_LIMIT:
        raise TimeoutError
    return reply, took


def time_tables(tables: Path, sql: str, drawn: Iterable[str], variables: list[str]) -> Times:
    """Time a question in DuckDB on the tables in a folder.

    ``variables`` are those of the answers of the servers, empty if none answered.
    """
    times = Times()
    with contextlib.closing(Tables(tables)) as connection:
        try:
            (columns, rows), seconds = connection.query(sql, TIME_LIMIT)
            times.cold = 1000 * seconds
            times.rows = answers.of_table(variables or columns, columns, rows)
            new = [connection.query(other, TIME_LIMIT) for other in drawn]
            times.repeated = statistics.median(
                1000 * connection.query(sql, TIME_LIMIT)[1] for _ in new
            )
            times.new = statistics.median(1000 * seconds for _, seconds in new)
            columns, rows = new[0][0]
            times.drawn_rows = answers.of_table(variables or columns, columns, rows)
        except TimeoutError:
            times.failure = f"> {TIME_LIMIT} s"
    progress(f"  duckdb: {_summary(times)}")
    return times


def _summary(times: Times) -> str:
    text = f"{in_ms(times.cold)} {in_ms(times.repeated)} {in_ms(times.new)} ms {times.failure}"
    return text.strip() + (f", {len(times.rows)} rows" if times.rows is not None else "")


def in_ms(milliseconds: float | None) -> str:
    """Return a time as text, with a decimal if it is short."""
    if milliseconds is None:
        return NONE
    return f"{milliseconds:,.1f}" if milliseconds < 10 else f"{milliseconds:,.0f}"
