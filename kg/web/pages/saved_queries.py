"""Saved queries on pages: parameter form, request, and code snippets for other tools."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

import pyoxigraph as ox
from fastapi import Request

from kg.engine.interface import Parameter, QueryRequest
from kg.errors import QueryError
from kg.sparql.formats import Format
from kg.sparql.saved_queries import Parameter as Declared
from kg.sparql.saved_queries import SavedQuery, library
from kg.web.http_error import HttpError

#: The type of the input element by parameter type; the default is text.
INPUT_TYPES: Final = {"integer": "number", "date": "date"}
#: The subjects of the gallery in its order, with the tags of their queries.
_SUBJECTS: Final = (
    ("Votes and their outcomes", frozenset({"tally", "topics", "sponsors"})),
    ("How states vote", frozenset({"states", "agreement", "votes"})),
    ("Groups of states", frozenset({"groups"})),
    ("The Security Council", frozenset({"council"})),
    ("Statements, proposals and reports", frozenset({"statements", "proposals", "reports"})),
    ("Members and their history", frozenset({"membership"})),
    ("Sources, and where they differ", frozenset({"provenance", "discrepancies"})),
    ("With the data of other endpoints", frozenset({"federation"})),
)
#: The subjects from the one that decides first.
_BY_PRECEDENCE: Final = tuple(_SUBJECTS[n] for n in (7, 4, 6, 3, 2, 5, 0, 1))
#: A character class in a pattern.
_CLASS: Final = re.compile(r"\[((?:\\.|[^\]\\])*)\]")
_CURL: Final = "curl '{url}' -H 'Accept: text/csv'"
_PANDAS: Final = 'import pandas as pd\n\nframe = pd.read_csv(\n    "{url}"\n)\nprint(frame)'
_R: Final = 'frame <- read.csv("{url}")\nprint(frame)'


@functools.cache
def gallery() -> dict[str, list[SavedQuery]]:
    """Return the saved queries by subject; those that ask other endpoints come last."""
    subjects: dict[str, list[SavedQuery]] = {label: [] for label, _ in _SUBJECTS}
    for query in library().values():
        subject = next((s for s in _BY_PRECEDENCE if s[1] & set(query.tags)), _SUBJECTS[0])
        subjects[subject[0]].append(query)
    return {label: queries for label, queries in subjects.items() if queries}


def parameter_names(name: str) -> list[str]:
    """Return the names of the parameters of a saved query; none if there is no such query."""
    query = library().get(name)
    return [parameter.name for parameter in query.parameters] if query else []


@dataclass(frozen=True)
class Snippet:
    """Code that retrieves the same result with another tool."""

    name: str
    text: str


def requested_values(request: Request, query: SavedQuery) -> dict[str, str]:
    """Return the parameter values for a query in a request; empty values become the defaults.

    Raises:
        HttpError: with status 400 if a value is unusable.
    """
    names = [parameter.name for parameter in query.parameters]
    values = {n: v for n, v in request.query_params.items() if n in names and v != ""}
    try:
        return query.values(values)
    except QueryError as error:
        raise HttpError(400, str(error)) from error


def query_request(
    query: SavedQuery, values: dict[str, str], response_format: Format
) -> QueryRequest:
    """Return the request to the engine: the unchanged query, with terms for its parameters."""
    return QueryRequest(
        query.text,
        format=response_format.name,
        parameters=query_parameters(query, values),
    )


def query_parameters(query: SavedQuery, values: dict[str, str]) -> tuple[Parameter, ...]:
    """Return the parameters of a query as terms."""
    parameters = []
    for variable, term in query.bind(values).items():
        datatype = "" if isinstance(term, ox.NamedNode) else term.datatype.value
        parameters.append(Parameter(variable, term.value, datatype))
    return tuple(parameters)


def snippets(address: str, query: SavedQuery, values: dict[str, str]) -> list[Snippet]:
    """Return code that retrieves the result as a table with curl, pandas and R."""
    url = f"{address}/queries/{query.name}?{urlencode({**values, 'format': 'csv'})}"
    return [
        Snippet("curl", _CURL.format(url=url)),
        Snippet("Python (pandas)", _PANDAS.format(url=url)),
        Snippet("R", _R.format(url=url)),
    ]


def input_pattern(parameter: Declared) -> str:
    """Return the pattern of a parameter for browsers, which require more escapes in a class.

    https://html.spec.whatwg.org/multipage/input.html#the-pattern-attribute
    """
    return _CLASS.sub(lambda match: f"[{_escaped(match[1])}]", parameter.pattern)


def _escaped(characters: str) -> str:
    return re.sub(r"(?<!\\)[(){}/|]|(?<!\\)-$", r"\\\g<0>", characters)


def input_type(parameter: Declared) -> str:
    """Return the type of the input element for a parameter."""
    return INPUT_TYPES.get(parameter.type, "text")
