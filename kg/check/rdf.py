"""Findings as RDF: what the article reports, and where it differs from the record."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pyoxigraph as ox

from kg.check.findings import Finding
from kg.check.mentions import Mention, register_of_states
from kg.check.record import Record
from kg.check.text import Article
from kg.model.discrepancies import Discrepancy, ReportedTally, ReportedVote
from kg.model.sources import Source
from kg.rdf.iris import local_name
from kg.rdf.record_mapper import RecordMapper
from kg.rdf.vocabulary import PREFIXES

#: Letters of the hash of a text in the key of its source.
_HASH_LETTERS = 16


def text_hash(text: str) -> str:
    """Return the hash of the text of an article, by which its check is known."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def source_key(article: Article) -> str:
    """Return the key of a checked article as a source, by the hash of its text."""
    return f"checked-{text_hash(article.source)[:_HASH_LETTERS]}"


async def findings_turtle(
    findings: list[Finding], article: Article, day: str, record: Record
) -> str:
    """Return the reports of an article and their differences from the record as Turtle.

    The article is their source, under the hash of its text; none of its text is repeated.
    """
    key = source_key(article)
    events = sorted({finding.event for finding in findings if finding.event})
    sources = await record.sources(events)
    mapper = RecordMapper()
    title = article.title or "A checked article"
    lines = mapper.record(Source(key, title, date=day))
    for number, finding in enumerate(findings, 1):
        if finding.event:
            for entry in _records(finding, key, number, sources[finding.event]):
                lines += mapper.record(entry)
    triples = [quad.triple for quad in ox.parse("".join(lines), format=ox.RdfFormat.N_TRIPLES)]
    content = ox.serialize(sorted(triples, key=str), format=ox.RdfFormat.TURTLE, prefixes=PREFIXES)
    return (content or b"").decode()


def _records(
    finding: Finding, source: str, number: int, recorded_by: tuple[str, ...]
) -> Iterator[ReportedTally | ReportedVote | Discrepancy]:
    """Yield the totals and positions that a sentence reports, and what differs."""
    event = local_name(finding.event)
    key = f"{source}-{number}"
    counts = {c.option: c.value for c in finding.claim.counts if not (c.also or c.is_round)}
    reports: dict[str, str] = {}
    if counts:
        reports[""] = key
        yield ReportedTally(key, event, counts, source)
    for position in finding.claim.positions:
        for mention in position.states:
            state = state_of(mention, finding.date)
            if state and position.is_certain and state not in reports:
                reports[state] = f"{key}-{state}"
                yield ReportedVote(reports[state], event, state, position.option, source)
    for difference in finding.differences:
        report = reports.get(difference.state)
        if report is None:
            continue
        subject = difference.state or "total"
        yield Discrepancy(
            key=f"{key}-{subject}-{difference.option.label.replace(' ', '-')}",
            aspect="vote" if difference.state else "total",
            concerns=(("event", event), ("report", report)),
            accepted=difference.recorded,
            accepted_from=recorded_by,
            other=difference.stated,
            other_from=(source,),
            description=f"{finding.name}: {finding.reason}",
        )


def state_of(mention: Mention, day: str) -> str:
    """Return the key of the member with a name on a day, empty if there is not exactly one."""
    register = register_of_states()
    members = [key for key in sorted(mention.keys) if register.is_member(key, day)]
    return members[0] if len(members) == 1 else ""
