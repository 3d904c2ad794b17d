"""Kinds of corruption that a file may have, regardless of the constraint that detects them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from rdflib import Graph
from rdflib.namespace import SH

from kg.rdf.vocabulary import BASE, ORG, UNV, XSD
from tests.support.mutation.components import misspelt, parts, shift
from tests.support.mutation.facts import COUNTS, DECIDES, TYPE, iri
from tests.support.mutation.queries import DATE, DAY
from tests.support.mutation.site import Site
from tests.support.mutation.voting import (
    BODY,
    MONTH,
    more_voters,
    veto_left_out,
    veto_of_elected_member,
)

Change = Callable[[Site, str], bool]

_EXTERNAL: Final = re.compile(rf"<(?!{re.escape(BASE)})")
_DATES: Final = {str(XSD.date), str(XSD.gYearMonth), str(XSD.gYear)}


@dataclass(frozen=True)
class Kind:
    """A corruption of the values of a property, for values to which it applies."""

    name: str
    applies: Callable[[str], bool]
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Special:
    """A corruption of resources of a class: of several values, or of one certain property."""

    name: str
    class_: str
    changes: tuple[Callable[[Site], bool], ...]


def _put(make: Callable[[Site, str], str]) -> Change:
    return lambda site, predicate: site.replace(
        predicate, make(site, site.chance.choice(site.values(predicate)))
    )


def _is_date(value: str) -> bool:
    return parts(value)[2] in _DATES


def _in_the_year(year: str) -> Change:
    return _put(lambda site, value: site.typed(year + parts(value)[0][4:], parts(value)[2]))


def _tagged(language: str) -> Change:
    return _put(lambda site, value: site.text(language, parts(value)[0]))


def _number(change: Callable[[int], int]) -> Change:
    return _put(lambda site, value: site.integer(change(int(parts(value)[0])) + site.number % 7))


def _misspell(site: Site, predicate: str) -> bool:
    value = site.chance.choice(site.values(predicate))
    return site.drop(predicate, value) and site.add(misspelt(site, predicate), value)


def _misspell_a_copy(site: Site, predicate: str) -> bool:
    return site.add(misspelt(site, predicate), site.chance.choice(site.values(predicate)))


#: Changes to a value of each property of each class.
KINDS: Final = (
    Kind("misspelt predicate", lambda _: True, (_misspell, _misspell_a_copy)),
    Kind("date in the future", _is_date, tuple(map(_in_the_year, ("2999", "2187", "9999")))),
    Kind(
        "unknown language tag",
        lambda value: bool(parts(value)[1]),
        tuple(map(_tagged, ("xx", "tlh", "english"))),
    ),
    Kind(
        "number out of bounds",
        lambda value: parts(value)[2] == XSD.integer,
        (_number(lambda value: -value - 8), _number(lambda value: value + 1_000_000)),
    ),
    Kind(
        "literal instead of an IRI",
        lambda value: value.startswith("<"),
        (
            _put(lambda site, value: site.plain(value[1:-1])),
            _put(lambda site, _: site.text()),
            _put(lambda site, value: site.typed(value[1:-1], XSD.anyURI)),
        ),
    ),
    Kind(
        "IRI instead of a literal",
        lambda value: not value.startswith("<"),
        (_put(lambda site, _: site.unknown()),),
    ),
    Kind(
        "`javascript:` link",
        lambda value: bool(_EXTERNAL.match(value)),
        (
            _put(lambda site, _: iri(f"javascript:alert({site.number})")),
            _put(lambda site, _: iri(f"JavaScript://example.org/%0Aalert({site.number})")),
            _put(lambda site, _: iri(f"data:text/html,{site.number}")),
        ),
    ),
    Kind(
        "reference to nothing",
        lambda value: value.startswith(f"<{BASE}id/"),
        (
            _put(lambda site, _: site.unknown()),
            _put(lambda site, value: site.own(iri(f"{value[1:-1]}x{site.number}"))),
        ),
    ),
    Kind(
        "another datatype",
        lambda value: bool(parts(value)[2]),
        (
            _put(lambda site, value: site.plain(parts(value)[0])),
            _put(lambda site, value: site.typed(parts(value)[0], XSD.anyURI)),
        ),
    ),
)


def target_classes(graph: Graph) -> list[str]:
    """Return the classes that shapes target, in N-Triples."""
    return sorted({iri(str(class_)) for class_ in graph.objects(None, SH.targetClass)})


def without_type(site: Site, class_: str) -> bool:
    """The type is missing; a referring resource is copied too, if there is one."""
    site.refer()
    return site.drop(TYPE, class_)


def _symbol(make: Callable[[str], str]) -> Callable[[Site], bool]:
    symbol = iri(UNV.symbol)
    return lambda site: site.replace(symbol, f'"{make(parts(site.values(symbol)[0])[0])}"')


def _own_predecessor(site: Site) -> bool:
    return site.add(iri(UNV.predecessor), site.focus)


def _date_moved(predicate: str, to: str, datatype: str) -> Callable[[Site], bool]:
    return lambda site: site.replace(predicate, site.typed(to, datatype))


def _event_moved(day: str) -> Callable[[Site], bool]:
    """Return a change that sets all dates of an event consistently."""

    def change(site: Site) -> bool:
        if not site.values(iri(UNV.decides)) or not site.values(DAY):
            return False
        site.replace(MONTH, site.typed(day[:7], XSD.gYearMonth))
        site.replace(iri(UNV.year), site.integer(int(day[:4])))
        return site.replace(DAY, site.typed(day, XSD.date))

    return change


def _body_turned(*, of_document: bool) -> Callable[[Site], bool]:
    """Return a change of the body of an event or of its document."""

    def change(site: Site) -> bool:
        documents = site.values(iri(UNV.decides))
        if of_document and not documents:
            return False
        subject = documents[0] if of_document else site.focus
        (body,) = site.values(BODY, subject)
        others = {iri(UNV.GeneralAssembly), iri(UNV.SecurityCouncil)} - {body}
        return site.replace(BODY, others.pop(), subject)

    return change


def _other_session(body: str) -> Callable[[Site], bool]:
    """Return a change of the session of a body's event to one that its document does not have."""
    session = iri(UNV.session)

    def change(site: Site) -> bool:
        others = [
            other
            for other in site.facts.instances(iri(UNV.Session))
            if other not in site.values(session)
        ]
        if site.values(BODY) != [iri(body)] or not site.values(DECIDES) or not others:
            return False
        new = site.chance.choice(others)
        return site.replace(session, new) or site.add(session, new)

    return change


def _tally(predicate: str, off_by: int) -> Callable[[Site], bool]:
    return lambda site: shift(site, predicate, off_by)


_MALFORMED_SYMBOLS: Final = (
    _symbol(lambda symbol: symbol.lower()),
    _symbol(lambda symbol: symbol.replace("/", "//", 1)),
    _symbol(lambda symbol: symbol.replace("/", " ")),
    _symbol(lambda _: "TBD"),
    _symbol(lambda symbol: f"{symbol}/"),
)
#: Changes to resources of one class.
SPECIAL: Final = (
    Special("malformed symbol", UNV.Document, _MALFORMED_SYMBOLS),
    Special("malformed symbol", UNV.Meeting, _MALFORMED_SYMBOLS),
    Special("state that is its own predecessor", UNV.State, (_own_predecessor,)),
    Special(
        "date other than that of the document",
        UNV.VotingEvent,
        tuple(map(_event_moved, ("2011-03-17", "1975-11-10", "1999-06-30"))),
    ),
    Special(
        "body other than that of the document, session or meeting",
        UNV.VotingEvent,
        (_body_turned(of_document=False), _body_turned(of_document=True)),
    ),
    Special(
        "session other than that of the document, or of another body",
        UNV.VotingEvent,
        (_other_session(UNV.GeneralAssembly), _other_session(UNV.SecurityCouncil)),
    ),
    Special(
        "too many votes in the Security Council",
        UNV.VotingEvent,
        (
            lambda site: more_voters(site, 1, UNV.Yes),
            lambda site: more_voters(site, 1, UNV.Abstention),
            lambda site: more_voters(site, 5, UNV.No),
        ),
    ),
    Special("veto of an elected member", UNV.VotingEvent, (veto_of_elected_member,)),
    Special("veto left out", UNV.VotingEvent, (veto_left_out,)),
    *(
        Special(
            "tally off by 100",
            class_,
            tuple(_tally(count, off) for count in COUNTS.values() for off in (100, -100)),
        )
        for class_ in (UNV.VotingEvent, UNV.ReportedTally)
    ),
    Special(
        "period that ends before it begins",
        ORG.Membership,
        (_date_moved(iri(UNV.until), "1944-01-01", XSD.date),),
    ),
    Special(
        "date before the United Nations",
        UNV.Statement,
        tuple(_date_moved(DATE, day, XSD.date) for day in ("1815-06-09", "1919-06-28")),
    ),
)
