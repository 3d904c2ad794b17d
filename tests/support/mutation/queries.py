"""Ways to break the SPARQL constraints of the shapes, by the name of the shape.

They cannot be derived from the text of a query and are written by hand. A test lists the shapes
without them.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from kg.rdf.vocabulary import DCTERMS, ORG, UNV, XSD
from tests.support.mutation.components import Way, parts, shift
from tests.support.mutation.constraints import Constraint
from tests.support.mutation.facts import (
    CAST_BY,
    COUNTS,
    DECIDES,
    EVENT,
    HAS_POINT,
    OPTION,
    POSITIONS,
    TYPE,
    iri,
)  # fmt: skip
from tests.support.mutation.site import Site
from tests.support.mutation.voting import BODY, MONTH, SEAT, YEAR, more_voters, veto_left_out, votes

FROM, UNTIL = iri(UNV.term("from")), iri(UNV.until)
ADMITTED, MEMBER_UNTIL = iri(UNV.admitted), iri(UNV.memberUntil)
CODED_BY, CODING_RULE = iri(UNV.codedBy), iri(UNV.codingRule)
DATE, DAY = iri(DCTERMS.date), iri(UNV.date)
SESSION, SYMBOL, OUTCOME = iri(UNV.session), iri(UNV.symbol), iri(UNV.outcome)
_BODIES: Final = {iri(UNV.GeneralAssembly), iri(UNV.SecurityCouncil)}
_OPTIONS: Final = tuple(map(iri, POSITIONS))


def dropping(*predicates: str) -> Way:
    """Return a way that removes properties."""

    def way(site: Site, _: Constraint) -> bool:
        dropped = [site.drop(predicate) for predicate in predicates]
        return all(dropped)

    return way


def moved(predicate: str, days: int, class_: str = "") -> Way:
    """Return a way that moves a day of the focus or of a related resource of a class."""

    def way(site: Site, _: Constraint) -> bool:
        of = [
            thing
            for thing in (site.of_class(class_) if class_ else [site.focus])
            if site.values(predicate, thing)
        ]
        if not of:
            return False
        subject = site.chance.choice(of)
        content, _language, datatype = parts(site.values(predicate, subject)[0])
        if datatype != XSD.date:
            return False
        day = date.fromisoformat(content) + timedelta(days=days)
        return site.replace(predicate, site.typed(day, datatype), subject)

    return way


def as_other(predicate: str, other: str) -> Way:
    """Return a way that gives a property the value of another one."""

    def way(site: Site, _: Constraint) -> bool:
        values = site.values(other)
        return bool(values) and site.replace(predicate, values[0])

    return way


def counted(predicate: str, off_by: int) -> Way:
    """Return a way that changes a number."""

    return lambda site, _: shift(site, predicate, off_by)


def _uncoded(*predicates: str) -> Way:
    """Return a way that removes the coder or the rule of something coded."""
    way = dropping(*predicates)
    coded = (iri(DCTERMS.subject), iri(UNV.stance))
    return lambda site, constraint: any(map(site.values, coded)) and way(site, constraint)


def _end_added(site: Site, _: Constraint) -> bool:
    """A present member has an end of membership."""
    return not site.values(MEMBER_UNTIL) and site.add(
        MEMBER_UNTIL, site.typed("1999-12-31", XSD.date)
    )


def _overlapping(site: Site, _: Constraint) -> bool:
    """A period of membership has not ended when the next one begins."""
    periods = sorted(site.of_class(ORG.Membership), key=lambda each: site.values(FROM, each))
    if len(periods) < 2:
        return False
    later = site.values(FROM, periods[-1])[0]
    day = date.fromisoformat(parts(later)[0]) + timedelta(days=1 + site.number % 30)
    return site.replace(UNTIL, site.typed(day, XSD.date), periods[-2])


def _endless(site: Site, _: Constraint) -> bool:
    """A period of membership before another one has no end."""
    periods = sorted(site.of_class(ORG.Membership), key=lambda each: site.values(FROM, each))
    return len(periods) > 1 and site.drop(UNTIL, subject=periods[0])


def _twice_in_group(site: Site, _: Constraint) -> bool:
    """Another membership is of the same member and group, and neither of them ends."""
    if not site.values(iri(UNV.certainFrom)):
        return False
    others = site.facts.instances(iri(UNV.GroupMembership))
    dated = [
        each
        for each in others
        if each != site.thing and site.facts.values(each, iri(UNV.certainFrom))
    ]
    other = site.copy(site.chance.choice(dated))
    for predicate in (iri(UNV.groupMember), iri(UNV.group)):
        site.replace(predicate, site.values(predicate)[0], other)
    for each in (site.focus, other):
        site.drop(iri(UNV.certainUntil), subject=each)
    return True


def _shared_position(site: Site, _: Constraint) -> bool:
    """Two points have the same number."""
    points = site.values(HAS_POINT)
    position = iri(UNV.position)
    if len(points) < 2:
        return False
    first, second = site.chance.sample(points, 2)
    return site.replace(position, site.values(position, first)[0], second)


def _is_of_a_state(site: Site) -> bool:
    """Whether a statement was made by a state: groups have no membership to be older than."""
    return any(site.facts.values(maker, ADMITTED) for maker in site.values(iri(UNV.madeBy)))


def _too_early(site: Site, _: Constraint) -> bool:
    """A statement is older than the state that made it."""
    if not _is_of_a_state(site):
        return False
    day = f"194{site.number % 4}-01-0{site.number % 9 + 1}"
    return site.replace(DATE, site.typed(day, XSD.date))


def _too_early_by_the_month(site: Site, _: Constraint) -> bool:
    if not _is_of_a_state(site):
        return False
    return site.replace(DATE, site.typed(f"194{site.number % 4}-01", XSD.gYearMonth))


def _of_a_former_state(site: Site, _: Constraint) -> bool:
    """A statement is made by a state that was no longer a member."""
    former = [
        state
        for state in site.facts.subjects(MEMBER_UNTIL)
        if site.values(DATE)
        and parts(site.facts.values(state, MEMBER_UNTIL)[0])[0] < parts(site.values(DATE)[0])[0]
    ]
    return bool(former) and site.replace(iri(UNV.madeBy), site.chance.choice(former))


def _recorded(site: Site) -> list[str]:
    """Return the options of the reported vote in the record."""
    return [
        iri(option)
        for event in site.values(iri(UNV.reports))
        for option, position in POSITIONS.items()
        if set(site.values(CAST_BY)) & set(site.facts.values(event, position))
    ]


def _another_option(site: Site, _: Constraint) -> bool:
    """A report has an option other than the record."""
    known = {*site.values(OPTION), *_recorded(site)}
    others = [option for option in _OPTIONS if option not in known]
    return site.replace(OPTION, site.chance.choice(others))


def _record_against_report(off_by: int) -> Way:
    """Return a way that makes a printed total differ from the record."""

    def way(site: Site, constraint: Constraint) -> bool:
        printed = [count for count in COUNTS.values() if site.values(count)]
        return bool(printed) and counted(site.chance.choice(printed), off_by)(site, constraint)

    return way


def _spoke_otherwise(position: str, stance: str) -> Way:
    """Return a way that makes a statement contradict the vote of its state."""

    def way(site: Site, _: Constraint) -> bool:
        towards = site.values(iri(UNV.towards))
        events = [
            event
            for document in towards
            for event in site.facts.values(document, iri(UNV.decidedBy))
        ]
        states = [state for event in events for state in site.facts.values(event, iri(position))]
        if not states or not site.drop(iri(UNV.stance)):
            return False
        site.replace(iri(UNV.madeBy), site.chance.choice(states))
        return site.add(iri(UNV.stance), iri(stance))

    return way


def _vote_dropped(site: Site, _: Constraint) -> bool:
    """A vote is missing, but its direct triple is not."""
    return bool(votes(site)) and site.remove(site.chance.choice(votes(site)))


def _vote_repeated(site: Site, _: Constraint) -> bool:
    """A vote occurs twice."""
    if not votes(site):
        return False
    vote = site.chance.choice(votes(site))
    for subject, predicate, value in list(site.triples):
        if subject == vote:
            site.add(predicate, value, iri(f"{vote[1:-1]}-again"))
    return True


def _option_turned(site: Site, _: Constraint) -> bool:
    """A vote has an option other than that of its direct triple."""
    if not votes(site):
        return False
    vote = site.chance.choice(votes(site))
    options = [option for option in _OPTIONS if option not in site.values(OPTION, vote)]
    return site.replace(OPTION, site.chance.choice(options), vote)


def _state_turned(site: Site, _: Constraint) -> bool:
    """Two votes are cast by the same state."""
    if len(votes(site)) < 2:
        return False
    first, second = site.chance.sample(votes(site), 2)
    return site.replace(CAST_BY, site.values(CAST_BY, first)[0], second)


def _two_of_a_seat(site: Site, _: Constraint) -> bool:
    """A state and its predecessor both vote."""
    facts = site.facts
    pairs = [
        (vote, other)
        for vote in votes(site)
        for state in site.values(CAST_BY, vote)
        for seat in facts.values(state, SEAT)
        for other in facts.subjects(SEAT, seat)
        if other != state
    ]
    if not pairs or len(votes(site)) < 2:
        return False
    vote, other = site.chance.choice(pairs)
    another = site.chance.choice([each for each in votes(site) if each != vote])
    return site.replace(CAST_BY, other, another)


def _vote_part(predicate: str, *, second: bool) -> Way:
    """Return a way that leaves a vote without a state or option, or gives it two."""

    def way(site: Site, _: Constraint) -> bool:
        if len(votes(site)) < 2:
            return False
        vote, other = site.chance.sample(votes(site), 2)
        if not second:
            return site.drop(predicate, subject=vote)
        return site.add(predicate, site.values(predicate, other)[0], vote)

    return way


def _without_direct(position: str) -> Way:
    """Return a way that removes a direct triple."""
    return lambda site, _: (
        bool(values := site.values(position)) and site.drop(position, site.chance.choice(values))
    )


def _direct_of_another(position: str) -> Way:
    """Return a way that adds a direct triple."""

    def way(site: Site, _: Constraint) -> bool:
        states = [
            state
            for state in site.facts.instances(iri(UNV.State))
            if state not in site.values(position)
        ]
        return bool(votes(site)) and site.add(position, site.chance.choice(states))

    return way


def _held(day: str) -> Way:
    """Return a way that moves an event to another day."""

    def way(site: Site, _: Constraint) -> bool:
        site.drop(DAY)
        return bool(votes(site)) and site.replace(MONTH, site.typed(day, XSD.gYearMonth))

    return way


def _veto_of_another(site: Site, _: Constraint) -> bool:
    """A state that did not vote against is recorded as having vetoed."""
    states = site.values(iri(UNV.inFavour)) or site.values(iri(UNV.abstaining))
    return bool(states) and site.add(iri(UNV.vetoedBy), site.chance.choice(states))


def _no_decision(site: Site, _: Constraint) -> bool:
    """The event lacks ``decides`` for a document that is decided by it."""
    dropped = [site.drop(DECIDES, subject=event) for event in site.values(iri(UNV.decidedBy))]
    return any(dropped)


def _on_unvoted(predicate: str, value: str) -> Way:
    """Return a way that gives an adoption without a vote a property of a vote."""
    return lambda site, _: site.add(predicate, value)


def _other_body(site: Site, _: Constraint) -> bool:
    """The body is replaced by the other one."""
    bodies = _BODIES - set(site.values(BODY))
    return len(bodies) == 1 and site.replace(BODY, bodies.pop())


def _other_session(site: Site, _: Constraint) -> bool:
    """The session is replaced by another one of the same body."""
    sessions = [
        session
        for session in site.facts.instances(iri(UNV.Session))
        if site.facts.values(session, BODY) == site.values(BODY)
    ]
    return bool(sessions) and site.replace(SESSION, site.chance.choice(sessions))


def _of_documents(way: Way) -> Way:
    """Return a way only for documents, where a shape has other targets too."""
    return lambda site, constraint: (
        site.focus in site.of_class(UNV.Document) and way(site, constraint)
    )


def _of_events(way: Way) -> Way:
    """Return a way only for events, where a shape has other targets too."""
    return lambda site, constraint: (
        site.focus in site.of_class(UNV.VotingEvent) and way(site, constraint)
    )


def _other_kind(site: Site, _: Constraint) -> bool:
    """A resolution becomes a decision, or vice versa."""
    kinds = {iri(UNV.Resolution), iri(UNV.Decision)}
    before = kinds & set(site.values(TYPE))
    return len(before) == 1 and _retype(site, *before, *(kinds - before))


def _retype(site: Site, before: str, after: str) -> bool:
    return site.drop(TYPE, before) and site.add(TYPE, after)


def _other_number(site: Site, _: Constraint) -> bool:
    """The last digit of a symbol is changed."""
    symbol = parts(site.values(SYMBOL)[0])[0]
    digits = [place for place, character in enumerate(symbol) if character.isdigit()]
    place = site.chance.choice(digits)
    other = "1" if symbol[place] != "1" else "2"
    return site.replace(SYMBOL, f'"{symbol[:place]}{other}{symbol[place + 1 :]}"')


def _untyped_vote(site: Site, _: Constraint) -> bool:
    """A vote of an event has no class."""
    return bool(votes(site)) and site.drop(TYPE, subject=site.chance.choice(votes(site)))


def _document_on(day: str) -> Way:
    """Return a way that gives a document a date other than that of its event."""

    def way(site: Site, _: Constraint) -> bool:
        documents = site.values(DECIDES)
        return bool(documents) and site.replace(DATE, site.typed(day, XSD.date), documents[0])

    return way


def in_year(year: str, *predicates: str) -> Way:
    """Return a way that moves a date to another year, for one of several properties."""

    def way(site: Site, _: Constraint) -> bool:
        having = [each for each in predicates if site.values(each)]
        if not having:
            return False
        predicate = site.chance.choice(having)
        content, _language, datatype = parts(site.values(predicate)[0])
        return bool(datatype) and site.replace(predicate, site.typed(year + content[4:], datatype))

    return way


_RECORD_DATES: Final = (
    DATE, ADMITTED, MEMBER_UNTIL, FROM, UNTIL, iri(UNV.untilAsPrinted), iri(UNV.retrieved),
)  # fmt: skip


def _in_the_future(site: Site, constraint: Constraint) -> bool:
    """A date is in the future, except that of an expected contact or the end of a suspension."""
    until = () if site.values(iri(UNV.suspends)) else (UNTIL,)
    dates = [date for date in _RECORD_DATES if date != UNTIL] + [*until]
    return not site.values(iri(UNV.expected)) and in_year("2999", *dates)(site, constraint)


_A_STATE: Final = iri("https://w3id.org/un-votes/id/state/FRA")
_INTEGER_15: Final = f'"15"^^<{XSD.integer}>'

#: The ways to break each SPARQL constraint.
QUERY_WAYS: Final[dict[str, tuple[Way, ...]]] = {
    "state-membership-period": (
        moved(ADMITTED, 1), moved(ADMITTED, -30), moved(FROM, 7, ORG.Membership),
    ),
    "state-end": (dropping(MEMBER_UNTIL), moved(MEMBER_UNTIL, 1), _end_added),
    "name-order": (as_other(UNTIL, FROM), moved(UNTIL, -40_000)),
    "membership-order": (as_other(UNTIL, FROM), moved(UNTIL, -40_000)),
    "membership-overlap": (_overlapping, _endless),
    "group-membership-overlap": (_twice_in_group,),
    "contact-urged-target": (
        lambda site, _: bool(site.values(iri(UNV.urged))) and site.drop(iri(UNV.about)),
    ),
    "discrepancy-values": (
        as_other(iri(UNV.otherValue), iri(UNV.acceptedValue)),
        as_other(iri(UNV.acceptedValue), iri(UNV.otherValue)),
    ),
    **dict.fromkeys(
        ("point-coded", "paragraph-coded", "statement-stance-coded"),
        (_uncoded(CODED_BY), _uncoded(CODING_RULE), _uncoded(CODED_BY, CODING_RULE)),
    ),
    "proposal-positions": (_shared_position,),
    "statement-stance-target": (dropping(iri(UNV.towards)),),
    "statement-membership": (_too_early, _of_a_former_state, _too_early_by_the_month),
    "tally-total": (
        _record_against_report(1), _record_against_report(100), _record_against_report(-1),
    ),
    "reported-vote-recorded": (_another_option,),
    "spoken-and-voted": (
        _spoke_otherwise(UNV.against, UNV.Supportive),
        _spoke_otherwise(UNV.inFavour, UNV.Critical),
    ),
    **{
        f"event-counted-{name}": (
            counted(COUNTS[option], 1),
            counted(COUNTS[option], 100),
            _without_direct(POSITIONS[option]),
            _direct_of_another(POSITIONS[option]),
        )
        for name, option in (
            ("in-favour", UNV.Yes), ("against", UNV.No), ("abstaining", UNV.Abstention),
            ("non-voting", UNV.NonVoting),
        )
    },
    "event-all-votes": (_vote_dropped, _vote_repeated, counted(COUNTS[UNV.Yes], 100)),
    "event-agreement": (_option_turned, _vote_dropped),
    "event-vote-parts": (
        _vote_part(CAST_BY, second=False), _vote_part(OPTION, second=False),
        _vote_part(CAST_BY, second=True),
    ),
    "event-one-vote": (_state_turned, _vote_repeated),
    "event-one-seat": (_two_of_a_seat,),
    "event-decided": (
        lambda site, _: bool(site.values(DECIDES))
        and site.drop(iri(UNV.decidedBy), subject=site.values(DECIDES)[0]),
        lambda site, _: bool(site.values(DECIDES))
        and site.replace(iri(UNV.decidedBy), site.unknown(), site.values(DECIDES)[0]),
    ),
    "document-decided": (_no_decision,),
    "event-veto": (
        _veto_of_another,
        lambda site, _: bool(site.values(iri(UNV.vetoedBy)))
        and site.replace(OUTCOME, '"adopted"'),
        lambda site, _: bool(site.values(iri(UNV.vetoedBy)))
        and site.replace(BODY, iri(UNV.GeneralAssembly)),
    ),
    "event-adopted-without-vote": (
        _on_unvoted(COUNTS[UNV.Yes], _INTEGER_15),
        _on_unvoted(POSITIONS[UNV.Yes], _A_STATE),
        lambda site, _: site.add(EVENT, site.focus, iri(f"{site.focus[1:-1]}/FRA")),
    ),
    "document-body-of-symbol": (_other_body,),
    "document-kind-of-symbol": (_other_kind,),
    "document-session-of-symbol": (_of_documents(_other_session),),
    "document-iri": (_other_number,),
    "document-period": (in_year("2999", DATE), in_year("1944", DATE), in_year("9999", DATE)),
    "event-veto-stated": (lambda site, _: veto_left_out(site),),
    "event-vetoed": (lambda site, _: veto_left_out(site),),
    "event-failed": (
        lambda site, _: bool(site.values(iri(UNV.vetoedBy)))
        and site.replace(OUTCOME, '"failed"'),
    ),
    "event-council-members": (
        lambda site, _: more_voters(site, 1, UNV.Yes),
        lambda site, _: more_voters(site, 1, UNV.Abstention),
        lambda site, _: more_voters(site, 5, UNV.No),
    ),
    "event-typed-votes": (_untyped_vote,),
    "event-document-body": (_other_body,),
    "event-document-session": (_other_session, dropping(SESSION)),
    "event-document-date": (
        moved(DAY, 1), _document_on("1984-05-05"), _document_on("2001-01-01"),
    ),
    "body-of-session": (_of_documents(_other_body), _of_events(_other_body)),
    "meeting-body-of-session": (
        lambda site, constraint: bool(site.values(SESSION)) and _other_body(site, constraint),
    ),
    "event-meeting-body": (_other_body,),
    "event-meeting-session": (_other_session, dropping(SESSION)),
    "event-dates": (counted(YEAR, 1), moved(DAY, 40), counted(YEAR, -100)),
    "event-period": (in_year("2999", DAY, MONTH), in_year("1944", DAY, MONTH)),
    "dates": (_in_the_future, in_year("1871", *_RECORD_DATES)),
    "state-own-predecessor": (
        lambda site, _: site.add(iri(UNV.predecessor), site.focus),
        lambda site, _: site.replace(iri(UNV.predecessor), site.focus),
    ),
    "event-membership": (_held("1945-01"), _held("1944-12"), _held("1940-06")),
    "event-margin-of-vote": (dropping(COUNTS[UNV.Yes]), dropping(COUNTS[UNV.No])),
    "event-margin-computed": (
        counted(iri(UNV.margin), 1), counted(iri(UNV.margin), 100), counted(iri(UNV.margin), -7),
    ),
}  # fmt: skip
