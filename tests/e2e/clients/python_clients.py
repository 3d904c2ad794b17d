"""Clients in Python: SPARQLWrapper, rdflib as a store and with SERVICE, pandas."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.metadata import version
from typing import Final
from urllib.parse import urlencode
from xml.etree import ElementTree

import pandas as pd
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import SPARQLWrapper

from tests.e2e.clients.trials import MEDIA_TYPES, RESULTS, Client, Run, Trial, trials

#: SPARQLWrapper's own names of formats.
_WRAPPER_FORMATS: Final = {"jsonld": "json-ld", "rdfxml": "rdf+xml"}
#: It takes N3 for the format of N-Triples.
_WRAPPER_GRAPHS: Final = ("turtle", "n3", "jsonld", "rdfxml")
_RESULT: Final = "{http://www.w3.org/2005/sparql-results#}"


def each(run: Callable[[Trial, str], int]) -> Run:
    """Return a function that runs trials one by one; an exception is the error of its trial."""

    def run_all(endpoints: dict[Trial, str]) -> dict[Trial, int | str]:
        sizes: dict[Trial, int | str] = {}
        for trial, endpoint in endpoints.items():
            try:
                sizes[trial] = run(trial, endpoint)
            # A client may raise anything.
            except Exception as error:
                sizes[trial] = f"{type(error).__name__}: {error}".splitlines()[0][:120]
        return sizes

    return run_all


def size_of(content: bytes, trial: Trial) -> int:
    """Return the number of rows or triples in an answer, or 1 if an ASK is true."""
    name = trial.format
    if trial.operation in {"CONSTRUCT", "DESCRIBE"}:
        return len(rdflib.Graph().parse(data=content, format=MEDIA_TYPES[name]))
    match name:
        case "json":
            answer = json.loads(content)
            return (
                int(answer["boolean"])
                if "boolean" in answer
                else len(answer["results"]["bindings"])
            )
        case "xml":
            root = ElementTree.fromstring(content)
            boolean = root.findtext(f"{_RESULT}boolean")
            return int(boolean == "true") if boolean else len(root.findall(f".//{_RESULT}result"))
    text = content.decode()
    if trial.operation == "ASK":
        return int(text.strip() == "true")
    return len(text.splitlines()) - 1


def _sparqlwrapper(trial: Trial, endpoint: str) -> int:
    wrapper = SPARQLWrapper(endpoint)
    wrapper.setMethod(trial.method)
    wrapper.setReturnFormat(_WRAPPER_FORMATS.get(trial.format, trial.format))
    wrapper.setQuery(trial.query)
    answer = wrapper.query()
    return size_of(answer.response.read(), trial)


def _rdflib_store(trial: Trial, endpoint: str) -> int:
    store = SPARQLStore(endpoint, method=trial.method, returnFormat=trial.format or "xml")
    return _size(rdflib.Graph(store).query(trial.query))


def _rdflib_service(trial: Trial, endpoint: str) -> int:
    start = trial.query.index("{")
    group = trial.query[start:]
    return _size(rdflib.Graph().query(f"{trial.query[:start]}{{ SERVICE <{endpoint}> {group} }}"))


def _size(result: rdflib.query.Result) -> int:
    if result.type == "ASK":
        return int(bool(result.askAnswer))
    return len(result.graph or ()) if result.graph is not None else len(result.bindings)


def _pandas(trial: Trial, endpoint: str) -> int:
    address = f"{endpoint}?{urlencode({'query': trial.query, 'format': trial.format})}"
    if trial.format == "json":
        frame = pd.json_normalize(pd.read_json(address, typ="series")["results"]["bindings"])
    elif trial.format == "xml":
        path = ".//r:result"
        frame = pd.read_xml(address, xpath=path, namespaces={"r": _RESULT[1:-1]}, parser="etree")
    else:
        frame = pd.read_csv(address, sep="\t" if trial.format == "tsv" else ",")
    return len(frame)


def _version(package: str) -> Callable[[], str]:
    return lambda: version(package)


SPARQLWRAPPER: Final = Client(
    "SPARQLWrapper",
    _version("SPARQLWrapper"),
    trials(
        "SPARQLWrapper",
        {
            "SELECT": RESULTS,
            "ASK": ("json", "xml"),
            "CONSTRUCT": _WRAPPER_GRAPHS,
            "DESCRIBE": _WRAPPER_GRAPHS,
        },
        ("GET", "POST"),
    ),
    each(_sparqlwrapper),
)
RDFLIB_STORE: Final = Client(
    "rdflib, store",
    _version("rdflib"),
    trials(
        "rdflib, store",
        {
            "SELECT": ("json", "xml", "csv", "tsv"),
            "ASK": ("json", "xml"),
            "CONSTRUCT": ("",),
            "DESCRIBE": ("",),
        },
        ("GET", "POST", "POST_FORM"),
    ),
    each(_rdflib_store),
)
RDFLIB_SERVICE: Final = Client(
    "rdflib, SERVICE",
    _version("rdflib"),
    trials("rdflib, SERVICE", {"SELECT": ("",)}),
    each(_rdflib_service),
)
PANDAS: Final = Client(
    "pandas",
    _version("pandas"),
    trials("pandas", {"SELECT": ("csv", "tsv", "json")}),
    each(_pandas),
)
CLIENTS: Final = (SPARQLWRAPPER, RDFLIB_STORE, RDFLIB_SERVICE, PANDAS)
