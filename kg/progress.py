"""The steps of a build: shown while they run, and how long each took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

#: Is told how many more are done.
Advance = Callable[[int], None]


class Steps:
    """Shows the step that runs on a console, and keeps the seconds of each kind of step."""

    def __init__(self, console: Console) -> None:
        self.seconds: dict[str, float] = {}
        self._console = console

    @contextmanager
    def step(self, kind: str, text: str) -> Iterator[None]:
        """Show a step whose length is not known."""
        with self._timed(kind), self._console.status(text):
            yield

    @contextmanager
    def counted(self, kind: str, text: str, total: int | None = None) -> Iterator[Advance]:
        """Show a step with the number done, the number to do and the time left."""
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
            done = bar.tasks[task].completed
            bar.update(task, total=done, completed=done)

    def say(self, text: str) -> None:
        """Print a line that stays."""
        self._console.print(text, highlight=False, markup=False, emoji=False, soft_wrap=True)

    @contextmanager
    def _timed(self, kind: str) -> Iterator[None]:
        started = time.monotonic()
        try:
            yield
        finally:
            taken = time.monotonic() - started
            self.seconds[kind] = self.seconds.get(kind, 0.0) + taken
