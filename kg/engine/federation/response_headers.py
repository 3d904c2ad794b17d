"""What a client is told of a federated answer, in headers (``docs/federation.md`` lists them).

They are lists of RFC 8941 (structured fields): an endpoint or a sentence, then parameters.
"""

from __future__ import annotations

from typing import Final

from kg.engine.federation.rewriter import Outcome

CALLS: Final = "Federation"
FAILED: Final = "Federation-Failed"
WARNING: Final = "Federation-Warning"
#: Characters of a header.
_MOST: Final = 4000


def headers_of(outcome: Outcome) -> tuple[tuple[str, str], ...]:
    """Return the headers that tell who was asked, what failed silently, and what to mind."""
    calls = [
        f"{_text(one.endpoint)};requests={one.requests};cached={one.cached};rows={one.rows}"
        f";sent={one.sent};received={one.received};ms={one.milliseconds}"
        for one in outcome.calls
    ]
    failed = [f"{_text(c.endpoint)};reason={_text(c.failed)}" for c in outcome.calls if c.failed]
    warnings = [_text(one) for one in outcome.warnings]
    lists = ((CALLS, calls), (FAILED, failed), (WARNING, warnings))
    return tuple((name, ", ".join(entries)[:_MOST]) for name, entries in lists if entries)


def remarks_on(outcome: Outcome) -> tuple[str, ...]:
    """Return the same as sentences, what failed first."""
    failed = [
        f"{one.failed}. As SERVICE is SILENT, the answer goes without it and may lack rows"
        for one in outcome.calls
        if one.failed
    ]
    calls = [
        f"{one.endpoint} gave {one.rows:,} rows in {one.milliseconds:,} ms "
        f"({one.requests} requests, {one.cached} answers kept from before)"
        for one in outcome.calls
        if not one.failed
    ]
    return *failed, *outcome.warnings, *calls


def _text(text: str) -> str:
    """Return a text as a string of a header: printable ASCII, quoted."""
    plain = "".join(c if " " <= c <= "~" else "?" for c in text)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
