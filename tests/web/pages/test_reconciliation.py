"""The reconciliation service, version 0.2 and the draft of 1.0, as OpenRefine uses it."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from jsonschema import Draft7Validator
from referencing import Registry
from referencing.jsonschema import DRAFT7

from kg.rdf.vocabulary import BASE, DCTERMS, RDFS, UNV
from kg.web.pages.ontology_terms import subclasses

INDIA, RUSSIA = f"{BASE}id/state/IND", f"{BASE}id/state/RUS"
DRAFT: Final = "/reconcile/1.0-draft"
Check = Callable[[str, str, object], None]


@pytest.fixture(scope="module")
def check(real_data: Path) -> Check:
    """A function that validates JSON by a schema of a version, by its name."""
    registry: Registry[Any] = Registry()
    schemas = {}
    with zipfile.ZipFile(real_data / "validators" / "reconciliation-api-schemas.zip") as archive:
        for name in archive.namelist():
            if match := re.fullmatch(r"(0\.2|1\.0-draft)/schemas/([\w-]+)\.json", name):
                schema = json.loads(archive.read(name))
                schemas[match[1], match[2]] = schema
                resource = DRAFT7.create_resource(schema)
                registry = registry.with_resource(schema["$id"], resource)

    def validate(version: str, name: str, value: object) -> None:
        Draft7Validator(schemas[version, name], registry=registry).validate(value)

    return validate


def _get(server: str, path: str, **params: object) -> Any:
    answer = httpx.get(f"{server}{path}", params={k: str(v) for k, v in params.items()})
    assert answer.status_code == 200, answer.text
    assert answer.headers["access-control-allow-origin"] == "*"
    return answer.json()


def _reconciled(server: str, **query: object) -> list[dict[str, Any]]:
    batch = _get(server, "/reconcile", queries=json.dumps({"q0": query}))
    found: list[dict[str, Any]] = batch["q0"]["result"]
    return found


@pytest.mark.parametrize(
    "text",
    [
        *("India", "IND", "IN", "in", "356", "Q668", "q668", "wd:Q668"),
        "http://www.wikidata.org/entity/Q668",
        "https://www.wikidata.org/wiki/Q668",
        INDIA,
    ],
)
def test_a_state_is_known_by_its_names_and_codes(server: str, text: str) -> None:
    (best, *_) = _reconciled(server, query=text, type=UNV.State)
    assert (best["id"], best["match"], best["score"]) == (INDIA, True, 100)


def test_properties_decide_between_candidates(server: str) -> None:
    query = {"query": "Korea", "type": UNV.State, "limit": 5}
    named = _reconciled(server, **query)
    assert not any(candidate["match"] for candidate in named)
    refined = _reconciled(server, **query, properties=[{"pid": UNV.iso2, "v": "KP"}])
    assert refined[0]["id"] == f"{BASE}id/state/PRK"
    assert {"id": UNV.iso2, "name": "ISO alpha-2 code", "value": True} in refined[0]["features"]
    assert refined[1]["score"] < refined[0]["score"]


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ([{"pid": UNV.iso3, "v": "IND"}], INDIA),
        ([{"pid": "unv:m49", "v": 356}], INDIA),
        ([{"pid": UNV.wikidata, "v": {"id": "Q159", "name": "Russia"}}], RUSSIA),
        ([{"pid": UNV.symbol, "v": ["A/RES/ES-11/6"]}], f"{BASE}id/resolution/A-RES-ES-11-6"),
        ([{"pid": RDFS.label, "v": "India"}], INDIA),
    ],
)
def test_values_of_properties_suffice(
    server: str, properties: list[dict[str, object]], expected: str
) -> None:
    found = _reconciled(server, properties=properties)
    assert [(c["id"], c["match"]) for c in found] == [(expected, True)]


def test_resources_that_meet_more_conditions_come_first(server: str) -> None:
    group = {"pid": UNV.regionalGroup, "v": f"{BASE}id/group/asia-pacific-group"}
    assert len(_reconciled(server, properties=[group], limit=30)) == 30
    (best, *others) = _reconciled(server, properties=[group, {"pid": UNV.iso3, "v": "IND"}])
    assert (best["id"], best["match"]) == (INDIA, True)
    assert {candidate["score"] for candidate in others} == {50}


def test_a_value_may_be_the_name_of_a_resource(server: str) -> None:
    properties = [{"pid": UNV.regionalGroup, "v": "Asia-Pacific Group"}]
    (best, *_) = _reconciled(server, query="India", type=UNV.State, properties=properties)
    assert (best["id"], best["match"]) == (INDIA, True)
    properties = [{"pid": UNV.regionalGroup, "v": "African Group"}]
    (best, *_) = _reconciled(server, query="India", type=UNV.State, properties=properties)
    assert (best["id"], best["match"], best["score"]) == (INDIA, False, 50)


def test_a_class_includes_its_subclasses(server: str) -> None:
    assert UNV.Resolution in subclasses([UNV.Document])
    assert _reconciled(server, query="ES-11/6", type=UNV.Document)[0]["match"]


@pytest.mark.parametrize(
    ("queries", "message"),
    [
        ("[" * 100_000, "'queries' is nested too deeply"),
        ("[]", "'queries': expected a JSON object, found an array"),
        ('{"q0": {}}', "query 'q0': expected 'query' or 'properties', found neither"),
        ('{"q0": {"query": {}}}', "query 'q0': 'query': expected a string, found an object"),
        (
            '{"q0": {"properties": [{"v": 1}]}}',
            "query 'q0': 'pid': expected a string, found nothing",
        ),
    ],
)
def test_an_invalid_batch_is_refused_with_the_reason(
    server: str, queries: str, message: str
) -> None:
    answer = httpx.post(f"{server}/reconcile", data={"queries": queries})
    assert (answer.status_code, answer.text[: len(message)]) == (400, message)


@pytest.mark.parametrize(
    "query", [{"query": "India", "limit": limit} for limit in (-1, 0, 1e99, "x", None, True)]
)
def test_an_odd_limit_is_harmless(server: str, query: dict[str, object]) -> None:
    assert _reconciled(server, **query)[0]["id"] == INDIA


@pytest.mark.parametrize("pid", ["", "no IRI", "urn:none", "unv:none", "<>", "http://e.org/ {}"])
def test_an_unknown_property_has_no_values(server: str, pid: str) -> None:
    (best, *_) = _reconciled(server, query="India", properties=[{"pid": pid, "v": "x"}])
    assert not best["match"]
    assert _reconciled(server, properties=[{"pid": pid, "v": 'x" . }'}]) == []


@pytest.mark.parametrize(
    ("kind", "prefix", "expected"),
    [
        ("entity", "Indi", INDIA),
        ("type", "resol", UNV.Resolution),
        ("type", "", UNV.State),
        ("property", "iso", UNV.iso3),
        ("property", "title", DCTERMS.title),
        ("property", "unv:yes", UNV.yesCount),
    ],
)
@pytest.mark.parametrize("base", ["/reconcile", DRAFT])
def test_suggestions(server: str, base: str, kind: str, prefix: str, expected: str) -> None:
    path = f"{base}/suggest/{kind}"
    suggested = _get(server, path, prefix=prefix)["result"]
    assert expected in [entry["id"] for entry in suggested]
    # As many again, if there are more.
    further = _get(server, path, prefix=prefix, cursor=1)["result"]
    assert further[: len(suggested) - 1] == suggested[1:]


def test_properties_of_a_class_are_proposed(server: str) -> None:
    proposed = _get(server, "/reconcile/extend/propose", type=UNV.State, limit=40)
    assert proposed["limit"] == 40
    ids = [entry["id"] for entry in proposed["properties"]]
    assert {UNV.iso3, UNV.wikidata, UNV.regionalGroup} <= set(ids)
    assert UNV.yesCount not in ids
    assert _get(server, "/reconcile/extend/propose", type="no IRI")["properties"] == []


def test_data_extension(server: str) -> None:
    event = f"{BASE}id/event/A-RES-ES-11-1"
    query = {
        "ids": [INDIA, event, "urn:unknown", "no IRI"],
        "properties": [
            {"id": UNV.iso3},
            {"id": UNV.regionalGroup},
            {"id": UNV.regionalGroup, "settings": {"content": "iri"}},
            {"id": UNV.against, "settings": {"limit": "2"}},
            {"id": "unv:yesCount"},
            {"id": UNV.date},
        ],
    }
    found = _get(server, "/reconcile", extend=json.dumps(query))
    rows = found["rows"]
    assert rows[INDIA][UNV.iso3] == [{"str": "IND"}]
    assert rows[INDIA][UNV.regionalGroup] == [{"str": f"{BASE}id/group/asia-pacific-group"}]
    against = [state["name"] for state in rows[event][UNV.against]]
    assert against == ["Belarus", "Democratic People's Republic of Korea"]
    assert rows[event]["unv:yesCount"] == [{"int": 141}]
    assert rows[event][UNV.date] == [{"date": "2022-03-02T00:00:00Z"}]
    assert rows["urn:unknown"][UNV.iso3] == rows["no IRI"][UNV.iso3] == []
    assert found["meta"][0]["name"] == "ISO alpha-3 code"


def test_a_preview_is_shown_in_frames_of_other_origins(server: str) -> None:
    answer = httpx.get(f"{server}/reconcile/preview", params={"id": INDIA})
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    assert 'href="/page/state/IND"' in answer.text
    assert httpx.get(f"{server}/reconcile/preview?id=x").status_code == 404


def test_an_identifier_leads_to_its_page_on_this_host_only(server: str) -> None:
    url = _get(server, "/reconcile")["view"]["url"].replace("{{id}}", INDIA)
    answer = httpx.get(url)
    assert (answer.status_code, answer.headers["location"]) == (303, "/page/state/IND")
    for iri in ("https://example.org/", "//example.org", f"{BASE}id/state/IND/../../x", ""):
        assert httpx.get(f"{server}/reconcile/view", params={"id": iri}).status_code == 404


def test_the_draft_reconciles_by_name_identifier_and_property(server: str) -> None:
    name = {"matchType": "name", "propertyValue": "Türkiye"}
    group = {"matchType": "property", "propertyId": UNV.iso3, "propertyValue": ["TUR", "IND"]}
    batch = [
        {"type": UNV.State, "conditions": [name], "limit": 1},
        {"conditions": [{"matchType": "id", "propertyValue": "Q668"}]},
        {"type": UNV.State, "conditions": [group]},
        {"conditions": [group | {"matchQuantifier": "all", "required": True}]},
        {"type": UNV.State, "conditions": [name, group | {"matchQuantifier": "none"}]},
    ]
    answer = httpx.post(f"{server}{DRAFT}/reconcile", json={"queries": batch})
    found = [entry["candidates"] for entry in answer.json()["results"]]
    assert [[c["id"].rpartition("/")[2] for c in candidates] for candidates in found[:4]] == [
        ["TUR"], ["IND"], ["IND", "TUR"], [],
    ]  # fmt: skip
    assert not found[4][0]["match"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("{", "the body is not valid JSON"),
        ('{"queries": [{"conditions": []}]}', "query 0: expected a condition, found none"),
        (
            '{"queries": [{"conditions": [{"matchType": "x", "propertyValue": "y"}]}]}',
            "query 0: expected 'matchType' to be one of name, id, property",
        ),
    ],
)
def test_an_invalid_batch_of_the_draft_is_refused(server: str, body: str, message: str) -> None:
    answer = httpx.post(f"{server}{DRAFT}/reconcile", content=body)
    assert (answer.status_code, answer.text[: len(message)]) == (400, message)


def test_every_response_of_version_0_2_fits_its_schema(server: str, check: Check) -> None:
    manifest = _get(server, "/reconcile")
    check("0.2", "manifest", manifest)
    queries = {
        "q0": {"query": "India", "type": UNV.State, "limit": 3, "type_strict": "any"},
        "q1": {"query": "Korea", "properties": [{"pid": UNV.iso3, "v": ["KOR", 1, True]}]},
    }
    check("0.2", "reconciliation-query-batch", queries)
    results = _get(server, "/reconcile", queries=json.dumps(queries))
    check("0.2", "reconciliation-result-batch", results)
    for kind, plural in (("entity", "entities"), ("type", "types"), ("property", "properties")):
        service = manifest["suggest"][kind]
        path = service["service_url"].removeprefix(server) + service["service_path"]
        check("0.2", f"suggest-{plural}-response", _get(server, path, prefix="s"))
    propose = manifest["extend"]["propose_properties"]["service_path"]
    proposed = _get(server, propose, type=UNV.State, limit=5)
    check("0.2", "data-extension-property-proposal", proposed)
    query = {"ids": [INDIA], "properties": [{"id": p["id"]} for p in proposed["properties"]]}
    check("0.2", "data-extension-query", query)
    extended = _get(server, "/reconcile", extend=json.dumps(query))
    check("0.2", "data-extension-response", extended)


def test_every_response_of_the_draft_fits_its_schema(server: str, check: Check) -> None:
    manifest = _get(server, DRAFT)
    check("1.0-draft", "manifest", manifest)
    condition = {"matchType": "name", "propertyValue": "India"}
    batch = {"queries": [{"type": UNV.State, "conditions": [condition]}]}
    check("1.0-draft", "reconciliation-query-batch", batch)
    results = httpx.post(f"{server}{DRAFT}/reconcile", json=batch).json()
    check("1.0-draft", "reconciliation-result-batch", results)
    for kind, plural in (("entity", "entities"), ("type", "types"), ("property", "properties")):
        suggested = _get(server, f"{DRAFT}/suggest/{kind}", prefix="s")
        check("1.0-draft", f"suggest-{plural}-response", suggested)
    proposed = _get(server, f"{DRAFT}/extend/propose", type=UNV.State, limit=30)
    check("1.0-draft", "data-extension-property-proposal", proposed)
    query = {"ids": [INDIA], "properties": [{"id": p["id"]} for p in proposed["properties"][:20]]}
    extended = httpx.post(f"{server}{DRAFT}/extend", json=query).json()
    check("1.0-draft", "data-extension-response", extended)
    assert extended["rows"][0]["id"] == INDIA
