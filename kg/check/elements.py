"""Numbers, lists of states and words for positions in a sentence, and which belong together."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import Final

from kg.check.cues import Cue
from kg.check.mentions import Mention
from kg.check.numerals import Number


@dataclass(frozen=True, slots=True)
class Group:
    """States that a sentence lists one after another."""

    start: int
    end: int
    states: tuple[Mention, ...]
    #: States that are counted beside those named: "Cuba and three others".
    others: int = 0


Element = Number | Group | Cue

#: What stands between the states of a list.
_IN_LIST: Final = re.compile(
    r"[\s,\"\u201c\u201d\u2018\u2019'\u00ab\u00bb]*"
    r"(?:(?:and|or|et|y|e|as well as|the|la|le|les|l|los|las|el|of course|also|plus|to|from|"
    r"then|with|de|del|d|like|both|joined)\b['\u2019\s,\"\u201c]*)*",
    re.IGNORECASE,
)
_STRONG: Final = re.compile(
    r"[;.\u2013\u2014]|\b(?:while|whereas|but|mais|tandis que|mientras|although|though|when)\b",
    re.IGNORECASE,
)
_WEAK: Final = re.compile(r",|\b(?:and|with|as|to|et|y|e|por|avec|con)\b", re.IGNORECASE)
#: Words that introduce the states that a number counts, or that a position has.
_LINK: Final = re.compile(
    r"[:(]\s*$|\b(?:among them|among the|including|included|include|such as|like|namely|dont|"
    r"parmi lesquels|entre ellos|parmi|entre los que|from|were|was|being)\b|"
    r"\u2013|\u2014|,\s+with\s+(?:the\s+)?$",
    re.IGNORECASE,
)
#: A dash, a comma or a bracket around a list: "five countries - Cuba, ... - voted against".
_ASIDE: Final = re.compile(r"(?:\s+\w+){0,2}\s*[\u2013\u2014-]\s*(?:the\s+)?|\s*\)\s*")
_APPOSITION: Final = re.compile(
    r"^,\s+(?:which|who|author|sponsor|an?|the|its|whose)\b[^,;.:]*,\s*"
)
#: What follows states that a number before them includes: "ten, Cuba among them, voted against".
_INCLUDED: Final = re.compile(
    r"\s*(?:among them|included|too|compris|entre ellos|incluida?|with them)\s*,?", re.IGNORECASE
)
_INFINITIVE: Final = re.compile(r"\bto\s+$")
#: The same position for further states.
_LIKEWISE: Final = re.compile(
    r"[;,]\s*(?:and )?(?:so|as) (?:were|was|did|had|has)\s+(?:the\s+)?$", re.IGNORECASE
)
#: A preposition before the states that a text is about, not those that vote.
_OBJECT: Final = re.compile(
    r"\b(?:on|over|about|in|into|towards?|for|to|by|of|sobre|sur|condemn\w*|deplor\w*|"
    r"name|against|blow to|defeat for|surpris\w+|defied|defying|anger\w+|infuriat\w+|irk\w+|"
    r"(?:ties|links|relations|alliance|border|war|talks|friendship|solidarity) with|"
    r"pleas\w+|isolat\w+|rebuk\w+|snubb\w+|embarrass\w+|desert\w+|abandon\w+)\s+(?:the\s+|Red\s+)?$",
    re.IGNORECASE,
)
_AGENT: Final = re.compile(r"\s*(?:only |solely |just |, )?(?:by|of|from) (?:the )?", re.IGNORECASE)
_BY: Final = re.compile(r"\s+by\b")
_WAS: Final = re.compile(r"\s+(?:was|were|is|are|has been|had been)\s+(?:\w+ly\s+|only\s+)?")
_TRANSITIVE: Final = re.compile(
    r"(?:oppos|support|back|favou?r)(?:ed|ing|e?s)?|vot\w+ (?:for|against)", re.IGNORECASE
)
#: What states do beside voting: those that speak or write a text are not said to vote.
_SPEAKS: Final = re.compile(
    r"(?:['\u2019]s)?[\s,]*(?:[\w.\u2019'-]+[\s,]+){0,5}?(?:said|says?|told|tells?|noted|argu\w+|"
    r"explained|insist\w+|claim\w+|called|prais\w+|welcom\w+|urg\w+|asked|accus\w+|warn\w+|"
    r"thank\w+|propos\w+|introduc\w+|draft\w+|sponsor\w+|tabled|submit\w+|present(?:ed|s)|"
    r"condemn\w+|critici\w+|hail\w+|denounc\w+|describ\w+|complain\w+|invad\w+|attack\w+|"
    r"annex\w+|hop(?:ed|es)|dismiss\w+|announc\w+|circulat\w+|stress\w+|express\w+|lobb\w+|"
    r"declar\w+|suspend\w+|counted|recall\w+)\b",
    re.IGNORECASE,
)
#: The costs of a separator between two elements.
_WEAK_COST, _STRONG_COST = 1.0, 2.5


def groups(
    text: str, mentions: list[Mention], cues: list[Cue], *, objects: bool = False
) -> list[Group]:
    """Return the lists of states of a sentence; possessives ("Britain's text") are in none.

    States that the text is about are left out, unless ``objects``.
    """
    found: list[list[Mention]] = []
    for place, mention in enumerate(mentions):
        if mention.is_possessive or _shares_possessive(text, mentions, place):
            continue
        last = found[-1][-1] if found else None
        joined = last is not None and _IN_LIST.fullmatch(text, last.end, mention.start)
        if (
            joined
            and last is not None
            and not any(last.end <= cue.start < mention.start for cue in cues)
        ):
            found[-1].append(mention)
        else:
            found.append([mention])
    parts = [part for states in found for part in _split(text, states, cues)]
    if objects:
        return parts
    return [p for p in parts if not _is_object(text, p, cues) and not _speaks(text, p, cues)]


def _shares_possessive(text: str, mentions: list[Mention], place: int) -> bool:
    """Return whether a name stands before "and Russia's"."""
    following = mentions[place + 1] if place + 1 < len(mentions) else None
    gap = text[mentions[place].end : following.start] if following else ""
    return bool(following and following.is_possessive and re.fullmatch(r"\s+and\s+", gap))


def _speaks(text: str, group: Group, cues: list[Cue]) -> bool:
    """Return whether states say or write something before they take a position."""
    aside = _APPOSITION.match(text[group.end :])
    match = _SPEAKS.match(text, group.end + (aside.end() if aside else 0))
    if match is None:
        return False
    return not any(group.end <= cue.start < match.end() for cue in cues)


def _is_object(text: str, group: Group, cues: list[Cue]) -> bool:
    """Return whether a text is about the states ("on Ukraine", "opposed Israel")."""
    before = text[max(0, group.start - 24) : group.start]
    for cue in cues:
        gap = text[cue.end : group.start] if cue.end <= group.start else "-"
        if gap.strip().lower() in ("", "the") and _TRANSITIVE.match(cue.word):
            return True
    match = _OBJECT.search(before)
    if match is None:
        return False
    # "vetoed by Russia", "the opposition of Cuba"; "against: Cuba" has a colon.
    is_agent = match[0].lower().startswith(("by ", "of ")) and any(
        _AGENT.fullmatch(text, cue.end, group.start) for cue in cues
    )
    return not is_agent


def is_about_state(text: str, cue: Cue, mentions: list[Mention]) -> bool:
    """Return whether a word is about a state, not a text: "backed Ukraine", "Cuba was backed"."""
    is_passive = _BY.match(text, cue.end) is not None
    if is_passive and any(_WAS.fullmatch(text, m.end, cue.start) for m in mentions):
        return True
    return _TRANSITIVE.fullmatch(cue.word) is not None and any(
        text[cue.end : mention.start].strip().lower() in ("", "the")
        and mention.start >= cue.end
        and not mention.is_possessive
        for mention in mentions
    )


def _split(text: str, states: list[Mention], cues: list[Cue]) -> list[Group]:
    """Return the list, or two: "against were X and Y, and Z abstained"."""
    whole = [Group(states[0].start, states[-1].end, tuple(states))]
    before = [cue for cue in cues if cue.end <= states[0].start]
    after = [cue for cue in cues if cue.start >= states[-1].end]
    if len(states) == 1 or not before or not after:
        return whole
    left = text[before[-1].end : states[0].start]
    right = text[states[-1].end : after[0].start]
    if _STRONG.search(left) or len(left.split()) > 4 or re.search(r"[,;:]|\band\b", right):
        return whole
    if len(right.split()) > 7:
        return whole
    for place in range(len(states) - 1, 0, -1):
        gap = text[states[place - 1].end : states[place].start]
        if re.search(r",\s*(?:and|while|but|y|et|e)\b|;", gap, re.IGNORECASE):
            return [
                Group(part[0].start, part[-1].end, tuple(part))
                for part in (states[:place], states[place:])
            ]
    return whole


def gap_cost(text: str, left: Element, right: Element) -> float:
    """Return how strongly two neighbours are separated: 0 for elements of one phrase."""
    gap = text[left.end : right.start]
    if isinstance(right, Cue):
        gap = _INFINITIVE.sub("", gap)  # "the only one to vote against"
    if isinstance(left, Group) and isinstance(right, Cue):
        # "Canada, author of an amendment, was one of those abstaining".
        gap = _APPOSITION.sub(" ", gap, count=1)
    if isinstance(right, Group) and _LIKEWISE.search(gap):
        return 0.25
    if _ASIDE.fullmatch(gap) and (isinstance(left, Group) or isinstance(right, Group)):
        return 0.2
    if _STRONG.search(gap):
        return _STRONG_COST
    if isinstance(left, Group) and _INCLUDED.match(gap):
        return 0.2
    if isinstance(right, Group) and _INCLUDED.match(text, right.end) and "," in gap[-6:]:
        return 0.0
    cost = _WEAK_COST if _WEAK.search(gap) else 0.0
    if isinstance(right, Group) and _LINK.search(gap):
        cost = min(cost, 0.25)
    # Words between them may be another statement.
    return cost + 0.1 * max(0, len(gap.split()) - 3)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A number or a list with the word for its position, and how far apart they are."""

    element: Number | Group
    cue: Cue
    cost: float


def attachments(text: str, elements: list[Element]) -> list[Attachment]:
    """Return the position of each number and list, where there is a word for one near it."""
    costs = [gap_cost(text, left, right) for left, right in itertools.pairwise(elements)]
    found: list[Attachment] = []
    for place, element in enumerate(elements):
        if isinstance(element, Cue):
            continue
        options = [
            attachment
            for step in (-1, 1)
            if (attachment := _nearest(elements, costs, place, step)) is not None
        ]
        if options:
            found.append(min(options, key=lambda attachment: attachment.cost))
    return _one_number_each(found)


def _nearest(
    elements: list[Element], costs: list[float], place: int, step: int
) -> Attachment | None:
    """Return the nearest word for a position in one direction; a number may block the way."""
    element = elements[place]
    assert not isinstance(element, Cue)
    cost, position = (0.1 if step < 0 else 0.0), place
    while 0 <= (following := position + step) < len(elements):
        cost += costs[min(position, following)]
        neighbour = elements[following]
        if isinstance(neighbour, Cue):
            if neighbour.is_weak and isinstance(element, Group):
                return None
            if neighbour.is_infinitive and step < 0:
                return None
            return Attachment(element, neighbour, cost)
        if isinstance(element, Number) and isinstance(neighbour, Number):
            cost += 1.5
        position = following
    return None


def _one_number_each(found: list[Attachment]) -> list[Attachment]:
    """Return the attachments without all but the nearest number of each word for a position."""
    best: dict[Cue, Attachment] = {}
    for attachment in found:
        if isinstance(attachment.element, Number):
            known = best.get(attachment.cue)
            if known is None or attachment.cost < known.cost:
                best[attachment.cue] = attachment
    return [
        attachment
        for attachment in found
        if not isinstance(attachment.element, Number) or best[attachment.cue] is attachment
    ]
