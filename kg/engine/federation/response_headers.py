"""The requests behind a federated answer: headers for clients, remarks for people.

The headers are lists of RFC 8941 (structured fields): an endpoint or a sentence, with parameters.
``docs/explanation/federation.md`` documents them.
"""

from __future__ import annotations

from typing import Final

from kg.engine.federation.rewriter import RewrittenQuery
from kg.limits import FEDERATION_HEADER_CHARACTERS

CALLS: Final = "Federation"
FAILED: Final = "Federation-Failed"
WARNING: Final = "Federation-Warning"


def response_headers(rewritten: RewrittenQuery) -> tuple[tuple[str, str], ...]:
    """Return the headers that list the endpoints queried, silent failures, and warnings."""
    calls = [
        f"{_quoted(call.endpoint)};requests={call.requests};cached={call.cached};rows={call.rows}"
        f";sent={call.sent};received={call.received};ms={call.milliseconds}"
        for call in rewritten.calls
    ]
    failed = [
        f"{_quoted(call.endpoint)};reason={_quoted(call.failed)}"
        for call in rewritten.calls
        if call.failed
    ]
    warnings = [_quoted(warning) for warning in rewritten.warnings]
    lists = ((CALLS, calls), (FAILED, failed), (WARNING, warnings))
    return tuple(
        (name, ", ".join(entries)[:FEDERATION_HEADER_CHARACTERS])
        for name, entries in lists
        if entries
    )


def remarks(rewritten: RewrittenQuery) -> tuple[str, ...]:
    """Return the same as sentences, failures first."""
    failed = [
        f"{call.failed}. Because of SERVICE SILENT the query was answered without this endpoint; "
        "rows may be missing"
        for call in rewritten.calls
        if call.failed
    ]
    calls = [
        f"{call.endpoint} returned {call.rows:,} rows in {call.milliseconds:,} ms "
        f"({call.requests} requests, {call.cached} cached answers)"
        for call in rewritten.calls
        if not call.failed
    ]
    return *failed, *rewritten.warnings, *calls


def _quoted(text: str) -> str:
    """Return a text as a quoted string of a structured field, in printable ASCII."""
    plain = "".join(c if " " <= c <= "~" else "?" for c in text)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
