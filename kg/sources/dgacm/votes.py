"""The votes of a document: its lists of names as states, and who stands in none of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from kg.model.security_council import members
from kg.model.sources import RejectionReason
from kg.model.state_names import StateNames
from kg.model.state_register import StateRegister
from kg.model.vote_option import VoteOption
from kg.model.votes import BodyName
from kg.sources.dgacm.names import Misprints

# Rules, as printed in the list of normalised rows.
MISPRINT: Final = "a listed misprint of a state's name in a list of votes is corrected"
REPEATED: Final = "a state that stands twice in one list has one vote"
TWO_LISTS: Final = (
    "a state in two lists has the vote with which the lists are as long as the printed totals"
)
COUNT: Final = "a printed total that is not a whole number is not used"

#: Called with a column, its value, the value that is read and the rule.
NoteReading = Callable[[str, str, str, str], None]
#: Called with the reason, the unusable value and the expected value.
Reject = Callable[[RejectionReason, str, str], None]


@dataclass(frozen=True, slots=True)
class ListedVotes:
    """The votes by state, names that are no known names, printed totals, inferred absences.

    ``is_whole`` is set if the position of every member of that day is known: listed or inferred.
    """

    votes: dict[str, VoteOption] = field(default_factory=dict)
    cast_as: dict[str, str] = field(default_factory=dict)
    printed: dict[VoteOption, int] = field(default_factory=dict)
    inferred: frozenset[str] = frozenset()
    is_whole: bool = False


class PrintedVotes(Protocol):
    """Lists of names by option, and printed totals, of a vote on a day; a ``ParsedDocument``."""

    @property
    def body(self) -> BodyName:
        """The body that voted."""

    @property
    def date(self) -> str:
        """The day of the vote."""

    @property
    def names(self) -> Mapping[VoteOption, tuple[str, ...]]:
        """The names of states by option, as printed."""

    @property
    def counts(self) -> Mapping[VoteOption, str]:
        """The printed totals."""


class VoteReader:
    """Reads the votes of documents."""

    def __init__(self, states: StateRegister, names: StateNames, misprints: Misprints) -> None:
        self._states = states
        self._names = names
        self._misprints = misprints
        #: The numbers of names that were read, and of those that stand twice in one list.
        self.rows: Counter[str] = Counter()

    def read(self, document: PrintedVotes, note: NoteReading, reject: Reject) -> ListedVotes:
        """Return the votes of a document.

        A member of that day in no list did not vote. This is inferred only where the lists are as
        long as the printed totals: a name may be missing in a list otherwise.
        """
        self.rows["read"] += sum(map(len, document.names.values()))
        options: dict[str, set[VoteOption]] = defaultdict(set)
        cast_as: dict[str, str] = {}
        unknown = False
        for option, names in document.names.items():
            repeated = 0
            for name in names:
                state = self._state(document, option, name, note, reject)
                if state is None:
                    unknown = True
                    continue
                repeated += option in options[state]
                options[state].add(option)
                if recorded := self._states.cast_as(state, name):
                    cast_as[state] = recorded
            if repeated:
                note(option.label, f"{repeated} names listed again", "", REPEATED)
                self.rows["repeated"] += repeated
        votes = {state: next(iter(choices)) for state, choices in options.items()}
        printed = self._printed(document, note)
        for state in [state for state, choices in options.items() if len(choices) > 1]:
            fitting = [c for c in options[state] if _agree(votes | {state: c}, printed)]
            listed = " and ".join(sorted(choice.label for choice in options[state]))
            if len(fitting) == 1:
                votes[state] = fitting[0]
                note("votes", f"{state} {listed}", fitting[0].label, TWO_LISTS)
                self.rows["repeated"] += len(options[state]) - 1
                continue
            del votes[state]
            for choice in sorted(options[state]):
                expected = f"{state} in one list only; it is listed as {listed}, so none is used"
                reject("two votes of one state", f"{state} {choice.label}", expected)
        cast_as = {state: name for state, name in cast_as.items() if state in votes}
        complete = not unknown and len(votes) == len(options) and _agree(votes, printed)
        body = self._members(document, votes) if complete and votes else frozenset[str]()
        inferred = body - votes.keys()
        absent = dict.fromkeys(sorted(inferred), VoteOption.NON_VOTING)
        return ListedVotes(votes | absent, cast_as, printed, inferred, is_whole=bool(body))

    def _state(
        self,
        document: PrintedVotes,
        option: VoteOption,
        name: str,
        note: NoteReading,
        reject: Reject,
    ) -> str | None:
        corrected, _ = self._misprints.corrected(
            name, lambda printed, read_as: note(option.label, printed, read_as, MISPRINT)
        )
        state = self._names.named(corrected, document.date)
        if state is None:
            expected = f"the name of a member of the United Nations on {document.date}"
            reject("unknown state", name or "no name", expected)
        return state

    def _printed(self, document: PrintedVotes, note: NoteReading) -> dict[VoteOption, int]:
        printed = {}
        for option, text in document.counts.items():
            if text.isdecimal():
                printed[option] = int(text)
            else:
                note(f"count {option.label}", text, "", COUNT)
        return printed

    def _members(self, document: PrintedVotes, votes: dict[str, VoteOption]) -> frozenset[str]:
        """Return the members of the body on the day; none where they are not surely known."""
        if document.body == "GeneralAssembly":
            return self._states.members(document.date)
        council = self._states.council(document.date)
        is_known = len(council) == members(int(document.date[:4])) and votes.keys() <= council
        return council if is_known else frozenset()


def _agree(votes: dict[str, VoteOption], printed: dict[VoteOption, int]) -> bool:
    """Return whether each list has a printed total, and is as long as it."""
    listed = Counter(votes.values())
    return all(listed[option] == printed.get(option, 0) for option in listed.keys() | printed)
