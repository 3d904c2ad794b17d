"""Federation: requests to endpoints, refused queries, settings, the command line."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Final

import httpx
import pyoxigraph as ox
import pytest
from rdflib import RDF, Graph, Namespace

from kg.engine.federation import allowlist
from kg.engine.federation.allowlist import Allowlist, Endpoint
from kg.engine.federation.bindings import InvalidResultsError, Solutions, parse_solutions
from kg.engine.federation.cache import AnswerCache
from kg.engine.federation.client import EndpointAnswer
from kg.engine.federation.gateway import FetchResult, Gateway
from kg.engine.federation.rewriter import RewrittenQuery, rewrite
from kg.errors import ForbiddenServiceError, QueryError, SettingError
from kg.sparql.evaluation import evaluate
from tests.support.endpoints import WIKIDATA, settings
from tests.support.live import serving
from tests.support.paths import ROOT

SD: Final = Namespace("http://www.w3.org/ns/sparql-service-description#")
_THERE: Final = "https://there.example/sparql"


class Recorded(Gateway):
    """A gateway that records requests and answers each with one row of ``urn:x:s1``."""

    def __init__(self, endpoints: Allowlist) -> None:
        super().__init__(endpoints, None)
        self.sent: list[str] = []

    async def fetch(
        self, endpoint: Endpoint, query: str, variables: tuple[str, ...], user: str
    ) -> FetchResult:
        self.sent.append(query)
        rows = (("<urn:x:s1>",) * len(variables),)
        answer = EndpointAnswer(Solutions(variables, rows), 0)
        return FetchResult(answer, from_cache=False, sent=len(query))


def _rewritten(
    query: str, store: ox.Store, *, in_haste: bool = False, **changed: object
) -> tuple[list[str], RewrittenQuery]:
    """Return the requests sent for a query, and the rewritten query."""

    async def query_local(text: str, seconds: float | None) -> bytes | None:
        if seconds is not None and in_haste:
            return None
        answer = evaluate(store, text)
        assert isinstance(answer, ox.QuerySolutions)
        return answer.serialize(format=ox.QueryResultsFormat.JSON) or b""

    async def run() -> tuple[list[str], RewrittenQuery]:
        endpoint = Endpoint.model_validate({"iri": _THERE, **changed})
        gateway = Recorded(Allowlist(by_iri={_THERE: endpoint, WIKIDATA: Endpoint(iri=WIKIDATA)}))
        return gateway.sent, await rewrite(query, {}, gateway, query_local)

    return asyncio.run(run())


@pytest.fixture(scope="module")
def store() -> ox.Store:
    store = ox.Store()
    lines = (f"<urn:x:s{n}> <urn:x:p> <urn:x:o{n % 5}> ." for n in range(450))
    store.load("\n".join(lines).encode(), format=ox.RdfFormat.N_TRIPLES)
    return store


def test_values_are_sent_once_each_in_batches(store: ox.Store) -> None:
    query = f"SELECT * {{ ?s <urn:x:p> ?o SERVICE <{_THERE}> {{ ?s <urn:x:q> ?v }} }}"
    sent, _ = _rewritten(query, store)
    assert [text.count("<urn:x:s") for text in sent] == [200, 200, 50]
    assert sent[0].startswith("SELECT ?s ?v WHERE { VALUES ?s { <urn:x:s0> ")
    sent, _ = _rewritten(query.replace("?s <urn:x:q>", "?o <urn:x:q>"), store)
    assert [text.count("<urn:x:o") for text in sent] == [5]


def test_nothing_is_sent_if_nothing_can_join(store: ox.Store) -> None:
    query = f"SELECT * {{ ?s <urn:x:none> ?o SERVICE <{_THERE}> {{ ?s <urn:x:q> ?v }} }}"
    sent, rewritten = _rewritten(query, store)
    assert sent == []
    assert "VALUES (?s ?v) {" in rewritten.query


def test_a_later_clause_is_constrained_by_results_of_an_earlier_one(store: ox.Store) -> None:
    query = (
        f"SELECT * {{ SERVICE <{_THERE}> {{ ?w <urn:x:r> ?z }} ?s <urn:x:p> <urn:x:o1> "
        f"SERVICE <{_THERE}> {{ ?s <urn:x:q> ?w }} }}"
    )
    sent, _ = _rewritten(query, store)
    assert [text.count("<urn:x:") for text in sent] == [91, 2]
    assert "VALUES ?w { <urn:x:s1> }" in sent[1]


def test_a_rewrite_with_little_time_uses_fewer_constraints(store: ox.Store) -> None:
    query = (
        "SELECT * { ?s <urn:x:p> ?o . ?s <urn:x:p> <urn:x:o1> . ?s <urn:x:p> ?o "
        f"SERVICE <{_THERE}> {{ ?o <urn:x:q> ?v }} }}"
    )
    (thorough,), _ = _rewritten(query, store)
    (hasty,), _ = _rewritten(query, store, in_haste=True)
    assert (thorough.count("<urn:x:o"), hasty.count("<urn:x:o")) == (1, 5)


def test_an_unconstrained_clause_is_sent_if_it_is_small(store: ox.Store) -> None:
    small = (
        "{ SELECT ?a { ?a ?b ?c } LIMIT 5 }",
        "<urn:x:thing> <urn:x:part> ?a . ?a <urn:x:name> ?b",
        "VALUES ?a { <urn:x:1> <urn:x:2> } ?a <urn:x:name> ?b",
    )
    for body in small:
        sent, _ = _rewritten(f"SELECT * {{ SERVICE <{_THERE}> {{ {body} }} }}", store)
        assert len(sent) == 1
    # A clause with a limit of its own is sent once, without values.
    joined = (
        f"SELECT * {{ ?s <urn:x:p> ?o SERVICE <{_THERE}> {{ {small[0].replace('?a', '?s')} }} }}"
    )
    assert [text.count("urn:x:s") for text in _rewritten(joined, store)[0]] == [0]
    large = ("?a ?b ?c", "?a <urn:x:p> <urn:x:o>", "OPTIONAL { ?s <urn:x:q> ?v }")
    for body in large:
        query = f"SELECT * {{ ?s <urn:x:p> ?o SERVICE <{_THERE}> {{ {body} }} }}"
        with pytest.raises(QueryError, match="nothing limits the results of SERVICE"):
            _rewritten(query, store)
        assert len(_rewritten(query, store, unlimited=True)[0]) == 1


def test_too_many_values_are_refused_with_advice(store: ox.Store) -> None:
    query = f"SELECT * {{ ?s <urn:x:p> ?o SERVICE <{_THERE}> {{ ?s <urn:x:q> ?v }} }}"
    with pytest.raises(QueryError, match=r"more than 200 values of \?s; restrict"):
        _rewritten(query, store, batch=100, requests=2)
    # The values of one of two variables may suffice.
    query = f"SELECT * {{ ?s <urn:x:p> ?o SERVICE <{_THERE}> {{ ?s <urn:x:q> ?o }} }}"
    sent, _ = _rewritten(query, store, batch=100, requests=2)
    assert [text.count("<urn:x:o") for text in sent] == [5]


def test_an_unbound_value_is_named_as_the_reason(store: ox.Store) -> None:
    pattern = "?s <urn:x:p> ?o BIND(IF(?o = <urn:x:o1>, 1/0, ?o) AS ?v)"
    query = f"SELECT * {{ {pattern} SERVICE <{_THERE}> {{ ?a ?b ?v . ?v ?c ?d }} }}"
    with pytest.raises(QueryError, match=r"\?v is unbound in some solutions .*BOUND\(\?v\)"):
        _rewritten(query, store)
    # Another variable limits it.
    query = f"SELECT * {{ {pattern} SERVICE <{_THERE}> {{ ?s ?b ?v . ?v ?c ?d }} }}"
    assert "VALUES ?s" in _rewritten(query, store)[0][0]


def test_a_value_that_cannot_be_sent_is_named_as_the_reason(store: ox.Store) -> None:
    pattern = "BIND(<<( <urn:a> <urn:b> <urn:c> )>> AS ?t)"
    query = f"SELECT * {{ {pattern} SERVICE <{_THERE}> {{ ?a ?b ?t . ?t ?c ?d }} }}"
    with pytest.raises(QueryError, match=r"values of .* cannot be sent, since .* unknown type"):
        _rewritten(query, store)


def test_prefixes_and_base_are_sent_with_the_clause(store: ox.Store) -> None:
    query = (
        "BASE <urn:x:> PREFIX wdt: <http://w/> PREFIX unused: <http://u/> SELECT * { "
        f"?s <urn:x:p> ?o SERVICE <{_THERE}> {{ ?s wdt:P1/wdt:P2* ?v ; ^wdt:P3 <v> . "
        'FILTER(LANG(?v) = "en" && ?v != "}") } }'
    )
    sent, _ = _rewritten(query, store)
    assert sent[0].startswith("BASE <urn:x:>\nPREFIX wdt: <http://w/>\nSELECT ?s ?v WHERE {")
    assert 'FILTER(LANG(?v) = "en" && ?v != "}") }' in sent[0]


def test_vendor_extensions_are_passed_on_with_a_warning(store: ox.Store) -> None:
    query = (
        "PREFIX wikibase: <http://wikiba.se/ontology#> PREFIX bd: <http://www.bigdata.com/rdf#> "
        f"SELECT ?s ?vLabel {{ ?s <urn:x:p> <urn:x:o1> SERVICE <{WIKIDATA}> {{ ?s <urn:x:q> ?v . "
        'SERVICE wikibase:label { bd:serviceParam wikibase:language "en" } } }'
    )
    sent, rewritten = _rewritten(query, store)
    assert "SERVICE wikibase:label" in sent[0]
    assert sent[0].partition("WHERE")[0].endswith("SELECT ?s ?v ?vLabel ")
    assert "only by the software that Wikidata is replacing" in rewritten.warnings[0]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <https://other.example/> { ?s ?p ?o } }",
        f"SELECT * {{ VALUES ?e {{ <{_THERE}> }} SERVICE ?e {{ ?s ?p ?o }} }}",
        f"SELECT * {{ SERVICE <{_THERE}> {{ <urn:a> ?p ?o SERVICE <https://x.example/> {{}} }} }}",
        f"SELECT * {{ SERVICE <{_THERE}> {{ <urn:a> ?p ?o SERVICE ?o {{}} }} }}",
    ],
)
def test_other_endpoints_are_refused_before_anything_is_sent(query: str, store: ox.Store) -> None:
    with pytest.raises(ForbiddenServiceError, match=f"allowed|one of {_THERE}"):
        _rewritten(query, store)


def test_a_query_nested_too_deeply_is_refused(store: ox.Store) -> None:
    deep = "{" * 61 + f"SERVICE <{_THERE}> {{ <urn:a> ?p ?o }}" + "}" * 61
    with pytest.raises(QueryError, match="nested more than 60 deep"):
        _rewritten(f"SELECT * {deep}", store)


_REPEATED: Final = (
    *("'''a'", "a.", "a:.", "a-", "<a", '"', "{", "{}", "()", "FILTER(1)", "?a a ?b FILTER(1)"),
    *("{} UNION ", f"SERVICE<{_THERE}>{{}}"),
)


@pytest.mark.parametrize("unit", _REPEATED)
def test_repetition_is_parsed_in_time(unit: str) -> None:
    # In a separate process, so that a parser that takes too long can be stopped.
    code = (
        "import sys; from kg.errors import KgError; from kg.engine.federation.parser import parse\n"
        "try: parse(sys.stdin.read())\nexcept KgError as error: print(error)"
    )
    text = f"SELECT * {{ SERVICE <{_THERE}> {{ ?s ?p ?o }} " + unit * (99_900 // len(unit)) + "}"
    command = [sys.executable, "-c", code]
    subprocess.run(command, input=text, text=True, timeout=120, check=True, capture_output=True)


# Settings.
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[endpoint."ftp://x.example/"]', "expected an http or https address"),
        ('[endpoint."https://me:secret@x.example/"]', "without a user name and a password"),
        ('[endpoint."https://x.example/"]\nalias = "https://me@y.example/"', "alias: expected an"),
        ('[endpoint."https://x.example/"]\ntimeout = 0', "timeout: Input should be greater than 0"),
        ('[endpoint."https://x.example/"]\ntimeuot = 5', "timeuot: Extra inputs"),
        ("endpoints = 1", "endpoints: Extra inputs"),
        ("endpoint = 1", "expected one table"),
        ('contact = "a\\nb"', "contact: expected an address"),
        ("= 1", "cannot be read"),
    ],
)
def test_an_invalid_setting_is_named(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "federation.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingError, match=r"federation\.toml") as error:
        allowlist.load(path)
    assert message in str(error.value)


def test_a_settings_file_changes_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "federation.toml"
    path.write_text(
        '[endpoint."https://dbpedia.org/sparql"]\nallowed = false\n'
        f'[endpoint."{WIKIDATA}"]\ntimeout = 5\n',
        encoding="utf-8",
    )
    endpoints = allowlist.load(path).by_iri
    assert endpoints.keys() == allowlist.DEFAULT_ENDPOINTS.keys() - {"https://dbpedia.org/sparql"}
    assert (endpoints[WIKIDATA].timeout, endpoints[WIKIDATA].per_minute) == (5, 30)


def test_defaults_and_settings_are_documented() -> None:
    page = (ROOT / "docs" / "how-to" / "allow-endpoints.md").read_text(encoding="utf-8")
    for iri, fields in allowlist.DEFAULT_ENDPOINTS.items():
        assert f"| `{iri}` | {fields['per_minute']} | {fields['concurrency']} |" in page
    for name in Endpoint.model_fields.keys() - {"iri"}:
        assert f"`{name}`" in page


# Answers.
def test_terms_are_parsed_unchanged() -> None:
    content = (
        b'{"head":{"vars":["a"]},"results":{"bindings":[{"a":{"type":"literal","value":"x\\"\\n",'
        b'"xml:lang":"en"}},{"a":{"type":"typed-literal","value":"1","datatype":"urn:t"}},{},'
        b'{"a":{"type":"bnode","value":"b0"}},{"a":{"type":"uri","value":"urn:x"}}]}}'
    )
    rows = parse_solutions(content, ("a",), 10).rows
    assert [row[0] for row in rows[:3]] == ['"x\\"\\n"@en', '"1"^^<urn:t>', ""]
    assert rows[3][0].startswith("<https://w3id.org/un-votes/.well-known/genid/")
    assert rows[4][0] == "<urn:x>"


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"head":{},"boolean":true}', b"null"])
def test_an_invalid_answer_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidResultsError):
        parse_solutions(content, ("a",), 10)


def test_cache_expires_old_entries_and_evicts_to_make_room(tmp_path: Path) -> None:
    def answer(text: str) -> EndpointAnswer:
        return EndpointAnswer(Solutions(("a",), ((text,),)), len(text))

    cache = AnswerCache(tmp_path / "deep" / "cache.sqlite", 2000)
    cache.put("x", "q", answer('"one"'))
    assert cache.get("x", "q", 60) == answer('"one"')
    assert cache.get("y", "q", 60) is None
    assert cache.get("x", "q", 0) is None
    for number in range(100):
        cache.put("x", str(number), answer(f'"{number}"'))
    assert cache.get("x", "q", 60) is None
    assert cache.get("x", "99", 60) == answer('"99"')
    (tmp_path / "broken.sqlite").write_bytes(b"no database, but long enough to be looked at" * 9)
    broken = AnswerCache(tmp_path / "broken.sqlite", 2000)
    broken.put("x", "q", answer('"one"'))
    assert broken.get("x", "q", 60) is None


# The service description and the command line.
def test_service_description_lists_federation_only_if_enabled(
    server: str, embedded: Path, tmp_path: Path
) -> None:
    def features(address: str) -> set[str]:
        description = Graph().parse(data=httpx.get(f"{address}/sparql").text, format="turtle")
        (service,) = description.subjects(RDF.type, SD.Service)
        return {str(feature) for feature in description.objects(service, SD.feature)}

    assert features(server) == {str(SD.BasicFederatedQuery)}
    with serving(embedded, KG_FEDERATION=settings(tmp_path)) as closed:
        assert features(closed.address) == set()
        query = f"SELECT * {{ SERVICE <{WIKIDATA}> {{ <urn:a> ?p ?o }} }}"
        answer = httpx.post(f"{closed.address}/sparql", data={"query": query})
        assert answer.status_code == 403
        assert answer.text.startswith("SERVICE is not allowed here")


def test_the_command_line_answers_federated_queries(embedded: Path, federation: Path) -> None:
    command = [sys.executable, "-m", "kg", "query", "votes-of-neighbours", "--format", "csv"]
    result = subprocess.run(
        [*command, "--data", str(embedded)],
        capture_output=True,
        text=True,
        check=False,
        env={"KG_FEDERATION": str(federation), "PATH": "/usr/bin:/bin"},
    )
    assert result.returncode == 0, result.stderr
    assert "Belarus" in result.stdout
    assert f"{WIKIDATA} returned 3 rows" in result.stderr
