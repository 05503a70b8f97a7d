"""Who counts the bands of a plan: threads, processes of this machine, or a cluster.

Whoever it is, the tables come back in the order of the bands, so that they are added in one order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from queue import SimpleQueue

from gis.executors.block_cache import block_cache
from gis.executors.engine import Engine
from gis.zonal import BandTally, Desk, RasterPlan, open_desk, room_for, tally_band

AHEAD = 2
"""Bands per thread that may wait for their turn to be added."""


@dataclass(frozen=True)
class Crew:
    """What a plan is counted by: ``engine`` says who, ``desk`` is the caller's own."""

    engine: Engine
    desk: Desk


def tallies(
    plan: RasterPlan, numbers: Sequence[int], crew: Crew
) -> Generator[tuple[int, BandTally], None, None]:
    """Count the bands ``numbers``, and hand out each with its table, in that order.

    Closing the iterator, as an exception in its loop does, ends the work.

    Raises
    ------
    InputError
        What counting finds; ``gis.cluster_unreachable``, ``gis.cluster_versions``,
        ``gis.workers_lost``.
    """
    opened = (*crew.desk.classes, *crew.desk.densities)
    room = room_for(plan, opened, crew.engine.thread_count, crew.engine.memory_bytes)
    if crew.engine.cluster:
        from gis.executors.cluster import ClusterLostError, by_cluster

        left = deque(numbers)
        try:
            for number, tally in by_cluster(plan, numbers, crew.engine.cluster):
                left.popleft()
                yield number, tally
        except ClusterLostError:  # the same bits, here and more slowly
            with block_cache(room.cache_bytes):
                yield from _by_threads(plan, left, room.threads, crew.desk)
    elif crew.engine.workers:
        from gis.executors.processes import by_processes

        yield from by_processes(plan, numbers, crew.engine.workers, room.cache_bytes)
    else:
        with block_cache(room.cache_bytes):
            yield from _by_threads(plan, numbers, room.threads, crew.desk)


def _by_threads(
    plan: RasterPlan, numbers: Sequence[int], threads: int, desk: Desk
) -> Generator[tuple[int, BandTally], None, None]:
    if threads == 1:
        for number in numbers:
            yield number, tally_band(plan, number, desk)
        return
    with ExitStack() as stack:
        desks: SimpleQueue[Desk] = SimpleQueue()
        desks.put(desk)
        for _ in range(threads - 1):
            another = open_desk(plan, like=desk)
            stack.callback(another.close)
            desks.put(another)
        pool = ThreadPoolExecutor(threads)
        stack.callback(pool.shutdown, wait=True, cancel_futures=True)
        waiting: deque[tuple[int, Future[BandTally]]] = deque()
        for number in numbers:
            waiting.append((number, pool.submit(_at_a_desk, plan, number, desks)))
            if len(waiting) > threads * AHEAD:
                done, future = waiting.popleft()
                yield done, future.result()
        while waiting:
            done, future = waiting.popleft()
            yield done, future.result()


def _at_a_desk(plan: RasterPlan, number: int, desks: SimpleQueue[Desk]) -> BandTally:
    desk = desks.get()
    try:
        return tally_band(plan, number, desk)
    finally:
        desks.put(desk)
