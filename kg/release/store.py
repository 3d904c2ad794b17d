"""The store of a release: loading it from the files of a build, and querying it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kg import resources
from kg.rdf.vocabulary import ONTOLOGY_GRAPH, OWL, PREFIXES, RDFS, SHAPES_GRAPH, SKOS

#: The number of files loaded in parallel; each takes memory.
_LOADER_THREADS: Final = 2


def solutions(store: ox.Store, query: str) -> ox.QuerySolutions:
    """Return the solutions of a SELECT query.

    The prefixes that the graph uses need not be declared.
    """
    answer = store.query(query, prefixes=PREFIXES)
    assert isinstance(answer, ox.QuerySolutions)
    return answer


def solution_texts(store: ox.Store, query: str) -> list[list[str]]:
    """Return these solutions as texts, empty where a variable is not bound."""
    rows = solutions(store, query)
    return [[getattr(term, "value", "") for term in solution] for solution in rows]


def filled_store(path: Path, files: Iterable[Path], valid: Collection[Path] = ()) -> ox.Store:
    """Return a new store: facts in the default graph, ontology and shapes in named graphs.

    The IRIs in files are validated, except in those known to be ``valid``, which takes a sixth less
    time.
    """
    store = ox.Store(str(path))

    def load(file: Path) -> None:
        store.bulk_load(path=str(file), format=ox.RdfFormat.N_TRIPLES, lenient=file in valid)

    # Loading releases the global interpreter lock.
    with ThreadPoolExecutor(_LOADER_THREADS) as pool:
        list(pool.map(load, files))
    for folder, graph in (("ontology", ONTOLOGY_GRAPH), ("shapes", SHAPES_GRAPH)):
        for text in resources.texts(folder, ".ttl").values():
            store.load(text, ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(graph))
    return store


def individuals(store: ox.Store) -> str:
    """Return labels and notations of the individuals of the ontology as N-Triples.

    Facts refer to them; queries for their labels should not need a named graph.
    """
    triples = store.query(
        f"""
        CONSTRUCT {{ ?individual ?property ?text }} WHERE {{ GRAPH <{ONTOLOGY_GRAPH}> {{
          ?individual a <{OWL.NamedIndividual}> ; ?property ?text .
          FILTER (?property IN (<{RDFS.label}>, <{SKOS.notation}>))
        }} }}
        """
    )
    assert isinstance(triples, ox.QueryTriples)
    return "".join(f"{triple} .\n" for triple in triples)


def add_facts(store: ox.Store, ntriples: str) -> str:
    """Add facts to the default graph and return them as the store has them.

    It renames blank nodes, and spells dates and numbers in canonical form.
    """
    added = ox.Store()
    added.bulk_load(ntriples, ox.RdfFormat.N_TRIPLES)
    quads = list(added)
    store.bulk_extend(quads)
    return "".join(f"{quad.triple} .\n" for quad in quads)
