"""Ways to break each component of SHACL Core, derived from its parameter.

A way changes a site and returns whether it could: for example, only an existing value can be
dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from rdflib import Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF, SH, XSD

from tests.support.mutation.constraints import Constraint
from tests.support.mutation.facts import TYPE, iri
from tests.support.mutation.site import Site

Way = Callable[[Site, Constraint], bool]

_LITERAL: Final = re.compile(r'"(?P<text>.*)"(?:@(?P<language>[^"]+)|\^\^<(?P<datatype>.+)>)?\Z')
_LANGUAGES: Final = ("xx", "tlh", "english")
_NAMESPACE_END: Final = re.compile(r"(.*[/#])")


def parts(literal: str) -> tuple[str, str, str]:
    """Return the text of a literal as written, its language tag and its datatype."""
    match = _LITERAL.match(literal)
    if match is None:
        return "", "", ""
    return match["text"], match["language"] or "", match["datatype"] or ""


def shift(site: Site, predicate: str, off_by: int) -> bool:
    """Change a number by a difference; return whether there was one."""
    values = site.values(predicate)
    return bool(values) and site.replace(predicate, site.integer(int(parts(values[0])[0]) + off_by))


def path(site: Site, constraint: Constraint) -> str:
    """Return the property whose values are changed; of several, one that has values."""
    having = [each for each in constraint.predicates if site.values(each)]
    return site.chance.choice(having or list(constraint.predicates) or [""])


def misspelt(site: Site, predicate: str) -> str:
    """Return a predicate with two letters of its name swapped, or one missing."""
    namespace = _NAMESPACE_END.match(predicate[1:-1])
    assert namespace is not None
    name = predicate[1:-1].removeprefix(namespace[1])
    place = site.chance.randrange(len(name) - 1)
    swapped = name[:place] + name[place + 1] + name[place] + name[place + 2 :]
    return iri(namespace[1] + (swapped if swapped != name else name[:-1]))


def variant(site: Site, value: str) -> str:
    """Return another value of the same kind."""
    content, language, datatype = parts(value)
    if value.startswith("<"):
        return site.own(iri(f"{value[1:-1]}x{site.number}"))
    if language:
        return site.text(language)
    if not datatype:
        return site.plain(f"{content} {site.number}")
    if datatype == str(XSD.integer):
        return site.integer(int(content) + 1)
    if datatype == str(XSD.date):
        return site.typed(date.fromisoformat(content) - timedelta(days=1), datatype)
    if datatype == str(XSD.boolean):
        return site.typed("false" if content == "true" else "true", datatype)
    return site.typed({4: "1999", 7: "1999-01"}.get(len(content), "1"), datatype)


def _drop(site: Site, constraint: Constraint) -> bool:
    """There are too few values: none, or one less than required."""
    least = int(str(constraint.parameter))
    all_values = [(each, value) for each in constraint.predicates for value in site.values(each)]
    if len(all_values) < least:
        return False
    for predicate, value in all_values[max(least - 1, 0) :]:
        site.drop(predicate, value)
    return True


def _drop_and_misspell(site: Site, constraint: Constraint) -> bool:
    """The value is moved to a misspelt property."""
    predicate = path(site, constraint)
    values = site.values(predicate)
    return _drop(site, constraint) and site.add(misspelt(site, predicate), values[0])


def _second(site: Site, constraint: Constraint) -> bool:
    """There is an additional value of the same kind."""
    predicate = path(site, constraint)
    values = site.values(predicate)
    allowed = constraint.graph.value(constraint.node, SH["in"])
    if values and allowed is not None:
        others = [item.n3() for item in Collection(constraint.graph, allowed)]
        others = [other for other in others if other not in values]
        if others:
            return site.add(predicate, site.chance.choice(others))
    return bool(values) and site.add(predicate, variant(site, values[0]))


def _value_of_another(site: Site, constraint: Constraint) -> bool:
    """There is an additional value, taken from another resource."""
    predicate = path(site, constraint)
    subjects = site.facts.subjects(predicate) if site.values(predicate) else []
    others = [
        value
        for subject in site.chance.sample(subjects, min(len(subjects), 50))
        for value in site.facts.values(subject, predicate)
        if value not in site.values(predicate)
    ]
    return bool(others) and site.add(predicate, site.chance.choice(others))


def _put(make: Callable[[Site, str], str]) -> Way:
    """Return a way that replaces a value with the result of ``make``; empty: not possible."""

    def way(site: Site, constraint: Constraint) -> bool:
        predicate = path(site, constraint)
        values = site.values(predicate)
        if not values:
            return False
        new = make(site, site.chance.choice(values))
        return bool(new) and site.replace(predicate, new)

    return way


def _unlike(datatype: str, make: Callable[[Site, str], str]) -> Way:
    """Return a way that does not apply to a required datatype, since its result has that one."""
    way = _put(make)
    return lambda site, constraint: str(constraint.parameter) != datatype and way(site, constraint)


def _ill_formed(site: Site, value: str) -> str:
    content, _, datatype = parts(value)
    wrong = {
        str(XSD.date): "2022-02-30" if site.number % 2 else "24/02/2022",
        str(XSD.integer): f"{content}.0",
        str(XSD.boolean): "yes",
    }
    return site.typed(wrong[datatype], datatype) if datatype in wrong else ""


def _another_case(site: Site, value: str) -> str:
    content, language, datatype = parts(value)
    if value.startswith("<"):
        namespace = _NAMESPACE_END.match(value[1:-1])
        assert namespace is not None
        name = value[1:-1].removeprefix(namespace[1])
        return site.own(iri(namespace[1] + name.lower()))
    return value if language or datatype else site.plain(content.upper())


def _against_pattern(site: Site, constraint: Constraint) -> bool:
    """A value does not match the pattern."""
    predicate = path(site, constraint)
    value = site.chance.choice(site.values(predicate) or [""])
    if not value:
        return False
    is_iri = value.startswith("<")
    content, language, _ = (value[1:-1], "", "") if is_iri else parts(value)
    candidates = [
        content.lower(), content[:-1], content + content[-1], f"javascript:{content}",
        content.replace("http", "htp", 1), content.replace("://", ":", 1), f"x{content}",
        " ".join([content] * 16), content.replace("1", "I").replace("0", "O"), content + "?",
    ]  # fmt: skip
    pattern = str(constraint.parameter)
    against = [each for each in candidates if each != content and not re.search(pattern, each)]
    if is_iri:
        against = [each for each in against if not re.search(r"[\s<>\"{}|^`\\]", each)]
    if not against:
        return False
    new = site.chance.choice(against)
    if is_iri:
        return site.replace(predicate, iri(new))
    return site.replace(predicate, site.text(language, new) if language else site.plain(new))


def _beyond(direction: int, inclusive: bool) -> Callable[[int], Way]:
    """Return a function that makes ways of exceeding a bound by a distance."""

    def by(distance: int) -> Way:
        def way(site: Site, constraint: Constraint) -> bool:
            bound = constraint.parameter
            assert isinstance(bound, Literal)
            step = direction * (distance + site.number % 5 if inclusive else distance - 1)
            if bound.datatype == XSD.date:
                day = date.fromisoformat(str(bound)) + timedelta(days=step)
                return site.replace(path(site, constraint), site.typed(day, str(XSD.date)))
            return site.replace(path(site, constraint), site.integer(int(str(bound)) + step))

        return way

    return by


def _compared(shift: int) -> Way:
    """Return a way that sets a value to that of the compared property, shifted."""

    def way(site: Site, constraint: Constraint) -> bool:
        predicate, other = path(site, constraint), iri(str(constraint.parameter))
        values = site.values(other)
        if not values or not site.values(predicate):
            return False
        content, _, datatype = parts(values[0])
        if datatype == str(XSD.date):
            new = site.typed(date.fromisoformat(content) + timedelta(days=shift), datatype)
        elif datatype == str(XSD.decimal):
            new = site.typed(Decimal(content) + shift, datatype)
        else:
            new = site.integer(int(content) + shift)
        return site.replace(predicate, new)

    return way


def _exchanged(site: Site, constraint: Constraint) -> bool:
    """Two values are exchanged."""
    predicate, other = path(site, constraint), iri(str(constraint.parameter))
    values, others = site.values(predicate), site.values(other)
    if not values or not others or values[0] == others[0]:
        return False
    return site.replace(predicate, others[0]) and site.replace(other, values[0])


def _also_other(site: Site, constraint: Constraint) -> bool:
    """A value of the property that must differ is added here."""
    values = site.values(iri(str(constraint.parameter)))
    return bool(values) and site.add(path(site, constraint), values[0])


def _instead_other(site: Site, constraint: Constraint) -> bool:
    """A value is replaced by one of the property that must differ."""
    values = site.values(iri(str(constraint.parameter)))
    return bool(values) and site.replace(path(site, constraint), values[0])


def _languages(language: str) -> Way:
    return _put(lambda site, value: site.text(language, parts(value)[0]) if parts(value)[1] else "")


def _another_text(site: Site, constraint: Constraint) -> bool:
    """There are two texts in the same language."""
    predicate = path(site, constraint)
    languages = [parts(value)[1] for value in site.values(predicate)]
    return bool(languages) and site.add(predicate, site.text(site.chance.choice(languages)))


def _untyped(site: Site, constraint: Constraint) -> bool:
    """A resource does not have the required class."""
    return not constraint.predicates and site.drop(TYPE, iri(str(constraint.parameter)))


def _one_more_property(site: Site, constraint: Constraint) -> bool:
    """A value is copied to a misspelt property."""
    _, predicate, value = site.chance.choice(
        [triple for triple in site.triples if triple[0] == site.focus and triple[1] != TYPE]
    )
    return _is_unknown(constraint, wrong := misspelt(site, predicate)) and site.add(wrong, value)


def _misspelt_property(site: Site, constraint: Constraint) -> bool:
    """A value is moved to a misspelt property."""
    _, predicate, value = site.chance.choice(
        [triple for triple in site.triples if triple[0] == site.focus and triple[1] != TYPE]
    )
    wrong = misspelt(site, predicate)
    return _is_unknown(constraint, wrong) and site.drop(predicate, value) and site.add(wrong, value)


def _foreign_property(site: Site, _: Constraint) -> bool:
    """There is a property of another vocabulary."""
    return site.add(iri("https://schema.org/name"), site.plain())


def _is_unknown(constraint: Constraint, predicate: str) -> bool:
    return (None, SH.path, URIRef(predicate[1:-1])) not in constraint.graph


def _all_alternatives(site: Site, constraint: Constraint) -> bool:
    """None of the alternatives is true."""
    graph = constraint.graph
    changed = False
    for shape in constraint.items:
        own_path = graph.value(shape, SH.path)
        inverse = None if own_path is None else graph.value(own_path, SH.inversePath)
        predicate = iri(str(own_path))
        if inverse is not None:
            # References to the resource are copied with it.
            if not site.subjects(iri(str(inverse))):
                return False
        elif own_path is None and not constraint.predicates:
            changed |= any(
                site.drop(TYPE, iri(str(class_))) for class_ in graph.objects(shape, SH["class"])
            )
        elif own_path is None:
            return False
        elif str(graph.value(shape, SH.maxCount)) == "0":
            if not site.values(predicate):
                return False
        else:
            changed |= site.drop(predicate)
    return changed


#: The ways to break each component, in the order in which they are used.
WAYS: Final[dict[str, tuple[Way, ...]]] = {
    "minCount": (_drop, _drop_and_misspell),
    "maxCount": (_second, _value_of_another),
    "datatype": (
        _unlike(str(XSD.string), lambda site, value: site.plain(parts(value)[0])),
        _unlike(str(RDF.langString), lambda site, _: site.text()),
        _put(lambda site, _: site.unknown()),
        _put(_ill_formed),
        _unlike(str(XSD.integer), lambda site, _: site.integer(site.number)),
        _unlike(str(XSD.date), lambda site, _: site.typed("2000-01-01", str(XSD.date))),
    ),
    "nodeKind": (
        _put(lambda site, _: site.plain()),
        _put(lambda site, _: site.text()),
        _put(lambda site, value: site.typed(value[1:-1], str(XSD.anyURI))),
    ),
    "class": (
        _untyped,
        _put(lambda site, _: site.unknown()),
        _put(lambda site, _: site.plain()),
        _put(lambda site, value: site.own(iri(f"{value[1:-1]}x{site.number}"))),
    ),
    "in": (
        _put(lambda site, _: site.unknown()),
        _put(_another_case),
        _put(lambda site, _: site.plain()),
    ),
    "pattern": (_against_pattern,),
    "minInclusive": (_beyond(-1, inclusive=True)(1), _beyond(-1, inclusive=True)(1_000)),
    "maxInclusive": (_beyond(1, inclusive=True)(1), _beyond(1, inclusive=True)(1_000)),
    "minExclusive": (_beyond(-1, inclusive=False)(1), _beyond(-1, inclusive=False)(1_000)),
    "maxExclusive": (_beyond(1, inclusive=False)(1), _beyond(1, inclusive=False)(1_000)),
    "uniqueLang": (_another_text,),
    "languageIn": tuple(map(_languages, _LANGUAGES)),
    "lessThan": (_compared(0), _compared(1), _exchanged),
    "lessThanOrEquals": (_compared(1), _compared(100)),
    "disjoint": (_also_other, _instead_other),
    "equals": (_put(variant), _second, _drop),
    "hasValue": (_put(variant),),
    "closed": (_one_more_property, _misspelt_property, _foreign_property),
    "or": (
        _all_alternatives,
        _put(lambda site, _: site.unknown()),
        _put(lambda site, _: site.plain()),
    ),
}
