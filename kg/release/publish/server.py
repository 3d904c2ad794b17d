"""A SPARQL server into which a release is published.

Facts are sent by the Graph Store Protocol if its address is given, otherwise by SPARQL Update.
https://www.w3.org/TR/sparql11-http-rdf-update/, https://www.w3.org/TR/sparql11-update/
"""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import httpx
import pyoxigraph as ox

from kg.errors import PublishError, RefusedRequestError
from kg.limits import PUBLISH_REQUEST_SECONDS, PUBLISH_RETRIES, PUBLISH_RETRY_SECONDS
from kg.rdf.vocabulary import CURRENT_GRAPH, DATASET, DCAT, FACTS_GRAPHS, RDF, VOID

#: The smallest number of triples to which an update is divided if a server rejects its size.
_MIN_UPDATE_TRIPLES: Final = 100
_JSON: Final = "application/sparql-results+json"


class Login(httpx.Auth):
    """A user name and password, sent by the scheme that the server requests: basic or digest."""

    def __init__(self, user: str, password: str) -> None:
        self._digest = httpx.DigestAuth(user, password)
        self._basic = httpx.BasicAuth(user, password)
        self._scheme: httpx.Auth | None = None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """See ``httpx.Auth``."""
        if self._scheme is None:
            response = yield request
            if response.status_code != 401:
                return
            challenge = response.headers.get("www-authenticate", "").lower()
            self._scheme = self._digest if "digest" in challenge else self._basic
        yield from self._scheme.auth_flow(request)


@dataclass(frozen=True)
class Addresses:
    """The addresses of a server for queries, updates and graphs; the last two are alternatives."""

    query: str
    update: str = ""
    graph_store: str = ""


class SparqlServer:
    """A client of the server, for use in one thread."""

    def __init__(self, addresses: Addresses, login: Login | None) -> None:
        self._addresses = addresses
        self._client = httpx.Client(
            auth=login, timeout=PUBLISH_REQUEST_SECONDS, headers={"User-Agent": "un-votes-kg"}
        )
        #: The address without credentials.
        self.name = str(httpx.URL(addresses.query).copy_with(userinfo=b""))
        #: The number of triples that the server is known to accept in an update.
        self._max_triples = 0

    def rows(self, query: str) -> list[list[str]]:
        """Return the rows of a SELECT as texts.

        Raises:
            PublishError: if the server does not answer it.
        """
        response = self._send(
            "POST", self._addresses.query, data={"query": query}, headers={"Accept": _JSON}
        )
        try:
            rows = ox.parse_query_results(response.content, ox.QueryResultsFormat.JSON)
        except (SyntaxError, ValueError) as error:
            raise PublishError(f"{self.name} did not answer in SPARQL JSON: {error}") from error
        if not isinstance(rows, ox.QuerySolutions):
            raise PublishError(f"{self.name} did not answer a SELECT with a table")
        return [[getattr(term, "value", "") for term in row] for row in rows]

    def current_graph(self) -> str:
        """Return the current graph of facts, empty if there is none."""
        rows = self.rows(
            f"SELECT ?graph {{ GRAPH <{CURRENT_GRAPH}> "
            f"{{ <{DATASET}> <{DCAT.hasCurrentVersion}> ?graph }} }}"
        )
        return rows[0][0] if rows else ""

    def facts_graphs(self) -> list[str]:
        """Return the existing facts graphs, complete or not."""
        query = (
            "SELECT DISTINCT ?graph { GRAPH ?graph "
            f"{{ <{DATASET}> <{RDF.type}> <{VOID.Dataset}> }} }}"
        )
        return sorted(row[0] for row in self.rows(query) if row[0].startswith(FACTS_GRAPHS))

    def add(self, graph: str, triples: Sequence[ox.Triple]) -> None:
        """Add triples without blank nodes to a graph; existing triples are unchanged."""
        if self._addresses.graph_store:
            self._store("POST", graph, triples)
            return
        size = self._max_triples or len(triples)
        for start in range(0, len(triples), size):
            part = triples[start : start + size]
            try:
                self._update(f"INSERT DATA {{ GRAPH <{graph}> {{ {_text(part)} }} }}")
            except RefusedRequestError:
                # Some servers accept only updates of a few thousand triples.
                if len(part) < 2 * _MIN_UPDATE_TRIPLES:
                    raise
                self._max_triples = len(part) // 2
                self.add(graph, triples[start:])
                return

    def put(self, graph: str, triples: Sequence[ox.Triple]) -> None:
        """Replace a graph in one request, so that its blank nodes remain the same."""
        if self._addresses.graph_store:
            self._store("PUT", graph, triples)
        else:
            text = f"INSERT DATA {{ GRAPH <{graph}> {{ {_text(triples)} }} }}"
            self._update(f"DROP SILENT GRAPH <{graph}> ; {text}")

    def drop(self, graph: str) -> None:
        """Remove a graph, if it exists."""
        if self._addresses.update:
            self._update(f"DROP SILENT GRAPH <{graph}>")
        else:
            self._send(
                "DELETE", self._addresses.graph_store, params={"graph": graph}, allowed=(404,)
            )

    def switch(self, facts: str, graphs: Mapping[str, Sequence[ox.Triple]]) -> None:
        """Make a facts graph current, with its named graphs.

        This takes one update if the server accepts updates, otherwise one request per graph, with
        the facts last.
        """
        current = ox.Triple(
            ox.NamedNode(DATASET), ox.NamedNode(DCAT.hasCurrentVersion), ox.NamedNode(facts)
        )
        if not self._addresses.update:
            for graph, triples in graphs.items():
                self.put(graph, triples)
            self.put(CURRENT_GRAPH, [current])
            return
        steps = []
        for graph, triples in graphs.items():
            following = f"{graph}/next"
            self.put(following, triples)
            steps.append(f"COPY GRAPH <{following}> TO GRAPH <{graph}>")
        self._update(
            " ;\n".join(
                [
                    *steps,
                    f"DELETE WHERE {{ GRAPH <{CURRENT_GRAPH}> {{ ?s ?p ?o }} }}",
                    f"INSERT DATA {{ GRAPH <{CURRENT_GRAPH}> {{ {current} }} }}",
                ]
            )
        )
        for graph in graphs:
            self.drop(f"{graph}/next")

    def _store(self, method: str, graph: str, triples: Sequence[ox.Triple]) -> None:
        self._send(
            method,
            self._addresses.graph_store,
            params={"graph": graph},
            content=_text(triples).encode(),
            headers={"Content-Type": "application/n-triples"},
        )

    def _update(self, text: str) -> None:
        self._send(
            "POST",
            self._addresses.update,
            content=text.encode(),
            headers={"Content-Type": "application/sparql-update"},
        )

    def _send(
        self, method: str, address: str, allowed: tuple[int, ...] = (), **request: object
    ) -> httpx.Response:
        """Send a request, and repeat it if the connection fails: all requests are repeatable.

        Raises:
            RefusedRequestError: if the server answers with an error status.
            PublishError: if the server cannot be reached.
        """
        for attempt in range(PUBLISH_RETRIES + 1):
            try:
                response = self._client.request(method, address, **request)  # type: ignore[arg-type]
                break
            except httpx.TransportError as error:
                if attempt == PUBLISH_RETRIES:
                    reason = str(error) or type(error).__name__
                    raise PublishError(
                        f"{self.name} cannot be reached: {reason}; run the same command to resume"
                    ) from error
                time.sleep(PUBLISH_RETRY_SECONDS * 2**attempt)
        if response.is_success or response.status_code in allowed:
            return response
        raise RefusedRequestError(
            f"{self.name} refused {method} with status {response.status_code}: "
            f"{response.text.strip()[:300]}"
        )


def _text(triples: Sequence[ox.Triple]) -> str:
    """Return triples as N-Triples."""
    return (ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"").decode()
