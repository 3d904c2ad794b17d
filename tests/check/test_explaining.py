"""Reasons for which a text may rightly differ from the record: what else sources print."""

from __future__ import annotations

import pytest

from kg.check.comparing import compare
from kg.check.explaining import explained
from kg.check.grammar import parse
from kg.check.parts import Part
from kg.check.remarks import Remarks
from kg.check.roll_calls import Index, RollCall
from kg.model.vote_option import VoteOption

_YES, _NO, _AWAY = VoteOption.YES, VoteOption.NO, VoteOption.NON_VOTING
_STATES = {"CUB": _NO, "FRA": _YES, "ITA": _YES, "ZAF": _AWAY, "BEN": _AWAY}
_CALL = RollCall(
    "e", "1977-12-12", counts={_YES: 2, _NO: 1, VoteOption.ABSTENTION: 0, _AWAY: 2}, symbols=("A",)
)
_REMARKS = Remarks(
    intended={"CUB": VoteOption.ABSTENTION}, suspended={"ZAF"},
    others={"Another record": {"BEN": _YES}}, days={"Another record": "1977-12-13"},
)  # fmt: skip


def _parts(sentence: str, remarks: Remarks = _REMARKS) -> list[Part]:
    claim = parse(sentence)
    return explained(compare(claim, _CALL, _STATES, Index([_CALL])), claim, _STATES, remarks)


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("Cuba abstained on the resolution.", "vote later corrected"),
        ("One country abstained on the resolution.", "votes later corrected"),
        ("South Africa voted against the resolution.", "barred from voting"),
        ("Benin voted for the resolution.", "sources of the record disagree: Another record"),
        ("Three countries voted for the resolution.", "sources of the record disagree"),
        ("It was adopted on 13 December 1977.", "sources of the record disagree"),
    ],
)
def test_what_sources_print_beside_the_record_is_no_contradiction(
    sentence: str, reason: str
) -> None:
    (part,) = [part for part in _parts(sentence) if part.agrees is False]
    assert reason in part.reason
    assert not part.is_certain


def test_a_difference_without_a_remark_stays_certain() -> None:
    (part,) = _parts("Cuba voted for the resolution.")
    assert (part.agrees, part.is_certain) == (False, True)
    (part,) = _parts("Benin voted for the resolution.", Remarks())
    assert (part.agrees, part.is_certain) == (False, True)


def test_a_state_that_could_not_vote_did_not() -> None:
    (part,) = _parts("South Africa did not vote on the resolution.")
    assert part.agrees
    assert "barred from voting that day" in part.reason
