"""Progress of a build or an upload: shows each step while it runs, and measures its duration."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

#: Called with the number of items done since the last call.
Advance = Callable[[int], None]


class ProgressReporter:
    """Shows the current step on a console, and sums the seconds of each kind of step."""

    def __init__(self, console: Console) -> None:
        self.seconds: dict[str, float] = {}
        self._console = console

    @contextmanager
    def step(self, kind: str, text: str) -> Iterator[None]:
        """Show a step of unknown length."""
        with self._timed(kind), self._console.status(text):
            yield

    @contextmanager
    def counted(self, kind: str, text: str, total: int | None = None) -> Iterator[Advance]:
        """Show a step with the number of items done, their total and the remaining time."""
        bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=self._console,
        )
        with self._timed(kind), bar:
            task = bar.add_task(text, total=total)
            yield lambda number: bar.advance(task, number)
            completed = bar.tasks[task].completed
            bar.update(task, total=completed, completed=completed)

    def message(self, text: str) -> None:
        """Print a line that stays above the current step."""
        self._console.print(text, highlight=False, markup=False, emoji=False, soft_wrap=True)

    @contextmanager
    def _timed(self, kind: str) -> Iterator[None]:
        started = time.monotonic()
        try:
            yield
        finally:
            elapsed = time.monotonic() - started
            self.seconds[kind] = self.seconds.get(kind, 0.0) + elapsed
