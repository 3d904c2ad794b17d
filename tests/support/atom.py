"""Whether a feed is valid: what RFC 4287 requires, and how a program that reads feeds takes it."""

from __future__ import annotations

import re
from typing import Final
from xml.etree import ElementTree

import feedparser
import httpx

from kg.rdf.vocabulary import BASE

ATOM: Final = {"a": "http://www.w3.org/2005/Atom"}


def valid_feed(answer: httpx.Response) -> list[ElementTree.Element]:
    """Return the entries of a feed.

    Raises:
        AssertionError: if it is not valid.
    """
    assert answer.headers["content-type"] == "application/atom+xml"
    feed = ElementTree.fromstring(answer.content)
    entries = feed.findall("a:entry", ATOM)
    assert feed.find("a:author/a:name", ATOM) is not None
    for element in (feed, *entries):
        for name in ("id", "title", "updated"):
            (child,) = element.findall(f"a:{name}", ATOM)
            assert child.text
        # An IRI, in which a space or a quotation mark is escaped.
        assert re.fullmatch(rf"{re.escape(BASE)}[^\s<>\"{{}}|\\^`]*", _text(element, "id"))
        # RFC 3339, with a zone.
        updated = _text(element, "updated")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)", updated)
        assert len(element.findall("a:link[@rel='alternate']", ATOM)) == 1
    assert len(feed.findall("a:link[@rel='self']", ATOM)) == 1
    ids = [_text(entry, "id") for entry in entries]
    assert len(set(ids)) == len(ids)
    read = feedparser.parse(answer.content)
    assert (read.version, read.bozo) == ("atom10", False)
    assert [entry.id for entry in read.entries] == ids
    assert all(entry.updated_parsed and entry.link for entry in read.entries)
    return entries


def _text(element: ElementTree.Element, name: str) -> str:
    return element.findtext(f"a:{name}", "", ATOM)
