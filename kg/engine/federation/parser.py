"""Reading a query that uses SERVICE: its groups, and where each of them stands in the text.

No parser at hand tells where a SERVICE clause begins and ends: rdflib's algebra has no positions
and does not know all that Oxigraph accepts, and Oxigraph's own is not open to Python. So this one
reads the little it takes: words and brackets. Oxigraph judges the outcome.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin

from kg.engine.federation.ast import (
    Expression,
    Group,
    Names,
    Nested,
    Part,
    Select,
    Service,
    Triples,
    Values,
)
from kg.engine.federation.lexer import END, Token, tokens, unreadable
from kg.errors import ForbiddenServiceError, QueryError

#: Characters of a query with SERVICE, groups and parts of groups in it, clauses among them.
MAX_LENGTH: Final = 100_000
MAX_PARTS: Final = 500
MAX_SERVICES: Final = 20
_ELEMENTS: Final = ("OPTIONAL", "MINUS", "GRAPH", "SERVICE", "FILTER", "BIND", "VALUES", "LATERAL")
_AGGREGATES: Final = ("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT")
_MODIFIERS: Final = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")
_WHOLE: Final = re.compile("[A-Za-z][A-Za-z0-9+.-]*:")
_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


@dataclass
class Query:
    """A query as it was read; ``top`` is everything behind the prologue."""

    text: str
    top: Select
    prefixes: dict[str, str] = field(default_factory=dict)
    base: str = ""
    dataset: str = ""

    def services(self) -> list[Service]:
        """Return the SERVICE clauses that are not answered, without those inside another."""
        found: list[Service] = []
        waiting: list[Part] = [self.top]
        while waiting:
            part = waiting.pop()
            if not isinstance(part, Service):
                waiting += reversed(part.children())
            elif part.answer is None:
                found.append(part)
        return found

    def rendered(self, start: int = 0, end: int | None = None) -> str:
        """Return a stretch of the text, with answers in the place of the clauses answered."""
        end = len(self.text) if end is None else end
        pieces = []
        for part in self.top.walk():
            if isinstance(part, Service) and part.answer is not None and part.start >= start:
                if part.end > end:
                    break
                pieces += [self.text[start : part.start], part.answer]
                start = part.end
        return "".join([*pieces, self.text[start:end]])

    def iri(self, name: Token, base: str) -> str:
        """Return the IRI that a word stands for, or an empty text for a variable.

        ``base`` is that of a query which declares none.
        """
        if name.kind == "iri":
            written = _ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), name.text[1:-1])
            # What is whole stays as it is written, to the last character.
            return written if _WHOLE.match(written) else urljoin(self.base or base, written)
        if name.kind == "name":
            prefix, _, local = name.text.partition(":")
            return self.prefixes.get(prefix, "") + re.sub(r"\\(.)", r"\1", local)
        return ""


def read(text: str) -> Query:
    """Return the structure of a query that Oxigraph has found valid.

    Raises:
        ForbiddenServiceError: if it cannot be read here.
        QueryError: if it is too long, has too many parts, or nests too deeply.
    """
    if len(text) > MAX_LENGTH:
        raise QueryError(f"a query with SERVICE has at most {MAX_LENGTH:,} characters")
    query = _Reader(text).query()
    if sum(1 for _ in query.top.walk()) > MAX_PARTS:
        raise QueryError(f"a query with SERVICE has at most {MAX_PARTS} patterns and groups")
    if len(query.services()) > MAX_SERVICES:
        raise QueryError(f"a query has at most {MAX_SERVICES} SERVICE clauses")
    return query


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._words = tokens(text)
        self._at = 0

    def query(self) -> Query:
        query = Query(self._text, Select([]))
        self._prologue(query)
        start = self._at
        top = query.top
        if self._next().is_word("SELECT"):
            self._clause(top)
        elif self._next().is_word("CONSTRUCT"):
            self._take()
            if self._next().is_mark("{"):
                self._skip_brackets(top.loose)
        else:
            # ASK, or DESCRIBE and what is described.
            while self._next() is not END and not (
                self._next().is_mark("{") or self._next().is_word("FROM", "WHERE", *_MODIFIERS)
            ):
                self._take()
        query.dataset = self._dataset()
        if self._next().is_word("WHERE"):
            self._take()
        if self._next().is_mark("{"):
            top.group = self._group()
        self._after(top)
        if self._next() is not END:
            raise self._unreadable()
        top.words = self._words[start:]
        _set_parents(top)
        return query

    def _prologue(self, query: Query) -> None:
        while self._next().is_word("BASE", "PREFIX", "VERSION"):
            word = self._take()
            if word.is_word("PREFIX"):
                name = self._take().text.removesuffix(":")
                query.prefixes[name] = query.iri(self._take(), query.base)
            elif word.is_word("BASE"):
                query.base = query.iri(self._take(), query.base)
            else:
                self._take()

    def _dataset(self) -> str:
        start, end = self._next().start, self._next().start
        while self._next().is_word("FROM"):
            self._take()
            if self._next().is_word("NAMED"):
                self._take()
            end = self._take().end
        return self._text[start:end]

    def _clause(self, select: Select) -> None:
        """Read from SELECT to before the dataset or the group."""
        self._take()
        select.star = False
        plain: set[str] = set()
        computed: set[str] = set()
        while not (self._next().is_mark("{") or self._next().is_word("FROM", "WHERE")):
            word = self._next()
            if word is END:
                raise self._unreadable()
            if word.is_mark("("):
                inside = self._skip_brackets(select.loose)
                computed.add(inside[-2].text[1:])
                select.aggregates |= any(one.is_word(*_AGGREGATES) for one in inside)
                continue
            self._take()
            select.star |= word.is_mark("*")
            plain.update(word.variables if word.kind == "variable" else ())
        select.plain, select.computed = frozenset(plain), frozenset(computed)

    def _after(self, select: Select) -> None:
        """Read what comes behind a group: grouping, order, limits, inline data."""
        keys: set[str] = set()
        clause = ""
        while not self._next().is_mark("}") and (word := self._next()) is not END:
            if word.is_word("VALUES"):
                select.values = self._values()
                continue
            if word.is_mark("("):
                inside = self._skip_brackets(select.loose)
                if clause == "GROUP" and inside[-3].is_word("AS"):
                    keys.add(inside[-2].text[1:])
                select.aggregates |= clause == "HAVING"
                continue
            self._take()
            if word.is_word(*_MODIFIERS):
                clause = word.text.upper()
                select.offset |= clause == "OFFSET"
                if clause == "GROUP":
                    select.keys = frozenset()
            elif clause == "GROUP" and word.kind == "variable":
                keys.add(word.text[1:])
            elif clause == "LIMIT" and word.kind == "number":
                select.limit = int(word.text)
        if select.keys is not None:
            select.keys = frozenset(keys)

    def _group(self) -> Group:
        start = self._at
        self._expect("{")
        elements: list[Part] = []
        if self._next().is_word("SELECT"):
            elements.append(self._sub_select())
        while not self._next().is_mark("}"):
            if self._next().is_mark("."):
                self._take()
                continue
            elements.append(self._element())
        self._expect("}")
        return Group(self._words[start : self._at], elements)

    def _sub_select(self) -> Select:
        start = self._at
        select = Select([])
        self._clause(select)
        if self._next().is_word("WHERE"):
            self._take()
        select.group = self._group()
        self._after(select)
        select.words = self._words[start : self._at]
        return select

    def _element(self) -> Part:
        word = self._next()
        if word.is_word("FILTER"):
            return self._filter()
        if word.is_word("BIND"):
            start = self._at
            self._take()
            groups: list[Group] = []
            inside = self._skip_brackets(groups)
            return Expression(self._words[start : self._at], groups, inside[-2].text[1:])
        if word.is_word("VALUES"):
            return self._values()
        if word.is_word("SERVICE"):
            return self._service()
        if word.is_word("OPTIONAL", "MINUS", "LATERAL", "GRAPH") or word.is_mark("{"):
            return self._nested()
        return self._triples()

    def _nested(self) -> Nested:
        start, name, kind = self._at, None, "group"
        if not self._next().is_mark("{"):
            kind = self._take().text.lower()
            name = self._take() if kind == "graph" else None
        groups = [self._group()]
        while kind in {"group", "union"} and self._next().is_word("UNION"):
            kind = "union"
            self._take()
            groups.append(self._group())
        return Nested(self._words[start : self._at], kind, groups, name)

    def _service(self) -> Service:
        start = self._at
        self._take()
        silent = self._next().is_word("SILENT")
        if silent:
            self._take()
        name = self._take()
        if name.kind not in {"iri", "name", "variable"}:
            raise self._unreadable()
        body = self._group()
        return Service(self._words[start : self._at], silent, name, body)

    def _filter(self) -> Expression:
        start = self._at
        self._take()
        groups: list[Group] = []
        if self._next().is_word("NOT"):
            self._take()
        if self._next().is_word("EXISTS"):
            self._take()
            groups.append(self._group())
        else:
            # A bracketed expression, or a function and its arguments.
            if not self._next().is_mark("("):
                self._take()
            self._skip_brackets(groups)
        return Expression(self._words[start : self._at], groups)

    def _values(self) -> Values:
        start = self._at
        self._take()
        columns: set[str] = set()
        while not self._next().is_mark("{"):
            columns.update(self._take().variables)
        data = self._skip_brackets([])
        full = not any(one.is_word("UNDEF") for one in data)
        return Values(self._words[start : self._at], frozenset(columns), full)

    def _triples(self) -> Triples:
        start, depth = self._at, 0
        while True:
            word = self._next()
            if depth == 0 and (word.is_mark("{") or word.is_mark("}") or word.is_word(*_ELEMENTS)):
                break
            if word is END:
                raise self._unreadable()
            self._take()
            depth += word.kind == "mark" and word.text in "(["
            depth -= word.kind == "mark" and word.text in ")]"
        if self._at == start:
            raise self._unreadable()
        return Triples(self._words[start : self._at])

    def _skip_brackets(self, groups: list[Group]) -> list[Token]:
        """Read from an opening bracket to its closing one; collect the groups of EXISTS inside."""
        start, depth = self._at, 0
        while True:
            word = self._next()
            if (
                word.is_mark("{")
                and self._at > start
                and self._words[self._at - 1].is_word("EXISTS")
            ):
                groups.append(self._group())
                continue
            self._take()
            depth += word.kind == "mark" and word.text in "([{"
            depth -= word.kind == "mark" and word.text in ")]}"
            if depth == 0:
                return self._words[start : self._at]

    def _next(self) -> Token:
        return self._words[self._at] if self._at < len(self._words) else END

    def _take(self) -> Token:
        if self._at >= len(self._words):
            raise self._unreadable()
        self._at += 1
        return self._words[self._at - 1]

    def _expect(self, mark: str) -> None:
        if not self._take().is_mark(mark):
            raise self._unreadable()

    def _unreadable(self) -> ForbiddenServiceError:
        near = self._words[min(self._at, len(self._words) - 1)] if self._words else END
        return unreadable(self._text, near.start)


def _set_parents(part: Part) -> None:
    for child in part.children():
        child.parent = part
        _set_parents(child)


__all__ = ["Names", "Query", "read"]
