"""Whether both engines give the same answers: on a release, at random, and with planted mistakes.

    python -m benchmarks.gate [--data DIR] [--number N] [--seed N] [--no-mutants]

With ``--data`` all queries of the library and of the benchmark are put to both engines on its
release. Then so many queries at random on a small set of awkward facts; then as many as it takes
with each of five mistakes planted in the compiler. Ends with 1 if anything differs.
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
from benchmarks.gate.compare import Both, Outcome, Result
from benchmarks.gate.data import release as hostile_release
from benchmarks.gate.generator import Generator
from benchmarks.output import progress
from benchmarks.questions import read_questions
from kg.release import release
from kg.sparql.algebra import Term
from kg.sparql.saved_queries import library
from kg.sparql.unsupported import Reason

#: Queries at random within which each planted mistake must be found.
PATIENCE: Final = 2000


@dataclass
class Account:
    """What came of many queries."""

    generated: int = 0
    compared: int = 0
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
            self.different.append((query, result.told))

    @property
    def is_good(self) -> bool:
        """Whether nothing differed and the engine itself did not break."""
        return not self.different and not self.refused[Reason.INTERNAL_ERROR.name]

    def tell(self, name: str) -> None:
        """Print the account."""
        print(
            f"{name}: {self.generated} queries, {self.compared} compared "
            f"({self.with_rows} with rows), {sum(self.refused.values())} refused, "
            f"{self.limited} ended by the memory limit, "
            f"{len(self.different)} different"
        )
        for reason, number in self.refused.most_common():
            print(f"  refused {number:5}  {reason}: {Reason[reason].value}")
        for query, told in self.different:
            print(f"  DIFFERENT {told[:500]}\n{query}")


def at_random(both: Both, number: int, seed: int) -> Account:
    """Compare so many queries at random."""
    account, generator = Account(), Generator(seed)
    for done in range(number):
        query = generator.query()
        account.add(query, both.compare(query))
        if done % 500 == 499:
            progress(f"{done + 1} queries, {len(account.different)} different")
    return account


def found_after(both: Both, name: str, seed: int) -> tuple[int, int] | None:
    """Return after how many queries, and how many compared, a planted mistake is found."""
    compared, generator = 0, Generator(seed)
    with mutants.planted(name):
        for number in range(1, PATIENCE + 1):
            outcome = both.compare(generator.query()).outcome
            compared += outcome in {Outcome.EQUAL, Outcome.DIFFERENT}
            if outcome is Outcome.DIFFERENT:
                return number, compared
    return None


def of_release(data: Path, account: Account) -> None:
    """Compare the queries of the library, with their examples, and those of the benchmark."""
    both = Both(release.require(data).path)
    for name, query, parameters in _known():
        started = time.perf_counter()
        result = both.compare(query, parameters)
        account.add(query, result)
        told = result.reason or f"{result.rows} rows"
        progress(f"{name}: {result.outcome} {told} {time.perf_counter() - started:.1f} s")


def _known() -> Iterator[tuple[str, str, Mapping[str, Term]]]:
    for name, saved in library().items():
        yield name, saved.text, saved.bind({})
    for question in read_questions():
        yield question.name, question.sparql, {}


def main() -> None:
    """Run the gate."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gate", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--data", type=Path, metavar="DIR", help="data folder of a release")
    parser.add_argument("--number", type=int, default=10_000, help="queries at random")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-mutants", action="store_true", help="plant no mistakes")
    options = parser.parse_args()
    is_good = True
    if options.data:
        account = Account()
        of_release(options.data, account)
        account.tell("library and benchmark")
        is_good = account.is_good
    with tempfile.TemporaryDirectory(prefix="gate-") as folder:
        both = Both(Path(folder), hostile_release(Path(folder)))
        if options.number:
            account = at_random(both, options.number, options.seed)
            account.tell("at random")
            is_good = is_good and account.is_good
        for name in () if options.no_mutants else mutants.NAMES:
            found = found_after(both, name, options.seed)
            if found:
                print(f"{name}: found after {found[0]} queries, {found[1]} of them compared")
            else:
                print(f"{name}: NOT FOUND within {PATIENCE} queries")
            is_good = is_good and found is not None
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
