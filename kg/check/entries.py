"""Findings as a file of positions, in the YAML format that ``kg add check`` and builds take."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import yaml

from kg.check.findings import Finding
from kg.check.rdf import source_key, state_of
from kg.check.text import Article
from kg.model.symbol_spelling import document_key
from kg.model.vote_option import VoteOption
from kg.rdf import iris

_FIELDS: Final = {
    VoteOption.YES: "in_favour",
    VoteOption.NO: "against",
    VoteOption.ABSTENTION: "abstaining",
    VoteOption.NON_VOTING: "non_voting",
}
#: The outlet that a sentence cites: "according to the BBC", "Reuters reported".
_CITED: Final = re.compile(
    r"\b[Aa]ccording to (?:the )?"
    r"(?P<after>[A-Z][\w&.'\u2019-]*(?: (?![AS]/)[A-Z][\w&.'\u2019-]*){0,3})|"
    r"\b(?P<before>[A-Z][\w&.-]*(?: [A-Z][\w&.-]*){0,2}) (?:news agency )?(?:reported|reports)\b"
)
#: What sentences cite that is no outlet.
_NO_OUTLET: Final = re.compile(r"\b(?:UN|U\.N|United Nations|Charter|Article|It|They|He|She)\b")


@dataclass
class _Event:
    """What an article reports of a roll call, in the order of its sentences."""

    counts: dict[VoteOption, int] = field(default_factory=dict)
    #: The outlet that it cites for them.
    via: str = ""
    #: The position of each state, with the outlet that it cites for it.
    votes: dict[str, tuple[VoteOption, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class SourceDetails:
    """What is known of the article beside its text; empty fields are left out."""

    key: str = ""
    publisher: str = ""
    address: str = ""


def findings_entries(
    findings: Iterable[Finding], article: Article, day: str, details: SourceDetails
) -> str:
    """Return a file of positions with the article as a source and what it reports of roll calls.

    Of several numbers for one position of a roll call the first counts. Roll calls on no document
    are left out: the format names them by symbols. None of the text is repeated but the title.
    """
    key = details.key or source_key(article)
    source = {
        "key": key,
        "title": article.title or "A checked article",
        "publisher": details.publisher,
        "date": day,
        "address": details.address,
    }
    events: dict[str, _Event] = {}
    for finding in findings:
        if finding.event and finding.event == iris.event(document_key(finding.name)):
            _enter(finding, events.setdefault(finding.name, _Event()))
    reports: list[dict[str, object]] = []
    for symbol, event in events.items():
        reports += _reports(symbol, event, key)
    content: dict[str, object] = {"sources": [{k: v for k, v in source.items() if v}]}
    if reports:
        content["reports"] = reports
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=96)


def _enter(finding: Finding, event: _Event) -> None:
    via = cited_outlet(finding.sentence.text)
    for count in finding.claim.counts:
        if count.is_certain and not (count.also or count.is_round):
            event.counts.setdefault(count.option, count.value)
            event.via = event.via or via
    for position in finding.claim.positions:
        for mention in position.states if position.is_certain else ():
            state = state_of(mention, finding.date)
            if state:
                event.votes.setdefault(state, (position.option, via))


def _reports(symbol: str, event: _Event, source: str) -> Iterable[dict[str, object]]:
    if event.counts:
        counts = {_FIELDS[o]: event.counts[o] for o in VoteOption if o in event.counts}
        yield {"kind": "tally", "event": symbol, **counts, **_by(source, event.via)}
    lists: dict[tuple[VoteOption, str], list[str]] = {}
    for state, position in event.votes.items():
        lists.setdefault(position, []).append(state)
    for (option, via), states in lists.items():
        about = {"kind": "vote", "event": symbol, "option": option.label, "states": states}
        yield about | _by(source, via)


def _by(source: str, via: str) -> dict[str, object]:
    return {"source": source, "via": via} if via else {"source": source}


def cited_outlet(text: str) -> str:
    """Return the outlet that a sentence cites, empty if none.

    >>> cited_outlet("According to the BBC 141 states voted in favour.")
    'BBC'
    """
    match = _CITED.search(text)
    name = (match["after"] or match["before"]) if match else ""
    return "" if _NO_OUTLET.search(name) else name.rstrip(".,")
