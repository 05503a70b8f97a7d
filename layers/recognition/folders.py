"""The data files of a folder as an analyst counts them: a Shapefile's family is one file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from gis.reading import VECTOR_DRIVERS

RASTERS = (".tif", ".tiff", ".img")
TABLES = (".csv", ".xlsx", ".xlsm")
MOST_FILES = 2000
"""Files beyond which a folder is no folder of one account, but a disk."""

_DEEPEST = 6
_NOT_ENTERED = {"node_modules", "__pycache__", "$recycle.bin", "system volume information"}


def data_files(folder: Path) -> Iterator[Path]:
    """Files and geodatabases below a folder that may be layers, by name, folders first.

    Hidden folders and result folders of ours are not entered, links to folders are not followed,
    and names alone decide: nothing is opened.
    """
    yield from _below(folder, _DEEPEST)


def is_data(path: Path) -> bool:
    """Whether a name is that of a file (or a geodatabase) that may be a layer.

    >>> is_data(Path("小班.SHP")), is_data(Path("小班.dbf")), is_data(Path("city.gdb"))
    (True, False, True)
    """
    suffix = path.suffix.lower()
    return suffix in (*VECTOR_DRIVERS, *RASTERS, *TABLES)


def _below(folder: Path, depth: int) -> Iterator[Path]:
    with os.scandir(folder) as entries:
        held = sorted(entries, key=lambda each: (not each.is_dir(), each.name))
    names = {each.name for each in held}
    if {"run.json", "results.csv"} <= names:
        return
    for each in held:
        path = Path(each.path)
        if each.name.startswith((".", "~$")) or each.name.casefold() in _NOT_ENTERED:
            continue
        if not each.is_dir(follow_symlinks=False):
            if each.is_file() and is_data(path) and path.suffix.lower() != ".gdb":
                yield path
        elif path.suffix.lower() == ".gdb":
            yield path
        elif depth:
            yield from _below(path, depth - 1)
