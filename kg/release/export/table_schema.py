"""The tables of an export: their columns, and the term of each column.

Columns are defined only here. The meaning of a column is read from the ontology
(``dictionary.py``), its values are found by its path (``row_reader.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

#: Types of columns, by their DuckDB names.
ColumnType = Literal["VARCHAR", "DATE", "INTEGER", "DOUBLE", "BOOLEAN", "VARCHAR[]"]

#: The separator of the items of a list in a CSV file.
SEPARATOR: Final = "|"


@dataclass(frozen=True)
class Column:
    """A column: the path of properties from the subject of a row to the values.

    An empty path is the subject itself. From values in several languages, the English ones are
    taken; from several values, a column that is not a list takes the one at ``index`` in order.
    ``note`` supplements the description of the term. ``pattern`` is the regular expression of a
    code that programs may take for a number or a missing value. An indicator has a ``unit``, says
    what was done to obtain it (``processing``), and cites the work that defines it (``citation``).
    """

    name: str
    path: tuple[str, ...]
    type: ColumnType = "VARCHAR"
    note: str = ""
    index: int = 0
    whole_iri: bool = False
    pattern: str = ""
    unit: str = ""
    processing: str = ""
    citation: str = ""

    @property
    def is_list(self) -> bool:
        """Whether a value is a list."""
        return self.type.endswith("[]")


@dataclass(frozen=True)
class Table:
    """A table with one row for each instance of a class.

    A table whose rows are computed has no class; its ``note`` describes them, and ``key`` are the
    columns that identify a row.
    """

    name: str
    ontology_class: str
    columns: tuple[Column, ...]
    note: str = ""
    key: tuple[str, ...] = ()

    def ontology_term(self, column: Column) -> str:
        """Return the ontology term of a column."""
        return column.path[-1] if column.path else self.ontology_class


_SOURCES: Final = Column(
    "sources",
    ("prov:wasDerivedFrom",),
    "VARCHAR[]",
    "The keys of its sources; TERMS.md lists them.",
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
            "Symbol variants of that document.",
        ),
        Column("title", ("unv:decides", "dcterms:title"), note="The title of that document."),
        Column("relatesTo", ("unv:relatesTo",), note="Its key."),
        Column("possiblySameAs", ("unv:possiblySameAs",), note="Its key."),
        Column("description", ("dcterms:description",), note="A description from the source."),
        Column("voteOn", ("unv:voteOn",)),
        Column("date", ("unv:date",), "DATE"),
        Column("month", ("unv:month",), note="For example 1951-03."),
        Column("year", ("unv:year",), "INTEGER"),
        Column("body", ("unv:body",), note="Its name in the ontology."),
        Column("session", ("unv:session",), note="Its key.", pattern="(E?S-)?[0-9]+"),
        Column("meeting", ("unv:meeting", "unv:symbol"), note="The symbol of the meeting record."),
        Column("yesCount", ("unv:yesCount",), "INTEGER"),
        Column("noCount", ("unv:noCount",), "INTEGER"),
        Column("abstentionCount", ("unv:abstentionCount",), "INTEGER"),
        Column("nonVotingCount", ("unv:nonVotingCount",), "INTEGER"),
        Column("margin", ("unv:margin",), "INTEGER"),
        Column("outcome", ("unv:outcome",)),
        Column("adoptedWithoutVote", ("unv:adoptedWithoutVote",), "BOOLEAN"),
        Column("votingMethod", ("unv:votingMethod",)),
        Column("vetoedBy", ("unv:vetoedBy",), "VARCHAR[]", "Their keys."),
        Column("drafts", ("unv:draft", "unv:symbol"), "VARCHAR[]", "Their symbols."),
        Column("committeeReport", ("unv:committeeReport",)),
        Column("committee", ("unv:committee", "rdfs:label"), note="Its name."),
        Column("agendaItems", ("unv:agendaItem",), "VARCHAR[]", "Their keys."),
        Column("voteNotes", ("unv:voteNote",), "VARCHAR[]"),
        Column("recordedIn", ("unv:recordedIn",)),
        Column("importantVote", ("unv:importantVote",), "BOOLEAN"),
        Column("topics", ("dcterms:subject", "skos:prefLabel"), "VARCHAR[]", "Subject headings."),
        Column(
            "identifiers",
            ("dcterms:identifier",),
            "VARCHAR[]",
            "The sources' own symbols and numbers.",
        ),
        Column("libraryRecord", ("unv:libraryRecord",)),
        Column("document", ("unv:decides", "unv:document")),
        Column(
            "recordedBy",
            ("unv:recordedBy", "prov:hadMember"),
            "VARCHAR[]",
            "The keys of the sources that record its votes; votes with different sources have "
            "their own value in the table votes.",
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
        Column(
            "iso3", ("unv:castBy", "unv:iso3"), note="The code of that state.", pattern="[A-Z]{3}"
        ),
        Column("option", ("unv:option",), note="Its name in the ontology."),
        Column("castAs", ("unv:castAs",)),
        Column("inferred", ("unv:inferred",), "BOOLEAN"),
        Column("intendedOption", ("unv:intendedOption",), note="Its name in the ontology."),
        Column("underSuspension", ("unv:underSuspension",), note="Its key."),
        Column("compilationsAgreeing", ("unv:compilationsAgreeing",), "INTEGER"),
        Column(
            "recordedBy",
            ("unv:recordedBy", "prov:hadMember"),
            "VARCHAR[]",
            "The keys of the sources that record the vote as given; if empty, those of the event.",
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
        Column("iso3", ("unv:iso3",), pattern="[A-Z]{3}"),
        Column("iso2", ("unv:iso2",), note="NA is that of Namibia.", pattern="[A-Z]{2}"),
        Column("m49", ("unv:m49",), note="Three digits, with leading zeros.", pattern="[0-9]{3}"),
        Column("cowCode", ("unv:cowCode",), pattern="[1-9][0-9]{0,2}"),
        Column("cowAbbreviation", ("unv:cowAbbreviation",), pattern="[A-Z]{3}"),
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
    """Return the name of a column's type for the dictionary."""
    names: dict[ColumnType, str] = {
        "VARCHAR": "string",
        "DATE": "date",
        "INTEGER": "integer",
        "DOUBLE": "number",
        "BOOLEAN": "boolean",
        "VARCHAR[]": "list of strings",
    }
    return names[column.type]
