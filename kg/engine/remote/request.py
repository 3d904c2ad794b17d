"""How a question is put to another server: checked here, its parameters in the text, its graphs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from kg.engine.interface import QueryRequest
from kg.errors import ForbiddenServiceError
from kg.rdf.vocabulary import BASE
from kg.sparql import evaluation
from kg.sparql.evaluation import Dataset
from kg.sparql.formats import GRAPHS, RESULTS, Format, choose
from kg.sparql.saved_queries import with_values
from kg.sparql.service_guard import check_syntax, uses_keyword, uses_service

#: What may stand before the form of a query that has been parsed.
_SPACE: Final = r"(?:\s++|#[^\r\n]*+)*+"
_PROLOGUE: Final = (
    rf"(?:{_SPACE}(?:BASE{_SPACE}<[^<>]*+>|PREFIX{_SPACE}[^\s:#<>]*+:{_SPACE}<[^<>]*+>))*+{_SPACE}"
)
_FORM: Final = re.compile(rf"{_PROLOGUE}(SELECT|ASK|CONSTRUCT|DESCRIBE)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Worded:
    """A question as it is sent: text and form, the graphs it is asked of, the format to answer in.

    ``form`` is SELECT, ASK, CONSTRUCT or DESCRIBE; ``dataset`` is empty for a query that names its
    graphs itself.
    """

    text: str
    form: str
    dataset: Dataset
    written_in: Format

    @property
    def is_graph(self) -> bool:
        """Whether the answer is a graph."""
        return self.form in {"CONSTRUCT", "DESCRIBE"}


def word(question: QueryRequest, graphs: Dataset) -> Worded:
    """Return how to send a question that is asked of ``graphs`` unless it names its own.

    Raises:
        ForbiddenServiceError: if the query uses SERVICE.
        NotAcceptableError: if the answer has no format the client takes.
        QueryError: if the query is malformed.
    """
    text = question.query
    if uses_service(text):
        raise ForbiddenServiceError(evaluation.NO_SERVICE)
    check_syntax(text)
    found = _FORM.match(text)
    assert found is not None, "a query without a form was parsed"
    form = found[1].upper()
    offered = GRAPHS if form in {"CONSTRUCT", "DESCRIBE"} else RESULTS
    written_in = choose(offered, question.format, question.accept)
    terms = {p.variable: evaluation.term(p.value, p.datatype) for p in question.parameters}
    return Worded(
        # Relative IRIs are those of our data, not of the server's address.
        f"BASE <{BASE}>\n{with_values(text, terms)}",
        form,
        _dataset(question, graphs),
        written_in,
    )


def _dataset(question: QueryRequest, graphs: Dataset) -> Dataset:
    # Graphs in the protocol go before those in the text.
    if question.dataset.default or question.dataset.named:
        return question.dataset
    return Dataset() if uses_keyword(question.query, "from") else graphs
