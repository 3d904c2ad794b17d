"""The SHACL core constraint components used by the shapes, as conditions on triples.

If a condition holds, pySHACL has no result. If a condition rejects a value that pySHACL accepts
(such as an integer with a sign), this only costs time, because pySHACL then validates the node. An
unknown component or parameter raises ``NotCompiledError``, and its shape is left to pySHACL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Final

from rdflib import Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF, SH, XSD
from rdflib.term import Node

from kg.pipeline.compiled_shapes.triples import Triples
from kg.rdf.ntriples import plain, typed

#: Whether the value nodes of a focus node conform: triples, focus node, value nodes.
Condition = Callable[[Triples, str, Sequence[str]], bool]
#: Creates the condition of a component from the value of its parameter in a shapes graph.
Component = Callable[[Graph, Node], Condition]

_TYPE: Final = f"<{RDF.type}>"
_INTEGER_END: Final = f'"^^<{XSD.integer}>'
_ESCAPE: Final = re.compile(r'\\["\\nr]')
_UNESCAPED: Final = {r"\\": "\\", r"\"": '"', r"\n": "\n", r"\r": "\r"}
_LANGUAGE: Final = re.compile(r'"@([a-z0-9-]+)\Z')


class NotCompiledError(Exception):
    """A constraint has no compiled form; the message identifies it."""


def term(node: Node) -> str:
    """Return a term of a shapes graph in the notation of ``Triples``.

    Raises:
        NotCompiledError: if it is a literal other than a string or an integer.
    """
    if isinstance(node, URIRef):
        return f"<{node}>"
    if isinstance(node, Literal) and not node.language:
        if node.datatype in (None, XSD.string):
            return plain(str(node))
        if node.datatype == XSD.integer:
            return typed(int(node), str(XSD.integer))
    raise NotCompiledError(f"the value {node.n3()}")


def integer(literal: str) -> int | None:
    """Return the value of an xsd:integer, None for any other term.

    >>> integer('"7"^^<http://www.w3.org/2001/XMLSchema#integer>')
    7
    """
    return int(literal[1 : -len(_INTEGER_END)]) if literal.endswith(_INTEGER_END) else None


def decimal(literal: str) -> Decimal | None:
    """Return the value of an xsd:decimal, None for any other term.

    >>> decimal('"0.5"^^<http://www.w3.org/2001/XMLSchema#decimal>')
    Decimal('0.5')
    """
    end = f'"^^<{XSD.decimal}>'
    return Decimal(literal[1 : -len(end)]) if literal.endswith(end) else None


def lexical_form(value: str) -> str:
    """Return the text of a literal, or an IRI, like ``STR`` in SPARQL.

    >>> lexical_form('"1980-05"^^<http://www.w3.org/2001/XMLSchema#gYearMonth>')
    '1980-05'
    """
    if value.startswith("<"):
        return value[1:-1]
    text = value[1 : value.rindex('"')]
    return _ESCAPE.sub(lambda match: _UNESCAPED[match[0]], text) if "\\" in text else text


def _is_string(value: str) -> bool:
    return value.endswith('"')


def _is_language_string(value: str) -> bool:
    return value.startswith('"') and not value.endswith(('"', ">"))


def is_literal_of(datatype: URIRef) -> Callable[[str], bool]:
    """Return a predicate for literals of a datatype."""
    end = f'"^^<{datatype}>'
    return lambda value: value.endswith(end)


def _is_date_of(datatype: URIRef, rest: str = "") -> Callable[[str], bool]:
    """Return a predicate for valid calendar dates, completed by ``rest``."""
    end = f'"^^<{datatype}>'

    def accepts(value: str) -> bool:
        if not value.endswith(end):
            return False
        try:
            date.fromisoformat(value[1 : -len(end)] + rest)
        except ValueError:
            return False
        return True

    return accepts


#: Whether a term has a datatype; ``Triples`` contains only canonical literals.
_DATATYPES: Final[dict[Node, Callable[[str], bool]]] = {
    XSD.string: _is_string,
    RDF.langString: _is_language_string,
    XSD.integer: is_literal_of(XSD.integer),
    XSD.decimal: is_literal_of(XSD.decimal),
    XSD.boolean: is_literal_of(XSD.boolean),
    XSD.date: _is_date_of(XSD.date),
    XSD.gYearMonth: _is_date_of(XSD.gYearMonth, "-01"),
    XSD.gYear: _is_date_of(XSD.gYear, "-01-01"),
}


def _each(accepts: Callable[[str], bool]) -> Condition:
    """Return the condition that every value node is accepted."""
    return lambda _triples, _focus, values: all(map(accepts, values))


def _min_count(_: Graph, parameter: Node) -> Condition:
    least = _number(parameter)
    return lambda _triples, _focus, values: len(values) >= least


def _max_count(_: Graph, parameter: Node) -> Condition:
    most = _number(parameter)
    return lambda _triples, _focus, values: len(values) <= most


def _datatype(_: Graph, parameter: Node) -> Condition:
    if parameter not in _DATATYPES:
        raise NotCompiledError(f"the datatype {parameter.n3()}")
    return _each(_DATATYPES[parameter])


def _class(_: Graph, parameter: Node) -> Condition:
    class_ = term(parameter)

    def condition(triples: Triples, _: str, values: Sequence[str]) -> bool:
        types = triples.by_subject(_TYPE)
        return all(class_ in types.get(value, ()) for value in values)

    return condition


def _in(graph: Graph, parameter: Node) -> Condition:
    allowed = frozenset(map(term, Collection(graph, parameter)))
    return _each(allowed.__contains__)


def _has_value(_: Graph, parameter: Node) -> Condition:
    value = term(parameter)
    return lambda _triples, _focus, values: value in values


def _node_kind(_: Graph, parameter: Node) -> Condition:
    if parameter != SH.IRI:
        raise NotCompiledError(f"the node kind {parameter.n3()}")
    return _each(lambda value: value.startswith("<"))


def _pattern(_: Graph, parameter: Node) -> Condition:
    # pySHACL also uses Python's regular expressions.
    expression = re.compile(str(parameter))
    return _each(lambda value: expression.search(lexical_form(value)) is not None)


def _min_inclusive(_: Graph, parameter: Node) -> Condition:
    least = _number(parameter)

    def is_enough(value: str) -> bool:
        number = integer(value)
        return number is not None and number >= least

    return _each(is_enough)


def _max_inclusive(_: Graph, parameter: Node) -> Condition:
    most = _number(parameter)

    def is_low_enough(value: str) -> bool:
        number = integer(value)
        return number is not None and number <= most

    return _each(is_low_enough)


def _language_in(graph: Graph, parameter: Node) -> Condition:
    languages = tuple(map(str, Collection(graph, parameter)))
    # A tag matches the range of its language and of its language in a region.
    regions = tuple(f"{language}-" for language in languages)

    def is_known(value: str) -> bool:
        match = _LANGUAGE.search(value)
        return match is not None and (match[1] in languages or match[1].startswith(regions))

    return _each(is_known)


def _unique_lang(_: Graph, parameter: Node) -> Condition:
    if parameter != Literal(True):
        raise NotCompiledError(f"sh:uniqueLang {parameter.n3()}")

    def condition(_triples: Triples, _focus: str, values: Sequence[str]) -> bool:
        if len(values) < 2:
            return True
        languages = [match[1] for match in map(_LANGUAGE.search, values) if match]
        return len(languages) == len(set(languages))

    return condition


def _disjoint(_: Graph, parameter: Node) -> Condition:
    predicate = term(parameter)
    return lambda triples, focus, values: (
        not any(value in values for value in triples.values(focus, predicate))
    )


def _less_than_or_equals(_: Graph, parameter: Node) -> Condition:
    """Compare numbers of one datatype, and days; others are left to pySHACL."""
    predicate = term(parameter)

    def condition(triples: Triples, focus: str, values: Sequence[str]) -> bool:
        pairs = product(values, triples.values(focus, predicate))
        return all(_is_not_after(value, other) for value, other in pairs)

    return condition


def _is_not_after(value: str, other: str) -> bool:
    for number_of in (integer, decimal):
        number, bound = number_of(value), number_of(other)
        if number is not None and bound is not None:
            return number <= bound
    is_day = _DATATYPES[XSD.date]
    return is_day(value) and is_day(other) and value <= other


def _less_than(_: Graph, parameter: Node) -> Condition:
    """Compare days only; others are left to pySHACL."""
    predicate = term(parameter)

    def condition(triples: Triples, focus: str, values: Sequence[str]) -> bool:
        pairs = product(values, triples.values(focus, predicate))
        return all(_is_before(value, other) for value, other in pairs)

    return condition


def _is_before(value: str, other: str) -> bool:
    """Return whether two values are days, which are in the order of their texts, in that order."""
    is_day = _DATATYPES[XSD.date]
    return is_day(value) and is_day(other) and value < other


def _number(parameter: Node) -> int:
    number = integer(term(parameter))
    if number is None:
        raise NotCompiledError(f"the number {parameter.n3()}")
    return number


#: Conditions by component parameter; components that refer to other shapes are in ``compiler``.
COMPONENTS: Final[dict[Node, Component]] = {
    SH.minCount: _min_count,
    SH.maxCount: _max_count,
    SH.datatype: _datatype,
    SH["class"]: _class,
    SH["in"]: _in,
    SH.hasValue: _has_value,
    SH.nodeKind: _node_kind,
    SH.pattern: _pattern,
    SH.minInclusive: _min_inclusive,
    SH.maxInclusive: _max_inclusive,
    SH.languageIn: _language_in,
    SH.uniqueLang: _unique_lang,
    SH.disjoint: _disjoint,
    SH.lessThan: _less_than,
    SH.lessThanOrEquals: _less_than_or_equals,
}
