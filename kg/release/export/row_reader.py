"""The rows of the tables, streamed from the store of a release.

Joining patterns in Python is several times faster here than SPARQL, and only the names of the
resources with rows are kept in memory.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import pyoxigraph as ox

from kg.errors import KgError
from kg.rdf import iris
from kg.rdf.vocabulary import BASE, LABEL_LANGUAGE, OPTION_TERMS, PREFIXES, RDF, UNV
from kg.release.export.table_schema import (
    AGREEMENT,
    EVENTS,
    SEPARATOR,
    STATES,
    VOTES,
    Column,
    Table,
)

_FACTS: Final = ox.DefaultGraph()
_Node = ox.NamedNode | ox.Literal


def iri_of(term: str) -> str:
    """Return the IRI of a prefixed term."""
    prefix, _, name = term.partition(":")
    return PREFIXES[prefix] + name


class RowReader:
    """Reads the rows of each table from a store; values are texts as in the CSV file."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store
        self._linked: dict[tuple[_Node, str], list[_Node]] = {}

    def rows(self, table: Table) -> Iterator[list[str]]:
        """Yield the rows of a table: events by date, their votes by state, others by key.

        Raises:
            KgError: if an item of a list contains the separator.
        """
        if table is VOTES:
            yield from self._votes()
        elif table is AGREEMENT:
            yield from self._observations()
        else:
            for this in self._events() if table is EVENTS else self._things(table.ontology_class):
                yield self._row(table, this)

    def _row(self, table: Table, this: ox.NamedNode) -> list[str]:
        # Several columns may start with the same property.
        steps = {column.path[0] for column in table.columns if column.path}
        near = {step: self._objects(this, step) for step in steps}
        return [self._cell(column, this, near) for column in table.columns]

    def _cell(self, column: Column, this: ox.NamedNode, near: dict[str, list[_Node]]) -> str:
        if not column.path:
            return this.value if column.whole_iri else short_value(this)
        nodes = near[column.path[0]]
        for step in column.path[1:]:
            nodes = [object_ for node in nodes for object_ in self._linked_objects(node, step)]
        values = sorted({short_value(node) for node in nodes})
        if column.is_list:
            if any(SEPARATOR in value for value in values):
                raise KgError(f"{this.value}: {SEPARATOR!r} in an item of {column.name}: {values}")
            return SEPARATOR.join(values)
        return values[column.index] if column.index < len(values) else ""

    def _objects(self, this: _Node, term: str) -> list[_Node]:
        if not isinstance(this, ox.NamedNode):
            return []
        quads = self._store.quads_for_pattern(this, ox.NamedNode(iri_of(term)), None, _FACTS)
        objects = [quad.object for quad in quads if isinstance(quad.object, _Node)]
        return [object_ for object_ in objects if _language(object_) == LABEL_LANGUAGE] or objects

    def _linked_objects(self, this: _Node, term: str) -> list[_Node]:
        """Return the same for a node referenced by many rows, from a cache."""
        key = (this, term)
        if key not in self._linked:
            self._linked[key] = self._objects(this, term)
        return self._linked[key]

    def _things(self, term: str) -> list[ox.NamedNode]:
        """Return the instances of a class in the order of their IRIs."""
        kind = ox.NamedNode(iri_of(term))
        quads = self._store.quads_for_pattern(None, ox.NamedNode(RDF.type), kind, _FACTS)
        subjects = [quad.subject for quad in quads if isinstance(quad.subject, ox.NamedNode)]
        return sorted(subjects, key=lambda subject: subject.value)

    def _events(self) -> list[ox.NamedNode]:
        dates = self._values("unv:month") | self._values("unv:date")
        return sorted(
            self._things(EVENTS.ontology_class), key=lambda event: (dates[event.value], event.value)
        )

    def _values(self, term: str) -> dict[str, str]:
        """Return the values of a property by IRI."""
        return dict(self._pairs(term))

    def _cells(self, column: Column) -> dict[str, str]:
        """Return the values of a column by IRI, for subjects of the first property of its path."""
        (first, *_) = column.path
        quads = self._store.quads_for_pattern(None, ox.NamedNode(iri_of(first)), None, _FACTS)
        return {
            quad.subject.value: self._cell(column, quad.subject, {first: [quad.object]})
            for quad in quads
            if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, _Node)
        }

    def _pairs(self, term: str) -> Iterator[tuple[str, str]]:
        """Yield the IRI and value of each resource with a property."""
        for subject, value in self._texts(f"SELECT ?s ?o {{ ?s <{iri_of(term)}> ?o }}"):
            yield subject, _short_iri(value) if value.startswith(BASE) else value

    def _texts(self, query: str) -> Iterator[list[str]]:
        """Yield the solutions of a query as texts: twice as fast as reading term by term."""
        answer = self._store.query(query)
        assert isinstance(answer, ox.QuerySolutions)
        written = answer.serialize(format=ox.QueryResultsFormat.CSV) or b""
        rows = csv.reader(written.decode().splitlines(keepends=True))
        next(rows)
        yield from rows

    def _votes(self) -> Iterator[list[str]]:
        """Yield the votes from the direct properties of events.

        The validated release also contains each vote as a node, but reading the nodes takes five
        times as long. Only the properties that few nodes have are looked up there.
        """
        codes = {state.value: self._code(state) for state in self._things(STATES.ontology_class)}
        direct = {"event", "state", "iso3", "option"}
        further = {
            column.name: self._cells(column)
            for column in VOTES.columns
            if column.name not in direct
        }
        for this in self._events():
            event = short_value(this)
            positions = [
                (state.value, terms.individual)
                for terms in OPTION_TERMS.values()
                for state in self._objects(this, _direct(terms.state_property))
            ]
            for state, option_iri in sorted(positions):
                cells = {
                    "event": event,
                    "state": (iris.parse(state) or ("", state))[1],
                    "iso3": codes.get(state, ""),
                    "option": option_iri.removeprefix(UNV.iri),
                }
                vote = iris.vote(event, cells["state"])
                cells |= {name: values.get(vote, "") for name, values in further.items()}
                yield [cells[column.name] for column in VOTES.columns]

    def _observations(self) -> Iterator[list[str]]:
        """Yield the agreement of states in one pass over each property.

        There may be a million of them; looking up each one takes four times as long.
        """
        things = sorted(
            iri
            for (iri,) in self._texts(f"SELECT ?s {{ ?s a <{iri_of(AGREEMENT.ontology_class)}> }}")
        )
        row_of = {thing: row for row, thing in enumerate(things)}
        columns: list[list[str]] = []
        values_of: dict[str, list[list[str]]] = {}
        for column in AGREEMENT.columns:
            (step,) = column.path
            if step not in values_of:
                values_of[step] = [[] for _ in things]
                for subject, value in self._pairs(step):
                    if subject in row_of:
                        values_of[step][row_of[subject]].append(value)
                for values in values_of[step]:
                    values.sort()
            columns.append(
                [
                    values[column.index] if column.index < len(values) else ""
                    for values in values_of[step]
                ]
            )
        yield from map(list, zip(*columns, strict=True))

    def _code(self, state: ox.NamedNode) -> str:
        return next((short_value(code) for code in self._objects(state, "unv:iso3")), "")


def short_value(node: ox.NamedNode | ox.Literal | ox.BlankNode | ox.Triple) -> str:
    """Return the text of a literal, the key of a resource, the name of our term, or another IRI."""
    if isinstance(node, ox.NamedNode):
        return _short_iri(node.value)
    return node.value if isinstance(node, ox.Literal) else str(node)


@lru_cache(maxsize=1 << 12)
def _short_iri(iri: str) -> str:
    parsed = iris.parse(iri)
    return parsed[1] if parsed else iri.removeprefix(UNV.iri)


def _direct(iri: str) -> str:
    return "unv:" + iri.removeprefix(UNV.iri)


def _language(node: _Node) -> str | None:
    return node.language if isinstance(node, ox.Literal) else None
