"""Errors inserted into a copy of the real record: each is reported, none is lost or repaired."""

from __future__ import annotations

import csv
import gzip
import io
import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from kg.model.discrepancies import Discrepancy
from kg.model.sources import RejectedRow
from kg.model.state_register import StateRegister
from kg.model.symbols import slug
from kg.model.votes import MergedEvent, VotingEvent
from kg.pipeline.matching import match
from kg.sources.registry import SOURCES
from tests.support.merging import merge
from tests.support.releases import Real

Row = dict[str, str]
#: The years whose roll calls get errors: enough roll calls, without the whole record.
_YEARS: Final = ("2010", "2013")


@dataclass
class Faults:
    """The inserted errors: votes by event and state, dates, second records, lines of the file."""

    votes: dict[tuple[str, str], str] = field(default_factory=dict)
    dates: dict[str, str] = field(default_factory=dict)
    twice: dict[str, str] = field(default_factory=dict)
    strangers: list[int] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)


@dataclass
class Outcome:
    """The inserted errors and the result."""

    faults: Faults
    merged: dict[str, MergedEvent]
    discrepancies: list[Discrepancy]
    refused: list[RejectedRow]
    lines: dict[int, str]


Events = dict[str, list[VotingEvent]]


def _is_of_the_years(day: str) -> bool:
    return _YEARS[0] <= day[:4] <= _YEARS[1]


@pytest.fixture(scope="module")
def events(real: dict[str, Real]) -> Events:
    """The real roll calls of the years, by source."""
    return {
        name: [event for event in real[name].events if _is_of_the_years(event.date)]
        for name in ("undl-ga", "unvotes")
    }


def _keys_of_agreement(events: Events) -> list[str]:
    """Return the keys of roll calls on which both sources agree."""
    unofficial = {event.key: event for event in events["unvotes"]}
    keys = []
    for event in events["undl-ga"]:
        other = unofficial.get(event.key)
        if other and event.date == other.date:
            voted = {state: option for state, option in event.votes.items() if option != "X"}
            if voted == dict(other.votes):
                keys.append(event.key)
    return keys


@pytest.fixture(scope="module")
def outcome(
    real_data: Path,
    events: Events,
    states: StateRegister,
    tmp_path_factory: pytest.TempPathFactory,
) -> Outcome:
    chance = random.Random(2004)
    keys = _keys_of_agreement(events)
    chance.shuffle(keys)
    assert len(keys) > 200
    with gzip.open(real_data / "undl" / "ga_voting.csv.gz", "rt", encoding="utf-8") as stream:
        rows = [row for row in csv.DictReader(stream) if _is_of_the_years(row["date"])]
    by_key: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_key[slug(row["resolution"])].append(row)

    faults = Faults()
    for key in keys[:100]:
        row = chance.choice([row for row in by_key[key] if row["ms_vote"] != "X"])
        row["ms_vote"] = chance.choice([o for o in "YNA" if o != row["ms_vote"]])
        faults.votes[key, row["ms_code"]] = row["ms_vote"]
    days = {key: by_key[key][0]["date"] for key in keys[100:]}
    pairs = _pairs_of_months(keys[100:], days)
    for first, second in pairs:
        for key, day in ((first, days[second]), (second, days[first])):
            faults.dates[key] = day
            for row in by_key[key]:
                row["date"] = day
    untouched = [key for key in keys[100:] if key not in faults.dates]
    for number, key in enumerate(untouched[:5], 1):
        record = str(99_000_000 + number)
        faults.twice[record] = key
        rows += [{**row, "undl_id": record} for row in by_key[key]]
    strangers = [chance.choice(by_key[key]) for key in untouched[5:8]]
    for number, row in enumerate(strangers, 1):
        row["ms_code"], row["ms_name"] = f"ZZ{number}", f"NOBODY {number}"
    truncated_rows = [chance.choice(by_key[key]) for key in untouched[8:10]]

    lines: dict[int, str] = {}
    path = tmp_path_factory.mktemp("faults") / "ga_voting.csv.gz"
    with gzip.open(path, "wt", encoding="utf-8", newline="", compresslevel=1) as stream:
        stream.write(",".join(rows[0]) + "\n")
        line = 1
        for row in rows:
            text = _line(row.values())
            line += 1
            if any(row is stranger for stranger in strangers):
                faults.strangers.append(line)
                lines[line] = row["ms_code"]
            if any(row is truncated for truncated in truncated_rows):
                text = ",".join(text.split(",")[:4]) + "\n"
                faults.broken.append(line)
            line += text.count("\n") - 1
            stream.write(text)
    loaded = SOURCES["undl-ga"].load(path, states)
    faulty = list(loaded.events)
    matched = match(faulty, events["unvotes"])
    merged = {
        merged_event.event.key: merged_event for merged_event in merge(faulty, matched.events)
    }
    discrepancies = [
        *matched.discrepancies,
        *(d for merged_event in merged.values() for d in merged_event.discrepancies),
    ]
    return Outcome(faults, merged, discrepancies, loaded.rejected, lines)


def _line(values: Iterable[str]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerow(values)
    return stream.getvalue()


def _pairs_of_months(keys: list[str], days: dict[str, str]) -> list[tuple[str, str]]:
    """Return ten pairs of roll calls of the same month, on different days."""
    pairs: list[tuple[str, str]] = []
    for first, second in pairwise(sorted(keys, key=lambda key: (days[key][:7], key))):
        used = {key for pair in pairs for key in pair}
        if (
            days[first][:7] == days[second][:7]
            and days[first] != days[second]
            and first not in used
        ):
            pairs.append((first, second))
        if len(pairs) == 10:
            break
    assert len(pairs) == 10
    return pairs


def test_every_changed_vote_is_reported(outcome: Outcome) -> None:
    reported = {d.key: d for d in outcome.discrepancies if d.aspect == "vote"}
    assert len(outcome.faults.votes) == 100
    for (key, state), option in outcome.faults.votes.items():
        # In these years, codes are the keys of the states.
        discrepancy = reported[f"{key}-vote-{state}-unvotes-package"]
        assert discrepancy.accepted_from == ("undl-ga",)
        assert outcome.merged[key].event.votes[state] == option, "the record was repaired"


def test_every_exchanged_date_is_reported(outcome: Outcome) -> None:
    reported = {d.key: d for d in outcome.discrepancies if d.aspect == "date"}
    assert len(outcome.faults.dates) == 20
    for key, day in outcome.faults.dates.items():
        assert reported[f"{key}-date-unvotes-package"].accepted == day
        assert outcome.merged[key].event.date == day


def test_roll_calls_entered_twice_are_rejected_row_by_row(outcome: Outcome) -> None:
    rows_by_value = Counter(
        row.value for row in outcome.refused if row.problem == "second record of a document"
    )
    assert len(rows_by_value) == 5
    for record, key in outcome.faults.twice.items():
        event = outcome.merged[key].event
        assert rows_by_value[f"{event.name} in record {record}"] == len(event.votes)


def test_unknown_states_and_broken_lines_are_rejected_by_line(outcome: Outcome) -> None:
    refused = {row.row: row for row in outcome.refused}
    assert len(outcome.faults.strangers) == 3
    assert len(outcome.faults.broken) == 2
    for line in outcome.faults.strangers:
        assert refused[line].problem == "unknown state"
        assert outcome.lines[line] in refused[line].value
    for line in outcome.faults.broken:
        assert refused[line].problem == "broken line"


def test_nothing_else_is_reported_about_roll_calls_that_agreed(
    outcome: Outcome, events: Events
) -> None:
    """Differences between the unchanged files are the same as before; no more rows are rejected."""
    before = match(events["undl-ga"], events["unvotes"])
    merged = merge(events["undl-ga"], before.events)
    known_keys = {d.key for merged_event in merged for d in merged_event.discrepancies}
    new_keys = {d.key for d in outcome.discrepancies if d.aspect != "symbol"} - known_keys
    votes = {f"{key}-vote-{state}-unvotes-package" for key, state in outcome.faults.votes}
    dates = {f"{key}-date-unvotes-package" for key in outcome.faults.dates}
    assert new_keys == votes | dates
    assert {row.problem for row in outcome.refused} == {
        "unknown state", "broken line", "second record of a document",
    }  # fmt: skip
