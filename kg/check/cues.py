"""The words by which texts name positions in a vote, outcomes and bodies."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from kg.model.vote_option import VoteOption

_YES, _NO = VoteOption.YES, VoteOption.NO
_ABSTENTION, _NON_VOTING = VoteOption.ABSTENTION, VoteOption.NON_VOTING


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(patterns)})", re.IGNORECASE)


#: In this order: a longer phrase before the words that it contains.
_PATTERNS: Final = (
    (
        _NON_VOTING,
        _any(
            r"(?:did|do|does|was|were|would)(?: not|n.t) "
            r"(?:take part|participat\w*|vot\w+|present|cast)",
            r"(?:took|taking|take|taken) no part",
            r"not (?:voting|participating|taking part)",
            r"cast(?:ing)? no votes?",
            r"no vote was cast by",
            r"stay(?:ed|ing) (?:out of|away)",
            r"absen(?:t|ce|ces|tees?)\b",
            r"not in (?:the hall|attendance|the room|the chamber)",
            r"not present",
            r"non-?voting",
            r"failed to vote",
            r"skipped (?:the|it)",
            r"missed the vote",
            r"n.ont pas (?:particip\w+|vot\w+|pris part)",
            r"n.a pas (?:particip\w+|vot\w+|pris part)",
            r"ne (?:particip\w+|prenn\w+) pas",
            r"no (?:votaron|votó|participaron|participó)",
            r"ausentes?\b",
            r"absents\b",
            r"not participat\w*",
        ),
    ),
    (_ABSTENTION, _any(r"abst(?:ain|ention|enant|enu|iendose|uv|in|en|encion|ient)\w*")),
    (
        _NO,
        _any(
            r"(?:vot(?:ed|ing|es?)|being|were|was|are|is|stood|decided|came|came out|alone|only) "
            r"(?:\w+ )?against\b",
            r"votes? against\b",
            r"against (?:it|were|was|the (?:text|draft|resolution|motion|measure))\b",
            r"vot(?:ed|ing|es?) (?:.?no\b|in opposition)",
            r"sa(?:id|ying) .?no\b",
            r"\bno votes?\b(?=,|;|:|$)",
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
        _any(
            r"in favou?r\b",
            r"favou?r(?:ed|ing)\b",
            r"vot(?:ed|ing|es?) for\b",
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

#: What a vote, a decision or its result is called; numbers mean votes only near such words.
VOTING: Final = _any(
    r"vot\w*",
    r"ballot",
    r"resolution",
    r"résolution",
    r"resolución",
    r"motion",
    r"draft",
    r"assembly",
    r"assemblée",
    r"asamblea",
    r"council\b",
    r"conseil",
    r"consejo",
    r"adopt\w*",
    r"approv\w+",
    r"aprob\w+",
    r"carried",
    r"pass(?:ed|es|ing)?\b",
    r"abst\w+",
    r"endors\w+",
    r"reject\w+",
    r"defeat\w+",
    r"in favou?r",
    r"oppos\w+",
    r"against",
    r"sanction\w*",
    r"particip\w+",
    r"absent\w*",
    r"took no part",
    r"decision",
    r"decided",
    r"revo(?:ked|cation)",
    r"text\b",
    r"for\b",
    r"won\b",
    r"veto\w*",
)
COUNCIL: Final = _any(
    r"security council",
    r"council\b",
    r"conseil de sécurité",
    r"consejo de seguridad",
    r"veto\w*",
    r"15[- ]members?",
    r"15[- ]nation",
)
ASSEMBLY: Final = _any(
    r"(?:general )?assembly",
    r"assemblée",
    r"asamblea",
    r"19\d[- ](?:member|nation)",
    r"world body",
)
#: "Human Rights Council" and the like are other bodies.
OTHER_COUNCIL: Final = _any(
    r"(?:human )?rights council",
    r"economic and social council",
    r"trusteeship council",
    r"european council",
)
#: A part of a document, an amendment, a motion or a committee: another vote than the final one.
OTHER_VOTE: Final = (
    (
        _any(r"committee\b", r"commission\b", r"comit[eé]\b"),
        "a vote in a committee is not in the record",
    ),
    (_any(r"amendments?\b", r"amendement", r"enmienda"), "an amendment has a vote of its own"),
    (
        _any(
            r"(?:operative |preambular )?paragraphs?\b",
            r"sections?\b",
            r"(?:first|second|third) part\b",
        ),
        "a paragraph or section has a vote of its own",
    ),
    (
        _any(
            r"no-action",
            r"procedur\w+",
            r"secret ballot",
            r"public vote",
            r"adjourn\w+",
            r"competence",
        ),
        "a procedural motion has a vote of its own",
    ),
)
VETO: Final = _any(
    r"vetoe[ds]\b",
    r"vetan?\b",
    r"vetó\b",
    r"vetaron",
    r"a(?:vait)? mis son veto",
    r"blocked\b",
    r"(?:cast|used|exercised|wielded|casting|using) "
    r"(?:a|its|his|their|the|two|double) vetoe?s?\b",
    r"veto\b",
)
#: A veto that is feared, wished or expected is none.
UNREAL_BEFORE: Final = re.compile(
    r"\b(?:would|may|might|could|will|should|can|to|if|not|no|never|threat\w*|without|"
    r"use of (?:its|the|a))\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
UNREAL_AFTER: Final = re.compile(
    r"[^.;]{0,24}\b(?:foreseen|expected|threat\w*|feared|power|right|wielding|needed)\b",
    re.IGNORECASE,
)
#: What may happen, is wished or feared is no statement about a vote.
HYPOTHETICAL: Final = _any(
    r"would (?:have )?",
    r"may\b",
    r"might\b",
    r"could\b",
    r"expected",
    r"foreseen",
    r"threat\w*",
    r"will\b",
    r"\bif\b",
    r"likely",
    r"hoped",
    r"urge\w*",
    r"should\b",
    r"can be\b",
    r"pledged",
    r"plans? to",
    r"had hoped",
)
UNANIMOUS: Final = _any(r"unanim\w+", r"à l.unanimité", r"por unanimidad")
WITHOUT_VOTE: Final = _any(
    r"without a vote",
    r"by consensus",
    r"sans (?:être mise? aux voix|vote)",
    r"sin votación",
    r"par consensus",
    r"por consenso",
)
NEGATION: Final = re.compile(
    r"\b(?:not|no|never|without|fail\w*|non|pas|rather than)\b[^.;]{0,12}$", re.IGNORECASE
)
ADOPTED: Final = _any(
    r"adopt\w*",
    r"approved",
    r"carried",
    r"passed",
    r"voted\b",
    r"votée?",
    r"aprob\w+",
    r"accepted",
    r"took the decision",
    r"taken\b",
    r"endorsed",
)
REJECTED: Final = _any(r"reject\w+", r"defeat\w+", r"rejet\w+", r"rechaz\w+", r"fell\b", r"failed")
SPONSORS: Final = _any(r"co-?sponsor\w*", r"sponsor\w*", r"co-?auteurs", r"copatrocin\w+")


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
    def is_bare(self) -> bool:
        """Whether the word has other meanings than a position."""
        return self.word.lower() in _BARE


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
    return sorted(found, key=lambda cue: cue.start)
