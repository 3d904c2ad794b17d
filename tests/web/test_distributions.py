"""What a service distributes: valid DCAT-AP, checksums, schema.org, links for machines."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx
import pyshacl
import pytest
from rdflib import RDF, RDFS, Graph, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS

from kg.rdf.iris import release as release_iri
from kg.rdf.vocabulary import BASE, DATASET
from kg.release.export.files import read_checksums
from kg.release.release import require_current
from tests.support.releases import with_dumps

SPDX = Namespace("http://spdx.org/rdf/terms#")
VOID = Namespace("http://rdfs.org/ns/void#")


@pytest.fixture(scope="module")
def data(embedded: Path, dump: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the embedded release and its dumps."""
    return with_dumps(embedded, dump, tmp_path_factory.mktemp("distributed") / "data")


@pytest.fixture(scope="module")
def offering(data: Path, start_server: Callable[[Path], str]) -> str:
    """The address of a server that offers these dumps."""
    return start_server(data)


@pytest.fixture(scope="module")
def description(offering: str) -> Graph:
    """The service description, without the numerous partitions of VoID."""
    graph = Graph().parse(f"{offering}/.well-known/void", format="turtle")
    for part in set(graph.subjects(VOID.triples)) | set(graph.subjects(VOID.entities)):
        if part != URIRef(DATASET):
            graph.remove((part, None, None))
    return graph


def test_the_description_is_valid_dcat_ap(description: Graph, real_data: Path) -> None:
    shapes = Graph().parse(real_data / "validators" / "dcat-ap-3.0.0-SHACL.ttl")
    # As RDFS entails: the shapes demand the class of values that may be any resource.
    for term in set(description.all_nodes()):
        if isinstance(term, URIRef):
            description.add((term, RDF.type, RDFS.Resource))
    conforms, _, text = pyshacl.validate(description, shacl_graph=shapes)
    assert conforms, text
    for kind in (DCAT.Catalog, DCAT.Dataset, DCAT.DataService, DCAT.Distribution):
        assert set(description.subjects(RDF.type, kind))
    # The shapes find what is missing.
    without = Graph() + description
    without.remove((URIRef(DATASET), DCTERMS.title, None))
    assert not pyshacl.validate(without, shacl_graph=shapes)[0]


def test_every_download_has_its_size_and_checksum(
    description: Graph, offering: str, data: Path
) -> None:
    dumps = require_current(data).dumps
    files = {path.name for path in dumps.iterdir()}
    described = {}
    for distribution, url in description.subject_objects(DCAT.downloadURL):
        name = str(url).removeprefix(f"{offering}/dumps/")
        (size,) = description.objects(distribution, DCAT.byteSize)
        assert (dumps / name).stat().st_size == int(str(size))
        checksums = list(description.objects(distribution, SPDX.checksum / SPDX.checksumValue))
        described[name] = str(checksums[0]) if checksums else ""
    assert set(described) == files
    listed = read_checksums(dumps)
    assert described == listed | {"SHA256SUMS": ""}
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=dumps, check=True)


def test_responses_name_their_release(server: str, embedded: Path) -> None:
    iri = release_iri(require_current(embedded).name)
    query = f"{server}/sparql?query=ASK%7B%7D"
    for address in (query, f"{server}/page/state/IND", f"{server}/data/state/IND.ttl"):
        answer = httpx.get(address)
        assert answer.headers["kg-release"] == iri
        assert "KG-Release" in answer.headers["access-control-expose-headers"]
        unchanged = httpx.get(address, headers={"If-None-Match": answer.headers["etag"]})
        assert (unchanged.status_code, unchanged.headers["kg-release"]) == (304, iri)
    long = httpx.get(f"{server}/sparql", params={"query": "SELECT * { ?s ?p ?o } LIMIT 20000"})
    assert long.headers["kg-release"] == iri


def links(response: httpx.Response) -> dict[str, set[str]]:
    """Return the targets of a Link header by relation."""
    targets: dict[str, set[str]] = {}
    for target, relations in re.findall(r'<([^>]*)>; rel="([^"]*)"', response.headers["link"]):
        for relation in relations.split():
            targets.setdefault(relation, set()).add(target)
    return targets


def test_pages_have_signposts(offering: str) -> None:
    html = {"Accept": "text/html"}
    page = links(httpx.get(f"{offering}/page/state/IND", headers=html))
    assert page["cite-as"] == {f"{BASE}id/state/IND"}
    assert f"{offering}/data/state/IND.ttl" in page["describedby"]
    assert page["collection"] == {DATASET}
    assert len(page["license"]) == 1
    landing = links(httpx.get(f"{offering}/dataset", headers=html))
    assert landing["cite-as"] == {DATASET}
    assert landing["type"] == {"https://schema.org/Dataset", "https://schema.org/AboutPage"}
    assert landing["author"] == {f"{DATASET}/publisher"}
    assert {f"{offering}/sparql", f"{offering}/dumps/un-votes.nq.gz"} <= landing["item"]
    for target in landing["describedby"] | landing["item"] - {f"{offering}/sparql"}:
        assert httpx.head(target).status_code == 200, target


def test_the_page_of_the_dataset_has_what_search_engines_require(offering: str) -> None:
    page = httpx.get(f"{offering}/dataset", headers={"Accept": "text/html"}).text
    scripts = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    (dataset,) = (d for d in map(json.loads, scripts) if d.get("@type") == "Dataset")
    # https://developers.google.com/search/docs/appearance/structured-data/dataset
    assert 50 <= len(dataset["description"]) <= 5000
    for name in ("name", "license", "creator", "identifier", "keywords", "version", "url"):
        assert dataset[name]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d/\d{4}-\d\d-\d\d", dataset["temporalCoverage"])
    formats = {d["contentUrl"]: d["encodingFormat"] for d in dataset["distribution"]}
    assert formats[f"{offering}/dumps/un-votes.ttl.gz"] == "text/turtle"
    assert "Terms of use" in page


def test_a_service_without_dumps_distributes_its_endpoint(server: str) -> None:
    graph = Graph().parse(f"{server}/.well-known/void", format="turtle")
    assert set(graph.objects(URIRef(DATASET), DCAT.distribution / DCAT.accessURL)) == {
        URIRef(f"{server}/sparql")
    }
    assert (URIRef(DATASET), RDF.type, DCAT.Dataset) in graph
