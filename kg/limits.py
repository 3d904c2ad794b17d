"""The bounds of the service that operators may ask about: times, sizes, lengths of queues, rates.

Each constant has a comment ``#: unit: what it bounds, and why it has this value``; a heading is a
comment of one line, ``# Heading``. ``python -m kg.limits docs/reference/limits.md`` writes the
tables of that page; a test checks that they are current. What an operator can change is a setting
(``kg.settings``), not a limit.
"""

from __future__ import annotations

from typing import Final

# Command line

#: seconds: how long queries under way may go on after SIGTERM; a supervisor that waits the usual
#: 30 seconds before SIGKILL sees the server end by itself.
SHUTDOWN_GRACE_SECONDS: Final = 10

# HTTP service

#: bytes: how long the body of a request may be; queries with long VALUES fit, uploads do not.
REQUEST_BODY_BYTES: Final = 2 * 2**20

#: parameters: how many an address or a form may have; reading more would cost time, and no
#: operation takes nearly as many.
REQUEST_PARAMETERS: Final = 1000

#: bytes: how much memory each cache of responses takes, one of queries and one of pages; the least
#: recently used are dropped first.
RESPONSE_CACHE_BYTES: Final = 64 * 2**20

#: bytes: how long a response to a query may be to be cached; a longer one would push many out.
CACHED_RESPONSE_BYTES: Final = 2**20

#: queries: how many of all pages the engine executes at the same time; this leaves room for those
#: of the endpoint, and pages cannot fill the queue of long queries by themselves.
PAGE_QUERIES: Final = 4

#: queries: how many of all pages may wait; beyond that pages are answered with 503.
WAITING_PAGE_QUERIES: Final = 400

#: bytes: how long the result of a query may be for a page to be made of it.
PAGE_RESULT_BYTES: Final = 16 * 2**20

#: rows: how many of a result a page shows; downloads hold all of them.
PAGE_ROWS: Final = 500

#: changes: how many of those in a release a page, a feed or a document in RDF lists; the files of
#: the release hold all of them.
CHANGES_PER_PAGE: Final = 200

#: characters: how much of a graph in Turtle a page shows.
PAGE_GRAPH_CHARACTERS: Final = 100_000

#: queries: how many names one request may have reconciled; OpenRefine sends ten.
RECONCILIATION_QUERIES: Final = 200

#: candidates: how many are returned for each name that is reconciled, however many are requested.
RECONCILIATION_CANDIDATES: Final = 50

#: results: how many a search returns, however many are requested.
SEARCH_RESULTS: Final = 100

# Query engine

#: queries: how many may be in a light lane at the same time, where a query starts; a worker process
#: stands ready for each.
LIGHT_LANES: Final = 3

#: seconds: how long a query may compute in a light lane; most queries end within it, and a short
#: one waits no longer for others.
LIGHT_LANE_SECONDS: Final = 0.25

#: queries: how many may wait for a light lane; where all of them use their time in it, the last one
#: waits 17 seconds.
LIGHT_QUEUE_LENGTH: Final = 200

#: queries: how many long queries may wait, stopped, until one of the `KG_WORKERS` heavy lanes is
#: free; each holds a process and its memory.
HEAVY_QUEUE_LENGTH: Final = 8

#: seconds: how long a long query keeps its lane while its client takes no more of the response;
#: longer than the pauses of a network, short for those who wait.
CLIENT_GRACE_SECONDS: Final = 0.1

#: responses: how many may wait, stopped, for clients that do not read on; each holds a process or a
#: connection, and one more breaks off the response that has waited longest.
STALLED_RESPONSES: Final = 8

#: seconds: how long a client may take nothing of its response before it is broken off.
STALL_TIMEOUT_SECONDS: Final = 120.0

#: seconds: how long a worker process may take to open its release, on a machine with other work.
WORKER_START_SECONDS: Final = 30.0

#: bytes: how long a response may be before it is broken off; a client that wants more pages with
#: LIMIT and OFFSET, or takes the dumps.
RESPONSE_BYTES: Final = 2**30

# Columnar engine

#: facts: a query for which Oxigraph visits fewer is left to it; by then the columnar engine has
#: only begun.
COLUMNAR_MIN_FACTS: Final = 3000
#: MiB: with less memory for a query the columnar engine stays off; DuckDB could not work in it.
COLUMNAR_MIN_MEMORY_MIB: Final = 256
#: share: part of the memory of a query that DuckDB may use; the rest is for what it does not count.
COLUMNAR_MEMORY_SHARE: Final = 0.6
#: MB: memory of DuckDB while a build writes the columns, so that it fits beside the store; the rest
#: goes to disk. Half of it was too little for the whole record on a busy machine.
COLUMNAR_BUILD_MEMORY_MB: Final = 3000

# Federation

#: characters: the longest query with SERVICE; each is parsed here and rewritten.
FEDERATED_QUERY_CHARACTERS: Final = 100_000

#: patterns and groups: what a query with SERVICE may consist of; each is looked at for each clause.
FEDERATED_QUERY_NODES: Final = 500

#: SERVICE clauses: how many a query may have.
FEDERATED_QUERY_CLAUSES: Final = 20

#: nested brackets: how deep a query with SERVICE may nest; its parser calls itself for each.
FEDERATED_QUERY_BRACKETS: Final = 60

#: rows: what all endpoints together may answer to one query; the rows become part of its text.
FEDERATED_QUERY_ROWS: Final = 100_000

#: seconds: how long all requests to other endpoints for one query may take.
FEDERATED_QUERY_SECONDS: Final = 180.0

#: seconds: how long all that limits a SERVICE clause is searched for values that can join; after
#: that only the patterns next to it are.
JOIN_VALUES_SECONDS: Final = 5.0

#: bytes: the longest answer of the release with values that can join a SERVICE clause.
JOIN_VALUES_BYTES: Final = 32 * 2**20

#: requests: how many may wait for one endpoint; a further one is answered with 503.
ENDPOINT_QUEUE_LENGTH: Final = 100

#: requests: how many of one user may wait for one endpoint, so that one user cannot fill its queue.
ENDPOINT_QUEUE_LENGTH_PER_USER: Final = 20

#: seconds: how long a request may wait for an endpoint until it is answered with 503.
ENDPOINT_QUEUE_SECONDS: Final = 30.0

#: seconds: how long the gateway process may take to start.
GATEWAY_START_SECONDS: Final = 30.0

#: MiB: the memory of the gateway process; queries and answers are limited long before.
GATEWAY_MEMORY_MIB: Final = 1024

#: characters: the longest Federation header of an answer; proxies refuse long headers.
FEDERATION_HEADER_CHARACTERS: Final = 4000

# Remote engine

#: seconds: between two checks of which release is current on the other server; a switch there is
#: seen here within this time.
RELEASE_CHECK_INTERVAL_SECONDS: Final = 3.0

#: seconds: how long each query of such a check may take; they are small, so a server that takes
#: longer cannot be used.
RELEASE_CHECK_TIMEOUT_SECONDS: Final = 10.0

#: seconds: how long a connection to the other server may take to open.
REMOTE_CONNECT_SECONDS: Final = 5.0

# SPARQL

#: characters: length of a query that is considered for the columnar engine; parsing a longer one
#: takes longer than it may save.
PARSED_QUERY_MAX_CHARACTERS: Final = 20_000
#: levels: nesting of groups and expressions in a query that is considered for the columnar engine,
#: well below the recursion limit of Python.
PARSED_QUERY_MAX_DEPTH: Final = 40

# Releases

#: releases: how many stay on disk, the current one included; a server may still read an earlier
#: one, and an operator may return to it.
RELEASES_KEPT: Final = 3

#: memory: how much DuckDB may take to write Parquet files; the tables stream through it.
EXPORT_MEMORY: Final = "512MB"

#: seconds: how long a request of `kg publish` may take; the server counts all triples in one.
PUBLISH_REQUEST_SECONDS: Final = 1800.0

#: attempts: how often `kg publish` sends a request again after the connection failed.
PUBLISH_RETRIES: Final = 3

#: seconds: how long `kg publish` waits before the first of them; each later wait is twice as long.
PUBLISH_RETRY_SECONDS: Final = 1.0

# Building

# Sources

#: seconds: how long a download of a source waits for a connection, or for the next bytes.
DOWNLOAD_TIMEOUT_SECONDS: Final = 60.0


def as_markdown() -> str:
    """Return the tables of limits, one for each heading, for the documentation."""
    # Comments exist in the source only. Imported here, since nothing else needs these modules.
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
    """Return a value with its unit: whole KiB, MiB or GiB instead of bytes."""
    if isinstance(value, str):
        return value, unit
    for factor, larger in ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB")):
        if unit == "bytes" and value % factor == 0:
            return f"{value // factor:,}", larger
    return f"{value:,}", unit


def _write(page: str) -> None:
    """Write the tables into a page, between its two marks."""
    from pathlib import Path  # noqa: PLC0415

    before, begin, rest = Path(page).read_text(encoding="utf-8").partition("<!-- limits -->\n")
    _, end, after = rest.partition("\n<!-- end of limits -->\n")
    if not end:
        raise ValueError(f"{page} lacks the marks of the tables")
    Path(page).write_text(f"{before}{begin}{as_markdown()}{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    import sys

    for argument in sys.argv[1:]:
        _write(argument)
    if not sys.argv[1:]:
        print(as_markdown(), end="")
