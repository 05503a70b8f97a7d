"""A result folder appears whole or not at all, and nobody's files are lost over it.

Files are written into a sibling folder (the stage), flushed to disk, and stage and folder change
places in one step where the system can, else by two renames that the next run completes. Only files
that the manifest of the earlier run lists, with the bytes that it wrote, are removed; all others
are in the new folder too, and one of ours that was edited stays under a name of its own.

A stage carries a mark for as long as it is a stage: what has none may hold files of the user.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import re
import secrets
import shutil
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from gis.problems import OutputError, Problem, SinkAtlasError, problem
from sinkatlas.publish.folder_lock import locked
from sinkatlas.publish.manifest import (
    MANIFEST,
    STAGE_MARK,
    file_hash,
    files_below,
    is_unchanged,
    read_manifest,
    write_manifest,
)

RECORD = "run.json"
"""The record of a run, in every result folder."""


_KEPT = re.compile(r"\.kept-[0-9a-f]{8}(\.[^./]*)?$")
_NAMED = 10
"""Kept files that a message names."""

NEEDED_MB = 200
"""Free space below which a run is warned: results take 10 to 200 MB."""


@dataclass
class Claim:
    """A result folder that this process alone may write, until the claim ends.

    ``folder`` is where the result is in the end: the folder ``asked`` for, or one beside it where
    another program holds that open.
    """

    asked: Path
    stage: Path

    def __post_init__(self) -> None:
        self.folder = self.asked

    def notices(self) -> tuple[Problem, ...]:
        """Little room on the disk; another folder than asked for; tables that were edited."""
        found = []
        free = shutil.disk_usage(self.asked.parent).free // 1_000_000
        if free < NEEDED_MB:
            found.append(problem("sinkatlas.output_little_space", self.asked, free=free))
        kept = _kept_names(self.folder)
        if kept:
            listed = ", ".join(kept[:_NAMED]) + (f", … ({len(kept)})" if len(kept) > _NAMED else "")
            found.append(
                problem("sinkatlas.output_kept", self.folder, count=len(kept), files=listed)
            )
        if self.folder != self.asked:
            found.append(problem("sinkatlas.output_beside", self.folder, asked=str(self.asked)))
        return tuple(found)

    @contextmanager
    def staged(self, unhashed: Collection[str] = ()) -> Iterator[Path]:
        """Yield an empty folder; on success it becomes the result, on failure it is removed.

        ``unhashed`` are the files whose bytes differ between equal runs.
        Raises ``OutputError`` when it cannot be written: disk full, no permission, a file open in
        another program.
        """
        with _told(self.asked):
            self.stage.mkdir()
            made = self.stage.stat()
            try:
                (self.stage / STAGE_MARK).touch()
                yield self.stage
                self.folder = _publish(self.stage, self.asked, unhashed)
            finally:
                if _is_file(self.stage, made):  # after the exchange it would be the old folder
                    shutil.rmtree(self.stage, ignore_errors=True)
                _clear_leftovers(self.asked)


@contextmanager
def claimed(folder: Path) -> Iterator[Claim]:
    """Take a result folder before anything is computed.

    Raises ``OutputError`` when it holds something that is not a result of ours
    (``sinkatlas.output_not_ours``), when another run writes it (``sinkatlas.output_in_use``), or
    when nothing can be written there (``sinkatlas.output_unwritable``).
    """
    with _told(folder):
        folder = folder.resolve()
        folder.parent.mkdir(parents=True, exist_ok=True)
    token = secrets.token_hex(8)
    claim = Claim(folder, folder.with_name(f".{folder.name}.stage-{token}"))
    with ExitStack() as held:
        with _told(folder):
            held.enter_context(locked(folder, claim.stage.name))
            _clear_leftovers(folder)
            _check_replaceable(folder)
        yield claim


@contextmanager
def published(folder: Path) -> Iterator[Path]:
    """Claim a folder and stage it in one: for results that are computed while they are written."""
    with claimed(folder) as claim, claim.staged() as stage:
        yield stage


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """What writers raise when a disk is full or a file is locked, as one clear message.

    Libraries have exceptions of their own for it; an exception of Python's own that is not of the
    system is a mistake of ours and stays what it is.
    """
    try:
        yield
    except SinkAtlasError:
        raise
    except (OSError, RuntimeError) as error:  # RuntimeError: a link that leads to itself
        if isinstance(error, RuntimeError) and "loop" not in str(error).lower():
            raise
        raise _unwritable(folder, getattr(error, "strerror", None) or error) from error
    except Exception as error:
        if type(error).__module__ == "builtins":
            raise
        raise _unwritable(folder, " ".join(str(error).split())[:200]) from error


def _unwritable(folder: Path, detail: object) -> OutputError:
    return OutputError(problem("sinkatlas.output_unwritable", where=folder, detail=detail))


def _check_replaceable(folder: Path) -> None:
    """Refuse whatever is neither empty nor a result of ours."""
    if folder.exists() and not (
        folder.is_dir() and (not any(folder.iterdir()) or read_manifest(folder) is not None)
    ):
        raise OutputError(problem("sinkatlas.output_not_ours", where=folder))


def _clear_leftovers(folder: Path) -> None:
    """Remove the stages of killed runs, and complete an exchange that was cut in the middle."""
    for left in _siblings(folder, "retired"):
        if folder.exists():
            _retire(left, folder)
        else:
            left.rename(folder)
    for left in _siblings(folder, "stage"):
        if (left / STAGE_MARK).exists():
            shutil.rmtree(left, ignore_errors=True)
        elif folder.exists():
            _retire(left, folder)
        elif read_manifest(left) is not None:
            left.rename(folder)


def _siblings(folder: Path, state: str) -> list[Path]:
    name = re.compile(re.escape(f".{folder.name}.{state}-") + "[0-9a-f]{16}")
    return [each for each in sorted(folder.parent.iterdir()) if name.fullmatch(each.name)]


def _flush(folder: Path) -> None:
    """Every byte of a folder to the disk, and the names that lead to them."""
    for root, _, files in os.walk(folder, topdown=False):
        for name in files:
            with (Path(root) / name).open("rb+") as stream:
                os.fsync(stream.fileno())
        _flush_names(Path(root))


def _flush_names(folder: Path) -> None:
    if os.name == "nt":
        return  # Windows opens no folder for this
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _publish(stage: Path, folder: Path, unhashed: Collection[str]) -> Path:
    """Put the stage in the folder's place, or beside a folder that cannot be moved."""
    write_manifest(stage, unhashed)
    _flush(stage)
    if folder.exists():
        _check_replaceable(folder)  # again: somebody may have used it while the run computed
        _share(folder, stage)
    (stage / STAGE_MARK).unlink()
    _flush_names(stage)
    if not folder.exists():
        stage.rename(folder)
        _flush_names(folder.parent)
        return folder
    try:
        old = stage if _exchanged(stage, folder) else _renamed(stage, folder)
    except PermissionError:  # Windows moves no folder while a file in it is open
        names = (folder.with_name(f"{folder.name} ({number})") for number in count(2))
        beside = next(each for each in names if not each.exists())
        stage.rename(beside)
        _flush_names(folder.parent)
        return beside
    _flush_names(folder.parent)
    _retire(old, folder)
    return folder


def _kept_names(folder: Path) -> list[str]:
    """Edited files of ours that stay, under the names that they have once a new result is there."""
    ours = read_manifest(folder)
    if ours is None:
        return []
    standing = [name for name in map(_below(folder), files_below(folder)) if _KEPT.search(name)]
    edited = [
        _kept_name(folder / name, folder / name).relative_to(folder).as_posix()
        for name in ours
        if (folder / name).is_file() and not is_unchanged(folder, name, ours)
    ]
    return sorted({*standing, *edited})


def _below(folder: Path) -> Callable[[Path], str]:
    return lambda path: path.relative_to(folder).as_posix()


def _share(folder: Path, stage: Path) -> None:
    """Link files that are not ours into the stage, so that no moment is without them.

    Where the file system has no links they are moved after the exchange.
    """
    ours = read_manifest(folder) or {}
    for path in files_below(folder):
        name = path.relative_to(folder).as_posix()
        if not is_unchanged(folder, name, ours):
            target = _free_name(stage / name, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(OSError, NotImplementedError):
                os.link(path, target, follow_symlinks=False)


def _retire(old: Path, folder: Path) -> None:
    """Take an old folder away: our own unchanged files are removed, all others are kept."""
    if not old.is_dir() or old.is_symlink():
        return
    ours = read_manifest(old) or {}
    removed: list[Path] = []
    empty = [Path(root) for root, folders, files in os.walk(old) if not folders and not files]
    for path in list(files_below(old)):
        name = path.relative_to(old).as_posix()
        if is_unchanged(old, name, ours):
            removed.append(path)
            continue
        target = _free_name(folder / name, path)
        if not _is_file(target, path.lstat()):
            target.parent.mkdir(parents=True, exist_ok=True)
            path.rename(target)
        else:
            path.unlink()
    for path in sorted(removed, key=lambda each: each.name == MANIFEST):
        path.unlink()
    for each in empty:
        (folder / each.relative_to(old)).mkdir(parents=True, exist_ok=True)
    for root, _, _ in os.walk(old, topdown=False):
        with contextlib.suppress(OSError):
            Path(root).rmdir()


def _free_name(target: Path, path: Path) -> Path:
    """Where a kept file goes: its own name, or one with its hash where ours has taken that."""
    if not os.path.lexists(target) or _is_file(target, path.lstat()):
        return target
    return _kept_name(target, path)


def _kept_name(target: Path, path: Path) -> Path:
    mark = secrets.token_hex(4) if path.is_symlink() else file_hash(path)[:8]
    return target.with_name(f"{target.stem}.kept-{mark}{target.suffix}")


def _is_file(path: Path, known: os.stat_result) -> bool:
    try:
        return os.path.samestat(path.lstat(), known)
    except FileNotFoundError:
        return False


_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def _exchanged(stage: Path, folder: Path) -> bool:
    """Let two folders change places in one step; False where the system has no such call."""
    if not sys.platform.startswith("linux"):
        return False
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        return False
    if call(_AT_FDCWD, os.fsencode(stage), _AT_FDCWD, os.fsencode(folder), _RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP):
        return False
    raise OSError(number, os.strerror(number))


def _renamed(stage: Path, folder: Path) -> Path:
    """Two renames; when the second fails the first is taken back. The old folder's place."""
    retired = folder.with_name(f".{folder.name}.retired-{stage.name.rpartition('-')[2]}")
    folder.rename(retired)
    try:
        stage.rename(folder)
    except OSError:
        retired.rename(folder)
        raise
    return retired
