"""What is sent for a SERVICE clause: its group as a query, with the values that can join."""

from __future__ import annotations

import re
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
    Values,
)
from kg.engine.federation.parser import Query

#: Forms that only the software behind Wikidata's endpoint today knows, and it is being replaced:
#: https://www.wikidata.org/wiki/Wikidata:SPARQL_query_service/WDQS_backend_update
_BLAZEGRAPH: Final = ("http://www.bigdata.com/", "http://wikiba.se/ontology#")
_BLAZEGRAPH_SERVICES: Final = (*_BLAZEGRAPH, "https://www.mediawiki.org/ontology#")
#: What the label service makes of a variable.
_LABELS: Final = ("Label", "AltLabel", "Description")


@dataclass(frozen=True)
class Remote:
    """A SERVICE clause as a query to send; ``text`` takes the values as a VALUES block, or none."""

    variables: tuple[str, ...]
    prologue: str
    body: str
    #: The variables of which values may stand beside the patterns of the group.
    flat: Names
    #: Whether the group has a limit of its own, or at least goes out from things that it names.
    is_limited: bool
    is_small: bool
    #: Services inside the group, which the endpoint would ask; and IRIs only one software knows.
    inner: tuple[str, ...]
    vendor: tuple[str, ...]

    def text(self, values: str = "", joined: Names = frozenset()) -> str:
        """Return the query."""
        names = " ".join(f"?{name}" for name in self.variables) or "?nothing"
        group = self.body if joined <= self.flat else f"{{ {self.body} }}"
        return f"{self.prologue}SELECT {names} WHERE {{ {values} {group} }}"


def remote(query: Query, service: Service, base: str) -> Remote:
    """Return what there is to send for a clause."""
    body = service.body
    variables = set(body.visible)
    services = [query.iri(one.name, base) for one in body.walk() if isinstance(one, Service)]
    vendor = sorted({one for one in _names(query, body, base) if one.startswith(_BLAZEGRAPH)})
    if any(one.startswith(_BLAZEGRAPH) for one in services):
        # What the label service binds depends on what the query asks for.
        labels = {f"{name}{suffix}" for name in variables for suffix in _LABELS}
        variables |= labels & query.top.mentions
    return Remote(
        variables=tuple(sorted(variables)),
        prologue=_prologue(query, body, base),
        body=query.text[body.start + 1 : body.end - 1].strip(),
        flat=_flat(body),
        is_limited=_is_limited(body),
        is_small=_is_small(body),
        inner=tuple(s for s in services if not s.startswith(_BLAZEGRAPH_SERVICES)),
        vendor=tuple(vendor),
    )


def _names(query: Query, body: Group, base: str) -> set[str]:
    return {query.iri(one, base) for one in body.words if one.kind in {"iri", "name"}}


def _prologue(query: Query, body: Group, base: str) -> str:
    """Return the declarations that the group needs."""
    used = {one.text.partition(":")[0] for one in body.words if one.kind == "name"}
    lines = [f"PREFIX {name}: <{query.prefixes[name]}>\n" for name in sorted(used)]
    relative = any(
        one.kind == "iri" and not re.match(r"<[A-Za-z][A-Za-z0-9+.-]*:", one.text)
        for one in body.words
    )
    if relative:
        lines.insert(0, f"BASE <{query.base or base}>\n")
    return "".join(lines)


def _flat(body: Group) -> Names:
    """Return the variables whose values may stand in the group itself, as endpoints like it best.

    These are bound by its first patterns, so that nothing else in it can tell the difference; a
    BIND, inline data, or an OPTIONAL before them could.
    """
    found: Names = frozenset()
    if any(isinstance(one, Select | Values) or _is_bind(one) for one in body.elements):
        return found
    for one in body.elements:
        if isinstance(one, Nested) and one.kind in {"optional", "minus", "lateral"}:
            break
        if isinstance(one, Triples):
            found |= one.certain
    return found


def _is_bind(part: Part) -> bool:
    return isinstance(part, Expression) and bool(part.variable)


def _only_select(body: Group) -> Select | None:
    """Return the sub-select that a group is, if it is nothing else."""
    while len(body.elements) == 1:
        only = body.elements[0]
        if isinstance(only, Select):
            return only
        if not isinstance(only, Nested) or only.kind != "group":
            break
        body = only.groups[0]
    return None


def _is_limited(body: Group) -> bool:
    select = _only_select(body)
    return select is not None and select.limit is not None


def _is_small(body: Group) -> bool:
    if select := _only_select(body):
        inside = select.group
        return select.limit is not None or (inside is not None and _is_small(inside))
    patterns = [one for one in body.elements if not isinstance(one, Expression | Service)]
    reached = {n for one in patterns if isinstance(one, Values) for n in one.columns}
    statements = [s for one in patterns if isinstance(one, Triples) for s in one.statements()]
    waiting = statements
    while waiting:
        left = []
        for one in waiting:
            subject = one.words[0]
            if subject.kind in {"iri", "name"} or subject.variables & reached:
                reached |= one.mentions
            else:
                left.append(one)
        if len(left) == len(waiting):
            return False
        waiting = left
    others = [one for one in patterns if not isinstance(one, Triples | Values)]
    return bool(reached or statements) and all(
        bool(one.visible & reached) or all(map(_is_small, getattr(one, "groups", ())))
        for one in others
    )
