"""Triples indexed for the compiled shapes: the values of each property by subject.

Terms are compared by their N-Triples text. This is correct only if a term has a single text, so
``read`` accepts only the form written by ``kg.rdf``: no unnecessary escapes, language tags in lower
case, numbers, dates and truth values in canonical form, no blank nodes. Other triples are left to
pySHACL.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from typing import Final

from kg.rdf.vocabulary import RDF, XSD

#: Subclass statements: with them, a resource has more types than stated.
_SUBCLASS: Final = "<http://www.w3.org/2000/01/rdf-schema#subClassOf>"
_IRI: Final = r"""<[^\x00-\x20<>"{}|^`\\]+>"""
_STRING: Final = r'"(?:[^"\\\n\r]|\\["\\nr])*"'
_DAY: Final = "(?:0[1-9]|[12][0-9]|3[01])"
_MONTH: Final = "[0-9]{4}-(?:0[1-9]|1[0-2])"
_CANONICAL: Final = {
    XSD.integer: "(?:0|-?[1-9][0-9]*)",
    # The canonical form of XML Schema 1.1: a whole number has no decimal point.
    XSD.decimal: r"(?!-0\")-?(?:0|[1-9][0-9]*)(?:\.[0-9]*[1-9])?",
    XSD.date: f"{_MONTH}-{_DAY}",
    XSD.gYearMonth: _MONTH,
    XSD.gYear: "[0-9]{4}",
    XSD.boolean: "(?:true|false)",
}
_TYPED: Final = "|".join(
    rf'"{lexical}"\^\^{re.escape(f"<{datatype}>")}' for datatype, lexical in _CANONICAL.items()
)
_LINE: Final = re.compile(
    rf"({_IRI}) ({_IRI}) ({_IRI}|{_STRING}(?:@[a-z]+(?:-[a-z0-9]+)*)?|{_TYPED}) \.\n"
)
#: The characters of a line that are not part of its terms.
_BETWEEN_TERMS: Final = len("  ") + len(" .\n")

_Index = Mapping[str, Sequence[str]]
_NOTHING: Final[dict[str, list[str]]] = {}


class Triples:
    """A set of triples, by property; terms are in the accepted N-Triples form."""

    def __init__(self, by_property: Mapping[str, Mapping[str, list[str]]]) -> None:
        self._by_property = by_property
        self._inverse: dict[str, _Index] = {}
        self._with_others: dict[frozenset[str], frozenset[str]] = {}

    def values(self, subject: str, predicate: str) -> Sequence[str]:
        """Return the distinct values of a property of a subject."""
        return self.by_subject(predicate).get(subject, ())

    def by_subject(self, predicate: str) -> _Index:
        """Return the distinct values of a property, by subject."""
        return self._by_property.get(predicate, _NOTHING)

    def by_value(self, predicate: str) -> _Index:
        """Return the distinct subjects of a property, by value."""
        if predicate not in self._inverse:
            inverse: dict[str, list[str]] = defaultdict(list)
            for subject, values in self.by_subject(predicate).items():
                for value in values:
                    inverse[value].append(subject)
            # A look-up must not add an entry.
            self._inverse[predicate] = dict(inverse)
        return self._inverse[predicate]

    def with_other_properties(self, known: frozenset[str]) -> frozenset[str]:
        """Return the subjects that have properties other than the known ones."""
        if known not in self._with_others:
            others = self._by_property.keys() - known
            subjects = map(self._by_property.__getitem__, others)
            self._with_others[known] = frozenset().union(*subjects)
        return self._with_others[known]

    def instances(self, class_: str) -> Collection[str]:
        """Return the instances of a class."""
        return self.by_value(f"<{RDF.type}>").get(class_, ())


def read(ntriples: str) -> Triples | None:
    """Return indexed triples; None if a term might have another form."""
    lines = _LINE.findall(ntriples)
    by_property: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, value in lines:
        by_property[predicate][subject].append(value)
    length = sum(map(len, chain.from_iterable(lines)))
    # Text that does not match the pattern is missing in the joined lines.
    if length + _BETWEEN_TERMS * len(lines) != len(ntriples) or _SUBCLASS in by_property:
        return None
    for by_subject in by_property.values():
        for subject, values in by_subject.items():
            if len(values) > 1:
                by_subject[subject] = list(dict.fromkeys(values))
    return Triples({predicate: dict(values) for predicate, values in by_property.items()})
