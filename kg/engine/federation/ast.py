"""The groups of a query and what stands in them, with the variables that each part binds.

``certain`` variables are bound in every solution of a part, ``visible`` ones in some; what a part
``mentions`` may be neither.
https://www.w3.org/TR/sparql11-query/#variableScope
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from kg.engine.federation.lexer import Token

Names = frozenset[str]
_NONE: Final[Names] = frozenset()
#: Functions that may answer differently each time: what uses them cannot be evaluated twice.
_VOLATILE: Final = frozenset({"RAND", "UUID", "STRUUID", "BNODE", "NOW"})


@dataclass(eq=False)
class Part:
    """A part of a query: where it stands, and the words in it."""

    words: list[Token]
    parent: Part | None = field(default=None, init=False)

    @property
    def start(self) -> int:
        """Where it begins in the query, in characters."""
        return self.words[0].start

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.words[-1].end

    @property
    def mentions(self) -> Names:
        """All variables that stand in it."""
        return frozenset().union(*(one.variables for one in self.words))

    @property
    def certain(self) -> Names:
        """The variables bound in every solution."""
        return _NONE

    @property
    def visible(self) -> Names:
        """The variables that may be bound in a solution."""
        return self.certain

    @property
    def is_repeatable(self) -> bool:
        """Whether it has the same solutions each time it is evaluated."""
        return not any(one.kind == "word" and one.text.upper() in _VOLATILE for one in self.words)

    def children(self) -> list[Part]:
        """Return the parts directly inside."""
        return []

    def walk(self) -> Iterator[Part]:
        """Yield this part and all inside it, in the order of the text."""
        yield self
        for child in self.children():
            yield from child.walk()


@dataclass(eq=False)
class Triples(Part):
    """Triple patterns, property paths among them."""

    @property
    def certain(self) -> Names:
        return self.mentions

    def statements(self) -> list[Triples]:
        """Return the patterns of each subject by themselves."""
        found: list[list[Token]] = [[]]
        depth = 0
        for word in self.words:
            depth += word.kind == "mark" and word.text in "(["
            depth -= word.kind == "mark" and word.text in ")]"
            if word.is_mark(".") and depth == 0:
                found.append([])
            else:
                found[-1].append(word)
        return [Triples(one) for one in found if one]


@dataclass(eq=False)
class Values(Part):
    """Inline data."""

    columns: Names
    full: bool

    @property
    def certain(self) -> Names:
        return self.columns if self.full else _NONE

    @property
    def visible(self) -> Names:
        return self.columns


@dataclass(eq=False)
class Expression(Part):
    """A FILTER, or a BIND to a variable; ``groups`` are those of EXISTS."""

    groups: list[Group]
    variable: str = ""

    @property
    def visible(self) -> Names:
        return frozenset({self.variable}) if self.variable else _NONE

    @property
    def needs(self) -> Names:
        """The variables it is computed from."""
        return self.mentions - {self.variable}

    def children(self) -> list[Part]:
        return [*self.groups]


@dataclass(eq=False)
class Group(Part):
    """A group graph pattern, from its opening brace to its closing one."""

    elements: list[Part]

    @property
    def certain(self) -> Names:
        return frozenset().union(*(one.certain for one in self.elements))

    @property
    def visible(self) -> Names:
        return frozenset().union(*(one.visible for one in self.elements))

    def children(self) -> list[Part]:
        return self.elements


@dataclass(eq=False)
class Nested(Part):
    """One group inside another, or several joined by UNION.

    ``kind`` is group, union, optional, minus, graph or lateral.
    """

    kind: str
    groups: list[Group]
    #: The IRI or the variable of a graph.
    name: Token | None = None

    @property
    def certain(self) -> Names:
        if self.kind in {"optional", "minus"}:
            return _NONE
        first, *others = (one.certain for one in self.groups)
        return first.intersection(*others) | (self.name.variables if self.name else _NONE)

    @property
    def visible(self) -> Names:
        if self.kind == "minus":
            return _NONE
        found = frozenset().union(*(one.visible for one in self.groups))
        return found | (self.name.variables if self.name else _NONE)

    def children(self) -> list[Part]:
        return [*self.groups]


@dataclass(eq=False)
class Service(Part):
    """A SERVICE clause; once it is answered, ``answer`` stands in its place."""

    silent: bool
    name: Token
    body: Group
    answer: str | None = None
    #: What the answer binds always, and at all.
    binds: tuple[Names, Names] = (_NONE, _NONE)

    @property
    def certain(self) -> Names:
        if self.answer is not None:
            return self.binds[0]
        return _NONE if self.silent else self.body.certain

    @property
    def visible(self) -> Names:
        return self.binds[1] if self.answer is not None else self.body.visible

    def children(self) -> list[Part]:
        return [self.body]


@dataclass(eq=False)
class Select(Part):
    """A query or a sub-select: its clause, its group, and what comes after it."""

    #: Whether it projects everything; else the variables, and those that are computed.
    star: bool = True
    plain: Names = _NONE
    computed: Names = _NONE
    aggregates: bool = False
    group: Group | None = None
    #: Variables of GROUP BY, None without it.
    keys: Names | None = None
    limit: int | None = None
    offset: bool = False
    values: Values | None = None
    #: Groups of EXISTS in expressions of the clause and behind the group.
    loose: list[Group] = field(default_factory=list)

    @property
    def certain(self) -> Names:
        if self.group is None:
            return _NONE
        inside = self.group.certain | (self.values.certain if self.values else _NONE)
        if self.aggregates or self.keys is not None:
            inside &= self.keys or _NONE
        return inside if self.star else inside & self.plain

    @property
    def visible(self) -> Names:
        if not self.star:
            return self.plain | self.computed
        inside = self.group.visible if self.group else _NONE
        return inside | (self.values.visible if self.values else _NONE)

    def lets_in(self, names: Names) -> Names:
        """Return the variables whose values may be limited inside as they are outside."""
        if self.limit is not None or self.offset:
            return _NONE
        names &= self.visible - self.computed
        if self.aggregates or self.keys is not None:
            names &= self.keys or _NONE
        return names

    def children(self) -> list[Part]:
        found: list[Part] = [self.group] if self.group else []
        return [*found, *([self.values] if self.values else []), *self.loose]
