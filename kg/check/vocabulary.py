"""The words by which texts name votes, bodies, outcomes, vetoes and what is not certain."""

from __future__ import annotations

import re
from typing import Final


def any_of(*patterns: str) -> re.Pattern[str]:
    """Return the pattern of any of some words, from the beginning of a word."""
    return re.compile(rf"\b(?:{'|'.join(patterns)})", re.IGNORECASE)


#: What a vote, a decision or its result is called; numbers mean votes only near such words.
VOTING: Final = any_of(
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
COUNCIL: Final = any_of(
    r"security council",
    r"council\b",
    r"conseil de sécurité",
    r"consejo de seguridad",
    r"veto\w*",
    r"15[- ]members?",
    r"15[- ]nation",
)
ASSEMBLY: Final = any_of(
    r"(?<!world health )(?<!national )(?<!parliamentary )(?:general )?assembly"
    r"(?!['\u2019]?s? (?:[\w,]+ )?(?:and \w+ )?committee)",
    r"assemblée(?! (?:nationale|parlementaire))",
    r"asamblea(?! (?:nacional|parlamentaria))",
    r"19\d[- ](?:member|nation)",
    r"world body",
)
#: "Human Rights Council" and the like are other bodies.
OTHER_COUNCIL: Final = any_of(
    r"(?:human )?rights council",
    r"economic and social council",
    r"trusteeship council",
    r"european council",
)
#: A part of a document, an amendment, a motion or a committee: another vote than the final one.
OTHER_VOTE: Final = (
    (
        any_of(
            r"(?:human )?rights council",
            r"congress\b",
            r"senate\b",
            r"parliament\b",
            r"house (?:of|passed|voted|approved)\b",
        ),
        "another body has votes of its own",
    ),
    (
        any_of(
            r"(?:earlier|previous|another|other|similar|separate) "
            r"(?:vote|text|draft|resolution|motion|measure)s?\b"
        ),
        "another vote may be meant",
    ),
    (
        any_of(r"committee\b", r"commission\b", r"comit[eé]\b"),
        "a vote in a committee is not in the record",
    ),
    (any_of(r"amendments?\b", r"amendement", r"enmienda"), "an amendment has a vote of its own"),
    (
        any_of(
            r"(?:operative |preambular )?paragraphs?\b",
            r"sections?\b",
            r"(?:first|second|third) part\b",
        ),
        "a paragraph or section has a vote of its own",
    ),
    (
        any_of(
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
#: Bodies, and those who sit in them, whose votes are in no record of the United Nations at hand.
OTHER_BODY: Final = re.compile(
    r"\b(?:(?i:parliament\w*|parlement\w*|senat(?:e|ors?)|congress|bundes(?:tag|rat)|knesset|"
    r"state duma|verkhovna rada|house of (?:commons|lords|representatives)|lawmakers|legislators?|"
    r"deputies|world health assembly|national assembly|(?:human )?rights council|european council|"
    r"council of europe|economic and social council|trusteeship council|board of governors|"
    r"[\w-]+-nation board|executive board|commission|committee|comité|comisión|"
    r"organization of american states|african union|arab league|"
    r"consejo de derechos humanos|conseil des droits de l.homme|assemblée nationale|"
    r"asamblea nacional|sénat|senado|congreso|parlamento|diputados|députés|"
    r"(?:court|tribunal|judges|jury|justices|referendum|voters|electorate|court of justice)\b"
    r"(?=[^.;:]{0,40}\b(?:vot|order|rul|decid|found|reject|approv|pass)))|"
    r"ECOSOC|IAEA|ICAO|WHO|UNESCO|ILO|IMO|OPCW|OSCE|FIFA|UEFA|OAS|MPs|MEPs|"
    r"(?:House|Commons|Rada|Duma|Cabinet)(?= (?:passed|voted|approved|backed|rejected)))\b"
)
#: Before a body that a text asks or is about, which does not itself vote.
OF_BODY: Final = re.compile(
    r"\b(?:ask\w*|request\w*|refer\w*|seek\w*|from|before|mandate of|opinion of|ruling (?:of|by)|"
    r"(?:report|recommendations?) of)\s+(?:(?:the|a|an|to|its|UN|\w+'s)\s+){0,3}(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
#: Before a body whose members, not votes, a text is about: "suspended from the Rights Council".
OF_MEMBERSHIP: Final = re.compile(
    r"\b(?:suspen\w+|remov\w+|expel\w*|expuls\w+|oust\w*|kick\w*|eject\w*|exclu\w+|member\w*|seats?|"
    r"place|elect\w+)\b[^.;]{0,60}$",
    re.IGNORECASE,
)
VETO: Final = any_of(
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
HYPOTHETICAL: Final = any_of(
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
UNANIMOUS: Final = any_of(
    r"unanim\w+",
    r"à l.unanimité",
    r"por unanimidad",
    r"all (?:of )?(?:the |its )?(?:(?:15|fifteen|11|eleven) (?:security |council )*members?|"
    r"(?:security )?council members)\b[^.;,]{0,40} "
    r"(?:voted(?: on \w+day| \w+ly)? (?:in favou?r|for|to|yes)|backed|supported|approved)\b",
)
WITHOUT_VOTE: Final = any_of(
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
ADOPTED: Final = any_of(
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
REJECTED: Final = any_of(
    r"reject\w+", r"defeat\w+", r"rejet\w+", r"rechaz\w+", r"fell\b", r"failed"
)
SPONSORS: Final = any_of(r"co-?sponsor\w*", r"sponsor\w*", r"co-?auteurs", r"copatrocin\w+")
