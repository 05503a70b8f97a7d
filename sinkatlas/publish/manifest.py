"""Which files of a result folder are ours: their names and SHA-256, as the run wrote them."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

MANIFEST = "manifest.json"
STAGE_MARK = ".sinkatlas-stage"
"""In a folder that is still being written: whatever else is in it is ours too."""

_MAKER = "SinkAtlas"
_FORMAT = 1
_HASH = re.compile(r"[0-9a-f]{64}|")


def write_manifest(folder: Path, unhashed: Collection[str] = ()) -> None:
    """List every file below ``folder``; ``unhashed`` are those that differ between equal runs."""
    names = sorted(each.relative_to(folder).as_posix() for each in files_below(folder))
    files = {
        name: "" if name in unhashed else file_hash(folder / name)
        for name in names
        if name != STAGE_MARK
    }
    text = json.dumps(
        {"made_by": _MAKER, "format": _FORMAT, "files": files}, ensure_ascii=False, indent=1
    )
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8", newline="\n")


def read_manifest(folder: Path) -> Mapping[str, str] | None:
    """Names and hashes that a folder's manifest lists; None when there is none of ours."""
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = told["files"]
        is_ours = told["made_by"] == _MAKER and told["format"] == _FORMAT
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
    if not is_ours or not isinstance(files, dict):
        return None
    if not all(isinstance(each, str) and _HASH.fullmatch(each) for each in files.values()):
        return None
    return files


def is_unchanged(folder: Path, name: str, files: Mapping[str, str]) -> bool:
    """Whether a file below ``folder`` is the one that the run wrote, byte for byte."""
    if name == MANIFEST:
        return True
    path = folder / name
    if name not in files or path.is_symlink() or not path.is_file():
        return False
    return files[name] == "" or files[name] == file_hash(path)


def files_below(folder: Path) -> Iterator[Path]:
    """Files and links below a folder; links to folders are not followed."""
    for root, folders, files in os.walk(folder):
        for name in (*files, *(each for each in folders if (Path(root) / each).is_symlink())):
            yield Path(root) / name


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
