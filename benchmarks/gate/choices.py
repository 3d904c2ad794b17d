"""Oxigraph with the choices of the columnar engine where SPARQL leaves the value open.

SAMPLE may be any value of a group, and GROUP_CONCAT may join the values in any order. The columnar
engine makes a defined choice. Here Oxigraph collects the values of each group as it always does,
and an aggregate in Python makes the same choice from them; so the answers of both engines must be
equal, wherever in a query these aggregates occur. A value from outside the group, one value too
many or too few, or a missing error is a difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final, cast

import pyoxigraph as ox

from kg.engine.columnar.term_types import Value, kind_of, kind_order
from kg.sparql import evaluation
from kg.sparql.lexer import Token, string_value, tokenize

_Value = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
_Aggregates = dict[ox.NamedNode, Callable[[], "ox.AggregateFunctionAccumulator"]]
#: What SAMPLE gets for an error, which ends other aggregates of Oxigraph.
_ERROR: Final = ox.NamedNode("urn:gate:error")
#: Values of a group that are collected, each in a call of Python.
_MAX_VALUES: Final = 1_000_000


class ChoosingStore:
    """A store whose queries have the choices of the columnar engine."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store
        #: Whether a group had more values than are collected, so that the answer is not to be used.
        self.has_too_many_values = False

    @property
    def as_store(self) -> ox.Store:
        """This store, for functions that only query it."""
        return cast("ox.Store", self)

    def query(self, text: str, **options: object) -> evaluation.Answer:
        """Return the answer to a query."""
        rewritten, aggregates = _with_choices(text, self._stop)
        answer: evaluation.Answer = self._store.query(
            rewritten,
            custom_aggregate_functions=aggregates or None,
            **options,  # type: ignore[arg-type]
        )
        return answer

    def _stop(self) -> None:
        self.has_too_many_values = True
        # To Oxigraph it is an error of the aggregate, which gets no more values.
        raise OverflowError


@dataclass
class _Values:
    """The values of a group; ``stop`` is called if there are too many."""

    stop: Callable[[], None]
    #: In the order in which each came first; products have few different values.
    counts: Counter[_Value] = field(default_factory=Counter)
    number: int = 0

    def accumulate(self, element: _Value) -> None:
        """Add a value."""
        self.number += 1
        if self.number > _MAX_VALUES:
            self.stop()
        self.counts[element] += 1


@dataclass
class _Sample(_Values):
    """The least value by kind, then by value or text."""

    def finish(self) -> _Value | None:
        """Return the choice."""
        return min(self.counts.keys() - {_ERROR}, key=_order, default=None)


def _order(term: _Value) -> tuple[tuple[int, str], Value]:
    if isinstance(term, ox.Literal):
        kind, value = kind_of(term)
        return kind_order(kind), value
    assert not isinstance(term, ox.Triple)
    return kind_order("iri" if isinstance(term, ox.NamedNode) else "blank"), term.value


@dataclass(kw_only=True)
class _Concatenation(_Values):
    """The strings of a group in the order of their texts, or in that of a sub-query."""

    separator: str
    distinct: bool
    keeps_order: bool
    texts: list[str] = field(default_factory=list)

    def accumulate(self, element: _Value) -> None:
        """Add a value."""
        super().accumulate(element)
        if self.keeps_order and isinstance(element, ox.Literal):
            self.texts.append(element.value)

    def finish(self) -> ox.Literal | None:
        """Return the joined strings, None if a value is no string."""
        literals = [term for term in self.counts if isinstance(term, ox.Literal)]
        strings = [term for term in literals if term.language or _is_plain(term)]
        if len(strings) < len(self.counts):
            return None
        texts = self.texts
        if not self.keeps_order:
            listed = strings if self.distinct else self.counts.elements()
            texts = sorted(term.value for term in listed if isinstance(term, ox.Literal))
        languages = {string.language for string in strings}
        language = languages.pop() if len(languages) == 1 else None
        return ox.Literal(self.separator.join(texts), language=language)


def _is_plain(literal: ox.Literal) -> bool:
    return kind_of(literal)[0] == "string"


def _with_choices(query: str, stop: Callable[[], None]) -> tuple[str, _Aggregates]:
    """Return a query with aggregates that choose, and these aggregates by name."""
    aggregates: _Aggregates = {}
    replacements: list[tuple[int, int, str]] = []
    tokens = tokenize(query)
    for place, token in enumerate(tokens):
        if not token.is_word("SAMPLE", "GROUP_CONCAT") or not tokens[place + 1].is_mark("("):
            continue
        name = ox.NamedNode(f"urn:gate:{len(aggregates)}")
        first, last = place + 2, closing(tokens, place + 1)
        distinct = tokens[first].is_word("DISTINCT")
        first += distinct
        start, end, before, after = tokens[first].start, tokens[last].start, "", ""
        if token.text == "SAMPLE":
            aggregates[name] = partial(_Sample, stop)
            before, after = "COALESCE(", f", {_ERROR})"
        else:
            separator = " "
            if tokens[last - 4].is_mark(";") and tokens[last - 3].is_word("SEPARATOR"):
                separator = string_value(tokens[last - 1].text)
                end = tokens[last - 4].start
            aggregates[name] = partial(
                _Concatenation,
                stop,
                separator=separator,
                distinct=distinct,
                keeps_order=_has_ordered_subquery(tokens, place),
            )
        replacements += [
            (token.start, start, f"{name}({before}"),
            (end, tokens[last].start, after),
        ]
    for start, end, text in sorted(replacements, reverse=True):
        query = query[:start] + text + query[end:]
    return query, aggregates


def _has_ordered_subquery(tokens: list[Token], place: int) -> bool:
    """Return whether all solutions that an aggregate joins are those of an ordered sub-query."""
    before = place
    while not (tokens[before].is_word("SELECT") or tokens[before].is_mark("}")):
        before -= 1
    if tokens[before].is_mark("}"):
        # In HAVING or ORDER BY.
        opened = next(n for n in range(before) if closing(tokens, n, "{}") == before)
    else:
        opened = next(n for n in range(place, len(tokens)) if tokens[n].is_mark("{"))
    end = closing(tokens, opened, "{}")
    start = opened + 1
    if tokens[start].is_mark("{") and closing(tokens, start, "{}") == end - 1:
        start, end = start + 1, end - 1
    if not tokens[start].is_word("SELECT"):
        return False
    group = next(n for n in range(start, end) if tokens[n].is_mark("{"))
    return any(token.is_word("ORDER") for token in tokens[closing(tokens, group, "{}") : end])


def closing(tokens: list[Token], place: int, marks: str = "()") -> int:
    """Return the place of the token that closes the parenthesis or brace at a place."""
    depth = 0
    for end in range(place, len(tokens)):
        depth += tokens[end].is_mark(marks[0]) - tokens[end].is_mark(marks[1])
        if depth == 0:
            return end
    return len(tokens) - 1
