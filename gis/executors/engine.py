"""How an account is computed: threads, processes, cluster, memory. Nothing here changes a digit."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

MOST_THREADS = 8
"""Threads beyond which reading one file gains nothing."""


@dataclass(frozen=True)
class Engine:
    """Settings of the computation; every choice gives the same account, bit for bit.

    threads
        Threads of this process; None for one per processor, at most eight.
    workers
        Processes of this machine that count instead of threads; 0 for none.
    cluster
        Address of a dask scheduler (``tcp://host:8786``) whose workers count instead. They must
        see the rasters under the same paths and have the same versions of our libraries.
    memory_mib
        Memory that counting may take beyond the layers themselves, in MiB per process.
    partials
        Folder that keeps what is finished, so that an interrupted run can go on; None for none.
    """

    threads: int | None = None
    workers: int = 0
    cluster: str | None = None
    memory_mib: int = 1024
    partials: Path | None = None

    @property
    def thread_count(self) -> int:
        return self.threads or min(len(_processors()), MOST_THREADS)

    @property
    def memory_bytes(self) -> int:
        return self.memory_mib << 20


def _processors() -> range:
    """One number per processor that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return range(len(os.sched_getaffinity(0)))
    return range(os.cpu_count() or 1)
