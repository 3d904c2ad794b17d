"""Figures as PNG pictures, for documents and shared links: made on demand from their SVG.

The extra ``pictures`` has the renderer and its font; without it there are no pictures. Pages are
cached by the responder, and so are pictures.
"""

from __future__ import annotations

import asyncio
import functools
import importlib.util
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from kg.errors import BusyError, LimitError
from kg.limits import PICTURE_PROCESSES, PICTURE_SECONDS, WAITING_PICTURES
from kg.web.http_error import HttpError
from kg.web.pages import rasterizer

_FONT_PACKAGE: Final = "font_source_sans_pro"
_FONT_FILE: Final = "files/SourceSansPro-Regular.ttf"


@functools.cache
def font_file() -> Path | None:
    """Return the font of pictures, or None if the extra ``pictures`` is not installed."""
    renderer = importlib.util.find_spec("resvg")
    package = importlib.util.find_spec(_FONT_PACKAGE)
    if renderer is None or package is None or package.origin is None:
        return None
    return Path(package.origin).parent / _FONT_FILE


class PictureMaker:
    """Turns SVG into PNG in short-lived processes, a bounded number at a time."""

    def __init__(self) -> None:
        self._processes = asyncio.Semaphore(PICTURE_PROCESSES)
        self._waiting = 0

    async def png(self, svg: str) -> bytes:
        """Return a picture with the size of an SVG.

        Raises:
            HttpError: with status 404 if the extra ``pictures`` is not installed.
            BusyError: if too many pictures are waiting.
            LimitError: if the picture cannot be made in time.
        """
        font = font_file()
        if font is None:
            raise HttpError(
                404, "this installation makes no pictures; the extra un-votes-kg[pictures] does"
            )
        if self._waiting >= WAITING_PICTURES:
            raise BusyError("too many pictures are being made; try again in a moment")
        self._waiting += 1
        try:
            async with self._processes:
                return await _rendered(svg, font)
        finally:
            self._waiting -= 1


async def _rendered(svg: str, font: Path) -> bytes:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-I", rasterizer.__file__, str(font),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(PICTURE_SECONDS):
            picture, _ = await process.communicate(svg.encode())
    except TimeoutError as error:
        raise LimitError(
            f"the picture was not finished in {PICTURE_SECONDS} seconds; take the SVG instead"
        ) from error
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode:
        raise LimitError("the picture could not be made; take the SVG instead")
    return picture
