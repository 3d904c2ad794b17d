"""Queries on sponsors, attendance and adoptions in two real sessions, counted again from the XML.

The files are read here with regular expressions and plain counting, not with the loader: names are
compared as printed.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest

from kg.model.symbols import slug
from kg.pipeline.drafts import drafts_of, merge_drafts
from kg.pipeline.merging import merge_events
from kg.rdf.record_mapper import RecordMapper
from kg.sources.dgacm import loader
from kg.sources.registry import precedence
from kg.sparql.saved_queries import library
from tests.support.merging import STATES
from tests.support.saved_queries import ask

LIBRARY: Final = library()
AKN: Final = "{http://docs.oasis-open.org/legaldocml/ns/akn/3.0}"
FOLDERS: Final = ("78session", "79session")
OPTIONS: Final = ("inFavour", "against", "abstaining")
#: Two files have one symbol; the loader lists and merges them.
SYMBOL: Final = re.compile(r"A/RES/(\d+)/(\d+)\s*([A-Z](?:-[A-Z])?)?$")


@dataclass(frozen=True)
class PrintedResolution:
    """What a file prints of a resolution: its symbol, outcome, sponsors and lists of states.

    ``subjects`` are the library's headings.
    """

    symbol: str
    year: int
    outcome: str
    item: str
    title: str
    draft: str
    sponsors: frozenset[str]
    votes: dict[str, set[str]]
    subjects: frozenset[str]


@pytest.fixture(scope="module")
def folder(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("sessions")
    with zipfile.ZipFile(real_data / "unxml" / "ga-english.zip") as archive:
        for name in archive.namelist():
            if name.startswith(FOLDERS):
                archive.extract(name, target)
    return target


@pytest.fixture(scope="module")
def printed(folder: Path) -> dict[str, PrintedResolution]:
    """The resolutions of the files by symbol."""
    resolutions = map(_resolution, sorted(folder.rglob("*.xml")))
    return {resolution.symbol: resolution for resolution in resolutions}


@pytest.fixture(scope="module")
def store(folder: Path) -> ox.Store:
    """The facts that a build makes of the files."""
    loaded = loader.load(folder, STATES)
    mapper = RecordMapper()
    lines = [line for key in STATES for line in mapper.record(STATES[key])]
    lines += [line for record in loaded.records for line in mapper.record(record)]
    drafts, documents = list(loaded.drafts), set()
    for merged in merge_events({"dgacm": loaded.events}, precedence(), STATES):
        lines += mapper.event(merged)
        drafts += drafts_of(merged)
        documents.add(merged.event.key)
    lines += [line for draft in merge_drafts(drafts, documents)[0] for line in mapper.draft(draft)]
    store = ox.Store()
    store.bulk_load("".join([*lines, *mapper.shared()]), ox.RdfFormat.N_TRIPLES)
    return store


def _resolution(path: Path) -> PrintedResolution:
    root = ElementTree.parse(path).getroot()
    votes: dict[str, set[str]] = defaultdict(set)
    outcome = ""
    for voting in root.iter(f"{AKN}voting"):
        outcome = voting.get("outcome", "")
        for count in voting.iter(f"{AKN}count"):
            for name in count.iter(f"{AKN}organization"):
                votes[count.get("refersTo", "")] |= _states("".join(name.itertext()))
    sponsors = {
        state
        for step in root.iter(f"{AKN}step")
        if step.get("outcome", "").startswith("draftResolution")
        for state in _states(step.get("by", ""))
    }
    number = next(root.iter(f"{AKN}docNumber"))
    symbol = re.sub(r"\s", "", "".join(number.itertext()))
    steps = [step for step in root.iter(f"{AKN}step") if step.get("outcome") == "draftResolution"]
    return PrintedResolution(
        symbol=symbol,
        year=int(next(root.iter(f"{AKN}FRBRdate")).get("date", "")[:4]),
        outcome=outcome,
        item=_inline(root, "agenda item name"),
        title=_title(root),
        draft=steps[0].get("as", "") if steps else symbol,
        sponsors=frozenset(sponsors),
        votes=votes,
        subjects=frozenset(_subjects(root)),
    )


def _subjects(root: ElementTree.Element) -> Iterator[str]:
    """Yield the library's headings; keywords of the goals are not about the text."""
    for classification in root.iter(f"{AKN}classification"):
        if classification.get("source") == "DHLAUTH":
            for keyword in classification.iter(f"{AKN}keyword"):
                if "refersTo" not in keyword.attrib:
                    yield _words(keyword.get("value", ""))


def _words(label: str) -> str:
    """Return a heading without case and punctuation, in which its spellings differ."""
    return " ".join(re.findall(r"\w+", label.casefold()))


def _inline(root: ElementTree.Element, name: str) -> str:
    """Return the text of an inline element of the cover page by its name."""
    texts = (e for e in root.iter(f"{AKN}inline") if e.get("name") == name)
    return _text(next(texts, None))


def _title(root: ElementTree.Element) -> str:
    titles = (e for e in root.iter(f"{AKN}docTitle") if e.get("refersTo") == "#resolutionTitle")
    return _text(next(titles, None))


def _text(element: ElementTree.Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())


def _plain(text: str) -> str:
    """Return a text without case and accents, but with its punctuation."""
    letters = unicodedata.normalize("NFKD", text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(bare.casefold().split())


#: Names that the files use besides those of the state register.
OTHER_NAMES: Final = {"united kingdom": "GBR", "united states": "USA", "turkyye": "TUR"}
KEYS: Final = {
    _plain(name): f"state/{key}"
    for key in STATES
    if not STATES[key].member_until
    for name in (STATES[key].name, *(dated.name for dated in STATES[key].names))
} | {name: f"state/{key}" for name, key in OTHER_NAMES.items()}
#: A name as a whole, the longest first: Guinea is not Guinea-Bissau.
NAME: Final = re.compile(
    rf"(?<![\w-])(?:{'|'.join(map(re.escape, sorted(KEYS, key=len, reverse=True)))})(?![\w-])"
)
#: Not states: a group with a name of a state in it, and officers with their nationality.
NO_STATES: Final = re.compile(
    r"group of 77 and china|the representative of [^,]*, on behalf of the bureau"
    r"|.*\b(?:rapporteur|chair|facilitator)\b.*"
)


#: Sponsors whose names some files misprint, which the loader reads by listed rules.
MISPRINTED: Final = {
    f"state/{key}" for key in ("FSM TLS TZA GNB KOR SLB IRL CZE MRT GBR ARE DEU EGY").split()
}


def _states(text: str) -> set[str]:
    """Return the keys of the states in a text."""
    return {KEYS[name] for name in NAME.findall(NO_STATES.sub("", _plain(text)))}


def _of_session(
    printed: dict[str, PrintedResolution], session: str, outcome: str
) -> list[PrintedResolution]:
    return [
        resolution
        for resolution in printed.values()
        if resolution.symbol.startswith(f"A/RES/{session}/") and resolution.outcome == outcome
    ]


def test_the_share_adopted_without_a_vote(
    store: ox.Store, printed: dict[str, PrintedResolution]
) -> None:
    expected = {}
    for session in ("78", "79"):
        unvoted = _of_session(printed, session, "adoptedWithoutVote")
        resolutions = unvoted + _of_session(printed, session, "adoptedRecordedVote")
        numbers = {match[2] for r in resolutions if (match := SYMBOL.match(r.symbol))}
        expected[f"session/{session}"] = (
            *(str(len(resolutions)), str(len(numbers)), str(max(map(int, numbers)))),
            str(len(unvoted)),
        )
    assert {
        row["session"]: (row["resolutions"], row["numbers"], row["highest"], row["withoutVote"])
        for row in ask(store, LIBRARY["share-adopted-without-vote"])
    } == expected


def test_adoptions_without_a_vote_by_topic(
    store: ox.Store, printed: dict[str, PrintedResolution]
) -> None:
    expected: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for resolution in printed.values():
        if SYMBOL.match(resolution.symbol):
            for subject in resolution.subjects:
                expected[subject, str(resolution.year)][resolution.outcome] += 1
    answer = {
        (_words(row["label"]), row["year"]): (int(row["withoutVote"]), int(row["byVote"]))
        for row in ask(store, LIBRARY["adopted-without-vote-by-topic"])
    }
    assert len(answer) > 1_500
    assert answer == {
        key: (counts["adoptedWithoutVote"], counts["adoptedRecordedVote"])
        for key, counts in expected.items()
        if counts["adoptedWithoutVote"]
    }


def test_attendance(store: ox.Store, printed: dict[str, PrintedResolution]) -> None:
    voted = _of_session(printed, "79", "adoptedRecordedVote")
    attended = Counter(
        key for resolution in voted for keys in resolution.votes.values() for key in keys
    )
    answer = ask(store, LIBRARY["attendance-by-session"], session="79")
    assert len(answer) == 193
    for row in answer:
        took_part = attended[row["state"]]
        assert (row["votes"], row["tookPart"]) == (str(len(voted)), str(took_part)), row["name"]
        # The files do not record non-voting.
        assert (row["absent"], row["inferred"]) == ("0", str(len(voted) - took_part)), row["name"]


def test_sponsors_that_did_not_vote_in_favour(
    store: ox.Store, printed: dict[str, PrintedResolution]
) -> None:
    expected = {
        (f"event/{slug(resolution.symbol)}", key)
        for session in ("78", "79")
        for resolution in _of_session(printed, session, "adoptedRecordedVote")
        for key in resolution.sponsors - resolution.votes["inFavour"]
    }
    answer = ask(store, LIBRARY["sponsors-not-in-favour"])
    assert {(row["event"], row["state"]) for row in answer} == expected
    assert len(answer) == len(expected)


@pytest.mark.parametrize("state", ["UKR", "IND"])
def test_sponsors_together(
    store: ox.Store, printed: dict[str, PrintedResolution], state: str
) -> None:
    drafts: dict[str, set[str]] = defaultdict(set)
    for resolution in printed.values():
        drafts[resolution.draft] |= resolution.sponsors
    together = Counter(
        key for sponsors in drafts.values() if f"state/{state}" in sponsors for key in sponsors
    )
    own = together.pop(f"state/{state}")
    answer = ask(store, LIBRARY["co-sponsors"], state=state)
    rows = {row["sponsor"]: int(row["texts"]) for row in answer if "state/" in row["sponsor"]}
    assert rows.keys() >= together.keys()
    differing = {key for key, number in rows.items() if number != together[key]}
    assert differing <= MISPRINTED
    assert all(rows[key] - together[key] in (1, 2) for key in differing)
    assert own >= max(together.values())


def test_states_that_moved_from_abstaining_to_against(
    store: ox.Store, printed: dict[str, PrintedResolution]
) -> None:
    by_text: dict[tuple[str, str], dict[str, list[PrintedResolution]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for resolution in printed.values():
        session = resolution.symbol.split("/")[2]
        by_text[resolution.item, resolution.title][session].append(resolution)
    expected = {
        (state, f"event/{slug(before.symbol)}", f"event/{slug(after.symbol)}")
        for sessions in by_text.values()
        for before in sessions["78"]
        for after in sessions["79"]
        for state in before.votes["abstaining"] & after.votes["against"]
    }
    answer = ask(store, LIBRARY["abstaining-to-against"], session="79")
    assert expected
    assert {(row["state"], row["before"], row["after"]) for row in answer} == expected
