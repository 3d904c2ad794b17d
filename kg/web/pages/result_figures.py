"""The figure of a query's result as a file: SVG or PNG."""

from __future__ import annotations

from typing import Final

from kg.sparql.formats import Format
from kg.web.http_error import HttpError
from kg.web.pages.components.result_view import ResultView
from kg.web.pages.components.standalone import PICTURE_SCALE, standalone
from kg.web.pages.pictures import PictureMaker

SVG: Final = Format("svg", "image/svg+xml", "svg", "", None)
PNG: Final = Format("png", "image/png", "png", "", None)
#: The formats of figures.
FIGURES: Final = (SVG, PNG)


async def result_figure(
    pictures: PictureMaker, result: ResultView | None, title: str, remark: str, file: Format
) -> str | bytes:
    """Return the chosen figure of a result, or the first that fits, as a file.

    Raises:
        HttpError: with status 400 if no figure fits the result.
        KgError: if the picture cannot be made.
    """
    forms = [form for form in result.forms if result.has_figure(form)] if result else []
    figures = [figure for form in forms if result and (figure := result.figure(form))]
    if not figures:
        raise HttpError(400, "this result has no figure; choose a 'view' that fits it")
    if file is SVG:
        return standalone(figures[0], title, remark)
    return await pictures.png(standalone(figures[0], title, remark, scale=PICTURE_SCALE))
