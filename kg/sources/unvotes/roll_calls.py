"""Roll calls of the data of Voeten, Strezhnev and Bailey, and their events.

The R package unvotes and the data set's own table have the same roll calls, under one number
(``rcid``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from kg.model.sources import NormalizedRow
from kg.model.symbols import slug
from kg.model.votes import Document, VotingEvent
from kg.sources.loader import LoadResult
from kg.sources.tables.text import CONTROL, has_controls, normalized
from kg.sources.unvotes.symbols import NOT_ADOPTED, DocumentReference, RollCallRow, session_key
from kg.sources.unvotes.votes import VoteTable

TOPIC_SCHEME: Final = "unvotes-issues"
TOPIC_SCHEME_TITLE: Final = "Issues, as the package unvotes assigns them"
#: Up to this session, only year and month of the dates are reliable (docs/explanation/sources.md).
LAST_MONTH_SESSION: Final = 57


@dataclass(frozen=True, slots=True)
class RollCall:
    """A roll call; ``number`` is its row in the file."""

    row: RollCallRow
    day: str
    important: bool
    description: str
    topics: tuple[str, ...]
    number: int


@dataclass(frozen=True, slots=True)
class Compilation:
    """The form of the data: its registered name, the key of its Source, and the file read."""

    name: str
    source: str
    file: str
    records_non_voting: bool

    def normalized(
        self, call: RollCall, column: str, value: str, read_as: str, rule: str
    ) -> NormalizedRow:
        """Return a value of a roll call that a rule normalised."""
        return NormalizedRow(
            source=self.name,
            file=self.file,
            row=call.number,
            column=column,
            value=value,
            read_as=read_as,
            rule=rule,
            record=str(call.row.rcid),
        )

    def controls(self, call: RollCall, **texts: str) -> Iterator[NormalizedRow]:
        """Yield the texts with control characters, by column."""
        for column, text in texts.items():
            if has_controls(text):
                yield self.normalized(call, column, text, normalized(text), CONTROL)


def description(short: str, long: str) -> str:
    """Return the description of a roll call from its short and long form."""
    parts = [text for text in (_clean(short), _clean(long)) if text]
    if len(parts) == 2 and parts[1].startswith(parts[0]):
        del parts[0]
    return ": ".join(parts)


def _clean(text: str) -> str:
    """Return a text without the escape characters left by an earlier conversion."""
    text = re.sub(r'\\+"+$', "", text)
    return normalized(re.sub(r'\\+"*', '"', text))


def add_events(
    loaded: LoadResult,
    compilation: Compilation,
    calls: Mapping[int, RollCall],
    references: Mapping[int, DocumentReference],
    table: VoteTable,
) -> None:
    """Add the events of roll calls to a result, and what is known of their symbols."""
    for reference in references.values():
        key = "symbols made official" if reference.decides else f"symbols kept: {reference.reason}"
        loaded.notes[key] += 1
    loaded.normalized += [
        compilation.normalized(calls[rcid], "unres", calls[rcid].row.unres, "", NOT_ADOPTED)
        for rcid, reference in references.items()
        if reference.reason == NOT_ADOPTED
    ]
    loaded.rows["read"] = len(table)
    rejected = {int(row.record) for row in loaded.rejected}
    loaded.rejected += table.without_roll_call({*calls, *rejected})
    loaded.events = _events(loaded, compilation, calls, references, table)


def _events(
    loaded: LoadResult,
    compilation: Compilation,
    calls: Mapping[int, RollCall],
    references: Mapping[int, DocumentReference],
    table: VoteTable,
) -> Iterator[VotingEvent]:
    keys = {
        rcid: slug(references[rcid].decides)
        if references[rcid].decides
        else f"{compilation.name}-{rcid}"
        for rcid in calls
    }
    for rcid in sorted(keys, key=keys.__getitem__):
        call, reference = calls[rcid], references[rcid]
        knows_day = call.row.session > LAST_MONTH_SESSION
        known_date = call.day if knows_day else call.day[:7]
        day = call.day if knows_day else table.fitting_day(rcid, call.day)
        votes = table.votes(rcid, day, known_date, loaded)
        loaded.notes[f"dates known to the {'day' if knows_day else 'month'}"] += 1
        session = session_key(call.row)
        decides = None
        if reference.decides:
            decides = Document(
                reference.decides,
                "GeneralAssembly",
                known_date,
                session,
                topics=call.topics,
            )
        yield VotingEvent(
            key=keys[rcid],
            source=compilation.source,
            body="GeneralAssembly",
            date=known_date,
            printed_date=call.day,
            session=session,
            votes=votes,
            records_non_voting=compilation.records_non_voting,
            decides=decides,
            relates_to=reference.relates_to,
            vote_on=reference.vote_on,
            source_symbol=call.row.unres,
            source_number=f"rcid {rcid}",
            description=call.description,
            topics=call.topics,
            important=call.important,
            source_record=str(rcid),
            source_file=compilation.file,
            source_row=call.number,
        )
