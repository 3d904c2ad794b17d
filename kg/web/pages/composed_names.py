"""Names of resources that have none of their own, composed from the names of their parts.

A vote is named by its state and event, an agreement by its states and year: labels of a million
votes would say nothing that the graph does not have already.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from kg.rdf import iris
from kg.web.pages.ontology_terms import full_name

#: By the kind of resource in its IRI: text with properties, whose values take their place; the
#: first one whose properties the resource has. The label of a set of sources, which is for
#: programs, has their keys.
_NAMES: Final = {
    "agreement": ("{unv:between}: agreement in {unv:year}",),
    "correspondence": ("{unv:oneText} beside {unv:otherText}",),
    "membership": ("{org:member}: member of the United Nations from {unv:from}",),
    "report": (
        "{unv:castBy}: {unv:reports}, as reported in “{prov:wasQuotedFrom}”",
        "{unv:reports}: counts, as reported in “{prov:wasQuotedFrom}”",
        "{unv:reportsOn}, as reported in “{prov:wasQuotedFrom}”",
    ),
    "seat": ("Seat: {unv:heldBy}",),
    "sourceset": ("{prov:hadMember}",),
    "tally": ("{unv:state}: votes in the {unv:tallyBody} in {unv:year}",),
    "vote": ("{unv:castBy}: {unv:event}",),
}
_FIELD: Final = re.compile(r"\{([\w:]+)\}")


def _iri(field: str) -> str:
    iri = full_name(field)
    assert iri, field
    return iri


def composed_kind(iri: str) -> str:
    """Return the kind of a resource whose name is composed, empty for any other one.

    >>> composed_kind(iris.vote("A-RES-ES-11-6", "IND")), composed_kind(iris.state("IND"))
    ('vote', '')
    """
    kind, _ = iris.parse(iri) or ("", "")
    return kind if kind in _NAMES else ""


def name_properties(kind: str) -> list[str]:
    """Return the properties that the composed names of a kind of resource consist of."""
    return sorted({_iri(field) for text in _NAMES[kind] for field in _FIELD.findall(text)})


def composed_name(
    iri: str, properties: Mapping[str, Sequence[str]], names: Mapping[str, str]
) -> str:
    """Return the composed name of a resource, empty if it lacks a part.

    Args:
        iri: The resource.
        properties: The values of its properties, IRIs or literals, as strings.
        names: The names of the values that are resources.
    """

    def values(match: re.Match[str]) -> str:
        present = properties[_iri(match[1])]
        # A seat has the key of the last of the states that have held it.
        same = [value for value in present if iris.local_name(value) == iris.local_name(iri)]
        return _listed([names.get(value, value) for value in same or present])

    for text in _NAMES[composed_kind(iri)]:
        if all(properties.get(_iri(field)) for field in _FIELD.findall(text)):
            return _FIELD.sub(values, text).replace(": Vote on ", ": vote on ")
    return ""


def _listed(names: Sequence[str]) -> str:
    """Join names, by semicolons if one of them has a comma.

    >>> _listed(["A", "B", "C"]), _listed(["A, B", "C"])
    ('A, B and C', 'A, B; C')
    """
    if any(", " in name for name in names):
        return "; ".join(names)
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
