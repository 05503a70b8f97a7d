"""Bands counted by the workers of a dask cluster (the optional extra ``cluster``).

Nothing here listens: the scheduler is the user's, and its address is taken as given. Whoever
reaches a scheduler can run code on its workers, so it belongs on ``127.0.0.1`` or behind
``tls://``; certificates are those of dask's own settings (``distributed.comm.tls``).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import CancelledError
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Any

from gis.problems import InputError, problem
from gis.reading import split_archive
from gis.zonal import Band, BandTally, RasterPlan, tally_band

TIMEOUT_S = 10
"""How long to wait for the scheduler, in seconds."""

RETRIES = 3
"""How often a band is tried again on another worker."""

PER_WORKER = 4
"""Bands handed to the cluster per thread of it, so that none of them waits for work."""

COMPARED = ("sinkatlas", "numpy", "numba", "shapely", "pyproj", "rasterio")
"""Packages whose versions must be the same on both sides, so that the bits are."""


class ClusterLostError(Exception):
    """The scheduler is gone; what was handed out before it went is counted and good."""


def by_cluster(
    plan: RasterPlan, numbers: Sequence[int], address: str
) -> Generator[tuple[int, BandTally], None, None]:
    """Count bands on the cluster at ``address``; tables come in the order of ``numbers``.

    Raises
    ------
    InputError
        What a worker's counting finds; ``gis.cluster_missing`` without dask.distributed,
        ``gis.cluster_unreachable``, ``gis.cluster_versions``, ``gis.cluster_files``,
        ``gis.workers_lost``.
    ClusterLostError
        The scheduler went away.
    """
    client = _client(address)
    try:
        _check_versions(client, address)
        _check_files(client, plan, address)
        yield from _counted(client, plan, numbers)
    except (CancelledError, OSError, TimeoutError) as error:
        raise ClusterLostError from error
    finally:
        with suppress(CancelledError, OSError, TimeoutError):
            client.close(timeout=TIMEOUT_S)


def _client(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError as error:
        raise InputError(problem("gis.cluster_missing", address)) from error
    try:
        connect: Any = Client  # typed where distributed is installed, unknown where it is not
        return connect(address, timeout=TIMEOUT_S)
    except (OSError, TimeoutError, ValueError) as error:
        raise InputError(problem("gis.cluster_unreachable", address)) from error


def library_versions() -> dict[str, str]:
    """Versions of the packages whose arithmetic is in the account."""
    found = {}
    for name in COMPARED:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "-"
    return found


def _check_versions(client: Any, address: str) -> None:
    """Refuse a cluster without workers, or whose workers are not what we are."""
    try:
        workers = client.run(library_versions)
    except (ImportError, AttributeError) as error:
        facts = {"differences": f"gis.executors.cluster: {error}"}
        raise InputError(problem("gis.cluster_versions", address, **facts)) from error
    if not workers:
        raise InputError(problem("gis.cluster_unreachable", address))
    own = library_versions()
    differences = sorted(
        {
            f"{name} {versions.get(name)} / {version}"
            for versions in workers.values()
            for name, version in own.items()
            if versions.get(name) != version
        }
    )
    if differences:
        facts = {"differences": ", ".join(differences)}
        raise InputError(problem("gis.cluster_versions", address, **facts))


def unseen_files(paths: Sequence[str]) -> list[str]:
    """Which files this process cannot open."""
    found = []
    for path in paths:
        try:
            with Path(path).open("rb"):
                pass
        except OSError:
            found.append(path)
    return found


def _check_files(client: Any, plan: RasterPlan, address: str) -> None:
    """Refuse a cluster whose workers do not see the rasters at the same paths."""
    bands: list[Band] = [*plan.classes, *plan.densities]
    paths = sorted({str(split_archive(each.path)[0] or each.path) for each in bands})
    unseen = {worker: files for worker, files in client.run(unseen_files, paths).items() if files}
    if unseen:
        worker, files = next(iter(unseen.items()))
        facts = {"worker": worker, "count": len(unseen), "files": ", ".join(files[:3])}
        raise InputError(problem("gis.cluster_files", address, **facts))


def _counted(
    client: Any, plan: RasterPlan, numbers: Sequence[int]
) -> Generator[tuple[int, BandTally], None, None]:
    from distributed import KilledWorker

    sent = client.scatter(plan, broadcast=True)
    ahead = PER_WORKER * max(1, sum(client.nthreads().values()))
    waiting: deque[tuple[int, Any]] = deque()
    try:
        for number in numbers:
            future = client.submit(
                tally_band, sent, number, pure=False, retries=RETRIES, priority=-number
            )
            waiting.append((number, future))
            if len(waiting) > ahead:
                done, oldest = waiting.popleft()
                yield done, oldest.result()
        while waiting:
            done, oldest = waiting.popleft()
            yield done, oldest.result()
    except KilledWorker as error:
        raise InputError(problem("gis.workers_lost", "", losses=RETRIES, exit_code="?")) from error
    finally:
        with suppress(CancelledError, OSError, TimeoutError):
            client.cancel([future for _, future in waiting])
