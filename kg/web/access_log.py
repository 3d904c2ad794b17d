"""The access log: one JSON object per request, on the logger ``kg.access``.

It identifies a query by its hash; the query text is logged only if a setting enables it.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.types import Scope

_LOG: Final = logging.getLogger("kg.access")
#: Hexadecimal digits of the hash of a query: enough to distinguish the queries of a log.
_QUERY_HASH_DIGITS: Final = 16


@dataclass(slots=True)
class RequestDetails:
    """What only the application knows of a request: its query, and how that was answered.

    ``rows`` is the number of solutions of a SELECT, ``engine`` the engine that answered,
    ``federation`` the response headers about the endpoints that were queried.
    """

    query: str = ""
    rows: int | None = None
    engine: str = ""
    federation: Mapping[str, str] | None = None


def request_details(scope: Scope) -> RequestDetails:
    """Return the details of a request, which are filled in while it is handled."""
    state = scope.setdefault("state", {})
    details: RequestDetails = state.setdefault("request_details", RequestDetails())
    return details


def log_request(
    scope: Scope,
    status: int,
    length: int,
    seconds: float,
    *,
    complete: bool,
    with_query: bool,
) -> None:
    """Write the entry of one request; ``complete`` if the last byte of the response was sent."""
    if not _LOG.isEnabledFor(logging.INFO):
        return
    details = request_details(scope)
    query_hash = hashlib.sha256(details.query.encode()).hexdigest()[:_QUERY_HASH_DIGITS]
    entry = {
        "method": scope["method"],
        "path": scope["path"],
        "status": status,
        "complete": complete,
        "duration_ms": round(seconds * 1000, 1),
        "bytes": length,
        "rows": details.rows,
        "engine": details.engine,
        "query_hash": query_hash if details.query else "",
    }
    if details.federation is not None:
        entry["federation"] = dict(details.federation)
    if with_query and details.query:
        entry["query"] = details.query
    _LOG.info(json.dumps(entry))
