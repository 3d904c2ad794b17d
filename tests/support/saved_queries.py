"""Running queries on a store, or on the columns of a release, in this process."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from contextlib import nullcontext

import pyoxigraph as ox

from kg.engine.columnar.engine import ColumnarEngine
from kg.rdf.vocabulary import BASE
from kg.release.release import Release
from kg.sparql.algebra import Term
from kg.sparql.evaluation import evaluate
from kg.sparql.formats import RESULTS
from kg.sparql.saved_queries import SavedQuery
from kg.sparql.unsupported import UnsupportedQueryError
from tests.support.embedded_files import Row

_MEMORY_MIB = 2048


def ask(store: ox.Store, saved: SavedQuery, **values: str) -> list[Row]:
    """Return the rows of a saved query, with resources as kind/key and '' for unbound."""
    answer = evaluate(store, saved.text, parameters=saved.bind(values))
    assert isinstance(answer, ox.QuerySolutions)
    names = [variable.value for variable in answer.variables]
    return [
        dict(zip(names, (_text(getattr(term, "value", "")) for term in row), strict=True))
        for row in answer
    ]


class QueryableRelease:
    """A release whose queries are answered from its columns, where they can be.

    At full size Oxigraph takes up to a hundred times as long.
    """

    def __init__(self, release: Release) -> None:
        self.store = release.open_store()
        self._columns = ColumnarEngine(release.path, _MEMORY_MIB, nullcontext)

    def ask(self, saved: SavedQuery, **values: str) -> list[Row]:
        """Return the rows of a saved query, as ``ask`` does."""
        return self.rows(saved.text, saved.bind(values))

    def rows(self, query: str, parameters: Mapping[str, Term] | None = None) -> list[Row]:
        """Return the rows of a query with terms for its parameters, in the same form."""
        answer = json.loads(self.json(query, parameters))
        return [
            {v: _text(row[v]["value"]) if v in row else "" for v in answer["head"]["vars"]}
            for row in answer["results"]["bindings"]
        ]

    def json(self, query: str, parameters: Mapping[str, Term] | None = None) -> bytes:
        """Return the answer to a query in the SPARQL JSON format."""
        written = io.BytesIO()
        try:
            answer = self._columns.query(query, parameters or {}, include_cheap=True)
            answer.write(RESULTS[0], written)
            return written.getvalue()
        except UnsupportedQueryError:
            solutions = evaluate(self.store, query, parameters=parameters)
            assert isinstance(solutions, ox.QuerySolutions)
            return solutions.serialize(format=ox.QueryResultsFormat.JSON) or b""


def _text(value: str) -> str:
    return value.removeprefix(f"{BASE}id/")
