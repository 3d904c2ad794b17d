"""Running saved queries on a store."""

from __future__ import annotations

import pyoxigraph as ox

from kg.rdf.vocabulary import BASE
from kg.sparql.evaluation import evaluate
from kg.sparql.saved_queries import SavedQuery
from tests.support.embedded_files import Row


def ask(store: ox.Store, saved: SavedQuery, **values: str) -> list[Row]:
    """Return the rows of a saved query, with resources as kind/key and '' for unbound."""
    answer = evaluate(store, saved.text, parameters=saved.bind(values))
    assert isinstance(answer, ox.QuerySolutions)
    names = [variable.value for variable in answer.variables]
    return [
        dict(
            zip(
                names,
                (getattr(t, "value", "").removeprefix(BASE + "id/") for t in row),
                strict=True,
            )
        )
        for row in answer
    ]
