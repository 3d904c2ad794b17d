"""Printed totals decide between two votes of a state."""

from __future__ import annotations

from typing import Final

import pytest

from kg.audit.errata import ERRS, UNCLEAR, errata
from kg.release.release import Release
from tests.support import undl_files, unvotes_files
from tests.support.releases import make_release

_STATES: Final = {"UKR": ("Ukraine", "UA"), "FRA": ("France", "FR"), "IND": ("India", "IN")}
_WORDS: Final = {"Y": "yes", "N": "no", "A": "abstain"}
#: By number of the resolution: votes and printed totals in the library, votes in unvotes.
_ROLL_CALLS: Final = {
    # The totals agree with the library's votes.
    30: ("YYN", (2, 1, 0, 0), "YYA"),
    # They agree with its votes if one is replaced by that of unvotes.
    31: ("YYX", (3, 0, 0, 0), "YYY"),
    # They agree with neither.
    32: ("YYX", (1, 1, 0, 1), "YYY"),
    # If two votes differ, totals decide nothing.
    33: ("YNA", (1, 1, 1, 0), "NYA"),
}


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    folder = tmp_path_factory.mktemp("totals")
    names = ("total_yes", "total_no", "total_abstentions", "total_non_voting")
    assembly = undl_files.write(
        folder / "undl",
        *(
            {
                "undl_id": f"7000{number}",
                "date": "1978-11-10",
                "resolution": f"A/RES/33/{number}",
                "votes": dict(zip(_STATES, votes, strict=True)),
                **dict(zip(names, map(str, totals), strict=True)),
            }
            for number, (votes, totals, _) in _ROLL_CALLS.items()
        ),
    )
    roll_calls = unvotes_files.write(
        folder / "unvotes",
        [
            {"rcid": number, "session": 33.0, "date": 3235.0, "unres": f"R/33/{number}"}
            for number in _ROLL_CALLS
        ],
        [
            (number, *country, _WORDS[option])
            for number, (_, _, votes) in _ROLL_CALLS.items()
            for country, option in zip(_STATES.values(), votes, strict=True)
        ],
        [],
    )
    return make_release(folder, f"undl-ga={assembly}", f"unvotes={roll_calls}")


def votes(release: Release, source: str) -> list[tuple[str, str, str, str, str]]:
    return [
        (one.symbol[-2:], one.state, one.value, one.correction, one.assessment)
        for one in errata(release, source)
        if one.kind == "vote"
    ]


def test_a_vote_against_the_totals_is_an_erratum_of_its_source_only(release: Release) -> None:
    assert votes(release, "unvotes") == [
        ("30", "IND", "abstaining", "against", ERRS),
        ("32", "IND", "in favour", "", UNCLEAR),
        ("33", "FRA", "in favour", "", UNCLEAR),
        ("33", "UKR", "against", "", UNCLEAR),
    ]
    assert votes(release, "undl-ga") == [
        ("31", "IND", "non-voting", "in favour", ERRS),
        ("32", "IND", "non-voting", "", UNCLEAR),
        ("33", "FRA", "against", "", UNCLEAR),
        ("33", "UKR", "in favour", "", UNCLEAR),
    ]
