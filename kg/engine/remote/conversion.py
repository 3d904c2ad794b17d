"""Converting the result of another server to the format that the client accepts.

These functions block, and a result of pyoxigraph must be read in a single thread.
"""

from __future__ import annotations

import re
from typing import IO, Final

import pyoxigraph as ox

from kg.engine.encoder import CHUNK_BYTES, ResponseEncoder
from kg.engine.remote.request import PreparedQuery, QueryForm
from kg.engine.remote.server import ServerReply
from kg.errors import UnavailableError
from kg.sparql.evaluation import serialize_graph, serialize_results

SourceFormat = ox.QueryResultsFormat | ox.RdfFormat

_EMPTY_STORE: Final = ox.Store()
#: Formats in which a truncated result may still be well-formed.
_OPEN_ENDED: Final = (ox.QueryResultsFormat.TSV, ox.RdfFormat.N_TRIPLES, ox.RdfFormat.TURTLE)
#: Booleans as Virtuoso spells them in JSON and N-Triples; in string values, quotes are escaped.
_NUMERIC_BOOLEAN: Final = re.compile(
    rb'("datatype": *"http://www.w3.org/2001/XMLSchema#boolean", *"value": *")([01])"'
    rb'|(")([01])"(?=\^\^<http://www.w3.org/2001/XMLSchema#boolean>)'
)
#: Maximum length of such a spelling in bytes.
_MAX_BOOLEAN_BYTES: Final = 128


def source_format(reply: ServerReply, query: PreparedQuery) -> SourceFormat:
    """Return the format of the server's response.

    Raises:
        UnavailableError: if it cannot hold the result, or a truncation could not be detected.
    """
    formats = ox.RdfFormat if query.returns_graph else ox.QueryResultsFormat
    result_format = formats.from_media_type(reply.media_type)
    if result_format is None or result_format == ox.QueryResultsFormat.CSV:
        raise UnavailableError(
            f"{reply.server} answered a {query.form} with "
            f"{reply.media_type or 'no Content-Type'}, which cannot hold its result"
        )
    if result_format in _OPEN_ENDED and not reply.is_delimited:
        raise UnavailableError(
            f"{reply.server} does not mark the end of its response, which may be truncated"
        )
    return result_format


class BooleanNormalizer:
    """Replaces numeric booleans in a result, which arrives in chunks, with canonical ones."""

    def __init__(self) -> None:
        self._tail = b""

    def add(self, chunk: bytes) -> bytes:
        """Return the converted result except its end, where a boolean may be incomplete."""
        content = _NUMERIC_BOOLEAN.sub(_canonical_boolean, self._tail + chunk)
        self._tail = content[-_MAX_BOOLEAN_BYTES:]
        return content[:-_MAX_BOOLEAN_BYTES]

    def end(self) -> bytes:
        """Return the rest."""
        return self._tail


def _canonical_boolean(match: re.Match[bytes]) -> bytes:
    before, digit = (match[1], match[2]) if match[1] else (match[3], match[4])
    return before + (b"true" if digit == b"1" else b"false") + b'"'


def convert(
    source: IO[bytes],
    result_format: SourceFormat,
    query: PreparedQuery,
    encoder: ResponseEncoder,
    server: str,
) -> None:
    """Read the result of a server to its end, and write it to an encoder.

    Raises:
        UnavailableError: if it is invalid or not a result of the query.
        NotAcceptableError: if the format of the response cannot hold it.
        KgError: for the errors of reading the source.
    """
    try:
        if isinstance(result_format, ox.RdfFormat):
            triples = (quad.triple for quad in ox.parse(source, format=result_format))
            serialize_graph(triples, query.response_format, encoder.stream)
        else:
            results = ox.parse_query_results(source, result_format)
            results = _results_of_form(results, query.form, server)
            encoder.known_rows = serialize_results(
                results, query.response_format, encoder.stream, query.columns
            )
        # The rest must be read too, since the content may end early there.
        while source.read(CHUNK_BYTES):
            pass
        encoder.end()
    except (SyntaxError, ValueError, OSError, RuntimeError) as error:
        raise UnavailableError(f"{server} sent an invalid response: {error}") from error


def _results_of_form(
    results: ox.QuerySolutions | ox.QueryBoolean, form: QueryForm, server: str
) -> ox.QuerySolutions | ox.QueryBoolean:
    """Return results in the form of the query; some servers answer ASK with a table.

    Raises:
        UnavailableError: if they are not results of that form.
    """
    if isinstance(results, ox.QueryBoolean) == (form == "ASK"):
        return results
    values = (
        [getattr(term, "value", "") for row in results for term in row]
        if isinstance(results, ox.QuerySolutions)
        else []
    )
    if form != "ASK" or values not in (["1"], ["0"], ["true"], ["false"]):
        raise UnavailableError(f"{server} answered a {form} with a result of another form")
    is_true = values[0] in {"1", "true"}
    boolean = _EMPTY_STORE.query("ASK {}" if is_true else "ASK { FILTER(false) }")
    assert isinstance(boolean, ox.QueryBoolean)
    return boolean
