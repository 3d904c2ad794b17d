"""Agenda items: those of a session by number, those of the Council by title."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Final

from kg.model.documents import AgendaItem, agenda_item_key
from kg.model.symbols import slug
from kg.sources.council_agenda import council_item
from kg.sources.dgacm.documents import PrintedAgendaItem

_PREFIX: Final = re.compile(r"Agenda items? ", re.IGNORECASE)
_NUMBER: Final = re.compile(r"(?P<item>\d+)?\s*(?:\((?P<part>[a-z]{1,2})\))?", re.IGNORECASE)
_SEPARATOR: Final = re.compile(r"\s*,\s*and |\s*,\s*| and ")


def numbers(text: str) -> tuple[str, ...]:
    """Return the numbers of the items in a text, empty if its form is unknown.

    >>> numbers("Agenda item 71 (c)"), numbers("Agenda items 12 and 19 (b) and (c)"), numbers("X")
    (('71 (c)',), ('12', '19 (b)', '19 (c)'), ())
    """
    items: list[str] = []
    item = ""
    for part in _SEPARATOR.split(_PREFIX.sub("", text, count=1).strip()):
        match = _NUMBER.fullmatch(part.strip())
        item = (match["item"] or item) if match else ""
        if match is None or not item or not part.strip():
            return ()
        items.append(f"{item} ({match['part'].lower()})" if match["part"] else item)
    return tuple(items)


class AgendaItems:
    """The agenda items that documents name, each with its most frequent title."""

    def __init__(self) -> None:
        #: The source, session and number of each item.
        self._items: dict[str, tuple[str, str, str]] = {}
        self._titles: dict[str, Counter[str]] = defaultdict(Counter)
        #: Titles of documents under several items, used where an item has no other.
        self._shared_titles: dict[str, Counter[str]] = defaultdict(Counter)
        self._documents: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, source: str, session: str, printed: PrintedAgendaItem) -> tuple[str, ...]:
        """Return the keys of the items of a document; none if the number cannot be read."""
        if not session:
            return (self._add_council_item(source, printed),)
        items = {agenda_item_key(session, number): number for number in numbers(printed.number)}
        titles = self._titles if len(items) == 1 else self._shared_titles
        for key, number in items.items():
            self._items[key] = (source, session, number)
            if printed.title:
                titles[key][printed.title] += 1
            if printed.document:
                self._documents[key][printed.document] += 1
        return tuple(items)

    def _add_council_item(self, source: str, printed: PrintedAgendaItem) -> str:
        """Return the key of an item of the Council: by number in an index, else by title."""
        item = council_item(printed.title, source)
        key = slug(f"{printed.document}/{printed.number}") if printed.number else item.key
        self._items[key] = (source, "", printed.number)
        self._titles[key][item.title] += 1
        if printed.document:
            self._documents[key][printed.document] += 1
        return key

    def records(self) -> Iterator[AgendaItem]:
        """Yield the items in the order of their keys."""
        for key, (source, session, number) in sorted(self._items.items()):
            titles = self._titles.get(key) or self._shared_titles[key]
            document = _most_frequent(self._documents.get(key, Counter()))
            yield AgendaItem(key, _most_frequent(titles), source, session, number, document)


def _most_frequent(values: Counter[str]) -> str:
    return min(values, key=lambda value: (-values[value], value), default="")
