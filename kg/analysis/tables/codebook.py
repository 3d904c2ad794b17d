"""The codebook of the tables, in Markdown: from the ontology, and the definitions of columns."""

from __future__ import annotations

from kg.analysis.tables.definitions import TABLES
from kg.rdf.vocabulary import BASE
from kg.release.dcat import TITLE
from kg.release.export.dictionary import column_meaning, comments_on_terms, table_meaning
from kg.release.export.row_reader import iri_of
from kg.release.export.table_schema import Column, type_name
from kg.release.history import ReleaseIdentity
from kg.release.manifest import Manifest


def codebook(manifest: Manifest) -> str:
    """Return the codebook of all tables for a release."""
    comments = comments_on_terms()
    lines = [
        "# Codebook",
        "",
        f"Tables of the {TITLE}, release {manifest.name} "
        f"(<{ReleaseIdentity(manifest.name, manifest.created).iri}>). Cite the release "
        "(`CITATION.cff`) and its sources (`TERMS.md`), and for a measure the work in its line.",
        "",
        "Every table is available as CSV (UTF-8, gzipped, with a header) and as Parquet. An "
        "unknown or undefined value is empty in CSV and null in Parquet. Keys are the last parts "
        f"of IRIs: the state with the key K is <{BASE}id/state/K>.",
    ]
    for table in TABLES:
        key = ", ".join(f"`{name}`" for name in table.key)
        lines += ["", f"## {table.name}", "", table_meaning(table, comments)]
        lines += ["", f"A row is identified by {key}.", ""]
        lines += ["| column | type | unit | definition | processing | citation | term |"]
        lines += ["|---|---|---|---|---|---|---|"]
        lines += [_line(column, comments) for column in table.columns]
    return "\n".join(lines) + "\n"


def _line(column: Column, comments: dict[str, str]) -> str:
    term = column.path[-1] if column.path else ""
    cells = (
        column.name,
        type_name(column),
        column.unit,
        column_meaning(column, comments),
        column.processing,
        column.citation,
        f"[{term}]({iri_of(term)})" if term else "",
    )
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
