"""The query library: ``queries/*.rq`` with a header in the grlc convention.

Lines that start with ``#+`` are YAML: ``summary``, ``description``, ``tags`` and ``params``, and
two of our own: ``requires`` (sources of which a release needs one) and ``example`` (no, if the
usual answer is empty).
A parameter is a variable of the query whose name starts with an underscore, as in grlc, so the
query is valid SPARQL by itself; a value is bound as a term, never inserted as text.
See https://github.com/CLARIAH/grlc.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import pyoxigraph as ox
import yaml

from kg import resources, yaml_nodes
from kg.errors import QueryError
from kg.model.symbol_spelling import document_key
from kg.model.symbols import slug
from kg.rdf import iris
from kg.rdf.vocabulary import LABEL_LANGUAGE, WIKIDATA_ENTITY, XSD
from kg.sources.states import embedded_names
from kg.sparql.algebra import Term
from kg.sparql.lexer import LexicalError, Token, tokenize
from kg.sparql.syntax_errors import syntax_error

#: The keys of a parameter in the header, all of them required.
_PARAMETER_KEYS: Final = ("name", "type", "pattern", "default", "description")


def _event_key(value: str) -> str:
    """Return the key of an event from a symbol, or from the key of a roll call without one."""
    return value if re.fullmatch(r"[a-z-]+-\d+", value) else document_key(value)


#: By parameter type: the function that converts a value to a term.
TYPES: Final[dict[str, Callable[[str], Term]]] = {
    "state": lambda value: ox.NamedNode(iris.state(value)),
    "resolution": lambda value: ox.NamedNode(iris.document(value)),
    "event": lambda value: ox.NamedNode(iris.event(_event_key(value))),
    "proposal": lambda value: ox.NamedNode(iris.thing("proposal", value)),
    "source": lambda value: ox.NamedNode(iris.thing("source", value)),
    "session": lambda value: ox.NamedNode(iris.thing("session", value)),
    "meeting": lambda value: ox.NamedNode(iris.thing("meeting", slug(value))),
    "topic": lambda value: ox.NamedNode(iris.thing("topic", value)),
    "item": lambda value: ox.NamedNode(WIKIDATA_ENTITY + value),
    "text": ox.Literal,
    "integer": lambda value: ox.Literal(value, datatype=ox.NamedNode(XSD.integer)),
    "date": lambda value: ox.Literal(value, datatype=ox.NamedNode(XSD.date)),
}

#: By parameter type: the function that finds the value for a name; other types have no names.
_VALUES_OF_NAMES: Final[dict[str, Callable[[str], str]]] = {
    "state": lambda name: embedded_names().key(name)
}

#: The filter for labels in the files of the library, which are written for English.
_ENGLISH: Final = re.compile(r'(\bLANG\(\?\w+\) = )"en"')


@dataclass(frozen=True)
class Parameter:
    """A parameter of a saved query; the whole value must match the pattern.

    A state may be given by any of its names, codes or identifiers too.
    """

    name: str
    type: str
    pattern: str
    default: str
    description: str

    @property
    def variable(self) -> str:
        """The name of the variable to which it is bound."""
        return f"_{self.name}"

    def value(self, text: str) -> str:
        """Return the value that a text means, such as the key of the state with a name.

        Raises:
            QueryError: if a name is unknown or ambiguous, or the value does not match the pattern.
        """
        value = text
        if find := _VALUES_OF_NAMES.get(self.type):
            try:
                value = find(text)
            except ValueError as error:
                raise QueryError(f"parameter {self.name}: {error}") from error
        if not re.fullmatch(self.pattern, value):
            raise QueryError(
                f"parameter {self.name}: {value!r} does not match {self.pattern} "
                f"({self.description})"
            )
        return value

    def term(self, text: str) -> Term:
        """Return the term for a text.

        Raises:
            QueryError: if the text has no value (see ``value``).
        """
        value = self.value(text)
        try:
            return TYPES[self.type](value)
        except ValueError as error:
            raise QueryError(f"parameter {self.name}: {value!r}: {error}") from error


@dataclass(frozen=True)
class SavedQuery:
    """A query of the library, or of any file in its format."""

    name: str
    text: str
    summary: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = field(default=())
    #: Sources of which a release needs one for an answer with its defaults; empty if it needs none.
    requires: tuple[str, ...] = ()
    #: Whether it has an answer that is worth showing; one that looks for errors has none.
    is_example: bool = True

    def bind(self, values: Mapping[str, str]) -> dict[str, Term]:
        """Return the terms of all parameters by variable, with defaults for missing values.

        Raises:
            QueryError: if a value is unusable or a parameter is unknown.
        """
        return {
            parameter.variable: parameter.term(value)
            for parameter, value in zip(self.parameters, self.values(values).values(), strict=True)
        }

    def values(self, texts: Mapping[str, str]) -> dict[str, str]:
        """Return the values of all parameters by name, with defaults for missing ones.

        Raises:
            QueryError: if a text has no value or a parameter is unknown.
        """
        names = [parameter.name for parameter in self.parameters]
        unknown = sorted(set(texts) - set(names))
        if unknown:
            raise QueryError(
                f"unknown parameter {', '.join(unknown)}; "
                + (f"expected {', '.join(names)}" if names else "this query has no parameters")
            )
        return {p.name: p.value(texts.get(p.name, p.default)) for p in self.parameters}

    def text_with_values(self, values: Mapping[str, str]) -> str:
        """Return the query without its header and with values inserted, for any SPARQL endpoint.

        Raises:
            QueryError: if a value does not match its pattern or a parameter is unknown.
        """
        body = "\n".join(line for line in self.text.splitlines() if not line.startswith("#+"))
        return with_values(body, self.bind(values)).strip() + "\n"

    def is_answered_by(self, sources: Collection[str]) -> bool:
        """Return whether it is an example for a release with some sources."""
        required = set(self.requires)
        return self.is_example and (not required or not required.isdisjoint(sources))


def parse(name: str, text: str) -> SavedQuery:
    """Return a query with the metadata of its header.

    Raises:
        QueryError: if the header is malformed.
    """
    lines = "\n".join(line[2:] for line in text.splitlines() if line.startswith("#+"))
    try:
        header = yaml_nodes.load(lines) or {}
    except yaml.YAMLError as error:
        raise QueryError(f"{name}: the header is not valid YAML ({error})") from error
    if not isinstance(header, dict):
        raise QueryError(f"{name}: the header is not a YAML mapping")
    return SavedQuery(
        name=name,
        text=text,
        summary=str(header.get("summary", "")),
        description=str(header.get("description", "")),
        tags=tuple(str(tag) for tag in header.get("tags", ())),
        parameters=tuple(_parameter(name, entry) for entry in header.get("params", ())),
        requires=tuple(str(source) for source in header.get("requires", ())),
        is_example=bool(header.get("example", True)),
    )


@functools.cache
def library() -> Mapping[str, SavedQuery]:
    """Return the queries of the package by name, with labels in ``LABEL_LANGUAGE``; read once."""
    texts = {
        file.removesuffix(".rq"): _ENGLISH.sub(rf'\1"{LABEL_LANGUAGE}"', text)
        for file, text in resources.texts("queries", ".rq").items()
    }
    return MappingProxyType({name: parse(name, text) for name, text in texts.items()})


def with_values(text: str, terms: Mapping[str, Term]) -> str:
    """Return the text of a saved query with its parameters in VALUES blocks, for any endpoint.

    A block is added to every SELECT that projects the parameter.

    Raises:
        QueryError: if the text is not SPARQL.
    """
    if not terms:
        return text
    try:
        tokens = tokenize(text)
    except LexicalError as error:
        raise syntax_error(text, error) from error
    values: dict[int, str] = {}
    for place, token in enumerate(tokens):
        if token.is_word("SELECT"):
            variables, brace = _projection(tokens[place + 1 :])
            named = [name for name in variables if name in terms]
            values[brace.end] = "".join(f" VALUES ?{name} {{ {terms[name]} }}" for name in named)
    # From the end, so that earlier positions remain valid.
    for position in sorted(values, reverse=True):
        text = text[:position] + values[position] + text[position:]
    return text


def _projection(tokens: list[Token]) -> tuple[list[str], Token]:
    """Return the variables between SELECT and its group, and the brace that opens the group."""
    variables, depth = dict[str, None](), 0
    for token in tokens:
        if token.is_mark("{") and depth == 0:
            return list(variables), token
        if token.is_mark("("):
            depth += 1
        elif token.is_mark(")"):
            depth -= 1
        elif token.kind == "var":
            variables[token.text[1:]] = None
    raise QueryError("syntax error: SELECT without a group graph pattern")


def _parameter(query: str, entry: object) -> Parameter:
    declared = entry if isinstance(entry, dict) else {}
    if missing := [key for key in _PARAMETER_KEYS if key not in declared]:
        raise QueryError(f"{query}: a parameter has no {', '.join(missing)}")
    parameter = Parameter(*(str(declared[key]) for key in _PARAMETER_KEYS))
    if parameter.type not in TYPES:
        raise QueryError(
            f"{query}: parameter {parameter.name}: expected a type among {', '.join(TYPES)}, "
            f"found {parameter.type}"
        )
    return parameter
