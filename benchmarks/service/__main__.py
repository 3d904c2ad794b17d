"""Our SPARQL service compared with ``oxigraph serve-read-only`` on the same store.

    python -m benchmarks.service --data DIR [--short]

measures speed, the effect of hostile load on other clients, the limits, and the recovery after a
crash. It prints a Markdown table to standard output and progress to standard error. Without the
program ``oxigraph`` (``pip install oxigraph``) its column stays empty.
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
    """The duration of each measurement in seconds, and the number of rows of the long answer."""

    speed: float
    load: float
    slow: float
    rows: int


_FULL: Final = Extent(speed=2, load=300, slow=8, rows=5_000_000)
_SHORT: Final = Extent(speed=0.5, load=5, slow=1, rows=500_000)


def main() -> None:
    """Run all measurements and print the table, also if interrupted."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.service", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="data folder")
    parser.add_argument("--short", action="store_true", help="five seconds of load instead of 300")
    options = parser.parse_args()
    # SIGTERM, and SIGINT in a background process, must clean up as Ctrl-C does.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    rows: list[Row] = []
    try:
        measure_all(options.data.resolve(), _SHORT if options.short else _FULL, rows)
    except KeyboardInterrupt:
        progress("interrupted; the table is not complete")
        sys.exit(130)
    finally:
        print_table(rows)


def measure_all(data: Path, extent: Extent, rows: list[Row]) -> None:
    """Run every measurement and add its rows when they are available."""
    used = release.require_current(data)
    store = used.open_store()
    print(f"Release {used.name}, {len(store):,} triples; {platform.machine()}, ", end="")
    print(f"{os.cpu_count()} cores, load before {os.getloadavg()[0]:.1f}; ", end="")
    print(f"{extent.load:g} seconds of load per server.\n", flush=True)
    lookups = sample_lookups(store)
    del store

    servers: list[Start] = [functools.partial(ours, data)]
    if program := find_oxigraph():
        servers.append(functools.partial(oxigraph, program, used.path / "store"))
    else:
        progress("oxigraph is not installed (pip install oxigraph): measuring only our server")
    measure_speed(servers, lookups, extent.speed, rows)
    measure_load(servers, lookups, extent.load, rows)
    measure_sort(servers, rows)
    measure_slow_client(servers, extent.rows, extent.slow, rows)
    measure_crashes(servers[0], lookups, rows)


if __name__ == "__main__":
    main()
