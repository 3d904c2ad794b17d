"""The table of limits in the documentation matches the code."""

from __future__ import annotations

import re
from pathlib import Path

from kg import limits

ROOT = Path(__file__).parents[1]


def test_the_table_of_limits_is_up_to_date() -> None:
    page = (ROOT / "docs" / "reference" / "limits.md").read_text(encoding="utf-8")
    expected = f"<!-- limits -->\n{limits.as_markdown()}\n<!-- end of limits -->\n"
    assert expected in page, "run: python -m kg.limits docs/reference/limits.md"


def test_every_limit_has_a_unit_and_a_reason() -> None:
    table = limits.as_markdown()
    for name in (name for name in vars(limits) if name.isupper()):
        (row,) = re.findall(rf"^\| `{name}` \|.*$", table, re.MULTILINE)
        assert all(cell.strip() for cell in row.strip("|").split("|")), row
