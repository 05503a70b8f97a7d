"""Paths as people write them: in another Unicode form, too long for any disk, links in a circle."""

from __future__ import annotations

import unicodedata
from pathlib import Path


def is_file(path: Path) -> bool:
    """Whether a path is a file; one that no file system can hold is none.

    >>> is_file(Path("a" * 5000))
    False
    """
    try:
        return path.is_file()
    except OSError:
        return False


def found_path(path: Path) -> Path:
    """An absolute path, with a name as the disk writes it where only the Unicode form differs.

    Archives made on a Mac hold ``é`` as ``e`` and an accent. Links in a circle and names that no
    file system can hold lead to nothing, and to no exception.
    """
    try:
        if path.exists():
            return path.resolve()
        folder, wanted = path.parent, unicodedata.normalize("NFC", path.name)
        if folder.is_dir():
            for beside in folder.iterdir():
                if unicodedata.normalize("NFC", beside.name) == wanted:
                    return beside.absolute()
        return path.absolute()
    except (OSError, RuntimeError):
        return path.absolute().parent / _NOWHERE


_NOWHERE = "?"
