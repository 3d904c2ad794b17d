"""The words by which texts name positions in a vote."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from kg.check.vocabulary import any_of
from kg.model.vote_option import VoteOption

_YES, _NO = VoteOption.YES, VoteOption.NO
_ABSTENTION, _NON_VOTING = VoteOption.ABSTENTION, VoteOption.NON_VOTING

#: Before "no votes" where these are votes against, not none.
_COUNTED: Final = (
    r"(?<=\bthe )|(?<=\btheir )|(?<=\bone )|(?<=\btwo )|(?<=\bthree )|(?<=\bfour )|(?<=\bfive )|"
    r"(?<=\bsix )|(?<=\bseven )|(?<=\beight )|(?<=\bnine )|(?<=\bten )|(?<=\d )"
)
#: "141 states voted in the Assembly to demand it": what follows is no list of states.
_TO_DO: Final = (
    r"voted (?:\w+ly )?(?:in the (?:UN )?(?:general )?assembly )?(?:on \w+day )?to "
    r"(?!(?:reject|oppose|block|defeat|postpone|adjourn|abstain|not|delay|keep out)\b)(?=\w)"
)
#: In this order: a longer phrase before the words that it contains.
_PATTERNS: Final = (
    (
        _NON_VOTING,
        any_of(
            r"(?:did|do|does|was|were|would)(?: not|n.t) "
            r"(?:take part|participat\w*|vot\w+|present|cast)",
            r"(?:took|taking|take|taken) no part",
            r"not (?:voting|participating|taking part)",
            r"cast(?:ing)? no votes?",
            r"no vote was cast by",
            r"stay(?:ed|ing|s)? (?:out of|away)",
            r"absen(?:t|ce|ces|tees?)\b",
            r"not in (?:the hall|attendance|the room|the chamber)",
            r"not present",
            r"non-?voting",
            r"failed to vote",
            r"(?:could not|couldn.t|(?:was|were) (?:unable|not (?:able|allowed|entitled)) to|"
            r"(?:was|were) barred from|lost (?:its|their) (?:right to )?) ?vot(?:e|ing)\b",
            r"skipped (?:the|it)",
            r"missed the vote",
            r"n.ont pas (?:particip\w+|vot\w+|pris part)",
            r"n.a pas (?:particip\w+|vot\w+|pris part)",
            r"ne (?:particip\w+|prenn\w+) pas",
            r"no (?:votaron|votó|participaron|participó|pudo votar|pudieron votar)",
            r"n.(?:a|ont) pas pu voter",
            r"ausentes?\b",
            r"absents\b",
            r"not participat\w*",
        ),
    ),
    (_ABSTENTION, any_of(r"abst(?:ain|ention|enant|enu|iendose|uv|in|en|encion|ient)\w*")),
    (
        _NO,
        any_of(
            r"(?:vot(?:ed|ing|es?)|being|were|was|are|is|stood|decided|came|came out|alone|only) "
            r"(?:\w+ )?against\b",
            r"votes? against\b",
            r"against (?:it|were|was|the (?:text|draft|resolution|motion|measure))\b",
            r"vot(?:ed|ing|es?) (?:.?no\b|in opposition)",
            r"sa(?:id|ying) .?no\b",
            r"\bno votes?\b(?=,|;|:|$)",
            rf"(?:{_COUNTED})no[\"\u201d]? votes?\b",
            r"oppos(?:ed|ing|ition|e|es)\b",
            r"in the no camp",
            r"negative votes?",
            r"\bnoes\b|\bnays?\b",
            r"the .?no.? side",
            r"(?:votes|votos|voix) (?:en contra|contre)\b",
            r"en contra\b",
            r"contrari[oa]s\b",
            r"vetoed\b",
            r"\bcontre\b",
            r"against\b",
        ),
    ),
    (
        _YES,
        any_of(
            r"in favou?r\b",
            r"favou?r(?:ed|ing)\b",
            r"vot(?:ed|ing|es?) for\b",
            rf"{_TO_DO}",
            r"vot(?:ed|ing) .?yes\b",
            r"sa(?:id|ying) .?yes\b",
            r".?yes.? votes?\b",
            r"affirmative(?: votes?)?",
            r"the .?yes.? side",
            r"support(?:ed|ing|s)?\b",
            r"back(?:ed|ing)\b",
            r"behind it\b",
            r"votes of support",
            r"a favor\b",
            r"votos? favorables?",
            r"favorables\b",
            r"votes? pour\b",
            r"\bpour\b",
            r"for (?:it|the (?:text|draft|resolution|motion|measure))\b",
            r"(?:votes|votos|voix) (?:in favou?r|for|a favor|favorables|pour)\b",
            r"took the decision",
            r"cast (?:a|his|her|its|their) votes? (?:for|in favou?r)\b",
            r"for(?=[\"\u201d]? or [\"\u201c]?against)",
            r"(?:adopted|approved|carried|passed|endorsed) (?:by|with)\b",
            r"sided with\b",
            r"(?:council )?votes\b",
            r"voix\b",
            r"votos\b",
            r"for\b",
        ),
    ),
)
#: "for" and "against" name a position only beside a number, a list or a verb of voting.
_BARE: Final = frozenset(
    ("for", "against", "pour", "contre", "votes", "council votes", "voix", "votos", "sided with")
)
#: Words that name the votes in favour only where no other word does.
_WEAK: Final = frozenset(("votes", "council votes", "voix", "votos"))


@dataclass(frozen=True, slots=True)
class Cue:
    """A word for a position with its place; ``is_bare`` for "for" and "against" alone."""

    start: int
    end: int
    option: VoteOption
    word: str

    @property
    def is_weak(self) -> bool:
        """Whether the word names votes of any kind."""
        return self.word.lower() in _WEAK

    @property
    def is_infinitive(self) -> bool:
        """Whether the word introduces what was voted for."""
        return self.word.endswith("to ")

    @property
    def is_bare(self) -> bool:
        """Whether the word has other meanings than a position."""
        return self.word.lower() in _BARE


#: What makes a position one that was not taken: a wish, a threat, a refusal, a negation.
_UNREAL: Final = re.compile(
    r"(?:\b(?:would|will|may|might|could|should|must|can|cannot|if|rather than|instead of|not|"
    r"never|nor|neither|short of|stopped short of)|n['\u2019]t)\s+(?:have\s+)?(?:\w+\s+){0,2}$|"
    r"\b(?:urg|press|ask|call|threat|expect|want|plan|intend|refus|declin|fail|pledg|promis|vow|"
    r"instruct|lobb|persuad|convinc|likely|prepar|hop|due|ready|encourag|oblig|forc|invit|advis|"
    r"beg|need|wish|propos|order|push|warn|appeal|unlikely|tempt|consider)\w*\b[^.;:]{0,60}"
    r"\bto\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
#: "Cuba, which had abstained in March, was against": the earlier vote is another one.
_EARLIER: Final = re.compile(r",\s+(?:which|who)\s+had\s+(?:\w+\s+){0,2}$", re.IGNORECASE)
#: What makes "did not vote" a negation, not an absence: "did not vote in favour".
_NOT_VOTING_FOR: Final = re.compile(
    r"\s*(?:for|against|in favou?r|yes|no\b|with|to|on whether)\b", re.IGNORECASE
)
#: Characters before a word for a position in which a wish or a negation is looked for.
_UNREAL_WINDOW: Final = 90


def _is_real(text: str, cue: Cue) -> bool:
    """Return whether a text says that a position was taken, in the vote that it is about."""
    before = text[max(0, cue.start - _UNREAL_WINDOW) : cue.start]
    if _EARLIER.search(before) or _UNREAL.search(before):
        return False
    return not (cue.option is _NON_VOTING and _NOT_VOTING_FOR.match(text, cue.end))


def cues(text: str) -> list[Cue]:
    """Return the words for positions in a sentence, in their order; none overlaps another.

    >>> [(cue.option.label, cue.word) for cue in cues("Five voted against and 35 abstained")]
    [('against', 'voted against'), ('abstaining', 'abstained')]
    """
    found: list[Cue] = []
    for option, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            if not any(match.start() < cue.end and cue.start < match.end() for cue in found):
                found.append(Cue(match.start(), match.end(), option, match[0]))
    return sorted((cue for cue in found if _is_real(text, cue)), key=lambda cue: cue.start)
