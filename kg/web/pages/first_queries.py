"""The tutorial in ten queries: each adds one idea to those before, and runs in the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kg.rdf.iris import state
from kg.rdf.vocabulary import PREFIXES


@dataclass(frozen=True)
class Step:
    """A step of the tutorial; ``try_this`` is a change that the reader may make."""

    title: str
    explanation: str
    body: str
    try_this: str

    @property
    def query(self) -> str:
        """The query with the declarations of the prefixes that it uses."""
        used = [name for name in _PREFIXES if f"{name}:" in self.body]
        lines = [f"PREFIX {name}: <{PREFIXES[name]}>" for name in used]
        return "\n".join([*lines, "", self.body])


#: The prefixes of the queries, in the order of their declarations.
_PREFIXES: Final = ("unv", "dcterms", "rdfs", "prov", "xsd")
_INDIA: Final = f"<{state('IND')}>"
_CHINA: Final = f"<{state('CHN')}>"
STEPS: Final = (
    Step(
        "List some resolutions",
        "A query describes a pattern. Each line says that something (?resolution) has a property "
        "with a value; words that begin with a question mark are unknowns, and SELECT names those "
        "that you want to see. The full stop or semicolon ends a line: after a semicolon the next "
        "line is about the same thing. LIMIT keeps the answer short.",
        """SELECT ?resolution ?title WHERE {
  ?resolution a unv:Resolution ;
    dcterms:title ?title .
}
LIMIT 10""",
        "Change the limit to 25.",
    ),
    Step(
        "Ask for one resolution",
        "A value in place of an unknown restricts the pattern: here the symbol. A voting event is "
        "the vote itself; it decides the resolution, and has a date and counted votes.",
        """SELECT ?event ?date ?inFavour ?against ?abstaining WHERE {
  ?resolution unv:symbol "A/RES/ES-11/6" .
  ?event unv:decides ?resolution ;
    unv:date ?date ;
    unv:yesCount ?inFavour ;
    unv:noCount ?against ;
    unv:abstentionCount ?abstaining .
}""",
        "Replace the symbol with A/RES/ES-11/1.",
    ),
    Step(
        "Who voted against?",
        "From a vote four properties lead to states: unv:inFavour, unv:against, unv:abstaining and "
        "unv:nonVoting. Every state has exactly one label in English.",
        """SELECT ?state ?name WHERE {
  ?event unv:decides/unv:symbol "A/RES/ES-11/6" ;
    unv:against ?state .
  ?state rdfs:label ?name .
}
ORDER BY ?name""",
        "Replace unv:against with unv:abstaining.",
    ),
    Step(
        "Put the most divided first",
        "ORDER BY sorts the answer, DESC from the highest value. unv:month stands on every vote, "
        "also where the day is not known.",
        """SELECT ?label ?month ?against ?abstaining WHERE {
  ?event a unv:VotingEvent ;
    rdfs:label ?label ;
    unv:month ?month ;
    unv:noCount ?against ;
    unv:abstentionCount ?abstaining .
}
ORDER BY DESC(?abstaining) DESC(?against)
LIMIT 10""",
        "Sort by ?against only.",
    ),
    Step(
        "Filter",
        "FILTER keeps the rows for which a condition is true. Here: the votes since 2022 in which "
        "India abstained.",
        f"""SELECT ?label ?year WHERE {{
  ?event unv:abstaining {_INDIA} ;
    unv:year ?year ;
    rdfs:label ?label .
  FILTER(?year >= 2022)
}}
ORDER BY ?year ?label
LIMIT 50""",
        "Replace IND with another code of three letters, such as ZAF.",
    ),
    Step(
        "What may be missing",
        "A row appears only if every line of the pattern fits. OPTIONAL keeps the row without the "
        "value: the day of many early votes is not known.",
        """SELECT ?label ?month ?date WHERE {
  ?event a unv:VotingEvent ;
    rdfs:label ?label ;
    unv:month ?month .
  OPTIONAL { ?event unv:date ?date }
}
ORDER BY ?month
LIMIT 20""",
        "Remove the word OPTIONAL and both of its braces, and compare the number of rows.",
    ),
    Step(
        "Count",
        "COUNT counts the rows of each group, and GROUP BY says what a group is. A result with a "
        "column of years can be shown as a chart.",
        """SELECT ?year (COUNT(?event) AS ?votes) WHERE {
  ?event a unv:VotingEvent ;
    unv:year ?year .
}
GROUP BY ?year
ORDER BY ?year""",
        "Add unv:body unv:SecurityCouncil to the pattern, after a semicolon.",
    ),
    Step(
        "States that abstained twice",
        "One unknown in two patterns must have one value: the states that abstained both in March "
        "2022 and in February 2023.",
        """SELECT ?name WHERE {
  ?first unv:decides/unv:symbol "A/RES/ES-11/1" ;
    unv:abstaining ?state .
  ?second unv:decides/unv:symbol "A/RES/ES-11/6" ;
    unv:abstaining ?state .
  ?state rdfs:label ?name .
}
ORDER BY ?name""",
        "Replace the second unv:abstaining with unv:inFavour: who moved?",
    ),
    Step(
        "Do two states vote alike?",
        "VALUES gives an unknown several values. Here it stands for a property: in how many votes "
        "did India and China take the same position?",
        f"""SELECT ?position (COUNT(?event) AS ?votes) WHERE {{
  VALUES ?position {{ unv:inFavour unv:against unv:abstaining }}
  ?event ?position {_INDIA} , {_CHINA} .
}}
GROUP BY ?position
ORDER BY DESC(?votes)""",
        "Replace CHN with USA.",
    ),
    Step(
        "Where does it come from?",
        "Every fact has its source. A vote is derived from one or several compilations; if they "
        "differ, both versions are in the record.",
        """SELECT ?title ?issued WHERE {
  ?event unv:decides/unv:symbol "A/RES/ES-11/6" ;
    prov:wasDerivedFrom ?source .
  ?source dcterms:title ?title .
  OPTIONAL { ?source dcterms:date ?issued }
}""",
        "Ask for dcterms:publisher of the source as well.",
    ),
)
