"""Groups, observers, committees and officers, and members of groups, as N-Triples."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kg.model.agents import Agent, AgentKind, GroupMembership
from kg.rdf import iris, name_mapper
from kg.rdf.iris import kebab, thing
from kg.rdf.ntriples import about, dated, sources, text, typed
from kg.rdf.vocabulary import DCTERMS, PROV, RDF, RDFS, SKOS, UNV, WIKIDATA_ENTITY, XSD

_CLASSES: Final[dict[AgentKind, str]] = {
    "group": UNV.Group,
    "officer": UNV.Officer,
    "committee": UNV.Committee,
    "observer": UNV.Observer,
}
_DAY: Final = len("1973-01-01")


def agent(agent: Agent) -> Iterator[str]:
    """Yield the lines of a group, officer, committee or observer."""
    this = thing("agent", agent.key)
    yield from about(this, RDF.type, f"<{PROV.Agent}>")
    for kind in agent.kinds:
        yield from about(this, RDF.type, f"<{_CLASSES[kind]}>")
    yield from about(this, RDFS.label, text(agent.name))
    others = filter(None, (agent.abbreviation, *agent.spellings))
    yield from name_mapper.names(this, agent.name, others, agent.other_names)
    if (key := kebab(agent.name)) != agent.key:
        # The IRI of an agent known only by its name.
        yield from about(this, DCTERMS.replaces, f"<{thing('agent', key)}>")
    if agent.wikidata:
        yield from about(this, UNV.wikidata, f"<{WIKIDATA_ENTITY}{agent.wikidata}>")
    if agent.regional_group:
        yield from about(this, SKOS.exactMatch, f"<{thing('group', agent.regional_group)}>")
    if agent.note:
        yield from about(this, SKOS.editorialNote, text(agent.note))
    yield from sources(this, PROV.wasDerivedFrom, agent.sources)


def group_membership(membership: GroupMembership, group: str, *, is_state: bool) -> Iterator[str]:
    """Yield the lines of a membership in a group with the name ``group``."""
    this = thing("membership", membership.key)
    member = iris.state(membership.member) if is_state else thing("agent", membership.member)
    yield from about(this, RDF.type, f"<{UNV.GroupMembership}>")
    yield from about(this, RDFS.label, text(_label(membership, group)))
    yield from about(this, UNV.group, f"<{thing('agent', membership.group)}>")
    yield from about(this, UNV.groupMember, f"<{member}>")
    yield from _bounds(this, membership)
    if membership.listed_on:
        yield from about(this, UNV.listedOn, dated(membership.listed_on))
    if membership.note:
        yield from about(this, SKOS.editorialNote, text(membership.note))
    if membership.statement:
        yield from about(this, DCTERMS.source, f"<{membership.statement}>")
    yield from sources(this, PROV.wasDerivedFrom, membership.sources)


def _bounds(this: str, membership: GroupMembership) -> Iterator[str]:
    """Yield the first and last day, or their year or month as printed, and the certain days."""
    start, until = membership.start, membership.until
    if start:
        term = UNV.term("from") if len(start) == _DAY else UNV.fromAsPrinted
        yield from about(this, term, dated(start))
        yield from about(this, UNV.certainFrom, typed(membership.certain_from, XSD.date))
    if until:
        term = UNV.until if len(until) == _DAY else UNV.untilAsPrinted
        yield from about(this, term, dated(until))
        yield from about(this, UNV.certainUntil, typed(membership.certain_until, XSD.date))
    if membership.until_as_printed:
        yield from about(this, UNV.untilAsPrinted, dated(membership.until_as_printed))


def _label(membership: GroupMembership, group: str) -> str:
    member = f"{membership.member}: member of {group}"
    if membership.listed_on:
        return f"{member}, as listed in {membership.listed_on}"
    until = f" until {membership.until}" if membership.until else ""
    return f"{member} from {membership.start}{until}"
