"""The table of formats of responses and exports: names, media types, pyoxigraph's formats."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Final

from pyoxigraph import QueryResultsFormat, RdfFormat

from kg.errors import NotAcceptableError


@dataclass(frozen=True)
class Format:
    """A format of responses."""

    name: str
    media_type: str
    extension: str
    #: The name under http://www.w3.org/ns/formats/; empty if there is none.
    w3c_name: str
    #: None for formats that Oxigraph cannot write.
    oxigraph: QueryResultsFormat | RdfFormat | None
    #: Other media types by which clients may request it.
    aliases: tuple[str, ...] = ()
    #: Other names by which clients may request it, in lower case.
    short_names: tuple[str, ...] = ()
    #: Whether its content is compressed, so that a content coding would only cost time.
    is_compressed: bool = False

    @property
    def names(self) -> frozenset[str]:
        """All names of the format, media types included, in lower case."""
        return frozenset(
            (
                *(self.name, self.extension, self.w3c_name.lower()),
                *(self.media_type, *self.aliases, *self.short_names),
            )
        )

    @property
    def content_type(self) -> str:
        """The value of a Content-Type header."""
        charset = self.media_type.startswith("text/") and "charset" not in self.media_type
        return self.media_type + ("; charset=utf-8" if charset else "")


#: For SELECT and ASK; the first is the default.
RESULTS: Final = (
    Format(
        "json",
        "application/sparql-results+json",
        "srj",
        "SPARQL_Results_JSON",
        QueryResultsFormat.JSON,
        ("application/json",),
        ("sparql-results+json",),
    ),
    Format(
        "xml",
        "application/sparql-results+xml",
        "srx",
        "SPARQL_Results_XML",
        QueryResultsFormat.XML,
        ("application/xml", "text/xml"),
        ("sparql-results+xml",),
    ),
    Format("csv", "text/csv", "csv", "SPARQL_Results_CSV", QueryResultsFormat.CSV),
    Format("tsv", "text/tab-separated-values", "tsv", "SPARQL_Results_TSV", QueryResultsFormat.TSV),
)
#: Streams of Apache Arrow, and Apache Parquet.
ARROW: Final = Format(
    "arrow", "application/vnd.apache.arrow.stream", "arrows", "", None, is_compressed=True
)
PARQUET: Final = Format(
    "parquet",
    "application/vnd.apache.parquet",
    "parquet",
    "",
    None,
    ("application/x-parquet",),
    is_compressed=True,
)
_TABLE_FORMATS: Final = (ARROW, PARQUET)
_HAS_ARROW: Final = find_spec("arro3") is not None and find_spec("arro3.io") is not None
#: Tables with typed columns, for SELECT alone; none without the extra ``arrow``.
TABLES: Final = _TABLE_FORMATS if _HAS_ARROW else ()
#: For CONSTRUCT and DESCRIBE; the first is the default.
GRAPHS: Final = (
    Format("turtle", "text/turtle", "ttl", "Turtle", RdfFormat.TURTLE, ("application/x-turtle",)),
    Format(
        "ntriples", "application/n-triples", "nt", "N-Triples", RdfFormat.N_TRIPLES, ("text/plain",)
    ),
    Format(
        "jsonld",
        "application/ld+json",
        "jsonld",
        "JSON-LD",
        RdfFormat.JSON_LD,
        ("application/json",),
        ("json", "ld+json"),
    ),
    Format(
        "rdfxml",
        "application/rdf+xml",
        "rdf",
        "RDF_XML",
        RdfFormat.RDF_XML,
        ("application/xml",),
        # The last one is that of rdflib.
        ("xml", "rdf+xml", "rdf/xml", "pretty-xml"),
    ),
    Format("nquads", "application/n-quads", "nq", "N-Quads", RdfFormat.N_QUADS),
    Format("trig", "application/trig", "trig", "TriG", RdfFormat.TRIG),
    Format("n3", "text/n3", "n3", "N3", RdfFormat.N3),
)

#: For resources that have a page.
HTML: Final = Format("html", "text/html", "html", "", None, ("application/xhtml+xml",))

#: For feeds (RFC 4287).
ATOM: Final = Format("atom", "application/atom+xml", "atom", "", None)

#: Plain text, for clients other than browsers.
PLAIN: Final = Format("plain", "text/plain", "txt", "", None)

#: For programs, where a response is neither a query result nor a graph.
JSON: Final = Format("json", "application/json", "json", "", None)


def choose(formats: tuple[Format, ...], names: str, accept: str) -> Format:
    """Return the format that a client requests by name or by its Accept header.

    ``names`` are separated by commas. The first one that is a name of a format is used; if there is
    none, the Accept header must name a format; a range such as ``*/*`` is not sufficient. Without
    names, the header decides.

    Raises:
        NotAcceptableError: if there is no such format; the message lists the supported formats.

    >>> choose(GRAPHS, "json,application/rdf xml", "").name
    'jsonld'
    >>> choose(GRAPHS, "csv", "text/turtle, */*").name
    'turtle'
    """
    requested = [name for name in map(str.strip, names.split(",")) if name]
    named = (by_name(formats, name) for name in requested)
    chosen = next((offer for offer in named if offer), None)
    if chosen is None:
        ranges = [part for part in accept.split(",") if "/*" not in part] if requested else [accept]
        chosen = negotiate(formats, ",".join(ranges)) if ranges else None
    if chosen is None:
        offered = ", ".join(f"{offer.name} ({offer.media_type})" for offer in formats)
        problem = f"unsupported format {requested[0][:40]!r}" if requested else "not acceptable"
        raise NotAcceptableError(
            f"{problem}; supported formats: {offered}{table_hint(formats, names, accept)}"
        )
    return chosen


def wants_table(names: str, accept: str) -> bool:
    """Return whether a client requests a table with typed columns, if the query is a SELECT."""
    try:
        return choose((*RESULTS, *TABLES), names, accept) in TABLES
    except NotAcceptableError:
        return False


def by_name(formats: tuple[Format, ...], name: str) -> Format | None:
    """Return the format with a name in any case, or None; a space may stand for a plus sign."""
    wanted = name.strip().lower().replace(" ", "+")
    return next((offer for offer in formats if wanted in offer.names), None)


def table_hint(formats: tuple[Format, ...], names: str, accept: str = "") -> str:
    """Say when Arrow and Parquet are available, if one of them is requested in vain."""
    requested = {part.partition(";")[0].strip().lower() for part in f"{names},{accept}".split(",")}
    if not any(table.names & requested for table in _TABLE_FORMATS):
        return ""
    if formats[: len(RESULTS)] == RESULTS and not TABLES:
        return "; arrow and parquet need the extra un-votes-kg[arrow]"
    return "; arrow and parquet are formats of the result of a SELECT"


@functools.lru_cache(maxsize=1024)
def negotiate(formats: tuple[Format, ...], accept: str) -> Format | None:
    """Return the format an Accept header prefers (RFC 9110, 12.5.1), or None.

    An empty header accepts anything. Among media types of equal weight the one with the more
    specific range takes precedence, then the first in the table.

    >>> negotiate(RESULTS, "text/csv;q=0.5, application/json").name
    'json'
    >>> negotiate(RESULTS, "image/png") is None
    True
    """
    ranges = [_media_range(part) for part in accept.split(",") if part.strip()] or [("*/*", 1.0)]
    best: tuple[float, int, int] | None = None
    chosen = None
    for index, offer in enumerate(formats):
        # The most specific range that matches the media type determines its weight; aliases must be
        # named explicitly.
        covering = [(_specificity(r, offer.media_type), weight) for r, weight in ranges]
        requested = [max(covering)] + [(2, weight) for r, weight in ranges if r in offer.aliases]
        specificity, weight = max(
            requested, key=lambda pair: (pair[1] if pair[0] >= 0 else 0, pair)
        )
        rank = (weight, specificity, -index)
        if specificity >= 0 and weight > 0 and (best is None or rank > best):
            best, chosen = rank, offer
    return chosen


def _media_range(part: str) -> tuple[str, float]:
    media, *parameters = (piece.strip() for piece in part.split(";"))
    weight = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            try:
                weight = min(max(float(value), 0.0), 1.0)
            except ValueError:
                weight = 0.0
    return media.lower(), weight


def _specificity(media_range: str, media_type: str) -> int:
    if media_range == media_type:
        return 2
    kind, _, rest = media_range.partition("/")
    if rest == "*" and kind == media_type.partition("/")[0]:
        return 1
    return 0 if media_range == "*/*" else -1
