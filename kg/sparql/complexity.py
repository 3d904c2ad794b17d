"""Limits on the depth and the number of parts of a query, checked before a parser recurses.

Oxigraph's parser and evaluator recurse for each level of brackets and for each operator of a chain;
at some thousands of either they overflow the stack, which ends the process.
"""

from __future__ import annotations

from typing import Final

from kg.errors import QueryError
from kg.limits import QUERY_BRACKETS, QUERY_OPERATORS
from kg.sparql.lexer import LexicalError, Token, tokenize

_OPENING: Final = ("{", "(", "[", "<<", "{|")
_CLOSING: Final = ("}", ")", "]", ">>", "|}")
_OPERATORS: Final = ("||", "&&", "!", "+", "-", "*", "/", "|", "^")
#: Keywords that begin an element of a group, and AS of expressions in SELECT.
_ELEMENTS: Final = ("UNION", "OPTIONAL", "MINUS", "FILTER", "BIND", "VALUES", "AS", "GRAPH")


def check_complexity(query: str) -> None:
    """Check that a query is neither nested too deeply nor has too many operators.

    Raises:
        QueryError: if it is or has.
    """
    brackets = sum(map(query.count, "{([<"))
    if brackets <= QUERY_BRACKETS and len(query) <= QUERY_OPERATORS:
        return
    try:
        tokens = tokenize(query)
    except LexicalError as error:
        if brackets > QUERY_BRACKETS:
            raise _too_deep() from error
        return
    if _depth(tokens) > QUERY_BRACKETS:
        raise _too_deep()
    if sum(map(_is_operator, tokens)) > QUERY_OPERATORS:
        raise QueryError(f"the query has more than {QUERY_OPERATORS:,} operators and clauses")


def _too_deep() -> QueryError:
    return QueryError(f"brackets in the query are nested more than {QUERY_BRACKETS} deep")


def _depth(tokens: list[Token]) -> int:
    depth = deepest = 0
    for token in tokens:
        if token.is_mark(*_OPENING):
            depth += 1
            deepest = max(deepest, depth)
        elif token.is_mark(*_CLOSING):
            depth -= 1
    return deepest


def _is_operator(token: Token) -> bool:
    return token.is_mark(*_OPERATORS) or token.is_word(*_ELEMENTS)
