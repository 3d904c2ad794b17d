"""RDF files: every format, compressed or not, and the errors of unreadable files."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import FileError
from kg.limits import RDF_DEPTH
from kg.pipeline.rdf_files import load, rdf_file, standard_input
from kg.rdf.vocabulary import ONTOLOGY_GRAPH, REPORT_GRAPH, SHAPES_GRAPH
from kg.sparql.formats import GRAPHS, Format
from tests.support.paths import ROOT

VALID = ROOT / "tests" / "shapes" / "valid.ttl"
MEGABYTE = 2**20
TRIPLE = b"<http://a> <http://b> <http://c> .\n"
RDF_XML = b"""<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="http://a"><b></b>
</rdf:Description>
</rdf:RDF>
"""


def triples(*paths: Path) -> set[str]:
    store = ox.Store()
    for path in paths:
        load(store, rdf_file(path))
    assert not list(store.named_graphs())
    return {str(quad.triple) for quad in store}


def _triple_terms(depth: int) -> str:
    return f"<urn:s> <urn:p> {'<<( <urn:s> <urn:p> ' * depth}<urn:o>{' )>>' * depth} .\n"


def _elements(depth: int) -> str:
    opening, closing = "<rdf:Description><e:p>", "</e:p></rdf:Description>"
    names = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="urn:e:"'
    return f"<rdf:RDF {names}>{opening * (depth // 2)}{closing * (depth // 2)}</rdf:RDF>"


@pytest.mark.parametrize(
    ("name", "nested"),
    [("a.nt", _triple_terms), ("a.ttl", _triple_terms), ("a.trig", _triple_terms),
     ("a.rdf", _elements)],
)  # fmt: skip
def test_deep_nesting_is_refused_before_a_parser_recurses(
    tmp_path: Path, name: str, nested: Callable[[int], str]
) -> None:
    path = tmp_path / name
    path.write_text(nested(RDF_DEPTH - 2) + ("" if name == "a.rdf" else TRIPLE.decode()))
    assert triples(path)
    path.write_text(nested(100_000))
    with pytest.raises(FileError, match="line 1 or later: nested more than 1,000 deep"):
        triples(path)


@pytest.mark.parametrize("rdf", GRAPHS, ids=lambda rdf: rdf.name)
@pytest.mark.parametrize("compress", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_every_format_is_read(tmp_path: Path, rdf: Format, compress: Callable[..., bytes]) -> None:
    assert isinstance(rdf.oxigraph, ox.RdfFormat)
    content = ox.serialize(ox.parse(path=str(VALID)), format=rdf.oxigraph)
    assert content
    path = tmp_path / f"valid.{rdf.extension}{'.gz' if compress is gzip.compress else ''}"
    path.write_bytes(compress(content))
    assert triples(path) == triples(VALID)


def test_compression_is_detected_by_content(tmp_path: Path) -> None:
    # A client that decodes a response may keep the original file name.
    (tmp_path / "a.nt.gz").write_bytes(TRIPLE)
    (tmp_path / "a.nt").write_bytes(gzip.compress(TRIPLE))
    assert triples(tmp_path / "a.nt.gz") == triples(tmp_path / "a.nt") != set()


def test_relative_iris_are_resolved_against_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a b.ttl"
    path.write_text("<> <b> <../c#d> .")
    base = tmp_path.as_uri()
    assert triples(path) == {f"<{base}/a%20b.ttl> <{base}/b> <{tmp_path.parent.as_uri()}/c#d>"}


def test_relative_iris_of_standard_input_are_resolved_against_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.ttl").write_text("<a> <b> <c> .")
    store = ox.Store()
    load(store, standard_input("turtle"), (tmp_path / "a.ttl").open("rb"))
    assert {str(quad.triple) for quad in store} == triples(tmp_path / "a.ttl")


def test_graphs_are_merged_except_those_of_metadata(tmp_path: Path) -> None:
    path = tmp_path / "a.trig"
    about = "".join(f"<{graph}> {{ <x:a> <x:b> <x:d> }}\n" for graph in (
        ONTOLOGY_GRAPH, SHAPES_GRAPH, REPORT_GRAPH,
    ))  # fmt: skip
    path.write_text("<x:a> <x:b> <x:c> . <x:g> { <x:a> <x:b> <x:c>, <x:e> }\n" + about)
    assert triples(path) == {"<x:a> <x:b> <x:c>", "<x:a> <x:b> <x:e>"}


def test_blank_nodes_of_two_files_are_distinct(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.nt").write_text(f'_:x <x:b> "{name}" .\n_:x <x:c> "{name}" .\n')
    assert len({line.split()[0] for line in triples(tmp_path / "a.nt", tmp_path / "b.nt")}) == 2


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.ttl", b"@prefix a: <x:> .\na:b a:c a:d ;\n  a:e .\n", "line 3, column 7: . is not a "),
        ("a.nt", TRIPLE * 2 + b"<x:a> <x:b> .\n", "line 3, column 13: The object of a "),
        ("a.nt", TRIPLE + b"<a> <x:b> <x:c> .\n", "line 2, column 1: No scheme "),
        ("a.nq.gz", gzip.compress(TRIPLE + b"<x:a> <x:b> .\n"), "line 2, column 13: "),
        ("a.trig", TRIPLE + b"<x:g> { <x:a> }", "line 2, column "),
        ("a.jsonld", b'{"@id": "x:a",\n"x:b": [}', "line 2, column 9: "),
        ("a.jsonld", b'{"@context": "https://example.org/c", "x:b": 1}', "contexts of other "),
        ("a.rdf", RDF_XML, "line 3: XML namespaces are required"),
        ("a.n3", TRIPLE + b"<x:a> <x:b> .\n", "line 2, column 13: "),
        ("a.ttl", b"<x:a> <x:b> '\xff' .", "line 1, column 14: Invalid UTF-8"),
        ("a.nt.gz", gzip.compress(TRIPLE * 999)[:-9], "the file is truncated"),
        ("a.nt.gz", gzip.compress(TRIPLE * 999)[:-8] + b"wrong" + b"000", "CRC check failed"),
        ("a.txt", TRIPLE, "unknown format; expected one of the extensions .ttl, .nt, "),
        ("a", TRIPLE, "unknown format; "),
        ("missing.nt", None, "No such file or directory"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_an_unreadable_file_is_named(
    tmp_path: Path, name: str, content: bytes | None, problem: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FileError) as raised:
        triples(path)
    assert str(raised.value).startswith(f"{path}: {problem}"), raised.value
    assert raised.value.exit_code == 3


@pytest.mark.parametrize(
    ("name", "before", "literal"),
    [
        ("a.nt", TRIPLE * 5000 + b"<x:a> <x:b> ", b'"' + b"x" * 17 * MEGABYTE + b'"'),
        ("a.ttl", b"<x:a> <x:b>\n\n", b'"""' + b"x\n" * 9 * MEGABYTE + b'"""'),
    ],
    ids=["ntriples", "turtle"],
)
def test_a_literal_that_is_too_long_is_reported_by_line(
    tmp_path: Path, name: str, before: bytes, literal: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(before + literal + b" .\n")
    line = before.count(b"\n") + 1
    with pytest.raises(FileError, match=f"line {line}: expected terms of at most 16 MiB"):
        triples(path)


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.nt").mkdir()
    with pytest.raises(FileError, match=r"a\.nt: Is a directory"):
        triples(tmp_path / "a.nt")
