"""Every constraint of the shapes: kept by shapes/valid.ttl, and broken once on it.

A case changes the valid graph by a SPARQL Update so that one component (sh:minCount, sh:class,
...) of one shape has exactly one finding. Relative IRIs are those of things.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import SH

from kg import resources
from kg.validation import Finding, read_ntriples, shape_files, validate
from kg.vocabulary import BASE, PREFIXES

VALID = Path(__file__).parent / "shapes" / "valid.ttl"
IDS = BASE + "id/"
SHAPES = BASE + "shapes#"
NO_CONSTRAINTS = {"path", "property", "severity", "message", "targetClass", "targetObjectsOf"}
WARNINGS = {"event-membership", "tally-total"}

EVENT, OTHER_EVENT = "<event/900001>", "<event/900002>"
VOTE = "<vote/900001/AAA>"
RESOLUTION, OTHER_RESOLUTION = "<resolution/A-RES-34-999>", "<resolution/A-RES-34-998>"
SESSION, OTHER_SESSION = "<session/34>", "<session/ES-34>"
MEETING, OTHER_MEETING = "<meeting/A-34-PV-200>", "<meeting/A-ES-34-PV-1>"
TOPIC = "<topic/weather>"
STATE, OTHER_STATE = "<state/AAA>", "<state/DDD>"
SEAT, NAME, MEMBERSHIP = "<seat/AAA>", "<name/AAA-1>", "<membership/AAA-1>"
PROPOSAL, POINT = "<proposal/two-points>", "<proposal/two-points/1>"
STATEMENT, TALLY, REPORT = "<statement/alpha-hopes>", "<report/tally>", "<report/vote>"
DISCREPANCY = "<discrepancy/bravo>"
SOURCE, OTHER_SOURCE = "<source/votes>", "<source/members>"

UNKNOWN = "<unknown/thing>"
COUNCIL = "unv:SecurityCouncil"
TEXT, TAGGED = '"1"', '"again"@en'
DAY, MONTH = '"1946-02-03"^^xsd:date', '"1946-02"^^xsd:gYearMonth'
LONG = '"' + "word " * 16 + '"'


@dataclass(frozen=True)
class Case:
    """A change that breaks a component of a shape; its message, if not that of the shape."""

    shape: str
    focus: str
    update: str
    message: str = ""
    component: str = "sparql"


def drop(thing: str, path: str) -> str:
    return f"DELETE WHERE {{ {thing} {path} ?value }} ;"


def add(thing: str, path: str, value: str) -> str:
    return f"INSERT DATA {{ {thing} {path} {value} }} ;"


def replace(thing: str, path: str, value: str) -> str:
    return drop(thing, path) + add(thing, path, value)


def held(date: str, precision: str = "day") -> str:
    """Move the roll call of all four states to another date."""
    day = f'"{date}"^^xsd:date'
    return replace(EVENT, "unv:date", day) + replace(EVENT, "unv:datePrecision", f'"{precision}"')


def breaks(
    shape: str, focus: str, path: str, components: str, second: str = TAGGED, wrong: str = UNKNOWN
) -> Iterator[Case]:
    """Yield a case for each component of a property shape.

    ``second`` is a right value, but one too many; ``wrong`` is a value that is not allowed.
    """
    for component in components.split():
        if component == "minCount":
            update = drop(focus, path)
        elif component in ("maxCount", "uniqueLang"):
            update = add(focus, path, second)
        else:
            update = replace(focus, path, wrong)
        yield Case(shape, focus, update, component=component)


# fmt: off
CASES = [
    *breaks("event-label", EVENT, "rdfs:label", "minCount uniqueLang"),
    *breaks("event-date", EVENT, "unv:date", "minCount maxCount datatype", DAY, MONTH),
    *breaks("event-date-precision", EVENT, "unv:datePrecision", "minCount maxCount in", '"month"'),
    *breaks("event-body", EVENT, "unv:body", "minCount maxCount in", COUNCIL),
    *breaks("event-session", EVENT, "unv:session", "maxCount class", OTHER_SESSION),
    *breaks("event-meeting", EVENT, "unv:meeting", "maxCount class", OTHER_MEETING),
    *breaks("event-source", EVENT, "prov:wasDerivedFrom", "minCount class"),
    *breaks("event-decides", EVENT, "unv:decides", "maxCount class", OTHER_RESOLUTION),
    *breaks("event-vote-on", EVENT, "unv:voteOn", "maxCount in", '"motion"', TEXT),
    *breaks("event-important", EVENT, "unv:importantVote", "maxCount datatype", "false", TEXT),
    *breaks("event-yes-count", EVENT, "unv:yesCount", "minCount maxCount datatype", "7", TEXT),
    *breaks("event-no-count", EVENT, "unv:noCount", "minCount maxCount datatype", "7", TEXT),
    *breaks("event-abstention-count", EVENT, "unv:abstentionCount",
            "minCount maxCount datatype", "7", TEXT),
    *breaks("event-non-voting-count", EVENT, "unv:nonVotingCount", "maxCount datatype", "7", TEXT),
    Case("event-counted-in-favour", EVENT, replace(EVENT, "unv:yesCount", "7"),
         "The count of states in favour is 7, but 1 states are listed so."),
    Case("event-counted-against", EVENT, drop(EVENT, "unv:against"),
         "The count of states against is 1, but 0 states are listed so."),
    Case("event-counted-abstaining", EVENT, add(EVENT, "unv:abstaining", STATE),
         "The count of states abstaining is 1, but 2 states are listed so."),
    Case("event-counted-non-voting", EVENT, replace(EVENT, "unv:nonVotingCount", "7"),
         "The count of states non-voting is 7, but 1 states are listed so."),
    Case("event-counted-non-voting", EVENT, drop(EVENT, "unv:nonVotingCount"),
         "The count of states non-voting is 0, but 1 states are listed so."),
    Case("event-all-votes", EVENT, drop(VOTE, "?property"),
         "The counts add up to 4 votes, but the event has 3."),
    Case("event-agreement", EVENT, replace(VOTE, "unv:option", "unv:No"),
         "The counts add up to 4 votes, but 3 votes agree with the direct triple of their state."),
    Case("event-one-vote", EVENT, replace(VOTE, "unv:castBy", OTHER_STATE),
         "A state votes once in an event: 4 votes of 3 states."),
    Case("event-decided", EVENT, drop(RESOLUTION, "unv:decidedBy"),
         f"{IDS}resolution/A-RES-34-999 is decided by this event, and says so."),
    # Before the admission, after the end and in a gap, always of one of the four states.
    *(
        Case("event-membership", EVENT, held(date, precision),
             f"{IDS}vote/900001/{state} was cast by a state that was not a member then.")
        for date, precision, state in (
            ("1970-09-14", "day", "CCC"),
            ("1970-08-31", "month", "CCC"),
            ("1990-10-04", "day", "BBB"),
            ("1990-11-01", "month", "BBB"),
            ("1975-06-01", "day", "AAA"),
            ("1975-06-01", "month", "AAA"),
        )
    ),
    *breaks("vote-event", VOTE, "unv:event", "minCount maxCount class", OTHER_EVENT),
    *breaks("vote-state", VOTE, "unv:castBy", "minCount maxCount class", OTHER_STATE),
    *breaks("vote-option", VOTE, "unv:option", "minCount maxCount in", "unv:No"),
    *breaks("resolution-symbol", RESOLUTION, "unv:symbol", "minCount maxCount", TEXT),
    *breaks("resolution-symbol", RESOLUTION, "unv:symbol", "datatype", wrong=TAGGED),
    *breaks("resolution-label", RESOLUTION, "rdfs:label", "minCount uniqueLang"),
    *breaks("resolution-title", RESOLUTION, "dcterms:title", "uniqueLang datatype", wrong=TEXT),
    *breaks("resolution-date", RESOLUTION, "dcterms:date", "minCount maxCount or", MONTH, TEXT),
    *breaks("resolution-body", RESOLUTION, "unv:body", "minCount maxCount in", COUNCIL),
    *breaks("resolution-session", RESOLUTION, "unv:session", "maxCount class", OTHER_SESSION),
    *breaks("resolution-subject", RESOLUTION, "dcterms:subject", "class"),
    *breaks("resolution-decided-by", RESOLUTION, "unv:decidedBy", "class"),
    *breaks("resolution-document", RESOLUTION, "unv:document", "nodeKind", wrong=TEXT),
    *breaks("resolution-library-record", RESOLUTION, "unv:libraryRecord", "nodeKind", wrong=TEXT),
    *breaks("session-label", SESSION, "rdfs:label", "minCount uniqueLang"),
    *breaks("session-body", SESSION, "unv:body", "minCount maxCount in", COUNCIL),
    *breaks("meeting-symbol", MEETING, "unv:symbol", "minCount maxCount datatype", TEXT, TAGGED),
    *breaks("meeting-body", MEETING, "unv:body", "minCount maxCount in", COUNCIL),
    *breaks("meeting-session", MEETING, "unv:session", "maxCount class", OTHER_SESSION),
    *breaks("topic-label", TOPIC, "skos:prefLabel", "minCount uniqueLang"),
    *breaks("topic-scheme", TOPIC, "skos:inScheme", "minCount class"),
    *breaks("state-label", STATE, "rdfs:label", "minCount uniqueLang"),
    *breaks("state-iso3", STATE, "unv:iso3", "maxCount pattern", '"AAB"', '"AAAA"'),
    *breaks("state-iso2", STATE, "unv:iso2", "maxCount pattern", '"AB"', '"aa"'),
    *breaks("state-m49", STATE, "unv:m49", "maxCount pattern", '"001"', TEXT),
    *breaks("state-admitted", STATE, "unv:admitted", "minCount maxCount datatype", DAY, MONTH),
    *breaks("state-member-until", "<state/BBB>", "unv:memberUntil", "maxCount datatype",
            DAY, MONTH),
    *breaks("state-seat", STATE, "unv:seat", "minCount maxCount class", "<seat/BBB>"),
    *breaks("state-name", STATE, "unv:hasName", "minCount class"),
    *breaks("state-group", STATE, "unv:regionalGroup", "maxCount class", "<group/others>"),
    *breaks("state-wikidata", STATE, "unv:wikidata", "maxCount pattern",
            "wd:Q00", "<https://www.wikidata.org/entity/Q0>"),
    *breaks("state-predecessor", "<state/CCC>", "unv:predecessor", "class"),
    *breaks("state-source", STATE, "prov:wasDerivedFrom", "minCount class"),
    Case("state-membership-period", STATE, replace(STATE, "unv:admitted", DAY),
         "The first day of membership, 1946-02-03, is not that of a membership period."),
    *breaks("seat-admitted", SEAT, "unv:admitted", "minCount maxCount datatype", DAY, MONTH),
    *breaks("seat-source", SEAT, "prov:wasDerivedFrom", "minCount class"),
    *breaks("name-label", NAME, "rdfs:label", "minCount uniqueLang"),
    *breaks("name-from", NAME, "unv:from", "minCount maxCount datatype", DAY, MONTH),
    *breaks("name-until", NAME, "unv:until", "maxCount datatype", DAY, MONTH),
    *breaks("name-source", NAME, "prov:wasDerivedFrom", "minCount class"),
    *breaks("membership-member", MEMBERSHIP, "org:member", "minCount maxCount class", OTHER_STATE),
    *breaks("membership-from", MEMBERSHIP, "unv:from", "minCount maxCount datatype", DAY, MONTH),
    *breaks("membership-until", MEMBERSHIP, "unv:until", "maxCount datatype", DAY, MONTH),
    *breaks("membership-source", MEMBERSHIP, "prov:wasDerivedFrom", "minCount class"),
    Case("membership-order", MEMBERSHIP, replace(MEMBERSHIP, "unv:from", '"1975-01-20"^^xsd:date'),
         "A membership ends after it began: it ends on 1975-01-20."),
    *breaks("proposal-title", PROPOSAL, "dcterms:title", "minCount uniqueLang"),
    *breaks("proposal-date", PROPOSAL, "dcterms:date", "minCount datatype", wrong=MONTH),
    *breaks("proposal-by", PROPOSAL, "unv:proposedBy", "minCount class"),
    *breaks("proposal-creator", PROPOSAL, "dcterms:creator", "class"),
    *breaks("proposal-point", PROPOSAL, "unv:hasPoint", "minCount class"),
    *breaks("proposal-source", PROPOSAL, "prov:wasDerivedFrom", "minCount class"),
    Case("proposal-positions", PROPOSAL, replace(POINT, "unv:position", "2"),
         "Two points of a proposal share the position 2."),
    *breaks("point-position", POINT, "unv:position", "minCount maxCount minInclusive", "7", "0"),
    *breaks("point-position", POINT, "unv:position", "datatype", wrong="1.0"),
    *breaks("point-title", POINT, "dcterms:title", "minCount uniqueLang"),
    *breaks("point-source", POINT, "prov:wasDerivedFrom", "minCount class"),
    *breaks("statement-label", STATEMENT, "rdfs:label", "minCount uniqueLang"),
    *breaks("statement-made-by", STATEMENT, "unv:madeBy", "minCount maxCount class", OTHER_STATE),
    *breaks("statement-speaker", STATEMENT, "unv:speaker", "class"),
    *breaks("statement-speaker-role", STATEMENT, "unv:speakerRole", "uniqueLang"),
    *breaks("statement-stance", STATEMENT, "unv:stance", "maxCount in", "unv:Critical"),
    *breaks("statement-quote", STATEMENT, "unv:quote", "pattern", wrong=LONG),
    *breaks("statement-via", STATEMENT, "unv:via", "maxCount datatype", TEXT, TAGGED),
    *breaks("statement-source", STATEMENT, "prov:wasQuotedFrom", "minCount class"),
    Case("statement-stance-target", STATEMENT, drop(STATEMENT, "unv:about"),
         "A stance needs something that the statement is about."),
    *breaks("tally-yes-count", TALLY, "unv:yesCount", "maxCount datatype", "7", TEXT),
    *breaks("tally-no-count", TALLY, "unv:noCount", "maxCount datatype", "7", TEXT),
    *breaks("tally-abstention-count", TALLY, "unv:abstentionCount", "maxCount datatype", "7", TEXT),
    *breaks("tally-non-voting-count", TALLY, "unv:nonVotingCount", "maxCount datatype", "7", TEXT),
    *breaks("tally-reports", TALLY, "unv:reports", "minCount maxCount", OTHER_EVENT),
    *breaks("tally-quote", TALLY, "unv:quote", "pattern", wrong=LONG),
    *breaks("tally-source", TALLY, "prov:wasQuotedFrom", "minCount maxCount class", SOURCE),
    *(
        Case("tally-total", TALLY, replace(TALLY, path, "7"),
             "The report says 7, the record has 1.")
        for path in ("unv:yesCount", "unv:noCount", "unv:abstentionCount", "unv:nonVotingCount")
    ),
    *breaks("reported-vote-reports", REPORT, "unv:reports", "minCount maxCount", OTHER_EVENT),
    *breaks("reported-vote-state", REPORT, "unv:castBy", "minCount maxCount class", STATE),
    *breaks("reported-vote-option", REPORT, "unv:option", "minCount maxCount in", "unv:No"),
    *breaks("reported-vote-quote", REPORT, "unv:quote", "pattern", wrong=LONG),
    *breaks("reported-vote-source", REPORT, "prov:wasQuotedFrom",
            "minCount maxCount class", SOURCE),
    *breaks("discrepancy-label", DISCREPANCY, "rdfs:label", "minCount uniqueLang"),
    *breaks("discrepancy-aspect", DISCREPANCY, "unv:aspect", "minCount maxCount in", '"date"'),
    *breaks("discrepancy-concerns", DISCREPANCY, "unv:concerns", "minCount"),
    *breaks("discrepancy-accepted-value", DISCREPANCY, "unv:acceptedValue",
            "minCount maxCount datatype", TEXT, TAGGED),
    *breaks("discrepancy-other-value", DISCREPANCY, "unv:otherValue",
            "minCount maxCount datatype", TEXT, TAGGED),
    *breaks("discrepancy-accepted-from", DISCREPANCY, "unv:acceptedFrom", "minCount class"),
    *breaks("discrepancy-other-from", DISCREPANCY, "unv:otherFrom", "minCount class"),
    *breaks("source-title", SOURCE, "dcterms:title", "minCount uniqueLang"),
    *breaks("source-redistributable", SOURCE, "unv:redistributable", "maxCount datatype",
            "false", TEXT),
    *breaks("source-retrieved", SOURCE, "unv:retrieved", "maxCount datatype", DAY, MONTH),
    *breaks("source-page", SOURCE, "foaf:page", "nodeKind", wrong=TEXT),
    *breaks("source-derived-from", OTHER_SOURCE, "prov:wasDerivedFrom", "class"),
    # Shapes that target a value: it is the focus itself.
    Case("vote-cast-as", TAGGED, replace(VOTE, "unv:castAs", TAGGED), component="datatype"),
    Case("vote-agreeing", TEXT, replace(VOTE, "unv:compilationsAgreeing", TEXT),
         component="datatype"),
    Case("related-resolution", UNKNOWN, add(EVENT, "unv:relatesTo", UNKNOWN), component="class"),
    Case("reported-event", UNKNOWN, replace(TALLY, "unv:reports", UNKNOWN), component="class"),
    Case("stated-about", UNKNOWN, add(STATEMENT, "unv:about", UNKNOWN), component="or"),
    Case("concerned-thing", UNKNOWN, add(DISCREPANCY, "unv:concerns", UNKNOWN), component="or"),
]
# fmt: on

#: Changes up to the edge of a constraint.
ALLOWED = {
    "month of the admission": held("1970-09-01", "month"),
    "day of the admission": held("1970-09-15"),
    "last day of a member": held("1990-10-03"),
    "month of the last day": held("1990-10-31", "month"),
    "last day before a gap": held("1975-01-20"),
    "first day after a gap": held("1976-09-28"),
    "fifteen words": replace(STATEMENT, "unv:quote", f'"{" ".join(["word"] * 15)}"@en'),
    "neither stance nor topic": drop(STATEMENT, "unv:stance") + drop(STATEMENT, "unv:about"),
} | {
    value: replace(thing, path, value)
    for thing, path, values in (
        (EVENT, "unv:voteOn", '"document" "amendment" "paragraph" "motion"'),
        (REPORT, "unv:option", "unv:Yes unv:No unv:Abstention unv:NonVoting"),
        (STATEMENT, "unv:stance", "unv:Supportive unv:Critical unv:Reserved"),
        (DISCREPANCY, "unv:aspect", '"vote" "date" "total" "session" "membership"'),
    )
    for value in values.split()
}


@cache
def shapes() -> Graph:
    graph = Graph()
    for text in resources.texts("shapes", ".ttl").values():
        graph.parse(data=text, format="turtle")
    return graph


def changed(update: str) -> str:
    """Return the valid graph after a change, as N-Triples."""
    store = ox.Store()
    store.load(path=str(VALID))
    store.update(update, base_iri=IDS, prefixes=PREFIXES)
    return "".join(f"{quad.triple} .\n" for quad in store)


def found(update: str) -> list[Finding]:
    return validate(changed(update), shape_files())


def kg_validate(path: Path) -> tuple[int, str]:
    command = [sys.executable, "-m", "kg", "validate", str(path)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stdout + ended.stderr


def test_the_valid_graph_has_no_finding() -> None:
    assert validate(read_ntriples(VALID), shape_files()) == []
    code, output = kg_validate(VALID)
    assert "0 violations, 0 warnings" in output
    assert code == 0


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.shape}-{case.component}")
def test_a_broken_constraint_is_found(case: Case) -> None:
    severity = "Warning" if case.shape in WARNINGS else "Violation"
    focus = case.focus.replace("<", f"<{IDS}")
    message = case.message or str(shapes().value(URIRef(SHAPES + case.shape), SH.message))
    findings = [finding for finding in found(case.update) if finding.shape == case.shape]
    assert [(one.severity, one.focus, one.message) for one in findings] == [
        (severity, focus, message)
    ]


def test_every_constraint_has_a_case() -> None:
    # A list, so that a second component of the same kind on a shape is noticed as well.
    statements = [(str(subject), str(term)) for subject, term in shapes().subject_predicates()]
    constraints = [
        (subject.removeprefix(SHAPES), term.removeprefix(str(SH)))
        for subject, term in statements
        if subject.startswith(SHAPES) and term.startswith(str(SH))
    ]
    assert sorted(one for one in constraints if one[1] not in NO_CONSTRAINTS) == sorted(
        {(case.shape, case.component) for case in CASES}
    )


def test_every_shape_has_a_name() -> None:
    # One without would escape the test above.
    assert all(isinstance(shape, URIRef) for shape in shapes().objects(None, SH.property))


@pytest.mark.parametrize("update", ALLOWED.values(), ids=ALLOWED)
def test_what_is_allowed_is_not_found(update: str) -> None:
    assert found(update) == []


@pytest.mark.parametrize(
    ("update", "code", "message"),
    [
        (held("1990-10-04"), 0, "was cast by a state that was not a member then."),
        (drop(STATE, "unv:seat"), 1, "A state holds or held exactly one seat"),
    ],
    ids=["warning", "violation"],
)
def test_the_command_tells_what_it_found(
    tmp_path: Path, update: str, code: int, message: str
) -> None:
    path = tmp_path / "graph.nt"
    path.write_text(changed(update), encoding="utf-8")
    ended, output = kg_validate(path)
    assert message in output
    assert ended == code


@pytest.mark.parametrize(
    ("name", "text"), [("none.ttl", ""), ("prose.ttl", "Dear reader"), ("a.txt", "x")]
)
def test_the_command_names_a_file_it_cannot_read(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    if text:
        path.write_text(text, encoding="utf-8")
    ended, output = kg_validate(path)
    assert ended == 1
    assert str(path) in output
    assert "Traceback" not in output
