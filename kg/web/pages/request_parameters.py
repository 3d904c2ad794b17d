"""URL parameters of several pages: a span of years, a page of a list."""

from __future__ import annotations

from typing import Final

from fastapi import Request

from kg.web.http_error import HttpError

#: The year of the first roll call.
FIRST_YEAR: Final = 1946


def requested_years(request: Request, default_from: int, default_until: int) -> tuple[int, int]:
    """Return the years ``from`` and ``until``, but none before the first roll call.

    Raises:
        HttpError: with status 400 if they are not years.
    """
    years = []
    for name, default in (("from", default_from), ("until", default_until)):
        value = request.query_params.get(name) or str(default)
        if not (value.isdecimal() and len(value) == 4):
            raise HttpError(400, f"expected a year such as 1990 as {name!r}, found {value[:20]!r}")
        years.append(min(max(int(value), FIRST_YEAR), default_until))
    return min(years), max(years)


def requested_number(request: Request, name: str, default: int, *, max_digits: int) -> int:
    """Return a whole number, or the default if the value is not one or has more digits."""
    value = request.query_params.get(name, "")
    return int(value) if value.isdecimal() and len(value) <= max_digits else default
