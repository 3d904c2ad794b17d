"""``kg publish`` into real servers: killed and given again, by updates alone, by permission."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.endpoints import UNAVAILABLE, Endpoint, run_endpoint
from kg.rdf.vocabulary import BASE, FACTS_GRAPHS
from kg.release.adoption import adopt
from kg.release.release import Release, require_current
from tests.support.damage import renamed
from tests.support.releases import with_manifest

pytestmark = pytest.mark.skipif(bool(UNAVAILABLE["oxigraph"]), reason=UNAVAILABLE["oxigraph"])


@pytest.fixture
def target(tmp_path: Path) -> Iterator[Endpoint]:
    """An empty server."""
    (tmp_path / "database").mkdir()
    with run_endpoint("oxigraph", tmp_path / "database") as theirs:
        yield theirs


@pytest.fixture(scope="module")
def states(states_alone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a small release, in which the progress of publishing is kept."""
    data = tmp_path_factory.mktemp("states")
    adopt(data, states_alone)
    return data


def _check_complete(target: Endpoint, release: Release) -> None:
    """Check that a server holds a release, everything once, and that it is in force."""
    graphs = target.graphs()
    facts = f"facts/{release.name}"
    counts = {name: graphs[name] for name in (facts, "ontology", "shapes", "report")}
    assert sum(counts.values()) == release.manifest().count("triples")
    assert graphs["current"] == 1
    assert [FACTS_GRAPHS + release.name] in target.rows(
        f"SELECT ?g {{ GRAPH <{BASE}graph/current> {{ ?s ?p ?g }} }}"
    )
    assert not [name for name in graphs if name.endswith("/next")]


def test_publishing_without_its_progress_file_repeats_work(target: Endpoint, states: Path) -> None:
    release = require_current(states)
    # Half of it is there already, and a triple that is not of the release.
    facts = FACTS_GRAPHS + release.name
    target.publish(states)
    target.update(f"DELETE DATA {{ GRAPH <{BASE}graph/current> {{ {_current(facts)} }} }}")
    target.update(f"INSERT DATA {{ GRAPH <{facts}> {{ <urn:a> <urn:b> <urn:c> }} }}")
    output = target.publish(states)
    assert "urn:b: 1 with 5 characters, expected 0 with 0" in output
    assert "sending all again" in output
    _check_complete(target, release)


def test_publishing_by_updates_only(target: Endpoint, states: Path) -> None:
    endpoint = Endpoint(target.name, target.query, target.options[:2])
    endpoint.publish(states)
    _check_complete(target, require_current(states))


def test_publishing_by_the_graph_store_protocol_only(target: Endpoint, states: Path) -> None:
    endpoint = Endpoint(target.name, target.query, target.options[2:])
    endpoint.publish(states)
    _check_complete(target, require_current(states))


def test_the_previous_release_stays_available(
    target: Endpoint, states: Path, tmp_path: Path
) -> None:
    names = []
    for number in range(3):
        data = tmp_path / str(number)
        names.append(f"2026010{number}T000000.000000Z-0123abcd")
        renamed(require_current(states), data, names[-1])
        target.publish(data)
        _check_complete(target, require_current(data))
        expected = {f"facts/{name}" for name in names[-2:]}
        assert {name for name in target.graphs() if name.startswith("facts/")} == expected


def test_publishing_data_that_is_not_redistributable_needs_confirmation(
    target: Endpoint, states: Path, tmp_path: Path
) -> None:
    terms = {"redistributable": False, "licence": "all rights reserved"}
    copy = with_manifest(require_current(states), tmp_path, "states", **terms)
    data = tmp_path / "data"
    adopt(data, copy.path)
    process = target.start_publishing(data)
    output, _ = process.communicate(timeout=180)
    assert process.returncode == 1
    assert "states (" in output
    assert "all rights reserved): redistribution is not known to be permitted" in output
    assert not target.graphs()
    assert "is the current release" in target.publish(data, "--yes")


def test_errors_of_a_server_are_reported(target: Endpoint, states: Path) -> None:
    for options, expected in (
        (("--update", f"{target.query}-nowhere"), "refused POST with status 404"),
        (("--update", "http://127.0.0.1:9/update"), "cannot be reached"),
        (("--update", "nowhere"), "expected an http or https address"),
    ):
        process = Endpoint(target.name, target.query, options).start_publishing(states)
        output, _ = process.communicate(timeout=180)
        assert process.returncode != 0
        assert expected in " ".join(output.split())
        assert "Traceback" not in output


def _current(facts: str) -> str:
    return f"<{BASE}dataset> <http://www.w3.org/ns/dcat#hasCurrentVersion> <{facts}>"
