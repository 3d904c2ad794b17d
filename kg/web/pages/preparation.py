"""Preparation of pages: what they share is read when a release has become the current one."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from kg.errors import KgError
from kg.web.pages.context import PageContext

_LOG: Final = logging.getLogger("kg.web")
#: seconds: a server that has just started answers its first requests before it prepares pages.
_DELAY: Final = 5.0
#: seconds: how soon after its activation a release is prepared.
_INTERVAL: Final = 1.0


async def prepare_pages(context: PageContext) -> None:
    """Prepare the pages of each release that becomes the current one, until cancelled."""
    prepared = ""
    await asyncio.sleep(_DELAY)
    while True:
        try:
            release = context.release().name
            if release != prepared:
                prepared = release
                await context.prepare()
        except KgError as error:
            # The first page that needs it tries again, and reports the error.
            _LOG.warning("pages could not be prepared: %s", error)
        await asyncio.sleep(_INTERVAL)
