"""What the rest of the service sees of an engine: a query in, a response in chunks out.

An engine is whatever evaluates SPARQL queries on a release: Oxigraph and the columnar engine, which
the local engine runs in worker processes; a SPARQL server, which the remote engine sends them to;
and the federated engine, which adds SERVICE to either.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, TypedDict, get_args

from kg.limits import LIGHT_LANES, RESPONSE_BYTES
from kg.sparql.evaluation import Dataset

if TYPE_CHECKING:
    # A worker process needs nothing of that module, which takes a while to import.
    from kg.release.release import Release

#: The engines of a worker process; a request may name the one that has to answer.
EngineName = Literal["oxigraph", "columnar"]
ENGINES: tuple[EngineName, ...] = get_args(EngineName)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may use, and how many queries may compute at the same time.

    ``workers`` queries may compute for all of ``seconds`` at once; ``light_lanes`` others are in
    their first fraction of a second.
    """

    workers: int
    seconds: float
    memory_mib: int
    response_bytes: int = RESPONSE_BYTES
    light_lanes: int = LIGHT_LANES


class Parameter(NamedTuple):
    """A term for a variable of a saved query: a literal if it has a datatype, else an IRI."""

    variable: str
    value: str
    datatype: str = ""


@dataclass(frozen=True, slots=True)
class QueryRequest:
    """A query with its dataset, its parameters, and the representation that the client accepts.

    ``content_coding`` is chosen from the client's Accept-Encoding, empty for none. ``engine`` is
    the engine that has to answer, empty for whichever is expected to be faster. ``client`` is the
    address of the client; the response does not depend on it.
    """

    query: str
    dataset: Dataset = field(default_factory=Dataset)
    format: str = ""
    accept: str = ""
    content_coding: str = ""
    parameters: tuple[Parameter, ...] = ()
    engine: EngineName | Literal[""] = ""
    client: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class ResponseMetadata:
    """What is known of a response when its first chunk is ready.

    ``length`` is in bytes, None for a response that is not complete yet. ``release`` is the name of
    the release that was queried, ``engine`` that of the engine that evaluated the query.
    ``headers`` (name and value) describe for programs how the response came about, ``remarks`` for
    people.
    """

    content_type: str
    content_coding: str
    length: int | None
    release: str
    engine: str
    headers: tuple[tuple[str, str], ...] = ()
    remarks: tuple[str, ...] = ()


class QueryResponse(Protocol):
    """A response that has begun; it must be closed, whether or not it is read to its end."""

    metadata: ResponseMetadata

    @property
    def row_count(self) -> int | None:
        """The number of solutions, known once the response has been read; None for a graph."""

    def chunks(self) -> AsyncGenerator[bytes, None]:
        """Yield the content, compressed; raise InterruptedResponseError if it breaks off."""

    async def close(self) -> None:
        """Free the resources of the response; abort the query if it is still running."""


class Engine(Protocol):
    """Evaluates queries on the current release."""

    async def start(self) -> None:
        """Acquire what the engine needs before the first query."""

    async def close(self) -> None:
        """Release it; running queries are aborted."""

    def release(self) -> Release:
        """Return the current release, on which new queries are evaluated."""

    async def execute(self, request: QueryRequest) -> QueryResponse:
        """Return the response to a query once its first chunk is ready."""


class RequestFields(TypedDict):
    """A request as a JSON object, without its client.

    Entity tags are hashes of it: another key or another order would make all of them new.
    """

    query: str
    default: tuple[str, ...]
    named: tuple[str, ...]
    format: str
    accept: str
    coding: str
    parameters: tuple[Parameter, ...]
    engine: EngineName | Literal[""]


def request_fields(request: QueryRequest) -> RequestFields:
    """Return a request as a JSON object, for a worker process or an entity tag."""
    return {
        "query": request.query,
        "default": request.dataset.default,
        "named": request.dataset.named,
        "format": request.format,
        "accept": request.accept,
        "coding": request.content_coding,
        "parameters": request.parameters,
        "engine": request.engine,
    }
