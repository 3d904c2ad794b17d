"""The patterns joined with a SERVICE clause, which limit its relevant solutions.

A solution of the clause is relevant only if it is compatible with a solution of the patterns joined
with it. So a query over those patterns, or some of them, returns the values that its variables can
have. ``docs/explanation/federation.md`` explains why each step outwards is safe.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kg.engine.federation.ast import (
    Expression,
    Group,
    Names,
    Nested,
    Node,
    Select,
    Service,
    Triples,
    union,
    variables_in,
)
from kg.engine.federation.parser import Query

_NONE: Final[Names] = frozenset()


@dataclass
class _Level:
    """The elements of a group that are joined with a clause or with the group that contains it."""

    elements: list[Node]
    filters: list[Expression]
    #: The IRI or variable of the graph in which they are evaluated, as in the text.
    graph: str = ""


@dataclass(frozen=True)
class JoinContext:
    """A group that binds the variables shared by a clause and the patterns around it.

    ``narrow`` is a subset of the group, the patterns that mention these variables: it has more
    values but is faster to evaluate. It is empty if it would be the same.
    """

    group: str
    shared: Names
    narrow: str = ""


def join_context(query: Query, service: Service) -> JoinContext | None:
    """Return the group that limits the solutions of a clause, or None if nothing does."""
    wanted = service.body.always_bound
    levels: list[_Level] = []
    node: Node = service
    while isinstance(group := node.parent, Group):
        levels.insert(0, _level(group, node))
        container = group.parent
        if isinstance(container, Nested):
            if container.kind in {"optional", "minus", "lateral"}:
                # Further out, solutions without a match here are kept, so the clause may only be
                # limited by the preceding elements of the group around it.
                outer = container.parent
                assert isinstance(outer, Group)
                levels.insert(0, _level(outer, container, before=True))
                break
            node = container
        elif isinstance(container, Expression):
            # EXISTS is evaluated for each complete solution of the group around it.
            if isinstance(container.parent, Group) and not container.variable:
                levels.insert(0, _level(container.parent, container))
            break
        elif isinstance(container, Select):
            if container.group is group and container.values:
                levels[0].elements.append(container.values)
            context = _context(query, levels, wanted)
            if context or container.group is not group or container.parent is None:
                return context
            # Nothing inside limits it; patterns outside may, through projected variables.
            wanted = container.pushable(wanted)
            levels, node = [], container
        else:
            break
    return _context(query, levels, wanted)


def correlated_variables(query: Query, service: Service) -> Names:
    """Return the variables through which a clause depends on the patterns around it.

    They exist only inside EXISTS and LATERAL, which are evaluated separately for each solution: a
    variable of that solution has its value throughout the group, even in a FILTER or an OPTIONAL.
    """
    node = service.parent
    while node is not None:
        if isinstance(node, Expression) or (isinstance(node, Nested) and node.kind == "lateral"):
            break
        node = node.parent
    else:
        return _NONE
    inside = service.body
    outside = (t for t in query.top.tokens if not inside.start <= t.start < inside.end)
    mentioned = union(variables_in(token) for token in outside)
    return (inside.mentions & mentioned) - inside.always_bound


def _level(group: Group, node: Node, *, before: bool = False) -> _Level:
    """Return the elements joined with an element of a group; ``before``: only preceding ones."""
    elements: list[Node] = []
    filters: list[Expression] = []
    passed = False
    for element in group.elements:
        if element is node:
            passed = True
            continue
        if not element.is_deterministic or _has_unanswered_service(element):
            continue
        if isinstance(element, Expression):
            if element.groups:
                continue
            if not element.variable:
                filters.append(element)
            elif not (passed and before) and element.operands <= _bound(elements):
                elements.append(element)
        elif passed and before:
            continue
        elif isinstance(element, Triples):
            elements += element.split()
        elif not isinstance(element, Nested) or element.kind in {"group", "union", "graph"}:
            elements.append(element)
    return _Level(elements, filters, _graph_of(group))


def _bound(elements: list[Node]) -> Names:
    return union(element.always_bound for element in elements)


def _has_unanswered_service(element: Node) -> bool:
    return any(isinstance(n, Service) and n.replacement is None for n in element.walk())


def _graph_of(group: Group) -> str:
    """Return the graph in which the patterns of a group are matched, empty for the default."""
    node: Node | None = group
    same_scope = True
    while node is not None:
        if isinstance(node, Nested) and node.graph:
            # Outside a sub-select its variable name may denote a different variable.
            is_iri = not variables_in(node.graph)
            return node.graph.text if same_scope or is_iri else "?_graph"
        same_scope = same_scope and not isinstance(node, Select)
        node = node.parent
    return ""


def _context(query: Query, levels: list[_Level], wanted: Names) -> JoinContext | None:
    """Return the groups that bind any of the wanted variables, or None if they bind none."""
    thorough = _connected(levels, wanted, transitive=True)
    group, shared = _render_group(query, levels, wanted, thorough)
    if not shared:
        return None
    direct = _connected(levels, wanted, transitive=False)
    narrow, narrow_shared = _render_group(query, levels, wanted, direct)
    is_usable = narrow_shared == shared and narrow != group
    return JoinContext(group, shared, narrow if is_usable else "")


def _connected(levels: list[_Level], wanted: Names, *, transitive: bool) -> set[int]:
    """Return the ids of the elements that have any of the wanted variables in scope.

    If ``transitive``, also those that share variables with these elements, and so on.
    """
    reached = set(wanted)
    connected: set[int] = set()
    growing = bool(wanted)
    while growing:
        growing = False
        for level in levels:
            graph = frozenset({level.graph[1:]}) if level.graph[:1] in {"?", "$"} else _NONE
            for element in level.elements:
                names = element.in_scope | graph
                if isinstance(element, Expression):
                    # The operands are needed too, but an expression alone connects nothing.
                    names |= element.operands
                if id(element) not in connected and names & reached:
                    connected.add(id(element))
                    if transitive:
                        reached |= names
                        growing = True
    return connected


def _render_group(
    query: Query, levels: list[_Level], wanted: Names, kept: set[int]
) -> tuple[str, Names]:
    """Return a group of the kept elements, and the wanted variables that they bind."""
    shared: set[str] = set()
    text = ""
    for level in reversed(levels):
        elements = [element for element in level.elements if id(element) in kept]
        bound = _bound(elements)
        elements = [e for e in elements if not isinstance(e, Expression) or e.operands <= bound]
        filters = [condition for condition in level.filters if condition.operands <= bound]
        pieces = [query.render(node.start, node.end) for node in (*elements, *filters)]
        shared |= wanted & union(element.in_scope for element in elements)
        inside = f" {{ {text} }}" if text else ""
        text = " . ".join(pieces) + inside
        if level.graph and text:
            text = f"GRAPH {level.graph} {{ {text} }}"
    return text, frozenset(shared)
