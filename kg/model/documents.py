"""Drafts, their sponsors, and the agenda items that documents belong to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from kg.model.sponsorship import UNSPONSORED, Sponsorship
from kg.model.symbols import slug
from kg.model.votes import BodyName, Outcome

_ARTICLE: Final = re.compile(r"^the\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """An item of an agenda: of a session of the General Assembly, or of the Security Council.

    ``key`` is that of ``agenda_item_key``. ``session`` and ``number`` are empty for an item of the
    Council; ``title``, and ``document``, the symbol of the agenda ("A/79/251"), are empty where
    unknown.
    """

    key: str
    title: str
    source: str
    session: str = ""
    number: str = ""
    document: str = ""


def agenda_item_key(session: str, number: str) -> str:
    """Return the key of an item of a session from its number in any spelling.

    >>> agenda_item_key("79", "71 (c)"), agenda_item_key("79", "71c"), agenda_item_key("ES-11", "5")
    ('79-71-c', '79-71-c', 'ES-11-5')

    Raises:
        ValueError: if the number contains no letter or digit.
    """
    return f"{session}-{slug(number).lower()}"


def item_name(agenda_item: str) -> str:
    """Return the title of an agenda item in the form in which those of two years are compared.

    >>> item_name("The situation in the Middle East.")
    'situation in the middle east'
    """
    return _ARTICLE.sub("", agenda_item).strip(" .").casefold()


@dataclass(frozen=True, slots=True)
class Draft:
    """The draft of a resolution or decision, by the symbol under which it was acted upon.

    ``date`` is the day of its submission, empty where unknown; ``versions`` are the symbols of its
    earlier versions. ``adopted_as`` are the symbols of the documents adopted from it: one text may
    contain several draft resolutions. ``outcome`` is None where unknown. Sources may have a record
    each of one draft, and one record for each document adopted from it: they are merged.
    """

    symbol: str
    body: BodyName
    session: str
    source: str
    date: str = ""
    versions: tuple[str, ...] = ()
    sponsorship: Sponsorship = UNSPONSORED
    adopted_as: tuple[str, ...] = ()
    outcome: Outcome | None = None

    @property
    def key(self) -> str:
        """The last part of its IRI."""
        return slug(self.symbol)


@dataclass(frozen=True, slots=True)
class MergedDraft:
    """One draft, merged from the records of all sources.

    ``sources`` are the sources of its records, the accepted one first; ``variants`` are other
    spellings of its symbol.
    """

    draft: Draft
    sources: tuple[str, ...]
    variants: tuple[str, ...] = ()
