"""Measures the checks on sentences with known verdicts.

``python -m tests.support.claims dev.csv --data DIR`` checks the sentences of a file in the form of
``claims/dev.csv`` in the folder of real data against the release in a data folder, and prints how
many are bound and judged rightly, by kind, language and verdict, and what is judged otherwise.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.check.checker import SentenceRow, check_sentence
from kg.check.findings import Finding
from kg.check.record import Record, asks_store, read_index
from kg.release.release import require_current

#: Faults of a contradiction that are one of fact, not of wording, of the time zone or unsettled.
_PLAIN = ("article", "committee")


@dataclass(frozen=True)
class Judged:
    """A sentence with its row in the file, its finding, and the roll calls that are right."""

    row: dict[str, str]
    finding: Finding
    events: frozenset[str]

    @property
    def expected(self) -> str:
        """The verdict in the file; what claims nothing should be unbound."""
        verdict = self.row["verdict"]
        return "unbound" if verdict == "no claim" else verdict

    @property
    def is_plain_error(self) -> bool:
        """Whether the sentence contradicts the record by an error of fact."""
        return self.expected == "contradicts" and self.row["fault"].startswith(_PLAIN)

    @property
    def is_right(self) -> bool:
        """Whether the verdict is the expected one; differences of wording may be undecidable."""
        if self.expected == "contradicts" and not self.is_plain_error:
            return self.finding.verdict in ("contradicts", "undecidable")
        return self.finding.verdict == self.expected

    @property
    def is_bound_rightly(self) -> bool:
        """Whether it is bound to the right roll call, or rightly to none."""
        if not self.events:
            return not self.finding.event
        return self.finding.event in self.events


async def _judge(path: Path, data: Path) -> list[Judged]:
    asks = asks_store(require_current(data).open_store())
    record = Record(await read_index(asks), asks)
    judged = []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            sentence = SentenceRow(
                row["id"], row["sentence"], row["previous_sentence"], row["article_date"]
            )
            finding = await check_sentence(sentence, record)
            calls = record.index.with_symbol(row["roll_call"]) if row["roll_call"] else []
            judged.append(Judged(row, finding, frozenset(call.iri for call in calls)))
    return judged


def _altered(row: dict[str, str]) -> Iterator[str]:
    """Yield a sentence with each of its numbers in digits made wrong."""
    for column in ("claim_yes", "claim_no", "claim_abstain", "claim_nonvoting"):
        number = re.compile(rf"(?<!\d){row[column]}(?!\d)")
        if row[column] and number.search(row["sentence"]):
            for change in (1, -3):
                value = int(row[column])
                wrong = value + (change if value + change >= 0 else 3)
                yield number.sub(str(wrong), row["sentence"], count=1)


async def _judge_altered(path: Path, data: Path) -> Counter[str]:
    asks = asks_store(require_current(data).open_store())
    record = Record(await read_index(asks), asks)
    verdicts: Counter[str] = Counter()
    with path.open(encoding="utf-8-sig", newline="") as stream:
        for row in csv.DictReader(stream):
            for text in _altered(row) if row["verdict"] == "agrees" else ():
                sentence = SentenceRow("", text, row["previous_sentence"], row["article_date"])
                verdicts[(await check_sentence(sentence, record)).verdict] += 1
    return verdicts


def judge_altered(path: Path, data: Path) -> Counter[str]:
    """Return the verdicts on the sentences that agree, with each number made wrong in turn."""
    return asyncio.run(_judge_altered(path, data))


def judge(path: Path, data: Path) -> list[Judged]:
    """Return the findings on all sentences of a file, by the release in a data folder."""
    return asyncio.run(_judge(path, data))


def precision(judged: Iterable[Judged]) -> float:
    """Return the share of the sentences judged to contradict that do."""
    found = [j for j in judged if j.finding.verdict == "contradicts"]
    return sum(j.expected == "contradicts" for j in found) / len(found)


def recall(judged: Iterable[Judged], verdict: str) -> float:
    """Return the share of the sentences with an expected verdict that have it."""
    expected = [j for j in judged if j.expected == verdict]
    return sum(j.finding.verdict == verdict for j in expected) / len(expected)


def table(judged: list[Judged], name: str, key: Callable[[Judged], str]) -> str:
    """Return a Markdown table of the sentences by a property."""
    groups: dict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        groups[key(one)].append(one)
    lines = [f"| {name} | sentences | bound rightly | judged rightly |", "|---|---:|---:|---:|"]
    lines += [
        f"| {value} | {len(group)} | {sum(j.is_bound_rightly for j in group)} "
        f"| {sum(j.is_right for j in group)} |"
        for value, group in sorted(groups.items(), key=lambda item: -len(item[1]))
    ]
    return "\n".join(lines)


def report(judged: list[Judged]) -> str:
    """Return the tables, and the measures of the English sentences."""
    english = [j for j in judged if j.row["language"] == "en"]
    plain = [j for j in english if j.is_plain_error]
    caught = sum(j.finding.verdict == "contradicts" for j in plain)
    return "\n\n".join(
        (
            table(judged, "kind", lambda j: j.row["kind"]),
            table(judged, "language", lambda j: j.row["language"]),
            table(judged, "verdict", lambda j: j.row["verdict"]),
            table(english, "verdict (English)", lambda j: j.row["verdict"]),
            f"contradictions: precision {precision(judged):.2f}\n"
            f"English: agrees {recall(english, 'agrees'):.2f}, "
            f"plain errors {caught}/{len(plain)}, "
            f"no claim left alone {recall(english, 'unbound'):.2f}",
        )
    )


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    arguments = parser.parse_args()
    judged = judge(arguments.file, arguments.data)
    print(report(judged))
    altered = judge_altered(arguments.file, arguments.data)
    print(f"numbers made wrong: {dict(altered.most_common())}")
    for j in judged:
        if not j.is_right or (j.finding.event and not j.is_bound_rightly):
            print(
                f"\n{j.row['id']} ({j.row['language']}) {j.expected} {j.row['fault']}\n"
                f"  {j.finding.verdict}: {j.finding.name} {j.finding.reason}"
            )


if __name__ == "__main__":
    _main()
