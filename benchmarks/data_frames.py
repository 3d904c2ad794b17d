"""A million rows into pandas and polars: our formats beside those of ``oxigraph serve``.

    python -m benchmarks.data_frames --data DIR [--rows 1000000]

Each result is read in one call, by a process of its own. The reader needs pandas, polars and
pyarrow; ``--python`` names an interpreter that has them, if this one has not. The processor time of
the server includes that of its workers, and the first request, which is not measured, warms it up.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from benchmarks.output import progress
from benchmarks.servers import Server, find_oxigraph, ours, oxigraph
from kg.release.release import require_current

#: Who took part in which vote, with its date and its votes in favour: two IRIs, a date, an integer.
_QUERY: Final = """PREFIX unv: <https://w3id.org/un-votes/ontology#>
SELECT ?event ?state ?date ?yes {{
  ?event unv:date ?date ; unv:yesCount ?yes .
  {{ ?event unv:inFavour ?state }} UNION {{ ?event unv:against ?state }}
  UNION {{ ?event unv:abstaining ?state }} UNION {{ ?event unv:nonVoting ?state }}
}} LIMIT {rows}"""
#: How each frame reads each format from an address in one call, and its own number of rows.
_CALLS: Final = {
    ("pandas", "arrow"): "pa.ipc.open_stream(urlopen(address)).read_pandas()",
    ("pandas", "parquet"): "pd.read_parquet(address)",
    ("pandas", "csv"): "pd.read_csv(address)",
    ("pandas", "tsv"): "pd.read_csv(address, sep='\\t', quoting=3)",
    ("pandas", "json"): "pd.json_normalize(json.load(urlopen(address))['results']['bindings'])",
    ("polars", "arrow"): "pl.read_ipc_stream(urlopen(address).read())",
    ("polars", "parquet"): "pl.read_parquet(urlopen(address).read())",
    ("polars", "csv"): "pl.read_csv(urlopen(address).read(), try_parse_dates=True)",
    ("polars", "tsv"): "pl.read_csv(urlopen(address).read(), separator='\\t', quote_char=None)",
    ("polars", "json"): "pl.DataFrame([{{n: t['value'] for n, t in row.items()}} for row in "
    "json.load(urlopen(address))['results']['bindings']])",
}
_READER: Final = """
import json, resource, time
from urllib.request import urlopen
import pandas as pd, polars as pl, pyarrow as pa, pyarrow.ipc, pyarrow.parquet
address, usage = {address!r}, resource.getrusage
before, memory = time.process_time(), usage(resource.RUSAGE_SELF).ru_maxrss
start = time.monotonic()
frame = {call}
print(json.dumps([time.monotonic() - start, time.process_time() - before,
                  (usage(resource.RUSAGE_SELF).ru_maxrss - memory) // 1024, len(frame)]))
"""
_TICKS: Final = os.sysconf("SC_CLK_TCK")


def _address(server: Server, query: str, name: str) -> str:
    # Oxigraph has no parameter for the format: its server takes only the header.
    return f"{server.url}?{urlencode({'query': query, 'format': name})}"


def _read(python: str, address: str, call: str, accept: str) -> list[float]:
    """Return the seconds, the processor seconds, the MiB and the rows of a reader."""
    code = _READER.format(address=address, call=call.replace("{{", "{").replace("}}", "}"))
    if accept:
        # Every call opens the address by urllib: a default header selects the format.
        code = (
            "import urllib.request as r; o = r.build_opener(); "
            f"o.addheaders = [('Accept', {accept!r})]; r.install_opener(o)\n{code}"
        )
    result = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    if result.returncode:
        raise SystemExit(f"the reader failed: {result.stderr.strip()[-500:]}")
    values: list[float] = json.loads(result.stdout)
    return values


def _size(address: str, accept: str) -> int:
    request = urllib.request.Request(address, headers={"Accept": accept} if accept else {})  # noqa: S310 - of this machine
    size = 0
    with urllib.request.urlopen(request) as response:  # noqa: S310 - of this machine
        while block := response.read(1 << 20):
            size += len(block)
    return size


_MEDIA_TYPES: Final = {
    "csv": "text/csv",
    "tsv": "text/tab-separated-values",
    "json": "application/sparql-results+json",
}


def _rows(server: Server, python: str, rows: int) -> Iterator[str]:
    query = _QUERY.format(rows=rows)
    for name in ("arrow", "parquet", "csv", "tsv", "json"):
        is_ours = server.name == "ours"
        if not is_ours and name not in _MEDIA_TYPES:
            continue
        accept = "" if is_ours else _MEDIA_TYPES[name]
        address = _address(server, query, name)
        _size(address, accept)
        before = server.ticks()
        size = _size(address, accept)
        seconds = (server.ticks() - before) / _TICKS
        cells = []
        for frame in ("pandas", "polars"):
            whole, reader, memory, count = _read(python, address, _CALLS[frame, name], accept)
            if count != rows:
                raise SystemExit(f"{server.name}, {name}: expected {rows:,} rows, found {count:,}")
            cells.append(f"{whole:.1f} | {reader:.1f} | {memory:,.0f}")
        progress(f"{server.name}, {name}")
        yield f"| {name}, {server.name} | {size / 1e6:,.1f} | {seconds:.1f} | {' | '.join(cells)} |"


def main() -> None:
    """Measure, and print the table in Markdown."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of a release")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--python", default=sys.executable, help="interpreter of the readers")
    options = parser.parse_args()
    program = find_oxigraph()
    lines: list[str] = []
    with ExitStack() as stack:
        server = stack.enter_context(ours(options.data, 600))
        lines += _rows(server, options.python, options.rows)
    if program:
        store = require_current(options.data).path / "store"
        with oxigraph(program, store, 600) as server:
            lines += _rows(server, options.python, options.rows)
    heads = ("format, server", "MB", "server, CPU s", *("pandas, s", "CPU s", "MiB"))
    print(f"| {' | '.join((*heads, 'polars, s', 'CPU s', 'MiB'))} |")
    print("|---|---|---|---|---|---|---|---|---|")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
