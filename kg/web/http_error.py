"""The exception that becomes an HTTP error response, and the status of every other error."""

from __future__ import annotations

from collections.abc import Mapping

from kg.errors import (
    BusyError,
    ForbiddenServiceError,
    KgError,
    NotAcceptableError,
    QueryError,
    UnavailableError,
)


class HttpError(KgError):
    """A request that is answered with an error status and a message with the reason."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})


class UnknownValueError(HttpError):
    """A URL parameter with a value that is none of its choices; pages list these as links.

    ``choices`` are the labels of the values.
    """

    def __init__(self, parameter: str, value: str, choices: Mapping[str, str]) -> None:
        listed = f"one of {', '.join(choices)}" if choices else "no value"
        super().__init__(400, f"unknown {parameter} {value[:50]!r}; expected {listed}")
        self.parameter = parameter
        self.choices = dict(choices)


def http_error_from(error: KgError) -> HttpError:
    """Return the HTTP error for an error, as it is sent to the client."""
    match error:
        case HttpError():
            return error
        case ForbiddenServiceError():
            return HttpError(403, str(error))
        case NotAcceptableError():
            return HttpError(406, str(error))
        case QueryError():
            return HttpError(400, str(error))
        case BusyError() | UnavailableError():
            return HttpError(503, str(error), {"Retry-After": "5"})
    return HttpError(503, str(error))
