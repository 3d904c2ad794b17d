"""Evaluation of queries in this process, without limits, for the command line and the workers.

A result of pyoxigraph must be read in the thread that created it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Final

import pyoxigraph as ox

from kg.errors import ForbiddenServiceError, KgError, QueryError, StorageError
from kg.rdf.vocabulary import BASE, PREFIXES
from kg.sparql.adaptation import adapted, with_named_variables
from kg.sparql.algebra import Term
from kg.sparql.arrow_tables import write_solutions
from kg.sparql.complexity import check_complexity
from kg.sparql.formats import GRAPHS, RESULTS, TABLES, Format
from kg.sparql.parameter_terms import with_terms
from kg.sparql.result_columns import ResultColumns
from kg.sparql.service_guard import check_syntax, uses_service
from kg.sparql.storage_faults import is_storage_fault, storage_fault
from kg.sparql.syntax_errors import syntax_error
from kg.sparql.xml_output import checked_stream, checked_triples

#: The message for a query with SERVICE.
NO_SERVICE: Final = (
    "SERVICE is not allowed here: federated queries are disabled, or not supported in this spelling"
)

_Graph = ox.NamedNode | ox.BlankNode | ox.DefaultGraph
Answer = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


@dataclass(frozen=True)
class Dataset:
    """The graphs of a query by IRI; if it is empty, those of the release are used."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


def term(value: str, datatype: str = "") -> Term:
    """Return a literal with a datatype, or an IRI if there is none.

    Raises:
        ValueError: if the value is not a valid IRI.
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
        StorageError: if a file of the store is damaged.
    """
    check_complexity(query)
    text = adapted(query)
    if uses_service(text):
        raise ForbiddenServiceError(NO_SERVICE)
    dataset = dataset or Dataset()
    is_explicit = bool(dataset.default or dataset.named)

    def evaluated(text: str, parameters: Mapping[str, Term] | None) -> Answer:
        default: list[_Graph] = [ox.NamedNode(iri) for iri in dataset.default]
        named: list[ox.NamedNode | ox.BlankNode] = [ox.NamedNode(iri) for iri in dataset.named]
        answer: Answer = store.query(
            text,
            base_iri=BASE,
            default_graph=default if is_explicit else None,
            named_graphs=named if is_explicit else None,
            substitutions={ox.Variable(name): term for name, term in (parameters or {}).items()},
        )
        return answer

    try:
        if parameters and (with_constants := with_terms(text, parameters)) is not None:
            # Not valid if a term stands where only a variable can.
            with suppress(SyntaxError):
                return evaluated(with_constants, None)
        answer = evaluated(text, parameters)
        if isinstance(answer, ox.QuerySolutions):
            names = [variable.value for variable in answer.variables]
            named = with_named_variables(text, names)
            answer = evaluated(named, parameters) if named != text else answer
    except SyntaxError as error:
        if text != query:
            # The error is at its place in the query of the user.
            check_syntax(query)
        raise syntax_error(query, error) from error
    except (ValueError, OSError, RuntimeError) as error:
        raise _evaluation_error(error) from error
    return answer


def formats_of(answer: Answer) -> tuple[Format, ...]:
    """Return the formats that support an answer."""
    if isinstance(answer, ox.QueryTriples):
        return GRAPHS
    return (*RESULTS, *TABLES) if isinstance(answer, ox.QuerySolutions) else RESULTS


def serialize_results(
    results: ox.QuerySolutions | ox.QueryBoolean,
    written_in: Format,
    stream: IO[bytes],
    columns: ResultColumns | None = None,
) -> int | None:
    """Write the results of a SELECT or ASK to a binary stream; used by every engine.

    ``columns`` is what is known of the variables, for a table. Return the number of rows of a
    table, None for the other formats.

    Raises:
        NotAcceptableError: if the format cannot hold them.
        QueryError: if a column of a table cannot hold them.
        ValueError, OSError, RuntimeError: if the evaluation or the stream fails before the end.
    """
    if isinstance(results, ox.QuerySolutions) and written_in in TABLES:
        return write_solutions(results, columns or {}, written_in, stream)
    assert isinstance(written_in.oxigraph, ox.QueryResultsFormat)
    results.serialize(checked_stream(stream, written_in), written_in.oxigraph)
    return None


def serialize_graph(triples: Iterable[ox.Triple], written_in: Format, stream: IO[bytes]) -> None:
    """Write triples to a binary stream; used by every engine.

    Raises:
        NotAcceptableError: if the format cannot hold them.
        ValueError, OSError, RuntimeError: if the evaluation or the stream fails before the end.
    """
    assert isinstance(written_in.oxigraph, ox.RdfFormat)
    ox.serialize(
        checked_triples(triples, written_in),
        checked_stream(stream, written_in),
        written_in.oxigraph,
        prefixes=PREFIXES,
    )


def write(
    answer: Answer,
    written_in: Format,
    stream: IO[bytes],
    columns: ResultColumns | None = None,
) -> int | None:
    """Write an answer to a binary stream; see ``serialize_results``.

    Raises:
        NotAcceptableError: if the format cannot hold it.
        QueryError: if its evaluation fails before the end.
        StorageError: if a file of the store is damaged.
    """
    try:
        if isinstance(answer, ox.QueryTriples):
            serialize_graph(answer, written_in, stream)
            return None
        return serialize_results(answer, written_in, stream, columns)
    except BrokenPipeError:
        raise
    except (ValueError, OSError, RuntimeError) as error:
        raise _evaluation_error(error) from error


def _evaluation_error(error: Exception) -> KgError:
    if is_storage_fault(error):
        return StorageError(storage_fault(error))
    is_of_system = isinstance(error, OSError) and error.strerror
    return QueryError(is_of_system or str(error))
