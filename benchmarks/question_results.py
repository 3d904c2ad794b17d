"""The results of the questions: a Markdown table, and JSON from which two runs are compared."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypedDict

from benchmarks import answers
from benchmarks.output import NONE
from benchmarks.timing import Times, in_ms

#: Milliseconds: faster questions gain nothing from columns.
_SHORT_QUERY_MS: Final = 30
#: The other engines, by name in the results, with their names in the table.
PEERS: Final = {
    "without columns": "without columns",
    "oxigraph": "Oxigraph",
    "virtuoso": "Virtuoso",
    "duckdb": "DuckDB",
}


class EngineResult(TypedDict):
    """The times of an engine in milliseconds; ``failure`` is empty if it answered."""

    cold: float | None
    repeated: float | None
    new: float | None
    failure: str
    engine: str


class QuestionResult(TypedDict):
    """A question: its rows, whether the answers were equal, and the result of each engine."""

    name: str
    rows: int | None
    answers: str
    engines: dict[str, EngineResult]


class Results(TypedDict):
    """A run of the benchmark: what it measured, on which machine, and the results."""

    environment: dict[str, str | int | float]
    questions: list[QuestionResult]


@dataclass(frozen=True)
class _Pair:
    ours: float
    theirs: float


def question_result(name: str, times_by_engine: dict[str, Times]) -> QuestionResult:
    """Return the result of a question, without the rows themselves."""
    rows = next((len(t.rows) for t in times_by_engine.values() if t.rows is not None), None)
    return {
        "name": name,
        "rows": rows,
        "answers": comparison(times_by_engine),
        "engines": {
            engine: {
                "cold": times.cold,
                "repeated": times.repeated,
                "new": times.new,
                "failure": times.failure,
                "engine": times.engine,
            }
            for engine, times in times_by_engine.items()
        },
    }


def comparison(times_by_engine: dict[str, Times]) -> str:
    """Describe whether all engines that answered gave the same answers."""
    answered = {name: t for name, t in times_by_engine.items() if t.rows is not None}
    if not answered:
        return "none"
    first, *others = answered
    if differing := [n for n in others if not _have_equal_rows(answered[first], answered[n])]:
        return f"**differs from {first}: {', '.join(differing)}**"
    if not answered[first].rows:
        return "**empty**"
    return "equal" if others else "not compared"


def _have_equal_rows(left: Times, right: Times) -> bool:
    pairs = ((left.rows, right.rows), (left.drawn_rows, right.drawn_rows))
    return all(
        answers.are_equal(ours, theirs)
        for ours, theirs in pairs
        if ours is not None and theirs is not None
    )


def write_results(file: Path, results: Results) -> None:
    """Write the results of a run as JSON."""
    file.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read_results(file: Path) -> Results:
    """Read the results of a run.

    Raises:
        ValueError: if the file does not contain any.
    """
    try:
        results: Results = json.loads(file.read_text(encoding="utf-8"))
        if all(question["engines"] for question in results["questions"]):
            return results
    except (ValueError, LookupError, TypeError) as error:
        raise ValueError(f"{file}: expected results of python -m benchmarks.questions") from error
    raise ValueError(f"{file}: expected the results of an engine for each question")


def print_questions(questions: list[QuestionResult]) -> None:
    """Print the table of the questions, and the geometric means of the ratios."""
    notes: list[str] = []
    peers = "".join(f" {name}: cold | new |" for name in PEERS.values())
    ratios = "".join(f" ÷ {name} |" for name in PEERS.values())
    print(
        f"| question | rows | answered by | ours: cold | new | repeated |{peers}"
        f" ours new{ratios} answers |"
    )
    print("|" + "---|" * (7 + 3 * len(PEERS)))
    for question in questions:
        engines = question["engines"]
        ours = engines["ours"]
        rows = NONE if question["rows"] is None else f"{question['rows']:,}"
        cells = [question["name"], rows, ours["engine"] or NONE]
        cells += [_cell(ours, notes), in_ms(ours["new"]), in_ms(ours["repeated"])]
        for name in PEERS:
            peer = engines.get(name)
            cells += [_cell(peer, notes), in_ms(peer["new"])] if peer else [NONE, NONE]
        pairs = [_pair(question, name) for name in PEERS]
        cells += [f"{pair.ours / pair.theirs:.2f}" if pair else NONE for pair in pairs]
        print(f"| {' | '.join(cells)} | {question['answers']} |")
    print()
    for number, note in enumerate(notes, 1):
        print(f"({number}) {note}\n")
    _print_means(questions)


def _print_means(questions: list[QuestionResult]) -> None:
    for name, title in PEERS.items():
        _print_mean(f"ours new ÷ {title}", questions, name, lambda _: True)
    title = f"the same for questions under {_SHORT_QUERY_MS} ms without columns"
    _print_mean(title, questions, "without columns", lambda pair: pair.theirs < _SHORT_QUERY_MS)
    print()


def _print_mean(
    title: str, questions: list[QuestionResult], name: str, counts: Callable[[_Pair], bool]
) -> None:
    pairs = [pair for question in questions if (pair := _pair(question, name)) and counts(pair)]
    if pairs:
        ratios = [pair.ours / pair.theirs for pair in pairs]
        mean = statistics.geometric_mean(ratios)
        print(f"- {title}: {mean:.2f} (of {len(ratios)} questions; at most {max(ratios):.2f})")


def _pair(question: QuestionResult, name: str) -> _Pair | None:
    """Return our time and that of another engine for constants drawn anew, if both answered."""
    ours, peer = question["engines"]["ours"]["new"], question["engines"].get(name)
    return _Pair(ours, peer["new"]) if ours and peer and peer["new"] else None


def _cell(result: EngineResult, notes: list[str]) -> str:
    """Return the time of the first answer, or the failure; a long failure becomes a note."""
    failure = result["failure"]
    if not failure:
        return in_ms(result["cold"])
    if failure.startswith(">"):
        return failure
    if failure not in notes:
        notes.append(failure)
    return f"failed ({notes.index(failure) + 1})"
