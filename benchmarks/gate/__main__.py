"""Check that both engines give the same answers, and that planted mistakes are found.

    python -m benchmarks.gate [--data DIR] [--number N] [--seed N] [--no-mutants]

With ``--data``, all queries of the library and the benchmark run in both engines on its release.
Then random queries run on a small set of awkward facts, ``--number`` of them and, with each of
seven mistakes planted in the compiler, until the mistake is found. Each is followed by a query that
differs only in IRIs, for which the plan of the first is used again. The exit code is 1 if any
answers differ or a mistake is not found.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.gate import mutants
from benchmarks.gate.compare import EnginePair, Outcome, Result
from benchmarks.gate.data import release as hostile_release
from benchmarks.gate.generator import Generator, with_other_iris
from benchmarks.output import progress
from benchmarks.question_files import read_questions
from kg.release import release
from kg.sparql.algebra import Term
from kg.sparql.saved_queries import library
from kg.sparql.unsupported import Reason

#: Solutions of a random query that Oxigraph visits in seconds, and holds in a few gigabytes.
MAX_SOLUTIONS: Final = 3_000_000
#: Random queries within which each planted mistake must be found.
MAX_QUERIES_PER_MUTANT: Final = 2000


@dataclass
class Summary:
    """The outcomes of many queries."""

    generated: int = 0
    compared: int = 0
    #: Those that were compared again with other IRIs.
    with_other_iris: int = 0
    with_rows: int = 0
    limited: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    different: list[tuple[str, str]] = field(default_factory=list)

    def add(self, query: str, result: Result) -> None:
        """Count a query."""
        self.generated += 1
        if result.outcome is Outcome.REFUSED:
            self.refused[result.reason] += 1
            return
        if result.outcome is Outcome.LIMITED:
            self.limited += 1
            return
        self.compared += 1
        self.with_rows += result.rows > 0
        if result.outcome is Outcome.DIFFERENT:
            self.different.append((query, result.difference))

    def add_other(self, query: str, result: Result) -> None:
        """Count a query that differs from the last one only in its IRIs."""
        self.with_other_iris += result.outcome in {Outcome.EQUAL, Outcome.DIFFERENT}
        if result.outcome is Outcome.DIFFERENT:
            self.different.append((query, result.difference))

    @property
    def is_good(self) -> bool:
        """Whether no answers differed and the engine had no internal error."""
        return not self.different and not self.refused[Reason.INTERNAL_ERROR.name]

    def print(self, name: str) -> None:
        """Print the summary under a name."""
        print(
            f"{name}: {self.generated} queries, {self.compared} compared "
            f"({self.with_rows} with rows, {self.with_other_iris} again with other IRIs), "
            f"{sum(self.refused.values())} refused, "
            f"{self.limited} too large to compare, "
            f"{len(self.different)} different"
        )
        for reason, number in self.refused.most_common():
            print(f"  refused {number:5}  {reason}: {Reason[reason].value}")
        for query, difference in self.different:
            print(f"  DIFFERENT {difference[:500]}\n{query}")


def compare_random(engines: EnginePair, number: int, seed: int) -> Summary:
    """Compare the answers to ``number`` random queries."""
    summary, generator = Summary(), Generator(seed)
    for done in range(number):
        query = generator.query()
        summary.add(query, engines.compare(query))
        if (other := with_other_iris(query)) != query:
            summary.add_other(other, engines.compare(other))
        if done % 500 == 499:
            progress(f"{done + 1} queries, {len(summary.different)} different")
    return summary


def queries_until_found(engines: EnginePair, name: str, seed: int) -> tuple[int, int] | None:
    """Return the numbers of queries generated and compared until a planted mistake is found."""
    engines.forget_plans()
    try:
        with mutants.planted(name):
            return _queries_until_different(engines, Generator(seed))
    finally:
        engines.forget_plans()


def _queries_until_different(engines: EnginePair, generator: Generator) -> tuple[int, int] | None:
    compared = 0
    for number in range(1, MAX_QUERIES_PER_MUTANT + 1):
        query = generator.query()
        for each in dict.fromkeys((query, with_other_iris(query))):
            outcome = engines.compare(each).outcome
            compared += outcome in {Outcome.EQUAL, Outcome.DIFFERENT}
            if outcome is Outcome.DIFFERENT:
                return number, compared
    return None


def compare_release(data: Path, summary: Summary) -> None:
    """Compare the answers to the queries of the library, with defaults, and of the benchmark."""
    engines = EnginePair(release.require_current(data).path)
    for name, query, parameters in _saved_queries():
        started = time.perf_counter()
        result = engines.compare(query, parameters)
        summary.add(query, result)
        detail = result.reason or f"{result.rows} rows"
        progress(f"{name}: {result.outcome} {detail} {time.perf_counter() - started:.1f} s")


def _saved_queries() -> Iterator[tuple[str, str, Mapping[str, Term]]]:
    for name, saved in library().items():
        yield name, saved.text, saved.bind({})
    for question in read_questions():
        yield question.name, question.sparql, {}


def main() -> None:
    """Run the gate."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gate", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--data", type=Path, metavar="DIR", help="data folder of a release")
    parser.add_argument("--number", type=int, default=10_000, help="number of random queries")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-mutants", action="store_true", help="plant no mistakes")
    options = parser.parse_args()
    is_good = True
    if options.data:
        summary = Summary()
        compare_release(options.data, summary)
        summary.print("library and benchmark")
        is_good = summary.is_good
    with tempfile.TemporaryDirectory(prefix="gate-") as folder:
        engines = EnginePair(Path(folder), hostile_release(Path(folder)), MAX_SOLUTIONS)
        if options.number:
            summary = compare_random(engines, options.number, options.seed)
            summary.print("random queries")
            is_good = is_good and summary.is_good
        for name in () if options.no_mutants else mutants.NAMES:
            caught = queries_until_found(engines, name, options.seed)
            if caught:
                generated, compared = caught
                print(f"{name}: found after {generated} queries, {compared} of them compared")
            else:
                print(f"{name}: NOT FOUND within {MAX_QUERIES_PER_MUTANT} queries")
            is_good = is_good and caught is not None
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
