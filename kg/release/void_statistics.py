"""The statistics of a dataset in VoID: triples, and partitions by class and by property.

The partition of a class has one for each property of its instances, and these have one for each
class and each datatype of the values, as the generators of the Swiss Institute of Bioinformatics
write them and editors read them. The statistics are part of the dataset and count themselves.

https://www.w3.org/TR/void/#statistics, http://ldf.fi/void-ext
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

import pyoxigraph as ox

from kg.rdf.derived_mapper import DERIVATIONS
from kg.rdf.iris import kebab
from kg.rdf.ntriples import about, typed
from kg.rdf.vocabulary import DATASET, PROV, RDF, VOID, VOID_EXT, XSD
from kg.release.fact_table import FactTable

#: The derivations of derived facts, by class or property.
_DERIVED_BY: Final = {derivation.term: derivation.iri for derivation in DERIVATIONS.values()}
#: The numbers of instances by class, and of triples by property.
_CLASSES: Final = "SELECT o[2 : -2], count(*) FROM fact WHERE p = $type GROUP BY o"
_PROPERTIES: Final = "SELECT p, count(*) FROM fact GROUP BY p"
#: The numbers of triples by classes of the subject, property, and datatype or classes of the
#: object. Few objects are different from each other, so that they are grouped before their join.
_PARTS: Final = r"""
WITH typed AS (
  SELECT s, list(o[2 : -2] ORDER BY o) AS classes FROM fact WHERE p = $type GROUP BY s
), grouped AS (
  SELECT classes, p, o, count(*) AS triples FROM fact JOIN typed USING (s) GROUP BY ALL
)
SELECT grouped.classes, p,
  CASE WHEN o[1] != '"' THEN NULL WHEN o[-1] = '"' THEN $string WHEN o[-1] != '>' THEN $lang_string
    ELSE regexp_extract(o, '\^\^<([^<>]*)>$', 1)
  END AS datatype,
  coalesce(typed.classes, []) AS classes_of_object, CAST(sum(triples) AS BIGINT)
FROM grouped LEFT JOIN typed ON typed.s = o GROUP BY ALL
"""
_PARAMETERS: Final = {"type": RDF.type, "string": XSD.string, "lang_string": RDF.langString}
_TYPES: Final = """
SELECT s[2 : -2], o[2 : -2] FROM fact
WHERE p = $type AND list_contains($things, s[2 : -2])
"""


@dataclass(frozen=True)
class _Counts:
    """Numbers by class, by property, and by the parts of a partition (class, property, kind)."""

    classes: Counter[str] = field(default_factory=Counter)
    properties: Counter[str] = field(default_factory=Counter)
    by_class: Counter[tuple[str, ...]] = field(default_factory=Counter)
    by_class_of_value: Counter[tuple[str, ...]] = field(default_factory=Counter)
    by_datatype: Counter[tuple[str, ...]] = field(default_factory=Counter)

    def plus(self, other: _Counts) -> _Counts:
        """Return the sums."""
        return _Counts(
            self.classes + other.classes,
            self.properties + other.properties,
            self.by_class + other.by_class,
            self.by_class_of_value + other.by_class_of_value,
            self.by_datatype + other.by_datatype,
        )


def statistics(facts: FactTable) -> str:
    """Return the statistics of the facts of a release together with themselves.

    They are N-Triples about the dataset, whose own description the facts contain already.
    """
    counts = _tabulated(facts)
    described = [DATASET, *_DERIVED_BY.values()]
    types = facts.connection.execute(_TYPES, {"type": RDF.type, "things": described}).fetchall()
    lines = "".join(_lines(counts))
    # The statistics may have classes and properties of their own, whose partitions are more lines.
    while (complete := "".join(_lines(counts.plus(_counted(lines, types))))) != lines:
        lines = complete
    return lines


def _tabulated(facts: FactTable) -> _Counts:
    """Return the counts of a table of facts."""
    connection = facts.connection
    counts = _Counts(
        Counter(dict(connection.execute(_CLASSES, {"type": RDF.type}).fetchall())),
        Counter(dict(connection.execute(_PROPERTIES).fetchall())),
    )
    rows = connection.execute(_PARTS, _PARAMETERS).fetchall()
    for classes, term, datatype, classes_of_object, triples in rows:
        for of in classes:
            counts.by_class[of, term] += triples
            if datatype:
                counts.by_datatype[of, term, datatype] += triples
            for kind in classes_of_object:
                counts.by_class_of_value[of, term, kind] += triples
    return counts


def _counted(lines: str, known_types: Iterable[tuple[str, str]]) -> _Counts:
    """Return the counts of triples in lines about resources of known types or of these lines."""
    triples = [quad.triple for quad in ox.parse(lines, format=ox.RdfFormat.N_TRIPLES)]
    types: dict[str, list[str]] = defaultdict(list)
    for resource, kind in known_types:
        types[f"<{resource}>"].append(kind)
    for triple in triples:
        if triple.predicate.value == RDF.type:
            assert isinstance(triple.object, ox.NamedNode)
            types[str(triple.subject)].append(triple.object.value)
    counts = _Counts()
    for triple in triples:
        term, value = triple.predicate.value, triple.object
        counts.properties[term] += 1
        if term == RDF.type and isinstance(value, ox.NamedNode):
            counts.classes[value.value] += 1
        for of in types.get(str(triple.subject), ()):
            counts.by_class[of, term] += 1
            if isinstance(value, ox.Literal):
                counts.by_datatype[of, term, value.datatype.value] += 1
            for kind in types.get(str(value), ()):
                counts.by_class_of_value[of, term, kind] += 1
    return counts


def _lines(counts: _Counts) -> Iterator[str]:
    yield from _number(DATASET, VOID.triples, counts.properties.total())
    yield from _number(DATASET, VOID.classes, len(counts.classes))
    yield from _number(DATASET, VOID.properties, len(counts.properties))
    for iri, count in sorted(counts.classes.items()):
        this = _class_partition(DATASET, iri)
        yield from _partition(DATASET, this, VOID.classPartition, VOID.term("class"), iri)
        yield from _number(this, VOID.entities, count)
    for iri, count in sorted(counts.properties.items()):
        yield from _property_partition(DATASET, iri, count)
    for (of, term), count in sorted(counts.by_class.items()):
        yield from _property_partition(_class_partition(DATASET, of), term, count)
    for (of, term, kind), count in sorted(counts.by_class_of_value.items()):
        owner = _iri(_class_partition(DATASET, of), "property", term)
        this = _class_partition(owner, kind)
        yield from _partition(owner, this, VOID.classPartition, VOID.term("class"), kind)
        yield from _number(this, VOID.triples, count)
    for (of, term, kind), count in sorted(counts.by_datatype.items()):
        owner = _iri(_class_partition(DATASET, of), "property", term)
        this = _iri(owner, "datatype", kind)
        yield from _partition(owner, this, VOID_EXT.datatypePartition, VOID_EXT.datatype, kind)
        yield from _number(this, VOID.triples, count)


def _property_partition(owner: str, iri: str, count: int) -> Iterator[str]:
    this = _iri(owner, "property", iri)
    yield from _partition(owner, this, VOID.propertyPartition, VOID.property, iri)
    yield from _number(this, VOID.triples, count)


def _partition(owner: str, this: str, has: str, of: str, value: str) -> Iterator[str]:
    if owner == DATASET and value in _DERIVED_BY:
        yield from about(this, PROV.wasGeneratedBy, f"<{_DERIVED_BY[value]}>")
    yield from about(owner, has, f"<{this}>")
    yield from about(this, RDF.type, f"<{VOID.Dataset}>")
    yield from about(this, of, f"<{value}>")


def _number(this: str, term: str, number: int) -> Iterator[str]:
    yield from about(this, term, typed(number, XSD.integer))


def _class_partition(owner: str, iri: str) -> str:
    return _iri(owner, "class", iri)


def _iri(owner: str, kind: str, iri: str) -> str:
    return f"{owner}/{kind}/{kebab(iri.partition('://')[2])}"
