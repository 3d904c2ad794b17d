"""Incremental builds: the same facts as a full build, from what the last build left."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import duckdb
import pyoxigraph as ox
import pytest

from kg.engine.columnar.build import update_columns, write_columns
from kg.model.state_register import StateRegister
from kg.pipeline import build_cache, conformity, filling
from kg.pipeline.blocks import Block, of_records
from kg.pipeline.build_cache import BuildCache, Index, UnusableCacheError
from kg.pipeline.conformity import Conformity, still_conforming
from kg.pipeline.source_cache import SourceCache
from kg.pipeline.store_update import Difference
from kg.progress import ProgressReporter
from kg.rdf.vocabulary import REPORT_GRAPH, XSD
from kg.release import integrity
from kg.release.fact_table import fact_table
from kg.release.release import Release, kept
from kg.sources.loader import LoadResult
from kg.sources.registry import SOURCES
from kg.sources.selection import SourceSelection
from tests.support.changes import corrected_releases
from tests.support.releases import QUIET, make_release
from tests.support.unvotes_files import write


def facts(release: Release) -> set[str]:
    """Return the facts of a release and its report, without what depends on the time of a build."""
    store = release.open_store()
    graphs = (ox.DefaultGraph(), ox.NamedNode(REPORT_GRAPH))
    lines = {str(q) for graph in graphs for q in store.quads_for_pattern(None, None, None, graph)}
    manifest = release.manifest()
    provenance = (manifest.name, manifest.name.lower().replace(".", "-"), "#dateTime")
    return {line for line in lines if not any(text in line for text in provenance)}


def test_an_incremental_build_has_the_facts_of_a_full_one(corrected: Path, tmp_path: Path) -> None:
    earlier, later = corrected_releases(corrected)
    full = make_release(tmp_path, f"unvotes={corrected / 'source'}")
    assert facts(later) == facts(full) != facts(earlier)
    assert {"update", "load"} & later.manifest().seconds.keys() == {"update"}
    assert later.manifest().facts_sha256 == full.manifest().facts_sha256
    assert not list((corrected / "releases").glob(".building-*"))
    # Its files are partly those of the earlier release, which never changes.
    integrity.require_intact(earlier)
    integrity.require_intact(later)


@pytest.fixture
def copied(corrected: Path, tmp_path: Path) -> Path:
    """A copy of the data folder of an incremental build."""
    return shutil.copytree(corrected, tmp_path / "data")


def _remove_release(data: Path) -> None:
    shutil.rmtree(kept(data)[0].path)


def _damage_release(data: Path) -> None:
    file = next((kept(data)[0].path / "store").glob("*.sst"))
    file.write_bytes(file.read_bytes()[:-1] + b"?")


def _damage_index(data: Path) -> None:
    file = data / "build-cache" / "index.json.zst"
    file.write_bytes(file.read_bytes()[:-9] + b"123456789")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda data: shutil.rmtree(data / "build-cache"), "no earlier incremental build"),
        (_damage_index, "cache of the earlier build is damaged"),
        (_remove_release, "has been removed"),
        (_damage_release, "damaged"),
    ],
)
def test_a_cache_is_used_only_with_its_intact_release(
    copied: Path, change: Callable[[Path], object], reason: str
) -> None:
    assert build_cache.read(copied, build_cache.software()).release == kept(copied)[0]
    change(copied)
    with pytest.raises(UnusableCacheError, match=reason):
        build_cache.read(copied, build_cache.software())


def test_a_cache_of_other_software_is_not_used(
    copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build_cache, "BASE", "https://example.org/votes/")
    with pytest.raises(UnusableCacheError, match="other software or another base IRI"):
        build_cache.read(copied, build_cache.software())


def test_an_event_is_validated_again_if_its_facts_or_their_context_differ(tmp_path: Path) -> None:
    texts = {
        "a": "<x:a> <x:by> <x:s> .\n",
        "b": "<x:b> <x:at> <x:m> .\n",
        "c": '<x:c> <x:p> "1" .\n',
    }
    path = tmp_path / "events.nt"
    path.write_text("".join(texts.values()), encoding="utf-8")
    blocks, start = [], 0
    for text in texts.values():
        blocks.append(Block(path, start, start + len(text)))
        start += len(text)
    context = {"<x:m>": "<x:m> <x:of> <x:session> .\n", "<x:s>": "<x:s> <x:seat> <x:1> .\n"}
    digests = [block.digest for block in blocks]
    earlier = Conformity(
        frozenset(digests[:2]), conformity.of_build([], set(), [], context).context
    )

    def conforming(context: dict[str, str]) -> set[str]:
        return still_conforming(earlier, texts, blocks, context)

    assert conforming(context) == {"a", "b"}
    assert conforming(context | {"<x:s>": "<x:s> <x:seat> <x:2> .\n"}) == {"b"}
    assert conforming({"<x:m>": context["<x:m>"]}) == {"b"}
    # What a meeting refers to is context too.
    assert conforming(context | {"<x:session>": "<x:session> <x:body> <x:ga> .\n"}) == {"a"}


def test_a_source_is_read_again_only_if_its_files_or_the_states_have_changed(
    states: StateRegister, tmp_path: Path
) -> None:
    place, of_states, read = tmp_path / "source", tmp_path / "states", []
    for folder in (place, of_states):
        folder.mkdir()
        (folder / "table.csv").write_text("1")

    def load(path: Path, _: StateRegister) -> LoadResult:
        read.append(text := (path / "table.csv").read_text())
        return LoadResult(remarks=[text], events=iter(()))

    selections = [
        SourceSelection(SOURCES["states"], (of_states,)),
        SourceSelection(replace(SOURCES["unvotes"], load=load), (place,)),
    ]

    def loaded(number: int, software: str = "") -> list[str]:
        earlier, folder = (tmp_path / f"cache-{n}" for n in (number - 1, number))
        return (
            SourceCache(earlier, folder, software, selections).load(selections[1], states).remarks
        )

    assert loaded(1) == loaded(2) == read == ["1"]
    (place / "table.csv").write_text("2")
    assert loaded(3) == loaded(4) == ["2"]
    assert read == ["1", "2"]
    (of_states / "table.csv").write_text("2")
    assert loaded(5) == loaded(6, "other") == ["2"]
    assert read == ["1", "2", "2", "2"]
    (kept,) = (tmp_path / "cache-6").iterdir()
    kept.write_bytes(b"?")
    assert loaded(7, "other") == ["2"]


@pytest.mark.parametrize(
    "seeds", [range(1), pytest.param(range(1, 200), marks=pytest.mark.endurance)]
)
def test_a_store_and_columns_are_updated_to_any_other_facts(tmp_path: Path, seeds: range) -> None:
    for seed in seeds:
        case = _Case(tmp_path / str(seed), Random(seed))
        difference = case.fill()
        assert case.steps == {"update"}
        folders = [case.folder / name for name in ("updated", "written")]
        for folder, is_update in zip(folders, (True, False), strict=True):
            folder.mkdir()
            with fact_table(folder) as facts:
                facts.read([case.path])
                if is_update:
                    assert difference is not None
                    update_columns(facts, folder, "b", case.earlier.path, difference.subjects)
                else:
                    write_columns(facts, folder, "b")
        updated, written = map(_columns, folders)
        assert updated == written


def test_a_store_that_lacks_a_fact_after_its_update_is_loaded(tmp_path: Path) -> None:
    case = _Case(tmp_path / "case", Random(0))
    # As if the cache did not know the blocks that have changed.
    present = {block.digest for block in of_records(case.path)}
    case.blocks = {digest: place for digest, place in case.blocks.items() if digest in present}
    assert case.fill() is None
    assert case.steps == {"update", "load", "compact"}


class _Case:
    """An earlier release of random facts with its cache, and the facts of the next one."""

    def __init__(self, folder: Path, random: Random) -> None:
        self.folder, self.path = folder, folder / "records.nt"
        self.earlier = Release(folder / "data" / "releases" / "a")
        self.earlier.path.mkdir(parents=True)
        self.steps = set[str]()
        values = ["<x:0>", '"1"', f'"1"^^<{XSD.integer}>', '"a b . \\n"@en']
        lines = [
            f"<x:{subject}> <x:{predicate}> {value} .\n"
            for subject in range(3000)
            for predicate in range(2)
            for value in values
            if random.random() < 0.4
        ]
        self._write_earlier("".join(lines))
        lines = [line for line in lines if not line.startswith("<x:5> ")]
        for _ in range(random.randrange(4)):
            del lines[random.randrange(len(lines))]
        values += ["<x:00>", f'"2.5"^^<{XSD.double}>', f'"2020-01-01"^^<{XSD.date}>', '"a"@fr']
        for _ in range(random.randrange(4)):
            place = random.randrange(len(lines))
            subject = random.choice([lines[place].split()[0], f"<x:{random.randrange(4000)}>"])
            lines.insert(place, f"{subject} <x:{random.randrange(3)}> {random.choice(values)} .\n")
        self.lines = list(dict.fromkeys(lines))
        self.path.write_text("".join(self.lines))

    def _write_earlier(self, facts: str) -> None:
        folder = self.earlier.path
        (folder / "manifest.json").write_text('{"name": "a"}')
        (folder / "description.nt").write_text(description := "<x:dataset> <x:0> <x:1> .\n")
        store = ox.Store(str(folder / "store"))
        store.bulk_load(facts + description, ox.RdfFormat.N_TRIPLES)
        store.flush()
        with fact_table(folder) as table:
            table.add(facts + description)
            write_columns(table, folder, "a")
        self.path.write_text(facts)
        build = self.folder / "build"
        build_cache.write(build, "a", "", of_records(self.path), conformity.NO_CONFORMITY, None)
        build_cache.activate(self.folder / "data", build)
        self.blocks = Index.read(self.folder / "data" / "build-cache").blocks

    def fill(self) -> Difference | None:
        """Fill the new store and check its facts; return the difference if it was updated."""
        progress = ProgressReporter(QUIET)
        cache = BuildCache(
            self.folder / "data" / "build-cache",
            self.earlier,
            self.blocks,
            conformity.NO_CONFORMITY,
        )
        with fact_table(self.folder) as table:
            table.read([self.path])
            store, difference = filling.fill(
                self.folder / "store",
                [self.path],
                list(of_records(self.path)),
                table,
                cache,
                progress,
            )
        self.steps = set(progress.seconds)
        expected = ox.Store()
        expected.bulk_load("".join(self.lines), ox.RdfFormat.N_TRIPLES)
        assert set(store.quads_for_pattern(None, None, None, ox.DefaultGraph())) == set(expected)
        return difference


def _columns(folder: Path) -> tuple[dict[str, list[tuple[object, ...]]], str]:
    """Return the tables of columns by name, and their statistics."""
    with duckdb.connect(str(folder / "columns.duckdb"), read_only=True) as database:
        tables = {
            name: database.execute(f"FROM {name} ORDER BY ALL").fetchall()
            for (name,) in database.execute("SELECT table_name FROM duckdb_tables()").fetchall()
        }
    return tables, (folder / "columns.json").read_text(encoding="utf-8")


@pytest.mark.endurance
@pytest.mark.parametrize("seed", range(3))
def test_incremental_builds_follow_each_other(tmp_path: Path, seed: int) -> None:
    random, source = Random(seed), tmp_path / "source"
    countries = [("Ukraine", "UA"), ("Russia", "RU"), ("India", "IN"), ("Brazil", "BR")]
    symbols = {5000 + number: f"R/68/{100 + number}" for number in range(60)}
    votes = {
        (rcid, *country): random.choice(["yes", "no", "abstain"])
        for rcid in symbols
        for country in countries
    }
    days = {rcid: 15500.0 + random.randrange(4000) for rcid in symbols}
    for number in range(6):
        write(
            source,
            calls=[
                {"rcid": rcid, "unres": symbol, "date": days[rcid]}
                for rcid, symbol in symbols.items()
            ],
            votes=[(*key, vote) for key, vote in votes.items() if key[0] in symbols],
            issues=[],
        )
        release = make_release(tmp_path / "a", f"unvotes={source}", incremental=True)
        assert ("update" in release.manifest().seconds) == (number > 0)
        full = make_release(tmp_path / "b", f"unvotes={source}")
        assert facts(release) == facts(full)
        del symbols[random.choice(list(symbols))]
        symbols[5100 + number] = f"R/68/{300 + number}"
        days[5100 + number] = 15600.0 + number
        votes |= {(5100 + number, *country): "yes" for country in countries[number % 3 :]}
        votes[random.choice(list(votes))] = "no"
        days[random.choice(list(symbols))] += 1
