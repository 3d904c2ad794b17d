"""The positions a state can take in a roll call."""

from __future__ import annotations

from typing import Final, Literal

#: A position in a roll call as the UN's records print it (``skos:notation`` of the option).
OptionCode = Literal["Y", "N", "A", "X"]

OPTION_CODES: Final[tuple[OptionCode, ...]] = ("Y", "N", "A", "X")

#: The words of the UN for each position.
OPTION_LABEL: Final[dict[OptionCode, str]] = {
    "Y": "in favour",
    "N": "against",
    "A": "abstaining",
    "X": "non-voting",
}
