"""The query to send for a SERVICE clause: its group, with the values that can join."""

from __future__ import annotations

import re
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
    Values,
    variables_in,
)
from kg.engine.federation.parser import Query

#: Vendor extensions of the software behind Wikidata's endpoint, which is being replaced:
#: https://www.wikidata.org/wiki/Wikidata:SPARQL_query_service/WDQS_backend_update
_BLAZEGRAPH: Final = ("http://www.bigdata.com/", "http://wikiba.se/ontology#")
_BLAZEGRAPH_SERVICES: Final = (*_BLAZEGRAPH, "https://www.mediawiki.org/ontology#")
#: The label service binds variables with these suffixes if the query uses them.
_LABEL_SUFFIXES: Final = ("Label", "AltLabel", "Description")


@dataclass(frozen=True)
class ServiceQuery:
    """A SERVICE clause as a query to be sent."""

    variables: tuple[str, ...]
    prologue: str
    body: str
    #: The variables whose values may be placed beside the patterns of the group.
    joinable: Names
    #: Whether the group is a sub-select with a limit.
    has_limit: bool
    #: Whether it has a limit inside or starts from resources that it names, so that it may be sent
    #: without values.
    is_selective: bool
    #: The endpoints of SERVICE clauses inside the group, which the endpoint itself would query.
    inner_services: tuple[str, ...]
    #: IRIs of vendor extensions.
    vendor_iris: tuple[str, ...]

    def text(self, values: str = "", names: Names = frozenset()) -> str:
        """Return the text of the query, optionally with a VALUES block for some variables."""
        projection = " ".join(f"?{name}" for name in self.variables) or "?nothing"
        group = self.body if names <= self.joinable else f"{{ {self.body} }}"
        return f"{self.prologue}SELECT {projection} WHERE {{ {values} {group} }}"


def service_query(query: Query, service: Service, base: str) -> ServiceQuery:
    """Return the query to send for a clause."""
    body = service.body
    variables = set(body.in_scope)
    services = [query.iri(n.endpoint, base) for n in body.walk() if isinstance(n, Service)]
    vendor_iris = {iri for iri in _iris(query, body, base) if iri.startswith(_BLAZEGRAPH)}
    if any(iri.startswith(_BLAZEGRAPH) for iri in services):
        # The label service binds the variables that the query uses.
        labels = {f"{name}{suffix}" for name in variables for suffix in _LABEL_SUFFIXES}
        variables |= labels & query.top.mentions
    return ServiceQuery(
        variables=tuple(sorted(variables)),
        prologue=_prologue(query, body, base),
        body=query.text[body.start + 1 : body.end - 1].strip(),
        joinable=_joinable(body),
        has_limit=_has_limit(body),
        is_selective=_is_selective(body),
        inner_services=tuple(s for s in services if not s.startswith(_BLAZEGRAPH_SERVICES)),
        vendor_iris=tuple(sorted(vendor_iris)),
    )


def _iris(query: Query, body: Group, base: str) -> set[str]:
    return {query.iri(token, base) for token in body.tokens if token.kind in {"iri", "name"}}


def _prologue(query: Query, body: Group, base: str) -> str:
    """Return the declarations that the group needs."""
    used = {token.text.partition(":")[0] for token in body.tokens if token.kind == "name"}
    lines = [f"PREFIX {prefix}: <{query.prefixes[prefix]}>\n" for prefix in sorted(used)]
    has_relative_iri = any(
        token.kind == "iri" and not re.match(r"<[A-Za-z][A-Za-z0-9+.-]*:", token.text)
        for token in body.tokens
    )
    if has_relative_iri:
        lines.insert(0, f"BASE <{query.base or base}>\n")
    return "".join(lines)


def _joinable(body: Group) -> Names:
    """Return the variables whose values may be placed in the group itself, the fastest form.

    These are bound by its first patterns, so the values do not change the meaning of the rest; with
    a BIND, inline data, or an OPTIONAL before them they could.
    """
    names: Names = frozenset()
    if any(isinstance(element, Select | Values) or _is_bind(element) for element in body.elements):
        return names
    for element in body.elements:
        if isinstance(element, Nested) and element.kind in {"optional", "minus", "lateral"}:
            break
        if isinstance(element, Triples):
            names |= element.always_bound
    return names


def _is_bind(node: Node) -> bool:
    return isinstance(node, Expression) and bool(node.variable)


def _only_select(body: Group) -> Select | None:
    """Return the sub-select of a group that contains nothing else."""
    while len(body.elements) == 1:
        only = body.elements[0]
        if isinstance(only, Select):
            return only
        if not isinstance(only, Nested) or only.kind != "group":
            break
        body = only.groups[0]
    return None


def _has_limit(body: Group) -> bool:
    select = _only_select(body)
    return select is not None and select.limit is not None


def _is_selective(body: Group) -> bool:
    if select := _only_select(body):
        inside = select.group
        return select.limit is not None or (inside is not None and _is_selective(inside))
    patterns = [node for node in body.elements if not isinstance(node, Expression | Service)]
    triples = [t for node in patterns if isinstance(node, Triples) for t in node.split()]
    reached = _reached(triples, patterns)
    if reached is None:
        return False
    others = [node for node in patterns if not isinstance(node, Triples | Values)]
    return bool(reached or triples) and all(
        bool(node.in_scope & reached)
        or all(_is_selective(group) for group in getattr(node, "groups", ()))
        for node in others
    )


def _reached(triples: list[Triples], patterns: list[Node]) -> Names | None:
    """Return the variables reached from IRIs and inline data; None if some triples are not."""
    reached = {n for node in patterns if isinstance(node, Values) for n in node.columns}
    pending = triples
    while pending:
        unreached = []
        for pattern in pending:
            subject = pattern.tokens[0]
            if subject.kind in {"iri", "name"} or variables_in(subject) & reached:
                reached |= pattern.mentions
            else:
                unreached.append(pattern)
        if len(unreached) == len(pending):
            return None
        pending = unreached
    return frozenset(reached)
