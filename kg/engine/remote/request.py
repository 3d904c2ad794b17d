"""Preparing a query for another server: checks, parameters, graphs and response format."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, cast

from kg.engine.columnar import statistics
from kg.engine.columnar.statistics import Statistics
from kg.engine.interface import QueryRequest
from kg.engine.table_request import table_columns
from kg.errors import ForbiddenServiceError
from kg.rdf.vocabulary import BASE
from kg.sparql import evaluation
from kg.sparql.evaluation import Dataset
from kg.sparql.formats import GRAPHS, RESULTS, TABLES, Format, choose
from kg.sparql.result_columns import ResultColumns
from kg.sparql.saved_queries import with_values
from kg.sparql.service_guard import check_syntax, uses_keyword, uses_service

QueryForm = Literal["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"]

#: What may precede the form of a query that has been parsed.
_SPACE: Final = r"(?:\s++|#[^\r\n]*+)*+"
_PROLOGUE: Final = (
    rf"(?:{_SPACE}(?:BASE{_SPACE}<[^<>]*+>|PREFIX{_SPACE}[^\s:#<>]*+:{_SPACE}<[^<>]*+>))*+{_SPACE}"
)
_FORMATS: Final = {"SELECT": (*RESULTS, *TABLES), "ASK": RESULTS}
_FORM: Final = re.compile(rf"{_PROLOGUE}(SELECT|ASK|CONSTRUCT|DESCRIBE)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PreparedQuery:
    """A query as it is sent to the server, and the format of the response to the client.

    ``dataset`` contains the graphs of the request to the server; it is empty for a query that names
    its graphs itself.
    """

    text: str
    form: QueryForm
    dataset: Dataset
    response_format: Format
    #: What is known of the variables, if the response is a table.
    columns: ResultColumns | None = None

    @property
    def returns_graph(self) -> bool:
        """Whether the result is a graph rather than a table or a boolean."""
        return self.form in {"CONSTRUCT", "DESCRIBE"}


def prepare(
    request: QueryRequest, graphs: Dataset, release_folder: Path | None = None
) -> PreparedQuery:
    """Return a query as it is sent; it queries ``graphs`` unless it names its own.

    ``release_folder`` is that of the release on the server, with its statistics.

    Raises:
        ForbiddenServiceError: if the query uses SERVICE.
        NotAcceptableError: if the client accepts no format of the result.
        QueryError: if the query is malformed.
    """
    text = request.query
    if uses_service(text):
        raise ForbiddenServiceError(evaluation.NO_SERVICE)
    check_syntax(text)
    match = _FORM.match(text)
    assert match is not None, "a query without a form was parsed"
    form = cast("QueryForm", match[1].upper())
    formats = _FORMATS.get(form, GRAPHS)
    response_format = choose(formats, request.format, request.accept)
    terms = {p.variable: evaluation.term(p.value, p.datatype) for p in request.parameters}
    return PreparedQuery(
        # Relative IRIs are resolved against our base IRI, not the server's address.
        f"BASE <{BASE}>\n{with_values(text, terms)}",
        form,
        _dataset(request, graphs),
        response_format,
        table_columns(request, terms, _statistics(release_folder)),
    )


@functools.lru_cache(maxsize=2)
def _statistics(release_folder: Path | None) -> Statistics | None:
    return None if release_folder is None else statistics.read(release_folder)


def _dataset(request: QueryRequest, graphs: Dataset) -> Dataset:
    # Graphs in the protocol take precedence over those in the text.
    if request.dataset.default or request.dataset.named:
        return request.dataset
    return Dataset() if uses_keyword(request.query, "from") else graphs
