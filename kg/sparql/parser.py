"""Parsing a query into its algebra, for the part of SPARQL that the columnar engine compiles.

Every query is parsed before an engine is chosen, and the parsers available in Python take longer
than Oxigraph takes to answer a short query; hence this parser. It supports only a part of SPARQL:
Oxigraph checks every query that is answered and decides what is valid.

https://www.w3.org/TR/sparql11-query/#grammar
"""

from __future__ import annotations

from kg.limits import PARSED_QUERY_MAX_CHARACTERS
from kg.sparql.algebra import Call, Expression, Pattern, Query, Select
from kg.sparql.lexer import LexicalError, Token, is_plain, tokenize
from kg.sparql.pattern_parser import PatternParser, join
from kg.sparql.unsupported import Reason, UnsupportedQueryError

#: A projected variable or grouping key, and its expression, if any.
_NamedExpression = tuple[str, Expression | None]


def parse(text: str) -> Query:
    """Return a query as a tree.

    Raises:
        UnsupportedQueryError: if it is outside the supported part of SPARQL.
    """
    return parse_tokens(text, tokens_of(text))


def tokens_of(text: str) -> list[Token]:
    """Return the tokens of a query, for ``parse_tokens``.

    Raises:
        UnsupportedQueryError: if it is too long, or a part of it is not a token.
    """
    if len(text) > PARSED_QUERY_MAX_CHARACTERS:
        raise UnsupportedQueryError(Reason.LENGTH)
    try:
        return tokenize(text)
    except LexicalError as error:
        raise UnsupportedQueryError(Reason.SYNTAX) from error


def parse_tokens(text: str, tokens: list[Token]) -> Query:
    """Return a query as a tree, given its tokens; see ``parse``."""
    if not is_plain(text, tokens):
        raise UnsupportedQueryError(Reason.SYNTAX)
    return _QueryParser(tokens).parse_query()


class _QueryParser(PatternParser):
    """Parses queries and sub-queries: the forms, the projection, the solution modifiers."""

    def parse_query(self) -> Query:
        """Read the whole query."""
        self._parse_prologue()
        is_ask = self._accept("ASK")
        if is_ask:
            select = Select(self._parse_where(), None)
        elif self._next_is("SELECT"):
            select = self._parse_select()
        else:
            is_form = self._next_is("CONSTRUCT", "DESCRIBE")
            raise UnsupportedQueryError(Reason.QUERY_FORM if is_form else Reason.SYNTAX)
        if self._next_kind() != "end":
            raise UnsupportedQueryError(Reason.SYNTAX)
        return Query(select, is_ask)

    def _parse_select(self) -> Select:
        self._expect("SELECT")
        self._enter()
        if self._next_is("REDUCED"):
            raise UnsupportedQueryError(Reason.REDUCED)
        distinct = self._accept("DISTINCT")
        projection = self._parse_projection()
        pattern = self._parse_where()
        keys = self._parse_group_by()
        having = self._parse_having()
        order = self._parse_order_by()
        limit, offset = self._parse_limit_and_offset()
        if self._accept("VALUES"):
            if keys or having or self._has_aggregate:
                raise UnsupportedQueryError(Reason.SYNTAX)
            pattern = join(pattern, self._parse_values())
        self._leave()
        return Select(pattern, projection, distinct, keys, having, order, offset, limit)

    def _parse_projection(self) -> tuple[_NamedExpression, ...] | None:
        """Read the variables and expressions of a SELECT; return None for ``*``."""
        if self._accept("*"):
            return None
        projection: list[_NamedExpression] = []
        while self._next_kind() == "var" or self._next_is("("):
            if self._next_kind() == "var":
                projection.append((self._parse_variable(), None))
            else:
                projection.append(self._parse_alias())
        if not projection:
            raise UnsupportedQueryError(Reason.SYNTAX)
        return tuple(projection)

    def _parse_where(self) -> Pattern:
        if self._next_is("FROM"):
            raise UnsupportedQueryError(Reason.DATASET)
        self._accept("WHERE")
        return self._parse_group()

    # Solution modifiers

    def _parse_group_by(self) -> tuple[_NamedExpression, ...] | None:
        if not self._accept("GROUP"):
            return None
        self._expect("BY")
        keys: list[_NamedExpression] = []
        while self._next_kind() == "var" or self._begins_constraint():
            if self._next_kind() == "var":
                keys.append((self._parse_variable(), None))
            elif self._accept("("):
                expression = self._parse_expression()
                has_name = self._accept("AS")
                name = self._parse_variable() if has_name else self._fresh_variable().name
                self._expect(")")
                keys.append((name, expression))
            else:
                keys.append((self._fresh_variable().name, self._parse_primary()))
        if not keys:
            raise UnsupportedQueryError(Reason.SYNTAX)
        return tuple(keys)

    def _parse_having(self) -> Expression | None:
        if not self._accept("HAVING"):
            return None
        condition = self._parse_primary()
        while self._begins_constraint():
            condition = Call("&&", (condition, self._parse_primary()))
        return condition

    def _parse_order_by(self) -> tuple[tuple[Expression, bool], ...]:
        if not self._accept("ORDER"):
            return ()
        self._expect("BY")
        order: list[tuple[Expression, bool]] = []
        while True:
            if self._next_is("ASC", "DESC"):
                is_descending = self._advance().text == "DESC"
                if not self._next_is("("):
                    raise UnsupportedQueryError(Reason.SYNTAX)
                order.append((self._parse_primary(), is_descending))
            elif self._next_kind() == "var" or self._begins_constraint():
                order.append((self._parse_primary(), False))
            else:
                return tuple(order)

    def _parse_limit_and_offset(self) -> tuple[int | None, int]:
        limit, offset = None, 0
        while self._next_is("LIMIT", "OFFSET"):
            keyword, number = self._advance().text, self._advance()
            if number.kind != "integer":
                raise UnsupportedQueryError(Reason.SYNTAX)
            if keyword == "LIMIT":
                limit = int(number.text)
            else:
                offset = int(number.text)
        return limit, offset

    def _begins_constraint(self) -> bool:
        if self._next_is("(") or self._next_kind() in {"iri", "name"}:
            return True
        modifiers = ("HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")
        return self._next_kind() == "word" and not self._next_is(*modifiers)
