"""Failures as HTTP statuses: the one exception that the service answers with its message."""

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
    """A request that is answered with a status other than 200 and a sentence that says why."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = dict(headers or {})


def http_error_from(error: KgError) -> HttpError:
    """Return an error as the one that is sent to the client."""
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
