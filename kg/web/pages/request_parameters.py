"""URL parameters of pages: which ones a route reads, a span of years, a page of a list."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine, Mapping
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl, urlencode

from fastapi import Request, Response
from fastapi.routing import APIRoute

from kg.limits import REQUEST_PARAMETERS
from kg.web.http_error import HttpError, UnknownValueError

#: The year of the first roll call.
FIRST_YEAR: Final = 1946
#: digits: the length of the number of a page.
_MAX_PAGE_DIGITS: Final = 4
#: The attribute of a route's function with the names of the parameters that it reads.
_READS: Final = "reads_parameters"
#: The parameter that every page reads, to select a format.
FORMAT: Final = "format"

_Function = TypeVar("_Function", bound=Callable[..., object])


def reads(
    *names: str, by_path: Callable[[str], Collection[str]] | None = None
) -> Callable[[_Function], _Function]:
    """Declare which URL parameters a function of a ``PageRoute`` reads from its request.

    ``by_path`` returns further ones for the value of the path parameter ``name``.
    """

    def declare(function: _Function) -> _Function:
        setattr(function, _READS, (names, by_path))
        return function

    return declare


class PageRoute(APIRoute):
    """A route whose responses depend on the URL parameters that its function declares.

    Other parameters are removed, and the rest is put in order: pages are cached by their URL, and
    must not be created again for a parameter without a meaning.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the function that handles a request."""
        handle = super().get_route_handler()
        names, by_path = getattr(self.endpoint, _READS, ((), None))
        declared = {FORMAT, *names, *(field.alias for field in self.dependant.query_params)}

        async def handle_normalized(request: Request) -> Response:
            more = by_path(request.path_params["name"]) if by_path else ()
            text = request.scope["query_string"].decode("latin-1")
            if text:
                request.scope["query_string"] = _normalized(text, declared.union(more))
            return await handle(Request(request.scope, request.receive))

        return handle_normalized


def _normalized(text: str, names: Collection[str]) -> bytes:
    """Return a query string with only these parameters, in the order of their names.

    Raises:
        HttpError: with status 400 if it has too many parameters.
    """
    try:
        parameters = parse_qsl(text, keep_blank_values=True, max_num_fields=REQUEST_PARAMETERS)
    except ValueError as error:
        raise HttpError(400, f"too many parameters: {error}") from error
    kept = [(name, value) for name, value in parameters if name in names]
    return urlencode(sorted(kept, key=lambda parameter: parameter[0])).encode()


def requested_years(request: Request, default_from: int, default_until: int) -> tuple[int, int]:
    """Return the years ``from`` and ``until``, but none before the first roll call.

    ``until`` is at most its default, the last year of the record, unless ``from`` is later.

    Raises:
        HttpError: with status 400 if they are not years.
    """
    years = []
    for name, default in (("from", default_from), ("until", default_until)):
        value = request.query_params.get(name) or str(default)
        if not (value.isdecimal() and len(value) == 4):
            raise HttpError(400, f"expected a year such as 1990 as {name!r}, found {value[:20]!r}")
        years.append(max(int(value), FIRST_YEAR))
    first, last = years
    if request.query_params.get("until"):
        first, last = min(years), max(years)
    return first, max(first, min(last, default_until))


def requested_value(request: Request, name: str, expected: Mapping[str, str]) -> str:
    """Return a parameter with one of the expected values, empty if it is not given.

    ``expected`` has the label of each value.

    Raises:
        HttpError: with status 400 if it has another value.
    """
    value = request.query_params.get(name, "").strip()
    if value and value not in expected:
        raise UnknownValueError(name, value, expected)
    return value


def requested_page(request: Request) -> int:
    """Return the number of a page of a list, from 1, which is the default.

    Raises:
        HttpError: with status 400 if the value is no such number.
    """
    return requested_number(request, "page", 1, max_digits=_MAX_PAGE_DIGITS)


def requested_number(request: Request, name: str, default: int, *, max_digits: int) -> int:
    """Return a whole number that is not below the default, or the default if there is none.

    Raises:
        HttpError: with status 400 if the value is not one, or has more digits.
    """
    value = request.query_params.get(name, "")
    if not value:
        return default
    if not (value.isdecimal() and len(value) <= max_digits and int(value) >= default):
        expected = f"a number from {default} to {10**max_digits - 1}"
        raise HttpError(400, f"expected {expected} as {name!r}, found {value[:20]!r}")
    return int(value)
