"""The counts and the lists of states of a sentence, each with the position that it is given."""

from __future__ import annotations

import re
from typing import Final

from kg.check import vocabulary as words
from kg.check.claims import Claim, CountClaim, PositionClaim
from kg.check.cues import Cue
from kg.check.cues import cues as cues_of
from kg.check.elements import Attachment, Element, Group, attachments, groups, is_about_state
from kg.check.mentions import Mention
from kg.check.numerals import Number
from kg.check.shares import shares
from kg.check.totals import bracketed, read_totals
from kg.model.vote_option import VoteOption

#: States that are counted but not named.
_OTHERS: Final = re.compile(
    r"\s+(?:others?\b|more\b|other (?:countr|nation|state|member)|autres|otros|further)",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"\w+")
_AND: Final = re.compile(r"[\s,]*(?:and|with|et|y|plus)?\s*", re.IGNORECASE)
_ALTERNATIVE: Final = re.compile(
    r"['\"\u201c\u201d\s,]*(?:or\s+|o\s+|ou\s+)?(?:\w+\s+){0,1}['\"\u201c]?", re.IGNORECASE
)
_WERE: Final = re.compile(r"\s+(?:were|was|are|is|stood|came)\b", re.IGNORECASE)
_OR: Final = re.compile(r"['\"\u201c\u201d\s]*or['\"\u201c\u201d\s]*", re.IGNORECASE)
_SUM: Final = re.compile(r"\s+(?:made|total\w*|together|combined|came to|add\w* up to)\b")
_NEEDED: Final = re.compile(r"\b(?:needed|required|necessary|requires?|hoped)\b")
_NEEDS: Final = re.compile(
    r"\b(?:need\w*|requir\w*|short of)\s+(?:at least\s+|the\s+|a\s+)*$", re.IGNORECASE
)
_WITH_PARTNERS: Final = re.compile(
    r"\b(?:join\w*|sid(?:ed|ing) with|besides?|along with|together with|apart from|other than|"
    r"in company with)\b",
    re.IGNORECASE,
)
#: States before a number that does not count them: "besides Cuba, two voted against".
_BESIDE: Final = re.compile(
    r"\b(?:besides?|apart from|other than|aside from|in addition to|along with|together with)\b"
    r"[^.;]{0,80},\s+(?:another\s+|the\s+)?$",
    re.IGNORECASE,
)
#: What makes a list one of all states with a position: "only Cuba", "Cuba alone", "the only state".
_ONLY_BEFORE: Final = re.compile(
    r"\b(?:only|solely|seuls?|seules?|s[oó]lo|solamente|[uú]nicamente|uniquement)\s+"
    r"(?:by\s+|par\s+|por\s+)?(?:the\s+|l[aeo]s?\s+|el\s+)?$",
    re.IGNORECASE,
)
_ALONE_AFTER: Final = re.compile(r"\s+(?:stood\s+|was\s+|were\s+)?alone\b", re.IGNORECASE)
_THE_ONLY: Final = re.compile(
    r"\bthe (?:only|sole|lone) (?:(?:one|two|three|four|five|six|seven|eight|nine|ten|\d+) )?"
    r"(?:ones?|countr(?:y|ies)|(?:member )?states?|nations?|members?|delegations?|opponents?|"
    r"(?:(?:no|dissenting|negative|opposing) )?votes?|abstentions?|abstainers?)\b"
    r"(?! (?:in|from|of|on|among|outside)\b)",
    re.IGNORECASE,
)
#: A part of the members: "only Serbia in Europe".
_PART_AFTER: Final = re.compile(r"\s+(?:in|from|of|among)\b")
#: A name beside a list that is not known: then the list may be longer than what is read of it.
_NAME_BEFORE: Final = re.compile(r"[^\W\d_]*[A-Z][\w.'\u2019-]*,?\s+(?:and\s+)?(?:the\s+)?$")
_NAME_AFTER: Final = re.compile(r"\s*,?\s*(?:and|y|et|,)\s+(?:the\s+)?[A-Z]")
#: What makes the votes that a text receives votes in favour: "it received 14 votes".
_RECEIVED: Final = re.compile(
    r"\b(?:receiv|got|gain|garner|won|secur|obtain|drew|attract)\w*\s+(?:the\s+|only\s+|just\s+)?$",
    re.IGNORECASE,
)
#: The attachment up to which a number or list certainly has a position.
_CERTAIN, _POSSIBLE = 0.5, 2.0


def read_counts_and_lists(
    claim: Claim, text: str, counted: list[Number], named: list[Mention], before: str
) -> None:
    """Add the counts and the lists of a sentence to a claim."""
    options, left = read_totals(claim, text, counted)
    cues = _usable(text, cues_of(text), left, named)
    if words.SPONSORS.search(text):
        sponsors = [match.end() for match in words.SPONSORS.finditer(text)]
        left = [n for n in left if not any(0 <= n.start - end <= 12 for end in sponsors)]
    listed = groups(text, named, cues)
    for group in listed:
        if option := bracketed(text, group, options):
            claim.positions.append(PositionClaim(option, group.states, option.label))
    placed = {id(state) for position in claim.positions for state in position.states}
    listed = [group for group in listed if id(group.states[0]) not in placed]
    listed, left = _with_others(text, listed, left, cues)
    claim.shares = shares(text, cues)
    elements: list[Element] = sorted([*left, *listed, *cues], key=lambda element: element.start)
    attached = [a for a in attachments(text, elements) if a.cost <= _POSSIBLE]
    partners = bool(_WITH_PARTNERS.search(before))
    for attachment in attached:
        if isinstance(attachment.element, Group):
            _add_list(claim, text, attachment)
    for attachment in sorted(attached, key=lambda attachment: attachment.cue.is_weak):
        if isinstance(attachment.element, Number):
            _add_count(claim, text, attachment, attachment.element, cues, partners=partners)


def _is_rest(text: str, number: Number, cues: list[Cue]) -> bool:
    """Return whether a number counts states beside those named; "45 more abstained" does not."""
    others = _OTHERS.match(text, number.end)
    if others is None:
        return False
    follows = any(0 <= cue.start - others.end() <= 1 for cue in cues)
    return not (follows and "more" in others[0].lower())


def _with_others(
    text: str, listed: list[Group], left: list[Number], cues: list[Cue]
) -> tuple[list[Group], list[Number]]:
    """Return the lists with the states that are only counted in them, and all other numbers."""
    joined: dict[int, Group] = {}
    kept = []
    for number in left:
        group = next(
            (
                group
                for group in listed
                if _is_rest(text, number, cues)
                and group.end <= number.start
                and _AND.fullmatch(text, group.end, number.start)
            ),
            None,
        )
        if group is None:
            kept.append(number)
        else:
            end = number.end
            joined[id(group)] = Group(group.start, end, group.states, number.value)
    return [joined.get(id(group), group) for group in listed], kept


def _usable(text: str, cues: list[Cue], counted: list[Number], named: list[Mention]) -> list[Cue]:
    """Return the words for positions; "for" and "against" alone need a number or a list."""
    usable: list[Cue] = []
    for cue in cues:
        if is_about_state(text, cue, named):
            continue
        is_alternative = bool(usable) and _OR.fullmatch(text, usable[-1].end, cue.start)
        if is_alternative or _is_position(text, cue, counted, named):
            usable.append(cue)
    return usable


def _is_position(text: str, cue: Cue, counted: list[Number], named: list[Mention]) -> bool:
    """Return whether a word names a position here: a bare one beside a number or a list."""
    return (
        not cue.is_bare
        or any(_is_beside(text, number.start, number.end, cue) for number in counted)
        or re.match(r"[\"\u201d]?\s*[:,]", text[cue.end : cue.end + 4]) is not None
        or (cue.option is VoteOption.NO and _has_states(text, cue, named))
    )


def _has_states(text: str, cue: Cue, named: list[Mention]) -> bool:
    """Return whether "against" is said of states before it, or after "were", not of its object."""
    beside = [m for m in named if _is_beside(text, m.start, m.end, cue)]
    if _WERE.match(text, cue.end):
        return bool(beside)
    return any(m.end <= cue.start for m in beside) and not any(m.start >= cue.end for m in beside)


def _is_beside(text: str, start: int, end: int, cue: Cue) -> bool:
    """Return whether at most two words separate a number or a state from a word."""
    gap = text[end : cue.start] if end <= cue.start else text[cue.end : start]
    return (
        len(gap) < 40 and len(_WORD.findall(gap)) <= 3 and not re.search(r"[;:.]", gap.strip(": "))
    )


def _add_list(claim: Claim, text: str, attachment: Attachment) -> None:
    group, cue = attachment.element, attachment.cue
    assert isinstance(group, Group)
    claim.positions.append(
        PositionClaim(
            cue.option,
            group.states,
            cue.word,
            is_certain=attachment.cost <= _CERTAIN,
            is_complete=not group.others and _is_all(text, group, cue),
        )
    )
    if group.others and claim.count(cue.option) is None:
        total = len(group.states) + group.others
        claim.counts.append(CountClaim(cue.option, total, is_certain=False))


def _is_all(text: str, group: Group, cue: Cue) -> bool:
    """Return whether a sentence says that no other states had the position of a list."""
    before, start = text[: group.start], max(0, min(group.start, cue.start) - 40)
    if _WITH_PARTNERS.search(text) or _PART_AFTER.match(text, group.end):
        return False
    is_only = _ONLY_BEFORE.search(before) or _ALONE_AFTER.match(text, group.end)
    if is_only is None and not _THE_ONLY.search(text, start, max(group.end, cue.end)):
        return False
    return not (
        _NAME_AFTER.match(text, group.end) or (is_only is None and _NAME_BEFORE.search(before))
    )


def _add_count(
    claim: Claim,
    text: str,
    attachment: Attachment,
    number: Number,
    cues: list[Cue],
    *,
    partners: bool,
) -> None:
    option = attachment.cue.option
    if claim.count(option) is not None or _is_needed(text, number):
        return
    cue = attachment.cue
    between = text[min(number.start, cue.start) : max(number.end, cue.end)]
    # "The six" are those of the sentence before.
    is_same = partners and text[: number.start].lower().endswith("the ")
    is_beside = _BESIDE.search(text[: number.start]) is not None
    is_other = _is_rest(text, number, cues)
    joined = is_same or is_beside or is_other or bool(_WITH_PARTNERS.search(between))
    is_plain = not cue.is_weak or _RECEIVED.search(text[: number.start]) is not None
    certain = attachment.cost <= _CERTAIN and not joined and is_plain
    also = _alternatives(text, attachment.cue, cues)
    claim.counts.append(
        CountClaim(option, number.value, certain, number.is_round, also, has_partners=joined)
    )


def _is_needed(text: str, number: Number) -> bool:
    """Return whether a number is one that a text needs, not one that it had."""
    before = text[max(0, number.start - 30) : number.start]
    return bool(_NEEDED.search(text, number.end, number.end + 60) or _NEEDS.search(before))


def _alternatives(text: str, cue: Cue, cues: list[Cue]) -> tuple[VoteOption, ...]:
    """Return the positions that a number counts too: "65 voted no or abstained"."""
    found: list[Cue] = []
    last = cue
    for following in cues:
        if following.start < last.end:
            continue
        gap = text[last.end : following.start]
        if not _ALTERNATIVE.fullmatch(gap):
            break
        found.append(following)
        last = following
    summed = [
        other
        for other in cues
        if other.end < cue.start
        and text[other.end : cue.start].strip().lower() == "and"
        and _SUM.match(text, cue.end)
    ]
    if summed:
        return (summed[-1].option,)
    is_joined = any(re.search(r"\bor\b|\bo\b|\bou\b", text[cue.end : last.end]) for _ in found[:1])
    return tuple(other.option for other in found) if is_joined else ()
