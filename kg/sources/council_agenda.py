"""Items of the agenda of the Security Council, which have no numbers."""

from __future__ import annotations

import hashlib
from typing import Final

from kg.model.documents import AgendaItem
from kg.rdf.iris import kebab

#: characters: the length of the title in the key of an item.
_MAX_KEY_LENGTH: Final = 80


def council_item(title: str, source: str) -> AgendaItem:
    """Return the item with a title on the agenda of a meeting.

    The key of a long title ends with its checksum.

    >>> council_item("The situation in Cyprus.", "undl-sc").key
    'S-the-situation-in-cyprus'
    """
    title = title.rstrip(". ")
    words = kebab(title)
    if len(words) > _MAX_KEY_LENGTH:
        digest = hashlib.sha256(words.encode()).hexdigest()
        words = f"{words[:_MAX_KEY_LENGTH].rstrip('-')}-{digest[:8]}"
    return AgendaItem(f"S-{words}", title, source)
