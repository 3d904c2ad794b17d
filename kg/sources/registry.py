"""The registry of sources, the only list of all sources.

A new source is a module with a load function, and an entry here.
"""

from __future__ import annotations

from kg import resources
from kg.sources import estimated_ideal_points, states, ukraine
from kg.sources.dgacm import files as dgacm_files
from kg.sources.dgacm import loader as dgacm
from kg.sources.general_debate import loader as general_debate
from kg.sources.ideal_points import loader as ideal_points
from kg.sources.loader import RegisteredSource, Terms
from kg.sources.statements import loader as statements
from kg.sources.undl import events as undl_events
from kg.sources.undl import loader as undl
from kg.sources.unsc_votes import events as unsc_votes_events
from kg.sources.unsc_votes import loader as unsc_votes
from kg.sources.unvotes import files as unvotes_files
from kg.sources.unvotes import loader as unvotes
from kg.sources.verbatim import events as verbatim_events
from kg.sources.verbatim import loader as verbatim
from kg.sources.voeten import loader as voeten
from kg.sources.voeten import table as voeten_table
from kg.sources.wikidata_groups import loader as wikidata_groups

_OURS = "UN Votes Knowledge Graph, compiled from the sources cited in its rows"
_UNDL_TERMS = Terms(
    "Copyright, United Nations; non commercial use, with attribution", redistributable=False
)
_UNDL_COLUMNS = {"vote": "ms_vote", "symbol": "resolution"}
_UNDL_CONVENTIONS = (undl.NOT_TAKEN, undl.SILENT, undl_events.MODALITY)

#: Every source by name, in loading order: the states come first.
SOURCES: dict[str, RegisteredSource] = {
    source.name: source
    for source in (
        RegisteredSource(
            name="states",
            title="Past and present members: 206 states, 198 seats, names and memberships",
            publisher=_OURS,
            terms=Terms("CC0-1.0", redistributable=True),
            load=states.load,
            embedded_in=resources.DATA,
            files=states.FILES,
        ),
        RegisteredSource(
            name="ukraine",
            title="24 roll calls of the General Assembly on Ukraine, 2014 to 2025",
            publisher=_OURS,
            terms=Terms("CC0-1.0", redistributable=True),
            load=ukraine.load,
            embedded_in=resources.DATA,
            files=ukraine.FILES,
            precedence=3,
            selective=True,
        ),
        RegisteredSource(
            name="proposals",
            title="Peace plans, the known content of two resolutions, and how they relate",
            publisher=_OURS,
            terms=Terms("CC0-1.0 (headings quoted from the plans)", redistributable=True),
            load=statements.load,
            embedded_in=statements.PROPOSALS,
            additive=True,
        ),
        RegisteredSource(
            name="statements",
            title="Statements and diplomatic contacts of states, as reported by sources",
            publisher=_OURS,
            terms=Terms("CC0-1.0 (short quotations from the sources)", redistributable=True),
            load=statements.load,
            embedded_in=statements.STATEMENTS,
            additive=True,
        ),
        RegisteredSource(
            name="reports",
            title="Votes, tallies and texts as reported by articles and press releases",
            publisher=_OURS,
            terms=Terms("CC0-1.0 (short quotations from the articles)", redistributable=True),
            load=statements.load,
            embedded_in=statements.REPORTS,
            additive=True,
        ),
        RegisteredSource(
            name="undl-ga",
            title="General Assembly: votes on adopted resolutions since 1946 (UN Digital Library)",
            publisher="United Nations, Dag Hammarskjöld Library",
            terms=_UNDL_TERMS,
            load=undl.load_ga,
            recognizes=undl.recognizes_ga,
            remote=(undl.REMOTE_GA,),
            precedence=1,
            complete=True,
            columns=_UNDL_COLUMNS,
            conventions=_UNDL_CONVENTIONS,
        ),
        RegisteredSource(
            name="undl-sc",
            title="Security Council: votes on adopted resolutions since 1946 (UN Digital Library)",
            publisher="United Nations, Dag Hammarskjöld Library",
            terms=_UNDL_TERMS,
            load=undl.load_sc,
            recognizes=undl.recognizes_sc,
            remote=(undl.REMOTE_SC,),
            precedence=2,
            complete=True,
            columns=_UNDL_COLUMNS,
            conventions=_UNDL_CONVENTIONS,
        ),
        RegisteredSource(
            name="dgacm",
            title="Both bodies: machine-readable resolutions with votes and sponsors, since 2000",
            publisher="United Nations, Department for General Assembly and Conference Management",
            terms=Terms(
                "The United Nations must be acknowledged as the source", redistributable=True
            ),
            load=dgacm.load,
            recognizes=dgacm_files.recognizes,
            remote=dgacm.REMOTE,
            # Official, but it does not record non-voting, as the library does, and its lists are
            # typed by hand; each embedded roll call was compared with several compilations.
            precedence=4,
            conventions=dgacm.CONVENTIONS,
        ),
        RegisteredSource(
            name=verbatim_events.NAME,
            title="Verbatim records of meetings: speeches, votes and corrections (PDF)",
            publisher="United Nations",
            terms=Terms(
                "Left in the public domain (ST/AI/189/Add.9/Rev.2, paragraph 2 (a))",
                redistributable=True,
            ),
            load=verbatim.load,
            remote=(verbatim.REMOTE,),
            # The printed source of the records above, which were corrected and compared.
            precedence=5,
            selective=True,
        ),
        RegisteredSource(
            name="unvotes",
            title="General Assembly roll calls 1946 to January 2020 (R package unvotes)",
            publisher="David Robinson, from Voeten, Strezhnev and Bailey",
            terms=Terms(
                "MIT; data dedicated under CC0 according to its notes", redistributable=True
            ),
            load=unvotes.load,
            recognizes=unvotes_files.recognizes,
            remote=unvotes.REMOTE,
            precedence=6,
            matched_with=("undl-ga", "dgacm", verbatim_events.NAME),
            columns={"symbol": "unres"},
        ),
        RegisteredSource(
            name=voeten.NAME,
            title="General Assembly roll calls since 1946, with absences (table UNVotes)",
            publisher="Erik Voeten, Anton Strezhnev and Michael Bailey (Harvard Dataverse)",
            terms=Terms(
                "Its own page was not seen; CC0-1.0 according to inventories and to the package "
                "unvotes",
                redistributable=True,
            ),
            load=voeten.load,
            recognizes=voeten_table.recognizes,
            remote=(voeten_table.REMOTE,),
            precedence=8,
            numbered_as="unvotes",
            matched_with=("undl-ga", "dgacm", verbatim_events.NAME),
            columns={"symbol": "unres"},
        ),
        RegisteredSource(
            name=general_debate.NAME,
            title="Speakers in the General Debate, 1946 to 2024 (UN General Debate Corpus)",
            publisher="Jankin, Baturo and Dasandi",
            terms=Terms(
                "Its own page was not seen; CC0-1.0 according to users of the data set",
                redistributable=True,
            ),
            load=general_debate.load,
            recognizes=general_debate.recognizes,
            remote=(general_debate.REMOTE,),
        ),
        RegisteredSource(
            name=wikidata_groups.NAME,
            title="Memberships of states in groups, with their dates (Wikidata, P463)",
            publisher="Wikidata",
            terms=Terms("CC0-1.0", redistributable=True),
            load=wikidata_groups.load,
            recognizes=wikidata_groups.recognizes,
            remote=(wikidata_groups.REMOTE,),
        ),
        RegisteredSource(
            name=ideal_points.NAME,
            title="Ideal points of states by year, with their intervals (published estimates)",
            publisher="Erik Voeten, Anton Strezhnev and Michael Bailey (Harvard Dataverse)",
            terms=Terms(
                "Its own page was not seen; CC0-1.0 according to inventories",
                redistributable=True,
            ),
            load=ideal_points.load,
            recognizes=ideal_points.recognizes,
            remote=(ideal_points.REMOTE,),
        ),
        RegisteredSource(
            name=estimated_ideal_points.NAME,
            title="Ideal points of states by year, estimated from this record (kg ideal-points)",
            publisher="UN Votes Knowledge Graph",
            terms=Terms("CC0-1.0", redistributable=True),
            load=estimated_ideal_points.load,
            recognizes=estimated_ideal_points.recognizes,
            remote=(estimated_ideal_points.REMOTE,),
        ),
        RegisteredSource(
            name="unsc-votes",
            title="Security Council: votes 1946 to 2025, with drafts that were vetoed or failed",
            publisher="Benoît Martin, Sciences Po (Atelier de cartographie)",
            terms=Terms("CC-BY-4.0", redistributable=True),
            load=unsc_votes.load,
            recognizes=unsc_votes.recognizes,
            remote=(unsc_votes.REMOTE,),
            precedence=7,
            columns={"symbol": "UN classification", "date": "Date"},
            conventions=(
                unsc_votes_events.NOT_TAKEN,
                unsc_votes_events.UNKNOWN,
                unsc_votes_events.REMARK,
            ),
        ),
    )
}


def precedence() -> dict[str, int]:
    """Return the rank of every source of roll calls by name, where 1 is the most trusted."""
    return {
        name: source.precedence for name, source in SOURCES.items() if source.precedence is not None
    }
