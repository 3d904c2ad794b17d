"""What stands around a SERVICE clause and limits which of its solutions can matter.

A solution matters only if it agrees with some solution of the patterns that are joined with it. So
a query over those patterns, or over some of them, gives the values that its variables can have. Why
each step outwards is safe is told in ``docs/federation.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kg.engine.federation.ast import (
    Expression,
    Group,
    Names,
    Nested,
    Part,
    Select,
    Service,
    Triples,
)
from kg.engine.federation.parser import Query

_NONE: Final[Names] = frozenset()


@dataclass
class _Level:
    """The parts of one group that are joined with a clause, or with the group around it."""

    parts: list[Part]
    filters: list[Expression]
    #: The graph that this and all inside is asked of, as it stands in the text.
    graph: str = ""

    @property
    def certain(self) -> Names:
        return frozenset().union(*(one.certain for one in self.parts))


@dataclass(frozen=True)
class Around:
    """A group to ask for the values of variables that a clause shares with what surrounds it.

    ``narrow`` is less of it, with more values but sooner evaluated: the patterns that name these
    variables; empty if that would be the same.
    """

    group: str
    shared: Names
    narrow: str = ""


def around(query: Query, service: Service) -> Around | None:
    """Return what limits the solutions of a clause, or None if nothing does."""
    wanted = service.body.certain
    levels: list[_Level] = []
    node: Part = service
    while isinstance(group := node.parent, Group):
        levels.insert(0, _level(group, node))
        container = group.parent
        if isinstance(container, Nested):
            if container.kind in {"optional", "minus", "lateral"}:
                # Beyond, a solution that finds no partner here lives on, so only what comes
                # before in the group around it may limit it.
                outer = container.parent
                assert isinstance(outer, Group)
                levels.insert(0, _level(outer, container, before=True))
                break
            node = container
        elif isinstance(container, Expression):
            # EXISTS is asked of each whole solution of the group around it.
            if isinstance(container.parent, Group) and not container.variable:
                levels.insert(0, _level(container.parent, container))
            break
        elif isinstance(container, Select):
            if container.group is group and container.values:
                levels[0].parts.append(container.values)
            found = _asked(query, levels, wanted)
            if found or container.group is not group or container.parent is None:
                return found
            # Nothing inside limits it: what stands outside may, by variables that go through.
            wanted = container.lets_in(wanted)
            levels, node = [], container
        else:
            break
    return _asked(query, levels, wanted)


def correlated(query: Query, service: Service) -> Names:
    """Return the variables by which a clause depends on what stands around it.

    There are some only inside EXISTS and LATERAL, which are evaluated for one solution after the
    other: there a variable of that solution has its value in the whole group, even in a FILTER or
    an OPTIONAL.
    """
    node = service.parent
    while node is not None:
        if isinstance(node, Expression) or (isinstance(node, Nested) and node.kind == "lateral"):
            break
        node = node.parent
    else:
        return _NONE
    inside = service.body
    outside = (w for w in query.top.words if not inside.start <= w.start < inside.end)
    named = frozenset().union(*(word.variables for word in outside))
    return (inside.mentions & named) - inside.certain


def _level(group: Group, node: Part, *, before: bool = False) -> _Level:
    parts: list[Part] = []
    filters: list[Expression] = []
    passed = False
    for element in group.elements:
        if element is node:
            passed = True
            continue
        usable = element.is_repeatable and not any(
            isinstance(one, Service) and one.answer is None for one in element.walk()
        )
        if not usable:
            continue
        if isinstance(element, Expression):
            if element.groups:
                continue
            if not element.variable:
                filters.append(element)
            elif not passed or not before:
                certain = frozenset().union(*(one.certain for one in parts))
                if element.needs <= certain:
                    parts.append(element)
        elif passed and before:
            continue
        elif isinstance(element, Triples):
            parts += element.statements()
        elif not isinstance(element, Nested) or element.kind in {"group", "union", "graph"}:
            parts.append(element)
    return _Level(parts, filters, _graph_of(group))


def _graph_of(group: Group) -> str:
    """Return the graph that the patterns of a group are asked of, empty for the default one."""
    node: Part | None = group
    scope = True
    while node is not None:
        if isinstance(node, Nested) and node.name:
            # Beyond a sub-select the name of its variable may mean another one here.
            return node.name.text if scope or not node.name.variables else "?_graph"
        scope = scope and not isinstance(node, Select)
        node = node.parent
    return ""


def _asked(query: Query, levels: list[_Level], wanted: Names) -> Around | None:
    """Return the groups that ask for values of what is wanted."""
    group, shared = _group(query, levels, wanted, _connected(levels, wanted, far=True))
    if not shared:
        return None
    narrow, of = _group(query, levels, wanted, _connected(levels, wanted, far=False))
    return Around(group, shared, narrow if of == shared and narrow != group else "")


def _connected(levels: list[_Level], wanted: Names, *, far: bool) -> set[int]:
    """Return the parts that name what is wanted; if ``far``, also what these name, and so on."""
    reached = set(wanted)
    kept: set[int] = set()
    growing = bool(wanted)
    while growing:
        growing = False
        for level in levels:
            names = frozenset({level.graph[1:]}) if level.graph[:1] in {"?", "$"} else _NONE
            for part in level.parts:
                seen = part.visible | names
                if isinstance(part, Expression):
                    # What it is computed from is needed too, but it alone connects nothing.
                    seen |= part.needs
                if id(part) not in kept and seen & reached:
                    kept.add(id(part))
                    if far:
                        reached |= seen
                        growing = True
    return kept


def _group(query: Query, levels: list[_Level], wanted: Names, kept: set[int]) -> tuple[str, Names]:
    """Return a group of some parts, and which of the wanted variables they bind."""
    shared: set[str] = set()
    text = ""
    for level in reversed(levels):
        parts = [one for one in level.parts if id(one) in kept]
        certain = frozenset().union(*(one.certain for one in parts))
        parts = [one for one in parts if not isinstance(one, Expression) or one.needs <= certain]
        filters = [one for one in level.filters if one.needs <= certain]
        pieces = [query.rendered(one.start, one.end) for one in (*parts, *filters)]
        shared |= wanted & frozenset().union(*(one.visible for one in parts))
        inside = f" {{ {text} }}" if text else ""
        text = " . ".join(pieces) + inside
        if level.graph and text:
            text = f"GRAPH {level.graph} {{ {text} }}"
    return text, frozenset(shared)
