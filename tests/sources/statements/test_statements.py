"""The format of positions: what it accepts, and how it reports errors."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from kg.model.discrepancies import ReportedTally, ReportedVote
from kg.model.sources import Source
from kg.model.state_register import StateRegister
from kg.model.statements import DiplomaticContact, Proposal, Statement
from kg.rdf.iris import thing
from kg.release.release import require_current
from kg.resources import DATA
from kg.sources.registry import SOURCES
from kg.sources.selection import select_sources
from kg.sources.statements import loader
from kg.sources.statements.reader import PositionsError
from kg.sources.statements.rules import RULES
from kg.sources.statements.schema import PositionsFile
from tests.support.command import kg
from tests.support.paths import ROOT
from tests.support.releases import count, make_release
from tests.support.thinned import write_thinned

#: A valid file; each case below changes one place in it.
GOOD = """\
defaults: {coder: A reader, rule: stance}
sources:
  - key: radio-alpha
    title: Radio interviews
    address: https://example.org/radio
statements:
  - key: ind-talks
    made_by: IND
    date: 2023-02-23
    about: [{resolution: A/RES/ES-11/6}]
    stance: reserved
    summary: India asked for talks.
    quote: dialogue and diplomacy
    source: radio-alpha
contacts:
  - key: usa-ind
    by: [USA]
    to: [IND]
    urged: in favour
    about: [{resolution: A/RES/ES-11/6}]
    summary: The United States asked India for its vote.
    source: radio-alpha
proposals:
  - key: plan-of-india
    title: A plan
    date: 2023-03-01
    proposed_by: [IND]
    points:
      - {title: Talks, topics: [negotiations]}
      - {title: Grain}
    sources: [radio-alpha]
reports:
  - kind: tally
    event: A/RES/ES-11/6
    in_favour: 140
    source: radio-alpha
"""


@dataclass(frozen=True)
class Broken:
    """A change to the valid file; the reported line and rule, and part of the message."""

    old: str
    new: str
    line: int
    rule: str
    says: str


BROKEN = [
    Broken("made_by: IND", "made_by: India", 8, "state", "did you mean IND (India)?"),
    Broken("made_by: IND", "made_by: URS", 8, "state", "write a key such as IND"),
    Broken("made_by: IND", "made_by: European Union", 8, "state", "write the key EU"),
    Broken("made_by: IND", "made_by: IND\n    on_behalf_of: [Group of 77]", 9, "state",
           "did you mean G77 (Group of 77 and China)?"),
    Broken("stance: reserved", "stance: reservd", 11, "choice", "did you mean 'reserved'?"),
    Broken("stance: reserved", "stanec: reserved", 11, "known-key", "did you mean 'stance'?"),
    Broken("    about: [{resolution: A/RES/ES-11/6}]\n    stance", "    stance", 7,
           "stance-target", "give exactly one subject under about, or towards"),
    Broken("{coder: A reader, rule: stance}", "{rule: stance}", 7, "coded", "needs coder"),
    Broken("rule: stance}", "rule: stances}", 1, "coding-rule", "did you mean 'stance'?"),
    Broken("date: 2023-02-23", "date: 23 February 2023", 9, "date", "write 2023-02-24"),
    Broken("date: 2023-02-23", "date: 2023-02-30", 9, "date", "not a calendar date"),
    Broken("date: 2023-03-01", "date: 2023-03", 26, "date", "is not a day"),
    Broken("[{resolution: A/RES/ES-11/6}]\n    stance", "[{resolution: ES-11/6}]\n    stance", 10,
           "symbol", "write it as printed"),
    Broken("[{resolution: A/RES/ES-11/6}]\n    stance", "[{topic: peace}]\n    stance", 10, "topic",
           "is not the key of a topic"),
    Broken("[{resolution: A/RES/ES-11/6}]\n    stance",
           "[{state: RUS, topic: sanctions}]\n    stance", 10, "target",
           "write one kind and its name"),
    Broken("[{resolution: A/RES/ES-11/6}]\n    stance", "[{point: plan-of-india}]\n    stance", 10,
           "target", "write its proposal and number"),
    Broken("[{resolution: A/RES/ES-11/6}]\n    stance",
           "[{paragraph: A/RES/ES-11/6#withdrawal}]\n    stance", 10, "target",
           "identifies a paragraph by a word; write its number, A/RES/ES-11/6#5"),
    Broken("[{resolution: A/RES/ES-11/6}]\n    stance",
           "[{paragraph: A/RES/ES-11/6#talks}]\n    stance", 10, "target",
           "write its symbol and number, as in A/RES/ES-11/6#5"),
    Broken("reports:\n", """resolutions:
  - symbol: A/RES/ES-11/7
    paragraphs:
      - {key: talks, summary: Asks for talks., sources: [radio-alpha]}
reports:
""", 35, "required", "'number' is missing"),
    Broken("quote: dialogue and diplomacy", f"quote: {'so ' * 16}", 13, "quotation",
           "at most 15, and put the rest in summary"),
    Broken("    source: radio-alpha\ncontacts", "    source: radio-alfa\ncontacts", 14, "source",
           "did you mean 'radio-alpha'?"),
    Broken("    summary: India asked for talks.\n", "", 7, "required", "'summary' is missing"),
    Broken("summary: India asked for talks.", "summary:", 12, "kind-of-value", "expected a text"),
    Broken("key: ind-talks", "key: India's talks", 7, "key-form", "lower-case letters, digits"),
    Broken("  - key: ind-talks\n", "  - key: ind-talks\n    made_by: CHN\n", 9, "one-value",
           "duplicate key 'made_by' in a mapping"),
    Broken("urged: in favour", "urged: favourable", 19, "choice", "in favour, against, abstaining"),
    Broken("    to: [IND]\n", "", 16, "parties", "no contacted party"),
    Broken("    by: [USA]\n", "", 16, "parties", "all participants under to"),
    Broken("proposed_by: [IND]", "proposed_by: []", 27, "required", "is empty"),
    Broken("""    points:
      - {title: Talks, topics: [negotiations]}
      - {title: Grain}
""", "    points: []\n", 24, "points", "write a list of {title: ...}"),
    Broken("- {title: Grain}", "- {titel: Grain}", 30, "known-key", "did you mean 'title'?"),
    Broken("[negotiations]", "negotiations", 29, "kind-of-value", "expected a list"),
    Broken("in_favour: 140", "in_favour: most", 35, "count", "not a whole number"),
    Broken("    in_favour: 140\n", "", 33, "count", "needs at least one figure"),
    Broken("kind: tally", "kind: tallies", 33, "choice", "did you mean 'tally'?"),
    Broken("statements:", "statement:", 6, "known-key", "did you mean 'statements'?"),
    Broken("https://example.org/radio", "example.org", 5, "address", "in the form https://"),
    Broken("  - key: ind-talks\n    made_by: IND\n", "  - key: ind-talks\n   made_by: IND\n", 8,
           "yaml", "check the indentation"),
    Broken(GOOD, "- just a list", 1, "yaml", "begin with a section such as"),
]  # fmt: skip


#: Loads a text as a file and returns the errors: file, line, rule, message.
Check = Callable[[str], list[tuple[str, int, str, str]]]


@pytest.fixture
def check(states: StateRegister, tmp_path: Path) -> Check:
    """Return a function that loads a text as a file and returns the errors."""

    def faults(text: str) -> list[tuple[str, int, str, str]]:
        path = tmp_path / "mine.yaml"
        path.write_text(text, encoding="utf-8")
        try:
            loader.load(path, states)
        except PositionsError as error:
            return [(Path(f.file).name, f.line, f.rule, str(f)) for f in error.errors]
        return []

    return faults


def test_there_are_enough_cases() -> None:
    assert len(BROKEN) >= 20
    assert {case.rule for case in BROKEN} == RULES.keys()
    assert all(GOOD.count(case.old) >= 1 for case in BROKEN)


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: f"{case.rule}-{case.new.strip()[:20]}")
def test_an_error_has_file_line_and_rule(case: Broken, check: Check) -> None:
    faults = check(GOOD.replace(case.old, case.new, 1))
    # A misspelt key is also a missing key; a missing default is missing in each entry.
    (message,) = (
        text for *location, text in faults if location == ["mine.yaml", case.line, case.rule]
    )
    assert len(faults) <= 2
    assert case.says in message
    assert message.endswith(f"[rule {case.rule}]")
    assert f"mine.yaml:{case.line}: " in message


def test_all_errors_are_reported_at_once(check: Check) -> None:
    text = GOOD.replace("made_by: IND", "made_by: India").replace("in_favour: 140", "in_favour: x")
    assert [fault[1:3] for fault in check(text)] == [(8, "state"), (35, "count")]


def test_values_are_the_text_in_the_file(states: StateRegister, tmp_path: Path) -> None:
    # YAML would read NO as false, 1e3 as a number and a date as a date object.
    path = tmp_path / "mine.yaml"
    text = GOOD.replace("quote: dialogue and diplomacy", "quote: no").replace("A plan", "1e3")
    path.write_text(text, encoding="utf-8")
    records = loader.load(path, states).records
    (statement,) = (r for r in records if isinstance(r, Statement))
    (proposal,) = (r for r in records if isinstance(r, Proposal))
    assert (statement.quote, statement.date, proposal.title) == ("no", "2023-02-23", "1e3")


def test_records_read_from_a_file(states: StateRegister, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD, encoding="utf-8")
    records = loader.load(path, states).records
    (statement,) = (r for r in records if isinstance(r, Statement))
    (contact,) = (r for r in records if isinstance(r, DiplomaticContact))
    (tally,) = (r for r in records if isinstance(r, ReportedTally))
    (source,) = (r for r in records if isinstance(r, Source) and r.key == "radio-alpha")
    assert statement.towards == ("resolution", "A-RES-ES-11-6")
    assert statement.coding
    assert (statement.coding.coder, statement.coding.rule) == ("A reader", "stance")
    assert (contact.by.states, contact.to.states, contact.urged) == (("USA",), ("IND",), "Y")
    assert tally.counts == {"Y": 140}
    assert source.address == "https://example.org/radio"


def test_embedded_and_own_positions_are_chosen_together(tmp_path: Path) -> None:
    names = ["embedded", f"statements={tmp_path}"]
    chosen = {c.source.name: c for c in select_sources(names, tmp_path)}
    assert chosen["statements"].places == (DATA / "statements", tmp_path)
    assert not chosen["statements"].embedded
    assert chosen["proposals"].embedded


def test_a_statement_about_an_unknown_resource_stops_the_build(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD.replace("A/RES/ES-11/6", "A/RES/ES-11/99"), encoding="utf-8")
    with pytest.raises(Exception, match="add the source that contains it"):
        make_release(tmp_path / "data", "states", f"statements={path}")


def test_the_schema_is_that_of_the_models() -> None:
    file = ROOT / "docs" / "reference" / "positions.schema.json"
    assert json.loads(file.read_text(encoding="utf-8")) == PositionsFile.model_json_schema()
    printed = subprocess.run(
        [sys.executable, "-m", "kg", "add", "schema"], capture_output=True, text=True, check=True
    )
    assert printed.stdout == file.read_text(encoding="utf-8")


def test_the_document_has_every_rule_and_its_examples_are_good(check: Check) -> None:
    text = (ROOT / "docs" / "reference" / "positions.md").read_text(encoding="utf-8")
    for rule, asks in RULES.items():
        assert f"| {rule} | {asks} |" in text, rule
    examples = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert len(examples) >= 4
    for example in examples:
        assert check(example) == [], example
    sections = {key for example in examples for key in yaml.safe_load(example)}
    assert sections == PositionsFile.model_fields.keys()


# A newcomer adds five entries using only the command.
NEWCOMER = """
source --key radio-alpha --title What_was_said --date 2023-02-24
statement --key ind-talks --made-by IND --date 2023-02-23 --about resolution=A/RES/ES-11/6
  --stance reserved --coder Me --rule stance --summary India_asked_for_talks. --source radio-alpha
contact --key usa-ind --by USA --to IND --urged in_favour --about resolution=A/RES/ES-11/6
  --summary It_asked_for_a_vote. --source radio-alpha
proposal --key plan-of-india --title A_plan --date 2023-03-01 --proposed-by IND --proposed-by BRA
  --point Talks --point Grain --sources radio-alpha
report --event A/RES/ES-11/6 --in-favour 140 --against 7 --source radio-alpha
reported-vote --event A/RES/ES-11/6 --option abstaining --states IND --states CHN
  --source radio-alpha
"""


def commands(text: str) -> list[list[str]]:
    """Return the commands in a text, in which indented lines are continuations."""
    joined = text.strip().replace("\n  ", " ").splitlines()
    return [
        [w if w.startswith("-") or "=" in w else w.replace("_", " ") for w in line.split()]
        for line in joined
    ]


#: A valid entry with an error that the shapes find.
DOUBTFUL = """
statements:
  - key: rus-hopes
    made_by: RUS
    date: 1945-01-01
    about: [{resolution: A/RES/ES-11/6}]
    stance: supportive
    coder: A reader
    rule: stance
    summary: Russia hoped.
    source: radio-alpha
"""


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the file written by the commands."""
    file = tmp_path_factory.mktemp("newcomer") / "mine" / "positions.yaml"
    for command in commands(NEWCOMER):
        result = kg("add", *command, "--file", str(file))
        assert result.returncode == 0, result.stderr
        line = int(re.search(r":(\d+): ", result.stdout)[1])  # type: ignore[index]
        begun = file.read_text(encoding="utf-8").splitlines()[line - 1]
        assert begun.lstrip().startswith("- "), command
    return file.parent


def test_a_newcomer_adds_five_entries(newcomer: Path, states: StateRegister) -> None:
    assert kg("add", "check", str(newcomer)).stdout.startswith("1 files comply with all")
    kinds = [type(r) for r in loader.load(newcomer / "positions.yaml", states).records]
    for kind, wanted in ((Statement, 1), (DiplomaticContact, 1), (Proposal, 1), (ReportedTally, 1),
                         (ReportedVote, 2)):  # fmt: skip
        assert kinds.count(kind) == wanted, kind


@pytest.fixture(scope="module")
def released(newcomer: Path) -> Path:
    """A data folder with a release of the embedded, the added and a doubtful position."""
    folder, data = newcomer.with_name("more"), newcomer.with_name("data")
    shutil.copytree(newcomer, folder)
    (folder / "doubtful.yaml").write_text(DOUBTFUL, encoding="utf-8")
    (folder / "empty.yml").write_text("statements: []\n", encoding="utf-8")
    votes = write_thinned(newcomer.with_name("votes"))
    make_release(data, "embedded", votes, f"statements={folder}")
    return data


def test_embedded_and_own_positions_load_together(released: Path) -> None:
    release = require_current(released)
    store = release.open_store()
    assert count(store, f"<{thing('statement', 'ind-talks')}> unv:stance unv:Reserved") == 1
    assert count(store, "?s a unv:Statement") == 71
    assert count(store, "?p a unv:Proposal") == 9
    (entry,) = (s for s in release.manifest().sources if s.name == "statements")
    files = {"positions.yaml", "empty.yml", "responses.yaml", "topics.yaml"}
    assert files <= entry.files.keys()


def test_words_against_votes_are_a_warning(released: Path) -> None:
    warnings = require_current(released).manifest().warnings
    assert (warnings["spoken-and-voted"], warnings["statement-membership"]) == (1, 1)
    doubtful = kg("query", "doubtful-positions", "-f", "csv", data=released).stdout
    assert "said before membership" in doubtful
    assert "opposite" in kg("query", "words-against-votes", "-f", "csv", data=released).stdout


def test_adding_an_entry_keeps_existing_content(tmp_path: Path) -> None:
    file = tmp_path / "positions.yaml"
    file.write_text(
        "# My notes.\nsources:\n- {key: radio, title: Radio} # heard\n\n# Reports follow.\n"
        "reports: # of votes\n  - kind: tally\n    event: A/RES/ES-11/6\n    against: 7\n"
        "    source: radio\n",
        encoding="utf-8",
    )
    assert kg("add", "source", "--key", "tv", "--title", "TV", "--file", str(file)).returncode == 0
    assert file.read_text(encoding="utf-8") == (
        "# My notes.\nsources:\n- {key: radio, title: Radio} # heard\n- {key: tv, title: TV}\n\n"
        "# Reports follow.\nreports: # of votes\n  - kind: tally\n    event: A/RES/ES-11/6\n"
        "    against: 7\n    source: radio\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["statement", "--key", "a", "--made-by", "Indai", "--summary", "x", "--source",
          "wikidata"], "did you mean IND (India)?"),
        (["statement", "--key", "a", "--made-by", "IND", "--source", "wikidata"],
         "'summary' is missing"),
        (["statement", "--key", "a", "--made-by", "IND", "--summary", "x", "--source", "wikidata",
          "--about", "nothing"], "expected KIND=NAME"),
        (["report", "--event", "A/RES/ES-11/6", "--source", "wikidata"], "at least one figure"),
        (["check", "/nowhere"], "/nowhere: no such file or folder"),
    ],
)  # fmt: skip
def test_an_invalid_entry_is_not_written(
    tmp_path: Path, arguments: list[str], message: str
) -> None:
    file = tmp_path / "positions.yaml"
    end = [] if arguments[0] == "check" else ["--file", str(file)]
    result = kg("add", *arguments, *end)
    assert result.returncode in (1, 2)
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_entry_may_refer_to_another_file_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text("sources: [{key: radio, title: R}]\n", encoding="utf-8")
    added = kg("add", "report", "--event", "A/RES/ES-11/6", "--against", "7", "--source", "radio",
               "--file", str(tmp_path / "reports.yaml"))  # fmt: skip
    assert added.returncode == 0, added.stderr
    assert kg("add", "check", str(tmp_path)).returncode == 0


def test_a_folder_without_files_is_reported(tmp_path: Path, states: StateRegister) -> None:
    with pytest.raises(Exception, match=r"the folder contains no \*\.yaml file"):
        SOURCES["statements"].load(tmp_path, states)
