"""Progress for a person at a terminal: a bar on stderr, only for work that takes over a second."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress as Bar, TaskID

from gis.progress import Progress

PATIENCE_SECONDS = 1.0


@contextmanager
def progress_bar() -> Iterator[Progress]:
    """Yield a progress callback that draws nothing until a second has passed."""
    bar = Bar(console=Console(stderr=True), transient=True)
    tasks: dict[str, TaskID] = {}
    started = time.monotonic()

    def show(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = bar.add_task(stage, total=total)
        bar.update(tasks[stage], completed=done, total=total)
        if not bar.live.is_started and time.monotonic() - started > PATIENCE_SECONDS:
            bar.start()

    try:
        yield show
    finally:
        if bar.live.is_started:
            bar.stop()
