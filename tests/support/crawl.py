"""A crawl over HTTP: every IRI under the base answers in three formats with the same content.

    python -m tests.support.crawl http://127.0.0.1:8000 DATA_FOLDER [--sample N] [--random N]

It requests every IRI of the release or, with a sample, a number of each kind (votes, states).
"""

from __future__ import annotations

import argparse
import html
import random
import re
import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
import pyoxigraph as ox

from benchmarks.output import progress
from kg.rdf.vocabulary import BASE, RDF, SCHEMA
from kg.release.release import require_current
from kg.release.store import solutions

_SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
_LINK = re.compile(r'(?:href|src|action|formaction)="([^"]*)"')
#: Maximum number of links of each kind to follow that are no IRIs: pages, citations, files, and
#: other views of pages (next lists, comparisons).
_MAX_LINKS = 12
#: Kinds of which every IRI would have a kind of its own.
_LISTS = {"queries", "dataset"}


@dataclass
class Crawled:
    """The result of a crawl: numbers of resources and requests, links, and errors."""

    things: int = 0
    requests: int = 0
    links: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)


def iris(data: Path, sample: int | None) -> list[str]:
    """Return all IRIs under the base in the current release, subjects or not."""
    store = require_current(data).open_store()
    named = {
        term.value.partition("#")[0]
        for place in ("?term ?p ?o", "?s ?term ?o", "?s ?p ?term")
        for (term,) in solutions(store, f"SELECT DISTINCT ?term {{ {place} }}")
        if isinstance(term, ox.NamedNode) and term.value.startswith(BASE)
    }
    named |= {BASE + f"graph/{name}" for name in ("ontology", "shapes", "report")}
    kinds: dict[str, list[str]] = defaultdict(list)
    for iri in sorted(named):
        kinds[_kind(iri.removeprefix(BASE))].append(iri)
    chosen = []
    for several in kinds.values():
        few = sample is not None and len(several) > sample
        chosen += random.Random(7).sample(several, sample or 0) if few else several
    return chosen


def _kind(path: str) -> str:
    """Return the kind of a path, its first two steps: id/vote of id/vote/A-RES-68-262/IND."""
    first, _, rest = path.partition("/")
    return first if first in _LISTS else f"{first}/{rest.partition('/')[0]}"


def typed(data: Path) -> list[str]:
    """Return the IRIs of all resources with a class; for a large release this is much faster."""
    kind = ox.NamedNode(RDF.type)
    quads = (
        require_current(data).open_store().quads_for_pattern(None, kind, None, ox.DefaultGraph())
    )
    subjects = {quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode)}
    return sorted(iri for iri in subjects if iri.startswith(f"{BASE}id/"))


def crawl(address: str, iris_to_ask: list[str]) -> Crawled:
    """Request resources in HTML, Turtle and JSON-LD, compare them, and follow internal links.

    Of the links of each kind, those with a query string apart, a sample is followed.
    """
    crawled = Crawled()
    answered: set[str] = set()
    with httpx.Client(base_url=address, timeout=120, follow_redirects=True) as client:
        with ThreadPoolExecutor(4) as pool:
            for resource in pool.map(lambda iri: _check_resource(client, iri), iris_to_ask):
                crawled.things += 1
                crawled.requests += resource.requests
                crawled.wrong += resource.wrong
                crawled.links |= resource.links
                answered |= resource.answered
                if crawled.things % 5_000 == 0:
                    progress(
                        f"{crawled.things:,} of {len(iris_to_ask):,}, {len(crawled.wrong)} wrong"
                    )
        paths = {link.partition("#")[0] for link in crawled.links}
        kinds: dict[tuple[str, bool], list[str]] = defaultdict(list)
        for path in sorted(paths - answered):
            kinds[_kind(urlsplit(path).path.lstrip("/")), "?" in path].append(path)
        todo = [
            path
            for links in kinds.values()
            for path in random.Random(7).sample(links, min(len(links), _MAX_LINKS))
        ]
        with ThreadPoolExecutor(4) as pool:
            for wrong_link in pool.map(lambda path: _follow(client, path), todo):
                crawled.requests += 1
                crawled.wrong += wrong_link
    return crawled


@dataclass
class _CheckedResource:
    """The checks of one resource: errors, its links, and the paths that answered."""

    requests: int = 0
    wrong: list[str] = field(default_factory=list)
    links: set[str] = field(default_factory=set)
    answered: set[str] = field(default_factory=set)


def _check_resource(client: httpx.Client, iri: str) -> _CheckedResource:
    path = "/" + iri.removeprefix(BASE)
    resource, answers = _CheckedResource(), {}
    for accept in ("text/html", "text/turtle", "application/ld+json"):
        answer = _get(client, path, accept)
        resource.requests += 1 + len(answer.history)
        kind = answer.headers.get("content-type", "").partition(";")[0]
        if answer.status_code != 200 or kind != accept:
            resource.wrong.append(f"{path} as {accept}: {answer.status_code} {kind}")
            return resource
        resource.answered.add(answer.url.path)
        answers[accept] = answer
    page = answers["text/html"]
    turtle = _triples(answers["text/turtle"].content, ox.RdfFormat.TURTLE)
    if _triples(answers["application/ld+json"].content, ox.RdfFormat.JSON_LD) != turtle:
        resource.wrong.append(f"{path}: JSON-LD and Turtle differ")
    embedded = _SCRIPT.search(page.text)
    if embedded:
        embedded_triples = _triples(embedded[1].encode(), ox.RdfFormat.JSON_LD)
        facts = {
            triple for triple in embedded_triples if not any(SCHEMA.iri in part for part in triple)
        }
        if facts != {triple for triple in turtle if not any(SCHEMA.iri in part for part in triple)}:
            resource.wrong.append(f"{path}: the page's JSON-LD and Turtle differ")
    links = {html.unescape(link) for link in _LINK.findall(page.text)}
    base = str(page.url)
    targets = {urlsplit(urljoin(base, link)) for link in links}
    host = urlsplit(base).netloc
    resource.links = {
        f"{u.path}?{u.query}" if u.query else u.path for u in targets if u.netloc == host
    }
    return resource


def _get(client: httpx.Client, path: str, accept: str) -> httpx.Response:
    try:
        return client.get(path, headers={"Accept": accept})
    except (httpx.ReadError, httpx.RemoteProtocolError):
        # The server may close an idle connection at the moment it is reused.
        return client.get(path, headers={"Accept": accept})


def _triples(content: bytes, written_in: ox.RdfFormat) -> set[tuple[str, ...]]:
    """Return triples as texts, in which all blank nodes (of the ontology) look the same."""
    triples = set()
    for quad in ox.parse(content, format=written_in):
        parts = (quad.subject, quad.predicate, quad.object)
        triples.add(tuple("_:" if isinstance(p, ox.BlankNode) else str(p) for p in parts))
    return triples


def _follow(client: httpx.Client, path: str) -> list[str]:
    answer = _get(client, path, "text/html")
    # Dumps may be withheld with a 403.
    return [] if answer.status_code in {200, 403} else [f"link {path}: {answer.status_code}"]


def main() -> int:
    """Crawl and print the result; return 1 if there were errors."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("address")
    parser.add_argument("data", type=Path)
    parser.add_argument("--sample", type=int, help="number of IRIs of each kind")
    parser.add_argument("--random", type=int, help="number of random IRIs of the whole release")
    arguments = parser.parse_args()
    if arguments.random:
        chosen = random.Random(11).sample(typed(arguments.data), arguments.random)
    else:
        chosen = iris(arguments.data, arguments.sample)
    crawled = crawl(arguments.address, chosen)
    counts = f"{crawled.things:,} IRIs in three formats, {crawled.requests:,} requests"
    sys.stdout.write(f"{counts}, {len(crawled.links):,} internal links\n")
    sys.stdout.write("".join(f"  {line}\n" for line in crawled.wrong[:50]))
    sys.stdout.write(f"{len(crawled.wrong)} wrong\n")
    return int(bool(crawled.wrong))


if __name__ == "__main__":
    sys.exit(main())
