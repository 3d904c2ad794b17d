"""The tables of an export: which columns they have, and which term each column comes from.

This is the one place that names columns. What a column means is read from the ontology
(``dictionary.py``), where its values are found from its path (``row_reader.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

#: Types of columns, as DuckDB names them.
ColumnType = Literal["VARCHAR", "DATE", "INTEGER", "BOOLEAN", "VARCHAR[]"]

#: The separator of the items of a list in a CSV file.
SEPARATOR: Final = "|"


@dataclass(frozen=True)
class Column:
    """A column: the properties that lead to its values from what the row is about.

    An empty path means the thing itself. Of values in several languages the English ones are
    taken; of several values a column that is no list takes the one at ``index`` of their order.
    ``note`` says what the term of the column does not say by itself.
    """

    name: str
    path: tuple[str, ...]
    type: ColumnType = "VARCHAR"
    note: str = ""
    index: int = 0
    whole_iri: bool = False

    @property
    def is_list(self) -> bool:
        """Whether a value is a list."""
        return self.type.endswith("[]")


@dataclass(frozen=True)
class Table:
    """A table with one row for each thing of a class."""

    name: str
    ontology_class: str
    columns: tuple[Column, ...]

    def ontology_term(self, column: Column) -> str:
        """Return the term of the ontology that a column comes from."""
        return column.path[-1] if column.path else self.ontology_class


_SOURCES: Final = Column(
    "sources",
    ("prov:wasDerivedFrom",),
    "VARCHAR[]",
    "The keys of the sources it was taken from; TERMS.md lists them.",
)

EVENTS: Final = Table(
    "events",
    "unv:VotingEvent",
    (
        Column("event", (), note="Its key: the last part of its IRI."),
        Column("iri", (), note="Its IRI.", whole_iri=True),
        Column("symbol", ("unv:decides", "unv:symbol"), note="Of the document decided on."),
        Column(
            "symbolVariants",
            ("unv:decides", "unv:symbolVariant"),
            "VARCHAR[]",
            "Of that document.",
        ),
        Column("title", ("unv:decides", "dcterms:title"), note="The title of that document."),
        Column("relatesTo", ("unv:relatesTo",), note="Its key."),
        Column("possiblySameAs", ("unv:possiblySameAs",), note="Its key."),
        Column("description", ("dcterms:description",), note="What the source says it was about."),
        Column("voteOn", ("unv:voteOn",)),
        Column("date", ("unv:date",), "DATE"),
        Column("month", ("unv:month",), note="For instance 1951-03."),
        Column("year", ("unv:year",), "INTEGER"),
        Column("body", ("unv:body",), note="Its name in the ontology."),
        Column("session", ("unv:session",), note="Its key."),
        Column("meeting", ("unv:meeting", "unv:symbol"), note="Of the record of the meeting."),
        Column("yesCount", ("unv:yesCount",), "INTEGER"),
        Column("noCount", ("unv:noCount",), "INTEGER"),
        Column("abstentionCount", ("unv:abstentionCount",), "INTEGER"),
        Column("nonVotingCount", ("unv:nonVotingCount",), "INTEGER"),
        Column("margin", ("unv:margin",), "INTEGER"),
        Column("outcome", ("unv:outcome",)),
        Column("adoptedWithoutVote", ("unv:adoptedWithoutVote",), "BOOLEAN"),
        Column("vetoedBy", ("unv:vetoedBy",), "VARCHAR[]", "Their keys."),
        Column("drafts", ("unv:draftSymbol",), "VARCHAR[]"),
        Column("committeeReport", ("unv:committeeReport",)),
        Column("agendaItems", ("unv:agendaItem",), "VARCHAR[]"),
        Column("voteNotes", ("unv:voteNote",), "VARCHAR[]"),
        Column("recordedIn", ("unv:recordedIn",)),
        Column("importantVote", ("unv:importantVote",), "BOOLEAN"),
        Column("topics", ("dcterms:subject", "skos:prefLabel"), "VARCHAR[]", "Subject headings."),
        Column(
            "identifiers",
            ("dcterms:identifier",),
            "VARCHAR[]",
            "Symbols and numbers the sources themselves give it.",
        ),
        Column("libraryRecord", ("unv:libraryRecord",)),
        Column("document", ("unv:decides", "unv:document")),
        Column(
            "recordedBy",
            ("unv:recordedBy", "prov:hadMember"),
            "VARCHAR[]",
            "The keys of the sources that record its votes; in the table votes those that are "
            "recorded by others have their own.",
        ),
        _SOURCES,
    ),
)
VOTES: Final = Table(
    "votes",
    "unv:Vote",
    (
        Column("event", ("unv:event",), note="Its key, as in the table events."),
        Column("state", ("unv:castBy",), note="Its key, as in the table states."),
        Column("iso3", ("unv:castBy", "unv:iso3"), note="Of that state."),
        Column("option", ("unv:option",), note="Its name in the ontology."),
        Column("castAs", ("unv:castAs",)),
        Column("intendedOption", ("unv:intendedOption",), note="Its name in the ontology."),
        Column("underSuspension", ("unv:underSuspension",), note="Its key."),
        Column("compilationsAgreeing", ("unv:compilationsAgreeing",), "INTEGER"),
        Column(
            "recordedBy",
            ("unv:recordedBy", "prov:hadMember"),
            "VARCHAR[]",
            "The keys of the sources that record the vote as it stands; where it is empty, those "
            "of the event.",
        ),
    ),
)
STATES: Final = Table(
    "states",
    "unv:State",
    (
        Column("state", (), note="Its key: the last part of its IRI."),
        Column("iri", (), note="Its IRI.", whole_iri=True),
        Column("name", ("rdfs:label",), note="Its name in English."),
        Column("iso3", ("unv:iso3",)),
        Column("iso2", ("unv:iso2",)),
        Column("m49", ("unv:m49",)),
        Column("wikidata", ("unv:wikidata",)),
        Column("admitted", ("unv:admitted",), "DATE"),
        Column("memberUntil", ("unv:memberUntil",), "DATE"),
        Column("seat", ("unv:seat",), note="Its key."),
        Column("regionalGroup", ("unv:regionalGroup", "rdfs:label"), note="The group's name."),
        Column("predecessors", ("unv:predecessor",), "VARCHAR[]", "Their keys."),
        _SOURCES,
    ),
)
AGREEMENT: Final = Table(
    "agreement",
    "unv:AgreementObservation",
    (
        Column("state1", ("unv:between",), note="Its key, the first of the two in order."),
        Column("state2", ("unv:between",), note="Its key, the second of the two.", index=1),
        Column("year", ("unv:year",), "INTEGER"),
        Column("sharedVotes", ("unv:sharedVotes",), "INTEGER"),
        Column("identicalVotes", ("unv:identicalVotes",), "INTEGER"),
    ),
)

TABLES: Final = (EVENTS, VOTES, STATES, AGREEMENT)


def type_name(column: Column) -> str:
    """Return the name of a column's type as the dictionary gives it."""
    names: dict[ColumnType, str] = {
        "VARCHAR": "string",
        "DATE": "date",
        "INTEGER": "integer",
        "BOOLEAN": "boolean",
        "VARCHAR[]": "list of strings",
    }
    return names[column.type]
