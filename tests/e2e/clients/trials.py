"""The operations and formats that every client tries, on the embedded release."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from kg.rdf.vocabulary import BASE, PREFIXES

_PREFIXES: Final = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("unv", "rdfs"))
_VOTE: Final = '?event unv:decides/unv:symbol "A/RES/ES-11/1"'


@dataclass(frozen=True)
class Operation:
    """A query, and the number of rows or triples in its answer; 1 if an ASK is true."""

    name: str
    query: str
    size: int


#: The five states against A/RES/ES-11/1; the first of them votes.
OPERATIONS: Final = {
    operation.name: operation
    for operation in (
        Operation(
            "SELECT",
            f"{_PREFIXES}SELECT ?state ?name {{ {_VOTE} ; unv:against ?state . "
            "?state rdfs:label ?name }",
            5,
        ),
        Operation("ASK", f"{_PREFIXES}ASK {{ {_VOTE} ; unv:yesCount 141 }}", 1),
        Operation(
            "CONSTRUCT",
            f"{_PREFIXES}CONSTRUCT {{ ?state rdfs:label ?name }} WHERE "
            f"{{ {_VOTE} ; unv:against ?state . ?state rdfs:label ?name }}",
            5,
        ),
        Operation("DESCRIBE", f"DESCRIBE <{BASE}id/vote/A-RES-ES-11-1/RUS>", 6),
    )
}
RESULTS: Final = {
    "json": "application/sparql-results+json",
    "xml": "application/sparql-results+xml",
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
}
GRAPHS: Final = {
    "turtle": "text/turtle",
    "ntriples": "application/n-triples",
    "jsonld": "application/ld+json",
    "rdfxml": "application/rdf+xml",
}
MEDIA_TYPES: Final = RESULTS | GRAPHS | {"n3": "text/n3"}


@dataclass(frozen=True)
class Trial:
    """An operation of a client in a format, by an HTTP method if the client offers a choice.

    The format is empty where the client chooses it.
    """

    client: str
    operation: str
    format: str = ""
    method: str = "GET"

    @property
    def key(self) -> str:
        """The name of the trial in addresses."""
        parts = (self.client, self.operation, self.format or "default", self.method)
        return "-".join("".join(filter(str.isalnum, part)).lower() for part in parts)

    @property
    def query(self) -> str:
        """The query."""
        return OPERATIONS[self.operation].query

    @property
    def media_type(self) -> str:
        """The media type of the format, empty where the client chooses it."""
        return MEDIA_TYPES.get(self.format, "")


#: Returns the sizes of the answers by trial, for endpoints by trial; a text is an error.
Run = Callable[[dict[Trial, str]], dict[Trial, int | str]]


@dataclass(frozen=True)
class Client:
    """A client; ``missing`` returns why it cannot be tried, or an empty text."""

    name: str
    version: Callable[[], str]
    trials: tuple[Trial, ...]
    run: Run
    missing: Callable[[], str] = lambda: ""


def trials(
    client: str,
    formats: dict[str, Iterable[str]],
    methods: Iterable[str] = ("GET",),
) -> tuple[Trial, ...]:
    """Return the trials of a client: the formats by operation, each by some methods."""
    return tuple(
        Trial(client, operation, name, method)
        for operation, names in formats.items()
        for name in names
        for method in methods
    )
