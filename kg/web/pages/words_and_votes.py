"""What a state said about votes beside how it voted, in order of time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from markupsafe import Markup

from kg.rdf.vocabulary import LABEL_LANGUAGE, UNV
from kg.web.pages.components.timeline import Mark, timeline
from kg.web.pages.names import labels_of
from kg.web.pages.ontology_terms import label_of_term
from kg.web.pages.positions import LABEL_OF
from kg.web.pages.queries import QueryRunner, Row, iri_text
from kg.web.pages.state_index import key_of
from kg.web.pages.vote_index import STYLES, VoteIndex

#: The style of a statement in the figure by its stance.
_STANCE_STYLE: Final = {
    UNV.Supportive: "dot line-c2",
    UNV.Critical: "dot line-c4",
    UNV.Reserved: "dot line-c3",
}
#: The length of an ISO date with a day.
_DAY: Final = len("1945-10-24")
_NO_STANCE: Final = "dot line-nonvoting"
#: The events that decided the texts on which states spoke.
_DECIDED: Final = """
SELECT DISTINCT ?event WHERE {
  ?statement a unv:Statement ; unv:about ?text .
  { ?text unv:decidedBy ?event } UNION { ?text a unv:VotingEvent BIND(?text AS ?event) }
}
"""


@dataclass(frozen=True)
class WordsAndVotes:
    """The figure, and its rows in order of time.

    A row has ``date``, ``iri``, ``label``, the style of a ``position`` of a vote or the ``stance``
    of a statement, and what the statement is ``about``, as IRI and name.
    """

    figure: Markup
    rows: list[Row]


async def decided_texts(queries: QueryRunner) -> list[str]:
    """Return the events that decided the texts on which states spoke.

    Raises:
        KgError: if the engine cannot answer.
    """
    (events,) = await queries.columns(_DECIDED, "event")
    return events


async def words_and_votes(
    queries: QueryRunner, index: VoteIndex, decided: list[str], state: str, name: str
) -> WordsAndVotes | None:
    """Return the dated statements of a state beside its votes on texts that statements are about.

    The votes are those in the events of ``decided``, on every text about which a statement of any
    state is in the graph. There is no figure, but None, if the state made no dated statement or
    took part in no such vote.

    Raises:
        KgError: if the engine cannot answer.
    """
    author = iri_text(state)
    statements = await queries.rows(
        f"""
        SELECT ?iri ?label ?date ?stance (MIN(?decided) AS ?about) WHERE {{
          ?iri unv:madeBy {author} ; a unv:Statement ; rdfs:label ?label ; dcterms:date ?date .
          FILTER(LANG(?label) = "{LABEL_LANGUAGE}" && STRLEN(STR(?date)) = 10)
          OPTIONAL {{ ?iri unv:stance ?stance }}
          OPTIONAL {{ ?iri unv:about/unv:decidedBy ?decided }}
        }} GROUP BY ?iri ?label ?date ?stance ORDER BY ?date ?iri
        """
    )
    if not statements:
        return None
    table, positions = await index.table(), await index.positions([key_of(state)])
    places = [n for n in table.places_of(decided) if positions[n] and len(table.dates[n]) == _DAY]
    names = await labels_of(queries, (table.events[place] for place in places))
    votes = [
        Row(
            iri=table.events[place],
            label=names[table.events[place]],
            date=table.dates[place],
            position=STYLES[positions[place]],
        )
        for place in places
    ]
    if not votes:
        return None
    marks = [
        Mark(
            row["iri"],
            "Votes",
            date.fromisoformat(row["date"]),
            f"fill-{row['position']}",
            f"{row['date']}: {row['label']}: {LABEL_OF[row['position']]}",
        )
        for row in votes
    ] + [
        Mark(
            row["iri"],
            "Statements",
            date.fromisoformat(row["date"]),
            _STANCE_STYLE.get(row["stance"], _NO_STANCE),
            f"{row['date']}: {row['label']}",
            row["about"],
        )
        for row in statements
    ]
    return WordsAndVotes(
        timeline(marks, _description(name, votes, statements)),
        # Of a day, the statements come before the vote that they explain.
        sorted(votes + statements, key=lambda row: (row["date"], row["position"], row["iri"])),
    )


def _description(name: str, votes: list[Row], statements: list[Row]) -> str:
    cast = "; ".join(f"{row['date']} {LABEL_OF[row['position']]}" for row in votes)
    stances = "; ".join(
        f"{row['date']} {label_of_term(row['stance']) if row['stance'] else 'no stance'}"
        for row in statements
    )
    return f"{name}: votes {cast}. Statements {stances}."
