"""The columnar engine gives the same answers as Oxigraph, or none (a short form of the gate)."""

from __future__ import annotations

import asyncio
import io
import json
import re
import shutil
from collections.abc import Callable
from contextlib import nullcontext, suppress
from pathlib import Path
from unittest.mock import Mock

import duckdb
import httpx
import pyoxigraph as ox
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from benchmarks.gate import mutants
from benchmarks.gate.__main__ import compare_random, queries_until_found
from benchmarks.gate.compare import EnginePair, Outcome
from benchmarks.gate.data import PREFIX
from benchmarks.gate.data import release as hostile_release
from kg.engine.columnar import database, functions, joins, plans, statistics
from kg.engine.columnar.engine import ColumnarEngine
from kg.engine.interface import Limits
from kg.engine.local import LocalEngine
from kg.errors import NotAcceptableError
from kg.limits import COLUMNAR_MIN_MEMORY_MIB, PARSED_QUERY_MAX_CHARACTERS
from kg.rdf.vocabulary import PREFIXES
from kg.release import integrity
from kg.release.release import require_current
from kg.sparql import evaluation, unsupported
from kg.sparql.formats import RESULTS, Format
from kg.sparql.parser import parse, parse_tokens
from kg.sparql.saved_queries import library
from kg.sparql.service_guard import uses_service
from kg.sparql.unsupported import Reason, UnsupportedQueryError
from tests.support.live import serving
from tests.support.paths import ROOT

UNV = f"PREFIX unv: <{PREFIXES['unv']}> "
#: It visits every vote of the release.
COUNTED = (
    UNV + "SELECT ?option (COUNT(?vote) AS ?votes) { ?vote unv:option ?option ; unv:event ?event } "
    "GROUP BY ?option"
)
COUNTED += " ORDER BY ?option"
POINT = UNV + "SELECT ?yes { ?e unv:decides/unv:symbol 'A/RES/ES-11/6' ; unv:yesCount ?yes }"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> EnginePair:
    folder = tmp_path_factory.mktemp("hostile")
    return EnginePair(folder, hostile_release(folder))


@pytest.fixture(scope="module")
def both(embedded: Path) -> EnginePair:
    return EnginePair(require_current(embedded).path)


@pytest.fixture(scope="module")
def columns(both: EnginePair) -> ColumnarEngine:
    return both.columns


def engine(folder: Path, memory: int = 1024) -> ColumnarEngine:
    return ColumnarEngine(folder, memory, nullcontext)


def answer(columns: ColumnarEngine, query: str, written_in: Format = RESULTS[0]) -> bytes:
    stream = io.BytesIO()
    columns.query(query, {}, include_cheap=True).write(written_in, stream)
    return stream.getvalue()


def refusal(columns: ColumnarEngine, query: str, *, include_cheap: bool = True) -> Reason:
    with pytest.raises(UnsupportedQueryError) as refused:
        columns.query(query, {}, include_cheap=include_cheap)
    return refused.value.reason


# The same answers.
def test_random_queries_have_the_same_answers(hostile: EnginePair) -> None:
    summary = compare_random(hostile, 150, seed=31)
    assert summary.is_good, summary.different
    assert summary.compared > 120
    assert summary.with_rows > 65


@pytest.mark.parametrize(
    "path",
    [
        "(ex:event|ex:event)/ex:date", "(ex:event/ex:inFavour|ex:state)/(ex:knows|ex:seat)",
        "((ex:event|ex:state)/ex:name)|ex:option", "^(ex:state|^ex:knows)/ex:option",
        "(ex:knows|ex:seat)/(ex:knows|^ex:knows)/ex:title",
    ],
)  # fmt: skip
def test_nested_alternatives_of_a_path_have_the_same_solutions(
    hostile: EnginePair, path: str
) -> None:
    result = hostile.compare(f"{PREFIX}SELECT * {{ ?s {path} ?o }}")
    assert result.outcome is Outcome.EQUAL
    assert result.rows


@pytest.mark.parametrize(
    "query",
    [
        # Terms of several types: compared, joined, grouped, ordered, added.
        "SELECT ?a ?x ?b { ?a ex:mixed ?x . ?b ex:mixed ?x FILTER(?x != ex:state1) }",
        "SELECT ?x (COUNT(*) AS ?n) { ?a ex:mixed|ex:name ?x } GROUP BY ?x",
        "SELECT ?s ?x { ?s ex:name|ex:title|ex:date|ex:knows ?x } ORDER BY ?x ?s",
        "SELECT ?s ?x { ?s ex:total|ex:inFavour ?x } ORDER BY DESC(?x) ?s",
        "SELECT (MIN(?x) AS ?low) (MAX(?x) AS ?high) { ?s ex:total|ex:inFavour ?x }",
        "SELECT (MIN(?x) AS ?low) (MAX(?x) AS ?high) { ?s ex:name|ex:title|ex:date ?x }",
        "SELECT (SUM(?x) AS ?y) (AVG(?x) AS ?z) {?s ex:count ?n BIND(IF(?n > 2, ?n / 4, 1) AS ?x)}",
        "SELECT * { ?a ex:count ?m . ?b ex:count ?n VALUES ?n { UNDEF 2.0 } FILTER(!(?m >= ?n)) }",
        'SELECT ?s (DATATYPE(?x) AS ?t) (LANG(?x) AS ?l) { ?s ex:mixed ?x FILTER(STR(?x) != "a") }',
        # Decimals of facts.
        "SELECT ?s (?x * 2.0 AS ?y) (?x / 0.5 AS ?z) { ?s ex:share ?x } ORDER BY ?x ?s",
        "SELECT (SUM(?x) AS ?all) (AVG(?x) AS ?mean) (MAX(?x) AS ?high) { ?s ex:share ?x }",
        # Casts, and terms made from texts.
        "SELECT ?s (xsd:integer(STR(?x)) AS ?i) (xsd:decimal(?x) AS ?d) { ?s ex:count|ex:flag ?x }",
        "SELECT ?s ?k { ?s ex:knows ?k FILTER(IRI(CONCAT(STR(ex:), 'state1')) = ?k) }",
        "SELECT ?s ?d { ?s ex:date ?d FILTER(STRDT(STR(?d), xsd:date) > '2019-06-06'^^xsd:date) }",
        "SELECT ?s (REPLACE(?n, '^S([a-z]+) ', '$1-') AS ?x) { ?s ex:title ?n }",
        "SELECT ?s { ?s ex:title ?n FILTER(REGEX(?n, '^STATE [0-3]', 'i')) }",
        # A predicate of which the group names the values, and the first solutions in an order.
        "SELECT * { ?s ?p ?o VALUES ?p { ex:count ex:knows ex:title } }",
        "SELECT * { ?s ex:code ?c { SELECT ?s ?d { ?s ex:date ?d } ORDER BY ?d ?s LIMIT 3 } }",
        # Constants of VALUES; a join that is only in one of two variables not an equijoin.
        'SELECT ?s ?w { VALUES ?w { "^STATE [0-3]" } ?s ex:title ?n FILTER REGEX(?n, ?w, "i") }',
        "SELECT ?s (?x * ?f AS ?y) { VALUES ?f { 2.0 } ?s ex:share ?x OPTIONAL { ?s ex:seat ?b } }",
        "SELECT * { ?s ex:knows ?k BIND(IF(?k = ex:state1, ?s, ?no) AS ?t) ?u ex:knows ?k ; "
        "ex:code ?c . ?t ex:code ?c }",
        # Look-ups in the condition of an OPTIONAL; EXISTS without a common variable, or unbound.
        "SELECT * { ?s ex:seat ?b OPTIONAL { ?s ex:title ?t FILTER EXISTS { ?k ex:knows ?s } } }",
        "SELECT * { ?s ex:code ?c OPTIONAL { ?s ex:flag ?f } FILTER EXISTS { ?v ex:flag ?f } }",
    ],
)  # fmt: skip
def test_what_the_compiler_learned_has_the_same_solutions(hostile: EnginePair, query: str) -> None:
    result = hostile.compare(PREFIX + query)
    assert (result.outcome, result.reason, result.difference) == (Outcome.EQUAL, "", "")
    assert result.rows


def test_a_join_on_a_variable_that_may_be_unbound_needs_another_key(
    hostile: EnginePair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joins, "MAX_PAIRS", 20)
    bound = "?s ex:knows ?k BIND(IF(?k = ex:state1, ?s, ?nothing) AS ?t)"
    result = hostile.compare(f"{PREFIX}SELECT * {{ {bound} ?t ex:knows ?k }}")
    assert (result.outcome, result.difference) == (Outcome.EQUAL, "")
    assert result.rows
    # Without one, each solution would be compared with every fact.
    query = f"{PREFIX}SELECT * {{ {bound} ?t ex:knows ?x }}"
    assert refusal(hostile.columns, query) is Reason.OPTIONAL_JOIN


@pytest.mark.parametrize("expression", ["IF(?f > 1, 1, 2)", "COALESCE(?f, ?g)", "?f + 1"])
def test_errors_in_counted_expressions_are_counted_as_oxigraph_does(
    hostile: EnginePair, expression: str
) -> None:
    pattern = "?s ex:code ?c OPTIONAL { ?s ex:count ?f FILTER(?f > 3) }"
    result = hostile.compare(f"{PREFIX}SELECT (COUNT({expression}) AS ?n) {{ {pattern} }}")
    assert result.outcome is not Outcome.DIFFERENT, result.difference


def test_a_plan_answers_other_queries_of_its_shape(hostile: EnginePair) -> None:
    vote = "SELECT ?v ?o { ?v ex:event ex:event1 ; ex:state ex:state3 ; ex:option ?o } ORDER BY ?v"
    knows = "SELECT ?s { ?s ex:knows ex:state1 FILTER(?s != ex:state2) } ORDER BY ?s"
    listed = (
        "SELECT ?s (STR(ex:state1) AS ?t) { VALUES ?s { ex:state1 ex:state2 } ?s a ex:State } "
        "ORDER BY ?s"
    )
    for query in (vote, knows, listed):
        # The last two are no terms of any fact.
        for other in ("ex:state4", "ex:state2", "ex:nobody", "<http://example.org/new>"):
            result = hostile.compare(PREFIX + query.replace("ex:state1", other))
            assert result.outcome is Outcome.EQUAL, result.difference


@pytest.mark.parametrize("name", mutants.NAMES)
def test_a_mistake_in_the_compiler_is_found(hostile: EnginePair, name: str) -> None:
    # With this seed each is found soon; the full gate reports the number of queries.
    assert queries_until_found(hostile, name, seed=1)


def test_the_library_has_the_same_answers(both: EnginePair) -> None:
    outcomes = {
        name: both.compare(saved.text, saved.bind({})).outcome for name, saved in library().items()
    }
    assert not [name for name, outcome in outcomes.items() if outcome is Outcome.DIFFERENT]
    local = [name for name, saved in library().items() if not uses_service(saved.text)]
    compared = sum(outcomes[name] is Outcome.EQUAL for name in local)
    assert compared >= 0.95 * len(local)


@pytest.mark.parametrize("written_in", RESULTS, ids=lambda written_in: written_in.name)
@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?s ?name ?label { ?s ex:name ?name . OPTIONAL { ?s ex:label ?label } } "
        "ORDER BY ?s ?name",
        "SELECT ?s ?c ?d ?f { ?s ex:total ?c ; ex:date ?d . OPTIONAL { ?s ex:flag ?f } } "
        "ORDER BY ?s",
        "SELECT ?s (?c / 7 AS ?x) (-?c / 3 AS ?y) (?c * 0.5 AS ?z) { ?s ex:total ?c } ORDER BY ?s",
        "SELECT ?s ?seat { ?s ex:seat ?seat } ORDER BY ?s",
        "SELECT ?s { ?s ex:name 'nobody' }",
        "ASK { ?s ex:name '' }",
        "ASK { ?s ex:name 'nobody' }",
    ],
)
def test_answers_are_the_same_byte_for_byte(
    hostile: EnginePair, query: str, written_in: Format
) -> None:
    theirs = io.BytesIO()
    try:
        evaluation.write(evaluation.evaluate(hostile.store, PREFIX + query), written_in, theirs)
    except NotAcceptableError as error:
        with pytest.raises(NotAcceptableError, match=re.escape(str(error))):
            answer(hostile.columns, PREFIX + query, written_in)
    else:
        assert answer(hostile.columns, PREFIX + query, written_in) == theirs.getvalue()


@given(text=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
@settings(max_examples=80)
def test_texts_are_returned_unchanged(columns: ColumnarEngine, text: str) -> None:
    query = f"SELECT ?x ?y {{ VALUES ?x {{ {ox.Literal(text)} }} BIND(STRLEN(?x) AS ?y) }}"
    # Queries with this escape are not supported.
    assume("\\u" not in query)
    document = json.loads(answer(columns, query))
    (row,) = document["results"]["bindings"]
    assert (row["x"]["value"], row["y"]["value"]) == (text, str(len(text)))


def test_case_mapping_agrees_with_oxigraph() -> None:
    connection, store = duckdb.connect(), ox.Store()
    differing = functions.CASE_MAPPING_DIFFERS
    alike = f"SELECT x FROM (SELECT unnest(?) AS x) WHERE NOT regexp_matches(x, '{differing}')"
    points = [n for n in range(1, 0x20000) if not 0xD800 <= n < 0xE000]
    letters = [
        letter for (letter,) in connection.execute(alike, [list(map(chr, points))]).fetchall()
    ]
    assert len(letters) > len(points) - 500
    values = " ".join(str(ox.Literal(letter)) for letter in letters)
    solutions = store.query(
        f"SELECT ?x (LCASE(?x) AS ?l) (UCASE(?x) AS ?u) {{ VALUES ?x {{ {values} }} }}"
    )
    assert isinstance(solutions, ox.QuerySolutions)
    theirs = {row["x"].value: (row["l"].value, row["u"].value) for row in solutions}
    mapped = "SELECT x, lower(x), upper(x) FROM (SELECT unnest(?) AS x)"
    mine = {x: (low, high) for x, low, high in connection.execute(mapped, [letters]).fetchall()}
    assert mine == theirs


def test_parameters_are_terms_not_text(both: EnginePair) -> None:
    query = "SELECT ?_name ?state { ?state <http://www.w3.org/2000/01/rdf-schema#label> ?_name }"
    for text in ("India", "'; DROP TABLE term; --", "India' OR '1'='1", '"'):
        result = both.compare(query, {"_name": ox.Literal(text, language="en")})
        assert (result.outcome, result.rows > 0) == (Outcome.EQUAL, text == "India")


# Safeguards.
def test_our_settings_avoid_a_known_bug_of_duckdb(tmp_path: Path) -> None:
    """Version 2.0.0 drops rows if statistics indicate that the right side is empty."""
    path = str(tmp_path / "case.duckdb")
    with duckdb.connect(path) as writable:
        writable.execute("CREATE TABLE a AS SELECT range AS s FROM range(10)")
        writable.execute("CREATE TABLE b AS SELECT range AS s, range AS o FROM range(10)")
    joined = "SELECT 1 FROM a LEFT JOIN (SELECT s FROM b WHERE o = -2) x ON a.s = x.s"
    with duckdb.connect(
        path, read_only=True, config=database.connection_settings(100)
    ) as connection:
        database.lock_down(connection)
        assert len(connection.execute(f"{joined} LIMIT 1").fetchall()) == 1
        assert connection.execute(f"SELECT EXISTS ({joined})").fetchall() == [(True,)]


@pytest.mark.parametrize("name", ["DUCKDB_VERSIONS", "OXIGRAPH_VERSIONS"])
def test_a_version_that_was_not_compared_disables_the_engine_and_is_logged(
    embedded: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    monkeypatch.setattr(database, name, ("0.4.11",))
    assert refusal(engine(require_current(embedded).path), COUNTED) is Reason.NO_COLUMNS

    async def start() -> None:
        served = LocalEngine(embedded, Limits(workers=1, seconds=60, memory_mib=1024))
        await served.start()
        await served.close()

    asyncio.run(start())
    assert "the columnar engine is off" in caplog.text
    assert "DuckDB 0.4.11" in caplog.text or "Oxigraph 0.4.11" in caplog.text


def test_the_file_of_another_release_is_not_used(embedded: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(require_current(embedded).path, copy)
    assert answer(engine(copy), COUNTED)
    manifest = json.loads((copy / "manifest.json").read_text(encoding="utf-8"))
    (copy / "manifest.json").write_text(json.dumps(manifest | {"name": "other"}), encoding="utf-8")
    assert refusal(engine(copy), COUNTED) is Reason.NO_COLUMNS


@pytest.mark.parametrize("damage", ["columns gone", "catalogue gone", "columns cut", "not JSON"])
def test_a_damaged_file_is_ignored(embedded: Path, tmp_path: Path, damage: str) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(require_current(embedded).path, copy)
    columns, statistics_file = copy / database.FILE_NAME, copy / statistics.FILE_NAME
    match damage:
        case "columns gone":
            columns.unlink()
        case "catalogue gone":
            statistics_file.unlink()
        case "columns cut":
            columns.write_bytes(columns.read_bytes()[:1000])
        case _:
            statistics_file.write_text("{", encoding="utf-8")
    assert refusal(engine(copy), COUNTED) is Reason.NO_COLUMNS


def test_the_engine_is_off_with_little_memory(embedded: Path) -> None:
    assert (
        refusal(engine(require_current(embedded).path, COLUMNAR_MIN_MEMORY_MIB - 1), COUNTED)
        is Reason.NO_COLUMNS
    )


def test_a_query_that_lacks_memory_is_not_passed_to_oxigraph(columns: ColumnarEngine) -> None:
    query = UNV + "SELECT DISTINCT ?a ?b ?c ?d { ?e unv:inFavour ?a , ?b , ?c , ?d }"
    with pytest.raises(MemoryError):
        answer(columns, query)


def test_queries_cannot_access_anything_outside_the_database(
    columns: ColumnarEngine, tmp_path: Path
) -> None:
    answer(columns, COUNTED)
    file_of = columns._database
    assert file_of is not None
    for statement in (
        f"COPY (SELECT 1) TO '{tmp_path / 'out.csv'}'",
        "FROM read_text('/etc/hostname')",
        f"ATTACH '{tmp_path / 'other.duckdb'}'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET disabled_optimizers = ''",
        "CREATE TABLE mine (x INTEGER)",
    ):
        with pytest.raises(duckdb.Error):
            file_of.connection.execute(statement)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("SELECT * { FILTER " + "(" * 500 + "1" + ")" * 500 + "}", Reason.LENGTH),
        ("SELECT * " + "{" * 500 + "}" * 500, Reason.LENGTH),
        ("SELECT * { FILTER(" + "!" * 500 + "true) }", Reason.LENGTH),
        ("SELECT * { " + "?s ?p ?o . " * PARSED_QUERY_MAX_CHARACTERS + "}", Reason.LENGTH),
        ("CONSTRUCT { ?s a ?o } { ?s a ?o }", Reason.QUERY_FORM),
        ("SELECT * FROM <urn:g> { ?s a ?o }", Reason.DATASET),
        ("SELECT * { GRAPH ?g { ?s a ?o } }", Reason.DATASET),
        ("SELECT * { SERVICE <urn:s> { ?s a ?o } }", Reason.SERVICE),
        ("SELECT REDUCED * { ?s a ?o }", Reason.REDUCED),
        ("SELECT * { ?s <urn:p>+ ?o }", Reason.PATH),
        ("SELECT * { ?s ?p ?o }", Reason.PREDICATE),
        ("SELECT * { ?s a ?o FILTER(RAND() < 1) }", Reason.FUNCTION),
        # The pattern may be unbound.
        (
            "SELECT * { ?s a ?o OPTIONAL { ?o a ?x VALUES ?w { 'a' } } FILTER REGEX(STR(?s), ?w) }",
            Reason.ARGUMENTS,
        ),
        (
            "SELECT * { ?s a ?o FILTER EXISTS { ?x a ?y FILTER(?s = ?x) } }",
            Reason.UNDEFINED,
        ),
        ("SELECT * { { SELECT ?s { ?s a ?o } LIMIT 1 } }", Reason.INNER_LIMIT),
        ("SELECT * { ?s a ?o", Reason.SYNTAX),
    ],
)
def test_unsupported_queries_are_refused_with_a_reason(
    columns: ColumnarEngine, query: str, reason: Reason
) -> None:
    assert refusal(columns, query) is reason


@given(
    st.lists(
        st.sampled_from(
            "SELECT * ASK WHERE { } ( ) ?a ?b <urn:p> a . ; , FILTER OPTIONAL UNION MINUS BIND AS "
            "VALUES UNDEF GROUP BY HAVING ORDER DESC LIMIT 1 1.5 'x' @en ^^ ! = < && || + - / ^ "
            "[ ] COUNT EXISTS NOT IN _:b".split()
        ),
        max_size=30,
    )
)
def test_any_text_is_parsed_or_refused(words: list[str]) -> None:
    with suppress(UnsupportedQueryError):
        parse(" ".join(words))


def test_a_query_of_a_table_is_parsed_once(
    columns: ColumnarEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    parser = Mock(wraps=parse_tokens)
    monkeypatch.setattr(plans, "parse_tokens", parser)
    for query in (COUNTED, UNV + "ASK { ?vote unv:option ?option }"):
        assert columns.query_table(query, {}, {}, include_cheap=True)
    assert parser.call_count == 2


def test_cheap_queries_go_to_oxigraph(columns: ColumnarEngine) -> None:
    assert refusal(columns, POINT, include_cheap=False) is Reason.CHEAP
    assert columns.query(COUNTED, {}).variables == ["option", "votes"]


# The service.
def asked(server: str, query: str, **parameters: str) -> httpx.Response:
    return httpx.get(f"{server}/sparql", params={"query": query, **parameters}, timeout=60)


def test_the_engine_that_answered_is_named(server: str) -> None:
    assert asked(server, POINT).headers["kg-engine"] == "oxigraph"
    first = asked(server, COUNTED)
    assert first.headers["kg-engine"] == "columnar"
    # The same for a cached response.
    assert asked(server, COUNTED).headers["kg-engine"] == "columnar"
    metrics = httpx.get(f"{server}/metrics").text
    assert 'kg_answers_total{engine="columnar"}' in metrics


def test_a_request_can_select_an_engine(server: str) -> None:
    responses = {name: asked(server, COUNTED, engine=name) for name in ("oxigraph", "columnar")}
    for name, response in responses.items():
        assert response.headers["kg-engine"] == name
    assert responses["oxigraph"].json() == responses["columnar"].json()
    # The order of rows may depend on the engine, so the entity tags differ.
    assert responses["oxigraph"].headers["etag"] != responses["columnar"].headers["etag"]
    refused = asked(server, "SELECT * { ?s ?p ?o } LIMIT 1", engine="columnar")
    assert refused.status_code == 400
    assert Reason.PREDICATE.value in refused.text
    assert asked(server, COUNTED, engine="other").status_code == 400


def test_the_engine_can_be_disabled_by_a_setting(embedded: Path) -> None:
    with serving(embedded, KG_COLUMNAR=0) as live:
        assert asked(live.address, COUNTED).headers["kg-engine"] == "oxigraph"


def test_a_release_with_columns_of_an_unknown_version_is_answered_by_oxigraph(
    embedded: Path, tmp_path: Path, start_server: Callable[[Path], str]
) -> None:
    data = tmp_path / "data"
    shutil.copytree(embedded, data)
    file = require_current(data).path / statistics.FILE_NAME
    document = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(document | {"version": "1 9.0.1"}), encoding="utf-8")
    integrity.seal(require_current(data), statistics.FILE_NAME)
    server = start_server(data)
    assert asked(server, COUNTED).headers["kg-engine"] == "oxigraph"
    health = httpx.get(f"{server}/health")
    assert health.status_code == 200
    assert "the columnar engine is off" in health.text
    assert "written by DuckDB 9.0.1; expected" in health.text
    forced = asked(server, COUNTED, engine="columnar")
    assert forced.status_code == 400
    assert Reason.NO_COLUMNS.value in forced.text


@pytest.mark.parametrize("engine_name", ["oxigraph", "columnar"])
def test_limits_hold_for_both_engines(embedded: Path, engine_name: str) -> None:
    """A query that takes too long is aborted, and the other engine is not tried."""
    # It counts combinations of five states.
    query = UNV + (
        "SELECT (COUNT(*) AS ?n) { ?e unv:inFavour ?a , ?b , ?c , ?d , ?f FILTER(?a != ?b) }"
    )
    with serving(embedded, KG_QUERY_TIMEOUT=2) as live:
        response = asked(live.address, query, engine=engine_name)
        assert response.status_code == 503
        assert "time limit of 2 seconds" in response.text
        assert asked(live.address, POINT).text


def test_the_documented_reasons_are_up_to_date() -> None:
    page = ROOT / "docs" / "explanation" / "engine.md"
    assert unsupported.as_markdown() in page.read_text(encoding="utf-8")


def test_the_installed_versions_were_compared() -> None:
    assert not database.unverified_versions()


def test_a_build_writes_columns(small: Path) -> None:
    release = require_current(small)
    assert (release.path / database.FILE_NAME).is_file()
    table_statistics = statistics.read(release.path)
    assert table_statistics is not None
    facts = sum(part.facts for parts in table_statistics.partitions.values() for part in parts)
    counted = release.open_store().query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert isinstance(counted, ox.QuerySolutions)
    assert int(next(counted)["n"].value) == facts
