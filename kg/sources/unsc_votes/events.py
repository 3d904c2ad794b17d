"""The events of the roll calls of ``unsc-votes``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from kg.model.symbols import slug
from kg.model.vote_option import VoteOption
from kg.model.votes import Document, VotingEvent
from kg.sources.undl.unanimous import read_unanimous
from kg.sources.unsc_votes import table
from kg.sources.unsc_votes.listed import ListedVote
from kg.sources.unsc_votes.roll_call import RollCall

SOURCE: Final = "unsc-votes"

# Rules, as printed in the list of normalised rows.
UNKNOWN: Final = "a vote marked ? is not known: it is no vote"
NOT_TAKEN: Final = "NV for every member is an adoption without a vote"
UNANIMOUS: Final = "NV for every member is read as in favour where the adoption was unanimous"
REMARK: Final = "text after the symbol of a draft is a note on the vote"
TITLE: Final = "a title with the number of another resolution is not used"

_TITLE: Final = re.compile(r"Security Council resolution (?P<number>\d+ \(\d{4}\))")
#: The source's remark in a title that members' votes, or all numbers, are unknown.
_WARNING: Final = re.compile(r"\s*\(/!\\ (?P<text>no [^)]*)\)")


@dataclass(frozen=True, slots=True)
class Normalization:
    """A value that a rule normalised: the column, the value, the value used, and the rule."""

    column: str
    value: str
    read_as: str
    rule: str


class EventMaker:
    """Makes the events of all roll calls of a table; their keys depend on the other roll calls.

    ``listed`` are roll calls on which other sources add something, by their number.
    """

    def __init__(
        self, file: str, calls: Iterable[RollCall], listed: Mapping[str, ListedVote]
    ) -> None:
        self._file = file
        self._listed = listed
        self._unanimous = read_unanimous()
        calls = list(calls)
        on_draft = Counter(call.subject.draft for call in calls)
        #: The only vote on its draft, by number.
        self._whole = {call.number for call in calls if on_draft[call.subject.draft] == 1}
        self._keys: dict[str, str] = {}
        places: Counter[tuple[str, str]] = Counter()
        for call in calls:
            place = call.date, call.subject.key
            places[place] += 1
            self._keys[call.number] = f"{SOURCE}-{'-'.join(place)}-{places[place]}"

    def event(self, call: RollCall) -> tuple[VotingEvent, list[Normalization]]:
        """Return the event of a roll call, and the values that rules normalised."""
        if call.subject.resolution:
            return self._adoption(call)
        return self._rejection(call)

    def _adoption(self, call: RollCall) -> tuple[VotingEvent, list[Normalization]]:
        symbol, votes, notes = call.subject.resolution, call.votes, list[Normalization]()
        silent = set(votes.values()) == {VoteOption.NON_VOTING}
        unanimous_by = self._unanimous.get(slug(symbol), "") if silent else ""
        if unanimous_by:
            votes = dict.fromkeys(votes, VoteOption.YES)
            notes.append(Normalization("members", "NV", "Y", UNANIMOUS))
        elif silent:
            votes = {}
            notes.append(Normalization("members", "NV", "no vote", NOT_TAKEN))
        title, of_title = call.title, _TITLE.match(call.title)
        if of_title and slug(f"S/RES/{of_title['number']}") != slug(symbol):
            notes.append(Normalization(table.TITLE, title, "", TITLE))
            title = ""
        event = VotingEvent(
            key=slug(symbol),
            source=SOURCE,
            body="SecurityCouncil",
            date=call.date,
            session="",
            votes=votes,
            records_non_voting=bool(votes),
            decides=Document(symbol, "SecurityCouncil", call.date, "", title),
            vote_on="document",
            compilations=(unanimous_by,) if unanimous_by else (),
            compiled_from=dict.fromkeys(votes, (unanimous_by,)) if unanimous_by else {},
            without_vote=silent and not unanimous_by,
            outcome="adopted",
            printed=_printed(call) if not silent else {},
            source_record=call.number,
            source_file=self._file,
            source_row=call.line,
        )
        return event, notes

    def _rejection(self, call: RollCall) -> tuple[VotingEvent, list[Normalization]]:
        """Return the event of a vote on a draft that was not adopted, or on a part of one."""
        subject, notes = call.subject, list[Normalization]()
        listed = self._listed.get(call.number)
        if subject.remark:
            notes.append(Normalization(table.SYMBOL, subject.remark, subject.draft, REMARK))
        if call.unknown:
            notes.append(Normalization("members", "?", "no vote", UNKNOWN))
        warning = _WARNING.search(call.title)
        whole = bool(subject.draft) and call.number in self._whole
        part = listed.vote_on if listed else None
        event = VotingEvent(
            key=slug(subject.draft) if whole else self._keys[call.number],
            source=SOURCE,
            body="SecurityCouncil",
            date=call.date,
            session="",
            votes=call.votes,
            records_non_voting=bool(call.votes),
            relates_to="" if whole else (listed and listed.relates_to) or subject.draft,
            vote_on="document" if whole else part,
            meeting=subject.meeting,
            source_symbol="" if whole else call.text,
            source_number="" if whole else f"vote {call.number}",
            description=_WARNING.sub("", call.title),
            compilations=(listed.source,) if listed and listed.relates_to else (),
            drafts=(subject.draft,) if subject.draft else (),
            vote_notes=tuple(filter(None, (subject.remark, warning["text"] if warning else ""))),
            printed=_printed(call),
            outcome=call.outcome,
            source_record=call.number,
            source_file=self._file,
            source_row=call.line,
        )
        return event, notes


def _printed(call: RollCall) -> dict[VoteOption, int]:
    """Return the printed totals, where they are not those of the votes by state."""
    counts = Counter(call.votes.values())
    same = all(counts[option] == number for option, number in call.printed.items())
    return {} if same else dict(call.printed)
