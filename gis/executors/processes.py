"""Bands counted by processes of this machine; a process that dies costs only its band.

A bare loop over pipes and not a pool of ``concurrent.futures``, which gives up all its work when
one of its processes is killed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from typing import Any

from gis.executors.block_cache import block_cache
from gis.problems import InputError, problem
from gis.zonal import BandTally, RasterPlan, open_desk, tally_band

MOST_LOSSES = 3
"""How many processes in a row may die over one band before the run gives up."""

AHEAD = 2
"""Finished bands per worker that may wait for their turn."""


def by_processes(
    plan: RasterPlan, numbers: Sequence[int], workers: int, cache_bytes: int
) -> Generator[tuple[int, BandTally], None, None]:
    """Count bands in ``workers`` processes; tables come in the order of ``numbers``.

    Raises
    ------
    InputError
        What a worker's counting finds; ``gis.workers_lost`` when a band kills every process.
    """
    state = _State(plan, cache_bytes, deque(numbers))
    try:
        for _ in range(min(workers, max(1, len(numbers)))):
            state.crew.append(_start(state))
        for number in numbers:
            while number not in state.done:
                _step(state, next_number=number, ahead=AHEAD * len(state.crew))
            yield number, state.done.pop(number)
    finally:
        for each in state.crew:
            each.pipe.close()
            each.process.terminate()
            each.process.join()


@dataclass
class _Worker:
    """A process, its pipe, and the band it counts, None while it is idle."""

    process: Any
    pipe: Connection
    number: int | None = None


@dataclass
class _State:
    plan: RasterPlan
    cache_bytes: int
    todo: deque[int]
    done: dict[int, BandTally] = field(default_factory=dict)
    crew: list[_Worker] = field(default_factory=list)
    losses: dict[int, int] = field(default_factory=dict)


def _start(state: _State) -> _Worker:
    """A new process; spawned, because threads and GDAL do not survive a fork."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(
        target=_work, args=(theirs, state.plan, state.cache_bytes), daemon=True
    )
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _step(state: _State, *, next_number: int, ahead: int) -> None:
    """Give idle workers a band, then wait until one of them answers or dies."""
    for worker in state.crew:
        if worker.number is not None or not state.todo:
            continue
        if len(state.done) >= ahead and state.todo[0] != next_number:
            continue
        worker.number = state.todo.popleft()
        try:
            worker.pipe.send(worker.number)
        except OSError:
            _lost(state, worker)
            return
    busy = [worker for worker in state.crew if worker.number is not None]
    for pipe in wait([worker.pipe for worker in busy]):
        worker = next(each for each in busy if each.pipe is pipe)
        try:
            answer = worker.pipe.recv()
        except (EOFError, OSError):
            _lost(state, worker)
            continue
        if isinstance(answer, BaseException):
            raise answer
        assert worker.number is not None
        state.done[worker.number] = answer
        worker.number = None


def _lost(state: _State, worker: _Worker) -> None:
    """Replace a dead worker; its band goes first."""
    number = worker.number
    assert number is not None
    worker.pipe.close()
    worker.process.join()
    state.losses[number] = state.losses.get(number, 0) + 1
    if state.losses[number] >= MOST_LOSSES:
        raise InputError(
            problem("gis.workers_lost", "", losses=MOST_LOSSES, exit_code=worker.process.exitcode)
        )
    state.todo.appendleft(number)
    state.crew[state.crew.index(worker)] = _start(state)


def _work(pipe: Connection, plan: RasterPlan, cache_bytes: int) -> None:
    """The life of a worker: band numbers in, tables out, until the pipe closes."""
    try:
        with block_cache(cache_bytes):
            desk = open_desk(plan)
            while True:
                pipe.send(tally_band(plan, pipe.recv(), desk))
    except EOFError:
        return
    except Exception as error:
        pipe.send(error)
