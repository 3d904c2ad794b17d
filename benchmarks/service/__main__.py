"""How our SPARQL service does beside ``oxigraph serve-read-only`` on the same store.

    python -m benchmarks.service --data DIR [--short]

measures speed, what hostile load does to other clients, what the limits hold, and how soon answers
are back after a crash. It prints a table in Markdown on standard output and its progress on
standard error. Without the program ``oxigraph`` (``pip install oxigraph``) its column stays empty.
"""

from __future__ import annotations

import argparse
import functools
import os
import platform
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.output import Row, print_table, progress
from benchmarks.servers import Start, find_oxigraph, ours, oxigraph
from benchmarks.service.crashes import measure_crashes
from benchmarks.service.limits import measure_slow_client, measure_sort
from benchmarks.service.load import measure_load
from benchmarks.service.lookups import sample_lookups
from benchmarks.service.speed import measure_speed
from kg.release import release


@dataclass(frozen=True)
class Extent:
    """How long each measurement takes, in seconds, and how many rows the long answer has."""

    speed: float
    load: float
    slow: float
    rows: int


_FULL: Final = Extent(speed=2, load=300, slow=8, rows=5_000_000)
_SHORT: Final = Extent(speed=0.5, load=5, slow=1, rows=500_000)


def main() -> None:
    """Run all measurements and print the table, or what there is of it when interrupted."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.service", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="data folder")
    parser.add_argument("--short", action="store_true", help="five seconds of load, not 300")
    options = parser.parse_args()
    # A polite end must clean up as Ctrl-C does, and Ctrl-C in the background too.
    for polite in (signal.SIGINT, signal.SIGTERM):
        signal.signal(polite, signal.default_int_handler)
    rows: list[Row] = []
    try:
        measure_all(options.data.resolve(), _SHORT if options.short else _FULL, rows)
    except KeyboardInterrupt:
        progress("interrupted; the table is not complete")
        sys.exit(130)
    finally:
        print_table(rows)


def measure_all(data: Path, extent: Extent, rows: list[Row]) -> None:
    """Run every measurement; rows are added as they become known."""
    used = release.require_current(data)
    store = used.open_store()
    print(f"Release {used.name}, {len(store):,} triples; {platform.machine()}, ", end="")
    print(f"{os.cpu_count()} cores, load before {os.getloadavg()[0]:.1f}; ", end="")
    print(f"{extent.load:g} seconds of load for each server.\n", flush=True)
    lookups = sample_lookups(store)
    del store

    servers: list[Start] = [functools.partial(ours, data)]
    if program := find_oxigraph():
        servers.append(functools.partial(oxigraph, program, used.path / "store"))
    else:
        progress("oxigraph is not here (pip install oxigraph): measuring ours alone")
    measure_speed(servers, lookups, extent.speed, rows)
    measure_load(servers, lookups, extent.load, rows)
    measure_sort(servers, rows)
    measure_slow_client(servers, extent.rows, extent.slow, rows)
    measure_crashes(servers[0], lookups, rows)


if __name__ == "__main__":
    main()
