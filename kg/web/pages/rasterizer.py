"""The program that turns one SVG into a PNG: from standard input to standard output.

It runs in a process of its own, so that no picture can keep the server busy or exhaust its memory.
It imports nothing of this package, to start quickly. The argument is the path of a font file.
"""

from __future__ import annotations

import re
import sys
from typing import Final

_FONT_FAMILY: Final = re.compile(r"font-family:[^;}]*;?")


def main(font: str) -> None:
    """Write the picture; its size is that of the SVG in pixels."""
    from resvg import render, usvg  # noqa: PLC0415 (an optional dependency)

    options = usvg.Options.default()
    options.load_font_file(font)
    options.font_family = options.list_fonts()[0]
    # There is one font; the renderer would leave out text in any other.
    svg = _FONT_FAMILY.sub("", sys.stdin.buffer.read().decode())
    tree = usvg.Tree.from_str(svg, options)
    sys.stdout.buffer.write(bytes(render(tree, (1, 0, 0, 0, 1, 0))))


if __name__ == "__main__":
    main(sys.argv[1])
