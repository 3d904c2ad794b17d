"""Terms in SQL as members of SPARQL's JSON, byte for byte as Oxigraph writes them."""

from __future__ import annotations

from kg.engine.columnar import numerics
from kg.engine.columnar.columns import Column
from kg.engine.columnar.scope import Scope
from kg.engine.columnar.term_types import VALUE_DATATYPES, Storage
from kg.rdf.vocabulary import XSD


def json_member(scope: Scope, name: str, column: Column) -> str:
    """Return the member of a JSON object for a variable, NULL where it is unbound."""
    key = f'"{name}":'
    match column.storage:
        case Storage.INTEGER:
            return _typed(key, f"CAST({column.sql} AS VARCHAR)", XSD.integer)
        case Storage.DECIMAL:
            return _typed(key, numerics.decimal_text(column.sql), XSD.decimal)
        case Storage.DATE:
            return _typed(key, f"CAST({column.sql} AS VARCHAR)", XSD.date)
        case Storage.BOOLEAN:
            return _typed(key, f"CAST({column.sql} AS VARCHAR)", XSD.boolean)
    text = scope.text(column).sql

    def member(kind: str) -> str:
        start, value, end = _term_json(kind, text)
        return f"'{key}{start}' || {value} || '{end}'"

    return scope.by_kind(column, member)


def _term_json(kind: str, text: str) -> tuple[str, str, str]:
    """Return the JSON of a term of a kind in three parts: before its text, the text, the rest."""
    if kind == "iri":
        return '{"type":"uri","value":"', text, '"}'
    if kind == "blank":
        return '{"type":"bnode","value":"', text, '"}'
    start = '{"type":"literal","value":"'
    if kind in VALUE_DATATYPES:
        return start, text, f'","datatype":"{VALUE_DATATYPES[kind]}"}}'
    if kind == "string":
        return start, _escaped(text), '"}'
    if kind.startswith("@"):
        return start, _escaped(text), f'","xml:lang":"{kind[1:]}"}}'
    return start, _escaped(text), f'","datatype":"{kind[2:]}"}}'.replace("'", "''")


def _typed(key: str, text: str, datatype: str) -> str:
    start = f'{key}{{"type":"literal","value":"'
    return f'\'{start}\' || {text} || \'","datatype":"{datatype}"}}\''


def _escaped(text: str) -> str:
    """Return the SQL that escapes a text for JSON."""
    return f"json_text({text})"
