"""The record of each event in each source, for looking it up there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.model.sources import SourceRecord
from kg.model.votes import VotingEvent


def source_records(name: str, events: Iterable[VotingEvent]) -> Iterator[SourceRecord]:
    """Yield the records of a source, whose events have their final keys."""
    for event in events:
        yield SourceRecord(
            event=event.key,
            name=name,
            source=event.source,
            record=event.source_record,
            symbol=event.source_symbol or (event.decides.symbol if event.decides else event.draft),
            file=event.source_file,
            row=event.source_row,
            date=event.overruled.get("date", event.printed_date or event.date),
            known_date=event.overruled.get("date", event.date),
            session=event.overruled.get("session", event.session),
            meeting=event.overruled.get("meeting", event.meeting),
        )
