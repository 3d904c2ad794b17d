"""The path below which a proxy offers the service, such as ``/kg``.

It is that of the public address, the setting ``root_path``, or the header ``X-Forwarded-Prefix`` of
a trusted proxy, which then removes it from the addresses that it requests. Everything below this
middleware sees addresses without the root path; what makes links adds it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from kg.errors import SettingError
from kg.settings import ROOT_PATH_PATTERN, Settings

_HEADER: Final = b"x-forwarded-prefix"
#: The key of the root path in a scope. With that of ASGI, the framework would remove the path once
#: more from an address that begins with it.
_KEY: Final = "kg.root_path"


class RootPathMiddleware:
    """Removes the root path from the address of each request, and remembers it."""

    def __init__(self, app: ASGIApp, root_path: str) -> None:
        self._app = app
        self._root_path = root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] == "http":
            forwarded = _forwarded_prefix(scope)
            # An application that mounts this one has not removed the path either.
            root = scope.get("root_path", "") or self._root_path
            path = scope["path"] if forwarded else _below(root, scope["path"])
            scope = {**scope, "path": path, "root_path": "", _KEY: forwarded or root}
        await self._app(scope, receive, send)


def root_path(scope: Scope) -> str:
    """Return the root path of a request, which does not end with a slash; empty without one."""
    path: str = scope.get(_KEY, "")
    return path


def configured_root_path(settings: Settings, own_paths: Collection[str]) -> str:
    """Return the root path of the settings, empty without one.

    ``own_paths`` are the first parts of the paths of the service, which it must not begin with.

    Raises:
        SettingError: if it differs from the path of the public address, or begins like an own path.
    """
    public = urlsplit(settings.public_url or "").path.rstrip("/")
    path = settings.root_path or public
    if settings.public_url and path != public:
        raise SettingError(
            f"root_path is {path!r}; expected the path of public_url, {public!r}, or none"
        )
    first = path.split("/")[1] if path else ""
    if first in own_paths:
        raise SettingError(
            f"root_path is {path!r}; expected a path that does not begin with a path of the service"
        )
    return path


def _below(root: str, path: str) -> str:
    """Return a path without the root path, which a proxy may have removed already."""
    if root and (path == root or path.startswith(f"{root}/")):
        return path.removeprefix(root) or "/"
    return path


def _forwarded_prefix(scope: Scope) -> str:
    """Return the prefix that a trusted proxy removed, empty if there is none or it is invalid."""
    values = [value for name, value in scope["headers"] if name == _HEADER]
    if len(values) != 1 or not _is_forwarded(scope):
        return ""
    prefix = values[0].decode("latin-1").rstrip("/")
    return prefix if re.fullmatch(ROOT_PATH_PATTERN, prefix) else ""


def _is_forwarded(scope: Scope) -> bool:
    """Return whether a request comes from a trusted proxy.

    The server then replaces the address of its connection by that of the client, whose port is not
    known.
    """
    client = scope.get("client")
    return client is not None and client[1] == 0
