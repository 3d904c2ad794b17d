"""Parsing graph patterns: groups, triples, property paths, VALUES.

https://www.w3.org/TR/sparql11-query/#rGroupGraphPattern
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, replace

import pyoxigraph as ox

from kg.rdf.vocabulary import RDF
from kg.sparql.algebra import (
    Call,
    Expression,
    Extend,
    Filter,
    Join,
    LeftJoin,
    Minus,
    PathAlternatives,
    Pattern,
    Select,
    Term,
    Triple,
    Union,
    Values,
    Var,
)
from kg.sparql.expression_parser import ExpressionParser
from kg.sparql.lexer import Token
from kg.sparql.predicates import OpenTriple, expand
from kg.sparql.unsupported import Reason, UnsupportedQueryError


@dataclass(frozen=True, slots=True)
class _Predicate:
    """A step of a path from the subject to the object of a predicate, or back if it is inverse."""

    iri: str
    is_inverse: bool = False


@dataclass(frozen=True, slots=True)
class _Alternatives:
    """A step of a path that any of several paths is."""

    paths: tuple[_Path, ...]


_Path = tuple[_Predicate | _Alternatives, ...]


class PatternParser(ExpressionParser):
    """Parses graph patterns."""

    def __init__(self, tokens: list[Token]) -> None:
        super().__init__(tokens)
        self._blank_nodes: dict[str, Var] = {}

    @abstractmethod
    def _parse_select(self) -> Select:
        """Read a query or sub-query, starting at SELECT."""

    def _parse_group(self) -> Pattern:
        self._expect("{")
        self._enter()
        pattern: Pattern
        if self._next_is("SELECT"):
            pattern = self._parse_select()
            self._expect("}")
        else:
            pattern = self._parse_group_elements()
        self._leave()
        return pattern

    def _parse_group_elements(self) -> Pattern:
        """Read a group up to its closing brace; its filters apply to the whole group."""
        pattern: Pattern = Join(())
        condition: Expression | None = None
        while not self._accept("}"):
            if self._accept("FILTER"):
                constraint = self._parse_primary()
                condition = constraint if condition is None else Call("&&", (condition, constraint))
            else:
                pattern = self._parse_element(pattern)
            self._accept(".")
        pattern = expand(pattern, condition)
        return pattern if condition is None else Filter(pattern, condition)

    def _parse_element(self, before: Pattern) -> Pattern:
        """Read the next element of a group, and join it to the preceding pattern."""
        if self._accept("OPTIONAL"):
            right = self._parse_group()
            if isinstance(right, Filter):
                return LeftJoin(before, right.pattern, right.condition)
            return LeftJoin(before, right, None)
        if self._accept("MINUS"):
            return Minus(before, self._parse_group())
        if self._accept("BIND"):
            name, expression = self._parse_alias()
            return Extend(before, name, expression)
        if self._accept("VALUES"):
            return join(before, self._parse_values())
        if self._next_is("{"):
            parts = [self._parse_group()]
            while self._accept("UNION"):
                parts.append(self._parse_group())
            return join(before, parts[0] if len(parts) == 1 else Union(tuple(parts)))
        if self._next_is("GRAPH", "SERVICE"):
            reason = Reason.DATASET if self._next_is("GRAPH") else Reason.SERVICE
            raise UnsupportedQueryError(reason)
        return join(before, *self._parse_triples())

    def _parse_alias(self) -> tuple[str, Expression]:
        """Read an expression with a name, in parentheses."""
        self._expect("(")
        expression = self._parse_expression()
        self._expect("AS")
        name = self._parse_variable()
        self._expect(")")
        return name, expression

    # Triples

    def _parse_triples(self) -> list[Pattern]:
        triples: list[Pattern] = []
        subject = self._parse_node(triples)
        if isinstance(subject, ox.Literal):
            raise UnsupportedQueryError(Reason.SYNTAX)
        # Non-empty brackets need no properties after them.
        if not triples or self._begins_path():
            self._parse_properties(subject, triples)
        return triples

    def _parse_node(self, triples: list[Pattern]) -> Var | Term:
        """Read a subject or an object, and add the triples in its brackets."""
        if self._next_is("["):
            return self._parse_brackets(triples)
        if self._next_is("("):
            raise UnsupportedQueryError(Reason.COLLECTION)
        if self._next_kind() == "var":
            return Var(self._parse_variable())
        if self._next_kind() == "blank":
            return self._blank_nodes.setdefault(self._advance().text, self._fresh_variable())
        return self._parse_term()

    def _parse_brackets(self, triples: list[Pattern]) -> Var:
        self._expect("[")
        self._enter()
        node = self._fresh_variable()
        if not self._accept("]"):
            self._parse_properties(node, triples)
            self._expect("]")
        self._leave()
        return node

    def _parse_properties(self, subject: Var | Term, triples: list[Pattern]) -> None:
        while True:
            predicate = self._parse_variable() if self._next_kind() == "var" else None
            path = () if predicate else self._parse_path()
            while True:
                target = self._parse_node(triples)
                if predicate:
                    triples.append(OpenTriple(subject, predicate, target))
                self._add_path(subject, path, target, triples)
                if not self._accept(","):
                    break
            if not self._accept(";"):
                return
            while self._accept(";"):
                pass
            if self._next_is(".", "}", "]") or not self._begins_path():
                return

    def _add_path(
        self, subject: Var | Term, path: _Path, target: Var | Term, triples: list[Pattern]
    ) -> None:
        """Add the triples of a path, with fresh variables between its steps."""
        for number, step in enumerate(path, 1):
            end = target if number == len(path) else self._fresh_variable()
            if isinstance(step, _Alternatives):
                triples.append(self._alternatives(subject, step.paths, end))
            elif step.is_inverse:
                triples.append(Triple(end, step.iri, subject))
            else:
                triples.append(Triple(subject, step.iri, end))
            subject = end

    def _alternatives(
        self, subject: Var | Term, paths: tuple[_Path, ...], target: Var | Term
    ) -> PathAlternatives:
        """Return the pattern of paths of which any may match.

        Oxigraph returns a pair once that several match, where SPARQL has it once for each.
        """
        parts = []
        for path in paths:
            triples: list[Pattern] = []
            self._add_path(subject, path, target, triples)
            parts.append(Join(tuple(triples)))
        ends = dict.fromkeys(end.name for end in (subject, target) if isinstance(end, Var))
        if not ends:
            raise UnsupportedQueryError(Reason.PATH)
        projection = tuple((name, None) for name in ends)
        return PathAlternatives(Union(tuple(parts)), projection, distinct=True)

    # Property paths

    def _begins_path(self) -> bool:
        return self._next_kind() in {"iri", "name", "var"} or self._next_is("A", "^", "(", "!")

    def _parse_path(self) -> _Path:
        """Read alternatives of sequences of predicates and inverse predicates."""
        paths = [self._parse_sequence()]
        while self._accept("|"):
            paths.append(self._parse_sequence())
        return paths[0] if len(paths) == 1 else (_Alternatives(tuple(paths)),)

    def _parse_sequence(self) -> _Path:
        path = self._parse_path_step()
        while self._accept("/"):
            path += self._parse_path_step()
        return path

    def _parse_path_step(self) -> _Path:
        is_inverse = self._accept("^")
        if self._accept("("):
            self._enter()
            path = self._parse_path()
            self._expect(")")
            self._leave()
        elif self._accept("A"):
            path = (_Predicate(RDF.type),)
        elif self._next_kind() in {"iri", "name"}:
            path = (_Predicate(self._parse_iri().value),)
        else:
            raise UnsupportedQueryError(Reason.PATH)
        if self._next_is("*", "+", "?"):
            raise UnsupportedQueryError(Reason.PATH)
        return _inverse(path) if is_inverse else path

    # VALUES

    def _parse_values(self) -> Values:
        is_single = self._next_kind() == "var"
        if is_single:
            names = [self._parse_variable()]
        else:
            self._expect("(")
            names = []
            while not self._accept(")"):
                names.append(self._parse_variable())
        self._expect("{")
        rows: list[tuple[Term | None, ...]] = []
        while not self._accept("}"):
            row = [self._parse_data_value()] if is_single else self._parse_data_row()
            if len(row) != len(names):
                raise UnsupportedQueryError(Reason.SYNTAX)
            rows.append(tuple(row))
        return Values(tuple(names), tuple(rows))

    def _parse_data_row(self) -> list[Term | None]:
        self._expect("(")
        row: list[Term | None] = []
        while not self._accept(")"):
            row.append(self._parse_data_value())
        return row

    def _parse_data_value(self) -> Term | None:
        return None if self._accept("UNDEF") else self._parse_term()


def join(before: Pattern, *more: Pattern) -> Pattern:
    """Return a join of patterns; nested joins are flattened."""
    parts = before.parts if isinstance(before, Join) else (before,)
    for pattern in more:
        parts += pattern.parts if isinstance(pattern, Join) else (pattern,)
    return Join(parts)


def _inverse(path: _Path) -> _Path:
    """Return the path from the target of a path to its subject."""
    return tuple(
        replace(step, is_inverse=not step.is_inverse)
        if isinstance(step, _Predicate)
        else _Alternatives(tuple(_inverse(alternative) for alternative in step.paths))
        for step in reversed(path)
    )
