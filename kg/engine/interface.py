"""What the service sees of an engine: a question in, an answer in pieces out, within limits."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol, get_args

from kg.release.release import Release
from kg.sparql.evaluation import Dataset

#: The engines that answer; a question may ask for one of them.
EngineName = Literal["oxigraph", "columnar"]
ENGINES: tuple[EngineName, ...] = get_args(EngineName)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may take: seconds of computing, MiB of memory, bytes of answer.

    ``workers`` queries may compute for their full time at once, ``light_lanes`` others for their
    first fraction of a second.
    """

    workers: int = 2
    seconds: float = 60.0
    memory: int = 1024
    result: int = 2**30
    light_lanes: int = 3


class Parameter(NamedTuple):
    """A term for a variable; a literal has a datatype, an IRI has none."""

    variable: str
    value: str
    datatype: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A query as it came: its text, its dataset, the formats and the coding the client takes.

    ``parameters`` are terms bound to variables of a saved query. ``engine`` is the engine that is
    to answer, empty for whichever is sooner. ``client`` is who asks; what is answered does not
    depend on it.
    """

    query: str
    dataset: Dataset = field(default_factory=Dataset)
    format: str = ""
    accept: str = ""
    coding: str = ""
    parameters: tuple[Parameter, ...] = ()
    engine: EngineName | Literal[""] = ""
    client: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of an answer when its first piece is ready.

    ``length`` in bytes is known for short answers only. ``release`` names what was asked,
    ``engine`` what answered. ``headers`` tell a client how the answer came about, by name;
    ``remarks`` tell a person.
    """

    content_type: str
    coding: str
    length: int | None
    release: str
    engine: str
    headers: tuple[tuple[str, str], ...] = ()
    remarks: tuple[str, ...] = ()


class Answer(Protocol):
    """An answer that has begun; its pieces are to be read, and it is to be closed in any case."""

    head: Head

    @property
    def rows(self) -> int | None:
        """How many solutions it held, once it has been read; None if that is not known."""

    def pieces(self) -> AsyncGenerator[bytes, None]:
        """Yield the answer, coded; raise InterruptedAnswerError if it breaks off."""

    async def close(self) -> None:
        """Free what the answer holds; one that has not been read to the end is given up."""


class Engine(Protocol):
    """Answers questions about the release in force."""

    async def start(self) -> None:
        """Make ready."""

    async def close(self) -> None:
        """End; queries under way break off."""

    def release(self) -> Release:
        """Return the release that new queries are asked of."""

    async def ask(self, question: Question) -> Answer:
        """Return the answer to a question once its first piece is ready."""


def question_fields(question: Question) -> dict[str, Any]:
    """Return a question as a JSON object, for a process that answers it."""
    return {
        "query": question.query,
        "default": question.dataset.default,
        "named": question.dataset.named,
        "format": question.format,
        "accept": question.accept,
        "coding": question.coding,
        "parameters": question.parameters,
        "engine": question.engine,
    }
