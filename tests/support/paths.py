"""Paths in the repository."""

from __future__ import annotations

from pathlib import Path
from typing import Final

#: The root of the checkout.
ROOT: Final = Path(__file__).parents[2]
#: Small inputs of the tests.
DATA: Final = ROOT / "tests" / "data"
