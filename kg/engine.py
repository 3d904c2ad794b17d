"""Answering queries from the release in force (design B4).

A result of pyoxigraph must be read in the thread it was made in, so an answer is evaluated and
written out within one call.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg import release
from kg.errors import ForbiddenServiceError, QueryError
from kg.formats import GRAPHS, RESULTS, Format
from kg.release import Release
from kg.service_guard import uses_service

_Graph = ox.NamedNode | ox.BlankNode | ox.DefaultGraph
Answer = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


@dataclass(frozen=True)
class Dataset:
    """The graphs a query is asked of, by IRI; empty means those of the release."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


class Engine:
    """The store of the release in force; a newer release is taken up by itself."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._lock = threading.Lock()
        self._open: tuple[Release, ox.Store] | None = None

    def release(self) -> Release:
        """Return the release that answers.

        Raises:
            ReleaseError: if there is none, or it is damaged.
        """
        return self._current()[0]

    def query(
        self,
        query: str,
        dataset: Dataset | None = None,
        parameters: dict[str, ox.NamedNode | ox.Literal] | None = None,
    ) -> Answer:
        """Evaluate a query; the answer must be read in this thread.

        ``parameters`` are terms bound to variables by name.

        Raises:
            ForbiddenServiceError: if the query uses SERVICE.
            QueryError: if the query is malformed or its evaluation fails.
            ReleaseError: if there is no release.
        """
        if uses_service(query):
            raise ForbiddenServiceError(
                "SERVICE is not allowed here: this endpoint does not call other endpoints"
            )
        dataset = dataset or Dataset()
        explicit = bool(dataset.default or dataset.named)
        _, store = self._current()
        try:
            default: list[_Graph] = [ox.NamedNode(iri) for iri in dataset.default]
            named: list[ox.NamedNode | ox.BlankNode] = [ox.NamedNode(iri) for iri in dataset.named]
            answer: Answer = store.query(
                query,
                default_graph=default if explicit else None,
                named_graphs=named if explicit else None,
                substitutions={
                    ox.Variable(name): term for name, term in (parameters or {}).items()
                },
            )
        except SyntaxError as error:
            raise QueryError(f"syntax error: {error}") from error
        except (ValueError, OSError, RuntimeError) as error:
            raise QueryError(str(error)) from error
        return answer

    def _current(self) -> tuple[Release, ox.Store]:
        with self._lock:
            latest = release.require(self._data)
            if self._open is None or self._open[0] != latest:
                self._open = (latest, latest.open())
            return self._open


def formats_of(answer: Answer) -> tuple[Format, ...]:
    """Return the formats an answer can be written in."""
    return GRAPHS if isinstance(answer, ox.QueryTriples) else RESULTS


def write(answer: Answer, written_in: Format, prefixes: dict[str, str] | None = None) -> bytes:
    """Write an answer out.

    Raises:
        QueryError: if its evaluation fails on the way.
    """
    form = written_in.oxigraph
    try:
        if isinstance(answer, ox.QueryTriples):
            assert isinstance(form, ox.RdfFormat)
            content = ox.serialize(answer, format=form, prefixes=prefixes)
        else:
            assert isinstance(form, ox.QueryResultsFormat)
            content = answer.serialize(format=form)
    except (ValueError, OSError, RuntimeError) as error:
        raise QueryError(str(error)) from error
    assert content is not None
    return content
