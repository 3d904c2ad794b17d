"""Compiled forms of the queries on date, body, session and meeting of events and documents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

from kg.pipeline.compiled_shapes.components import lexical_form
from kg.pipeline.compiled_shapes.triples import Triples
from kg.rdf.vocabulary import DCTERMS, UNV

_BODY: Final = f"<{UNV.body}>"
_SESSION: Final = f"<{UNV.session}>"
_DATE: Final = f"<{UNV.date}>"
_MONTH: Final = f"<{UNV.month}>"
_DECIDES: Final = f"<{UNV.decides}>"
#: The day on which the Charter came into force.
_FIRST_DAY: Final = "1945-10-24"


def same_body(predicate: str) -> Callable[[Triples, str], bool]:
    """Return the form of a query for values of a property with another body."""
    predicate = f"<{predicate}>"
    return lambda triples, this: all(
        body in triples.values(value, _BODY)
        for value in triples.values(this, predicate)
        for body in triples.values(this, _BODY)
    )


def same_session(predicate: str) -> Callable[[Triples, str], bool]:
    """Return the form of a query for values of a property with another session, or none."""
    predicate = f"<{predicate}>"

    def form(triples: Triples, this: str) -> bool:
        sessions = triples.values(this, _SESSION) or ("",)
        return all(
            session == other
            for value in triples.values(this, predicate)
            for other in triples.values(value, _SESSION) or ("",)
            for session in sessions
        )

    return form


def document_date(triples: Triples, event: str) -> bool:
    """Return whether a decided document has the day of the event, or its month without a day."""
    months = triples.values(event, _MONTH)
    dates = triples.values(event, _DATE) or months
    return not months or all(
        lexical_form(value) == lexical_form(date)
        for document in triples.values(event, _DECIDES)
        for value in triples.values(document, f"<{DCTERMS.date}>")
        for date in dates
    )


def dates(triples: Triples, event: str) -> bool:
    """Return whether the day of an event is in its month, and the month in its year."""
    texts = [
        [lexical_form(value) for value in triples.values(event, predicate)]
        for predicate in (_DATE, _MONTH, f"<{UNV.year}>")
    ]
    return all(
        value[: len(shorter)] == shorter
        for values, shorter_values in pairwise(texts)
        for value in values
        for shorter in shorter_values
    )


def period(*predicates: str) -> Callable[[Triples, str], bool]:
    """Return the form of a query for dates before the United Nations, or in the future."""
    terms = [f"<{predicate}>" for predicate in predicates]

    def form(triples: Triples, this: str) -> bool:
        values = [lexical_form(value) for term in terms for value in triples.values(this, term)]
        if not values:
            return True
        now = datetime.now(UTC).isoformat()
        return all(_FIRST_DAY[: len(value)] <= value <= now[: len(value)] for value in values)

    return form
