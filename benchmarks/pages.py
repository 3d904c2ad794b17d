"""Size, layout shift, processor time and response times of each kind of page.

    python -m benchmarks.pages --data DIR [--number 20]

starts the server on a release and requests pages one after another. Cold: a page that was not
rendered before, of resources spread over a class, with different parameters, or the one page of a
kind. Warm: the same address
again. The processor time is that of the server and its workers for a cold page. The reference page
is ``/search`` without a search term, which takes the same path through server and templates.

Then Chromium, without scripts and with an empty cache, loads one page of each kind: kilobytes and
requests of the page with its styles and images, and cumulative layout shift
(https://web.dev/articles/cls). Without a browser these columns are empty.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pyoxigraph as ox

from benchmarks.servers import Server, ours
from kg.limits import PREPARATION_INTERVAL_SECONDS
from kg.rdf.vocabulary import BASE, ORG, SKOS, UNV
from kg.release.release import require_current
from kg.sparql.saved_queries import library
from tests.support.browser import chromium, missing

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_KINDS = {
    "resolution": UNV.Resolution,
    "voting event": UNV.VotingEvent,
    "state": UNV.State,
    "vote": UNV.Vote,
    "topic": SKOS.Concept,
    "session": UNV.Session,
    "meeting": UNV.Meeting,
    "agenda item": UNV.AgendaItem,
    "draft": UNV.Draft,
    "speech": UNV.Speech,
    "group": UNV.Group,
    "regional group": UNV.RegionalGroup,
    "committee": UNV.Committee,
    "seat": UNV.Seat,
    "name of a state": UNV.StateName,
    "discrepancy": UNV.Discrepancy,
    "statement": UNV.Statement,
    "contact": UNV.DiplomaticContact,
    "proposal": UNV.Proposal,
    "point of a proposal": UNV.ProposalPoint,
    "paragraph": UNV.OperativeParagraph,
    "correspondence": UNV.Correspondence,
    "source": UNV.Source,
    "reported tally": UNV.ReportedTally,
    "membership": ORG.Membership,
    "agreement": UNV.AgreementObservation,
    "ideal point": UNV.IdealPointObservation,
    "yearly tally": UNV.YearlyTally,
}
#: States and topics of pages with parameters.
_STATES = (
    "CHN",
    "IND",
    "USA",
    "RUS",
    "GBR",
    "FRA",
    "DEU",
    "JPN",
    "BRA",
    "ZAF",
    "EGY",
    "NGA",
    "IRN",
    "ISR",
    "CUB",
    "POL",
    "SRB",
    "YEM",
    "MEX",
    "TUR",
)
_TOPICS = ("palestinian-conflict", "human-rights", "colonialism", "economic-development")
_PAGES = {
    "home": ["/"],
    "states": ["/states"],
    "topics": ["/topics"],
    "body": ["/body/GeneralAssembly", "/body/SecurityCouncil"],
    "votes": ["/votes", "/votes?page=40", "/votes?sort=against", "/votes?sort=margin&order=asc"],
    "votes of a state": [f"/votes?state={key}&position=against" for key in _STATES],
    "votes on a topic": [f"/votes?topic={topic}" for topic in _TOPICS],
    "votes of a state on a topic": [f"/votes?state=IND&topic={topic}" for topic in _TOPICS],
    "state on a topic": [f"/page/state/BRA?topic={topic}" for topic in _TOPICS],
    "references to a state": [f"/page/state/{key}?incoming=unv:castBy" for key in _STATES],
    "cohesion of a group": ["/page/agent/EU?cohesion=final-passage"],
    "compare": [f"/compare?states={','.join(_STATES[n : n + 3])}" for n in range(0, 18, 3)],
    "compare of six": [f"/compare?states={','.join(_STATES[n : n + 6])}" for n in range(0, 15, 3)],
    "proposals": ["/proposals"],
    "ideal points": ["/ideal-points", "/ideal-points?year=1980"],
    "maps": ["/maps"],
    "wrong numbers": ["/wrong-numbers"],
    "check": ["/check"],
    "about": ["/about"],
    "data set": ["/dataset"],
    "shapes": ["/graph/shapes"],
    "report": ["/graph/report"],
    "releases": ["/releases"],
    "changes": ["/changes"],
    "downloads": ["/dumps/"],
    "ontology": ["/ontology"],
    "queries": ["/queries"],
    "first queries": ["/first-queries"],
    "saved query": [
        f"/queries/{n}" for n, query in library().items() if "SERVICE" not in query.text
    ],
    "editor": ["/sparql"],
    "search, one symbol": ["/search?q=a/res/es-11/6"],
    "search, with errors": ["/search?q=disarmement+comitee"],
    "query as a chart": ["/queries/votes-by-year"],
    "query with a map": ["/queries/similar-voters"],
}
_EMPTY = "/search"
#: Resources of a class from which the sample is chosen.
_SAMPLE_SIZE = 20_000
#: Seconds: time limit of a query on the server.
_QUERY_TIMEOUT = 60
#: Seconds in which the server reads what pages share (``kg.web.pages.preparation``).
_PREPARATION_SECONDS = 3 * PREPARATION_INTERVAL_SECONDS


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
    return by_kind | _PAGES


@dataclass
class Times:
    """Seconds of the first and second responses, and processor seconds of the first ones."""

    cold: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Loaded:
    """What a browser loads for a page: kilobytes, requests, cumulative layout shift."""

    kilobytes: float
    requests: int
    layout_shift: float


def measure(client: httpx.Client, server: Server, paths: list[str]) -> Times:
    """Request pages one after another, each twice."""
    times = Times()
    for path in paths:
        used = _processor_seconds(server)
        for responses in (times.cold, times.warm):
            begun = time.perf_counter()
            client.get(path).raise_for_status()
            responses.append(time.perf_counter() - begun)
            if responses is times.cold:
                times.processor.append(_processor_seconds(server) - used)
    return times


def _processor_seconds(server: Server) -> float:
    """Return the processor seconds of the server and its workers, also of those that ended."""
    return server.ticks() / os.sysconf("SC_CLK_TCK")


def load(browser: Browser, address: str) -> Loaded:
    """Load a page without scripts and with an empty cache."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    session = context.new_cdp_session(page)
    lengths: list[float] = []
    shifts: list[float] = []

    def finished(event: dict[str, Any]) -> None:
        lengths.append(event["encodedDataLength"])

    def shifted(event: dict[str, Any]) -> None:
        shifts.append(event["event"]["layoutShiftDetails"]["value"])

    session.on("Network.loadingFinished", finished)
    session.on("PerformanceTimeline.timelineEventAdded", shifted)
    session.send("Network.enable")
    session.send("PerformanceTimeline.enable", {"eventTypes": ["layout-shift"]})
    page.goto(address, wait_until="networkidle")
    context.close()
    return Loaded(sum(lengths) / 1000, len(lengths), sum(shifts))


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
    pages = {"empty": [_EMPTY], **pages}
    with ours(arguments.data, _QUERY_TIMEOUT) as server, ExitStack() as stack:
        address = f"http://127.0.0.1:{server.port}"
        headers = {"Accept": "text/html", "Accept-Encoding": "gzip"}
        client = stack.enter_context(httpx.Client(base_url=address, headers=headers, timeout=120))
        browser = None if missing() else stack.enter_context(chromium())
        time.sleep(_PREPARATION_SECONDS)
        measure(client, server, [_EMPTY])
        print(
            "| page | kB | requests | layout shift | cold p95, ms | cold median, ms | "
            "processor, median ms | warm p95, ms |"
        )
        print("|---|---|---|---|---|---|---|---|")
        for name, paths in pages.items():
            times = measure(client, server, paths)
            sizes = "– | – | –"
            if browser:
                loaded = load(browser, address + paths[0])
                sizes = f"{loaded.kilobytes:.0f} | {loaded.requests} | {loaded.layout_shift:.3f}"
            print(
                f"| {name} | {sizes} | {1000 * p95(times.cold):.0f} | "
                f"{1000 * statistics.median(times.cold):.0f} | "
                f"{1000 * statistics.median(times.processor):.0f} | {1000 * p95(times.warm):.1f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
