"""Triples as the compiled shapes look at them: the values of each property by subject.

Terms are compared as the texts they have in N-Triples. That is sound only where a term has one
text, so ``read`` accepts the one spelling that ``kg.rdf`` writes and refuses all others: no escape
that is not needed, language tags in lower case, numbers, dates and truth values in canonical form,
no blank nodes. What it refuses is left to pySHACL.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from kg.rdf.vocabulary import RDF, XSD

#: Of a class, its superclasses: with them a thing has more types than are stated of it.
_SUBCLASS: Final = "<http://www.w3.org/2000/01/rdf-schema#subClassOf>"
_IRI: Final = r"""<[^\x00-\x20<>"{}|^`\\]+>"""
_STRING: Final = r'"(?:[^"\\\n\r]|\\["\\nr])*"'
_DAY: Final = "(?:0[1-9]|[12][0-9]|3[01])"
_MONTH: Final = "[0-9]{4}-(?:0[1-9]|1[0-2])"
_CANONICAL: Final = {
    XSD.integer: "(?:0|-?[1-9][0-9]*)",
    XSD.date: f"{_MONTH}-{_DAY}",
    XSD.gYearMonth: _MONTH,
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
    """A set of triples, by property; terms are in N-Triples, each in its one spelling."""

    def __init__(self, by_property: Mapping[str, Mapping[str, list[str]]]) -> None:
        self._by_property = by_property
        self._inverse: dict[str, _Index] = {}
        self._with_others: dict[frozenset[str], frozenset[str]] = {}

    def values(self, subject: str, predicate: str) -> Sequence[str]:
        """Return the values of a property of a subject, each once."""
        return self.by_subject(predicate).get(subject, ())

    def by_subject(self, predicate: str) -> _Index:
        """Return the values of a property, each once, by subject."""
        return self._by_property.get(predicate, _NOTHING)

    def by_value(self, predicate: str) -> _Index:
        """Return the subjects of a property, each once, by value."""
        if predicate not in self._inverse:
            inverse: dict[str, list[str]] = defaultdict(list)
            for subject, values in self.by_subject(predicate).items():
                for value in values:
                    inverse[value].append(subject)
            # Looking something up must not add it.
            self._inverse[predicate] = dict(inverse)
        return self._inverse[predicate]

    def with_other_properties(self, known: frozenset[str]) -> frozenset[str]:
        """Return the subjects of properties that are none of some."""
        if known not in self._with_others:
            others = self._by_property.keys() - known
            subjects = map(self._by_property.__getitem__, others)
            self._with_others[known] = frozenset().union(*subjects)
        return self._with_others[known]

    def instances(self, class_: str) -> Collection[str]:
        """Return the things of a class."""
        return self.by_value(f"<{RDF.type}>").get(class_, ())


def read(ntriples: str) -> Triples | None:
    """Return triples as they can be looked up; None if a term might have another spelling."""
    lines = _LINE.findall(ntriples)
    by_property: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    length = 0
    for subject, predicate, value in lines:
        by_property[predicate][subject].append(value)
        length += len(subject) + len(predicate) + len(value)
    # What the pattern does not match is left out of the lines.
    if length + _BETWEEN_TERMS * len(lines) != len(ntriples) or _SUBCLASS in by_property:
        return None
    for by_subject in by_property.values():
        for subject, values in by_subject.items():
            if len(values) > 1:
                by_subject[subject] = list(dict.fromkeys(values))
    return Triples({predicate: dict(values) for predicate, values in by_property.items()})
