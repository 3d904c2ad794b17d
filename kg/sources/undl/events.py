"""Reading the event columns of the UN Digital Library's voting tables.

The library's data dictionaries describe the layouts; they are on the record pages with the files:
https://digitallibrary.un.org/record/4060887 and https://digitallibrary.un.org/record/4055387.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from kg.model.sources import RejectionReason
from kg.model.symbol_spelling import is_complete, spelling
from kg.model.symbols import session_of
from kg.model.vote_option import VoteOption
from kg.model.votes import BodyName
from kg.sources.days import is_day
from kg.sources.tables.text import altered_date, altered_number

#: The library's printed totals; ``total_ms``, the number of members, is not a count of votes.
TOTALS: Final[dict[str, VoteOption]] = {
    "total_yes": VoteOption.YES,
    "total_no": VoteOption.NO,
    "total_abstentions": VoteOption.ABSTENTION,
    "total_non_voting": VoteOption.NON_VOTING,
}
#: Columns with one value per record; notes may differ from row to row.
_SINGLE: Final = (
    "date", "session", "resolution", "draft", "committee_report", "meeting", "title", "description",
    "agenda_title", "agenda", "subjects", "modality", *TOTALS, "undl_link",
)  # fmt: skip
#: The columns read in addition to those of the delegation and its vote.
COLUMNS: Final = frozenset(("undl_id", "vote_note", *_SINGLE))
#: The prefixes of the symbols in each body's table, and a description of the expected symbols.
SYMBOLS: Final[dict[BodyName, tuple[re.Pattern[str], str]]] = {
    "GeneralAssembly": (
        re.compile(r"A/(?:RES|DEC)/", re.IGNORECASE),
        "the symbol of a resolution or decision of the General Assembly, A/RES/... or A/DEC/...",
    ),
    "SecurityCouncil": (
        re.compile(r"S/RES/", re.IGNORECASE),
        "the symbol of a resolution of the Security Council, S/RES/...",
    ),
}
_RECORD: Final = "https://digitallibrary.un.org/record/"
#: The cataloguer's statement of responsibility, in the spellings that occur.
_RESPONSIBILITY: Final = re.compile(
    r"(?:\s*:)?\s*\b(?:resol\w+|decisions?) */ *(?:adopted )?by the General Assem\w*\.?$"
    r"|\s*:\s*(?:resol\w+|decisions?) adopted by the General Assem\w*\.?$"
)
_SESSION: Final = re.compile(
    r"(?P<kind>E?S-)?(?P<number>\d+)(?:\.0)?(?: ?(?P<suffix>emsp|sp))?", re.IGNORECASE
)
_KINDS: Final = {"emsp": "ES-", "sp": "S-"}
_MEETING: Final = re.compile(r"\bPV\b|PV\d")
_WITHOUT_VOTE: Final = re.compile(r"without (?:a )?vote|acclamation|consensus", re.IGNORECASE)
_WITH_VOTE: Final = re.compile(r"\bvote|\brecorded", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"https?://[^\s<>\"{}|\\^`]+")

# Rules, as printed in the list of normalised rows.
DIFFERS: Final = "of differing values in a record, the most frequent is used, then the smallest"
SPELLING: Final = "a symbol has one spelling; the recorded spelling is kept as a variant"
NO_SYMBOL: Final = (
    "a symbol without a number (A/RES/79/XX) or in an unknown form is not used: the event is "
    "identified by its record"
)
SESSION: Final = "a session in an unknown form is taken from the symbol or the meeting"
SYMBOL_SESSION: Final = "a session, or a meeting's session, that contradicts the symbol is not used"
MEETING: Final = "the symbol of a meeting record is normalised, without a corrigendum"
TOTAL: Final = "a total that is not a whole number is not used"
MODALITY: Final = "an unknown modality is treated as a vote"
ADDRESS: Final = "an unusable address is replaced by one made from the control number"

#: Called with each value that a rule normalised: the column, the value, the value used, and the
#: rule.
NoteNormalization = Callable[[str, str, str, str], None]


@dataclass(frozen=True)
class RecordedEvent:
    """The data of an event in one record of the library, without the votes.

    ``symbol`` is empty where the record has no symbol that identifies one document;
    ``recorded_symbol`` is the recorded text.
    """

    number: int
    symbol: str
    recorded_symbol: str
    date: str
    session: str
    title: str
    library_record: str
    meeting: str = ""
    recorded_in: str = ""
    committee_report: str = ""
    drafts: tuple[str, ...] = ()
    agenda: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    printed: Mapping[VoteOption, int] = field(default_factory=dict)
    without_vote: bool = False
    #: Recorded values that are not used: a session that contradicts the symbol, a date or meeting
    #: that contradicts the text.
    overruled: Mapping[str, str] = field(default_factory=dict)
    #: The key of the source of the text that is used instead, empty if none.
    text_source: str = ""


def control_number(details: Mapping[str, str]) -> int | None:
    """Return the control number of a row's record, None if it is invalid."""
    match = re.fullmatch(r"(\d+)(?:\.0)?", details["undl_id"], re.ASCII)
    return int(match[1]) if match else None


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row cannot be used: the reason, the column, the value and the expected value."""

    problem: RejectionReason
    column: str
    value: str
    expected: str


def unusable(details: Mapping[str, str], body: BodyName) -> Fault | None:
    """Return the fault of a row; None if the row is usable."""
    form, expected = SYMBOLS[body]
    if control_number(details) is None:
        value = details["undl_id"]
        reason = _expected("the control number of a record", altered_number(value))
        return Fault("no number of a record", "undl_id", value or "no undl_id", reason)
    if not form.match(details["resolution"]):
        value = details["resolution"] or "no resolution"
        return Fault("no symbol of a document", "resolution", value, expected)
    if not is_day(details["date"]):
        value = details["date"]
        reason = _expected("an ISO date since 24 October 1945", altered_date(value))
        return Fault("impossible date", "date", value or "no date", reason)
    return None


def _expected(what: str, altered: str) -> str:
    return f"{what} ({altered})" if altered else what


def settle(details: Sequence[Mapping[str, str]], rows: Sequence[int]) -> dict[str, str]:
    """Return one value for each column of a record whose rows may differ; see ``DIFFERS``.

    ``rows`` gives the number of rows with each of the details. An empty value conflicts with no
    other value.
    """
    settled = {"undl_id": details[0]["undl_id"]}
    for column in _SINGLE:
        values: Counter[str] = Counter()
        for row_details, count in zip(details, rows, strict=True):
            if row_details.get(column):
                values[row_details[column]] += count
        settled[column] = min(values, key=lambda value: (-values[value], value), default="")
    return settled


def differing(details: Mapping[str, str], settled: Mapping[str, str]) -> list[str]:
    """Return the columns in which a row differs from the settled value of its record."""
    return [c for c in _SINGLE if details.get(c) and details[c] != settled[c]]


def read_event(
    settled: Mapping[str, str], notes: Sequence[str], body: BodyName, note: NoteNormalization
) -> RecordedEvent:
    """Return the event of a record from its settled columns; ``note`` receives normalisations."""
    number = control_number(settled)
    assert number is not None
    symbol = _symbol(settled["resolution"], number, note)
    modality = settled["modality"]
    without_vote = bool(_WITHOUT_VOTE.search(modality))
    if modality and not without_vote and not _WITH_VOTE.search(modality):
        note("modality", modality, "with a vote", MODALITY)
    address = settled["undl_link"]
    if not _ADDRESS.fullmatch(address):
        if address:
            note("undl_link", address, f"{_RECORD}{number}", ADDRESS)
        address = f"{_RECORD}{number}"
    meeting, recorded_in = _meeting(settled["meeting"], note)
    session = _session(settled, meeting, note) if body == "GeneralAssembly" else ""
    overruled: dict[str, str] = {}
    if session != (named := _session_of(symbol or settled["resolution"]) or session):
        note("session", settled["session"] or meeting, named, SYMBOL_SESSION)
        if session:
            overruled["session"] = session
        session = named
    if meeting and _session_of_meeting(meeting) not in (None, session):
        note("meeting", meeting, "", SYMBOL_SESSION)
        meeting = ""
    return RecordedEvent(
        number=number,
        symbol=symbol,
        recorded_symbol=settled["resolution"],
        date=settled["date"],
        session=session,
        title=_RESPONSIBILITY.sub("", settled["title"]) or settled["description"],
        library_record=address,
        meeting=meeting,
        recorded_in=recorded_in,
        committee_report=settled["committee_report"],
        drafts=_several(settled["draft"].replace(";", "|")),
        agenda=_several(settled["agenda_title"] or settled["agenda"]),
        subjects=_several(settled["subjects"]),
        notes=tuple(sorted(set(filter(None, notes)))),
        # Totals printed for an adoption without a vote count members, not votes.
        printed={} if without_vote else _totals(settled, note),
        without_vote=without_vote,
        overruled=overruled,
    )


def _symbol(recorded: str, number: int, note: NoteNormalization) -> str:
    """Return the symbol of a record in its canonical spelling, empty if it is not a symbol."""
    if not is_complete(recorded):
        note("resolution", recorded, f"record {number}", NO_SYMBOL)
        return ""
    symbol = spelling(recorded)
    if symbol != recorded:
        note("resolution", recorded, symbol, SPELLING)
    return symbol


def session_key(text: str) -> str | None:
    """Return the key of a General Assembly session from the library's notation, None if unknown.

    >>> session_key("38"), session_key("ES-11"), session_key("11emsp"), session_key("14sp")
    ('38', 'ES-11', 'ES-11', 'S-14')
    """
    match = _SESSION.fullmatch(text)
    if match is None or (match["kind"] and match["suffix"]):
        return None
    kind = match["kind"] or _KINDS.get((match["suffix"] or "").lower(), "")
    return f"{kind.upper()}{int(match['number'])}"


def _session(settled: Mapping[str, str], meeting: str, note: NoteNormalization) -> str:
    text = settled["session"]
    key = session_key(text) if text else ""
    if key:
        return key
    session = _session_of(settled["resolution"]) or _session_of_meeting(meeting) or ""
    if text:
        note("session", text, session, SESSION)
    return session


def _session_of(symbol: str) -> str | None:
    try:
        return session_of(symbol)
    except ValueError:
        return None


def _session_of_meeting(meeting: str) -> str | None:
    match = re.match(r"A/(\d+|E?S-\d+)/PV", meeting)
    return match[1] if match else None


def _meeting(text: str, note: NoteNormalization) -> tuple[str, str]:
    """Return the symbols of the meeting record and of the document recording a written vote."""
    if not _MEETING.search(text):
        return "", text
    symbol = re.sub(r"\s*\band Corr\..*$", "", text)
    symbol = re.sub(r"^([AS])(?=\d)", r"\1/", re.sub(r"/+", "/", symbol))
    symbol = re.sub(r"PV\.?\s*(?=\d)", "PV.", symbol)
    if re.sub(r"\s", "", symbol) != re.sub(r"\s", "", text):
        note("meeting", text, symbol, MEETING)
    return symbol, ""


def _totals(settled: Mapping[str, str], note: NoteNormalization) -> dict[VoteOption, int]:
    totals: dict[VoteOption, int] = {}
    for column, option in TOTALS.items():
        if match := re.fullmatch(r"(\d+)(?:\.0*)?", settled[column], re.ASCII):
            totals[option] = int(match[1])
        elif settled[column]:
            note(column, settled[column], "", TOTAL)
    return totals


def _several(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split("|") if part.strip()))
