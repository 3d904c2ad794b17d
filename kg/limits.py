"""The limits of the service that concern operators: times, sizes, lengths of queues, rates.

Each constant has a comment ``#: unit: what it bounds, and why it has this value``; a heading is a
comment of one line, ``# Heading``. ``python -m kg.limits docs/reference/limits.md`` writes the
tables of that page; a test checks that they are current. What an operator can change is a setting
(``kg.settings``), not a limit.
"""

from __future__ import annotations

from typing import Final

# Command line

#: seconds: how long running queries may continue after SIGTERM; the server ends by itself before a
#: supervisor sends SIGKILL after the usual 30 seconds.
SHUTDOWN_GRACE_SECONDS: Final = 10

#: seconds: how long after SIGTERM the server has ended in every case, even if it does not respond.
SHUTDOWN_SECONDS: Final = 28

# HTTP service

#: connections: how many may be open. When there are more, the one that has waited longest for a
#: request, or for the rest of one, is closed; if none waits, the new one is refused.
CONNECTIONS: Final = 1000

#: connections: how many of one client may be open; likewise. Browsers open six.
CONNECTIONS_PER_CLIENT: Final = 64

#: bytes: length of a URL; a longer one is answered with 414. Longer queries are sent by POST.
URL_BYTES: Final = 60 * 2**10

#: bytes: length of all header fields of a request; longer ones are answered with 431.
HEADER_BYTES: Final = 32 * 2**10

#: header fields: number in a request; more are answered with 431. Browsers send some twenty.
HEADER_FIELDS: Final = 100

#: seconds: how long the head of a request may take, and a new connection may wait for it; then the
#: answer is 408. Slow networks need a second.
HEADER_SECONDS: Final = 10.0

#: seconds: how long the body of a request may take; then the answer is 408.
BODY_SECONDS: Final = 60.0

#: seconds: how long a connection stays open for the next request.
KEEP_ALIVE_SECONDS: Final = 15

#: bytes: size of the body of a request; enough for queries with long VALUES, not for uploads.
REQUEST_BODY_BYTES: Final = 2 * 2**20

#: characters: length of an article that is checked against the record; a long one has 100,000.
CHECKED_CHARACTERS: Final = 200_000

#: checks: articles that are checked at the same time; others wait.
CHECKS: Final = 2

#: seconds: interval in which a server looks for another current release, to prepare and then serve
#: it. A server that has just started first answers for as long.
PREPARATION_INTERVAL_SECONDS: Final = 5.0

#: seconds: how long what pages and checks share of another release may be read before it is served;
#: the release before is served meanwhile. Of the whole record it takes some ten.
PREPARATION_SECONDS: Final = 300.0

#: seconds: how long the check of an article may take; one of 1,000 words takes about one.
CHECK_SECONDS: Final = 20.0

#: parameters: number in an address or a form; parsing more would cost time, and no operation needs
#: nearly as many.
REQUEST_PARAMETERS: Final = 1000

#: bytes: memory of each cache of responses (one for queries, one for pages); the least recently
#: used responses are evicted first.
RESPONSE_CACHE_BYTES: Final = 64 * 2**20

#: bytes: size up to which a response to a query is cached; a longer one would evict many others.
CACHED_RESPONSE_BYTES: Final = 2**20

#: resources: whose names pages keep in memory, some kilobyte for each; beyond that, the names are
#: read again.
KEPT_NAMES: Final = 20_000

#: addresses: number in a file of the site map; search engines read no more.
SITEMAP_ADDRESSES: Final = 50_000

#: questions: how many of pages the engine answers at the same time; so few wait, suspended, for
#: their heavy lane.
PAGE_QUESTIONS: Final = 4

#: questions: how many of pages may wait; clients are served in turn, and further pages are answered
#: with 503.
WAITING_PAGE_QUESTIONS: Final = 400

#: bytes: size of a query result that a page can show.
PAGE_RESULT_BYTES: Final = 16 * 2**20

#: rows: how many rows of a result a page shows; downloads contain all of them.
PAGE_ROWS: Final = 500

#: changes: how many changes in a release a page, a feed or an RDF document lists; the files of the
#: release contain all of them.
CHANGES_PER_PAGE: Final = 200

#: characters: how much of a graph in Turtle a page shows.
PAGE_GRAPH_CHARACTERS: Final = 100_000

#: queries: how many names one reconciliation request may contain; OpenRefine sends ten.
RECONCILIATION_QUERIES: Final = 200

#: conditions: how many properties a reconciled name, or a request for values of reconciled
#: resources, may have; each one is a query to the engine.
RECONCILIATION_CONDITIONS: Final = 20

#: values: how many names, identifiers, classes or values of a property a reconciliation query may
#: list.
RECONCILIATION_VALUES: Final = 200

#: resources: how many are considered for the queries of a request without a name because they have
#: one of the values of a property.
RECONCILIATION_RESOURCES: Final = 5000

#: values: how many values of one property a request may need; reading them occupies the server.
RECONCILIATION_PROPERTY_VALUES: Final = 50_000

#: candidates: how many are returned for each reconciled name, even if more are requested.
RECONCILIATION_CANDIDATES: Final = 50

#: results: how many a search returns, even if more are requested.
SEARCH_RESULTS: Final = 100

#: processes: how many turn figures into pictures at once; a map takes a tenth of a second.
PICTURE_PROCESSES: Final = 1

#: pictures: how many may wait for their process; further requests are refused.
WAITING_PICTURES: Final = 20

#: seconds: how long a picture may take; longer than any map needs, also on a busy machine.
PICTURE_SECONDS: Final = 20

# Query engine

#: queries: how many may run in the light lanes, where every query starts; each lane has a worker
#: process ready.
LIGHT_LANES: Final = 3

#: seconds: processor time of a query in a light lane; most queries end within this time, so short
#: queries do not wait long for others.
LIGHT_LANE_SECONDS: Final = 0.25

#: seconds: how long a query may be in a light lane whatever processor time it gets; a busy machine
#: makes no short query a long one, and none waits long for a disk.
LIGHT_LANE_STAY_SECONDS: Final = 1.0

#: queries: how many may wait for a light lane, and as many questions of pages. Clients are served
#: in turn; if all of them use their full time in it, the last one waits 25 seconds.
LIGHT_QUEUE_LENGTH: Final = 200

#: queries: how many long queries may wait, suspended, until one of the `KG_WORKERS` heavy lanes is
#: free; each occupies a process and its memory. If the queue is full, the client with most queries
#: in it yields to one with fewer.
HEAVY_QUEUE_LENGTH: Final = 8

#: lanes: how many light lanes only questions of pages may use, and how many heavy lanes there are
#: for them in addition to `KG_WORKERS`; so a page never waits for queries of clients.
PAGE_LANES: Final = 1

#: seconds: how long a long query keeps its lane while its client does not read the response; longer
#: than pauses of the network, but short for waiting clients.
CLIENT_GRACE_SECONDS: Final = 0.1

#: responses: how many may wait, suspended, for clients that do not read on; each occupies a process
#: or a connection. A further one ends the response that has waited longest.
STALLED_RESPONSES: Final = 8

#: seconds: how long a client may read nothing of its response before the connection is closed.
STALL_TIMEOUT_SECONDS: Final = 120.0

#: seconds: how long a worker process may take to open its release, on a busy machine.
WORKER_START_SECONDS: Final = 30.0

#: bytes: size at which a response is cut off; clients that need more use LIMIT and OFFSET, or the
#: dumps.
RESPONSE_BYTES: Final = 2**30

# Columnar engine

#: look-ups: Oxigraph executes queries that look up fewer facts; it is done before the columnar
#: engine has started. Reading a fact beside another counts less.
COLUMNAR_MIN_LOOKUPS: Final = 300
#: look-ups: as many more for each triple pattern, since the columnar engine reads a table for each.
COLUMNAR_MIN_LOOKUPS_BY_PATTERN: Final = 75
#: MiB: with less memory per query the columnar engine is disabled; DuckDB needs more.
COLUMNAR_MIN_MEMORY_MIB: Final = 256
#: share: part of the memory of a query that DuckDB may use; the rest is for what it does not count.
COLUMNAR_MEMORY_SHARE: Final = 0.6
#: MB: memory of DuckDB while a build writes the columns, in addition to that of the store; further
#: data go to disk. Half as much was too little for the whole record on a busy machine.
COLUMNAR_BUILD_MEMORY_MB: Final = 3000

# Federation

#: characters: length of a query with SERVICE, which is parsed and rewritten by this service.
FEDERATED_QUERY_CHARACTERS: Final = 100_000

#: patterns and groups: number in a query with SERVICE; each is examined for each SERVICE clause.
FEDERATED_QUERY_NODES: Final = 500

#: SERVICE clauses: how many a query may have.
FEDERATED_QUERY_CLAUSES: Final = 20

#: nested brackets: depth of a query with SERVICE; its parser recurses for each.
FEDERATED_QUERY_BRACKETS: Final = 60

#: rows: number that all endpoints together may return for one query; they are inserted into it.
FEDERATED_QUERY_ROWS: Final = 100_000

#: seconds: how long all requests to other endpoints for one query may take.
FEDERATED_QUERY_SECONDS: Final = 180.0

#: seconds: how long values that can join are computed from all patterns that constrain a SERVICE
#: clause; after that only the patterns next to it are used.
JOIN_VALUES_SECONDS: Final = 5.0

#: bytes: size of the local result with the values that can join a SERVICE clause.
JOIN_VALUES_BYTES: Final = 32 * 2**20

#: requests: how many may wait for one endpoint; further ones are answered with 503.
ENDPOINT_QUEUE_LENGTH: Final = 100

#: requests: how many of one user may wait for one endpoint, so that no user can fill its queue.
ENDPOINT_QUEUE_LENGTH_PER_USER: Final = 20

#: seconds: how long a request may wait for an endpoint until it is answered with 503.
ENDPOINT_QUEUE_SECONDS: Final = 30.0

#: seconds: how long the gateway process may take to start.
GATEWAY_START_SECONDS: Final = 30.0

#: MiB: memory of the gateway process; queries and results reach their own limits long before.
GATEWAY_MEMORY_MIB: Final = 1024

#: characters: length of the Federation header of a response; proxies reject long headers.
FEDERATION_HEADER_CHARACTERS: Final = 4000

# Remote engine

#: seconds: interval between checks of the current release on the other server; a change there takes
#: effect here within this time.
RELEASE_CHECK_INTERVAL_SECONDS: Final = 3.0

#: seconds: how long each query of such a check may take; these queries are small, so a slower
#: server is unusable.
RELEASE_CHECK_TIMEOUT_SECONDS: Final = 10.0

#: seconds: how long all queries of such a check may take, also at the start.
RELEASE_CHECK_SECONDS: Final = 20.0

#: bytes: size of the response to such a query.
RELEASE_CHECK_BYTES: Final = 2**20

#: bytes: how much of a response may arrive without a result in it; more means that a term has no
#: end. Results are written in pieces of 8 KiB, which take up to half a MiB in XML.
UNCONVERTED_BYTES: Final = 2 * 2**20

#: seconds: how long a connection to the other server may take to open.
REMOTE_CONNECT_SECONDS: Final = 5.0

# SPARQL

#: levels: nesting of brackets in a query; parsers recurse, and several thousand levels would
#: overflow the stack of a process.
QUERY_BRACKETS: Final = 200

#: operators and clauses: number in a query, for the same reason.
QUERY_OPERATORS: Final = 2000

#: characters: length of a query that is considered for the columnar engine; parsing a longer one
#: costs more time than the engine may save.
PARSED_QUERY_MAX_CHARACTERS: Final = 20_000
#: levels: nesting of groups and expressions in a query that is considered for the columnar engine;
#: well below Python's recursion limit.
PARSED_QUERY_MAX_DEPTH: Final = 40

# RDF files

#: levels: nesting of triple terms, and of elements in RDF/XML, in a file for `kg validate`; the
#: parser recurses for the former and takes quadratic time for the latter.
RDF_DEPTH: Final = 1000

# Releases

#: releases: how many are kept on disk, including the current one; a server may still read an
#: earlier one, and an operator may return to it.
RELEASES_KEPT: Final = 3

#: seconds: how long after all files of the current release have been verified a running service
#: verifies them again; disks fail seldom, and all files of a large release are read.
RELEASE_VERIFICATION_SECONDS: Final = 86_400.0

#: seconds: how long after that it verifies them at the earliest because a query ended a process;
#: queries that use too much memory do so too, and must not cause constant reading.
RELEASE_VERIFICATION_PAUSE_SECONDS: Final = 600.0

#: bytes: size up to which a file is verified before a release is served, and not in the background:
#: large files have checksums of their own, which engines verify as they read.
VERIFIED_AT_ONCE_BYTES: Final = 2**20

#: memory: how much DuckDB may use to write Parquet files; the tables are streamed.
EXPORT_MEMORY: Final = "512MB"

#: seconds: how long a request of `kg publish` may take; one of them counts all triples.
PUBLISH_REQUEST_SECONDS: Final = 1800.0

#: attempts: how often `kg publish` sends a request again after the connection failed.
PUBLISH_RETRIES: Final = 3

#: seconds: how long `kg publish` waits before the first retry; each later wait is twice as long.
PUBLISH_RETRY_SECONDS: Final = 1.0

# Sources

#: bytes: size of a table (CSV), uncompressed; the UN Digital Library's largest one has 364 MB.
TABLE_BYTES: Final = 2 * 2**30

#: characters: length of a line of a table; a file without line ends would be read into memory as
#: a whole. The longest lines of the tables at hand have some thousand.
TABLE_LINE_CHARACTERS: Final = 2**20

#: times: how much larger than a compressed file (gzip, zip, R data) its content may be; a file of
#: 3 MB could expand to gigabytes. The tables of the sources expand up to 127 times.
EXPANSION_RATIO: Final = 250

#: bytes: size of content up to which that is not checked; small files expand more.
EXPANSION_UNCHECKED_BYTES: Final = 16 * 2**20

#: bytes: size of a verbatim record (PDF); the largest ones at hand have less than one MB.
RECORD_FILE_BYTES: Final = 64 * 2**20

#: pages: length of a verbatim record; long meetings have some sixty.
RECORD_PAGES: Final = 400

#: bytes: size of the decompressed content of an R data file (``.rda``); the largest one that a
#: source reads has about 100 MB, and a compressed file of 3 MB could expand to gigabytes.
R_DATA_BYTES: Final = 512 * 2**20

#: bytes: unpacked size of a part of a spreadsheet; a small archive may unpack to gigabytes. The
#: speakers of all General Debates take 3 MB.
SPREADSHEET_PART_BYTES: Final = 32 * 2**20

#: levels: nesting of lists and mappings in YAML: files of positions, whose entries need five, and
#: headers of saved queries. Aliases, which would multiply values, are not supported.
YAML_DEPTH: Final = 20

#: seconds: how long a download of a source waits for a connection, or for the next bytes.
DOWNLOAD_TIMEOUT_SECONDS: Final = 60.0

#: bytes: size of a file of documents (`dgacm`), uncompressed; the largest known has one twentieth.
DOCUMENT_FILE_BYTES: Final = 16 * 2**20


def as_markdown() -> str:
    """Return the tables of limits, one for each heading, for the documentation."""
    # The comments exist only in the source. Imported here, since nothing else needs these modules.
    import re  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    source = Path(__file__).read_text(encoding="utf-8")
    text = ""
    for section in re.split(r"^# ", source, flags=re.MULTILINE)[1:]:
        rows = ""
        for comment, name in re.findall(
            r"^((?:#: .*\n)+)([A-Z]\w*): Final", section, flags=re.MULTILINE
        ):
            unit, _, reason = comment.replace("\n#: ", " ").removeprefix("#: ").partition(": ")
            value, unit = _readable(globals()[name], unit)
            rows += f"| `{name}` | {value} | {unit} | {reason.strip()} |\n"
        if rows:
            heading = section.partition("\n")[0]
            text += f"\n### {heading}\n\n| name | value | unit | what it bounds and why |\n"
            text += f"|---|---|---|---|\n{rows}"
    return text


def _readable(value: float | str, unit: str) -> tuple[str, str]:
    """Return a value with its unit; bytes are converted to whole KiB, MiB or GiB."""
    if isinstance(value, str):
        return value, unit
    for factor, larger in ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if unit == "bytes" and value % factor == 0:
            return f"{value // factor:,}", larger
    return f"{value:,}", unit


def _write(page: str) -> None:
    """Write the tables into a page, between its two markers."""
    from pathlib import Path  # noqa: PLC0415

    before, begin, rest = Path(page).read_text(encoding="utf-8").partition("<!-- limits -->\n")
    _, end, after = rest.partition("\n<!-- end of limits -->\n")
    if not end:
        raise ValueError(f"{page} lacks the markers of the tables")
    Path(page).write_text(f"{before}{begin}{as_markdown()}{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    import sys

    for argument in sys.argv[1:]:
        _write(argument)
    if not sys.argv[1:]:
        print(as_markdown(), end="")
