"""Parsing a query that uses SERVICE into its groups, with their positions in the text.

No other parser provides the positions of SERVICE clauses: rdflib's algebra has no positions and
does not support everything that Oxigraph accepts, Oxigraph's parser is not accessible from Python,
and that of the columnar engine supports less of SPARQL. This one parses only queries that Oxigraph
has found valid, and only their structure: keywords, variables and brackets. Where its grammar and
Oxigraph's differ (a ``<`` may begin an IRI or be a comparison), the query is refused later, or a
variable too many is found, never one too few. Oxigraph also checks the rewritten query.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin

from kg.engine.federation.ast import (
    Expression,
    Group,
    Nested,
    Node,
    Select,
    Service,
    Triples,
    Values,
    variables_in,
)
from kg.errors import ForbiddenServiceError, QueryError
from kg.limits import (
    FEDERATED_QUERY_BRACKETS,
    FEDERATED_QUERY_CHARACTERS,
    FEDERATED_QUERY_CLAUSES,
    FEDERATED_QUERY_NODES,
)
from kg.sparql.lexer import LexicalError, Token, tokenize, unescaped

_GROUP_KEYWORDS: Final = (
    *("OPTIONAL", "MINUS", "GRAPH", "SERVICE", "FILTER", "BIND", "VALUES", "LATERAL"),
)
_AGGREGATES: Final = ("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT")
_MODIFIERS: Final = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")
_CLOSING: Final = {"{": "}", "(": ")", "[": "]"}
_ABSOLUTE: Final = re.compile("[A-Za-z][A-Za-z0-9+.-]*:")
_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


@dataclass
class Query:
    """A parsed query; ``top`` is everything after the prologue."""

    text: str
    top: Select
    prefixes: dict[str, str] = field(default_factory=dict)
    base: str = ""
    dataset: str = ""

    def services(self) -> list[Service]:
        """Return the outermost SERVICE clauses that are not answered yet."""
        services: list[Service] = []
        pending: list[Node] = [self.top]
        while pending:
            node = pending.pop()
            if not isinstance(node, Service):
                pending += reversed(node.children())
            elif node.replacement is None:
                services.append(node)
        return services

    def render(self, start: int = 0, end: int | None = None) -> str:
        """Return a part of the text, with answered clauses replaced."""
        end = len(self.text) if end is None else end
        pieces = []
        for node in self.top.walk():
            if isinstance(node, Service) and node.replacement is not None and node.start >= start:
                if node.end > end:
                    break
                pieces += [self.text[start : node.start], node.replacement]
                start = node.end
        return "".join([*pieces, self.text[start:end]])

    def iri(self, token: Token, base: str) -> str:
        """Return the IRI that a token denotes, or an empty string for a variable.

        ``base`` is used if the query declares no base.
        """
        if token.kind == "iri":
            iri = _ESCAPE.sub(lambda match: chr(int(match[1] or match[2], 16)), token.text[1:-1])
            # An absolute IRI is used exactly as written.
            return iri if _ABSOLUTE.match(iri) else urljoin(self.base or base, iri)
        if token.kind == "name":
            prefix, _, local = token.text.partition(":")
            return self.prefixes.get(prefix, "") + unescaped(local)
        return ""


def parse(text: str) -> Query:
    """Return the structure of a query that Oxigraph has found valid.

    Raises:
        ForbiddenServiceError: if it cannot be parsed here.
        QueryError: if it is too long, has too many parts, or is nested too deeply.
    """
    if len(text) > FEDERATED_QUERY_CHARACTERS:
        most = f"{FEDERATED_QUERY_CHARACTERS:,} characters"
        raise QueryError(f"a query with SERVICE may have at most {most}")
    query = _Parser(text).query()
    if sum(1 for _ in query.top.walk()) > FEDERATED_QUERY_NODES:
        most = f"{FEDERATED_QUERY_NODES} patterns and groups"
        raise QueryError(f"a query with SERVICE may have at most {most}")
    if len(query.services()) > FEDERATED_QUERY_CLAUSES:
        raise QueryError(f"a query may have at most {FEDERATED_QUERY_CLAUSES} SERVICE clauses")
    return query


def _balanced_tokens(text: str) -> list[Token]:
    """Return the tokens of a query whose brackets are balanced.

    Raises:
        ForbiddenServiceError: if a part of the text is not a token, or brackets do not match.
        QueryError: if brackets are nested too deeply.
    """
    try:
        tokens = tokenize(text)
    except LexicalError as error:
        raise _unreadable(text, error.position) from error
    expected: list[str] = []
    for token in tokens:
        if token.is_mark(*_CLOSING):
            expected.append(_CLOSING[token.text])
            if len(expected) > FEDERATED_QUERY_BRACKETS:
                raise QueryError(
                    f"brackets in the query are nested more than {FEDERATED_QUERY_BRACKETS} deep"
                )
        elif token.is_mark("}", ")", "]") and (not expected or expected.pop() != token.text):
            raise _unreadable(text, token.start)
    if expected:
        raise _unreadable(text, len(text))
    return tokens


def _unreadable(text: str, position: int) -> ForbiddenServiceError:
    """Return the error for a query whose SERVICE clauses cannot be located."""
    line = text.count("\n", 0, position) + 1
    near = text[position:][:20]
    return ForbiddenServiceError(
        f"SERVICE is not allowed in this spelling: line {line} cannot be parsed at {near!r}"
    )


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _balanced_tokens(text)
        self._position = 0

    def query(self) -> Query:
        query = Query(self._text, Select([]))
        self._prologue(query)
        start = self._position
        top = query.top
        if self._peek().is_word("SELECT"):
            self._select_clause(top)
        elif self._peek().is_word("CONSTRUCT"):
            self._advance()
            if self._peek().is_mark("{"):
                self._skip_brackets(top.exists_groups)
        else:
            # ASK, or DESCRIBE and its resources.
            while not (
                self._peek().kind == "end"
                or self._peek().is_mark("{")
                or self._peek().is_word("FROM", "WHERE", *_MODIFIERS)
            ):
                self._advance()
        query.dataset = self._dataset()
        if self._peek().is_word("WHERE"):
            self._advance()
        if self._peek().is_mark("{"):
            top.group = self._group()
        self._solution_modifiers(top)
        if self._peek().kind != "end":
            raise self._unreadable()
        top.tokens = self._tokens[start : self._position]
        _set_parents(top)
        return query

    def _prologue(self, query: Query) -> None:
        while self._peek().is_word("BASE", "PREFIX", "VERSION"):
            keyword = self._advance()
            if keyword.is_word("PREFIX"):
                prefix = self._advance().text.removesuffix(":")
                query.prefixes[prefix] = query.iri(self._advance(), query.base)
            elif keyword.is_word("BASE"):
                query.base = query.iri(self._advance(), query.base)
            else:
                self._advance()

    def _dataset(self) -> str:
        start, end = self._peek().start, self._peek().start
        while self._peek().is_word("FROM"):
            self._advance()
            if self._peek().is_word("NAMED"):
                self._advance()
            end = self._advance().end
        return self._text[start:end]

    def _select_clause(self, select: Select) -> None:
        """Read from SELECT up to the dataset or the group."""
        self._advance()
        select.is_star = False
        projected: set[str] = set()
        computed: set[str] = set()
        while not (self._peek().is_mark("{") or self._peek().is_word("FROM", "WHERE")):
            token = self._peek()
            if token.is_mark("("):
                inside = self._skip_brackets(select.exists_groups)
                computed.add(inside[-2].text[1:])
                select.has_aggregates |= any(t.is_word(*_AGGREGATES) for t in inside)
                continue
            self._advance()
            select.is_star |= token.is_mark("*")
            projected.update(variables_in(token) if token.kind == "var" else ())
        select.projected, select.computed = frozenset(projected), frozenset(computed)

    def _solution_modifiers(self, select: Select) -> None:
        """Read the solution modifiers after a group: grouping, order, limits, inline data."""
        keys: set[str] = set()
        clause = ""
        while not ((token := self._peek()).is_mark("}") or token.kind == "end"):
            if token.is_word("VALUES"):
                select.values = self._values()
                continue
            if token.is_mark("("):
                inside = self._skip_brackets(select.exists_groups)
                if clause == "GROUP" and inside[-3].is_word("AS"):
                    keys.add(inside[-2].text[1:])
                select.has_aggregates |= clause == "HAVING"
                continue
            self._advance()
            if token.is_word(*_MODIFIERS):
                clause = token.text
                select.has_offset |= clause == "OFFSET"
                if clause == "GROUP":
                    select.group_keys = frozenset()
            elif clause == "GROUP" and token.kind == "var":
                keys.add(token.text[1:])
            elif clause == "LIMIT" and token.kind == "integer":
                select.limit = int(token.text)
        if select.group_keys is not None:
            select.group_keys = frozenset(keys)

    def _group(self) -> Group:
        start = self._position
        self._expect("{")
        elements: list[Node] = []
        if self._peek().is_word("SELECT"):
            elements.append(self._sub_select())
        while not self._peek().is_mark("}"):
            if self._peek().is_mark("."):
                self._advance()
                continue
            elements.append(self._element())
        self._expect("}")
        return Group(self._tokens[start : self._position], elements)

    def _sub_select(self) -> Select:
        start = self._position
        select = Select([])
        self._select_clause(select)
        if self._peek().is_word("WHERE"):
            self._advance()
        select.group = self._group()
        self._solution_modifiers(select)
        select.tokens = self._tokens[start : self._position]
        return select

    def _element(self) -> Node:
        token = self._peek()
        if token.is_word("FILTER"):
            return self._filter()
        if token.is_word("BIND"):
            start = self._position
            self._advance()
            groups: list[Group] = []
            inside = self._skip_brackets(groups)
            return Expression(self._tokens[start : self._position], groups, inside[-2].text[1:])
        if token.is_word("VALUES"):
            return self._values()
        if token.is_word("SERVICE"):
            return self._service()
        if token.is_word("OPTIONAL", "MINUS", "LATERAL", "GRAPH") or token.is_mark("{"):
            return self._nested()
        return self._triples()

    def _nested(self) -> Nested:
        start, graph, kind = self._position, None, "group"
        if not self._peek().is_mark("{"):
            kind = self._advance().text.lower()
            graph = self._advance() if kind == "graph" else None
        groups = [self._group()]
        while kind in {"group", "union"} and self._peek().is_word("UNION"):
            kind = "union"
            self._advance()
            groups.append(self._group())
        return Nested(self._tokens[start : self._position], kind, groups, graph)

    def _service(self) -> Service:
        start = self._position
        self._advance()
        silent = self._peek().is_word("SILENT")
        if silent:
            self._advance()
        endpoint = self._advance()
        if endpoint.kind not in {"iri", "name", "var"}:
            raise self._unreadable()
        body = self._group()
        return Service(self._tokens[start : self._position], silent, endpoint, body)

    def _filter(self) -> Expression:
        start = self._position
        self._advance()
        groups: list[Group] = []
        if self._peek().is_word("NOT"):
            self._advance()
        if self._peek().is_word("EXISTS"):
            self._advance()
            groups.append(self._group())
        else:
            # A bracketed expression, or a function call.
            if not self._peek().is_mark("("):
                self._advance()
            self._skip_brackets(groups)
        return Expression(self._tokens[start : self._position], groups)

    def _values(self) -> Values:
        start = self._position
        self._advance()
        columns: set[str] = set()
        while not self._peek().is_mark("{"):
            columns.update(variables_in(self._advance()))
        data = self._skip_brackets([])
        is_complete = not any(token.is_word("UNDEF") for token in data)
        return Values(self._tokens[start : self._position], frozenset(columns), is_complete)

    def _triples(self) -> Triples:
        start, depth = self._position, 0
        while True:
            token = self._peek()
            if depth == 0 and (token.is_mark("{", "}") or token.is_word(*_GROUP_KEYWORDS)):
                break
            self._advance()
            depth += token.is_mark("(", "[") - token.is_mark(")", "]")
        if self._position == start:
            raise self._unreadable()
        return Triples(self._tokens[start : self._position])

    def _skip_brackets(self, groups: list[Group]) -> list[Token]:
        """Read up to the matching closing bracket; collect the groups of EXISTS inside."""
        start, depth = self._position, 0
        while True:
            token = self._peek()
            is_inside = self._position > start
            if (
                is_inside
                and token.is_mark("{")
                and self._tokens[self._position - 1].is_word("EXISTS")
            ):
                groups.append(self._group())
                continue
            self._advance()
            depth += token.is_mark("(", "[", "{") - token.is_mark(")", "]", "}")
            if depth == 0:
                return self._tokens[start : self._position]

    def _peek(self) -> Token:
        return self._tokens[self._position]

    def _advance(self) -> Token:
        token = self._tokens[self._position]
        if token.kind == "end":
            raise self._unreadable()
        self._position += 1
        return token

    def _expect(self, mark: str) -> None:
        if not self._advance().is_mark(mark):
            raise self._unreadable()

    def _unreadable(self) -> ForbiddenServiceError:
        last = max(len(self._tokens) - 2, 0)
        return _unreadable(self._text, self._tokens[min(self._position, last)].start)


def _set_parents(node: Node) -> None:
    for child in node.children():
        child.parent = node
        _set_parents(child)
