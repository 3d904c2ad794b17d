"""The base class of the parser, which reads tokens, prefixes and RDF terms.

https://www.w3.org/TR/sparql11-query/#sparqlGrammar
"""

from __future__ import annotations

import re
from typing import Final

import pyoxigraph as ox

from kg.limits import PARSED_QUERY_MAX_DEPTH
from kg.rdf.vocabulary import XSD
from kg.sparql.algebra import Term, Var
from kg.sparql.lexer import Token, string_value, unescaped
from kg.sparql.unsupported import Reason, UnsupportedQueryError

_ABSOLUTE_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
#: Datatypes of numbers by the kind of their token.
NUMBER_DATATYPES: Final = {
    "integer": XSD.integer,
    "decimal": XSD.decimal,
    "double": XSD.double,
}


class TermParser:
    """A recursive-descent parser of prefixes and terms.

    Methods whose names begin with ``_parse_`` parse a grammar rule, starting at the next token.
    """

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._position = 0
        self._depth = 0
        self._fresh_variables = 0
        self._prefixes: dict[str, str] = {}

    # Tokens

    def _next_is(self, *texts: str) -> bool:
        """Return whether the next token is one of the keywords and marks."""
        token = self._tokens[self._position]
        return token.kind in {"word", "mark"} and token.text in texts

    def _next_kind(self) -> str:
        return self._tokens[self._position].kind

    def _advance(self) -> Token:
        """Consume the next token and return it."""
        self._position += 1
        return self._tokens[self._position - 1]

    def _accept(self, *texts: str) -> bool:
        """Consume the next token if it is one of the keywords and marks."""
        if self._next_is(*texts):
            self._position += 1
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._accept(text):
            raise UnsupportedQueryError(Reason.SYNTAX)

    def _enter(self) -> None:
        """Enter a nested group or expression."""
        self._depth += 1
        if self._depth > PARSED_QUERY_MAX_DEPTH:
            raise UnsupportedQueryError(Reason.LENGTH)

    def _leave(self) -> None:
        """Leave a nested group or expression."""
        self._depth -= 1

    def _fresh_variable(self) -> Var:
        """Return a new variable whose name cannot occur in a query."""
        self._fresh_variables += 1
        return Var(f"inner {self._fresh_variables}")

    # Prologue

    def _parse_prologue(self) -> None:
        while self._next_is("PREFIX", "BASE"):
            if self._advance().text == "BASE":
                raise UnsupportedQueryError(Reason.RELATIVE)
            name, iri = self._advance(), self._advance()
            if name.kind != "name" or not name.text.endswith(":") or iri.kind != "iri":
                raise UnsupportedQueryError(Reason.SYNTAX)
            self._prefixes[name.text[:-1]] = _absolute(iri.text[1:-1])

    # Variables and terms

    def _parse_variable(self) -> str:
        token = self._advance()
        if token.kind != "var":
            raise UnsupportedQueryError(Reason.SYNTAX)
        return token.text[1:]

    def _parse_term(self) -> Term:
        token = self._tokens[self._position]
        if token.kind in {"iri", "name"}:
            return self._parse_iri()
        if token.kind == "string":
            self._position += 1
            return self._parse_literal(string_value(token.text))
        if token.kind in NUMBER_DATATYPES:
            self._position += 1
            return _number(token.text, token.kind)
        if self._next_is("+", "-"):
            sign = self._advance().text
            number = self._advance()
            if number.kind in NUMBER_DATATYPES:
                return _number(sign.strip("+") + number.text, number.kind)
        if self._next_is("TRUE", "FALSE"):
            return ox.Literal(self._advance().text == "TRUE")
        raise UnsupportedQueryError(Reason.SYNTAX)

    def _parse_literal(self, text: str) -> ox.Literal:
        """Read the language or datatype of a literal, if any."""
        if self._next_kind() == "lang":
            return ox.Literal(text, language=self._advance().text[1:].lower())
        if self._accept("^^"):
            return ox.Literal(text, datatype=self._parse_iri())
        return ox.Literal(text)

    def _parse_iri(self) -> ox.NamedNode:
        token = self._advance()
        if token.kind == "iri":
            return ox.NamedNode(_absolute(token.text[1:-1]))
        if token.kind != "name":
            raise UnsupportedQueryError(Reason.SYNTAX)
        prefix, _, local = token.text.partition(":")
        if prefix not in self._prefixes:
            raise UnsupportedQueryError(Reason.SYNTAX)
        return ox.NamedNode(_absolute(self._prefixes[prefix] + unescaped(local)))


def _number(text: str, kind: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(NUMBER_DATATYPES[kind]))


def _absolute(iri: str) -> str:
    """Return an IRI unless it must be resolved."""
    if not _ABSOLUTE_IRI.match(iri) or "/." in iri:
        raise UnsupportedQueryError(Reason.RELATIVE)
    return iri
