"""Findings as a SHACL validation report: https://www.w3.org/TR/shacl/#validation-report."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pyoxigraph as ox

from kg import resources
from kg.pipeline.validation import Finding
from kg.rdf.ntriples import plain, text, typed
from kg.rdf.vocabulary import BASE, DCTERMS, RDF, SH, XSD

_Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


def report(findings: list[Finding], description: str = "", name: str = "") -> str:
    """Return a report as N-Triples, with its results in the order of the findings.

    ``description`` states how the data was validated. ``name`` is the IRI of the report, and the
    IRIs of its results are numbered below it; without a name they are blank nodes.
    """
    this = f"<{name}>" if name else "_:report"
    lines = [
        f"{this} <{RDF.type}> <{SH.ValidationReport}> .",
        f"{this} <{SH.conforms}> {typed(str(not findings).lower(), XSD.boolean)} .",
    ]
    if description:
        lines.append(f"{this} <{DCTERMS.description}> {text(description)} .")
    for number, finding in enumerate(findings, 1):
        node = f"<{name}#{number}>" if name else f"_:result{number}"
        lines.append(f"{this} <{SH.result}> {node} .")
        lines += (f"{node} <{term}> {value} ." for term, value in _properties(finding))
    paths = (_path_of(finding.shape) for finding in findings if not finding.path)
    lines += dict.fromkeys(line for path in paths for line in path)
    return "\n".join(lines) + "\n"


def _properties(finding: Finding) -> Iterator[tuple[str, str]]:
    """Yield the properties of a result and their values in N-Triples."""
    yield RDF.type, f"<{SH.ValidationResult}>"
    yield SH.resultSeverity, f"<{SH.term(finding.severity)}>"
    yield SH.sourceConstraintComponent, f"<{SH.iri}{finding.component}>"
    yield SH.sourceShape, f"<{_shape(finding.shape)}>"
    yield SH.focusNode, finding.focus
    language = _message_language(finding.shape)
    message = finding.message
    yield SH.resultMessage, text(message, language) if language else plain(message)
    if finding.value:
        yield SH.value, finding.value
    if finding.path:
        yield SH.resultPath, finding.path
    elif _path_of(finding.shape):
        yield SH.resultPath, f"_:{finding.shape}-path"


def _shape(name: str) -> str:
    return f"{BASE}shapes#{name}"


@cache
def _shapes() -> ox.Store:
    """Return the shapes of all files."""
    store = ox.Store()
    for turtle in resources.texts("shapes", ".ttl").values():
        store.load(turtle.encode(), ox.RdfFormat.TURTLE)
    return store


def _values(subject: _Term, predicate: str) -> Iterator[_Term]:
    if isinstance(subject, ox.NamedNode | ox.BlankNode):
        for quad in _shapes().quads_for_pattern(subject, ox.NamedNode(predicate), None):
            yield quad.object


@cache
def _message_language(shape: str) -> str:
    """Return the language of the message of a shape, or of its query; empty if it has none."""
    node = ox.NamedNode(_shape(shape))
    for source in (node, *_values(node, SH.sparql)):
        for message in _values(source, SH.message):
            assert isinstance(message, ox.Literal)
            return message.language or ""
    return ""


@cache
def _path_of(shape: str) -> tuple[str, ...]:
    """Return the lines of the path of a shape, if it is not a single property.

    Its root is ``_:{shape}-path``; the nodes below it are numbered.
    """
    path = _values(ox.NamedNode(_shape(shape)), SH.path)
    nodes = [node for node in path if isinstance(node, ox.BlankNode)]

    def name(term: _Term) -> str:
        if not isinstance(term, ox.BlankNode):
            return str(term)
        number = nodes.index(term)
        return f"_:{shape}-path" + (f"-{number}" if number else "")

    lines: list[str] = []
    # Nodes below a node are added during the iteration.
    for node in nodes:
        quads = list(_shapes().quads_for_pattern(node, None, None))
        quads.sort(key=lambda quad: quad.predicate.value)
        nodes += (quad.object for quad in quads if isinstance(quad.object, ox.BlankNode))
        lines += (f"{name(node)} {quad.predicate} {name(quad.object)} ." for quad in quads)
    return tuple(lines)
