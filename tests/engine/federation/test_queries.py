"""The saved queries that use Wikidata, over HTTP, with stand-ins for it: Oxigraph and Virtuoso.

The text sent is that for Wikidata; an alias directs it to the stand-in. Each answer is compared
with that of a single store with both data sets.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from typing import Final

import httpx
import pyoxigraph as ox
import pytest

from kg.sparql.evaluation import evaluate
from kg.sparql.formats import TABLES, Format
from kg.sparql.result_columns import SUFFIXES
from kg.sparql.saved_queries import SavedQuery, library
from kg.sparql.service_guard import uses_service
from tests.support.endpoints import WIKIDATA, alias, settings
from tests.support.live import serving
from tests.support.releases import store_copy
from tests.web.test_tables import table

FEDERATED: Final = {name: saved for name, saved in library().items() if uses_service(saved.text)}
#: The queries that the invented data in Wikidata's form can answer.
INVENTED: Final = {
    "gdp-behind-positions",
    "heads-of-government-at-vote",
    "heads-of-state-at-vote",
    "population-at-vote",
    "resolutions-in-wikidata",
    "votes-by-official-language",
    "votes-of-blocs",
    "votes-of-diplomatic-partners",
    "votes-of-neighbours",
}
each = pytest.mark.parametrize("saved", FEDERATED.values(), ids=FEDERATED.keys())


@pytest.fixture(scope="module")
def virtuoso_server(
    tmp_path_factory: pytest.TempPathFactory, embedded: Path, wikidata_in_virtuoso: str
) -> Iterator[str]:
    """The address of our server with Virtuoso as the stand-in for Wikidata."""
    listed = settings(
        tmp_path_factory.mktemp("aliased"), alias(WIKIDATA, wikidata_in_virtuoso, cache_hours=0)
    )
    with serving(embedded, KG_FEDERATION=listed) as server:
        yield server.address


@pytest.fixture(scope="module")
def both(
    embedded: Path, wikidata_files: list[Path], tmp_path_factory: pytest.TempPathFactory
) -> ox.Store:
    return store_of_both(embedded, wikidata_files, tmp_path_factory.mktemp("both") / "store")


def store_of_both(embedded: Path, wikidata_files: list[Path], folder: Path) -> ox.Store:
    """Return a store in a new folder with our data, and the stand-in's data in a named graph."""
    store = store_copy(embedded, folder)
    for file in wikidata_files:
        store.load(path=file, to_graph=ox.NamedNode(WIKIDATA))
    return store


def expected(saved: SavedQuery, both: ox.Store) -> list[tuple[str, ...]]:
    text = saved.text.replace(f"SERVICE <{WIKIDATA}>", f"GRAPH <{WIKIDATA}>")
    answer = evaluate(both, text, parameters=saved.bind({}))
    assert isinstance(answer, ox.QuerySolutions)
    return [tuple(getattr(term, "value", "") for term in row) for row in answer]


def rows_and_response(
    server: str, saved: SavedQuery, **values: str
) -> tuple[list[tuple[str, ...]], httpx.Response]:
    address = f"{server}/queries/{saved.name}"
    answer = httpx.get(address, params={"format": "csv", **values}, timeout=60)
    assert answer.status_code == 200, answer.text
    rows = list(csv.reader(answer.text.splitlines()))
    return [tuple(row) for row in rows[1:]], answer


def figures(answer: httpx.Response) -> Counter[str]:
    pairs = re.findall(r"(\w+)=(\d+)", answer.headers["federation"])
    return Counter({name: int(number) for name, number in pairs})


def _needs(saved: SavedQuery, request: pytest.FixtureRequest) -> None:
    if saved.name not in INVENTED:
        request.getfixturevalue("real_data")


@each
@pytest.mark.parametrize("stand_in", ["server", "virtuoso_server"])
def test_the_answer_equals_that_of_a_single_store(
    saved: SavedQuery, stand_in: str, both: ox.Store, request: pytest.FixtureRequest
) -> None:
    _needs(saved, request)
    rows, answer = rows_and_response(request.getfixturevalue(stand_in), saved)
    assert rows
    assert Counter(map(plain_values, rows)) == Counter(map(plain_values, expected(saved, both)))
    took = figures(answer)
    print(f"\n{stand_in} {saved.name}: {len(rows)} rows; {dict(took)}")
    # As the description of the query says.
    requests = 2 if "two requests" in saved.description else 1
    assert took["requests"] + took["cached"] == requests
    assert took["sent"] < 40_000
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers


def plain_values(row: tuple[str, ...]) -> tuple[str, ...]:
    """Return values instead of spellings: Virtuoso writes 1E+06 as 1000000.0."""
    return tuple(f"{float(c):g}" if re.fullmatch(r"-?\d+(\.\d+)?", c) else c for c in row)


@each
def test_federated_queries_name_wikidata_and_use_no_extensions(saved: SavedQuery) -> None:
    assert set(re.findall(r"SERVICE <([^>]*)>", saved.text)) == {WIKIDATA}
    # The terms of the data model are no extensions.
    extension = r"wikibase:(?! <|timePrecision|rank|DeprecatedRank)|bd:|hint:|mwapi:|gas:"
    assert not re.search(extension, saved.text)
    assert "Expected join:" in saved.description
    assert "federation" in saved.tags


def test_a_sum_gives_the_number_of_states_it_covers(tmp_path: Path, embedded: Path) -> None:
    """A state whose population is unknown does not affect the sum of the other states."""
    population_file = tmp_path / "people.ttl"
    population_file.write_text(
        "@prefix wd: <http://www.wikidata.org/entity/> .\n"
        "@prefix wdt: <http://www.wikidata.org/prop/direct/> .\n"
        "wd:Q184 wdt:P1082 9500000 . wd:Q986 wdt:P1082 6500000 , 6000000 .\n",
        encoding="utf-8",
    )
    saved = FEDERATED["population-behind-positions"]
    rows = {
        row[1]: row[2:]
        for row in expected(saved, store_of_both(embedded, [population_file], tmp_path / "store"))
    }
    assert rows["against"] == ("7", "2", "16000000")
    assert rows["abstaining"] == ("32", "0", "")


def test_only_members_of_the_day_are_counted(server: str, real_data: Path) -> None:
    saved = FEDERATED["votes-of-members"]
    assert len(rows_and_response(server, saved)[0]) == 38
    # Colombia joined in 2020, Costa Rica in 2021, Lithuania in 2018: all before 2022.
    since = {row[4]: row[5][:4] for row in rows_and_response(server, saved)[0]}
    assert (since["Colombia"], since["Lithuania"]) == ("2020", "2018")


def test_heads_of_state_are_those_of_the_day(server: str) -> None:
    saved = FEDERATED["heads-of-state-at-vote"]
    abstaining, _ = rows_and_response(server, saved)
    assert [(row[3], row[5]) for row in abstaining] == [("India", "Invented person two")]
    against, _ = rows_and_response(server, saved, position="against")
    assert [(row[3], row[5]) for row in against] == [("Eritrea", "Invented person five")]
    in_favour, _ = rows_and_response(server, saved, position="in favour")
    assert in_favour == []


@pytest.mark.parametrize("written_in", TABLES, ids=attrgetter("name"))
def test_a_table_with_values_of_another_endpoint_has_columns_of_text(
    server: str, written_in: Format
) -> None:
    saved = FEDERATED["heads-of-state-at-vote"]
    rows, _ = rows_and_response(server, saved)
    address = f"{server}/queries/{saved.name}"
    result = table(httpx.get(address, params={"format": written_in.name}, timeout=60))
    names = result.column_names[::4]
    assert result.column_names == [n + suffix for n in names for suffix in ("", *SUFFIXES)]
    columns = [result.column(name).to_pylist() for name in names]
    cells = [tuple("" if c is None else c for c in row) for row in zip(*columns, strict=True)]
    assert Counter(cells) == Counter(rows)
    types = {kind for name in names for kind in result.column(f"{name}__type").to_pylist()}
    assert {"uri", "literal"} <= types


def test_neighbours_are_matched_on_both_sides(server: str) -> None:
    rows, _ = rows_and_response(server, FEDERATED["votes-of-neighbours"])
    assert [(row[3], row[4]) for row in rows] == [
        ("Belarus", "against"),
        ("Hungary", "in favour"),
        ("Poland", "in favour"),
    ]
    india, _ = rows_and_response(server, FEDERATED["votes-of-neighbours"], state="IND")
    assert [(row[3], row[4]) for row in india] == [
        ("Bangladesh", "abstaining"),
        ("Pakistan", "abstaining"),
    ]


def test_pages_name_the_queried_endpoints(server: str) -> None:
    page = httpx.get(
        f"{server}/queries/votes-of-neighbours", headers={"Accept": "text/html"}, timeout=60
    )
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert f"{WIKIDATA} returned" in page.text
    assert "Invented" not in page.text
    text = re.search(r'aria-label="SPARQL">(.*?)</pre>', page.text, re.DOTALL)
    assert text
    assert f"SERVICE &lt;{WIKIDATA}&gt;" in text[1]
