"""The syntax tree of a query: its groups and their elements, with the variables of each node.

``always_bound`` variables are bound in every solution of a node, ``in_scope`` variables in some;
variables that a node ``mentions`` may be neither.
https://www.w3.org/TR/sparql11-query/#variableScope
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from kg.sparql.lexer import Token

Names = frozenset[str]
_NONE: Final[Names] = frozenset()
#: Functions whose value may differ on each call; nodes that use them cannot be evaluated twice.
_NONDETERMINISTIC: Final = ("RAND", "UUID", "STRUUID", "BNODE", "NOW")
_VARIABLE_INSIDE: Final = re.compile(r"[?$](\w+)")


def variables_in(token: Token) -> Names:
    """Return the variables that a token is or may contain.

    A token of kind ``iri`` may in fact be part of two comparisons: ``?a<?b&&?c>?d``.
    """
    if token.kind == "var":
        return frozenset({token.text[1:]})
    if token.kind == "iri":
        return frozenset(_VARIABLE_INSIDE.findall(token.text))
    return _NONE


def union(sets: Iterable[Names]) -> Names:
    """Return the union of sets of names."""
    return _NONE.union(*sets)


@dataclass(eq=False)
class Node:
    """A part of a query, with its tokens, which give its position."""

    tokens: list[Token]
    parent: Node | None = field(default=None, init=False)

    @property
    def start(self) -> int:
        """The position of its start in the query, in characters."""
        return self.tokens[0].start

    @property
    def end(self) -> int:
        """The position of its end."""
        return self.tokens[-1].end

    @property
    def mentions(self) -> Names:
        """All variables that occur in it."""
        return union(variables_in(token) for token in self.tokens)

    @property
    def always_bound(self) -> Names:
        """The variables bound in every solution."""
        return _NONE

    @property
    def in_scope(self) -> Names:
        """The variables bound in at least some solutions."""
        return self.always_bound

    @property
    def is_deterministic(self) -> bool:
        """Whether it has the same solutions each time it is evaluated."""
        return not any(token.is_word(*_NONDETERMINISTIC) for token in self.tokens)

    def children(self) -> list[Node]:
        """Return its child nodes."""
        return []

    def walk(self) -> Iterator[Node]:
        """Yield this node and all its descendants, in the order of the text."""
        yield self
        for child in self.children():
            yield from child.walk()


@dataclass(eq=False)
class Triples(Node):
    """Triple patterns, property paths among them."""

    @property
    def always_bound(self) -> Names:
        return self.mentions

    def split(self) -> list[Triples]:
        """Return a separate node for the patterns of each subject."""
        subjects: list[list[Token]] = [[]]
        depth = 0
        for token in self.tokens:
            depth += token.is_mark("(", "[") - token.is_mark(")", "]")
            if token.is_mark(".") and depth == 0:
                subjects.append([])
            else:
                subjects[-1].append(token)
        return [Triples(tokens) for tokens in subjects if tokens]


@dataclass(eq=False)
class Values(Node):
    """Inline data."""

    columns: Names
    #: Whether no cell is UNDEF.
    is_complete: bool

    @property
    def always_bound(self) -> Names:
        return self.columns if self.is_complete else _NONE

    @property
    def in_scope(self) -> Names:
        return self.columns


@dataclass(eq=False)
class Expression(Node):
    """A FILTER, or a BIND to a variable; ``groups`` are those of EXISTS."""

    groups: list[Group]
    variable: str = ""

    @property
    def in_scope(self) -> Names:
        return frozenset({self.variable}) if self.variable else _NONE

    @property
    def operands(self) -> Names:
        """The variables it is computed from."""
        return self.mentions - {self.variable}

    def children(self) -> list[Node]:
        return [*self.groups]


@dataclass(eq=False)
class Group(Node):
    """A group graph pattern, from its opening brace to its closing one."""

    elements: list[Node]

    @property
    def always_bound(self) -> Names:
        return union(element.always_bound for element in self.elements)

    @property
    def in_scope(self) -> Names:
        return union(element.in_scope for element in self.elements)

    def children(self) -> list[Node]:
        return self.elements


@dataclass(eq=False)
class Nested(Node):
    """A group inside another group, or several joined by UNION.

    ``kind`` is group, union, optional, minus, graph or lateral.
    """

    kind: str
    groups: list[Group]
    #: The IRI or the variable of GRAPH.
    graph: Token | None = None

    @property
    def always_bound(self) -> Names:
        if self.kind in {"optional", "minus"}:
            return _NONE
        first, *others = (group.always_bound for group in self.groups)
        return first.intersection(*others) | self._graph_variable()

    @property
    def in_scope(self) -> Names:
        if self.kind == "minus":
            return _NONE
        return union(group.in_scope for group in self.groups) | self._graph_variable()

    def _graph_variable(self) -> Names:
        return variables_in(self.graph) if self.graph else _NONE

    def children(self) -> list[Node]:
        return [*self.groups]


@dataclass(eq=False)
class Service(Node):
    """A SERVICE clause; once it is answered, ``replacement`` takes its place."""

    silent: bool
    endpoint: Token
    body: Group
    replacement: str | None = None
    #: The variables that the replacement binds in every solution, and in any.
    replacement_bound: Names = _NONE
    replacement_scope: Names = _NONE

    @property
    def always_bound(self) -> Names:
        if self.replacement is not None:
            return self.replacement_bound
        return _NONE if self.silent else self.body.always_bound

    @property
    def in_scope(self) -> Names:
        return self.body.in_scope if self.replacement is None else self.replacement_scope

    def children(self) -> list[Node]:
        return [self.body]


@dataclass(eq=False)
class Select(Node):
    """A query or a sub-select: its clause, its group, and its solution modifiers."""

    #: Whether it is SELECT *; otherwise the variables that it projects and those it computes.
    is_star: bool = True
    projected: Names = _NONE
    computed: Names = _NONE
    has_aggregates: bool = False
    group: Group | None = None
    #: Variables of GROUP BY, None without it.
    group_keys: Names | None = None
    limit: int | None = None
    has_offset: bool = False
    values: Values | None = None
    #: Groups of EXISTS in expressions of the clause and of the modifiers.
    exists_groups: list[Group] = field(default_factory=list)

    @property
    def always_bound(self) -> Names:
        if self.group is None:
            return _NONE
        inside = self.group.always_bound | (self.values.always_bound if self.values else _NONE)
        if self.has_aggregates or self.group_keys is not None:
            inside &= self.group_keys or _NONE
        return inside if self.is_star else inside & self.projected

    @property
    def in_scope(self) -> Names:
        if not self.is_star:
            return self.projected | self.computed
        inside = self.group.in_scope if self.group else _NONE
        return inside | (self.values.in_scope if self.values else _NONE)

    def pushable(self, names: Names) -> Names:
        """Return the variables among ``names`` to which outer constraints may be pushed down."""
        if self.limit is not None or self.has_offset:
            return _NONE
        names &= self.in_scope - self.computed
        if self.has_aggregates or self.group_keys is not None:
            names &= self.group_keys or _NONE
        return names

    def children(self) -> list[Node]:
        nodes: list[Node] = [self.group] if self.group else []
        return [*nodes, *([self.values] if self.values else []), *self.exists_groups]
