"""The saved queries as examples: executable as they are, each with its template.

Editors read examples as ``sh:SPARQLExecutable`` with a target, as the examples of the Swiss
Institute of Bioinformatics have it: https://github.com/sib-swiss/sparql-examples. A template is
the file of the query, whose parameters are variables; the example is the query with the default
values of its parameters.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import Final

from kg.rdf.ntriples import about, plain, text
from kg.rdf.vocabulary import BASE, DATASET, RDF, RDFS, SCHEMA, SH, SPEX
from kg.sparql.lexer import tokenize
from kg.sparql.saved_queries import SavedQuery, library

#: The endpoint by its IRI; a service writes its own address in its description.
ENDPOINT: Final = f"{BASE}sparql"
#: The media type of queries (SPARQL 1.1 Protocol).
MEDIA_TYPE: Final = "application/sparql-query"


def examples(sources: Collection[str]) -> Iterator[str]:
    """Yield the saved queries as N-Triples lines.

    Those that a release with some sources can answer are executable.
    """
    for query in library().values():
        yield from _query(query)
        if query.is_answered_by(sources):
            yield from _executable(query)


def _query(query: SavedQuery) -> Iterator[str]:
    this = _iri(query)
    template = f"{this}/template"
    yield from about(this, RDF.type, f"<{SCHEMA.SoftwareSourceCode}>")
    yield from about(this, RDFS.comment, text(query.summary))
    for tag in query.tags:
        yield from about(this, SCHEMA.keywords, plain(tag))
    yield from about(this, SCHEMA.exampleOfWork, f"<{template}>")
    yield from about(template, RDF.type, f"<{SCHEMA.SoftwareSourceCode}>")
    yield from about(template, SCHEMA.encodingFormat, plain(MEDIA_TYPE))
    yield from about(template, SCHEMA.text, plain(query.text))


def _executable(query: SavedQuery) -> Iterator[str]:
    this, executable = _iri(query), query.text_with_values({})
    yield from about(this, RDF.type, f"<{SH.SPARQLExecutable}>")
    yield from about(this, RDF.type, f"<{SH.SPARQLSelectExecutable}>")
    yield from about(this, SH.prefixes, f"<{DATASET}>")
    yield from about(this, SH.select, plain(executable))
    yield from about(this, SCHEMA.target, f"<{ENDPOINT}>")
    for endpoint in _services(executable):
        yield from about(this, SPEX.federatesWith, endpoint)


def _iri(query: SavedQuery) -> str:
    return f"{BASE}queries/{query.name}"


def _services(query: str) -> list[str]:
    """Return the endpoints that SERVICE clauses name, each once, in angle brackets."""
    tokens = pairwise(tokenize(query))
    named = (after.text for token, after in tokens if token.is_word("SERVICE"))
    return [text for text in dict.fromkeys(named) if text.startswith("<")]
