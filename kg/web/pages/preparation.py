"""Preparation of pages: what they share is read when a release has become the current one."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

from kg.errors import KgError
from kg.limits import PREPARATION_INTERVAL_SECONDS
from kg.web.pages.context import PageContext

_LOG: Final = logging.getLogger("kg.web")


async def prepare_pages(context: PageContext) -> None:
    """Prepare the pages of each release that becomes the current one, until cancelled."""
    prepared = ""
    while True:
        await asyncio.sleep(PREPARATION_INTERVAL_SECONDS)
        try:
            release = context.release().name
            if release != prepared:
                prepared = release
                await context.prepare()
        except KgError as error:
            # The first page that needs it tries again, and reports the error.
            _LOG.debug("pages could not be prepared: %s", error)
