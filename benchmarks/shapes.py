"""The cost of each SHACL shape of events.

    python -m benchmarks.shapes --data DIR [--events N]

validates a sample of events spread over a release, in batches, with pySHACL only, and prints a
Markdown table with the share of the time and the microseconds per vote of each shape; then it
validates them with the compiled forms of the shapes, as a build does.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
from pyshacl.shape import Shape

from benchmarks.output import progress
from kg.pipeline.compiled_validation import CompiledValidator
from kg.pipeline.event_facts import BATCH_EVENTS
from kg.pipeline.event_validation import event_context, in_context
from kg.pipeline.validation import EVENT_SHAPES, validate
from kg.rdf.vocabulary import PREFIXES
from kg.release import release

#: Data that the shapes of events need besides the event: types of states, sessions and so on.
_CONTEXT: Final = """CONSTRUCT { ?thing ?property ?value } {
  ?thing a ?type ; ?property ?value
  VALUES ?type { unv:State unv:Session unv:Meeting unv:Source skos:Concept org:Membership }
  VALUES ?property { rdf:type unv:seat unv:admitted unv:memberUntil org:member unv:from unv:until }
}"""
_EVENTS: Final = "SELECT ?event { ?event a unv:VotingEvent ; unv:yesCount ?count } ORDER BY ?event"
_EVENT: Final = """CONSTRUCT { ?thing ?property ?value } {
  { SELECT ?thing { { VALUES ?thing { $event } } UNION { ?thing unv:event $event }
      UNION { $event unv:decides ?thing } } }
  ?thing ?property ?value
}"""


class Clock:
    """Adds up the time of the outermost shapes within its context."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._validate: Callable[..., Any] = Shape.validate
        self._inside = False

    def __enter__(self) -> Clock:
        validate, clock = self._validate, self

        def timed(shape: Shape, *args: Any, **kwargs: Any) -> Any:
            if clock._inside:
                return validate(shape, *args, **kwargs)
            clock._inside, started = True, time.perf_counter()
            try:
                return validate(shape, *args, **kwargs)
            finally:
                clock._inside = False
                name = str(shape.node).rpartition("#")[2]
                clock.seconds[name] += time.perf_counter() - started

        setattr(Shape, "validate", timed)  # noqa: B010 - a method is replaced
        return self

    def __exit__(self, *_: object) -> None:
        setattr(Shape, "validate", self._validate)  # noqa: B010


def batches(store: ox.Store, events: int) -> Iterator[str]:
    """Yield the N-Triples of events spread over a store, in batches of the size used in builds."""
    solutions = store.query(_EVENTS, prefixes=PREFIXES)
    assert isinstance(solutions, ox.QuerySolutions)
    names = [str(row["event"]) for row in solutions]
    chosen = names[:: max(len(names) // events, 1)]
    for start in range(0, len(chosen), BATCH_EVENTS):
        batch = chosen[start : start + BATCH_EVENTS]
        yield "".join(_construct(store, _EVENT.replace("$event", event)) for event in batch)


def _construct(store: ox.Store, query: str) -> str:
    triples = store.query(query, prefixes=PREFIXES)
    assert isinstance(triples, ox.QueryTriples)
    return "".join(f"{triple} .\n" for triple in triples)


def main() -> None:
    """Validate the events and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.shapes", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="data folder")
    parser.add_argument(
        "--events", type=int, default=200, metavar="N", help="number of events (default: 200)"
    )
    options = parser.parse_args()
    store = release.require_current(options.data.resolve()).open_store()
    context = event_context(_construct(store, _CONTEXT).splitlines(keepends=True))
    texts = list(batches(store, options.events))
    votes = sum(text.count("#castBy> ") for text in texts)
    triples = sum(text.count(" .\n") for text in texts)
    progress(f"{votes:,} votes, {triples:,} triples in {len(texts)} batches")
    started = time.perf_counter()
    with Clock() as clock:
        for text in texts:
            validate(in_context(text, context), EVENT_SHAPES)
    taken = time.perf_counter() - started
    validator, started = CompiledValidator(EVENT_SHAPES), time.perf_counter()
    for text in texts:
        validator.validate(in_context(text, context))
    compiled = time.perf_counter() - started
    print(f"{taken * 1e6 / triples:.0f} microseconds per triple, one process.\n")
    print("| shape | share of the time | microseconds per vote |\n|---|---|---|")
    longest_first = sorted(clock.seconds.items(), key=lambda item: -item[1])
    rows = {name: seconds for name, seconds in longest_first if seconds > taken / 200}
    within = sum(clock.seconds.values())
    rows["all other shapes"] = within - sum(rows.values())
    rows["outside shapes: parsing, and finding target nodes"] = taken - within
    for name, seconds in rows.items():
        print(f"| {name} | {seconds / taken:.1%} | {seconds * 1e6 / votes:.1f} |")
    print(
        f"\nWith compiled forms: {compiled * 1e6 / triples:.1f} microseconds per triple, "
        f"{compiled / taken:.1%} of the time."
    )


if __name__ == "__main__":
    main()
