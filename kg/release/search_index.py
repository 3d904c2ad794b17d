"""The search index of a release: an SQLite file next to the store, written by the build.

Three FTS5 tables index the same documents: one by words, with prefixes for suggestions while
typing, one by the stems of words, also those of paragraphs and topics, and one by trigrams for
misspelt text. Further tables have whole names, with the periods of their use, and the body and year
of votes, by which results are selected.
SQLite is included in Python, an index of the whole record is one file of a few megabytes, and any
number of processes can read it.

https://www.sqlite.org/fts5.html
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kg.model.names import Period, joined, name_key, normalized
from kg.rdf.iris import parse
from kg.rdf.vocabulary import PREFIXES, RDF, UNV, WIKIDATA_ENTITY
from kg.release.store import solutions

#: The file next to the store.
FILE: Final = "search.sqlite"
#: Queries for the resources of some classes, with their label and further names.
_DOCUMENT_QUERIES: Final = (
    """
    SELECT ?thing ?type ?label ?also WHERE {
      VALUES ?type { unv:State unv:Session unv:Proposal unv:ProposalPoint unv:Statement
        unv:Source unv:RegionalGroup unv:AgendaItem prov:Agent }
      ?thing a ?type .
      { ?thing rdfs:label ?label } UNION { ?thing dcterms:title ?label }
      OPTIONAL { ?thing skos:altLabel|skos:prefLabel ?also BIND(LANG(?also) AS ?language) }
    } ORDER BY (?language != "en") ?language ?also
    """,
    """
    SELECT ?thing ?type ?label ?also WHERE {
      VALUES ?type { skos:Concept } ?thing a ?type ; skos:prefLabel ?label .
      OPTIONAL { ?thing skos:notation ?also }
    }
    """,
    """
    SELECT ?thing ?type ?label ?also WHERE {
      VALUES ?type { unv:Resolution unv:Decision unv:Draft } ?thing a ?type ; unv:symbol ?label .
      OPTIONAL { ?thing dcterms:title ?also }
    }
    """,
    """
    SELECT ?thing ?type ?label ?also WHERE {
      VALUES ?type { unv:VotingEvent } ?thing a ?type ; rdfs:label ?label .
      FILTER NOT EXISTS { ?thing unv:decides ?resolution }
      OPTIONAL { ?thing dcterms:description ?also }
    }
    """,
    """
    SELECT ?thing ?type ?label ?also WHERE {
      VALUES ?type { unv:Meeting } ?thing a ?type ; unv:symbol ?label .
    }
    """,
)
#: Names and the periods of their use, where they have one; names of states without one are those of
#: their whole membership.
_NAME_QUERY: Final = """
SELECT ?thing ?name ?start ?until ?isOther WHERE {
  { { ?thing rdfs:label ?name } UNION { ?thing skos:prefLabel ?name }
      UNION { ?thing skos:altLabel ?name BIND(1 AS ?rank) }
    ?thing a ?type . VALUES ?type { unv:State unv:RegionalGroup prov:Agent skos:Concept }
    OPTIONAL { ?thing unv:admitted ?start }
    OPTIONAL { ?thing unv:memberUntil ?until }
  } UNION {
    { { ?thing unv:hasName ?node } UNION { ?thing unv:alternativeName ?node } }
    ?node unv:from ?start . ?node rdfs:label ?name .
    OPTIONAL { ?node unv:until ?until }
  }
  BIND(BOUND(?rank) AS ?isOther)
} ORDER BY ?isOther
"""
#: What else is said in a text: the content of its paragraphs or points, and its topics. Not sorted,
#: because Oxigraph reads the terms again for each comparison.
_TEXT_QUERY: Final = """
SELECT ?thing ?text WHERE {
  { ?thing unv:hasParagraph|unv:hasPoint ?part . ?part dcterms:description|unv:quote ?text }
  UNION { ?thing a unv:Resolution ; dcterms:subject ?topic . ?topic skos:prefLabel ?text }
  UNION { ?thing a unv:Statement ; unv:quote|dcterms:description ?text }
}
"""
#: The documents of votes, and statements with their date; the body and the year of votes are read
#: one by one, because a join would read the years of all derived facts.
_EVENT_DOCUMENT_QUERY: Final = """
SELECT DISTINCT ?event ?document WHERE { ?event unv:decides|unv:draft ?document }
"""
_STATEMENT_QUERY: Final = """
SELECT ?statement (YEAR(?date) AS ?year) WHERE { ?statement a unv:Statement ; dcterms:date ?date }
"""
#: Codes of resources, and identifiers of the same resource elsewhere. Union, because a variable
#: property would read all triples of each resource.
_IDENTIFIER_QUERY: Final = """
SELECT DISTINCT ?thing ?identifier WHERE {
  { ?thing unv:iso3 ?identifier } UNION { ?thing unv:iso2 ?identifier }
  UNION { ?thing unv:m49 ?identifier } UNION { ?thing unv:wikidata ?identifier }
  UNION { ?thing skos:notation ?identifier } UNION { ?thing skos:exactMatch ?identifier }
}
ORDER BY ?thing ?identifier
"""
#: Classes whose key can be typed instead of a name.
_KEY_CLASSES: Final = {
    UNV.Resolution,
    UNV.Decision,
    UNV.Draft,
    UNV.Meeting,
    UNV.State,
    UNV.VotingEvent,
    UNV.Proposal,
}
#: The rank of a class among equal matches, highest first.
_CLASS_WEIGHTS: Final = {
    UNV.State: 8,
    UNV.Proposal: 6,
    UNV.Resolution: 5,
    UNV.Decision: 5,
    PREFIXES["skos"] + "Concept": 5,
    UNV.Session: 3,
    UNV.Statement: 2,
    UNV.VotingEvent: 2,
}
#: The number of characters of label and names that are indexed by trigrams.
_TRIGRAM_CHARACTERS: Final = 300
_SCHEMA: Final = """
CREATE TABLE thing (
  id INTEGER PRIMARY KEY, iri TEXT, label TEXT, type TEXT, about TEXT, slug TEXT, weight INTEGER
);
CREATE TABLE identifier (value TEXT, iri TEXT);
CREATE TABLE name (key TEXT, iri TEXT, start TEXT, until TEXT);
CREATE VIRTUAL TABLE word USING fts5(
  label, about, content='', prefix='1 2 3', tokenize="unicode61 remove_diacritics 2"
);
CREATE VIRTUAL TABLE stem USING fts5(
  label, about, text, content='', prefix='3 4', tokenize="porter unicode61 remove_diacritics 2"
);
CREATE TABLE scope (iri TEXT PRIMARY KEY, body TEXT, year INTEGER) WITHOUT ROWID;
CREATE VIRTUAL TABLE gram USING fts5(label, content='', tokenize='trigram');
"""


def write(store: ox.Store, path: Path) -> int:
    """Write the index of the resources in a store and return their number."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(_SCHEMA)
        texts = _texts(store)
        number = 0
        for number, document in enumerate(_documents(store), start=1):
            iri, label, kind, about, symbol = document
            connection.execute(
                "INSERT INTO thing VALUES (?, ?, ?, ?, ?, ?, ?)",
                (number, iri, label, kind, about, symbol, _CLASS_WEIGHTS.get(kind, 1)),
            )
            connection.execute(
                "INSERT INTO word(rowid, label, about) VALUES (?, ?, ?)",
                (number, normalized(label), normalized(f"{about} {symbol}")),
            )
            connection.execute(
                "INSERT INTO stem(rowid, label, about, text) VALUES (?, ?, ?, ?)",
                (number, normalized(label), normalized(about), normalized(texts.get(iri, ""))),
            )
            grams = normalized(f"{label} {about}")[:_TRIGRAM_CHARACTERS]
            connection.execute("INSERT INTO gram(rowid, label) VALUES (?, ?)", (number, grams))
        connection.executemany("INSERT INTO identifier VALUES (?, ?)", _identifiers(store))
        connection.executemany("INSERT INTO name VALUES (?, ?, ?, ?)", _names(store))
        connection.executemany("INSERT OR IGNORE INTO scope VALUES (?, ?, ?)", _scopes(store))
        connection.execute("CREATE INDEX by_name ON name(key)")
        connection.execute("CREATE INDEX by_identifier ON identifier(value)")
        connection.execute("CREATE INDEX by_slug ON thing(slug) WHERE slug != ''")
        connection.execute("CREATE INDEX by_iri ON thing(iri)")
        connection.execute("INSERT INTO word(word) VALUES('optimize')")
        connection.execute("INSERT INTO stem(stem) VALUES('optimize')")
        connection.execute("INSERT INTO gram(gram) VALUES('optimize')")
        connection.commit()
        connection.execute("VACUUM")
    return number


def _identifiers(store: ox.Store) -> Iterator[tuple[str, str]]:
    """Yield identifiers with the IRI of their resource: codes in upper case, IRIs unchanged."""
    for row in solutions(store, _IDENTIFIER_QUERY):
        identifier, iri = row["identifier"], row["thing"].value
        is_iri = isinstance(identifier, ox.NamedNode)
        yield identifier.value if is_iri else identifier.value.upper(), iri
        if identifier.value.startswith(WIKIDATA_ENTITY):
            yield identifier.value.removeprefix(WIKIDATA_ENTITY), iri


def _texts(store: ox.Store) -> dict[str, str]:
    """Return what is said in each text besides its title, by the IRI of the text."""
    rows = {(row["thing"].value, row["text"].value) for row in solutions(store, _TEXT_QUERY)}
    return {
        iri: " ".join(text for _, text in of_text)
        for iri, of_text in groupby(sorted(rows), key=itemgetter(0))
    }


def _scopes(store: ox.Store) -> list[tuple[str, str, int]]:
    """Return IRIs with a body, empty if there is none, and a year; the earliest year first.

    They are votes, the documents on which they were held, and statements.
    """
    of_events: dict[str, list[tuple[str, int]]] = {}
    kind, event_class = ox.NamedNode(RDF.type), ox.NamedNode(UNV.VotingEvent)
    for quad in store.quads_for_pattern(None, kind, event_class, ox.DefaultGraph()):
        if isinstance(event := quad.subject, ox.NamedNode):
            years, bodies = _values(store, event, UNV.year), _values(store, event, UNV.body)
            of_events[event.value] = [
                (body, int(year)) for year in years for body in bodies or [""] if year.isdecimal()
            ]
    scopes = {(iri, *scope) for iri, several in of_events.items() for scope in several}
    for row in solutions(store, _EVENT_DOCUMENT_QUERY):
        for scope in of_events.get(row["event"].value, ()):
            scopes.add((row["document"].value, *scope))
    for row in solutions(store, _STATEMENT_QUERY):
        if row["year"] is not None:
            scopes.add((row["statement"].value, "", int(row["year"].value)))
    return sorted(scopes, key=lambda scope: (scope[0], scope[2], scope[1]))


def _values(store: ox.Store, subject: ox.NamedNode, predicate: str) -> list[str]:
    quads = store.quads_for_pattern(subject, ox.NamedNode(predicate), None, ox.DefaultGraph())
    objects = (quad.object for quad in quads)
    return [term.value for term in objects if isinstance(term, (ox.NamedNode, ox.Literal))]


def _names(store: ox.Store) -> Iterator[tuple[str, str, str, str]]:
    """Yield each name of a resource as its key, the IRI, and the period of its use."""
    periods: dict[tuple[str, str], Period] = {}
    for row in solutions(store, _NAME_QUERY):
        name = name_key(row["name"].value), row["thing"].value
        start, until = ("" if row[v] is None else row[v].value for v in ("start", "until"))
        if name not in periods:
            periods[name] = start, until
        elif row["isOther"].value == "false":
            # An alternative name that was used only in a period is that of the period.
            periods[name] = joined(periods[name], (start, until))
    for (key, iri), (start, until) in sorted(periods.items()):
        yield key, iri, start, until


def _documents(store: ox.Store) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield the IRI, label, class, further names and slug of every indexed resource."""
    documents: dict[str, tuple[str, str, list[str]]] = {}
    for query in _DOCUMENT_QUERIES:
        for row in solutions(store, query):
            iri, kind, label = (row[name].value for name in ("thing", "type", "label"))
            names = documents.setdefault(iri, (kind, label, []))[2]
            if row["also"] is not None and row["also"].value not in names:
                names.append(row["also"].value)
    for iri, (kind, label, names) in sorted(documents.items()):
        key = (parse(iri) or ("", ""))[1]
        # The slug of a symbol or the code of a state.
        symbol = key if kind in _KEY_CLASSES else ""
        further = [name for name in names if name != label]
        yield iri, label, kind, "; ".join(further), symbol
