"""The phrases of verbatim records: openings of speeches, results of votes, later corrections."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kg.model.symbol_spelling import spelling
from kg.model.vote_option import VoteOption
from kg.model.votes import VoteOn
from kg.sources.verbatim.layout import Paragraph

_NOTE: Final = r"\((?:[^()]|\([^()]*\))*\)"
#: "Mr. Mukongo (Democratic Republic of the Congo) (spoke in French): ...".
_OPENING: Final = re.compile(
    rf"(?P<name>[^:(),]{{2,80}}?)\s*(?P<notes>(?:{_NOTE}\s*)*)(?P<office>,[^:]{{1,160}})?:(?:\s|$)"
)
_LANGUAGE: Final = re.compile(r"(?:spoke in|interpretation from) (?P<language>[A-Z][a-z]+)")

_VOTE_TAKEN: Final = re.compile(r"A (?:\w+ )?vote was taken\b")
_OPTION: Final = re.compile(r"(?P<option>In favour|Against|Abstaining|Abstentions?)\s*:\s*")
_OPTIONS: Final = {"In favour": VoteOption.YES, "Against": VoteOption.NO}

_RESULT: Final = re.compile(
    r"(?P<subject>.+?),? was (?P<verb>(?:not )?(?:adopted|rejected|retained|approved|carried)) by "
    r"(?P<yes>\d+)(?: votes?)? to (?P<no>\d+|none)(?:,? with (?P<abstaining>\d+) abstentions?)?"
    r"(?:\s*\((?P<document>[^)]*)\))?"
)
_ADOPTION: Final = re.compile(
    r"(?P<subject>.+?),? was adopted(?: without a vote)?(?:\s*\((?P<document>[^)]*)\))?\.?"
)
_DECIDED: Final = re.compile(r"It was so decided\s*\((?P<document>decision [^)]*)\)\.?")
_DOCUMENT: Final = re.compile(r"(?P<kind>resolution|decision) (?P<number>[\w-]+/\d+(?: ?[A-Z])?)")
_PART: Final = re.compile(r"\bparagraphs?\b|\bsection\b|\bwords?\b|\bphrase\b", re.I)
_ROMAN: Final = re.compile(r"\bdraft (?:resolution|decision)s? [IVXLC]+\b", re.I)

_COUNCIL_TOTALS: Final = re.compile(
    r"(?P<yes>\w+) votes? in favour(?:, (?P<no>\w+) (?:votes? )?against and (?P<abstaining>\w+) "
    r"(?:abstentions?|abstaining))?"
)
_COUNCIL_ADOPTED: Final = re.compile(
    r"been adopted\b[^.]*\bas resolution (?P<number>\d+ \(\d{4}\))"
)
_WORDS: Final = (
    *("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen"),
)
_NUMBERS: Final = {word: number for number, word in enumerate(_WORDS)} | {"none": 0}

_CORRECTION: Final = re.compile(r"\W{0,2}Subsequently,? the delegation")
_INTENTION: Final = re.compile(
    r"the delegations? of (?P<names>.+?) (?:(?:has |have |had )?(?:informed|advised) the "
    r"Secretariat that (?:it|they) )?had intended (?P<option>to vote in favour|to vote against"
    r"|to abstain|not to (?:participate|vote))"
)
_INTENDED: Final = {
    "to vote in favour": VoteOption.YES,
    "to vote against": VoteOption.NO,
    "to abstain": VoteOption.ABSTENTION,
}

_DRAFT: Final = (
    r"(?P<{}>A/(?:(?:ES-|S-)?\d+|C\.\d/(?:ES-|S-)?\d+)/L\.\d+(?:/Rev\.\d+)?"
    r"|S/\d{{4}}/\d+(?:/Rev\.\d+)?|S/\d{{4,5}}(?:/Rev\.\d+)?)(?![\w/])"
)
#: A draft or amendment and its symbol, as presidents name it.
_NAMED_DRAFT: Final = re.compile(
    r"(?:draft (?:resolution|decision)|amendment)\b[^.;]{0,60}?"
    + _DRAFT.format("named")
    + "|"
    + _DRAFT.format("described")
    + r", which contains the text of a draft"
)
_SYMBOL: Final = re.compile(_DRAFT.format("symbol"))

_PRESIDENT: Final = re.compile(
    r"President:\s*(?P<name>.+?)[\s._]*\((?P<state>(?:[^()]|\([^()]*\))+)\)[\s_]*$"
)
_TOOK_CHAIR: Final = re.compile(
    r"(?:In the absence of the President, )?(?P<name>[^,(]+) \((?P<state>(?:[^()]|\([^()]*\))+)\), "
    r"(?P<office>[\w-]*President), took the Chair"
)
_RETURNED: Final = re.compile(r"The President (?:returned to|resumed|in) the Chair")


@dataclass(frozen=True, slots=True)
class Opening:
    """How a speech opens: the printed name, and the notes in brackets after it."""

    speaker: str
    spoken_for: str
    office: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a vote or an adoption; ``document`` is the symbol of what was adopted."""

    subject: str
    carried: bool | None
    printed: dict[VoteOption, int]
    document: str
    vetoed: bool = False

    @property
    def vote_on(self) -> VoteOn:
        """What was voted on, from the words of the result."""
        words = self.subject.lower()
        if "amendment" in words:
            return "amendment"
        if _PART.search(words):
            return "paragraph"
        return "document" if "draft" in words or "resolution" in words else "motion"

    @property
    def is_numbered(self) -> bool:
        """Whether a draft is named by its number in a report, not by a symbol."""
        return bool(_ROMAN.search(self.subject))


def opening(paragraph: Paragraph) -> Opening | None:
    """Return the opening of a speech, None if the paragraph does not open one."""
    if not paragraph.bold or paragraph.is_bold:
        return None
    match = _OPENING.match(paragraph.text)
    # The name is bold; text after it may be bold by mistake.
    if match is None or paragraph.bold < len(match["name"]) - 1:
        return None
    language = spoken_for = ""
    for note in re.findall(_NOTE, match["notes"]):
        if spoken := _LANGUAGE.search(note):
            language = spoken["language"]
        else:
            spoken_for = note[1:-1].strip()
    name = " ".join(match["name"].split())
    if name.casefold().startswith("the ") and name.casefold().endswith("president"):
        name = name[len("the ") :].title()
    office = (match["office"] or "").strip(", ")
    return Opening(name, spoken_for, office, language, paragraph.text[match.end() :])


def is_vote(paragraph: Paragraph) -> bool:
    """Return whether a paragraph states that a vote was taken."""
    return paragraph.italic and bool(_VOTE_TAKEN.match(paragraph.text))


def option_list(paragraph: Paragraph) -> tuple[VoteOption, str] | None:
    """Return the option and the names of a list of votes, None for another paragraph."""
    match = _OPTION.match(paragraph.text)
    if match is None:
        return None
    option = _OPTIONS.get(match["option"], VoteOption.ABSTENTION)
    return option, paragraph.text[match.end() :]


def vote_result(text: str) -> Result | None:
    """Return the result of a vote of the General Assembly, as printed after the lists."""
    match = _RESULT.match(text)
    if match is None:
        return None
    printed = {
        VoteOption.YES: int(match["yes"]),
        VoteOption.NO: _number(match["no"]) or 0,
        VoteOption.ABSTENTION: int(match["abstaining"] or 0),
    }
    carried = "not " not in match["verb"] and match["verb"] != "rejected"
    return Result(match["subject"], carried, printed, document_symbol(match["document"] or ""))


def council_result(text: str) -> Result | None:
    """Return the result of a vote of the Security Council, as announced by its President."""
    match = _COUNCIL_TOTALS.search(text)
    if match is None:
        return None
    totals = (match["yes"], match["no"] or "none", match["abstaining"] or "none")
    numbers = [_number(word) for word in totals]
    options = (VoteOption.YES, VoteOption.NO, VoteOption.ABSTENTION)
    printed = {
        option: number
        for option, number in zip(options, numbers, strict=True)
        if number is not None
    }
    adopted = _COUNCIL_ADOPTED.search(text)
    carried = None
    if adopted or "not been adopted" in text:
        carried = adopted is not None
    return Result(
        subject="draft resolution",
        carried=carried,
        printed=printed,
        document=spelling(f"S/RES/{adopted['number']}") if adopted else "",
        vetoed="negative vote of a permanent member" in text,
    )


def adoption(text: str) -> Result | None:
    """Return what was adopted without a vote, None if the text states no adoption."""
    if match := _DECIDED.match(text):
        return Result("", True, {}, document_symbol(match["document"]))
    match = _ADOPTION.fullmatch(text)
    if match is None or "agenda" in match["subject"]:
        return None
    return Result(match["subject"], True, {}, document_symbol(match["document"] or ""))


def corrections(text: str) -> Iterator[tuple[str, VoteOption]]:
    """Yield the delegations of a note on votes as intended, and the option of each group."""
    if _CORRECTION.match(text):
        for match in _INTENTION.finditer(text):
            yield match["names"], _INTENDED.get(match["option"], VoteOption.NON_VOTING)


def is_correction(text: str) -> bool:
    """Return whether a paragraph is such a note."""
    return bool(_CORRECTION.match(text))


def document_symbol(text: str) -> str:
    """Return the symbol of a document of the General Assembly, empty if there is none.

    >>> document_symbol("resolution 79/6"), document_symbol("decision 76/575")
    ('A/RES/79/6', 'A/DEC/76/575')
    """
    match = _DOCUMENT.search(text)
    if match is None:
        return ""
    kind = "RES" if match["kind"] == "resolution" else "DEC"
    return spelling(f"A/{kind}/{match['number']}")


def named_draft(text: str) -> str:
    """Return the symbol of the last draft or amendment that a text names as one."""
    symbol = ""
    for match in _NAMED_DRAFT.finditer(text):
        symbol = match["named"] or match["described"]
    return symbol


def draft_symbols(text: str) -> list[str]:
    """Return the symbols of drafts in a text, in order."""
    return [match["symbol"] for match in _SYMBOL.finditer(text)]


def president(text: str) -> tuple[str, str] | None:
    """Return the name and the state of the President on the first page."""
    match = _PRESIDENT.match(text)
    return (match["name"].strip(), match["state"].strip()) if match else None


def took_chair(text: str) -> tuple[str, str, str] | None:
    """Return name, state and office of who took the chair; empty if the President returned."""
    if _RETURNED.match(text):
        return "", "", ""
    match = _TOOK_CHAIR.match(text)
    return (match["name"].strip(), match["state"], match["office"]) if match else None


def _number(word: str) -> int | None:
    return int(word) if word.isdecimal() else _NUMBERS.get(word.lower())
