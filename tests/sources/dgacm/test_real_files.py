"""The real documents, compared with their XML read by other means, and with the UN's library."""

from __future__ import annotations

import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

from kg.model.documents import AgendaItem
from kg.model.sponsorship import UNSPONSORED
from kg.model.state_register import StateRegister
from kg.model.vote_option import VoteOption
from kg.model.votes import Topic, VotingEvent
from kg.sources.dgacm import events, loader
from tests.support.releases import Real

_COUNT: Final = re.compile(r'<count value="0*(\d+)" refersTo="(\w+)">(.*?)</count>', re.DOTALL)
_OPTIONS: Final = {
    "inFavour": VoteOption.YES,
    "against": VoteOption.NO,
    "abstaining": VoteOption.ABSTENTION,
}
#: Documents whose printed totals are not the numbers of names in their lists.
_OTHER_TOTALS: Final = {"A/RES/77/293", "S/RES/1559(2004)", "S/RES/2521(2020)"}


@pytest.fixture(scope="module")
def texts(real_data: Path) -> dict[str, str]:
    """The English XML files by their path in the archives."""
    texts = {}
    for name in ("ga-english.zip", "sc-english.zip"):
        with zipfile.ZipFile(real_data / "unxml" / name) as archive:
            for member in archive.namelist():
                if member.endswith(".xml"):
                    texts[member] = archive.read(member).decode()
    return texts


def _events(real: dict[str, Real], ending: str = "") -> Iterator[VotingEvent]:
    return (e for e in real["dgacm"].events if e.source_file.endswith(ending))


def test_every_file_is_read_without_a_rejected_value(real: dict[str, Real]) -> None:
    loaded = real["dgacm"].loaded
    assert not loaded.rejected
    assert loaded.notes == {
        "documents in XML of the Assembly": 1_671,
        "documents in XML of the Council": 1_547,
        "documents in extract": 3_490,
        "resolutions and drafts read from XML of the Assembly": 1_666,
        "resolutions and drafts read from XML of the Council": 1_543,
        "resolutions and drafts read from extract": 268,
    }
    assert len(real["dgacm"].events) == 3_475
    assert loaded.rows == {"read": 122_456, "repeated": 1}


def test_the_votes_are_those_in_the_files(real: dict[str, Real], texts: dict[str, str]) -> None:
    votes: Counter[VoteOption] = Counter()
    other_totals = set()
    for event in _events(real, ".xml"):
        if event.source_file not in texts or event.without_vote:
            continue
        for total, word, names in _COUNT.findall(texts[event.source_file]):
            option = _OPTIONS[word]
            listed = len(re.findall(r"<organization ", names))
            assert event.printed[option] == int(total)
            if event.key != "S-2023-638":
                assert event.count(option) == listed, event.name
                votes[option] += listed
                other_totals |= {event.name} if listed != int(total) else set()
    assert other_totals == _OTHER_TOTALS
    assert votes.total() > 100_000


def test_the_library_has_the_same_votes(real: dict[str, Real]) -> None:
    numbers: Counter[str] = Counter()
    for name in ("undl-ga", "undl-sc"):
        official = {event.key: event for event in real[name].events}
        for event in real["dgacm"].events:
            if event.key not in official:
                continue
            theirs = official[event.key].votes
            for state in event.votes.keys() | theirs.keys():
                numbers[_comparison(event, theirs, state)] += 1
    assert numbers == {
        "equal": 99_443,
        "inferred, and recorded as non-voting": 7_122,
        # In A/RES/77/293 one of 59 abstentions has no name, so that nothing is inferred.
        "no name: abstaining": 1,
        "no name: non-voting": 25,
        # Seven resolutions of the Council are adopted by acclamation according to the XML.
        "no name: in favour": 105,
    }


def test_absences_in_the_council_are_the_known_ones(real: dict[str, Real]) -> None:
    council = [e for e in _events(real) if e.body == "SecurityCouncil" and e.votes]
    # The library, whose table ends in 2023, records the first two as non-voting.
    assert {(event.key, *event.inferred) for event in council if event.inferred} == {
        ("S-RES-1402-2002", "SYR"),
        ("S-RES-1483-2003", "SYR"),
        ("S-RES-2756-2024", "DZA"),
        ("S-RES-2797-2025", "DZA"),
    }
    partly = {event.name for event in council if not event.records_non_voting}
    assert partly == _OTHER_TOTALS - {"A/RES/77/293"}


def _comparison(event: VotingEvent, theirs: Mapping[str, VoteOption], state: str) -> str:
    ours, other = event.votes.get(state), theirs.get(state)
    if state in event.inferred:
        return "inferred, and recorded as non-voting" if ours == other else "wrongly inferred"
    if ours is None:
        assert other is not None
        return f"no name: {other.label}"
    return "equal" if ours == other else "different"


def test_every_draft_has_the_sponsors_of_79_184(real: dict[str, Real]) -> None:
    (draft,) = (d for d in real["dgacm"].loaded.drafts if d.symbol == "A/C.3/79/L.44")
    assert draft.adopted_as == ("A/RES/79/184",)
    assert len(draft.sponsorship.sponsors.states) == 44
    assert draft.sponsorship.additional.states == ("NZL", "PLW", "KOR", "SMR", "CHE")
    assert {"BIH", "FSM"} & set(draft.sponsorship.sponsors.states) == {"FSM"}


def test_every_sponsor_of_a_document_is_stated(real: dict[str, Real]) -> None:
    """Where the symbol of the draft is not given, the adopted document has the sponsors."""
    loaded = real["dgacm"].loaded
    assert not [row for row in loaded.normalized if row.rule == events.NO_TEXT]
    without_draft: Counter[str] = Counter()
    for event in real["dgacm"].events:
        if event.decides and event.decides.sponsorship != UNSPONSORED:
            assert not event.drafts
            without_draft[event.source_file.rpartition(".")[2]] += 1
    assert without_draft == {"xml": 82, "json": 235}


def test_subjects_are_those_of_the_library(real: dict[str, Real], texts: dict[str, str]) -> None:
    block = re.compile(r'<classification source="DHLAUTH">.*?</classification>', re.DOTALL)
    labels, iris = set(), set()
    for text in texts.values():
        for classification in block.findall(text):
            for keyword in re.findall(r"<keyword [^>]*>", classification):
                if "refersTo" not in keyword:
                    labels.update(re.findall(r'value="([^"]+)"', keyword))
                    iris.update(re.findall(r'href="([^"]+)"', keyword))
    topics = [record for record in real["dgacm"].loaded.records if isinstance(record, Topic)]
    assert {topic.exact_match for topic in topics} - {""} == iris
    assert len(labels) * 0.99 < len(topics) < len(labels) * 1.1


def test_the_extract_alone_is_read_without_a_rejected_value(
    real_data: Path, states: StateRegister, tmp_path: Path
) -> None:
    symbols = []
    for name in ("ga-english.zip", "sc-english.zip"):
        with zipfile.ZipFile(real_data / "unxml" / name) as archive:
            members = [m for m in archive.namelist() if m.startswith("data_extract/")]
            archive.extractall(tmp_path / name, members)
            for member in members:
                lines = archive.read(member).decode().splitlines()
                symbols += [json.loads(line)["symbol"] for line in lines if line.strip()]
    loaded = loader.load(tmp_path, states)
    assert not loaded.rejected
    assert loaded.notes["documents in extract"] == len(symbols) == 3_490
    unique = {re.sub(r"\s", "", symbol) for symbol in symbols}
    without_votes = {"A/RES/75/254A-C", "A/RES/79/259A-C", "S/RES/2723(2024)"}
    assert len(list(loaded.events)) == len(unique - without_votes)
    titles = [item.title for item in loaded.records if isinstance(item, AgendaItem)]
    assert len(titles) > 500
