"""Duration of ``kg build`` for the whole record, compared with ``oxigraph load`` of its quads."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from benchmarks.real_files import selectors
from benchmarks.servers import family, resident
from kg.release import release


@dataclass(frozen=True)
class Run:
    """The cost of a command and its descendants: seconds, processor seconds, peak MiB."""

    seconds: float
    processor: float
    peak: int

    def __str__(self) -> str:
        return f"{self.seconds:.0f} s ({self.processor:.0f} s of processors), {self.peak:,} MiB"


def compare(folder: Path, data: Path, program: str | None) -> None:
    """Build the release of every source in a folder, load its quads, and print the cost of both."""
    command = [sys.executable, "-m", "kg", "build", "--data", str(data), "--max-refused", "1"]
    for source in selectors(folder):
        command += ["--source", source]
    build = run(command)
    built = release.require_current(data)
    store = built.open_store()
    seconds = built.manifest().seconds
    print(f"`kg build` of {len(store):,} quads: {build}.\n")
    print("| step | seconds | share |\n|---|---|---|")
    for kind, taken in sorted(seconds.items(), key=lambda item: -item[1]):
        print(f"| {kind} | {taken:.0f} | {taken / build.seconds:.0%} |")
    if not program:
        return
    with tempfile.TemporaryDirectory(prefix="load-") as temporary:
        quads = Path(temporary) / "release.nq"
        store.dump(str(quads), ox.RdfFormat.N_QUADS)
        del store
        load = run([program, "load", "--location", f"{temporary}/store", "--file", str(quads)])
    unchecked = build.seconds - seconds["validate"]
    print(
        f"\n`oxigraph load` of the same quads: {load}; the build took "
        f"{build.seconds / load.seconds:.1f} times as long, and "
        f"{unchecked / load.seconds:.1f} times without the validation of events.\n"
    )


def run(command: list[str]) -> Run:
    """Run a command and measure it.

    Raises:
        subprocess.CalledProcessError: if it fails.
    """
    started, before, peak = time.monotonic(), _processor_seconds(), 0
    with subprocess.Popen(command, stdout=sys.stderr) as process:
        try:
            while process.poll() is None:
                peak = max(peak, sum(map(resident, family(process.pid))))
                time.sleep(0.1)
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Run(time.monotonic() - started, _processor_seconds() - before, peak)


def _processor_seconds() -> float:
    """Return the processor time of all children that have ended and their descendants."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
