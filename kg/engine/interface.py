"""The interface of an engine to the rest of the service: a query in, a response in chunks out.

An engine evaluates SPARQL queries on a release. The local engine runs Oxigraph and the columnar
engine in worker processes, the remote engine sends queries to a SPARQL server, and the federated
engine adds SERVICE to either.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Protocol, TypedDict, get_args

from kg.limits import LIGHT_LANES, RESPONSE_BYTES
from kg.sparql.evaluation import Dataset

if TYPE_CHECKING:
    # Worker processes do not need these modules, which are slow to import.
    from kg.release.monitor import ReleaseMonitor
    from kg.release.release import Release

#: The release on which queries of the running task are evaluated, None for that which is served.
PREPARED_RELEASE: Final[ContextVar[Release | None]] = ContextVar("prepared_release", default=None)
#: The engines of a worker process; a request may name the one to use.
EngineName = Literal["oxigraph", "columnar"]
ENGINES: tuple[EngineName, ...] = get_args(EngineName)


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one query, and the number of queries that may compute at the same time.

    At most ``workers`` queries at once may compute for the full ``seconds``; ``light_lanes`` others
    may be in their first fraction of a second.
    """

    workers: int
    seconds: float
    memory_mib: int
    response_bytes: int = RESPONSE_BYTES
    light_lanes: int = LIGHT_LANES


class Parameter(NamedTuple):
    """A term bound to a variable of a saved query: a literal if it has a datatype, else an IRI."""

    variable: str
    value: str
    datatype: str = ""


@dataclass(frozen=True, slots=True)
class QueryRequest:
    """A query with its dataset, its parameters, and the representation that the client accepts.

    ``format`` names formats, separated by commas: the first that suits the query is used, and
    ``accept`` (the Accept header) if none does. ``content_coding`` is chosen from the client's
    Accept-Encoding, empty for none. ``engine`` is the engine to use, empty for the one expected to
    be faster. ``client`` is the client that waits for the response, and ``is_page`` whether a page
    asks this, rather than the client itself; the response depends on neither. ``is_rewritten``
    states whether the query contains values that a SERVICE returned: what they are does not decide
    the columns of a table.
    """

    query: str
    dataset: Dataset = field(default_factory=Dataset)
    format: str = ""
    accept: str = ""
    content_coding: str = ""
    parameters: tuple[Parameter, ...] = ()
    engine: EngineName | Literal[""] = ""
    client: str = field(default="", compare=False)
    is_page: bool = field(default=False, compare=False)
    is_rewritten: bool = False


@dataclass(frozen=True, slots=True)
class ResponseMetadata:
    """The metadata of a response, known when its first chunk is ready.

    ``length`` is in bytes, None for a response that is not complete yet. ``release`` is the name of
    the release that was queried, ``engine`` that of the engine that evaluated the query.
    ``headers`` (names and values) describe for programs how the response was computed, ``remarks``
    for people.
    """

    content_type: str
    content_coding: str
    length: int | None
    release: str
    engine: str
    headers: tuple[tuple[str, str], ...] = ()
    remarks: tuple[str, ...] = ()


class QueryResponse(Protocol):
    """A response that has begun; it must be closed, even if it is not read to its end."""

    metadata: ResponseMetadata

    @property
    def row_count(self) -> int | None:
        """The number of solutions, known once the response has been read; None for a graph."""

    def chunks(self) -> AsyncGenerator[bytes, None]:
        """Yield the compressed content; raise InterruptedResponseError if it ends early."""

    async def close(self) -> None:
        """Free the resources of the response; abort the query if it is still running."""


class Engine(Protocol):
    """Evaluates queries on the current release, and watches it for damage."""

    @property
    def monitor(self) -> ReleaseMonitor:
        """What is known of damage to the current release."""

    async def start(self) -> None:
        """Acquire the resources that the engine needs before the first query."""

    async def close(self) -> None:
        """Release all resources; running queries are aborted."""

    def release(self) -> Release:
        """Return the release that is served, on which new queries are evaluated."""

    def next_release(self) -> AbstractAsyncContextManager[Release]:
        """Open the current release of the data folder, and serve it at the end of the context.

        In it the queries of the running task are evaluated on that release, so that what they read
        is at hand for the first request. From the first call on, another release is served only
        after a call.

        Raises:
            ReleaseError: if there is none that can be served.
            KgError: if it cannot be opened; the release before is served as long as it is there.
        """

    def warnings(self) -> tuple[str, ...]:
        """Return sentences for operators on what is amiss although all queries are answered."""

    async def execute(self, request: QueryRequest) -> QueryResponse:
        """Return the response to a query once its first chunk is ready."""


class RequestFields(TypedDict):
    """A request as a JSON object, without its client.

    Entity tags are hashes of it: changing its keys or their order would change all of them.
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
