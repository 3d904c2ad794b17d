"""Drafts, agenda items and agents as triples."""

from __future__ import annotations

import pyoxigraph as ox

from kg.model.agents import Agent
from kg.model.documents import AgendaItem, Draft, MergedDraft, agenda_item_key
from kg.model.sponsorship import Sponsors, Sponsorship
from kg.rdf.record_mapper import RecordMapper
from kg.rdf.vocabulary import BASE, PREFIXES

GROUP = Agent("G77", "Group of 77 and China", ("group",))
ITEM = AgendaItem(
    agenda_item_key("79", "71 (c)"), "Human rights", "dgacm", "79", "71 (c)", "A/79/251"
)
DRAFT = Draft(
    symbol="A/C.3/79/L.44/Rev.1",
    body="GeneralAssembly",
    session="79",
    source="dgacm",
    date="2024-11-06",
    versions=("A/C.3/79/L.44",),
    sponsorship=Sponsorship(Sponsors(("UKR",), (GROUP.key,)), Sponsors(("POL",)), (GROUP.key,)),
    adopted_as=("A/RES/79/184",),
    outcome="adopted",
)


def written() -> ox.Store:
    mapper = RecordMapper()
    lines = [*mapper.record(GROUP), *mapper.record(ITEM)]
    lines += mapper.draft(MergedDraft(DRAFT, ("dgacm", "undl-ga"), ("A/C.3/79/L.44 Rev. 1",)))
    lines += mapper.shared()
    store = ox.Store()
    store.load("".join(lines), ox.RdfFormat.N_TRIPLES)
    return store


def test_a_draft_has_its_sponsors_as_the_source_has_them() -> None:
    store = written()
    pattern = """
        <draft/A-C-3-79-L-44-REV-1> a unv:Draft , unv:Document ;
          unv:symbol 'A/C.3/79/L.44/Rev.1' ; unv:symbolVariant 'A/C.3/79/L.44 Rev. 1' ;
          unv:sponsor <state/UKR> , <agent/G77> ;
          unv:additionalSponsor <state/POL> ; unv:onBehalfOf <agent/G77> ;
          unv:adoptedAs <resolution/A-RES-79-184> ; unv:outcome 'adopted' ;
          prov:wasRevisionOf <draft/A-C-3-79-L-44> ; unv:session <session/79> ;
          prov:wasDerivedFrom <source/dgacm> , <source/undl-ga> .
        <agent/G77> a unv:Group , prov:Agent .
        <agendaitem/79-71-c> a unv:AgendaItem ; rdfs:label 'Human rights'@en ;
          unv:itemNumber '71 (c)' ; unv:agendaDocument 'A/79/251' ; unv:session <session/79>
    """
    assert store.query(f"ASK {{ {pattern} }}", prefixes=PREFIXES, base_iri=f"{BASE}id/")
    rows = store.query("SELECT ?o { ?s unv:sponsor ?o }", prefixes=PREFIXES)
    assert isinstance(rows, ox.QuerySolutions)
    # A group is not expanded to its members.
    assert len(list(rows)) == 2
