"""Who sponsors a text: states and other agents, as its source has them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Sponsors:
    """States by key, and other agents by key, in the order of the source."""

    states: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sponsorship:
    """Who sponsors a text, as its source has it: groups are never expanded to their members.

    ``sponsors`` are printed on the draft, ``additional`` joined later; ``on_behalf_of`` are keys of
    agents for which a sponsor acts.
    """

    sponsors: Sponsors = Sponsors()
    additional: Sponsors = Sponsors()
    on_behalf_of: tuple[str, ...] = ()


#: No source names any sponsor.
UNSPONSORED: Final = Sponsorship()
