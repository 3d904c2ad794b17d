"""A release with ideal points of a few states, of both sources."""

from __future__ import annotations

from pathlib import Path

from kg.sources.estimated_ideal_points import COLUMNS
from tests.support.releases import make_release

_PUBLISHED = """ccode,year,idealpointfp,idealpointall,nvotesfp,nvotesall,q5fp,q95fp,q5all,q95all
2,2020,2.1,2.2,90,180,1.9,2.3,2.0,2.4
365,1990,-1.0,-1.1,80,90,-1.2,-0.8,-1.3,-0.9
365,2020,-0.5,-0.6,85,170,-0.7,-0.3,-0.8,-0.4
220,2020,1.2,1.3,88,171,1.0,1.4,1.1,1.5
710,2020,-0.8,-0.9,87,172,-1.0,-0.6,-1.1,-0.7
750,2020,-0.6,-0.7,86,173,-0.8,-0.4,-0.9,-0.5
"""
_OWN = (
    ("USA", "2021", "final passage", "2.5", "2.3", "2.7", "91"),
    ("IND", "2021", "final passage", "-0.25", "-0.5", "0", "81"),
)


def make_ideal_points(data: Path) -> None:
    """Make the release in a data folder; the files are beside it."""
    published, own = data.with_name("IdealPoints.csv"), data.with_name("own.csv")
    published.write_text(_PUBLISHED, encoding="utf-8")
    lines = [",".join(COLUMNS), *(",".join((*row, "a" * 64)) for row in _OWN), ""]
    own.write_text("\n".join(lines), encoding="utf-8")
    sources = ("states", f"ideal-points={published}", f"estimated-ideal-points={own}")
    make_release(data, *sources)
