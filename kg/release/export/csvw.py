"""The description of the tables of an export in CSV on the Web, and the metadata of Parquet files.

It describes the CSV files as they are once decompressed.
https://www.w3.org/TR/tabular-data-primer/, https://www.w3.org/TR/tabular-metadata/
"""

from __future__ import annotations

import json
from typing import Final, cast

from kg.rdf.vocabulary import BASE
from kg.release.dcat import CREATOR, TITLE, licence_of
from kg.release.export.dictionary import column_meaning, comments_on_terms, table_meaning
from kg.release.export.row_reader import iri_of
from kg.release.export.table_schema import EVENTS, SEPARATOR, STATES, TABLES, Column, Table
from kg.release.history import ReleaseIdentity
from kg.release.manifest import Manifest, rights_statement

Node = dict[str, object]

_CONTEXT: Final = ["http://www.w3.org/ns/csvw", {"@language": "en"}]

#: The kinds of resources whose key is the first column of a table.
_KINDS: Final = {EVENTS.name: "event", STATES.name: "state"}
_DATATYPES: Final = {
    "DATE": "date",
    "INTEGER": "integer",
    "DOUBLE": "number",
    "BOOLEAN": "boolean",
}


def csvw_metadata(manifest: Manifest) -> str:
    """Return the metadata of all tables of a release, as JSON."""
    comments = comments_on_terms()
    content: Node = {
        "@context": _CONTEXT,
        "dc:title": f"{TITLE}, release {manifest.name}",
        "dc:creator": CREATOR,
        "dc:identifier": ReleaseIdentity(manifest.name, manifest.created).iri,
        "dc:license": {"@id": licence_of(manifest.sources)},
        "dc:rights": rights_statement(manifest.sources),
        "tables": [_table(table, comments) for table in TABLES],
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def csvw_metadata_of_table(table: Table, manifest: Manifest) -> str:
    """Return the metadata of one table by itself, without references to others, as JSON."""
    node = _table(table, comments_on_terms())
    schema = cast("Node", node["tableSchema"])
    schema.pop("foreignKeys", None)
    content: Node = {
        "@context": _CONTEXT,
        "dc:identifier": ReleaseIdentity(manifest.name, manifest.created).iri,
        "dc:license": {"@id": licence_of(manifest.sources)},
        **node,
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def parquet_metadata(table: Table, manifest: Manifest) -> dict[str, str]:
    """Return the metadata of a table's Parquet file, by key."""
    return {
        "title": f"{TITLE}: {table.name}",
        "creator": CREATOR,
        "release": ReleaseIdentity(manifest.name, manifest.created).iri,
        "license": licence_of(manifest.sources),
        "rights": rights_statement(manifest.sources),
        "csvw": json.dumps(_table(table, comments_on_terms()), ensure_ascii=False),
    }


def _table(table: Table, comments: dict[str, str]) -> Node:
    schema: Node = {"columns": [_column(table, column, comments) for column in table.columns]}
    if kind := _KINDS.get(table.name):
        key = table.columns[0].name
        schema |= {"primaryKey": key, "aboutUrl": f"{BASE}id/{kind}/{{{key}}}"}
    elif table.key:
        schema["primaryKey"] = list(table.key)
    else:
        schema["foreignKeys"] = [
            {
                "columnReference": column.name,
                "reference": {"resource": f"{other}.csv", "columnReference": key},
            }
            for column in table.columns
            for other, key in _references(table, column)
        ]
    return {
        "url": f"{table.name}.csv",
        "dc:title": table.name,
        "dc:description": table_meaning(table, comments),
        "tableSchema": schema,
    }


def _references(table: Table, column: Column) -> list[tuple[str, str]]:
    """Return the table that has the key in a column, and the name of its column."""
    targets = {"unv:event": EVENTS, "unv:castBy": STATES, "unv:between": STATES}
    target = targets.get(column.path[0]) if len(column.path) == 1 else None
    return [(target.name, target.columns[0].name)] if target and target != table else []


def _column(table: Table, column: Column, comments: dict[str, str]) -> Node:
    node: Node = {
        "name": column.name,
        "titles": column.name,
        "dc:description": column_meaning(column, comments),
        "datatype": _DATATYPES.get(column.type, "string"),
    }
    if column.pattern:
        node["datatype"] = {"base": "string", "format": column.pattern}
    # The property of a longer path belongs to another resource than the row.
    if len(column.path) == 1 and table.name in _KINDS:
        node["propertyUrl"] = iri_of(column.path[0])
    if column.is_list:
        node["separator"] = SEPARATOR
    annotations = {
        "schema:unitText": column.unit,
        "dc:provenance": column.processing,
        "dc:bibliographicCitation": column.citation,
    }
    node |= {name: text for name, text in annotations.items() if text}
    return node
