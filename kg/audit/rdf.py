"""An audit as RDF: measurements, rows, discrepancies and the SHACL report.

Counts are measurements in the Data Quality Vocabulary (https://www.w3.org/TR/vocab-dqv/); rows of
sources are described as in CSV on the Web (https://www.w3.org/TR/tabular-data-model/).
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from kg.audit.report import Audit
from kg.rdf.iris import kebab, thing
from kg.rdf.ntriples import about, plain, text, typed
from kg.rdf.vocabulary import (
    CSVW,
    DATASET,
    DCTERMS,
    DQV,
    PREFIXES,
    RDF,
    RDFS,
    REPORT_GRAPH,
    UNV,
    XSD,
)
from kg.release.release import Release


def turtle(audit: Audit, release: Release) -> bytes:
    """Return an audit of a release as Turtle."""
    store = release.open_store()
    graph = ox.Store()
    lines = [*_measurements(audit), *_rows(audit)]
    graph.load("".join(lines), ox.RdfFormat.N_TRIPLES)
    kind = ox.NamedNode(UNV.Discrepancy)
    for quad in store.quads_for_pattern(None, ox.NamedNode(RDF.type), kind, ox.DefaultGraph()):
        graph.extend(store.quads_for_pattern(quad.subject, None, None, ox.DefaultGraph()))
    report = store.quads_for_pattern(None, None, None, ox.NamedNode(REPORT_GRAPH))
    graph.extend(ox.Quad(*quad.triple) for quad in report)
    triples = sorted((quad.triple for quad in graph), key=str)
    return ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=PREFIXES) or b""


def _measurements(audit: Audit) -> Iterator[str]:
    for check in audit.checks():
        key = kebab(check.name)
        metric, node = thing("metric", key), thing("measurement", key)
        yield from about(metric, RDF.type, f"<{DQV.Metric}>")
        yield from about(metric, RDFS.label, text(check.name))
        yield from about(node, RDF.type, f"<{DQV.QualityMeasurement}>")
        yield from about(node, DQV.isMeasurementOf, f"<{metric}>")
        yield from about(node, DQV.computedOn, f"<{DATASET}>")
        yield from about(node, DQV.value, typed(check.count, XSD.integer))
        if check.example:
            yield from about(node, RDFS.comment, text(check.example))


def _rows(audit: Audit) -> Iterator[str]:
    for row in audit.rejected:
        comment = f"{row.value}: expected {row.expected}"
        yield from _row(row.source, row.file, row.row, f"refused: {row.problem}", comment)
    for normalized in audit.normalized:
        comment = f"{normalized.named_value} read as {normalized.read_as or 'nothing'}"
        yield from _row(
            normalized.source,
            normalized.file,
            normalized.row,
            f"read by rule: {normalized.rule}",
            comment,
        )


def _row(source: str, file: str, number: int, kind: str, comment: str) -> Iterator[str]:
    this = thing("row", f"{source}-{number}")
    yield from about(this, RDF.type, f"<{CSVW.Row}>")
    yield from about(this, CSVW.rownum, typed(number, XSD.integer))
    yield from about(this, DCTERMS.source, plain(file))
    yield from about(this, DCTERMS.type, plain(kind))
    yield from about(this, RDFS.comment, text(comment))
