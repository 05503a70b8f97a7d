"""One run writes a result folder at a time; the others are refused at once, and told by whom.

The lock is a file beside the folder that the system locks for as long as the process lives, so that
a killed run leaves it free. What stands in it (host, process, start, stage) is for people, and for
runs of another machine on a shared disk, whose life cannot be seen from here.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from gis.problems import OutputError, problem

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_UNSUPPORTED = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL}
_FAR = 1 << 30
"""Where Windows locks a byte: behind the record, which others must be able to read."""


@dataclass(frozen=True)
class FolderWriter:
    """Who writes a folder: host, process, start in UTC, and the random name of its stage."""

    host: str
    pid: int
    started: str
    stage: str


@contextmanager
def locked(folder: Path, stage: str) -> Iterator[None]:
    """Hold ``folder`` for this process until the block ends.

    Raises ``OutputError`` (``sinkatlas.output_in_use``) while another run holds it.
    """
    file = folder.with_name(f".{folder.name}.lock")
    handle = _opened(file, folder)
    try:
        writer = FolderWriter(socket.gethostname(), os.getpid(), _now(), stage)
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, json.dumps(asdict(writer)).encode())
        os.fsync(handle)
        yield
    finally:
        if os.name == "nt":  # Windows removes no open file
            os.close(handle)
            with contextlib.suppress(OSError):
                file.unlink()
        else:
            file.unlink(missing_ok=True)
            os.close(handle)


def _opened(file: Path, folder: Path) -> int:
    """The lock file, open and locked; it is the file of that name, not one just removed."""
    while True:
        handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _check_free(handle, file, folder)
            if os.name == "nt" or _is_same(handle, file):
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _check_free(handle: int, file: Path, folder: Path) -> None:
    is_ours = _lock(handle)
    text = _text(handle)
    before = _writer(text)
    is_left_behind = not text or (
        before is not None
        and before.host == socket.gethostname()
        and (is_ours or (is_ours is None and not _is_alive(before.pid)))
    )
    if is_ours is False or not is_left_behind:
        raise OutputError(
            problem(
                "sinkatlas.output_in_use", where=folder, lock=file,
                host=before.host if before else "?", pid=before.pid if before else "?",
                started=before.started if before else "?",
            )
        )  # fmt: skip


def _lock(handle: int) -> bool | None:
    """Whether the lock was free and is ours now; None where the file system knows no locks."""
    try:
        if sys.platform == "win32":
            os.lseek(handle, _FAR, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return None if error.errno in _UNSUPPORTED else False
    return True


def _text(handle: int) -> bytes:
    os.lseek(handle, 0, os.SEEK_SET)
    return os.read(handle, 4096)


def _writer(text: bytes) -> FolderWriter | None:
    try:
        told = json.loads(text)
        return FolderWriter(
            str(told["host"]), int(told["pid"]), str(told["started"]), told["stage"]
        )
    except (ValueError, TypeError, KeyError):
        return None


def _is_same(handle: int, file: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), file.stat())
    except FileNotFoundError:
        return False


def _is_alive(pid: int) -> bool:
    """Whether a process of this machine lives, asked only where locks cannot tell."""
    if os.name == "nt":
        return True  # signal 0 would end a Windows process
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
