"""Response times of each kind of page, cold and warm, compared with a page without queries.

    python -m benchmarks.pages --data DIR [--number 20]

starts the server on a release and requests pages one after another. Cold: a page that was not
rendered before, of resources spread over a class. Warm: the same address again. The reference page
is ``/search`` without a search term, which takes the same path through server and templates.
"""

from __future__ import annotations

import argparse
import statistics
import time
from itertools import islice
from pathlib import Path

import httpx
import pyoxigraph as ox

from benchmarks.servers import ours
from kg.rdf.vocabulary import BASE, ORG, SKOS, UNV
from kg.release.release import require_current

_KINDS = {
    "resolution": UNV.Resolution,
    "voting event": UNV.VotingEvent,
    "state": UNV.State,
    "vote": UNV.Vote,
    "topic": SKOS.Concept,
    "session": UNV.Session,
    "meeting": UNV.Meeting,
    "discrepancy": UNV.Discrepancy,
    "statement": UNV.Statement,
    "source": UNV.Source,
    "membership": ORG.Membership,
    "agreement": UNV.AgreementObservation,
}
_PAGES = {
    "home": "/",
    "states": "/states",
    "topics": "/topics",
    "body": "/body/GeneralAssembly",
    "proposal": "/page/proposal/china-12-point",
    "ontology": "/ontology",
    "queries": "/queries",
    "editor": "/sparql",
    "compare": "/compare?states=CHN,IND,USA",
    "search, one symbol": "/search?q=a/res/es-11/6",
    "search, with errors": "/search?q=disarmement+comitee",
    "query as a chart": "/queries/votes-by-year",
    "query with a map": "/queries/similar-voters",
}
_EMPTY = "/search"
#: Resources of a class from which the sample is chosen.
_SAMPLE_SIZE = 20_000
#: Seconds: time limit of a query on the server.
_QUERY_TIMEOUT = 60


def addresses(data: Path, number: int) -> dict[str, list[str]]:
    """Return addresses of pages by kind: ``number`` resources of each class, spread evenly."""
    store = require_current(data).open_store()
    by_kind = {}
    for name, kind in _KINDS.items():
        quads = store.quads_for_pattern(
            None, ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"),
            ox.NamedNode(kind), ox.DefaultGraph(),
        )  # fmt: skip
        first = islice((quad.subject for quad in quads), _SAMPLE_SIZE)
        iris = [subject.value for subject in first if isinstance(subject, ox.NamedNode)]
        spread = sorted(iris)[:: max(len(iris) // number, 1)][:number]
        by_kind[name] = [iri.replace(f"{BASE}id/", "/page/") for iri in spread]
    return by_kind | {name: [path] * number for name, path in _PAGES.items()}


def measure(client: httpx.Client, paths: list[str]) -> tuple[list[float], list[float], int]:
    """Return the seconds of the first and second responses, and the longest body in bytes."""
    cold: list[float] = []
    warm: list[float] = []
    longest = 0
    for turn, path in enumerate(paths):
        # The server caches pages by address; a new address is rendered again.
        fresh = f"{path}{'&' if '?' in path else '?'}turn={turn}"
        for times in (cold, warm):
            begun = time.perf_counter()
            answer = client.get(fresh)
            times.append(time.perf_counter() - begun)
            answer.raise_for_status()
            longest = max(longest, int(answer.headers["content-length"]))
    return cold, warm, longest


def p95(times: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]


def main() -> None:
    """Measure, and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, add_help=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--number", type=int, default=20)
    arguments = parser.parse_args()
    pages = addresses(arguments.data, arguments.number)
    with ours(arguments.data, _QUERY_TIMEOUT) as server:
        headers = {"Accept": "text/html", "Accept-Encoding": "gzip"}
        with httpx.Client(
            base_url=f"http://127.0.0.1:{server.port}", headers=headers, timeout=120
        ) as client:
            measure(client, [_EMPTY] * 3)
            empty_cold, empty_warm, _ = measure(client, [_EMPTY] * arguments.number)
            print("| page | kB sent | cold p95, ms | ÷ empty | warm p95, ms | ÷ empty |")
            print("|---|---|---|---|---|---|")
            for name, paths in {"empty": [_EMPTY] * arguments.number, **pages}.items():
                cold, warm, longest = measure(client, paths)
                print(
                    f"| {name} | {longest / 1000:.0f} | {1000 * p95(cold):.1f} | "
                    f"{p95(cold) / p95(empty_cold):.1f} | {1000 * p95(warm):.1f} | "
                    f"{p95(warm) / p95(empty_warm):.1f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
