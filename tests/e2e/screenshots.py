"""Pictures of each kind of page, light, dark, on a phone and as printed, to look at.

python -m tests.e2e.screenshots http://127.0.0.1:8000 FOLDER [KIND ...]
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final, Literal, NamedTuple

from tests.support.browser import PAGES, chromium


class _Look(NamedTuple):
    """Width and height of the window in pixels (a page of paper is 96 to the inch), and media."""

    width: int
    height: int
    media: Literal["screen", "print"] = "screen"
    colours: Literal["light", "dark"] = "light"


_LOOKS: Final = {
    "light": _Look(1280, 900),
    "dark": _Look(1280, 900, colours="dark"),
    "phone": _Look(390, 844),
    "print": _Look(718, 1047, "print"),
}


def main(address: str, folder: str, *kinds: str) -> None:
    """Take the pictures; a page longer than three screens is cut there."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for name, look in _LOOKS.items():
            context = browser.new_context(
                viewport={"width": look.width, "height": look.height}, color_scheme=look.colours
            )
            page = context.new_page()
            page.emulate_media(media=look.media)
            for kind in kinds or PAGES:
                page.goto(address + PAGES[kind])
                page.wait_for_load_state("networkidle")
                tall = page.evaluate("document.documentElement.scrollHeight")
                page.screenshot(
                    path=f"{folder}/{kind}-{name}.png",
                    full_page=True,
                    clip={
                        "x": 0,
                        "y": 0,
                        "width": look.width,
                        "height": min(tall, 3 * look.height),
                    },
                )
            context.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
