"""The result of a query in requests and errors: the reader's choice, and the place of a mistake."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from kg.web.http_error import HttpError
from kg.web.pages.components.result_choice import ResultChoice

#: Where a syntax error is, as ``kg.sparql.syntax_errors`` writes it.
_PLACE: Final = re.compile(r"syntax error in line (\d+), column (\d+): ")
#: The declaration of a prefix that it recommends.
_DECLARATION: Final = re.compile(r"; add (PREFIX [\w-]*: <[^<>]+>)$")


class Mistake(NamedTuple):
    """The place of a syntax error, and the declaration that would correct it, often empty."""

    line: int
    column: int
    declaration: str


def requested_choice(values: Mapping[str, str]) -> ResultChoice:
    """Return how a request wants its result to be shown.

    Raises:
        HttpError: with status 400 if a value is unknown, with those that were expected.
    """
    try:
        return ResultChoice.of(values)
    except ValueError as error:
        raise HttpError(400, str(error)) from error


def mistake_in(message: str) -> Mistake | None:
    """Return where the mistake in a query is, according to the message of the error.

    >>> mistake_in("syntax error in line 2, column 7: this { is never closed")
    Mistake(line=2, column=7, declaration='')
    >>> mistake_in("the query exceeded the time limit")
    """
    place = _PLACE.match(message)
    if place is None:
        return None
    declaration = _DECLARATION.search(message)
    return Mistake(int(place[1]), int(place[2]), declaration[1] if declaration else "")
