"""Changes that test_shapes.py makes to shapes/valid.ttl: each breaks one constraint, or none.

Relative IRIs identify resources.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import pyoxigraph as ox

from kg.rdf.vocabulary import BASE, PREFIXES, XSD
from tests.support.paths import ROOT

VALID = ROOT / "tests" / "shapes" / "valid.ttl"
IDS = BASE + "id/"

EVENT, OTHER_EVENT = "<event/900001>", "<event/900002>"
#: Values that are not web addresses.
SCRIPT, QUOTED_ADDRESS = "<javascript:alert(1)>", '"https://example.org/"'
DRAFT, UNVOTED = "<event/S-1980-900003>", "<event/S-RES-900-1980>"
#: A vote of the Council of which no vote of a state is known.
UNKNOWN_VOTES = "<event/S-1980-900009>"
VOTE = "<vote/900001/AAA>"
RESOLUTION, OTHER_RESOLUTION = "<resolution/A-RES-34-999>", "<resolution/A-RES-34-998>"
SESSION, OTHER_SESSION = "<session/34>", "<session/ES-34>"
MEETING, OTHER_MEETING = "<meeting/A-34-PV-200>", "<meeting/A-ES-34-PV-1>"
TEXT_DRAFT, ITEM = "<draft/A-34-L-900-REV-1>", "<agendaitem/34-999-a>"
GROUP_AGENT = "<agent/weather-group>"
TOPIC, CLIMATE = "<topic/weather>", "<topic/climate>"
STATE, OTHER_STATE = "<state/AAA>", "<state/DDD>"
FORMER_STATE = "<state/BBB>"
SEAT, NAME, MEMBERSHIP = "<seat/AAA>", "<name/AAA-1>", "<membership/AAA-1>"
PROPOSAL, POINT = "<proposal/two-points>", "<proposal/two-points/1>"
STATEMENT, TALLY, REPORT = "<statement/alpha-hopes>", "<report/tally>", "<report/vote>"
SPEECH = "<speech/general-debate-34-AAA>"
MEETING_SPEECH = "<speech/A-34-PV-200-1>"
PLACE, OTHER_PLACE = "<place/A-34-PV-200-3-4>", "<place/A-34-PV-200-5-1>"
CONTENT, CONTACT = "<report/content>", "<contact/alpha-bravo>"
PARAGRAPH, CORRESPONDENCE = "<paragraph/A-RES-34-999/2>", "<correspondence/sun>"
RULE = "<rule/invented>"
IDEAL_POINT = "<idealpoint/estimates-final-passage-AAA-1980>"
# A second coder or rule: breaks only sh:maxCount.
OTHER_AGENT, OTHER_RULE = "<agent/other>", "<rule/other>"
AGREEMENT, YEARLY = "<agreement/AAA-BBB-1980>", "<tally/GeneralAssembly-AAA-1980>"
DERIVATION = "<derivation/counting>"
DISCREPANCY, AGENT = "<discrepancy/bravo>", "<agent/office-of-alpha>"
CHANGE, GROUP, SCHEME = "<change/CCC-BBB>", "<group/others>", "<scheme/invented>"
SUSPENDED, CORRECTED = "<vote/900001/DDD>", "<vote/900001/BBB>"
SUSPENSION = "<suspension/DDD-1980-01-01>"
TERM = "<membership/BBB-SecurityCouncil-1980-01-01>"
IN_GROUP, GROUP_PERIOD = "<membership/AAA-weather-group-1979>", "<membership/BBB-weather-group>"
LISTED = "<membership/CCC-weather-group>"
SOURCE, OTHER_SOURCE = "<source/votes>", "<source/members>"
SOURCE_SET, OTHER_SOURCE_SET = "<sourceset/one>", "<sourceset/two>"
RIGHTS, OTHER_RIGHTS = "<rights/unknown>", "<rights/invented>"

UNKNOWN = "<unknown/thing>"
COUNCIL = "unv:SecurityCouncil"
TEXT, TAGGED, UNKNOWN_LANGUAGE = '"1"', '"again"@en', '"again"@xx'
DAY, MONTH = '"1946-02-03"^^xsd:date', '"1946-02"^^xsd:gYearMonth'
ZERO, HUNDRED = f'"0"^^<{XSD.integer}>', f'"100"^^<{XSD.integer}>'
DECIMAL = f'"1.5"^^<{XSD.iri}decimal>'
SCRIPT = "<javascript:alert(1)>"
LONG_QUOTE = '"' + "word " * 16 + '"@en'

FIGURES = {
    "yes": "unv:yesCount",
    "no": "unv:noCount",
    "abstention": "unv:abstentionCount",
    "non-voting": "unv:nonVotingCount",
}
TIMES = {
    "yes": "unv:timesInFavour",
    "no": "unv:timesAgainst",
    "abstention": "unv:timesAbstaining",
    "non-voting": "unv:timesNonVoting",
}
WORDS = ("in favour", "against", "abstaining", "non-voting")


@dataclass(frozen=True)
class Case:
    """A change that breaks a component of a shape; its message, if not the shape's own."""

    shape: str
    focus: str
    update: str
    message: str = ""
    component: str = "sparql"

    @property
    def node(self) -> str:
        """The focus node in N-Triples."""
        return f"<{IDS}{self.focus[1:]}" if self.focus.startswith("<") else self.focus


@cache
def _valid() -> list[ox.Quad]:
    return list(ox.parse(path=str(VALID)))


def changed_store(update: str) -> ox.Store:
    """Return the valid graph after a change."""
    store = ox.Store()
    store.extend(_valid())
    store.update(update, base_iri=IDS, prefixes=PREFIXES)
    return store


def ntriples(store: ox.Store) -> str:
    """Return the triples of a store in N-Triples."""
    return "".join(f"{quad.triple} .\n" for quad in store)


def changed(update: str) -> str:
    """Return the valid graph after a change, as N-Triples."""
    return ntriples(changed_store(update))


def drop(thing: str, path: str) -> str:
    return f"DELETE WHERE {{ {thing} {path} ?value }} ;"


def drop_type(thing: str, kind: str) -> str:
    return f"DELETE DATA {{ {thing} a {kind} }} ;"


def add(thing: str, path: str, value: str) -> str:
    return f"INSERT DATA {{ {thing} {path} {value} }} ;"


def replace(thing: str, path: str, value: str) -> str:
    return drop(thing, path) + add(thing, path, value)


def copied(thing: str, copy: str) -> str:
    return f"INSERT {{ {copy} ?property ?value }} WHERE {{ {thing} ?property ?value }} ;"


#: Removes the facts computed from the votes.
DERIVED_NOTHING = drop(YEARLY, "?property") + drop(AGREEMENT, "?property")


def held(date: str) -> str:
    """Move the roll call of all four states to another day, or to a month without a day."""
    month = f'"{date[:7]}"^^xsd:gYearMonth'
    day = f'"{date}"^^xsd:date' if date != date[:7] else ""
    return (
        replace(EVENT, "unv:year", date[:4])
        + replace(EVENT, "unv:month", month)
        + drop(EVENT, "unv:date")
        + (add(EVENT, "unv:date", day) if day else "")
        + replace(RESOLUTION, "dcterms:date", day or month)
        + DERIVED_NOTHING
    )


def breaks(
    shape: str, focus: str, path: str, components: str, second: str = TAGGED, wrong: str = UNKNOWN
) -> Iterator[Case]:
    """Yield a case for each component of a property shape.

    ``second`` is a valid value, but one too many; ``wrong`` is a value that is not allowed.
    """
    for component in components.split():
        if component == "minCount":
            update = drop(focus, path)
        elif component in ("maxCount", "uniqueLang"):
            update = add(focus, path, second)
        elif component == "languageIn":
            update = replace(focus, path, UNKNOWN_LANGUAGE)
        else:
            update = replace(focus, path, wrong)
        yield Case(shape, focus, update, component=component)


def texts(shape: str, focus: str, path: str = "rdfs:label") -> Iterator[Case]:
    """Yield a case for each component of a text with at most one value per language."""
    components = "minCount uniqueLang datatype languageIn"
    return breaks(shape, focus, path, components, wrong=TEXT)


def is_closed(shape: str, focus: str) -> Case:
    """Return the case of a misspelt property."""
    return Case(shape, focus, add(focus, "unv:lable", TAGGED), component="closed")


def coded(shape: str, focus: str, components: str) -> Iterator[Case]:
    """Yield a case for each component of the coder and of the coding rule."""
    yield from breaks(f"{shape}-coded-by", focus, "unv:codedBy", components, OTHER_AGENT)
    yield from breaks(f"{shape}-coding-rule", focus, "unv:codingRule", components, OTHER_RULE)


def uncoded(shape: str, focus: str, message: str) -> Iterator[Case]:
    """Yield the cases of a judgement without a coder, and without a coding rule."""
    for path in ("unv:codedBy", "unv:codingRule"):
        yield Case(shape, focus, drop(focus, path), message)


# fmt: off
CASES = [
    *texts("event-label", EVENT),
    *breaks("event-date", EVENT, "unv:date", "maxCount datatype", DAY, MONTH),
    *breaks("event-month", EVENT, "unv:month", "minCount maxCount datatype", MONTH, DAY),
    *breaks("event-year", EVENT, "unv:year", "minCount maxCount datatype", "1981", DAY),
    *breaks("event-body", EVENT, "unv:body", "minCount maxCount in", COUNCIL),
    *breaks("event-session", EVENT, "unv:session", "maxCount class", OTHER_SESSION),
    *breaks("event-meeting", EVENT, "unv:meeting", "maxCount class", OTHER_MEETING),
    *breaks("event-source", EVENT, "prov:wasDerivedFrom", "minCount class"),
    *breaks("event-decides", EVENT, "unv:decides", "maxCount class", OTHER_RESOLUTION),
    *breaks("event-possibly-same-as", OTHER_EVENT, "unv:possiblySameAs", "maxCount nodeKind",
            DRAFT, TEXT),
    *breaks("event-vote-on", EVENT, "unv:voteOn", "maxCount in", '"motion"', TEXT),
    *breaks("event-outcome", EVENT, "unv:outcome", "maxCount in", '"not adopted"', TEXT),
    *breaks("event-without-vote", UNVOTED, "unv:adoptedWithoutVote", "maxCount datatype",
            "false", TEXT),
    *breaks("event-draft", EVENT, "unv:draft", "class"),
    *breaks("event-committee", EVENT, "unv:committee", "maxCount class",
            "<agent/other-committee>"),
    *breaks("event-voting-method", EVENT, "unv:votingMethod", "maxCount datatype",
            '"by show of hands"', TAGGED),
    *breaks("event-committee-report", EVENT, "unv:committeeReport", "maxCount datatype",
            '"A/34/901"', '"A/34/900"@en'),
    *breaks("event-committee-report", EVENT, "unv:committeeReport", "pattern", wrong='"S/900"'),
    *breaks("event-agenda-item", EVENT, "unv:agendaItem", "class"),
    *breaks("event-vote-note", EVENT, "unv:voteNote", "datatype", wrong=TAGGED),
    *breaks("event-recorded-in", DRAFT, "unv:recordedIn", "maxCount datatype",
            '"S/1980/900005"', '"S/1980/900004"@en'),
    *breaks("event-recorded-in", DRAFT, "unv:recordedIn", "pattern", wrong=TEXT),
    *breaks("event-library-record", DRAFT, "unv:libraryRecord", "nodeKind", wrong=QUOTED_ADDRESS),
    *breaks("event-library-record", DRAFT, "unv:libraryRecord", "pattern", wrong=SCRIPT),
    *(
        Case(f"event-has-{figure}-count", EVENT, drop(EVENT, f"unv:{figure}Count"), component="or")
        for figure in ("yes", "no", "abstention")
    ),
    *(
        Case("event-adopted-without-vote", UNVOTED, update,
             "An adoption without a vote must have no votes and no counts, "
             f"but has {value}.")
        for update, value in (
            (add(UNVOTED, "unv:inFavour", STATE), "Alpha"),
            (add(UNVOTED, "unv:nonVoting", STATE), "Alpha"),
            (add(VOTE, "unv:event", UNVOTED), "the vote of Alpha"),
            (add(UNVOTED, "unv:yesCount", "15"), "15"),
        )
    ),
    Case("event-decides-adopted", EVENT, drop(EVENT, "unv:outcome"), component="or"),
    Case("event-decides-adopted", EVENT, replace(EVENT, "unv:outcome", '"not adopted"'),
         component="or"),
    *(
        Case("event-veto", DRAFT, update,
             f"{state} did not cast a veto: a veto is the vote of a permanent member of the "
             "Security Council against a draft that had enough votes in favour and was not "
             "adopted.")
        for update, state in (
            (add(DRAFT, "unv:vetoedBy", STATE), "Alpha"),
            (replace(DRAFT, "unv:body", "unv:GeneralAssembly"), "Bravo"),
            (replace(DRAFT, "unv:outcome", '"adopted"'), "Bravo"),
            (replace(DRAFT, "unv:outcome", '"failed"'), "Bravo"),
            (replace(DRAFT, "unv:yesCount", "8"), "Bravo"),
            (drop("<seat/BBB>", "unv:permanentMemberOf"), "Bravo"),
        )
    ),
    Case("event-vetoed", DRAFT, drop(DRAFT, "unv:vetoedBy"),
         'A vote with the outcome "vetoed" must have unv:vetoedBy for each veto.'),
    Case("event-failed", DRAFT,
         replace(DRAFT, "unv:outcome", '"failed"') + drop(DRAFT, "unv:vetoedBy"),
         "A draft that failed for want of votes must have fewer votes in favour than a decision of "
         "the Security Council requires, but has 9."),
    *(
        Case("event-veto-stated", DRAFT,
             replace(DRAFT, "unv:outcome", outcome) + drop(DRAFT, "unv:vetoedBy"),
             "Bravo, a permanent member, voted against a draft that had enough votes in favour and "
             "was not adopted. This is a veto, but the event has no unv:vetoedBy for it.")
        for outcome in ('"failed"', '"not adopted"')
    ),
    Case("event-veto-stated", DRAFT, drop(DRAFT, "unv:vetoedBy"),
         "Bravo, a permanent member, voted against a draft that had enough votes in favour and was "
         "not adopted. This is a veto, but the event has no unv:vetoedBy for it."),
    # Seven votes in favour were enough until 1965.
    Case("event-veto-stated", DRAFT, drop(DRAFT, "unv:vetoedBy")
         + replace(DRAFT, "unv:yesCount", "7") + replace(DRAFT, "unv:year", "1965"),
         "Bravo, a permanent member, voted against a draft that had enough votes in favour and was "
         "not adopted. This is a veto, but the event has no unv:vetoedBy for it."),
    *(
        Case("event-council-members", DRAFT,
             "".join(add(f"<vote/{number}>", "unv:event", DRAFT) for number in range(votes - 10))
             + replace(DRAFT, "unv:year", year),
             f"The event has {votes} votes, but the Security Council had {members} members "
             f"in {year}.")
        for votes, members, year in ((16, 15, "1980"), (16, 15, "1966"), (12, 11, "1965"))
    ),
    Case("event-document-body", EVENT, replace(EVENT, "unv:body", COUNCIL),
         "The event and A/RES/34/999, which it decides, have different bodies."),
    *(
        Case("event-document-session", EVENT, update,
             f"The event belongs to {of_event}, but A/RES/34/999, which it decides, "
             f"belongs to {of_document}.")
        for update, of_event, of_document in (
            (drop(EVENT, "unv:session"), "no session", "34th session of the General Assembly"),
            (drop(RESOLUTION, "unv:session"), "34th session of the General Assembly", "no session"),
            (replace(EVENT, "unv:session", OTHER_SESSION),
             "34th emergency special session of the General Assembly",
             "34th session of the General Assembly"),
        )
    ),
    *(
        Case("event-document-date", EVENT, update,
             f"The event is dated {of_event}, but A/RES/34/999, which it decides, is dated "
             f"{of_document}.")
        for update, of_event, of_document in (
            (replace(EVENT, "unv:date", DAY), "1946-02-03", "1980-05-10"),
            (drop(EVENT, "unv:date"), "1980-05", "1980-05-10"),
            (replace(RESOLUTION, "dcterms:date", '"1980-05"^^xsd:gYearMonth'), "1980-05-10",
             "1980-05"),
        )
    ),
    *(
        Case("body-of-session", thing, replace(thing, "unv:body", COUNCIL),
             "An event, document or meeting must have the same body as its session, but the 34th "
             "session of the General Assembly has another.")
        for thing in (EVENT, RESOLUTION, MEETING)
    ),
    Case("meeting-body-of-session", MEETING, replace(MEETING, "unv:body", COUNCIL),
         "A meeting must have the same body as its session, but the 34th session of the General "
         "Assembly has another."),
    Case("event-meeting-body", EVENT, replace(EVENT, "unv:body", COUNCIL),
         "The event belongs to the meeting A/34/PV.200, which has another body."),
    Case("event-meeting-session", EVENT, drop(EVENT, "unv:session"),
         "The event belongs to no session, but its meeting, A/34/PV.200, belongs to 34th session "
         "of the General Assembly."),
    *(
        Case("event-dates", EVENT, replace(EVENT, path, value),
             "The day, month and year of an event must agree, but the event has both "
             f"{first} and {second}.")
        for path, value, first, second in (
            ("unv:date", DAY, "1946-02-03", "1980-05"),
            ("unv:date", '"1980-06-10"^^xsd:date', "1980-06-10", "1980-05"),
            ("unv:year", "1981", "1980-05", "1981"),
        )
    ),
    *(
        Case("event-period", EVENT, replace(EVENT, "unv:date", f'"{day}"^^xsd:date'),
             "The date of a vote must be between 24 October 1945, when the United Nations was "
             f"founded, and today, but is {day}.")
        for day in ("1945-10-23", "1880-05-10", "9998-05-10")
    ),
    Case("event-period", EVENT, replace(EVENT, "unv:month", '"9998-05"^^xsd:gYearMonth'),
         "The date of a vote must be between 24 October 1945, when the United Nations was "
         "founded, and today, but is 9998-05."),
    *breaks("event-identifier", EVENT, "dcterms:identifier", "datatype", wrong=TAGGED),
    *breaks("event-description", EVENT, "dcterms:description", "uniqueLang datatype languageIn",
            wrong=TEXT),
    *breaks("event-subject", EVENT, "dcterms:subject", "class"),
    *breaks("event-former-iri", OTHER_EVENT, "dcterms:replaces", "nodeKind", wrong=TEXT),
    *breaks("event-former-iri", OTHER_EVENT, "dcterms:replaces", "pattern", wrong=SCRIPT),
    *breaks("event-important", EVENT, "unv:importantVote", "maxCount datatype", "false", TEXT),
    *breaks("event-yes-count", EVENT, "unv:yesCount", "maxCount datatype", "7", TEXT),
    *breaks("event-no-count", EVENT, "unv:noCount", "maxCount datatype", "7", TEXT),
    *breaks("event-abstention-count", EVENT, "unv:abstentionCount", "maxCount datatype", "7", TEXT),
    *breaks("event-non-voting-count", EVENT, "unv:nonVotingCount", "maxCount datatype", "7", TEXT),
    Case("event-counted-in-favour", EVENT, replace(EVENT, "unv:yesCount", "7"),
         "The count of states in favour is 7, but the number of states listed as in favour is 1."),
    Case("event-counted-against", EVENT, drop(EVENT, "unv:against"),
         "The count of states against is 1, but the number of states listed as against is 0."),
    Case("event-counted-abstaining", EVENT, add(EVENT, "unv:abstaining", STATE),
         "The count of states abstaining is 1, but the number of states listed as abstaining is "
         "2."),
    Case("event-counted-non-voting", EVENT, replace(EVENT, "unv:nonVotingCount", "7"),
         "The count of states non-voting is 7, but the number of states listed as non-voting is "
         "1."),
    Case("event-counted-non-voting", EVENT, drop(EVENT, "unv:nonVotingCount"),
         "The count of states non-voting is 0, but the number of states listed as non-voting is "
         "1."),
    Case("event-all-votes", EVENT, drop(VOTE, "?property"),
         "The counts add up to 4 votes, but the event has 3."),
    Case("event-agreement", EVENT, replace(VOTE, "unv:option", "unv:No"),
         "The counts add up to 4 votes, but 3 votes agree with the direct triple of their state."),
    Case("event-one-vote", EVENT, replace(VOTE, "unv:castBy", OTHER_STATE),
         "A state must vote only once in an event, but there are 4 votes by 3 states."),
    Case("event-one-seat", EVENT, replace("<state/CCC>", "unv:seat", SEAT),
         "At most one state of a seat may take part in an event, but 2 do, including Alpha and "
         "Charlie."),
    Case("event-decided", EVENT, drop(RESOLUTION, "unv:decidedBy"),
         "The event decides A/RES/34/999, but that document is not decided by the event."),
    # Before the admission, after the end and in both gaps, each of one of the four states.
    *(
        Case("event-membership", EVENT, held(date),
             f"{state} voted, but was not a member at that date.")
        for date, state in (
            ("1970-09-14", "Charlie"), ("1970-08", "Charlie"),
            ("1990-10-03", "Bravo"), ("1990-11", "Bravo"),
            ("1975-01-20", "Alpha"), ("1975-06", "Alpha"),
            ("1985-03-01", "Alpha"), ("1985-03", "Alpha"), ("1986-06", "Alpha"),
        )
    ),
    *(
        Case("event-vote-parts", EVENT, update,
             f"A vote must have exactly one state and one option, but the vote of {state} does "
             "not.")
        for update, state in (
            (drop(VOTE, "unv:castBy"), "an unknown state"),
            (add(VOTE, "unv:castBy", OTHER_STATE), "Alpha"),
            (drop(VOTE, "unv:option"), "Alpha"),
            (add(VOTE, "unv:option", "unv:No"), "Alpha"),
        )
    ),
    Case("event-typed-votes", EVENT, drop_type(VOTE, "unv:Vote"),
         "A resource that belongs to a voting event must be a unv:Vote, but "
         f"{IDS}vote/900001/AAA is not."),
    *breaks("vote-event", VOTE, "unv:event", "minCount maxCount", OTHER_EVENT),
    *breaks("document-symbol", RESOLUTION, "unv:symbol", "minCount maxCount", '"A/RES/34/997"'),
    *breaks("document-symbol", RESOLUTION, "unv:symbol", "datatype", wrong='"A/RES/34/999"@en'),
    *(
        case
        for wrong in ("A/RES/34", "A/RES/34/XX", "A/RES/34 /999", "S/RES/900", "A/RES/999(XL)[a]")
        for case in breaks("document-symbol", RESOLUTION, "unv:symbol", "pattern",
                           wrong=f'"{wrong}"')
    ),
    *breaks("document-symbol-variant", RESOLUTION, "unv:symbolVariant", "datatype", wrong=TAGGED),
    *texts("document-label", RESOLUTION),
    *breaks("document-title", RESOLUTION, "dcterms:title", "uniqueLang datatype languageIn",
            wrong=TEXT),
    *breaks("document-date", RESOLUTION, "dcterms:date", "minCount maxCount or", MONTH, TEXT),
    *breaks("document-body", RESOLUTION, "unv:body", "minCount maxCount in", COUNCIL),
    *breaks("document-session", RESOLUTION, "unv:session", "maxCount class", OTHER_SESSION),
    *breaks("document-subject", RESOLUTION, "dcterms:subject", "class"),
    *breaks("document-decided-by", RESOLUTION, "unv:decidedBy", "maxCount class", OTHER_EVENT),
    *(
        case
        for shape, path in (
            ("document-address", "unv:document"), ("document-library-record", "unv:libraryRecord"),
        )
        for case in (
            *breaks(shape, RESOLUTION, path, "nodeKind", wrong=QUOTED_ADDRESS),
            *breaks(shape, RESOLUTION, path, "pattern", wrong=SCRIPT),
        )
    ),
    Case("document-decided", RESOLUTION, drop(EVENT, "unv:decides"),
         "The document is decided by Vote on A/RES/34/999, but that event does not decide the "
         "document."),
    Case("document-body-of-symbol", RESOLUTION, replace(RESOLUTION, "unv:body", COUNCIL),
         "A/RES/34/999 is not the symbol of a document of the Security Council."),
    Case("document-body-of-symbol", RESOLUTION,
         replace(RESOLUTION, "unv:symbol", '"S/RES/9(1980)"'),
         "S/RES/9(1980) is not the symbol of a document of the General Assembly."),
    Case("document-kind-of-symbol", RESOLUTION,
         replace(RESOLUTION, "unv:symbol", '"A/DEC/34/999"'),
         "A/DEC/34/999 is the symbol of a decision."),
    Case("document-kind-of-symbol", RESOLUTION, drop_type(RESOLUTION, "unv:Resolution")
         + add(RESOLUTION, "a", "unv:Decision"), "A/RES/34/999 is the symbol of a resolution."),
    *(
        Case("document-session-of-symbol", RESOLUTION, replace(RESOLUTION, "unv:symbol",
                                                               f'"{symbol}"'),
             f"{symbol} is the symbol of a document of session {session}, but the document belongs "
             "to the 34th session of the General Assembly.")
        for symbol, session in (
            ("A/RES/43/999", "43"), ("A/RES/ES-34/999", "ES-34"), ("A/RES/999(XXIX)", "29"),
            ("A/RES/999(XIV)[B]", "14"), ("A/RES/999(ES-II)", "ES-2"), ("A/RES/999(S-1)", "S-1"),
        )
    ),
    *(
        Case("document-iri", RESOLUTION, replace(RESOLUTION, "unv:symbol", f'"{symbol}"'),
             f"The IRI of a document must be formed from its symbol: for {symbol} it must end in "
             f"{expected}.")
        for symbol, expected in (
            ("A/RES/34/998", "/resolution/A-RES-34-998"),
            ("A/DEC/34/999", "/decision/A-DEC-34-999"),
            ("A/RES/34/999[B]", "/resolution/A-RES-34-999-B"),
            ("A/RES/34/999B-II", "/resolution/A-RES-34-999-B-II"),
        )
    ),
    *(
        Case("document-period", RESOLUTION, replace(RESOLUTION, "dcterms:date", value),
             "The date of a document must be between 24 October 1945, when the United Nations was "
             f"founded, and today, but is {date}.")
        for value, date in (
            ('"1945-10-23"^^xsd:date', "1945-10-23"), ('"9998-05-10"^^xsd:date', "9998-05-10"),
            ('"9998-05"^^xsd:gYearMonth', "9998-05"),
        )
    ),
    Case("document-kind", RESOLUTION, drop_type(RESOLUTION, "unv:Resolution"), component="or"),
    Case("document-type", RESOLUTION, drop_type(RESOLUTION, "unv:Document"), component="class"),
    *breaks("document-goal", RESOLUTION, "unv:sustainableDevelopmentGoal", "nodeKind", wrong=TEXT),
    *breaks("document-goal", RESOLUTION, "unv:sustainableDevelopmentGoal", "pattern",
            wrong="<http://metadata.un.org/sdg/18>"),
    *breaks("document-sponsor", RESOLUTION, "unv:sponsor", "or"),
    *breaks("document-additional-sponsor", RESOLUTION, "unv:additionalSponsor", "or"),
    *breaks("document-on-behalf-of", RESOLUTION, "unv:onBehalfOf", "class"),
    *texts("draft-label", TEXT_DRAFT),
    *breaks("draft-symbol", TEXT_DRAFT, "unv:symbol", "minCount maxCount datatype",
            '"A/34/L.901"', '"A/34/L.900"@en'),
    *breaks("draft-symbol", TEXT_DRAFT, "unv:symbol", "pattern", wrong='"34/L.1"'),
    *breaks("draft-symbol-variant", TEXT_DRAFT, "unv:symbolVariant", "datatype", wrong=TAGGED),
    *breaks("draft-body", TEXT_DRAFT, "unv:body", "minCount maxCount in", COUNCIL),
    *breaks("draft-session", TEXT_DRAFT, "unv:session", "maxCount class", OTHER_SESSION),
    *breaks("draft-date", TEXT_DRAFT, "dcterms:date", "maxCount datatype", DAY, MONTH),
    *breaks("draft-outcome", TEXT_DRAFT, "unv:outcome", "maxCount in", '"not adopted"', TEXT),
    *breaks("draft-adopted-as", TEXT_DRAFT, "unv:adoptedAs", "nodeKind", wrong=TEXT),
    *breaks("draft-revision-of", TEXT_DRAFT, "prov:wasRevisionOf", "class"),
    *breaks("draft-sponsor", TEXT_DRAFT, "unv:sponsor", "or"),
    *breaks("draft-additional-sponsor", TEXT_DRAFT, "unv:additionalSponsor", "or"),
    *breaks("draft-on-behalf-of", TEXT_DRAFT, "unv:onBehalfOf", "class"),
    *breaks("draft-address", TEXT_DRAFT, "unv:document", "nodeKind", wrong=QUOTED_ADDRESS),
    *breaks("draft-address", TEXT_DRAFT, "unv:document", "pattern", wrong=SCRIPT),
    *breaks("draft-source", TEXT_DRAFT, "prov:wasDerivedFrom", "minCount class"),
    Case("draft-type", TEXT_DRAFT, drop_type(TEXT_DRAFT, "unv:Document"), component="class"),
    Case("draft-sponsored", TEXT_DRAFT, drop_type(TEXT_DRAFT, "unv:Document"), component="class"),
    Case("draft-adopted", TEXT_DRAFT, drop_type(TEXT_DRAFT, "unv:Draft"), component="class"),
    *texts("item-label", ITEM),
    *breaks("item-session", ITEM, "unv:session", "maxCount class", OTHER_SESSION),
    *breaks("item-number", ITEM, "unv:itemNumber", "maxCount datatype", '"7"', '"7"@en'),
    *breaks("item-number", ITEM, "unv:itemNumber", "pattern", wrong='"(a)"'),
    *breaks("item-document", ITEM, "unv:agendaDocument", "maxCount datatype", '"A/34/252"',
            '"A/34/251"@en'),
    *breaks("item-document", ITEM, "unv:agendaDocument", "pattern", wrong=TEXT),
    *breaks("item-source", ITEM, "prov:wasDerivedFrom", "minCount class"),
    Case("kind-of-agent", GROUP_AGENT, drop_type(GROUP_AGENT, "prov:Agent"), component="class"),
    *texts("session-label", SESSION),
    *breaks("session-body", SESSION, "unv:body", "minCount maxCount in", COUNCIL),
    *breaks("meeting-symbol", MEETING, "unv:symbol", "minCount maxCount datatype", TEXT, TAGGED),
    *breaks("meeting-symbol", MEETING, "unv:symbol", "pattern", wrong='"A//34/PV.200"'),
    *texts("meeting-label", MEETING),
    *breaks("meeting-body", MEETING, "unv:body", "minCount maxCount in", COUNCIL),
    *breaks("meeting-session", MEETING, "unv:session", "maxCount class", OTHER_SESSION),
    *breaks("meeting-date", MEETING, "dcterms:date", "maxCount datatype", DAY, MONTH),
    *breaks("meeting-president", MEETING, "unv:presidentName", "maxCount datatype", TEXT, TAGGED),
    *breaks("meeting-president-state", MEETING, "unv:presidentState", "maxCount class",
            OTHER_STATE),
    *breaks("meeting-record", MEETING, "unv:document", "maxCount",
            "<https://undocs.org/A/34/PV.201>"),
    *breaks("meeting-record", MEETING, "unv:document", "nodeKind", wrong=QUOTED_ADDRESS),
    *breaks("meeting-record", MEETING, "unv:document", "pattern", wrong=SCRIPT),
    *breaks("meeting-source", MEETING, "prov:wasDerivedFrom", "class"),
    *texts("place-label", PLACE),
    *breaks("place-meeting", PLACE, "unv:recordOf", "minCount maxCount class", OTHER_MEETING),
    *(case for shape, path in (("page", "page"), ("paragraph", "paragraphOnPage"))
      for case in (
          *breaks(f"place-{shape}", PLACE, f"unv:{path}", "minCount maxCount datatype", "9", TEXT),
          *breaks(f"place-{shape}", PLACE, f"unv:{path}", "minInclusive", wrong="0"),
          *breaks(f"place-{shape}", PLACE, f"unv:{path}", "maxInclusive", wrong="1000"),
      )),
    *breaks("place-document", PLACE, "unv:document", "minCount maxCount",
            "<https://undocs.org/A/34/PV.201>"),
    *breaks("place-document", PLACE, "unv:document", "nodeKind", wrong=QUOTED_ADDRESS),
    *breaks("place-document", PLACE, "unv:document", "pattern", wrong=SCRIPT),
    *breaks("place-source", PLACE, "prov:wasDerivedFrom", "minCount class"),
    is_closed("RecordPlace", PLACE),
    *breaks("event-place", EVENT, "unv:printedAt", "maxCount class", OTHER_PLACE),
    *breaks("corrected-vote-place", CORRECTED, "unv:correctedAt", "maxCount class", PLACE),
    *texts("topic-label", TOPIC, "skos:prefLabel"),
    *breaks("topic-definition", TOPIC, "skos:definition", "uniqueLang datatype languageIn",
            wrong=TEXT),
    *breaks("topic-exact-match", TOPIC, "skos:exactMatch", "nodeKind", wrong=TEXT),
    *breaks("topic-exact-match", TOPIC, "skos:exactMatch", "pattern", wrong=SCRIPT),
    *breaks("topic-close-match", TOPIC, "skos:closeMatch", "class"),
    *breaks("topic-notation", TOPIC, "skos:notation", "maxCount datatype", TEXT, TAGGED),
    *breaks("topic-scheme", TOPIC, "skos:inScheme", "minCount class"),
    *texts("scheme-title", SCHEME, "dcterms:title"),
    *breaks("scheme-source", SCHEME, "prov:wasDerivedFrom", "minCount class"),
    *texts("state-label", STATE),
    *breaks("state-iso3", STATE, "unv:iso3", "maxCount pattern", '"AAB"', '"AAAA"'),
    *breaks("state-iso3", STATE, "unv:iso3", "datatype", wrong='"AAA"@en'),
    *breaks("state-iso2", STATE, "unv:iso2", "maxCount pattern", '"AB"', '"aa"'),
    *breaks("state-iso2", STATE, "unv:iso2", "datatype", wrong='"AA"@en'),
    *breaks("state-m49", STATE, "unv:m49", "maxCount pattern", '"001"', TEXT),
    *breaks("state-m49", STATE, "unv:m49", "datatype", wrong='"999"@en'),
    *breaks("state-cow-code", STATE, "unv:cowCode", "maxCount pattern", '"998"', '"0999"'),
    *breaks("state-cow-code", STATE, "unv:cowCode", "datatype", wrong='"999"@en'),
    *breaks("state-cow-abbreviation", STATE, "unv:cowAbbreviation", "maxCount pattern",
            '"AAB"', '"AA"'),
    *breaks("state-cow-abbreviation", STATE, "unv:cowAbbreviation", "datatype", wrong='"AAA"@en'),
    *texts("preferred-name", STATE, "skos:prefLabel"),
    *breaks("formal-name", STATE, "unv:formalName", "uniqueLang datatype languageIn", wrong=TEXT),
    *breaks("other-name", STATE, "skos:altLabel", "datatype languageIn", wrong=TEXT),
    *breaks("other-name", STATE, "skos:altLabel", "disjoint", wrong='"Alpha"@en'),
    *breaks("alternative-name", STATE, "unv:alternativeName", "class"),
    *breaks("state-admitted", STATE, "unv:admitted", "minCount maxCount datatype", DAY, MONTH),
    *breaks("state-member-until", FORMER_STATE, "unv:memberUntil", "maxCount datatype",
            DAY, MONTH),
    *breaks("state-seat", STATE, "unv:seat", "minCount maxCount class", "<seat/BBB>"),
    *breaks("state-name", STATE, "unv:hasName", "minCount class"),
    *breaks("state-group", STATE, "unv:regionalGroup", "maxCount class", "<group/others>"),
    *breaks("state-wikidata", STATE, "unv:wikidata", "maxCount pattern",
            "wd:Q00", "<https://www.wikidata.org/entity/Q0>"),
    *breaks("state-wikidata", STATE, "unv:wikidata", "nodeKind",
            wrong='"http://www.wikidata.org/entity/Q1"'),
    *breaks("state-match", STATE, "skos:exactMatch", "nodeKind",
            wrong='"http://www.wikidata.org/entity/Q1"'),
    *breaks("state-match", STATE, "skos:exactMatch", "pattern",
            wrong="<https://sws.geonames.org/1149361/>"),
    *breaks("state-territory", STATE, "skos:closeMatch", "nodeKind",
            wrong='"https://sws.geonames.org/1/"'),
    *breaks("state-territory", STATE, "skos:closeMatch", "pattern",
            wrong="<https://www.geonames.org/1149361>"),
    Case("state-own-predecessor", STATE, add(STATE, "unv:predecessor", STATE),
         "A state must not be its own predecessor."),
    *breaks("state-predecessor", "<state/CCC>", "unv:predecessor", "class"),
    *breaks("state-successor", "<state/BBB>", "unv:successor", "class"),
    *breaks("state-source", STATE, "prov:wasDerivedFrom", "minCount class"),
    Case("state-membership-period", STATE, replace(STATE, "unv:admitted", DAY),
         "The first day of membership must be that of the first period, but is 1946-02-03."),
    Case("state-membership-period", STATE,
         replace(STATE, "unv:admitted", '"1976-09-28"^^xsd:date'),
         "The first day of membership must be that of the first period, but is 1976-09-28."),
    *(
        Case("state-end", state, update,
             "The state and its last period of membership must end on the same day, but only one "
             f"of them ends on {end}.")
        for state, update, end in (
            (FORMER_STATE, drop(FORMER_STATE, "unv:memberUntil"), "1990-10-03"),
            # For a current member: a new day, and the ends of earlier periods.
            (STATE, add(STATE, "unv:memberUntil", DAY), "1946-02-03"),
            (STATE, add(STATE, "unv:memberUntil", '"1975-01-20"^^xsd:date'), "1975-01-20"),
            (STATE, add(STATE, "unv:memberUntil", '"1985-03-01"^^xsd:date'), "1985-03-01"),
        )
    ),
    *breaks("seat-held-by", SEAT, "unv:heldBy", "minCount class"),
    *breaks("seat-admitted", SEAT, "unv:admitted", "minCount maxCount datatype", DAY, MONTH),
    *breaks("seat-permanent-member", "<seat/BBB>", "unv:permanentMemberOf", "in",
            wrong="unv:GeneralAssembly"),
    *breaks("seat-source", SEAT, "prov:wasDerivedFrom", "minCount class"),
    *texts("name-label", NAME),
    *breaks("name-from", NAME, "unv:from", "minCount maxCount datatype", DAY, MONTH),
    *breaks("name-until", NAME, "unv:until", "maxCount datatype", DAY, MONTH),
    *breaks("name-source", NAME, "prov:wasDerivedFrom", "minCount class"),
    Case("name-order", NAME, replace(NAME, "unv:until", '"1945-10-24"^^xsd:date'),
         "A name must end after it begins, but ends on 1945-10-24."),
    *breaks("until-as-printed", NAME, "unv:untilAsPrinted", "maxCount datatype", DAY, MONTH),
    *(
        Case("last-day", span, replace(span, "unv:untilAsPrinted", end), component="lessThan")
        for span, end in (
            (NAME, '"1976-09-28"^^xsd:date'), (MEMBERSHIP, '"1975-01-20"^^xsd:date'),
        )
    ),
    *breaks("membership-member", MEMBERSHIP, "org:member", "minCount maxCount class", OTHER_STATE),
    *breaks("membership-organization", MEMBERSHIP, "org:organization", "minCount maxCount in",
            "wd:Q7817", "wd:Q7817"),
    *breaks("membership-from", MEMBERSHIP, "unv:from", "minCount maxCount datatype", DAY, MONTH),
    *breaks("membership-until", MEMBERSHIP, "unv:until", "maxCount datatype", DAY, MONTH),
    *breaks("membership-source", MEMBERSHIP, "prov:wasDerivedFrom", "minCount class"),
    Case("membership-order", MEMBERSHIP, replace(MEMBERSHIP, "unv:from", '"1975-01-20"^^xsd:date'),
         "A membership must end after it begins, but ends on 1975-01-20."),
    Case("membership-overlap", MEMBERSHIP,
         replace(MEMBERSHIP, "unv:until", '"1976-12-01"^^xsd:date'),
         "A membership must end before the state's next one begins, on 1976-09-28."),
    *breaks("change-original", CHANGE, "org:originalOrganization", "minCount class"),
    *breaks("change-resulting", CHANGE, "org:resultingOrganization", "minCount class"),
    *breaks("change-date", CHANGE, "dcterms:date", "minCount maxCount datatype", DAY, MONTH),
    *texts("change-label", CHANGE),
    Case("change-states", CHANGE, replace(CHANGE, "org:resultingOrganization", FORMER_STATE),
         component="disjoint"),
    *breaks("change-source", CHANGE, "prov:wasDerivedFrom", "minCount class"),
    *texts("group-label", GROUP),
    *texts("proposal-title", PROPOSAL, "dcterms:title"),
    *breaks("proposal-date", PROPOSAL, "dcterms:date", "minCount maxCount datatype", DAY, MONTH),
    *breaks("proposal-by", PROPOSAL, "unv:proposedBy", "minCount class"),
    *breaks("proposal-creator", PROPOSAL, "dcterms:creator", "class"),
    *breaks("proposal-point", PROPOSAL, "unv:hasPoint", "minCount class"),
    *breaks("proposal-source", PROPOSAL, "prov:wasDerivedFrom", "minCount class"),
    Case("proposal-positions", PROPOSAL, replace(POINT, "unv:position", "2"),
         "Two points of a proposal have the position 2."),
    *breaks("point-of", POINT, "unv:pointOf", "minCount maxCount class", "<proposal/other>"),
    *breaks("point-position", POINT, "unv:position", "minCount maxCount minInclusive", "7", "0"),
    *breaks("point-position", POINT, "unv:position", "maxInclusive", wrong="1000"),
    *breaks("point-position", POINT, "unv:position", "datatype", wrong="1.0"),
    *texts("point-title", POINT, "dcterms:title"),
    *breaks("point-description", POINT, "dcterms:description", "uniqueLang datatype languageIn",
            wrong=TEXT),
    *breaks("point-subject", POINT, "dcterms:subject", "class"),
    *coded("point", POINT, "maxCount class"),
    *uncoded("point-coded", POINT,
             "A topic must have a coder and a coding rule, but Weather lacks one or both."),
    *breaks("point-source", POINT, "prov:wasDerivedFrom", "minCount class"),
    *texts("paragraph-label", PARAGRAPH),
    *texts("paragraph-description", PARAGRAPH, "dcterms:description"),
    *breaks("paragraph-position", PARAGRAPH, "unv:position", "minCount maxCount", "7"),
    *breaks("paragraph-position", PARAGRAPH, "unv:position", "minInclusive", wrong="0"),
    *breaks("paragraph-position", PARAGRAPH, "unv:position", "maxInclusive", wrong="1000"),
    *breaks("paragraph-position", PARAGRAPH, "unv:position", "datatype", wrong="1.0"),
    *breaks("paragraph-quote", PARAGRAPH, "unv:quote", "uniqueLang pattern languageIn",
            wrong=LONG_QUOTE),
    *breaks("paragraph-quote", PARAGRAPH, "unv:quote", "datatype", wrong=TEXT),
    *breaks("paragraph-subject", PARAGRAPH, "dcterms:subject", "class"),
    *coded("paragraph", PARAGRAPH, "maxCount class"),
    *uncoded("paragraph-coded", PARAGRAPH,
             "A topic must have a coder and a coding rule, but Weather lacks one or both."),
    *breaks("paragraph-source", PARAGRAPH, "prov:wasDerivedFrom", "minCount class"),
    *breaks("correspondence-one", CORRESPONDENCE, "unv:oneText", "minCount maxCount nodeKind",
            "<proposal/two-points/2>", TEXT),
    *breaks("correspondence-other", CORRESPONDENCE, "unv:otherText", "minCount maxCount nodeKind",
            "<proposal/two-points/2>", TEXT),
    Case("correspondence-texts", CORRESPONDENCE, replace(CORRESPONDENCE, "unv:oneText", PARAGRAPH),
         component="disjoint"),
    *breaks("correspondence-relation", CORRESPONDENCE, "unv:relation", "minCount maxCount in",
            "unv:Overlapping"),
    *breaks("correspondence-second-relation", CORRESPONDENCE, "unv:secondRelation", "maxCount in",
            "unv:Agreeing"),
    *texts("correspondence-reason", CORRESPONDENCE, "dcterms:description"),
    *coded("correspondence", CORRESPONDENCE, "minCount maxCount class"),
    *breaks("correspondence-source", CORRESPONDENCE, "prov:wasDerivedFrom", "class"),
    *texts("rule-label", RULE),
    *texts("rule-description", RULE, "dcterms:description"),
    *breaks("page", SOURCE, "foaf:page", "nodeKind", wrong=TEXT),
    *breaks("page", SOURCE, "foaf:page", "pattern", wrong=SCRIPT),
    *breaks("note", SOURCE, "skos:editorialNote", "uniqueLang datatype languageIn", wrong=TEXT),
    *breaks("former-iri", PARAGRAPH, "dcterms:replaces", "nodeKind", wrong=TEXT),
    *breaks("former-iri", PARAGRAPH, "dcterms:replaces", "pattern", wrong=SCRIPT),
    *(
        Case("dates", thing, replace(thing, path, f'"{day}"^^xsd:{kind}'),
             f"The date must be between 1945 and today, but is {day}.")
        for thing, path, day, kind in (
            (STATE, "unv:admitted", "1944-10-24", "date"),
            (SEAT, "unv:admitted", "2999-10-24", "date"),
            (NAME, "unv:from", "2999-10-24", "date"),
            (MEMBERSHIP, "unv:untilAsPrinted", "2999-10-24", "date"),
            (SUSPENSION, "unv:from", "2999-10-24", "date"),
            (SUSPENSION, "unv:until", "1944-10-24", "date"),
            (CHANGE, "dcterms:date", "1871-01-18", "date"),
            (SOURCE, "unv:retrieved", "2999-10-24", "date"),
            (PROPOSAL, "dcterms:date", "2999-10-24", "date"),
            (STATEMENT, "dcterms:date", "2999-10", "gYearMonth"),
            (STATEMENT, "dcterms:date", "2999", "gYear"),
            (CONTACT, "dcterms:date", "1944", "gYear"),
        )
    ),
    *(
        is_closed(shape, focus)
        for shape, focus in (
            ("Session", SESSION), ("Meeting", MEETING), ("Topic", TOPIC), ("ConceptScheme", SCHEME),
            ("State", STATE), ("Seat", SEAT), ("StateName", NAME), ("Membership", MEMBERSHIP),
            ("Suspension", SUSPENSION), ("CouncilMembership", TERM), ("ChangeEvent", CHANGE),
            ("RegionalGroup", GROUP), ("GroupMembership", IN_GROUP),
            ("IdealPointObservation", IDEAL_POINT),
            ("Proposal", PROPOSAL), ("ProposalPoint", POINT), ("OperativeParagraph", PARAGRAPH),
            ("Correspondence", CORRESPONDENCE), ("CodingRule", RULE), ("DiplomaticContact",
            CONTACT),
            ("Statement", STATEMENT), ("Agent", AGENT), ("ReportedTally", TALLY),
            ("ReportedVote", REPORT), ("ReportedContent", CONTENT), ("Discrepancy", DISCREPANCY),
            ("Source", SOURCE), ("SourceSet", SOURCE_SET), ("VotingEvent", EVENT), ("Vote", VOTE),
            ("Document", RESOLUTION), ("AgreementObservation", AGREEMENT), ("YearlyTally", YEARLY),
            ("Derivation", DERIVATION), ("Draft", TEXT_DRAFT), ("AgendaItem", ITEM),
            ("RightsStatement", RIGHTS),
        )
    ),
    *(
        Case(shape, UNKNOWN, add(UNKNOWN, path, value), component=component)
        for shape, path, value, component in (
            ("state-type", "unv:predecessor", FORMER_STATE, "class"),
            ("membership-type", "org:member", STATE, "class"),
            ("suspension-type", "unv:suspends", STATE, "class"),
            ("council-membership-type", "unv:councilMember", STATE, "class"),
            ("group-membership-type", "unv:groupMember", STATE, "class"),
            ("change-type", "org:originalOrganization", STATE, "class"),
            ("topic-type", "skos:inScheme", SCHEME, "class"),
            ("proposal-type", "unv:hasPoint", POINT, "class"),
            ("ideal-point-type", "unv:estimate", "0.5", "class"),
            ("correspondence-type", "unv:oneText", POINT, "class"),
            ("contact-type", "unv:contacted", STATE, "class"),
            ("statement-type", "unv:stance", "unv:Critical", "class"),
            ("report-type", "unv:reports", EVENT, "or"),
            ("content-type", "unv:reportsOn", PARAGRAPH, "class"),
            ("discrepancy-type", "unv:concerns", EVENT, "class"),
            ("agreement-type", "unv:between", STATE, "class"),
            ("yearly-tally-type", "unv:tallyBody", COUNCIL, "class"),
            ("derivation-type", "prov:used", SOURCE, "class"),
        )
    ),
    Case("coder", UNKNOWN, add(RESOLUTION, "unv:codedBy", UNKNOWN), component="class"),
    Case("applied-rule", UNKNOWN, add(RESOLUTION, "unv:codingRule", UNKNOWN), component="class"),
    Case("paragraph-type", UNKNOWN, add(RESOLUTION, "unv:hasParagraph", UNKNOWN),
         component="class"),
    *texts("contact-label", CONTACT),
    *breaks("contact-initiated-by", CONTACT, "unv:initiatedBy", "or"),
    Case("contact-parties", CONTACT, drop(CONTACT, "unv:initiatedBy"), component="minCount"),
    *breaks("contact-contacted", CONTACT, "unv:contacted", "minCount or"),
    *breaks("contact-about", CONTACT, "unv:about", "nodeKind", wrong=TEXT),
    *breaks("contact-urged", CONTACT, "unv:urged", "maxCount in", "unv:No"),
    *breaks("contact-expected", CONTACT, "unv:expected", "maxCount datatype", "false", TEXT),
    *breaks("contact-date", CONTACT, "dcterms:date", "maxCount or", DAY, TEXT),
    *breaks("contact-place", CONTACT, "unv:place", "uniqueLang datatype languageIn", wrong=TEXT),
    *breaks("contact-quote", CONTACT, "unv:quote", "uniqueLang pattern languageIn",
            wrong=LONG_QUOTE),
    *breaks("contact-quote", CONTACT, "unv:quote", "datatype", wrong=TEXT),
    *breaks("contact-via", CONTACT, "unv:via", "maxCount datatype", TEXT, TAGGED),
    *breaks("contact-source", CONTACT, "prov:wasQuotedFrom", "minCount class"),
    Case("contact-urged-target", CONTACT, drop(CONTACT, "unv:about"),
         "A contact that urges a vote must have a subject."),
    *breaks("content-reports-on", CONTENT, "unv:reportsOn", "minCount maxCount nodeKind", PROPOSAL,
            TEXT),
    *texts("content-says", CONTENT, "unv:says"),
    *breaks("content-quote", CONTENT, "unv:quote", "uniqueLang pattern languageIn",
            wrong=LONG_QUOTE),
    *breaks("content-quote", CONTENT, "unv:quote", "datatype", wrong=TEXT),
    *breaks("content-via", CONTENT, "unv:via", "maxCount datatype", TEXT, TAGGED),
    *breaks("content-source", CONTENT, "prov:wasQuotedFrom", "minCount maxCount class", SOURCE),
    *texts("statement-label", STATEMENT),
    *breaks("statement-made-by", STATEMENT, "unv:madeBy", "minCount maxCount or", OTHER_STATE),
    *breaks("statement-on-behalf-of", STATEMENT, "unv:onBehalfOf", "class"),
    *breaks("statement-speaker", STATEMENT, "unv:speaker", "class"),
    *breaks("statement-speaker-role", STATEMENT, "unv:speakerRole",
            "uniqueLang datatype languageIn",
            wrong=TEXT),
    *breaks("statement-stance", STATEMENT, "unv:stance", "maxCount in", "unv:Critical"),
    *breaks("statement-date", STATEMENT, "dcterms:date", "maxCount or", DAY, TEXT),
    *breaks("statement-quote", STATEMENT, "unv:quote", "uniqueLang pattern languageIn",
            wrong=LONG_QUOTE),
    *breaks("statement-quote", STATEMENT, "unv:quote", "datatype", wrong=TEXT),
    *breaks("statement-via", STATEMENT, "unv:via", "maxCount datatype", TEXT, TAGGED),
    *breaks("statement-source", STATEMENT, "prov:wasQuotedFrom", "minCount class"),
    *breaks("statement-towards", STATEMENT, "unv:towards", "maxCount nodeKind", PROPOSAL, TEXT),
    *breaks("statement-about", STATEMENT, "unv:about", "nodeKind", wrong=TEXT),
    *coded("statement", STATEMENT, "maxCount class"),
    *uncoded("statement-stance-coded", STATEMENT,
             "A stance must have a coder and a coding rule, but Supportive lacks one or both."),
    *breaks("statement-addressed-to", STATEMENT, "unv:addressedTo", "or"),
    *breaks("statement-forum", STATEMENT, "unv:forum", "uniqueLang datatype languageIn",
            wrong=TEXT),
    *breaks("statement-place", STATEMENT, "unv:place", "uniqueLang datatype languageIn",
            wrong=TEXT),
    Case("statement-stance-target", STATEMENT, drop(STATEMENT, "unv:towards"),
         "A stance must have an object, given by unv:towards."),
    # Before the admission, to the day, the month and the year; after the end of a former member.
    *(
        Case("statement-membership", STATEMENT,
             replace(STATEMENT, "dcterms:date", f'"{date}"^^xsd:{kind}')
             + replace(STATEMENT, "unv:madeBy", state),
             f"The statement of {date} was made for a state that was not a member at that date.")
        for date, kind, state in (
            ("1960-09-19", "date", OTHER_STATE),
            ("1960-08", "gYearMonth", OTHER_STATE),
            ("1959", "gYear", OTHER_STATE),
            ("1990-10-03", "date", FORMER_STATE),
            ("1990-11", "gYearMonth", FORMER_STATE),
        )
    ),
    *texts("agent-label", AGENT),
    *(
        case
        for name, path in FIGURES.items()
        for case in (
            *breaks(f"tally-{name}-count", TALLY, path, "maxCount datatype", "7", DECIMAL),
            *breaks(f"tally-{name}-count", TALLY, path, "minInclusive", wrong="-1"),
            *breaks(f"tally-{name}-count", TALLY, path, "maxInclusive", wrong="1000"),
        )
    ),
    Case("tally-figure", TALLY, "".join(drop(TALLY, path) for path in FIGURES.values()),
         component="or"),
    *breaks("tally-reports", TALLY, "unv:reports", "minCount maxCount nodeKind", OTHER_EVENT, TEXT),
    *breaks("tally-quote", TALLY, "unv:quote", "uniqueLang pattern languageIn", wrong=LONG_QUOTE),
    *breaks("tally-quote", TALLY, "unv:quote", "datatype", wrong=TEXT),
    *breaks("tally-via", TALLY, "unv:via", "maxCount datatype", TEXT, TAGGED),
    *breaks("tally-source", TALLY, "prov:wasQuotedFrom", "minCount maxCount class", SOURCE),
    *(
        Case("tally-total", TALLY, replace(TALLY, path, "7"),
             f"The report gives 7 {words}, but the record has 1.")
        for path, words in zip(FIGURES.values(), WORDS, strict=True)
    ),
    *breaks("reported-vote-reports", REPORT, "unv:reports", "minCount maxCount nodeKind",
            OTHER_EVENT, TEXT),
    *breaks("reported-vote-state", REPORT, "unv:castBy", "minCount maxCount class", STATE),
    *breaks("reported-vote-option", REPORT, "unv:option", "minCount maxCount in", "unv:Yes"),
    *breaks("reported-vote-quote", REPORT, "unv:quote", "uniqueLang pattern languageIn",
            wrong=LONG_QUOTE),
    *breaks("reported-vote-quote", REPORT, "unv:quote", "datatype", wrong=TEXT),
    *breaks("reported-vote-via", REPORT, "unv:via", "maxCount datatype", TEXT, TAGGED),
    Case("reported-vote-recorded", REPORT, replace(REPORT, "unv:option", "unv:Abstention"),
         "The report gives Abstention, but the record has No."),
    *(
        Case("spoken-and-voted", STATEMENT,
             replace(STATEMENT, "unv:madeBy", state) + replace(STATEMENT, "unv:stance", stance),
             f"A state's statement contradicts its vote: the stance is {stance[4:]}, but the vote "
             f"was {vote}.")
        for state, stance, vote in (
            (FORMER_STATE, "unv:Supportive", "No"),
            (STATE, "unv:Critical", "Yes"),
        )
    ),
    *breaks("reported-vote-source", REPORT, "prov:wasQuotedFrom",
            "minCount maxCount class", SOURCE),
    *texts("discrepancy-label", DISCREPANCY),
    *breaks("discrepancy-aspect", DISCREPANCY, "unv:aspect", "minCount maxCount in", '"date"'),
    *breaks("discrepancy-concerns", DISCREPANCY, "unv:concerns", "minCount nodeKind", wrong=TEXT),
    *breaks("discrepancy-accepted-value", DISCREPANCY, "unv:acceptedValue",
            "minCount maxCount datatype", TEXT, TAGGED),
    *breaks("discrepancy-other-value", DISCREPANCY, "unv:otherValue",
            "minCount maxCount datatype", TEXT, TAGGED),
    *breaks("discrepancy-accepted-from", DISCREPANCY, "unv:acceptedFrom", "minCount class"),
    *breaks("discrepancy-other-from", DISCREPANCY, "unv:otherFrom", "minCount class"),
    Case("discrepancy-values", DISCREPANCY, replace(DISCREPANCY, "unv:otherValue", '"against"'),
         "The two values of a discrepancy must differ, but both are against."),
    *breaks("agreement-between", AGREEMENT, "unv:between", "minCount maxCount", "<state/CCC>"),
    *breaks("agreement-between", AGREEMENT, "unv:between", "class",
            wrong="<state/AAA>, <event/900001>"),
    *breaks("agreement-year", AGREEMENT, "unv:year", "minCount maxCount datatype", "1981", DAY),
    *breaks("agreement-year", AGREEMENT, "unv:year", "minInclusive", wrong="1944"),
    *breaks("agreement-year", AGREEMENT, "unv:year", "maxInclusive", wrong="2201"),
    *breaks("agreement-shared", AGREEMENT, "unv:sharedVotes", "minCount maxCount datatype",
            "7", DECIMAL),
    *breaks("agreement-shared", AGREEMENT, "unv:sharedVotes", "minInclusive", wrong="0"),
    *breaks("agreement-shared", AGREEMENT, "unv:sharedVotes", "maxInclusive", wrong="10000"),
    *breaks("agreement-identical", AGREEMENT, "unv:identicalVotes", "minCount maxCount", "1"),
    *breaks("agreement-identical", AGREEMENT, "unv:identicalVotes", "datatype",
            wrong='"0.5"^^xsd:decimal'),
    *breaks("agreement-identical", AGREEMENT, "unv:identicalVotes", "minInclusive", wrong="-1"),
    *breaks("agreement-identical", AGREEMENT, "unv:identicalVotes", "maxInclusive", wrong="10000"),
    *breaks("agreement-identical", AGREEMENT, "unv:identicalVotes", "lessThanOrEquals", wrong="2"),
    *breaks("yearly-tally-body", YEARLY, "unv:tallyBody", "minCount maxCount in", COUNCIL),
    *breaks("yearly-tally-state", YEARLY, "unv:state", "minCount maxCount class", OTHER_STATE),
    *breaks("yearly-tally-year", YEARLY, "unv:year", "minCount maxCount datatype", "1981", DAY),
    *breaks("yearly-tally-year", YEARLY, "unv:year", "minInclusive", wrong="1944"),
    *breaks("yearly-tally-year", YEARLY, "unv:year", "maxInclusive", wrong="2201"),
    *(
        case
        for name, path in TIMES.items()
        for case in (
            *breaks(f"yearly-tally-{name}-count", YEARLY, path, "minCount maxCount datatype",
                    "7", DECIMAL),
            *breaks(f"yearly-tally-{name}-count", YEARLY, path, "minInclusive", wrong="-1"),
            *breaks(f"yearly-tally-{name}-count", YEARLY, path, "maxInclusive", wrong="10000"),
        )
    ),
    *breaks("yearly-tally-unrecorded", YEARLY, "unv:unrecordedEvents", "maxCount datatype", "7",
            DECIMAL),
    *breaks("yearly-tally-unrecorded", YEARLY, "unv:unrecordedEvents", "minInclusive", wrong="0"),
    *breaks("yearly-tally-unrecorded", YEARLY, "unv:unrecordedEvents", "maxInclusive",
            wrong="10000"),
    *breaks("event-margin-value", EVENT, "unv:margin", "maxCount datatype", "7", TEXT),
    Case("event-margin-computed", EVENT, replace(EVENT, "unv:margin", "-1"),
         "The margin is -1, but 1 states are in favour and 1 are against."),
    *(
        Case("event-margin-of-vote", EVENT, drop(EVENT, count),
             "An event without counts in favour and against must have no margin, but has 0.")
        for count in ("unv:yesCount", "unv:noCount")
    ),
    *texts("derivation-label", DERIVATION),
    *texts("derivation-method", DERIVATION, "dcterms:description"),
    *breaks("derivation-used", DERIVATION, "prov:used", "minCount class"),
    *texts("source-title", SOURCE, "dcterms:title"),
    *breaks("source-redistributable", SOURCE, "unv:redistributable", "maxCount datatype",
            "false", TEXT),
    *breaks("source-retrieved", SOURCE, "unv:retrieved", "maxCount datatype", DAY, MONTH),
    *breaks("source-publisher", SOURCE, "dc:publisher", "maxCount datatype", TEXT, TAGGED),
    *breaks("source-date", SOURCE, "dcterms:date", "maxCount or", DAY, TEXT),
    *breaks("source-rights", SOURCE, "dc:rights", "uniqueLang datatype languageIn", wrong=TEXT),
    *breaks("source-derived-from", OTHER_SOURCE, "prov:wasDerivedFrom", "class"),
    *texts("suspension-label", SUSPENSION),
    *breaks("suspension-state", SUSPENSION, "unv:suspends", "minCount maxCount class", STATE),
    *breaks("suspension-body", SUSPENSION, "unv:body", "minCount in", wrong=COUNCIL),
    *breaks("suspension-ground", SUSPENSION, "unv:ground", "minCount maxCount in",
            '"credentials"', TEXT),
    *breaks("suspension-from", SUSPENSION, "unv:from", "minCount maxCount datatype", DAY, TEXT),
    Case("suspension-order", SUSPENSION, replace(SUSPENSION, "unv:until", DAY),
         component="lessThan"),
    *breaks("suspension-until", SUSPENSION, "unv:until", "minCount maxCount datatype",
            '"1980-08-01"^^xsd:date', TEXT),
    *breaks("suspension-source", SUSPENSION, "prov:wasDerivedFrom", "minCount class"),
    *texts("council-membership-label", TERM),
    *breaks("council-membership-state", TERM, "unv:councilMember", "minCount maxCount class",
            STATE),
    *breaks("council-membership-body", TERM, "unv:body", "minCount in",
            wrong="unv:GeneralAssembly"),
    *breaks("council-membership-from", TERM, "unv:from", "minCount maxCount datatype", DAY, TEXT),
    *breaks("council-membership-until", TERM, "unv:until", "maxCount datatype",
            '"1983-01-01"^^xsd:date', TEXT),
    Case("council-membership-order", TERM, replace(TERM, "unv:until", DAY),
         component="lessThan"),
    *breaks("council-membership-source", TERM, "prov:wasDerivedFrom", "minCount class"),
    *texts("group-membership-label", IN_GROUP),
    *breaks("group-membership-group", IN_GROUP, "unv:group", "minCount maxCount class",
            "<agent/other-group>"),
    *breaks("group-membership-member", IN_GROUP, "unv:groupMember", "minCount maxCount or",
            OTHER_STATE),
    *breaks("group-membership-from", GROUP_PERIOD, "unv:from", "maxCount datatype", DAY, TEXT),
    *breaks("group-membership-from-as-printed", IN_GROUP, "unv:fromAsPrinted", "maxCount or",
            MONTH, TEXT),
    *breaks("group-membership-until", GROUP_PERIOD, "unv:until", "maxCount datatype", DAY, TEXT),
    *breaks("group-membership-until-as-printed", GROUP_PERIOD, "unv:untilAsPrinted",
            "maxCount or", MONTH, TEXT),
    *breaks("group-membership-certain-from", IN_GROUP, "unv:certainFrom", "maxCount datatype",
            DAY, TEXT),
    *breaks("group-membership-certain-until", GROUP_PERIOD, "unv:certainUntil",
            "maxCount datatype", '"1999-01-01"^^xsd:date', TEXT),
    Case("group-membership-first-day", GROUP_PERIOD,
         replace(GROUP_PERIOD, "unv:from", '"1980-01-02"^^xsd:date'), component="lessThanOrEquals"),
    Case("group-membership-order", GROUP_PERIOD,
         replace(GROUP_PERIOD, "unv:certainUntil", DAY), component="lessThan"),
    *breaks("group-membership-listed-on", LISTED, "unv:listedOn", "maxCount or", DAY, TEXT),
    *texts("ideal-point-label", IDEAL_POINT, "rdfs:label"),
    *breaks("ideal-point-state", IDEAL_POINT, "unv:state", "minCount maxCount class",
            OTHER_STATE),
    *breaks("ideal-point-year", IDEAL_POINT, "unv:year", "minCount maxCount minInclusive",
            "1981", "1944"),
    *breaks("ideal-point-year", IDEAL_POINT, "unv:year", "maxInclusive", wrong="2201"),
    *breaks("ideal-point-year", IDEAL_POINT, "unv:year", "datatype", wrong="1980.0"),
    *breaks("ideal-point-model", IDEAL_POINT, "unv:model", "minCount maxCount in",
            '"all votes"', '"some votes"'),
    *breaks("ideal-point-estimate", IDEAL_POINT, "unv:estimate", "minCount maxCount datatype",
            "0.75", "1"),
    *breaks("ideal-point-above", IDEAL_POINT, "unv:upper", "lessThanOrEquals", wrong="0.25"),
    *breaks("ideal-point-lower", IDEAL_POINT, "unv:lower", "minCount maxCount datatype",
            "0.25", "0"),
    *breaks("ideal-point-lower", IDEAL_POINT, "unv:lower", "lessThanOrEquals", wrong="0.75"),
    *breaks("ideal-point-upper", IDEAL_POINT, "unv:upper", "minCount maxCount datatype",
            "1.75", "1"),
    *breaks("ideal-point-votes", IDEAL_POINT, "unv:basedOnVotes",
            "minCount maxCount minInclusive", "81", "0"),
    *breaks("ideal-point-votes", IDEAL_POINT, "unv:basedOnVotes", "datatype", wrong="80.0"),
    *breaks("ideal-point-source", IDEAL_POINT, "prov:wasDerivedFrom", "minCount class"),
    *breaks("group-membership-statement", IN_GROUP, "dcterms:source", "maxCount nodeKind",
            "<http://www.wikidata.org/entity/statement/Q1-2>", TEXT),
    *breaks("group-membership-source", IN_GROUP, "prov:wasDerivedFrom", "minCount class"),
    Case("group-membership-dated", LISTED, drop(LISTED, "unv:listedOn"), component="or"),
    Case("group-membership-overlap", GROUP_PERIOD,
         replace(GROUP_PERIOD, "unv:groupMember", STATE)
         + drop(GROUP_PERIOD, "unv:certainUntil"),
         "A membership of a group must end before the next one of the same member begins, "
         "on 1980-01-01."),
    *breaks("agent-preferred-label", GROUP_AGENT, "skos:prefLabel",
            "uniqueLang datatype languageIn", wrong=TEXT),
    *breaks("agent-alternative-label", GROUP_AGENT, "skos:altLabel", "datatype languageIn",
            wrong=TEXT),
    *breaks("agent-wikidata", GROUP_AGENT, "unv:wikidata", "maxCount nodeKind pattern",
            "<http://www.wikidata.org/entity/Q2>", TEXT),
    *breaks("agent-match", GROUP_AGENT, "skos:exactMatch", "maxCount class", "<group/more>"),
    *breaks("agent-source", GROUP_AGENT, "prov:wasDerivedFrom", "class"),
    *breaks("suspended-vote-suspension", SUSPENDED, "unv:underSuspension", "class"),
    Case("suspended-vote-suspension", SUSPENDED,
         add(SUSPENDED, "unv:underSuspension", "<suspension/other>")
         + add("<suspension/other>", "a", "unv:Suspension"), component="maxCount"),
    Case("suspended-vote-option", SUSPENDED, replace(SUSPENDED, "unv:option", "unv:Yes"),
         component="in"),
    *breaks("inferred-vote-flag", SUSPENDED, "unv:inferred", "maxCount datatype", "false", TEXT),
    Case("inferred-vote-option", SUSPENDED, replace(SUSPENDED, "unv:option", "unv:Yes"),
         component="in"),
    *breaks("corrected-vote-source", CORRECTED, "unv:correctedIn", "minCount class"),
    *breaks("corrected-vote-once", CORRECTED, "unv:intendedOption", "maxCount", "unv:Yes"),
    Case("corrected-vote-once", CORRECTED, replace(CORRECTED, "unv:intendedOption", "unv:No"),
         component="disjoint"),
    Case("vote-intended-option", UNKNOWN, replace(CORRECTED, "unv:intendedOption", UNKNOWN),
         component="in"),
    *texts("source-set-label", SOURCE_SET),
    *breaks("source-set-member", SOURCE_SET, "prov:hadMember", "minCount class"),
    # Constraints on the whole record.
    Case("unique-symbol", OTHER_RESOLUTION,
         replace(OTHER_RESOLUTION, "unv:symbol", '"A/RES/34/999"'),
         "A/RES/34/998 and A/RES/34/999 have the same symbol, A/RES/34/999."),
    Case("unique-meeting-symbol", MEETING, replace(OTHER_MEETING, "unv:symbol", '"A/34/PV.200"'),
         "Meeting A/34/PV.200 and Meeting A/ES-34/PV.1 have the same symbol, A/34/PV.200."),
    *(
        Case("unique-spelling", OTHER_RESOLUTION,
             add(OTHER_RESOLUTION, "unv:symbolVariant", f'"{spelling}"'),
             f"{spelling} is another spelling of A/RES/34/998, but also a spelling of "
             "A/RES/34/999.")
        for spelling in ("A/RES/34/999", "RES/34/999")
    ),
    Case("unique-document-address", OTHER_RESOLUTION,
         add(OTHER_RESOLUTION, "unv:document", "<https://example.org/A/RES/34/999>"),
         "A/RES/34/998 and A/RES/34/999 have the same document address."),
    Case("unique-library-record", OTHER_RESOLUTION,
         add(OTHER_RESOLUTION, "unv:libraryRecord", "<https://example.org/record/1>"),
         "A/RES/34/998 and A/RES/34/999 have the same library record."),
    Case("unique-event-record", EVENT,
         add(EVENT, "unv:libraryRecord", "<https://example.org/record/2>"),
         "Vote on A/RES/34/999 and Vote on draft S/1980/900003 have the same library record."),
    Case("unique-former-iri", EVENT,
         add(f"{EVENT} dcterms:replaces <event/former> . {OTHER_EVENT}", "dcterms:replaces",
             "<event/former>"),
         f"Vote on A/RES/34/999 and Roll call 900002 both replace {IDS}event/former, but an IRI "
         "must keep its meaning."),
    *(
        Case(f"unique-{path}", STATE, replace(OTHER_STATE, f"unv:{path}", f'"{code}"'),
             f"Alpha and Delta have the same {standard} code, {code}, and were members at the "
             "same time.")
        for path, code, standard in (
            ("iso3", "AAA", "ISO 3166-1 alpha-3"), ("iso2", "AA", "ISO 3166-1 alpha-2"),
            ("m49", "999", "M49"),
        )
    ),
    *(
        Case("unique-wikidata", STATE, add(OTHER_STATE, path, "wd:Q0"),
             "Alpha and Delta match the same item of another dataset, "
             "http://www.wikidata.org/entity/Q0.")
        for path in ("unv:wikidata", "skos:exactMatch")
    ),
    Case("unique-state-label", STATE, replace(OTHER_STATE, "rdfs:label", '"Alpha"@en'),
         "Two states have the label Alpha."),
    Case("unique-holder", STATE, replace(OTHER_STATE, "unv:seat", SEAT),
         "Alpha and Delta hold the same seat at the same time."),
    Case("unique-topic-label", CLIMATE, replace(CLIMATE, "skos:prefLabel", '"Weather"@en'),
         "Two topics of one scheme have the label Weather."),
    Case("unique-topic-notation", CLIMATE, add(CLIMATE, "skos:notation", '"we"'),
         "Two topics of one scheme have the notation we."),
    # Derived facts that differ from the votes.
    *(
        Case(f"tally-counted-{words.replace(' ', '-')}", YEARLY, replace(YEARLY, path, "3"),
             f"The tally of Alpha in 1980 counts 3 events {words}, but the record has {counted}.")
        for path, words, counted in zip(TIMES.values(), WORDS, (2, 0, 0, 0), strict=True)
    ),
    *(
        Case("tally-counted-unrecorded", YEARLY, update,
             f"The tally of Alpha in 1980 counts {number} events without a record of non-voting, "
             "but the record has 1.")
        for update, number in (
            (replace(YEARLY, "unv:unrecordedEvents", "2"), 2),
            (drop(YEARLY, "unv:unrecordedEvents"), 0),
        )
    ),
    Case("agreement-counted-shared", AGREEMENT, replace(AGREEMENT, "unv:sharedVotes", "101"),
         "The agreement of Alpha and Bravo in 1980 counts 101 shared votes, but the record has 1."),
    Case("agreement-counted-identical", AGREEMENT, replace(AGREEMENT, "unv:identicalVotes", "1"),
         "The agreement of Alpha and Bravo in 1980 counts 1 identical votes, but the record has "
         "0."),
    Case("unique-tally", YEARLY, copied(YEARLY, "<tally/other>"),
         "There are two tallies of Alpha for 1980 and one body."),
    Case("unique-agreement", AGREEMENT, copied(AGREEMENT, "<agreement/other>"),
         "There are two agreements of Alpha and Bravo for 1980."),
    # Shapes that target a value, which is the focus node.
    Case("vote-event-described", UNKNOWN, replace(VOTE, "unv:event", UNKNOWN), component="class"),
    Case("vote-state", UNKNOWN, replace(VOTE, "unv:castBy", UNKNOWN), component="class"),
    Case("vote-option", UNKNOWN, replace(VOTE, "unv:option", UNKNOWN), component="in"),
    Case("vote-cast-as", TAGGED, replace(VOTE, "unv:castAs", TAGGED), component="datatype"),
    Case("recorded-by-set", UNKNOWN, replace(VOTE, "unv:recordedBy", UNKNOWN), component="class"),
    Case("recorded-by-once", EVENT, add(EVENT, "unv:recordedBy", OTHER_SOURCE_SET)
         + drop(VOTE, "unv:recordedBy"), component="maxCount"),
    Case("recorded-by-others", VOTE, replace(VOTE, "unv:recordedBy", SOURCE_SET),
         component="disjoint"),
    Case("event-recorded-by", EVENT, drop(EVENT, "unv:recordedBy"), component="or"),
    *(
        Case("vote-agreeing", value, replace(VOTE, "unv:compilationsAgreeing", value),
             component=component)
        for value, component in (
            (DECIMAL, "datatype"), (ZERO, "minInclusive"), (HUNDRED, "maxInclusive"),
        )
    ),
    Case("possibly-same-event", UNKNOWN,
         replace(OTHER_EVENT, "unv:possiblySameAs", UNKNOWN), component="class"),
    Case("adopted-document", UNKNOWN, replace(TEXT_DRAFT, "unv:adoptedAs", UNKNOWN),
         component="class"),
    Case("related-document", UNKNOWN, add(EVENT, "unv:relatesTo", UNKNOWN), component="class"),
    Case("reported-event", UNKNOWN, replace(TALLY, "unv:reports", UNKNOWN), component="class"),
    Case("stated-about", UNKNOWN, add(STATEMENT, "unv:about", UNKNOWN), component="or"),
    Case("stance-towards", UNKNOWN, replace(STATEMENT, "unv:towards", UNKNOWN), component="or"),
    Case("reported-text", UNKNOWN, replace(CONTENT, "unv:reportsOn", UNKNOWN), component="or"),
    Case("compared-text", UNKNOWN, replace(CORRESPONDENCE, "unv:oneText", UNKNOWN),
         component="or"),
    Case("document-with-paragraphs", UNKNOWN, add(UNKNOWN, "unv:hasParagraph", PARAGRAPH),
         component="class"),
    Case("concerned-thing", UNKNOWN, add(DISCREPANCY, "unv:concerns", UNKNOWN), component="or"),
    *breaks("source-licence", SOURCE, "dcterms:license", "maxCount nodeKind", UNKNOWN, TEXT),
    *breaks("source-licence", SOURCE, "dcterms:license", "pattern", wrong=SCRIPT),
    *breaks("source-period", SOURCE, "dcterms:temporal", "class"),
    *breaks("source-rights-statement", OTHER_SOURCE, "dcterms:rights", "maxCount class",
            OTHER_RIGHTS),
    *texts("rights-label", RIGHTS),
    Case("speech-kind", SPEECH, drop_type(SPEECH, "unv:DebateSpeech"), component="or"),
    *texts("speech-label", SPEECH),
    *breaks("speech-made-by", SPEECH, "unv:madeBy", "minCount maxCount or", OTHER_STATE),
    *breaks("speech-speaker-name", SPEECH, "unv:speakerName", "maxCount datatype", TEXT, TAGGED),
    *breaks("speech-speaker-role", SPEECH, "unv:speakerRole", "uniqueLang datatype languageIn",
            wrong=TEXT),
    *breaks("speech-session", SPEECH, "unv:session", "minCount maxCount class", OTHER_SESSION),
    *breaks("speech-year", SPEECH, "unv:year", "minCount maxCount datatype", "1980", TEXT),
    *breaks("speech-year", SPEECH, "unv:year", "minInclusive", wrong="1945"),
    *breaks("speech-year", SPEECH, "unv:year", "maxInclusive", wrong="2101"),
    is_closed("DebateSpeech", SPEECH),
    *breaks("speech-on-behalf-of", MEETING_SPEECH, "unv:onBehalfOf", "maxCount class", AGENT),
    *breaks("speech-meeting", MEETING_SPEECH, "unv:madeAt", "minCount maxCount class",
            OTHER_MEETING),
    *(case for shape, path in (("position", "position"), ("page", "page"),
                               ("paragraph", "paragraphOnPage"))
      for case in (
          *breaks(f"speech-{shape}", MEETING_SPEECH, f"unv:{path}", "minCount maxCount datatype",
                  "9", TEXT),
          *breaks(f"speech-{shape}", MEETING_SPEECH, f"unv:{path}", "minInclusive", wrong="0"),
          *breaks(f"speech-{shape}", MEETING_SPEECH, f"unv:{path}", "maxInclusive",
                  wrong="10000"),
      )),
    *breaks("speech-language", MEETING_SPEECH, "unv:spokenLanguage", "minCount maxCount datatype",
            '"Spanish"', TAGGED),
    *breaks("speech-language", MEETING_SPEECH, "unv:spokenLanguage", "pattern", wrong='"fr"'),
    *breaks("speech-purpose", MEETING_SPEECH, "unv:speechKind", "maxCount in",
            '"right of reply"', '"a reply"'),
    *breaks("speech-agenda-item", MEETING_SPEECH, "unv:madeUnder", "class"),
    *breaks("speech-about", MEETING_SPEECH, "unv:about", "maxCount", OTHER_EVENT),
    *breaks("speech-about", MEETING_SPEECH, "unv:about", "pattern", wrong=RESOLUTION),
    is_closed("MeetingSpeech", MEETING_SPEECH),
    Case("speech-type", UNKNOWN, add(UNKNOWN, "unv:madeBy", STATE), component="class"),
    *breaks("speech-body", SPEECH, "unv:body", "minCount maxCount in", "unv:SecurityCouncil",
            "unv:SecurityCouncil"),
    *breaks("speech-source", SPEECH, "prov:wasDerivedFrom", "minCount class"),
]
# fmt: on

#: Changes up to the edge of a constraint.
ALLOWED = (
    {
        "month of the admission": held("1970-09"),
        "day of the admission": held("1970-09-15"),
        "last day of a member": held("1990-10-02"),
        "month of the last day": held("1990-10"),
        "last day before a gap": held("1975-01-19"),
        "first day after a gap": held("1976-09-28"),
        "between two gaps": held("1984-07-01"),
        "month between two gaps": held("1984-07"),
        "last day before a second gap": held("1985-02-28"),
        "first day after a second gap": held("1987-04-01"),
        "a name of one day": replace(NAME, "unv:until", '"1945-10-25"^^xsd:date')
        + replace(NAME, "unv:untilAsPrinted", '"1945-10-24"^^xsd:date'),
        "quotations in two languages": add(STATEMENT, "unv:quote", '"beau temps"@fr'),
        "fifteen words": replace(STATEMENT, "unv:quote", f'"{" ".join(["word"] * 15)}"@en'),
        "an unknown outcome": drop(OTHER_EVENT, "unv:outcome"),
        "a vote without known votes of states": add(UNKNOWN_VOTES, "a", "unv:VotingEvent")
        + "".join(
            add(UNKNOWN_VOTES, path, value)
            for path, value in (
                ("rdfs:label", '"Vote on draft S/1980/900009"@en'),
                ("unv:month", '"1980-06"^^xsd:gYearMonth'),
                ("unv:year", "1980"),
                ("unv:body", COUNCIL),
                ("unv:outcome", '"failed"'),
                ("prov:wasDerivedFrom", "<source/votes>"),
            )
        ),
        "a meeting of the Council": add(UNVOTED, "unv:meeting", "<meeting/S-PV-2222>")
        + add("<meeting/S-PV-2222>", "a", "unv:Meeting")
        + add("<meeting/S-PV-2222>", "rdfs:label", '"Meeting S/PV.2222"@en')
        + add("<meeting/S-PV-2222>", "unv:symbol", '"S/PV.2222"')
        + add("<meeting/S-PV-2222>", "unv:body", COUNCIL),
        "the code of a former state": replace("<state/CCC>", "unv:iso3", '"BBB"')
        + replace("<state/CCC>", "unv:admitted", '"1990-10-03"^^xsd:date')
        + replace("<membership/CCC-1>", "unv:from", '"1990-10-03"^^xsd:date')
        + replace("<name/CCC-1>", "unv:from", '"1990-10-03"^^xsd:date')
        + replace("<seat/CCC>", "unv:admitted", '"1990-10-03"^^xsd:date')
        + held("1990-10"),
        "a decision": add("<decision/A-DEC-34-401>", "a", "unv:Document, unv:Decision")
        + add("<decision/A-DEC-34-401>", "rdfs:label", '"A/DEC/34/401"@en')
        + add("<decision/A-DEC-34-401>", "unv:symbol", '"A/DEC/34/401"')
        + add("<decision/A-DEC-34-401>", "dcterms:date", '"1980-05"^^xsd:gYearMonth')
        + add("<decision/A-DEC-34-401>", "unv:body", "unv:GeneralAssembly")
        + add("<decision/A-DEC-34-401>", "unv:session", SESSION),
        "a draft with too few votes in favour": drop("<vote/S-1980-900003/LLL>", "?property")
        + f"DELETE DATA {{ {DRAFT} unv:inFavour <state/LLL> }} ;"
        + replace(DRAFT, "unv:yesCount", "8")
        + replace(DRAFT, "unv:outcome", '"failed"')
        + drop(DRAFT, "unv:vetoedBy"),
        "a vote against by an elected member": drop(DRAFT, "unv:vetoedBy")
        + replace(DRAFT, "unv:outcome", '"not adopted"')
        + drop("<seat/BBB>", "unv:permanentMemberOf"),
        "a tally without non-voting": drop(YEARLY, "unv:nonVotingCount"),
        "all shared votes identical": drop(OTHER_EVENT, "unv:possiblySameAs")
        + replace(AGREEMENT, "unv:between", "<state/AAA>, <state/DDD>")
        + replace(AGREEMENT, "unv:identicalVotes", "1")
        + drop(YEARLY, "?property"),
        "no margin": drop(EVENT, "unv:margin"),
        "a date that another vote of the meeting contradicts": add(
            DISCREPANCY, "unv:concerns", MEETING
        ),
        "an expected contact": replace(CONTACT, "dcterms:date", '"2999-12"^^xsd:gYearMonth'),
        "a suspension that ends in the future": replace(
            SUSPENSION, "unv:until", '"2999-12-31"^^xsd:date'
        ),
        "neither stance nor topic": drop(STATEMENT, "unv:stance") + drop(STATEMENT, "unv:about"),
        "an abstention after a critical statement": replace(STATEMENT, "unv:madeBy", "<state/CCC>")
        + replace(STATEMENT, "unv:stance", "unv:Critical"),
        "a contact with an unknown initiator": drop(CONTACT, "unv:initiatedBy")
        + add(CONTACT, "unv:contacted", "<state/AAA>"),
        "a statement in the month of the end": replace(
            STATEMENT, "dcterms:date", '"1990-10"^^xsd:gYearMonth'
        )
        + replace(STATEMENT, "unv:madeBy", FORMER_STATE)
        + replace(STATEMENT, "unv:stance", "unv:Critical"),
        "a statement in the year of the admission": replace(
            STATEMENT, "dcterms:date", '"1960"^^xsd:gYear'
        )
        + replace(STATEMENT, "unv:madeBy", OTHER_STATE),
    }
    | {
        # Each alternative of tally-figure by itself.
        f"only the figure {figure}": "".join(
            drop(TALLY, path) for path in FIGURES.values() if path != figure
        )
        for figure in FIGURES.values()
    }
    | {
        f"{value} in {thing}": replace(thing, path, value)
        for thing, path, values in (
            (EVENT, "unv:voteOn", '"document" "amendment" "paragraph" "motion"'),
            (CONTACT, "unv:urged", "unv:Yes unv:No unv:Abstention unv:NonVoting"),
            (STATEMENT, "unv:stance", "unv:Supportive unv:Reserved"),
            (CORRESPONDENCE, "unv:relation", "unv:Agreeing unv:Overlapping unv:Contradicting"),
            (STATEMENT, "dcterms:date", f'{DAY} {MONTH} "1946"^^xsd:gYear'),
            (
                DISCREPANCY,
                "unv:aspect",
                '"vote" "method" "outcome" "date" "total" "session" "symbol" "sponsors"',
            ),
        )
        for value in values.split()
    }
)
