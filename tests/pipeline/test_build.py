"""Releases: the output of a build, and what remains when one fails or is killed."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.audit.report import audit
from kg.errors import InvalidDataError, KgError, ReleaseError, SourceError, TooManyRefusedError
from kg.limits import RELEASES_KEPT
from kg.rdf.vocabulary import ONTOLOGY_GRAPH, REPORT_GRAPH, SHAPES_GRAPH, UNV
from kg.release import release
from kg.sources.selection import select_sources
from kg.sparql.evaluation import evaluate
from tests.support.command import kg
from tests.support.releases import count, make_release
from tests.support.unvotes_files import VOTES, write

ASK = "SELECT (COUNT(*) AS ?n) { ?vote a <https://w3id.org/un-votes/ontology#Vote> }"


def votes(data: Path) -> int:
    """Count the votes in the current release."""
    answer = evaluate(release.require_current(data).open_store(), ASK)
    assert isinstance(answer, ox.QuerySolutions)
    (row,) = answer
    return int(row["n"].value)


def test_a_release_contains_facts_once_and_the_rest_in_named_graphs(embedded: Path) -> None:
    store = release.require_current(embedded).open_store()
    graphs = {graph.value for graph in store.named_graphs() if isinstance(graph, ox.NamedNode)}
    assert graphs == {ONTOLOGY_GRAPH, SHAPES_GRAPH, REPORT_GRAPH}
    assert count(store, "?v a unv:Vote") == 4667
    assert count(store, "GRAPH ?g { ?v a unv:Vote }") == 0
    assert count(store, "?s ?p ?o FILTER (ISBLANK(?s) || ISBLANK(?o))") == 0


def test_the_manifest_lists_sources_counts_and_versions(embedded: Path) -> None:
    manifest = release.require_current(embedded).manifest()
    assert [source.name for source in manifest.sources] == [
        "states", "ukraine", "proposals", "statements", "reports",
    ]  # fmt: skip
    assert manifest.count("votes") == 4667
    assert manifest.count("events") == 28
    assert manifest.discrepancies == {"content": 3, "total": 1, "vote": 4}
    assert set(manifest.software) >= {"un-votes-kg", "pyoxigraph", "python"}
    assert all(len(d) == 64 for s in manifest.sources for d in s.files.values())


def test_the_shacl_report_is_in_the_release(embedded: Path) -> None:
    store = release.require_current(embedded).open_store()
    sh = "http://www.w3.org/ns/shacl#"
    assert count(store, f"GRAPH <{REPORT_GRAPH}> {{ ?r a <{sh}ValidationReport> }}") == 1
    assert count(store, f"GRAPH <{REPORT_GRAPH}> {{ ?r a <{sh}ValidationResult> }}") == 5


def test_states_are_always_loaded_and_no_source_twice(tmp_path: Path) -> None:
    assert [c.source.name for c in select_sources(["ukraine", "ukraine"], tmp_path)] == [
        "states",
        "ukraine",
    ]


@pytest.mark.parametrize("text", ["nonsense", "embedded=/tmp", "=x", ""])
def test_an_unknown_source_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(SourceError, match="expected one of embedded, states, ukraine"):
        select_sources([text], tmp_path)


def test_only_the_latest_releases_are_kept(tmp_path: Path, small: Path) -> None:
    names = [f"2026010{day}T000000.000000Z-00000000" for day in range(1, RELEASES_KEPT + 3)]
    for name in names:
        with release.build_directory(tmp_path) as folder:
            shutil.copytree(release.require_current(small).path, folder, dirs_exist_ok=True)
            release.activate(tmp_path, folder, name)
    left = sorted(path.name for path in (tmp_path / "releases").iterdir())
    assert left == names[-RELEASES_KEPT:]
    assert release.require_current(tmp_path).name == names[-1]


@pytest.fixture(scope="module")
def of_four_votes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose release has four votes of a small unvotes source."""
    folder = tmp_path_factory.mktemp("four-votes")
    write(folder / "source")
    make_release(folder, f"unvotes={folder / 'source'}")
    assert votes(folder) == 4
    return folder


# After a failed build, the previous release remains current.
@pytest.fixture
def served(tmp_path: Path, of_four_votes: Path) -> Path:
    """A copy of that folder."""
    return shutil.copytree(of_four_votes, tmp_path, dirs_exist_ok=True, symlinks=True)


def leftovers(data: Path) -> list[str]:
    return [p.name for p in (data / "releases").iterdir() if p.name.startswith(".")]


#: Rejected rows, which follow the four good ones, and what is said about them.
ROW_FAULTS = [
    (
        ("Ukraine", "UA", "perhaps"),
        r"un_votes\.rda, row 5, column vote: perhaps \(Ukraine\): expected yes, no",
    ),
    (
        ("Atlantis", "AT", "yes"),
        r"un_votes\.rda, row 6, column country: Atlantis \(AT\): expected a country",
    ),
    (
        ("Russia", "RU", "yes"),
        r"record 5000, 2 rows from 2 to 7, column vote: .*yes \(Russia\): expected one vote of RUS",
    ),
]


def test_rejected_rows_stop_a_build_unless_allowed(served: Path) -> None:
    source = write(served / "faulty", votes=[*VOTES, *(row for row, _ in ROW_FAULTS)])
    with pytest.raises(TooManyRefusedError, match="the previous release remains") as caught:
        make_release(served, f"unvotes={source}")
    for _, message in ROW_FAULTS:
        assert re.search(message, str(caught.value))
    assert votes(served) == 4
    assert leftovers(served) == []

    release = make_release(served, f"unvotes={source}", max_refused=10)
    refused = audit(release).rejected
    assert release.manifest().refused == len(refused) > 3
    assert all(row.file == "un_votes.rda" for row in refused)
    # If a state has two different votes, neither can be trusted.
    assert votes(served) == 3


def test_a_broken_source_always_stops_a_build(served: Path) -> None:
    source = write(served / "broken")
    path = source / "un_votes.rda"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(SourceError, match=r"un_votes\.rda"):
        make_release(served, f"unvotes={source}", max_refused=10**6)
    assert votes(served) == 4
    assert leftovers(served) == []


def test_a_violation_stops_a_build_and_is_explained(served: Path) -> None:
    faulty = served / "reports.yaml"
    faulty.write_text(
        "sources: [{key: radio, title: Radio}]\n"
        "reports: [{kind: tally, event: A/RES/ES-11/99, against: 7, source: radio}]\n",
        encoding="utf-8",
    )
    with pytest.raises(InvalidDataError) as caught:
        make_release(served, "states", f"reports={faulty}")
    assert "The event of a report must be described in the graph; add the" in str(caught.value)
    assert "event/A-RES-ES-11-99" in str(caught.value)
    assert votes(served) == 4


def test_two_concurrent_builds_do_not_interfere(served: Path) -> None:
    with (
        release.build_directory(served),
        pytest.raises(ReleaseError, match="another build is running"),
        release.build_directory(served),
    ):
        pass
    assert votes(served) == 4


def test_a_dangling_pointer_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="run kg build first"):
        release.require_current(tmp_path)
    (tmp_path / "current").write_text("gone\n")
    with pytest.raises(ReleaseError, match="refers to release 'gone', which does not exist"):
        release.require_current(tmp_path)


def test_a_full_disk_is_reported_and_nothing_is_lost(served: Path) -> None:
    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    failed = kg("build", "--data", str(served), preexec_fn=small_files)
    assert failed.returncode == 1
    assert "could not be written" in failed.stderr
    assert "File too large" in failed.stderr
    assert "Traceback" not in failed.stderr
    assert votes(served) == 4
    assert leftovers(served) == []


def test_a_killed_build_is_cleaned_up_by_the_next(served: Path, small: Path) -> None:
    arguments = ["build", "--source", "states", "--source", "proposals", "--data", str(served)]
    command = [sys.executable, "-m", "kg", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    deadline = time.monotonic() + 180
    while not leftovers(served) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert leftovers(served)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert votes(served) == 4
    assert leftovers(served)
    assert kg(*arguments).returncode == 0
    assert votes(served) == 0
    assert leftovers(served) == []
    # Two builds from the same files have the same facts.
    facts = [release.require_current(data).manifest().facts_sha256 for data in (served, small)]
    assert facts[0] == facts[1] != ""


def test_a_private_deployment_has_its_own_base(tmp_path: Path, embedded_store: ox.Store) -> None:
    settings = {"KG_BASE_IRI": "https://votes.example/", "KG_DATA": str(tmp_path)}
    sources = ("--source", "states")
    assert kg("build", *sources, settings=settings).returncode == 0
    manifest = json.loads((release.require_current(tmp_path).path / "manifest.json").read_text())
    assert manifest["base_iri"] == "https://votes.example/"
    store = release.require_current(tmp_path).open_store()
    # Its resources are its own, the vocabulary is everybody's.
    theirs = "STRSTARTS(STR({0}), 'https://w3id.org/un-votes/') && !STRSTARTS(STR({0}), STR(unv:))"
    ontology = "?s != <https://w3id.org/un-votes/ontology>"
    assert count(store, f"?s ?p ?o FILTER ({theirs.format('?s')} && {ontology})") == 0
    assert (
        count(store, "?s a unv:State FILTER (STRSTARTS(STR(?s), 'https://votes.example/'))") > 200
    )
    asked = kg("query", "-e", "SELECT ?x { ?x a unv:Body } ", settings=settings)
    assert asked.returncode == 0
    # One query joins it with another deployment, since both have the same terms.
    both = ox.Store()
    for joined in (store, embedded_store):
        both.extend(joined.quads_for_pattern(None, ox.NamedNode(UNV.iso3), None))
        both.extend(joined.quads_for_pattern(None, ox.NamedNode(UNV.admitted), None))
    pattern = "?a unv:iso3 ?code ; unv:admitted ?day . ?b unv:iso3 ?code ; unv:admitted ?day"
    # Five former states have no code.
    assert count(both, f"{pattern} FILTER(STR(?a) > STR(?b))") == 201


def test_a_data_folder_that_cannot_be_created_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KgError, match="could not be written"):
        make_release(tmp_path / "file" / "data")
