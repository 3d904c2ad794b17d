"""N-Triples lines and literals (https://www.w3.org/TR/n-triples/)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from kg.rdf.iris import thing
from kg.rdf.vocabulary import LABEL_LANGUAGE, XSD

_ESCAPES: Final = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"})
_DATE_TYPES: Final = {4: XSD.gYear, 7: XSD.gYearMonth, 10: XSD.date}


def text(value: str, language: str = LABEL_LANGUAGE) -> str:
    """Return a literal with a language tag."""
    return f'"{value.translate(_ESCAPES)}"@{language}'


def plain(value: str) -> str:
    """Return a plain string literal."""
    return f'"{value.translate(_ESCAPES)}"'


def typed(value: object, datatype: str) -> str:
    """Return a typed literal."""
    return f'"{value}"^^<{datatype}>'


def dated(value: str) -> str:
    """Return an ISO date, month or year as a literal of the matching type.

    Raises:
        ValueError: if the text has a different length.
    """
    if len(value) not in _DATE_TYPES:
        raise ValueError(f"{value!r} is not an ISO date, month or year")
    return typed(value, _DATE_TYPES[len(value)])


def about(subject: str, predicate: str, value: str) -> tuple[str]:
    """Return the line of a triple; ``value`` is an N-Triples term."""
    return (f"<{subject}> <{predicate}> {value} .\n",)


def sources(subject: str, predicate: str, keys: Iterable[str]) -> Iterator[str]:
    """Yield a triple for each source of a resource."""
    for key in keys:
        yield from about(subject, predicate, f"<{thing('source', key)}>")
