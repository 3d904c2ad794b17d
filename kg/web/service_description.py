"""The service description: endpoint, formats, features, graphs, and what it distributes in DCAT.

https://www.w3.org/TR/sparql11-service-description/, https://www.w3.org/TR/vocab-dcat-3/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import pyoxigraph as ox

from kg.rdf.ntriples import about
from kg.rdf.vocabulary import (
    DATASET,
    DCAT,
    ONTOLOGY_GRAPH,
    PREFIXES,
    RDF,
    REPORT_GRAPH,
    SD,
    SH,
    SHAPES_GRAPH,
    VOID,
)
from kg.release.examples import ENDPOINT
from kg.release.export import ExportFile
from kg.release.release import Release
from kg.release.void import DESCRIPTION_FILE
from kg.sparql.formats import GRAPHS, RESULTS, TABLES, Format
from kg.web import distributions
from kg.web.sparql_endpoint import PATH

_FORMATS: Final = "http://www.w3.org/ns/formats/"
_MEDIA_TYPES: Final = "https://www.iana.org/assignments/media-types/"


def service_description(
    release: Release,
    address: str,
    response_format: Format,
    files: Iterable[ExportFile] = (),
    *,
    federated: bool = False,
) -> bytes:
    """Return the description of a service at an address over a release, in an RDF format.

    ``files`` are the downloads that it offers; ``federated`` states whether queries may use
    SERVICE.
    """
    dataset = release.text(DESCRIPTION_FILE)
    # The target of the examples is this service.
    dataset = dataset.replace(f"<{ENDPOINT}>", f"<{address}{PATH}>")
    service = _service(address + PATH, federated=federated)
    ntriples = "".join((dataset, *service, *distributions.described(release, address, files)))
    triples = ox.parse(ntriples, format=ox.RdfFormat.N_TRIPLES)
    assert isinstance(response_format.oxigraph, ox.RdfFormat)
    prefixes = PREFIXES | {"sd": SD.iri, "void": VOID.iri, "sh": SH.iri, "dcat": DCAT.iri}
    content = ox.serialize(
        (quad.triple for quad in triples), format=response_format.oxigraph, prefixes=prefixes
    )
    assert content is not None
    return content


def _service(endpoint: str, *, federated: bool) -> Iterator[str]:
    service, graphs = f"{endpoint}#service", f"{endpoint}#graphs"
    yield from about(service, RDF.type, f"<{SD.Service}>")
    yield from about(service, SD.endpoint, f"<{endpoint}>")
    yield from about(service, SD.supportedLanguage, f"<{SD.SPARQL11Query}>")
    if federated:
        yield from about(service, SD.feature, f"<{SD.BasicFederatedQuery}>")
    for result_format in (*RESULTS, *GRAPHS):
        if result_format.w3c_name:
            yield from about(service, SD.resultFormat, f"<{_FORMATS}{result_format.w3c_name}>")
    for result_format in TABLES:
        # The W3C has no names of these formats.
        yield from about(service, SD.resultFormat, f"<{_MEDIA_TYPES}{result_format.media_type}>")
    yield from about(service, SD.defaultDataset, f"<{graphs}>")
    yield from about(graphs, RDF.type, f"<{SD.Dataset}>")
    yield from about(graphs, SD.defaultGraph, f"<{DATASET}>")
    yield from about(DATASET, RDF.type, f"<{SD.Graph}>")
    yield from about(DATASET, VOID.sparqlEndpoint, f"<{endpoint}>")
    for name in (ONTOLOGY_GRAPH, SHAPES_GRAPH, REPORT_GRAPH):
        node = f"{endpoint}#{name.rpartition('/')[2]}"
        yield from about(graphs, SD.namedGraph, f"<{node}>")
        yield from about(node, SD.name, f"<{name}>")
