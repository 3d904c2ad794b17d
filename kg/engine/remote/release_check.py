"""Checking which release another server holds, and whether the server supports our queries.

A graph on the server names the graph with the facts of the current release; ``kg publish`` writes
both. A server that holds the triples in its default graph is also supported.
"""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kg.engine.interface import QueryRequest
from kg.errors import ReleaseError, UnavailableError
from kg.rdf.vocabulary import CURRENT_GRAPH, DATASET, DCAT, FACTS_GRAPHS, NAMED_GRAPHS, VOID
from kg.release.release import Release, ReleasePointer
from kg.release.void import DESCRIPTION_FILE
from kg.sparql.evaluation import Dataset

_CURRENT: Final = (
    f"SELECT ?graph {{ GRAPH <{CURRENT_GRAPH}> "
    f"{{ <{DATASET}> <{DCAT.hasCurrentVersion}> ?graph }} }}"
)
_SIZE: Final = f"SELECT ?n {{ <{DATASET}> <{VOID.triples}> ?n }}"
#: A query of each form with a non-empty result, and the format to request.
_TEST_QUERIES: Final = {
    "SELECT": QueryRequest(_SIZE, format="json"),
    "ASK": QueryRequest(f"ASK {{ <{DATASET}> <{VOID.triples}> ?n }}", format="json"),
    "CONSTRUCT": QueryRequest(
        f"CONSTRUCT {{ <{DATASET}> <{VOID.triples}> ?n }} "
        f"WHERE {{ <{DATASET}> <{VOID.triples}> ?n }}",
        format="ntriples",
    ),
}


@dataclass(frozen=True)
class HeldRelease:
    """The release on the server, and the graphs to query there (empty for its default graph)."""

    release: Release
    graphs: Dataset


@dataclass(frozen=True)
class SmallResult:
    """The content of a short response, and the media type sent by the server."""

    content: bytes
    source_media_type: str


class ReleaseCheck:
    """Checks a server for the releases of a data folder.

    ``server`` is its address for messages; ``query`` sends it a request on given graphs.
    """

    def __init__(
        self,
        data: Path,
        server: str,
        query: Callable[[QueryRequest, Dataset], Awaitable[SmallResult]],
    ) -> None:
        self._data = data
        self._pointer = ReleasePointer(data)
        self._server = server
        self._query = query

    async def find_release(self) -> HeldRelease:
        """Return the release that the server holds.

        Raises:
            ReleaseError: if it is not in the data folder.
            UnavailableError: if the server holds no release.
        """
        graphs = await self._values(_CURRENT, "graph", Dataset())
        if not graphs:
            return await self._release_in_default_graph()
        name = graphs[0].removeprefix(FACTS_GRAPHS)
        if len(graphs) > 1 or not re.fullmatch(r"\w[\w.-]*", name):
            raise UnavailableError(
                f"expected one current graph below {FACTS_GRAPHS}, found {' and '.join(graphs)} "
                f"on {self._server}"
            )
        release = Release(self._data / "releases" / name)
        if not release.manifest_file.is_file():
            raise ReleaseError(
                f"{self._server} holds release {name}, which is not in the data folder; copy it "
                "there with kg adopt",
                self._data,
            )
        return HeldRelease(release, Dataset((graphs[0],), NAMED_GRAPHS))

    async def _release_in_default_graph(self) -> HeldRelease:
        """Return the current release of the data folder, if the server's default graph has it.

        Raises:
            ReleaseError: if it holds another release.
            UnavailableError: if it holds no release.
        """
        release = self._pointer.current()
        sizes = set(await self._values(_SIZE, "n", Dataset()))
        if not sizes:
            raise UnavailableError(
                f"{self._server} holds no release; publish one there with kg publish"
            )
        description = release.text(DESCRIPTION_FILE)
        own_size = re.search(
            rf'<{re.escape(DATASET)}> <{re.escape(VOID.triples)}> "(\d+)"', description
        )
        if own_size is None or sizes != {own_size[1]}:
            raise ReleaseError(
                f"the default graph of {self._server} does not hold release {release.name}: "
                f"it describes {' and '.join(sorted(sizes))} triples"
            )
        return HeldRelease(release, Dataset())

    async def describe_support(self, held: HeldRelease) -> str:
        """Test every query form, and describe the responses of the server.

        Raises:
            UnavailableError: if the server cannot be used.
        """
        media_types = {}
        for form, request in _TEST_QUERIES.items():
            result = await self._query(request, held.graphs)
            if _is_empty(form, result.content):
                raise UnavailableError(
                    f"{self._server} cannot be used: it returns an empty result for {request.query}"
                )
            media_types[form] = result.source_media_type
        where = "its default graph, queried without graph parameters"
        if held.graphs.default:
            where = f"graph {held.graphs.default[0]}"
            if await self._values(_SIZE, "n", Dataset((CURRENT_GRAPH,))):
                raise UnavailableError(
                    f"{self._server} cannot be used: it ignores default-graph-uri"
                )
        forms = ", ".join(f"{form} as {media_type}" for form, media_type in media_types.items())
        return f"engine {self._server}: release {held.release.name} in {where}; {forms}"

    async def _values(self, query: str, variable: str, graphs: Dataset) -> list[str]:
        """Return the values of the only variable of a SELECT.

        Raises:
            UnavailableError: if the server returns another variable.
        """
        result = await self._query(QueryRequest(query, format="json"), graphs)
        bindings = _bindings(result.content)
        if not all(variable in binding for binding in bindings):
            raise UnavailableError(
                f"{self._server} cannot be used: it does not return the variable of {query}"
            )
        return [binding[variable]["value"] for binding in bindings]


def _bindings(content: bytes) -> list[dict[str, dict[str, str]]]:
    bindings: list[dict[str, dict[str, str]]] = json.loads(content)["results"]["bindings"]
    return bindings


def _is_empty(form: str, content: bytes) -> bool:
    match form:
        case "SELECT":
            return not _bindings(content)
        case "ASK":
            return json.loads(content)["boolean"] is False
    return not content.splitlines()
