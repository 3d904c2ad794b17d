"""From the text of a query to its algebra, for the part of SPARQL that is compiled.

It is a parser of its own because dispatch needs one for every query, and those that can be had in
Python take longer than Oxigraph takes for a whole short query. It reads less than SPARQL: Oxigraph
has the last word on what is valid, since nothing is answered here before it has taken the query.

https://www.w3.org/TR/sparql11-query/#grammar
"""

from __future__ import annotations

import re
from typing import Final

import pyoxigraph as ox

from kg.rdf.vocabulary import RDF, XSD
from kg.sparql.algebra import (
    Aggregate,
    Call,
    Const,
    Exists,
    Expression,
    Extend,
    Filter,
    Join,
    LeftJoin,
    Minus,
    Pattern,
    Query,
    Select,
    Term,
    Triple,
    Union,
    Values,
    Var,
)
from kg.sparql.lexer import LexicalError, Token, is_plain, string_value, tokenize, unescaped
from kg.sparql.unsupported import Reason, UnsupportedQueryError

#: Characters of a query that is read here; a longer one takes longer to read than it may save.
MAX_LENGTH: Final = 20_000
#: Groups and expressions within each other.
_DEEPEST: Final = 40
_AGGREGATES: Final = frozenset({"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"})
_COMPARING: Final = frozenset({"=", "!=", "<", ">", "<=", ">="})
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_NUMBERS: Final = {"integer": XSD.integer, "decimal": XSD.decimal, "double": XSD.double}


def parse(text: str) -> Query:
    """Return a query as a tree.

    Raises:
        UnsupportedQueryError: if it is not of the part of SPARQL that is read here.
    """
    if len(text) > MAX_LENGTH:
        raise UnsupportedQueryError(Reason.LENGTH)
    try:
        tokens = tokenize(text)
    except LexicalError as error:
        raise UnsupportedQueryError(Reason.SYNTAX) from error
    if not is_plain(text, tokens):
        raise UnsupportedQueryError(Reason.SYNTAX)
    return _Parser(tokens).query()


class _Parser:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        self._fresh = 0
        self._prefixes: dict[str, str] = {}
        self._labels: dict[str, Var] = {}
        self._has_aggregate = False

    # Tokens

    def _is(self, *texts: str) -> bool:
        token = self._tokens[self._at]
        return token.kind in {"word", "mark"} and token.text in texts

    def _take(self, *texts: str) -> bool:
        if self._is(*texts):
            self._at += 1
            return True
        return False

    def _next(self) -> Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _expect(self, text: str) -> None:
        if not self._take(text):
            raise UnsupportedQueryError(Reason.SYNTAX)

    def _kind(self) -> str:
        return self._tokens[self._at].kind

    def _new(self) -> Var:
        self._fresh += 1
        return Var(f"inner {self._fresh}")

    def _deeper(self, by: int) -> None:
        self._depth += by
        if self._depth > _DEEPEST:
            raise UnsupportedQueryError(Reason.LENGTH)

    # Queries

    def query(self) -> Query:
        self._prologue()
        is_ask = self._take("ASK")
        if is_ask:
            select = Select(self._where(), None)
        elif self._is("SELECT"):
            select = self._select()
        else:
            is_form = self._is("CONSTRUCT", "DESCRIBE")
            raise UnsupportedQueryError(Reason.QUERY_FORM if is_form else Reason.SYNTAX)
        if self._kind() != "end":
            raise UnsupportedQueryError(Reason.SYNTAX)
        return Query(select, is_ask)

    def _prologue(self) -> None:
        while self._is("PREFIX", "BASE"):
            if self._next().text == "BASE":
                raise UnsupportedQueryError(Reason.RELATIVE)
            name, iri = self._next(), self._next()
            if name.kind != "name" or not name.text.endswith(":") or iri.kind != "iri":
                raise UnsupportedQueryError(Reason.SYNTAX)
            self._prefixes[name.text[:-1]] = _absolute(iri.text[1:-1])

    def _select(self) -> Select:
        self._expect("SELECT")
        self._deeper(1)
        if self._is("REDUCED"):
            raise UnsupportedQueryError(Reason.REDUCED)
        distinct = self._take("DISTINCT")
        projection: list[tuple[str, Expression | None]] | None = None
        if not self._take("*"):
            projection = []
            while self._kind() == "var" or self._is("("):
                projection.append(self._named())
            if not projection:
                raise UnsupportedQueryError(Reason.SYNTAX)
        pattern = self._where()
        keys = self._group_by()
        having = self._conjunction("HAVING")
        order = self._order_by()
        limit, offset = None, 0
        while self._is("LIMIT", "OFFSET"):
            word, number = self._next().text, self._next()
            if number.kind != "integer":
                raise UnsupportedQueryError(Reason.SYNTAX)
            if word == "LIMIT":
                limit = int(number.text)
            else:
                offset = int(number.text)
        if self._take("VALUES"):
            if keys or having or self._has_aggregate:
                raise UnsupportedQueryError(Reason.SYNTAX)
            pattern = _joined(pattern, self._values())
        self._deeper(-1)
        shown = None if projection is None else tuple(projection)
        return Select(pattern, shown, distinct, keys, having, order, offset, limit)

    def _named(self) -> tuple[str, Expression | None]:
        """Read a variable, or an expression in parentheses with a name."""
        if self._kind() == "var":
            return self._next().text[1:], None
        self._expect("(")
        expression = self._expression()
        self._expect("AS")
        name = self._variable()
        self._expect(")")
        return name, expression

    def _variable(self) -> str:
        token = self._next()
        if token.kind != "var":
            raise UnsupportedQueryError(Reason.SYNTAX)
        return token.text[1:]

    def _where(self) -> Pattern:
        if self._is("FROM"):
            raise UnsupportedQueryError(Reason.DATASET)
        self._take("WHERE")
        return self._group()

    def _group_by(self) -> tuple[tuple[str, Expression | None], ...] | None:
        if not self._take("GROUP"):
            return None
        self._expect("BY")
        keys: list[tuple[str, Expression | None]] = []
        while self._kind() == "var" or self._is_constraint():
            if self._kind() == "var":
                keys.append((self._next().text[1:], None))
            elif self._take("("):
                expression = self._expression()
                name = self._variable() if self._take("AS") else self._new().name
                self._expect(")")
                keys.append((name, expression))
            else:
                keys.append((self._new().name, self._primary()))
        if not keys:
            raise UnsupportedQueryError(Reason.SYNTAX)
        return tuple(keys)

    def _is_constraint(self) -> bool:
        return self._is("(") or (
            self._kind() == "word" and not self._is("HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")
        )

    def _conjunction(self, keyword: str) -> Expression | None:
        if not self._take(keyword):
            return None
        found = self._primary()
        while self._is_constraint():
            found = Call("&&", (found, self._primary()))
        return found

    def _order_by(self) -> tuple[tuple[Expression, bool], ...]:
        if not self._take("ORDER"):
            return ()
        self._expect("BY")
        order: list[tuple[Expression, bool]] = []
        while True:
            if self._is("ASC", "DESC"):
                descending = self._next().text == "DESC"
                if not self._is("("):
                    raise UnsupportedQueryError(Reason.SYNTAX)
                order.append((self._primary(), descending))
            elif self._kind() == "var" or self._is_constraint():
                order.append((self._primary(), False))
            else:
                return tuple(order)

    # Patterns

    def _group(self) -> Pattern:
        self._expect("{")
        self._deeper(1)
        if self._is("SELECT"):
            found: Pattern = self._select()
            self._expect("}")
            self._deeper(-1)
            return found
        found, conditions = Join(()), list[Expression]()
        while not self._take("}"):
            if self._take("FILTER"):
                conditions.append(self._primary())
            else:
                found = self._element(found)
            self._take(".")
        if conditions:
            condition = conditions[0]
            for other in conditions[1:]:
                condition = Call("&&", (condition, other))
            found = Filter(found, condition)
        self._deeper(-1)
        return found

    def _element(self, before: Pattern) -> Pattern:
        """Read what a group goes on with, and join it to what came before."""
        if self._take("OPTIONAL"):
            right = self._group()
            if isinstance(right, Filter):
                return LeftJoin(before, right.pattern, right.condition)
            return LeftJoin(before, right, None)
        if self._take("MINUS"):
            return Minus(before, self._group())
        if self._take("BIND"):
            self._expect("(")
            expression = self._expression()
            self._expect("AS")
            name = self._variable()
            self._expect(")")
            return Extend(before, name, expression)
        if self._take("VALUES"):
            return _joined(before, self._values())
        if self._is("{"):
            parts = [self._group()]
            while self._take("UNION"):
                parts.append(self._group())
            return _joined(before, parts[0] if len(parts) == 1 else Union(tuple(parts)))
        if self._is("GRAPH", "SERVICE"):
            raise UnsupportedQueryError(Reason.DATASET if self._is("GRAPH") else Reason.SERVICE)
        return _joined(before, *self._triples())

    def _triples(self) -> list[Pattern]:
        found: list[Pattern] = []
        subject = self._node(found)
        if isinstance(subject, ox.Literal):
            raise UnsupportedQueryError(Reason.SYNTAX)
        # Brackets with something in them may stand alone.
        if not found or self._begins_path():
            self._properties(subject, found)
        return found

    def _bracketed(self, found: list[Pattern]) -> Var:
        self._expect("[")
        self._deeper(1)
        node = self._new()
        if not self._take("]"):
            self._properties(node, found)
            self._expect("]")
        self._deeper(-1)
        return node

    def _node(self, found: list[Pattern]) -> Var | Term:
        """Read a subject or an object."""
        if self._is("["):
            return self._bracketed(found)
        if self._is("("):
            raise UnsupportedQueryError(Reason.COLLECTION)
        if self._kind() == "var":
            return Var(self._next().text[1:])
        if self._kind() == "blank":
            return self._labels.setdefault(self._next().text, self._new())
        return self._term()

    def _properties(self, subject: Var | Term, found: list[Pattern]) -> None:
        while True:
            path = self._path()
            while True:
                self._add(subject, path, self._node(found), found)
                if not self._take(","):
                    break
            if not self._take(";"):
                return
            while self._take(";"):
                pass
            if self._is(".", "}", "]") or not self._begins_path():
                return

    def _begins_path(self) -> bool:
        return self._kind() in {"iri", "name", "var"} or self._is("A", "^", "(", "!")

    def _path(self) -> list[tuple[str, bool]]:
        """Read a path: predicates in sequence, each with whether it is inverse."""
        if self._kind() == "var":
            raise UnsupportedQueryError(Reason.PREDICATE)
        steps = self._step()
        while self._take("/"):
            steps += self._step()
        if self._is("|"):
            raise UnsupportedQueryError(Reason.PATH)
        return steps

    def _step(self) -> list[tuple[str, bool]]:
        inverse = self._take("^")
        if self._take("("):
            self._deeper(1)
            steps = self._path()
            self._expect(")")
            self._deeper(-1)
        elif self._take("A"):
            steps = [(RDF.type, False)]
        elif self._kind() in {"iri", "name"}:
            steps = [(self._iri().value, False)]
        else:
            raise UnsupportedQueryError(Reason.PATH)
        if self._is("*", "+", "?"):
            raise UnsupportedQueryError(Reason.PATH)
        if inverse:
            steps = [(predicate, not backwards) for predicate, backwards in reversed(steps)]
        return steps

    def _add(
        self,
        subject: Var | Term,
        path: list[tuple[str, bool]],
        target: Var | Term,
        found: list[Pattern],
    ) -> None:
        for number, (predicate, backwards) in enumerate(path, 1):
            after = target if number == len(path) else self._new()
            one, other = (after, subject) if backwards else (subject, after)
            found.append(Triple(one, predicate, other))
            subject = after

    def _values(self) -> Values:
        if self._kind() == "var":
            names = [self._variable()]
            single = True
        else:
            self._expect("(")
            names, single = [], False
            while not self._take(")"):
                names.append(self._variable())
        self._expect("{")
        rows: list[tuple[Term | None, ...]] = []
        while not self._take("}"):
            if single:
                rows.append((self._data(),))
                continue
            self._expect("(")
            row: list[Term | None] = []
            while not self._take(")"):
                row.append(self._data())
            if len(row) != len(names):
                raise UnsupportedQueryError(Reason.SYNTAX)
            rows.append(tuple(row))
        return Values(tuple(names), tuple(rows))

    def _data(self) -> Term | None:
        return None if self._take("UNDEF") else self._term()

    # Terms

    def _term(self) -> Term:
        token = self._tokens[self._at]
        if token.kind in {"iri", "name"}:
            return self._iri()
        if token.kind == "string":
            self._at += 1
            return self._literal(string_value(token.text))
        if token.kind in _NUMBERS:
            self._at += 1
            return ox.Literal(token.text, datatype=ox.NamedNode(_NUMBERS[token.kind]))
        if self._is("+", "-"):
            sign = self._next().text
            number = self._next()
            if number.kind in _NUMBERS:
                datatype = ox.NamedNode(_NUMBERS[number.kind])
                return ox.Literal(sign.strip("+") + number.text, datatype=datatype)
        if self._is("TRUE", "FALSE"):
            return ox.Literal(self._next().text == "TRUE")
        raise UnsupportedQueryError(Reason.SYNTAX)

    def _literal(self, text: str) -> ox.Literal:
        if self._kind() == "lang":
            return ox.Literal(text, language=self._next().text[1:].lower())
        if self._take("^^"):
            return ox.Literal(text, datatype=self._iri())
        return ox.Literal(text)

    def _iri(self) -> ox.NamedNode:
        token = self._next()
        if token.kind == "iri":
            return ox.NamedNode(_absolute(token.text[1:-1]))
        if token.kind != "name":
            raise UnsupportedQueryError(Reason.SYNTAX)
        prefix, _, local = token.text.partition(":")
        if prefix not in self._prefixes:
            raise UnsupportedQueryError(Reason.SYNTAX)
        return ox.NamedNode(_absolute(self._prefixes[prefix] + unescaped(local)))

    # Expressions

    def _expression(self) -> Expression:
        self._deeper(1)
        found = self._and()
        while self._take("||"):
            found = Call("||", (found, self._and()))
        self._deeper(-1)
        return found

    def _and(self) -> Expression:
        found = self._relation()
        while self._take("&&"):
            found = Call("&&", (found, self._relation()))
        return found

    def _relation(self) -> Expression:
        left = self._sum()
        if self._is(*_COMPARING):
            return Call(self._next().text, (left, self._sum()))
        if self._take("IN"):
            return Call("IN", (left, *self._list()))
        if self._take("NOT"):
            self._expect("IN")
            return Call("!", (Call("IN", (left, *self._list())),))
        return left

    def _list(self) -> list[Expression]:
        self._expect("(")
        found: list[Expression] = []
        while not self._take(")"):
            found.append(self._expression())
            if not self._is(")"):
                self._expect(",")
        return found

    def _sum(self) -> Expression:
        found = self._product()
        while self._is("+", "-"):
            found = Call(self._next().text, (found, self._product()))
        return found

    def _product(self) -> Expression:
        found = self._unary()
        while self._is("*", "/"):
            found = Call(self._next().text, (found, self._unary()))
        return found

    def _unary(self) -> Expression:
        if self._take("!"):
            self._deeper(1)
            found = Call("!", (self._unary(),))
            self._deeper(-1)
            return found
        if self._is("+", "-"):
            if self._tokens[self._at + 1].kind in _NUMBERS:
                return Const(self._term())
            if self._next().text == "+":
                raise UnsupportedQueryError(Reason.FUNCTION)
            return Call("NEGATE", (self._primary(),))
        return self._primary()

    def _primary(self) -> Expression:
        if self._take("("):
            found = self._expression()
            self._expect(")")
            return found
        if self._kind() == "var":
            return Var(self._next().text[1:])
        if self._is("TRUE", "FALSE"):
            return Const(self._term())
        if self._kind() == "word":
            return self._call()
        term = self._term()
        if isinstance(term, ox.NamedNode) and self._is("("):
            raise UnsupportedQueryError(Reason.FUNCTION)
        return Const(term)

    def _call(self) -> Expression:
        name = self._next().text
        if name == "NOT":
            self._expect("EXISTS")
            return Call("!", (Exists(self._group()),))
        if name == "EXISTS":
            return Exists(self._group())
        if name in _AGGREGATES:
            return self._aggregate(name)
        return Call(name, tuple(self._list()))

    def _aggregate(self, name: str) -> Aggregate:
        if name in {"SAMPLE", "GROUP_CONCAT"}:
            raise UnsupportedQueryError(Reason.AGGREGATE)
        self._has_aggregate = True
        self._expect("(")
        distinct = self._take("DISTINCT")
        argument = None if name == "COUNT" and self._take("*") else self._expression()
        self._expect(")")
        return Aggregate(name, argument, distinct)


def _joined(before: Pattern, *more: Pattern) -> Pattern:
    """Return a join of patterns; joins of joins are one."""
    parts = before.parts if isinstance(before, Join) else (before,)
    for one in more:
        parts += one.parts if isinstance(one, Join) else (one,)
    return Join(parts)


def _absolute(iri: str) -> str:
    """Return an IRI that is as it stands."""
    if not _ABSOLUTE.match(iri) or "/." in iri:
        raise UnsupportedQueryError(Reason.RELATIVE)
    return iri
