"""Progress for people: a bar on a terminal, lines in a log; only for work over a second."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.progress import Progress as Bar, TaskID

from gis.problems import Language
from gis.progress import Progress

PATIENCE_SECONDS = 1.0

STAGES: dict[str, dict[Language, str]] = {
    "fetch": {"zh": "取远程栅格", "en": "Fetching rasters"},
    "read": {"zh": "读取图层", "en": "Reading layers"},
    "cover": {"zh": "划分图斑", "en": "Dividing the ground"},
    "raster": {"zh": "统计栅格", "en": "Counting rasters"},
    "lines": {"zh": "量算线状图层", "en": "Measuring lines"},
    "evaluate": {"zh": "计算指标", "en": "Computing indicators"},
    "compare": {"zh": "重算组合", "en": "Running the mixes"},
    "write": {"zh": "写出成果", "en": "Writing results"},
}
"""Stages in a reader's words; one that is not listed shows by its key."""


@contextmanager
def shown_progress(language: Language, stream: TextIO | None = None) -> Iterator[Progress]:
    """Yield a progress callback that shows itself on ``stream``, stderr unless given."""
    chosen = sys.stderr if stream is None else stream
    if chosen.isatty():
        with _bar(language, chosen) as show:
            yield show
    else:
        yield _lines(language, chosen)


def _title(stage: str, language: Language) -> str:
    return STAGES[stage][language] if stage in STAGES else stage


@contextmanager
def _bar(language: Language, stream: TextIO) -> Iterator[Progress]:
    """A bar that draws nothing until a second has passed."""
    bar = Bar(console=Console(file=stream), transient=True)
    tasks: dict[str, TaskID] = {}
    started = time.monotonic()

    def show(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = bar.add_task(_title(stage, language), total=total)
        bar.update(tasks[stage], completed=done, total=total)
        if not bar.live.is_started and time.monotonic() - started > PATIENCE_SECONDS:
            bar.start()

    try:
        yield show
    finally:
        if bar.live.is_started:
            bar.stop()


def _lines(language: Language, stream: TextIO) -> Progress:
    """A line for each stage that is done, in work that has taken over a second."""
    started = time.monotonic()

    def show(stage: str, done: int, total: int) -> None:
        seconds = time.monotonic() - started
        if done == total and seconds > PATIENCE_SECONDS:
            stream.write(f"[{seconds:5.1f} s] {_title(stage, language)}: {done}/{total}\n")
            stream.flush()

    return show
