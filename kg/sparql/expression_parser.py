"""Parsing expressions: operators by precedence, function calls, aggregates, EXISTS.

https://www.w3.org/TR/sparql11-query/#rExpression
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Final

import pyoxigraph as ox

from kg.sparql.algebra import Aggregate, Call, Const, Exists, Expression, Pattern, Var
from kg.sparql.lexer import Token, string_value
from kg.sparql.term_parser import NUMBER_DATATYPES, TermParser
from kg.sparql.unsupported import Reason, UnsupportedQueryError

_AGGREGATES: Final = frozenset({"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"})
_COMPARISON_OPERATORS: Final = frozenset({"=", "!=", "<", ">", "<=", ">="})


class ExpressionParser(TermParser, ABC):
    """Parses expressions."""

    def __init__(self, tokens: list[Token]) -> None:
        super().__init__(tokens)
        self._has_aggregate = False

    @abstractmethod
    def _parse_group(self) -> Pattern:
        """Read a group graph pattern in braces."""

    def _parse_expression(self) -> Expression:
        self._enter()
        expression = self._parse_conjunction()
        while self._accept("||"):
            expression = Call("||", (expression, self._parse_conjunction()))
        self._leave()
        return expression

    def _parse_conjunction(self) -> Expression:
        expression = self._parse_relation()
        while self._accept("&&"):
            expression = Call("&&", (expression, self._parse_relation()))
        return expression

    def _parse_relation(self) -> Expression:
        left = self._parse_sum()
        if self._next_is(*_COMPARISON_OPERATORS):
            return Call(self._advance().text, (left, self._parse_sum()))
        if self._accept("IN"):
            return Call("IN", (left, *self._parse_arguments()))
        if self._accept("NOT"):
            self._expect("IN")
            return Call("!", (Call("IN", (left, *self._parse_arguments())),))
        return left

    def _parse_sum(self) -> Expression:
        expression = self._parse_product()
        while self._next_is("+", "-"):
            expression = Call(self._advance().text, (expression, self._parse_product()))
        return expression

    def _parse_product(self) -> Expression:
        expression = self._parse_unary()
        while self._next_is("*", "/"):
            expression = Call(self._advance().text, (expression, self._parse_unary()))
        return expression

    def _parse_unary(self) -> Expression:
        if self._accept("!"):
            self._enter()
            negation = Call("!", (self._parse_unary(),))
            self._leave()
            return negation
        if self._next_is("+", "-"):
            if self._tokens[self._position + 1].kind in NUMBER_DATATYPES:
                return Const(self._parse_term())
            if self._advance().text == "+":
                raise UnsupportedQueryError(Reason.FUNCTION)
            return Call("NEGATE", (self._parse_primary(),))
        return self._parse_primary()

    def _parse_primary(self) -> Expression:
        if self._accept("("):
            expression = self._parse_expression()
            self._expect(")")
            return expression
        if self._next_kind() == "var":
            return Var(self._parse_variable())
        if self._next_is("TRUE", "FALSE"):
            return Const(self._parse_term())
        if self._next_kind() == "word":
            return self._parse_call()
        term = self._parse_term()
        if isinstance(term, ox.NamedNode) and self._next_is("("):
            return Call(term.value, tuple(self._parse_arguments()))
        return Const(term)

    def _parse_call(self) -> Expression:
        name = self._advance().text
        if name == "NOT":
            self._expect("EXISTS")
            return Call("!", (Exists(self._parse_group()),))
        if name == "EXISTS":
            return Exists(self._parse_group())
        if name in _AGGREGATES:
            return self._parse_aggregate(name)
        return Call(name, tuple(self._parse_arguments()))

    def _parse_arguments(self) -> list[Expression]:
        self._expect("(")
        arguments: list[Expression] = []
        while not self._accept(")"):
            arguments.append(self._parse_expression())
            if not self._next_is(")"):
                self._expect(",")
        return arguments

    def _parse_aggregate(self, name: str) -> Aggregate:
        self._has_aggregate = True
        self._expect("(")
        distinct = self._accept("DISTINCT")
        is_star = name == "COUNT" and self._accept("*")
        is_in_parentheses = self._next_is("(")
        argument = None if is_star else self._parse_expression()
        separator = " "
        if name == "GROUP_CONCAT":
            if isinstance(argument, Var) and is_in_parentheses:
                # kg.sparql.adaptation reads a variable otherwise than other expressions.
                raise UnsupportedQueryError(Reason.SYNTAX)
            separator = self._parse_separator()
        self._expect(")")
        return Aggregate(name, argument, distinct, separator)

    def _parse_separator(self) -> str:
        """Read the separator of GROUP_CONCAT; without one, it is a space."""
        if not self._accept(";"):
            return " "
        self._expect("SEPARATOR")
        self._expect("=")
        if self._next_kind() != "string":
            raise UnsupportedQueryError(Reason.SYNTAX)
        return string_value(self._advance().text)
