"""The agenda column of the UN Digital Library as agenda items.

An entry of the General Assembly has the symbol of the agenda, the number of the item and its title:
"A/38/251 78g Environment.". The library's subdivision of an item, "A/55/251 114b[24]", is not an
item. An entry of the Security Council has the heading of the index to proceedings of a year:
"S/43 [11] UN PEACEKEEPING FORCE IN CYPRUS", or its number only: "S37"; or the item of the meeting's
agenda, "S/ X The situation in Cyprus."
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from kg.model.documents import AgendaItem, agenda_item_key
from kg.model.symbols import slug
from kg.sources.council_agenda import council_item
from kg.sources.undl.events import RecordedEvent

_ASSEMBLY: Final = re.compile(
    r"(?P<document>A/(?:(?P<session>\d{1,2}|E?S-\d+)/)?\S+)(?: & Add\.\S+)? "
    r"(?P<number>\d+(?: ?\(?[a-z]{1,2}\)?)?)\$?(?P<subdivision>\[\d+\])?(?: (?P<title>\S.*))?"
)
_COUNCIL_MEETING: Final = re.compile(r"S/ X (?P<title>\S.*)")
_COUNCIL: Final = re.compile(r"(?P<document>S/\d+) \[(?P<number>\d+)\] (?P<title>\S.*)")


def agenda_item(entry: str, source: str, session: str) -> AgendaItem:
    """Return the item of an entry; an entry in another form is a title.

    ``session`` is that of the vote; the symbol of the agenda may name another one.

    >>> item = agenda_item("A/38/251 78g Environment.", "undl-ga", "38")
    >>> item.key, item.number, item.title, item.document
    ('38-78-g', '78 (g)', 'Environment', 'A/38/251')
    >>> agenda_item("S/43 [11] UN PEACEKEEPING FORCE IN CYPRUS", "undl-sc", "").key
    'S-43-11'
    """
    match = _ASSEMBLY.fullmatch(entry)
    if match and (session := match["session"] or session):
        return AgendaItem(
            key=agenda_item_key(session, match["number"]),
            title="" if match["subdivision"] else (match["title"] or "").rstrip(" ."),
            source=source,
            session=session,
            number=_printed(match["number"]),
            document=match["document"],
        )
    if match := _COUNCIL.fullmatch(entry):
        document, number = match["document"], match["number"]
        return AgendaItem(
            slug(f"{document}/{number}"), match["title"], source, "", number, document
        )
    if match := _COUNCIL_MEETING.fullmatch(entry):
        return council_item(match["title"], source)
    return AgendaItem(slug(entry), entry, source)


def items_of(source: str, events: Iterable[RecordedEvent]) -> list[AgendaItem]:
    """Return the agenda items of events, each with its first title."""
    items: dict[str, AgendaItem] = {}
    for event in events:
        for item in items_of_event(source, event):
            if item.key not in items or (item.title and not items[item.key].title):
                items[item.key] = item
    return [items[key] for key in sorted(items)]


def items_of_event(source: str, event: RecordedEvent) -> list[AgendaItem]:
    """Return the agenda items of an event, each once."""
    items = (agenda_item(entry, source, event.session) for entry in event.agenda)
    return list({item.key: item for item in items}.values())


def _printed(number: str) -> str:
    """Return the number of an item as the United Nations prints it.

    >>> _printed("78g"), _printed("23")
    ('78 (g)', '23')
    """
    figures, _, letters = slug(number).lower().partition("-")
    return f"{figures} ({letters})" if letters else figures
