"""A SPARQL server that a release is published into.

Facts go there by the Graph Store Protocol where its address is given, else by SPARQL Update.
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

#: Triples that are not divided any further when a server refuses an update as too long.
_MIN_UPDATE_TRIPLES: Final = 100
_JSON: Final = "application/sparql-results+json"


class Login(httpx.Auth):
    """A user name and a password, sent as the server asks for them: basic or digest."""

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
    """Where a server takes queries, updates and graphs; one of the last two is enough."""

    query: str
    update: str = ""
    graph_store: str = ""


class SparqlServer:
    """A client of the server, used from one thread."""

    def __init__(self, addresses: Addresses, login: Login | None) -> None:
        self._addresses = addresses
        self._client = httpx.Client(
            auth=login, timeout=PUBLISH_REQUEST_SECONDS, headers={"User-Agent": "un-votes-kg"}
        )
        #: The address without credentials.
        self.name = str(httpx.URL(addresses.query).copy_with(userinfo=b""))
        #: How many triples an update may have, as far as the server has shown.
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
        """Return the graphs of facts that are there, whole or not."""
        query = (
            "SELECT DISTINCT ?graph { GRAPH ?graph "
            f"{{ <{DATASET}> <{RDF.type}> <{VOID.Dataset}> }} }}"
        )
        return sorted(row[0] for row in self.rows(query) if row[0].startswith(FACTS_GRAPHS))

    def add(self, graph: str, triples: Sequence[ox.Triple]) -> None:
        """Add triples without blank nodes to a graph; those that are there stay as they are."""
        if self._addresses.graph_store:
            self._store("POST", graph, triples)
            return
        size = self._max_triples or len(triples)
        for start in range(0, len(triples), size):
            part = triples[start : start + size]
            try:
                self._update(f"INSERT DATA {{ GRAPH <{graph}> {{ {_text(part)} }} }}")
            except RefusedRequestError:
                # Some servers take updates of a few thousand triples only.
                if len(part) < 2 * _MIN_UPDATE_TRIPLES:
                    raise
                self._max_triples = len(part) // 2
                self.add(graph, triples[start:])
                return

    def put(self, graph: str, triples: Sequence[ox.Triple]) -> None:
        """Replace a graph, in one request: blank nodes stay the same within it."""
        if self._addresses.graph_store:
            self._store("PUT", graph, triples)
        else:
            text = f"INSERT DATA {{ GRAPH <{graph}> {{ {_text(triples)} }} }}"
            self._update(f"DROP SILENT GRAPH <{graph}> ; {text}")

    def drop(self, graph: str) -> None:
        """Remove a graph, if there is one."""
        if self._addresses.update:
            self._update(f"DROP SILENT GRAPH <{graph}>")
        else:
            self._send(
                "DELETE", self._addresses.graph_store, params={"graph": graph}, allowed=(404,)
            )

    def switch(self, facts: str, graphs: Mapping[str, Sequence[ox.Triple]]) -> None:
        """Put a graph of facts in force, with the named graphs that go with it.

        By one update where the server takes updates; else graph by graph, the facts last.
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
        """Send a request, again if the connection fails: all of them may be repeated.

        Raises:
            RefusedRequestError: if the server answers with a status that is no success.
            PublishError: if it cannot be reached.
        """
        for attempt in range(PUBLISH_RETRIES + 1):
            try:
                response = self._client.request(method, address, **request)  # type: ignore[arg-type]
                break
            except httpx.TransportError as error:
                if attempt == PUBLISH_RETRIES:
                    reason = str(error) or type(error).__name__
                    raise PublishError(
                        f"{self.name} cannot be reached: {reason}; "
                        "the same command goes on from here"
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
