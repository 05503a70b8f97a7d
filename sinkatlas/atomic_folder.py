"""A result folder appears whole or not at all.

Files are written into a sibling folder, flushed to disk, and the folder is renamed at the end. A
killed run leaves the earlier results untouched and at most a ``.stage`` folder, which the next run
removes.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gis.problems import OutputError, problem

RECORD = "run.json"
"""The file that marks a folder as one of our result folders."""


@contextmanager
def published(folder: Path) -> Iterator[Path]:
    """Yield a staging folder; on success it becomes ``folder``, on failure it is removed.

    Raises ``OutputError`` when ``folder`` holds something that is not a result folder, or when it
    cannot be written (disk full, no permission, a file open in another program).
    """
    folder = folder.resolve()
    if folder.exists() and not _is_replaceable(folder):
        raise OutputError(problem("sinkatlas.output_not_ours", where=folder))
    stage = folder.with_name(f".{folder.name}.stage-{os.getpid()}")
    try:
        _remove_stale(folder)
        stage.mkdir(parents=True)
        yield stage
        _flush(stage)
        _switch(stage, folder)
    except OSError as error:
        raise OutputError(
            problem("sinkatlas.output_unwritable", where=folder, detail=error.strerror or error)
        ) from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _is_replaceable(folder: Path) -> bool:
    return folder.is_dir() and (not any(folder.iterdir()) or (folder / RECORD).is_file())


def _remove_stale(folder: Path) -> None:
    """Remove stages of runs that no longer live, and finish a switch that was cut in the middle."""
    retired = folder.with_name(f".{folder.name}.retired")
    if retired.exists():
        if folder.exists():
            shutil.rmtree(retired)
        else:
            retired.rename(folder)
    for stage in folder.parent.glob(f".{folder.name}.stage-*"):
        if not _is_alive(stage.name.rpartition("-")[2]):
            shutil.rmtree(stage, ignore_errors=True)


def _is_alive(pid: str) -> bool:
    if not pid.isdigit():
        return False
    if os.name == "nt":
        return True  # signal 0 would end a Windows process; leaving a folder behind is harmless
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _flush(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb+") as stream:
                os.fsync(stream.fileno())


def _switch(stage: Path, folder: Path) -> None:
    if not folder.exists():
        stage.rename(folder)
        return
    retired = folder.with_name(f".{folder.name}.retired")
    folder.rename(retired)
    stage.rename(folder)
    shutil.rmtree(retired, ignore_errors=True)
