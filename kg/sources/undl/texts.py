"""Dates and meetings in the text of a resolution that differ from the library's record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from kg.model.symbols import slug
from kg.resources import DATA
from kg.sources import csv_table
from kg.sources.undl.events import NoteNormalization, RecordedEvent

FILE: Final = "undl_texts.csv"
#: The rule, as printed in the list of normalised rows.
RULE: Final = "a date or meeting that contradicts the resolution's text is taken from the text"


@dataclass(frozen=True)
class Adoption:
    """The date or meeting in a text, empty where it equals the record, and the source."""

    date: str
    meeting: str
    source: str


def read_adoptions() -> Mapping[str, Adoption]:
    """Return the adoption data in texts, by the slugs of their resolutions."""
    return {
        slug(row["symbol"]): Adoption(row["date"], row["meeting"], row["source"])
        for row in csv_table.read(DATA / FILE, "symbol date meeting source")
    }


def follow_text(event: RecordedEvent, adoption: Adoption, note: NoteNormalization) -> RecordedEvent:
    """Return the event with the date and meeting of the text; ``note`` receives differences."""
    if adoption.date not in ("", event.date):
        note("date", event.date, adoption.date, RULE)
        overruled = {**event.overruled, "date": event.date}
        event = replace(event, date=adoption.date, overruled=overruled, text_source=adoption.source)
    if adoption.meeting not in ("", event.meeting):
        note("meeting", event.meeting, adoption.meeting, RULE)
        overruled = {**event.overruled, "meeting": event.meeting}
        event = replace(
            event, meeting=adoption.meeting, overruled=overruled, text_source=adoption.source
        )
    return event
