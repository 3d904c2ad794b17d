"""The page of the validation report: the SHACL results of a release, and how it was validated."""

from __future__ import annotations

from typing import Final

from kg.limits import PAGE_ROWS
from kg.rdf.vocabulary import DCTERMS, REPORT_GRAPH, SH
from kg.web.pages.context import PageContext
from kg.web.pages.names import labels_of
from kg.web.pages.queries import Row
from kg.web.pages.urls import fallback_label

_REPORT: Final = f"""
SELECT ?conforms ?method WHERE {{
  GRAPH <{REPORT_GRAPH}> {{
    ?report <{SH.conforms}> ?conforms OPTIONAL {{ ?report <{DCTERMS.description}> ?method }}
  }}
}}
"""
_SHAPES: Final = f"""
SELECT ?shape ?severity (COUNT(?result) AS ?findings) WHERE {{
  GRAPH <{REPORT_GRAPH}> {{
    ?result <{SH.sourceShape}> ?shape ; <{SH.resultSeverity}> ?severity
  }}
}} GROUP BY ?shape ?severity ORDER BY DESC(?findings) ?shape
"""
_RESULTS: Final = f"""
SELECT ?shape ?message ?focus (isIRI(?focus) AS ?thing) WHERE {{
  GRAPH <{REPORT_GRAPH}> {{
    ?result <{SH.sourceShape}> ?shape ; <{SH.resultMessage}> ?message ; <{SH.focusNode}> ?focus
  }}
}} ORDER BY ?shape ?focus ?message LIMIT {PAGE_ROWS}
"""


async def report_page(context: PageContext) -> dict[str, object]:
    """Return the template variables of the report of the current release.

    Raises:
        KgError: if the engine cannot answer.
    """
    reports = await context.queries.rows(_REPORT)
    shapes = await context.queries.rows(_SHAPES)
    results = await context.queries.rows(_RESULTS)
    resources = [row["focus"] for row in results if row["thing"] == "true"]
    names = await labels_of(context.queries, resources)
    for row in results:
        is_resource = row["thing"] == "true"
        row["name"] = names.get(row["focus"]) or (
            fallback_label(row["focus"]) if is_resource else row["focus"]
        )
        row["iri"] = row["focus"] if is_resource else ""
    return {
        "report": reports[0] if reports else Row(),
        "shapes": shapes,
        "results": results,
        "findings": sum(int(row["findings"]) for row in shapes),
    }
