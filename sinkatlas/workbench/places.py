"""Folders and files of this machine as the page shows them: paths are picked, never uploaded.

A file geodatabase is a folder and layers are tens of gigabytes, so nothing is copied. Shown are the
user's own places; a path typed or pasted outside of them is refused, unless the workbench was
started with it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from gis.problems import InputError, problem
from layers.recognition import is_data

_DOCUMENTS = (".pdf", ".docx", ".html", ".htm", ".txt", ".xlsx")
_MOUNTS = ("/media", "/mnt", "/run/media", "/data", "/srv", "/Volumes")
_MOST_SHOWN = 3000


@dataclass(frozen=True)
class FolderEntry:
    """One item of a folder: ``kind`` is folder, data, workspace, document or result."""

    name: str
    path: str
    kind: str
    size: int


def roots(also: Path) -> tuple[Path, ...]:
    """Places that may be looked into: home, drives and mounted media, and where it was started."""
    if sys.platform == "win32":
        drives = [Path(f"{letter}:\\") for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
        found = [Path.home(), also, *drives]
    else:
        found = [Path.home(), also, *map(Path, _MOUNTS)]
    resolved = dict.fromkeys(each.resolve() for each in found if each.is_dir())
    return tuple(resolved)


def given_path(text: str) -> Path:
    """The path that a person typed or pasted: with quotes, as a file address, with ``~``.

    >>> given_path(' "/data/小班 2020.shp" ').name
    '小班 2020.shp'
    >>> given_path("file:///data/%E5%B0%8F%E7%8F%AD.shp").name
    '小班.shp'
    """
    bare = text.strip().strip("\"'“”‘’").strip()
    if bare.lower().startswith("file://"):
        parts = urlsplit(bare)
        bare = unquote(parts.path)
        if parts.netloc:
            bare = f"//{parts.netloc}{bare}"
        elif len(bare) > 2 and bare[2] == ":":
            bare = bare[1:]
    return Path(bare).expanduser()


def allowed(text: str, places: tuple[Path, ...]) -> Path:
    """A path inside the places, with links followed.

    Raises ``InputError``: ``sinkatlas.path_outside`` or ``sinkatlas.path_missing``.
    """
    path = given_path(text)
    if not path.is_absolute():
        raise InputError(problem("sinkatlas.path_missing", where=text[:200]))
    try:
        real = path.resolve()
    except (OSError, RuntimeError):
        raise InputError(problem("sinkatlas.path_missing", where=text[:200])) from None
    is_share = sys.platform == "win32" and str(real).startswith("\\\\")
    if not is_share and not any(real.is_relative_to(place) for place in places):
        raise InputError(problem("sinkatlas.path_outside", where=real))
    return real


def listing(folder: Path) -> Iterator[FolderEntry]:
    """What a folder holds that a person may pick: folders, data, workspaces, documents.

    Raises ``InputError`` where it cannot be read.
    """
    try:
        with os.scandir(folder) as entries:
            held = sorted(entries, key=lambda each: (not each.is_dir(), each.name.casefold()))
    except OSError as error:
        detail = error.strerror or str(error)
        raise InputError(problem("sinkatlas.file_refused", folder, detail=detail)) from None
    for each in held[:_MOST_SHOWN]:
        path = Path(each.path)
        if each.name.startswith((".", "~$", "$")):
            continue
        kind = _kind(path, is_folder=each.is_dir())
        if kind:
            size = 0 if each.is_dir() else each.stat().st_size
            yield FolderEntry(each.name, str(path), kind, size)


def _kind(path: Path, *, is_folder: bool) -> str:
    if is_folder:
        if path.suffix.lower() == ".gdb":
            return "data"
        return "result" if (path / "run.json").is_file() else "folder"
    if path.suffix.lower() == ".toml":
        return "workspace"
    if is_data(path):
        return "data"
    return "document" if path.suffix.lower() in _DOCUMENTS else ""
