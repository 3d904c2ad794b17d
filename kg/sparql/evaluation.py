"""Evaluating queries in this process, without limits: for the command line and the workers.

A result of pyoxigraph must be read in the thread it was made in, so an answer is evaluated and
written out within one call.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Final

import pyoxigraph as ox

from kg.errors import ForbiddenServiceError, QueryError
from kg.rdf.vocabulary import BASE, PREFIXES
from kg.sparql.formats import GRAPHS, RESULTS, Format
from kg.sparql.service_guard import uses_service

#: Why a query with SERVICE is refused.
NO_SERVICE: Final = (
    "SERVICE is not allowed here: other endpoints are not called, or not in this spelling"
)

_Graph = ox.NamedNode | ox.BlankNode | ox.DefaultGraph
Term = ox.NamedNode | ox.Literal
Answer = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


@dataclass(frozen=True)
class Dataset:
    """The graphs a query is asked of, by IRI; empty means those of the release."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


def term(value: str, datatype: str = "") -> Term:
    """Return a literal of a datatype, or an IRI if none is given.

    Raises:
        ValueError: if it is no IRI.
    """
    return ox.Literal(value, datatype=ox.NamedNode(datatype)) if datatype else ox.NamedNode(value)


def evaluate(
    store: ox.Store,
    query: str,
    dataset: Dataset | None = None,
    parameters: Mapping[str, Term] | None = None,
) -> Answer:
    """Evaluate a query; the answer must be read in this thread.

    ``parameters`` are terms bound to variables by name.

    Raises:
        ForbiddenServiceError: if the query uses SERVICE.
        QueryError: if the query is malformed or its evaluation fails.
    """
    if uses_service(query):
        raise ForbiddenServiceError(NO_SERVICE)
    dataset = dataset or Dataset()
    explicit = bool(dataset.default or dataset.named)
    try:
        default: list[_Graph] = [ox.NamedNode(iri) for iri in dataset.default]
        named: list[ox.NamedNode | ox.BlankNode] = [ox.NamedNode(iri) for iri in dataset.named]
        answer: Answer = store.query(
            query,
            base_iri=BASE,
            default_graph=default if explicit else None,
            named_graphs=named if explicit else None,
            substitutions={ox.Variable(name): term for name, term in (parameters or {}).items()},
        )
    except SyntaxError as error:
        raise QueryError(f"syntax error: {error}") from error
    except (ValueError, OSError, RuntimeError) as error:
        raise QueryError(str(error)) from error
    return answer


def formats_of(answer: Answer) -> tuple[Format, ...]:
    """Return the formats an answer can be written in."""
    return GRAPHS if isinstance(answer, ox.QueryTriples) else RESULTS


def write(answer: Answer, written_in: Format, stream: IO[bytes]) -> None:
    """Write an answer to a binary stream.

    Raises:
        QueryError: if its evaluation fails on the way.
    """
    form = written_in.oxigraph
    try:
        if isinstance(answer, ox.QueryTriples):
            assert isinstance(form, ox.RdfFormat)
            ox.serialize(answer, stream, form, prefixes=PREFIXES)
        else:
            assert isinstance(form, ox.QueryResultsFormat)
            answer.serialize(stream, form)
    except BrokenPipeError:
        raise
    except (ValueError, OSError, RuntimeError) as error:
        raise QueryError(str(error)) from error
