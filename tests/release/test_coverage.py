"""Where the record ends: computed from the periods of the sources, in words and by body."""

from __future__ import annotations

import pytest

from kg.release.coverage import Coverage, by_body, record_end


def assembly(first: str, last: str, *, selected: bool = False, without_vote: int = 0) -> Coverage:
    return Coverage(
        body="GeneralAssembly", source="a", first=first, last=last, events=10,
        selected=selected, without_vote=without_vote,
    )  # fmt: skip


def council(first: str, last: str, *, selected: bool = False) -> Coverage:
    return assembly(first, last, selected=selected).model_copy(update={"body": "SecurityCouncil"})


@pytest.mark.parametrize(
    ("periods", "sentence"),
    [
        ([], ""),
        (
            [council("1946-02-04", "2025-12-30"), assembly("1946-01", "2020-01-23")],
            "The record ends on 23 January 2020 (General Assembly) and on 30 December 2025 "
            "(Security Council).",
        ),
        # The latest of several sources, which may know only the month.
        (
            [assembly("1946-01", "2020-01-23"), assembly("2019-09-01", "2026-07")],
            "The record ends in July 2026 (General Assembly).",
        ),
        # Chosen votes do not extend the record.
        (
            [
                assembly("1946-01", "2020-01-23"),
                assembly("2014-03-27", "2025-12-18", selected=True),
            ],
            "The record ends on 23 January 2020 (General Assembly; selected votes to "
            "18 December 2025).",
        ),
        (
            [assembly("1946-01", "2020-01-23"), council("2022-02-25", "2025-02-24", selected=True)],
            "The record ends on 23 January 2020 (General Assembly). It also contains selected "
            "votes only: to 24 February 2025 (Security Council).",
        ),
        (
            [
                assembly("2014-03-27", "2025-12-18", selected=True),
                council("2022-02-25", "2025-02-24", selected=True),
            ],
            "The record contains selected votes only: to 18 December 2025 (General Assembly) and "
            "to 24 February 2025 (Security Council).",
        ),
    ],
)
def test_the_end_of_the_record_in_words(periods: list[Coverage], sentence: str) -> None:
    assert record_end(periods) == sentence


def test_adoptions_without_a_vote_reach_as_far_as_the_sources_that_contain_them() -> None:
    (body,) = by_body(
        [assembly("1946-01-14", "2023-12-22"), assembly("2019-09-17", "2022-07-28", without_vote=7)]
    )
    described = {kind: (p.first, p.last, p.events) for kind, p in body.periods.items()}
    assert described == {
        "recorded votes": ("1946-01-14", "2023-12-22", 20),
        "adoptions without a vote": ("2019-09-17", "2022-07-28", 7),
    }
