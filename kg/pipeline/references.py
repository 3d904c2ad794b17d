"""The stage of a build that validates references between separately validated resources."""

from __future__ import annotations

import pyoxigraph as ox

from kg.pipeline import validation
from kg.pipeline.validation import REFERENCE_SHAPES, Finding
from kg.rdf.vocabulary import UNV


def validate(store: ox.Store) -> list[Finding]:
    """Validate the references in a store with SHACL."""
    return validation.validate(_references(store), REFERENCE_SHAPES)


def _references(store: ox.Store) -> str:
    """Return the references as N-Triples, with the data that the shapes compare.

    These are the types of both ends, the counts of reported tallies and of their events, and the
    votes of states whose vote is reported or that made a statement about the document.
    """
    triples = store.query(
        f"""
        PREFIX unv: <{UNV.iri}>
        CONSTRUCT {{
          ?subject ?refers ?other ; a ?type ; ?counts ?figure ; ?property ?value .
          ?other a ?otherType ; ?otherCounts ?record .
          ?event unv:decides ?decided ; ?position ?state
        }} WHERE {{
          {{
            VALUES ?refers {{
              unv:relatesTo unv:adoptedAs unv:possiblySameAs unv:reports unv:about unv:towards
              unv:concerns unv:reportsOn
              unv:hasParagraph unv:oneText unv:otherText
            }}
            ?subject ?refers ?other ; a ?type .
            OPTIONAL {{ ?other a ?otherType }}
          }} UNION {{
            # A pattern of its own: in an OPTIONAL, all tallies would be paired with all events.
            ?subject a unv:ReportedTally ; unv:reports ?other ; ?counts ?figure .
            ?other ?otherCounts ?record .
            VALUES (?counts ?otherCounts) {{
              (unv:yesCount unv:yesCount) (unv:noCount unv:noCount)
              (unv:abstentionCount unv:abstentionCount) (unv:nonVotingCount unv:nonVotingCount)
            }}
          }} UNION {{
            ?subject a unv:ReportedVote ; unv:reports ?event ; unv:castBy ?state ;
              ?property ?value .
            VALUES ?property {{ unv:castBy unv:option }}
            VALUES ?position {{ unv:inFavour unv:against unv:abstaining unv:nonVoting }}
            ?event ?position ?state .
          }} UNION {{
            ?subject a unv:Statement ; unv:towards ?decided ; unv:madeBy ?state ; ?property ?value .
            VALUES ?property {{ unv:madeBy unv:stance }}
            ?event unv:decides ?decided .
            VALUES ?position {{ unv:inFavour unv:against }}
            ?event ?position ?state .
          }}
        }}
        """
    )
    assert isinstance(triples, ox.QueryTriples)
    return "".join(f"{triple} .\n" for triple in triples)
