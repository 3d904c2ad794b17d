"""A query as a tree of the SPARQL algebra (https://www.w3.org/TR/sparql11-query/#sparqlAlgebra)."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyoxigraph as ox

Term = ox.NamedNode | ox.Literal


@dataclass(frozen=True, slots=True)
class Var:
    """A variable; the names of those that replace blank nodes and path steps contain a space."""

    name: str

    @property
    def is_visible(self) -> bool:
        """Whether ``SELECT *`` includes it."""
        return " " not in self.name


@dataclass(frozen=True, slots=True)
class Const:
    """A constant in an expression."""

    term: Term


@dataclass(frozen=True, slots=True)
class Call:
    """An operator or a function, its name in upper case or its IRI, and its arguments."""

    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregate of an expression; None aggregates solutions (``COUNT(*)``)."""

    name: str
    argument: Expression | None
    distinct: bool
    #: What GROUP_CONCAT writes between two values.
    separator: str = " "


@dataclass(frozen=True, slots=True)
class Exists:
    """EXISTS and its pattern; NOT EXISTS is a call of ``!`` on it."""

    pattern: Pattern


Expression = Var | Const | Call | Aggregate | Exists


@dataclass(frozen=True, slots=True)
class Triple:
    """A triple pattern with a constant predicate."""

    subject: Var | Term
    predicate: str
    object: Var | Term


@dataclass(frozen=True, slots=True)
class Join:
    """A join of patterns; without patterns, the empty solution."""

    parts: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class LeftJoin:
    """OPTIONAL, with the condition of the FILTER inside it."""

    left: Pattern
    right: Pattern
    condition: Expression | None


@dataclass(frozen=True, slots=True)
class Union:
    """UNION of two or more patterns."""

    parts: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class PredicateAlternatives(Union):
    """A triple pattern with a variable as its predicate: a part for each IRI that it may be.

    ``pattern`` has the name of the variable as its predicate.
    """

    pattern: Triple


@dataclass(frozen=True, slots=True)
class Minus:
    """MINUS."""

    left: Pattern
    right: Pattern


@dataclass(frozen=True, slots=True)
class Filter:
    """FILTER; several filters are joined by ``&&``."""

    pattern: Pattern
    condition: Expression


@dataclass(frozen=True, slots=True)
class Extend:
    """BIND."""

    pattern: Pattern
    name: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class Values:
    """VALUES; None is UNDEF."""

    names: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Select:
    """A query or a sub-query; ``projection`` is None for ``*``."""

    pattern: Pattern
    projection: tuple[tuple[str, Expression | None], ...] | None
    distinct: bool = False
    keys: tuple[tuple[str, Expression | None], ...] | None = None
    having: Expression | None = None
    #: Expressions, and whether each is descending.
    order: tuple[tuple[Expression, bool], ...] = ()
    offset: int = 0
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class PathAlternatives(Select):
    """Alternatives of a property path: the union of their pairs of ends, each pair once."""


Pattern = Triple | Join | LeftJoin | Union | Minus | Filter | Extend | Values | Select


@dataclass(frozen=True, slots=True)
class Query:
    """A complete query."""

    select: Select
    is_ask: bool = field(default=False)
