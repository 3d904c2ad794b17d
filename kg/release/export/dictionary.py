"""The data dictionary: the meaning of each column of each table, from the ontology."""

from __future__ import annotations

import pyoxigraph as ox

from kg import resources
from kg.rdf.vocabulary import BASE, RDFS
from kg.release.export.reading import reading_section
from kg.release.export.row_reader import iri_of
from kg.release.export.table_schema import SEPARATOR, TABLES, Column, Table, type_name


def dictionary() -> str:
    """Return the dictionary of all tables, in Markdown."""
    comments = comments_on_terms()
    lines = [
        "# Data dictionary",
        "",
        "Every table is available as CSV (UTF-8, gzipped, with a header) and as Parquet. An "
        "unknown value is empty in CSV and null in Parquet. A list is a list in Parquet and a text "
        f"in CSV, with items separated by `{SEPARATOR}`.",
        "",
        f"Keys are the last parts of IRIs: the event with the key K is <{BASE}id/event/K>, the "
        f"state with the key K is <{BASE}id/state/K>. Terms are those of the ontology.",
    ]
    lines += ["", *reading_section()]
    for table in TABLES:
        lines += ["", f"## {table.name}", "", table_meaning(table, comments), ""]
        lines += ["| column | type | meaning | term |", "|---|---|---|---|"]
        lines += [_line(table, column, comments) for column in table.columns]
    return "\n".join(lines) + "\n"


def table_meaning(table: Table, comments: dict[str, str]) -> str:
    """Return the meaning of a table: the comment on its class, if it has one, and its note."""
    return _meaning(table.ontology_class, table.note, comments)


def column_meaning(column: Column, comments: dict[str, str]) -> str:
    """Return the meaning of a column, from the comments on the terms of the ontology."""
    # The subject of the row is explained above the columns.
    return _meaning(column.path[-1], column.note, comments) if column.path else column.note


def _line(table: Table, column: Column, comments: dict[str, str]) -> str:
    term = table.ontology_term(column)
    cells = (
        column.name,
        type_name(column),
        column_meaning(column, comments).replace("|", "\\|"),
        f"[{term}]({iri_of(term)})",
    )
    return f"| {' | '.join(cells)} |"


def _meaning(term: str, note: str, comments: dict[str, str]) -> str:
    comment = comments.get(iri_of(term), "") if term else ""
    return " ".join(text for text in (comment, note) if text)


def comments_on_terms() -> dict[str, str]:
    """Return the comment of each term of the ontology."""
    return {
        quad.subject.value: quad.object.value
        for text in resources.texts("ontology", ".ttl").values()
        for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)
        if quad.predicate.value == RDFS.comment
        and isinstance(quad.subject, ox.NamedNode)
        and isinstance(quad.object, ox.Literal)
    }
