"""The query library: ``queries/*.rq`` with a header in the grlc convention (contract A6).

Lines that start with ``#+`` are YAML: ``summary``, ``description``, ``tags`` and ``params``.
A parameter is a variable of the query whose name starts with an underscore, as in grlc, so the
query stays valid SPARQL on its own; it is bound to a term, never pasted into the text.
See https://github.com/CLARIAH/grlc.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pyoxigraph as ox
import yaml

from kg import resources
from kg.errors import QueryError
from kg.model.symbols import slug
from kg.rdf import iris
from kg.rdf.vocabulary import WIKIDATA_ENTITY, XSD
from kg.sparql.evaluation import Term

_SELECT: Final = re.compile(r"\bSELECT\b([^{}]*?)\bWHERE\s*\{")
_VARIABLE: Final = re.compile(r"\?(_\w+)")


def _event_key(value: str) -> str:
    """Return the key of an event from a symbol, or from the key of a roll call without one."""
    return value if re.fullmatch(r"[a-z-]+-\d+", value) else slug(value)


#: What a value of each type of parameter becomes.
TYPES: Final[dict[str, Callable[[str], Term]]] = {
    "state": lambda value: ox.NamedNode(iris.state(value)),
    "resolution": lambda value: ox.NamedNode(iris.resolution(value)),
    "event": lambda value: ox.NamedNode(iris.event(_event_key(value))),
    "proposal": lambda value: ox.NamedNode(iris.thing("proposal", value)),
    "source": lambda value: ox.NamedNode(iris.thing("source", value)),
    "topic": lambda value: ox.NamedNode(iris.thing("topic", value)),
    "item": lambda value: ox.NamedNode(WIKIDATA_ENTITY + value),
    "text": ox.Literal,
    "integer": lambda value: ox.Literal(value, datatype=ox.NamedNode(XSD.integer)),
    "date": lambda value: ox.Literal(value, datatype=ox.NamedNode(XSD.date)),
}


@dataclass(frozen=True)
class Parameter:
    """A parameter of a saved query; values must match the pattern as a whole."""

    name: str
    type: str
    pattern: str
    default: str
    description: str

    @property
    def variable(self) -> str:
        """The name of the variable it is bound to."""
        return f"_{self.name}"

    def term(self, value: str) -> Term:
        """Return the term for a value.

        Raises:
            QueryError: if the value does not match the pattern.
        """
        if not re.fullmatch(self.pattern, value):
            raise QueryError(
                f"parameter {self.name}: {value!r} does not match {self.pattern} "
                f"({self.description})"
            )
        try:
            return TYPES[self.type](value)
        except ValueError as error:
            raise QueryError(f"parameter {self.name}: {value!r}: {error}") from error


@dataclass(frozen=True)
class SavedQuery:
    """A query of the library, or any file in its form."""

    name: str
    text: str
    summary: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = field(default=())

    def bind(self, values: Mapping[str, str]) -> dict[str, Term]:
        """Return the terms of all parameters by variable, defaults where no value is given.

        Raises:
            QueryError: if a value does not fit, or names no parameter.
        """
        known = [parameter.name for parameter in self.parameters]
        unknown = sorted(set(values) - set(known))
        if unknown:
            raise QueryError(
                f"no parameter {', '.join(unknown)}; "
                + (f"this query has {', '.join(known)}" if known else "this query has none")
            )
        return {p.variable: p.term(values.get(p.name, p.default)) for p in self.parameters}


def parse(name: str, text: str) -> SavedQuery:
    """Return a query with what its header says.

    Raises:
        QueryError: if the header is not as it should be.
    """
    header = "\n".join(line[2:] for line in text.splitlines() if line.startswith("#+"))
    try:
        said: Any = yaml.safe_load(header) or {}
    except yaml.YAMLError as error:
        raise QueryError(f"{name}: the header is not YAML ({error})") from error
    if not isinstance(said, dict):
        raise QueryError(f"{name}: the header is not a list of names and values")
    return SavedQuery(
        name=name,
        text=text,
        summary=str(said.get("summary", "")),
        description=str(said.get("description", "")),
        tags=tuple(str(tag) for tag in said.get("tags", ())),
        parameters=tuple(_parameter(name, one) for one in said.get("params", ())),
    )


def library() -> dict[str, SavedQuery]:
    """Return the queries that ship with the package by name."""
    return {
        file.removesuffix(".rq"): parse(file.removesuffix(".rq"), text)
        for file, text in resources.texts("queries", ".rq").items()
    }


def with_values(text: str, terms: Mapping[str, Term]) -> str:
    """Return the text of a saved query with terms for variables, as it can be sent anywhere.

    A parameter is named by every SELECT that it goes through, so VALUES stands in each of them.
    """

    def filled(match: re.Match[str]) -> str:
        given = [f"VALUES ?{name} {{ {terms[name]} }}" for name in _VARIABLE.findall(match[1])
                 if name in terms]  # fmt: skip
        return " ".join([match[0], *given])

    return _SELECT.sub(filled, text)


def _parameter(query: str, said: Any) -> Parameter:
    wanted = ("name", "type", "pattern", "default", "description")
    missing = [key for key in wanted if not isinstance(said, dict) or key not in said]
    if missing:
        raise QueryError(f"{query}: a parameter lacks {', '.join(missing)}")
    parameter = Parameter(*(str(said[key]) for key in wanted))
    if parameter.type not in TYPES:
        raise QueryError(
            f"{query}: parameter {parameter.name} is of type {parameter.type}; "
            f"expected one of {', '.join(TYPES)}"
        )
    return parameter
