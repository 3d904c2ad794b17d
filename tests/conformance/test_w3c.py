"""The SPARQL 1.1 suites of the W3C, asked of a live server over HTTP.

Left out: entailment (not in the archive), the service description, and what SERVICE would answer,
which must be refused. Queries are asked of Oxigraph itself as well: the service must say the same.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final, Self

import httpx
import pyoxigraph as ox
import pytest

from kg.release import manifest, release
from kg.release.manifest import Manifest
from kg.sparql.formats import GRAPHS, RESULTS
from tests.conformance.w3c import (
    Answer,
    Case,
    DataSet,
    HttpRequest,
    ProtocolCase,
    Suites,
    Table,
    read_answer,
    same,
    take_answer,
)
from tests.support.live import serving

_FOLDER = os.environ.get("KG_TEST_DATA")
if not _FOLDER:
    pytest.skip("KG_TEST_DATA is not set: the W3C suites are needed", allow_module_level=True)

SUITES: Final = Suites(Path(_FOLDER) / "w3c" / "sparql11-tests.tar.gz")
# Cases with the same data follow each other, so that a release serves all of them.
EVALUATIONS: Final = sorted(SUITES.evaluations(), key=lambda case: (case.suite, case.data))
QUERIES: Final = [case for case in EVALUATIONS if case.suite != "service"]
POSITIVE: Final = [case for case in SUITES.syntax("Positive") if case.suite != "syntax-fed"]
NEGATIVE: Final = SUITES.syntax("Negative")
FEDERATION: Final = [
    case
    for case in EVALUATIONS + SUITES.syntax("Positive")
    if case.suite in {"service", "syntax-fed"}
]
PROTOCOL: Final = SUITES.protocol()

#: Cases whose answer is not the expected one, and why.
EXCEPTIONS: Final = {
    **dict.fromkeys(
        ("aggregates/agg-groupconcat-04", "aggregates/agg-groupconcat-06"),
        "Oxigraph keeps the language that all values of GROUP_CONCAT share",
    ),
    "aggregates/agg-empty-group-count-graph": (
        "Oxigraph does not bind ?g of GRAPH ?g around a sub-select that does not project it"
    ),
    "bindings/graph": "Oxigraph does not bind ?g of GRAPH ?g around VALUES without a pattern",
    "csv-tsv-res/tsv03": "Oxigraph stores xsd:negativeInteger as xsd:integer",
    "functions/bnode01": "Oxigraph gives BNODE of one text the same node in all solutions",
    "negation/graph-minus": "Oxigraph counts ?g as a shared variable of MINUS within GRAPH ?g",
    **dict.fromkeys(
        (
            "property-path/zero_or_more_set_start",
            "property-path/zero_or_more_set_end",
            "property-path/zero_or_one_set_start",
            "property-path/zero_or_one_set_end",
        ),
        "Oxigraph has no path of length zero at a term that is not in the data",
    ),
    "syntax-query/test_4": "Oxigraph refuses unknown functions before it evaluates anything",
}

#: Of the query itself, not of a sub-select.
_ORDERED: Final = re.compile(r"\}[^{}]*\bORDER\s+BY\b[^{}]*\Z", re.IGNORECASE)


class Service:
    """A live server whose release is replaced by another data set when one is needed."""

    def __init__(self, data: Path, start: Callable[[Path], str], first: DataSet) -> None:
        self._data = data
        self._releases = 0
        self._publish(first)
        self._client = httpx.Client(base_url=start(data), timeout=60)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def send(self, data: DataSet, request: HttpRequest) -> httpx.Response:
        """Send a request over a data set."""
        self._serve(data)
        path = request.path.replace("/sparql/", "/sparql", 1)
        headers = dict(request.headers)
        return self._client.request(request.method, path, content=request.body, headers=headers)

    def ask(self, data: DataSet, query: str, accept: str = "*/*") -> httpx.Response:
        """Ask a query of a data set."""
        self._serve(data)
        headers = {"Content-Type": "application/sparql-query", "Accept": accept}
        return self._client.post("/sparql", content=query.encode(), headers=headers)

    def _serve(self, data: DataSet) -> None:
        if data != self._served:
            self._publish(data)

    def _publish(self, data: DataSet) -> None:
        with release.build_directory(self._data) as folder:
            store = ox.Store(str(folder / "store"))
            SUITES.fill(store, data)
            store.flush()
            del store
            name = f"{self._releases:06}"
            manifest.write(folder / manifest.FILE, Manifest(name=name))
            release.activate(self._data, folder, name)
        self._releases += 1
        self._served = data


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, federation: Path) -> Iterator[Service]:
    # A server with an empty default graph is not healthy, so this one starts with some data.
    first = next(case.data for case in QUERIES if case.suite == "bind")
    with ExitStack() as stack:

        def start(data: Path) -> str:
            return stack.enter_context(serving(data, KG_FEDERATION=federation)).address

        yield stack.enter_context(Service(tmp_path_factory.mktemp("w3c"), start, first))


def each(cases: Sequence[Case] | Sequence[ProtocolCase]) -> pytest.MarkDecorator:
    """Parametrise a test by cases."""
    return pytest.mark.parametrize("case", cases, ids=[case.name for case in cases])


def oxigraph(case: Case, as_csv: bool) -> Answer | None:
    """Return what Oxigraph itself answers, or None if it refuses."""
    store = ox.Store()
    SUITES.fill(store, case.data)
    try:
        return take_answer(store.query(SUITES.query(case)), as_csv=as_csv)
    except (SyntaxError, ValueError, RuntimeError):
        return None


def ask(service: Service, case: Case, extension: str) -> Answer | None:
    """Return what the service answers in the format of an extension, or None if it refuses."""
    answer_format = next(
        candidate for candidate in (*RESULTS, *GRAPHS) if candidate.extension == extension
    )
    answer = service.ask(case.data, SUITES.query(case), answer_format.media_type)
    if answer.status_code == 400:
        return None
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == answer_format.content_type
    return read_answer(answer.content, extension)


@each(QUERIES)
def test_answer(case: Case, service: Service) -> None:
    extension = case.result.rpartition(".")[2]
    expected = read_answer(SUITES.file(case.result), extension, case.result)
    ordered = bool(_ORDERED.search(SUITES.query(case)))
    oxigraph_answer = oxigraph(case, as_csv=extension == "csv")
    # Some tables are written in RDF.
    asked_in = "srx" if isinstance(expected, Table) and extension == "ttl" else extension
    answer = ask(service, case, asked_in)
    if oxigraph_answer is None or answer is None:
        assert oxigraph_answer is answer
        right = False
    else:
        assert same(answer, oxigraph_answer, ordered=ordered), (
            f"{answer} instead of {oxigraph_answer}"
        )
        right = same(answer, expected, ordered=ordered)
    if case.name in EXCEPTIONS:
        assert not right, "this is no exception any more"
    else:
        assert right, f"{answer} instead of {expected}"


@each(POSITIVE)
def test_valid_query_is_answered(case: Case, service: Service) -> None:
    answer = service.ask(DataSet(), SUITES.query(case))
    assert (oxigraph(case, as_csv=False) is None) == (answer.status_code != 200)
    expected = 400 if case.name in EXCEPTIONS else 200
    assert answer.status_code == expected, answer.text


@each(NEGATIVE)
def test_invalid_query_is_refused(case: Case, service: Service) -> None:
    answer = service.ask(DataSet(), SUITES.query(case))
    assert (oxigraph(case, as_csv=False) is None) == (answer.status_code != 200)
    expected = 200 if case.name in EXCEPTIONS else 400
    assert answer.status_code == expected, answer.text


@each(FEDERATION)
def test_federation_is_refused(case: Case, service: Service) -> None:
    answer = service.ask(DataSet(), SUITES.query(case))
    assert answer.status_code == 403, answer.text


@each(PROTOCOL)
def test_protocol(case: ProtocolCase, service: Service) -> None:
    updated = False
    for request in case.requests:
        answer = service.send(case.data, request)
        if request.is_update:
            # Refused even where a service that takes updates would take it.
            updated = 2 in request.statuses
            assert answer.status_code == 403 if updated else 400 <= answer.status_code < 500
        elif case.name in EXCEPTIONS:
            assert answer.status_code // 100 not in request.statuses, "no exception any more"
        else:
            assert answer.status_code // 100 in request.statuses, answer.text
            _check_content(request, answer, updated)


def _check_content(request: HttpRequest, answer: httpx.Response, updated: bool) -> None:
    """Check format and truth of an answer; after an update, refused, what it would add is not."""
    if request.form:
        kind = answer.headers["content-type"].partition(";")[0]
        formats = GRAPHS if request.form == "RDF" else RESULTS
        assert kind in {answer_format.media_type for answer_format in formats}
    if request.boolean is not None:
        expected = request.boolean and not updated
        assert read_answer(answer.content, "srj") is expected


def test_comparison_can_fail() -> None:
    def table(*cells: str) -> Answer:
        return read_answer("\n".join(("?x\t?y", *cells)).encode(), "tsv")

    assert same(table("1.0\t_:a", "2\t_:b"), table("2\t_:c", "1.00\t_:d"))
    assert not same(table("1.0\t_:a", "2\t_:b"), table("2\t_:c", "1.00\t_:c"))
    assert not same(table("1.0\t_:a", "2\t_:a"), table("2\t_:c", "1.00\t_:d"))
    assert not same(table("1\t2", "2\t1"), table("2\t1", "1\t2"), ordered=True)
    assert not same(table("1\t2", "1\t2"), table("1\t2"))
    assert not same(table("1\t2"), table("1.0\t2"))
    assert not same(table("1\t"), table("1\t1"))
    assert not same(table("_:a\t_:b", "_:b\t_:a"), table("_:a\t_:b", "_:c\t_:a"))
    assert same(table("_:a\t_:b", "_:b\t_:c"), table("_:z\t_:x", "_:y\t_:z"))


def test_suites_are_complete() -> None:
    counts = [len(cases) for cases in (QUERIES, POSITIVE, NEGATIVE, FEDERATION, PROTOCOL)]
    assert counts == [235, 63, 40, 10, 34]
    names = {case.name for case in QUERIES + POSITIVE + NEGATIVE}
    names |= {case.name for case in PROTOCOL}
    assert names >= EXCEPTIONS.keys()
