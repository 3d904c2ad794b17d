"""Responses that are not pages."""

from __future__ import annotations

from starlette.responses import Response


def plain_text(status: int, text: str, headers: dict[str, str] | None = None) -> Response:
    """Return a response in plain text, ended by one newline."""
    content = text.rstrip("\n") + "\n"
    return Response(content, status, headers, media_type="text/plain; charset=utf-8")
