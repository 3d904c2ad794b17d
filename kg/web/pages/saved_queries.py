"""The query library as pages: each query with a form of its parameters, its result and snippets."""

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
from kg.sparql.saved_queries import SavedQuery, library, with_values
from kg.web.http_error import HttpError

#: What the form asks a browser to show for a type of parameter.
INPUT_TYPES: Final = {"integer": "number", "date": "date"}
#: A character class in a pattern.
_CLASS: Final = re.compile(r"\[((?:\\.|[^\]\\])*)\]")
_CURL: Final = "curl '{url}' -H 'Accept: text/csv'"
_PANDAS: Final = 'import pandas as pd\n\nframe = pd.read_csv(\n    "{url}"\n)\nprint(frame)'
_R: Final = 'frame <- read.csv("{url}")\nprint(frame)'


@functools.cache
def queries() -> dict[str, SavedQuery]:
    """Return the saved queries by name, read once."""
    return library()


@dataclass(frozen=True)
class Snippet:
    """A way to get the same result with another tool."""

    name: str
    text: str


def values_of(request: Request, query: SavedQuery) -> dict[str, str]:
    """Return the values an address gives for the parameters of a query; empty ones are defaults.

    Raises:
        HttpError: with status 400 if a value does not match its pattern.
    """
    known = [one.name for one in query.parameters]
    given = {n: v for n, v in request.query_params.items() if n in known and v != ""}
    try:
        query.bind(given)
    except QueryError as error:
        raise HttpError(400, str(error)) from error
    return {one.name: given.get(one.name, one.default) for one in query.parameters}


def question(
    query: SavedQuery, values: dict[str, str], written_in: Format, client: str
) -> QueryRequest:
    """Return what the engine is asked: the query as it stands, terms for its parameters."""
    return QueryRequest(
        query.text,
        format=written_in.name,
        parameters=bound(query, values),
        client=client,
    )


def bound(query: SavedQuery, values: dict[str, str]) -> tuple[Parameter, ...]:
    """Return the parameters of a query as terms."""
    found = []
    for variable, term in query.bind(values).items():
        datatype = "" if isinstance(term, ox.NamedNode) else term.datatype.value
        found.append(Parameter(variable, term.value, datatype))
    return tuple(found)


def text_with(query: SavedQuery, values: dict[str, str]) -> str:
    """Return a query with its values as it can be sent anywhere."""
    body = "\n".join(line for line in query.text.splitlines() if not line.startswith("#+"))
    return with_values(body, query.bind(values)).strip() + "\n"


def snippets(address: str, query: SavedQuery, values: dict[str, str]) -> list[Snippet]:
    """Return how to get the result as a table with curl, pandas and R."""
    url = f"{address}/queries/{query.name}?{urlencode({**values, 'format': 'csv'})}"
    return [
        Snippet("curl", _CURL.format(url=url)),
        Snippet("Python (pandas)", _PANDAS.format(url=url)),
        Snippet("R", _R.format(url=url)),
    ]


def input_pattern(parameter: Declared) -> str:
    """Return the pattern of a parameter as browsers read it: they want more escaped in a class.

    https://html.spec.whatwg.org/multipage/input.html#the-pattern-attribute
    """
    return _CLASS.sub(lambda found: f"[{_escaped(found[1])}]", parameter.pattern)


def _escaped(characters: str) -> str:
    return re.sub(r"(?<!\\)[(){}/|]|(?<!\\)-$", r"\\\g<0>", characters)


def input_type(parameter: Declared) -> str:
    """Return the type of the form's field for a parameter."""
    return INPUT_TYPES.get(parameter.type, "text")
