"""What is known of the columns of a table before any engine evaluates the query."""

from __future__ import annotations

from collections.abc import Mapping

from kg.engine.column_types import column_types
from kg.engine.columnar.statistics import Statistics
from kg.engine.interface import QueryRequest
from kg.sparql.algebra import Term
from kg.sparql.formats import wants_table
from kg.sparql.result_columns import ResultColumns


def table_columns(
    request: QueryRequest, parameters: Mapping[str, Term], statistics: Statistics | None
) -> ResultColumns | None:
    """Return what is known of the variables of a query, None unless the client requests a table.

    ``parameters`` are the terms of those of the request, ``statistics`` those of the release.
    """
    if not wants_table(request.format, request.accept):
        return None
    if request.is_rewritten:
        return {}
    is_default = not (request.dataset.default or request.dataset.named)
    return column_types(request.query, parameters, statistics if is_default else None)
