"""What a check finds in an article: a verdict for each sentence, with the reason and the query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kg.check.claims import Claim
from kg.check.parts import Difference
from kg.check.text import Sentence

Verdict = Literal["agrees", "contradicts", "undecidable", "unbound"]
VERDICTS: tuple[Verdict, ...] = ("agrees", "contradicts", "undecidable", "unbound")


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence with its verdict.

    ``event`` is the IRI of the roll call, empty where none is certain; ``name``, ``date`` and
    ``tally`` are its symbol, day and counts. ``query`` is the query whose result decides, empty
    for an unbound sentence; ``differences`` are those of a contradiction.
    """

    sentence: Sentence
    verdict: Verdict
    claim: Claim
    reason: str
    event: str = ""
    name: str = ""
    date: str = ""
    tally: str = ""
    query: str = ""
    differences: tuple[Difference, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Return the finding as a JSON object."""
        return {
            "sentence": self.sentence.text,
            "start": self.sentence.start,
            "end": self.sentence.end,
            "verdict": self.verdict,
            "event": self.event or None,
            "claim": self.claim.as_json(),
            "reason": self.reason,
            "record": {"name": self.name, "date": self.date, "tally": self.tally}
            if self.event
            else None,
            "query": self.query or None,
        }
