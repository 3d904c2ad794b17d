"""Pictures of each kind of page, light, dark and on a phone, to look at.

python -m tests.e2e.screenshots http://127.0.0.1:8000 FOLDER [KIND ...]
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.support.browser import PAGES, chromium

#: Width, height, colours and the scale of a pixel.
_LOOKS = {
    "light": (1280, 900, "light"),
    "dark": (1280, 900, "dark"),
    "phone": (390, 844, "light"),
}


def main(address: str, folder: str, *kinds: str) -> None:
    """Take the pictures; a page longer than three screens is cut there."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for look, (width, height, scheme) in _LOOKS.items():
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme="dark" if scheme == "dark" else "light",
            )
            page = context.new_page()
            for kind in kinds or PAGES:
                page.goto(address + PAGES[kind])
                page.wait_for_load_state("networkidle")
                tall = page.evaluate("document.documentElement.scrollHeight")
                page.screenshot(
                    path=f"{folder}/{kind}-{look}.png",
                    full_page=True,
                    clip={"x": 0, "y": 0, "width": width, "height": min(tall, 3 * height)},
                )
            context.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
