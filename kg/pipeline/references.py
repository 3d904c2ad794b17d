"""The stage of a build that validates references between separately validated resources."""

from __future__ import annotations

from typing import Final

import pyoxigraph as ox

from kg.pipeline.compiled_validation import CompiledValidator
from kg.pipeline.validation import REFERENCE_SHAPES, Finding
from kg.rdf.vocabulary import UNV

#: Terms in SPARQL syntax.
_REFERENCES: Final = (
    "unv:relatesTo unv:adoptedAs unv:possiblySameAs unv:reports unv:about unv:towards "
    "unv:concerns unv:reportsOn unv:hasParagraph unv:oneText unv:otherText"
)
_COUNTS: Final = "unv:yesCount unv:noCount unv:abstentionCount unv:nonVotingCount"


def validate(store: ox.Store) -> list[Finding]:
    """Validate the references in a store with SHACL, with compiled forms where they exist."""
    text, validator = _references(store), CompiledValidator(REFERENCE_SHAPES)
    return validator.validate(text, validator.sample(text))


def _references(store: ox.Store) -> str:
    """Return the references as N-Triples, with the data that the shapes compare.

    Oxigraph would join the references with every type and every vote in the store if OPTIONAL stood
    instead of UNION, or VALUES instead of FILTER.

    These are the types of both ends, the counts of reported tallies and of their events, and the
    votes of states whose vote is reported or that made a statement about the document.
    """
    triples = store.query(
        f"""
        PREFIX unv: <{UNV.iri}>
        CONSTRUCT {{
          ?subject ?refers ?other ; a ?type ; ?counts ?figure ; ?property ?value .
          ?other a ?otherType ; ?counts ?record .
          ?event unv:decides ?decided ; ?position ?state
        }} WHERE {{
          {{
            VALUES ?refers {{ {_REFERENCES} }}
            ?subject ?refers ?other ; a ?type .
          }} UNION {{
            VALUES ?refers {{ {_REFERENCES} }}
            ?subject ?refers ?other ; a ?type .
            ?other a ?otherType .
          }} UNION {{
            VALUES ?counts {{ {_COUNTS} }}
            ?subject a unv:ReportedTally ; ?counts ?figure .
          }} UNION {{
            VALUES ?counts {{ {_COUNTS} }}
            ?tally a unv:ReportedTally ; unv:reports ?other .
            ?other ?counts ?record .
          }} UNION {{
            ?subject a unv:ReportedVote ; unv:reports ?event ; unv:castBy ?state ;
              ?property ?value .
            ?event ?position ?state
            FILTER(?property IN (unv:castBy, unv:option))
            FILTER(?position IN (unv:inFavour, unv:against, unv:abstaining, unv:nonVoting))
          }} UNION {{
            ?subject a unv:Statement ; unv:towards ?decided ; unv:madeBy ?state ; ?property ?value .
            ?event unv:decides ?decided ; ?position ?state
            FILTER(?property IN (unv:madeBy, unv:stance))
            FILTER(?position IN (unv:inFavour, unv:against))
          }}
        }}
        """
    )
    assert isinstance(triples, ox.QueryTriples)
    return "".join(f"{triple} .\n" for triple in triples)
