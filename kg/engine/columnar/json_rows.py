"""Terms in SQL as SPARQL's JSON has them, byte by byte as Oxigraph writes them."""

from __future__ import annotations

from kg.engine.columnar import numerics
from kg.engine.columnar.columns import Column
from kg.engine.columnar.scope import Scope
from kg.engine.columnar.term_types import Form
from kg.rdf.vocabulary import XSD


def field(scope: Scope, name: str, column: Column) -> str:
    """Return the member of a JSON object for a variable, NULL where it is unbound."""
    before = f'"{name}":'
    match column.form:
        case Form.INTEGER:
            return _typed(before, f"CAST({column.sql} AS VARCHAR)", XSD.integer)
        case Form.DECIMAL:
            return _typed(before, numerics.decimal_text(column.sql), XSD.decimal)
        case Form.DATE:
            return _typed(before, f"CAST({column.sql} AS VARCHAR)", XSD.date)
        case Form.BOOLEAN:
            return _typed(before, f"CAST({column.sql} AS VARCHAR)", XSD.boolean)
    text = scope.text(column).sql

    def told(kind: str) -> str:
        start, value, end = _member(kind, text)
        return f"'{before}{start}' || {value} || '{end}'"

    return scope.by_kind(column, told)


def _member(kind: str, text: str) -> tuple[str, str, str]:
    """Return what stands before the text of a term of a kind, that text, and what follows."""
    if kind == "iri":
        return '{"type":"uri","value":"', text, '"}'
    if kind == "blank":
        return '{"type":"bnode","value":"', text, '"}'
    start = '{"type":"literal","value":"'
    if kind == "string":
        return start, _escaped(text), '"}'
    if kind.startswith("@"):
        return start, _escaped(text), f'","xml:lang":"{kind[1:]}"}}'
    return start, _escaped(text), f'","datatype":"{kind[2:]}"}}'.replace("'", "''")


def _typed(before: str, text: str, datatype: str) -> str:
    start = f'{before}{{"type":"literal","value":"'
    return f'\'{start}\' || {text} || \'","datatype":"{datatype}"}}\''


def _escaped(text: str) -> str:
    """Return a text as it stands in JSON, in SQL."""
    return f"json_text({text})"
