"""Whether a result folder already holds, byte for byte, what a run would write.

The key of a run is the hash of everything that can change a byte of its result: the program's own
files, the packages under it, the workspace with every file that it names, and the choices of the
command. It stands in the run record. A run whose key and files are there needs no second
computation.
"""

from __future__ import annotations

import hashlib
import json
import platform
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib import metadata, resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Literal

from gis.extensions import extension_names
from gis.problems import Language
from gis.reading import is_database, is_remote
from sinkatlas.publish import RECORD, Seal, is_unchanged, read_manifest, sealed
from sinkatlas.workspace import Workspace, named_files, texts_of

_ROOMS = ("gis", "layers", "sink_models", "plans", "maps", "sinkatlas")


@dataclass(frozen=True)
class Asked:
    """What a command asks beside the workspace, as far as it changes what is written.

    ``only`` the tables leaves out what shows them: map, plates, workbook, brief, method report.
    """

    language: Language | None = None
    sheets: Literal["main", "all"] | None = None
    strict: bool = False
    only: Literal["tables"] | None = None


def run_key(space: Workspace, seals: Mapping[Path, Seal], asked: Asked) -> str | None:
    """The SHA-256 that two runs share when, and only when, they write the same result.

    ``seals`` are the hashes of all files that the workspace names. None when a layer lies on a
    server or in a database, whose state no hash holds.
    """
    if any(is_remote(text) or is_database(text) for _, text in texts_of(space)):
        return None
    if extension_names():  # their code lies where no hash of ours looks
        return None
    told = {
        "program": program_hash(),
        "packages": _packages(),
        "system": [platform.python_version(), platform.machine(), sys.platform],
        "workspace": space.table.model_dump(mode="json"),
        "inputs": sorted((_place(space, path), seal.sha256) for path, seal in seals.items()),
        "asked": asdict(asked) | _resolved(space, asked),
    }
    text = json.dumps(told, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def standing_record(space: Workspace, folder: Path, asked: Asked) -> Mapping[str, Any] | None:
    """The run record of a folder that holds, whole, what a run would write there; else None."""
    files = read_manifest(folder)
    if files is None or not all(is_unchanged(folder, name, files) for name in (RECORD, *files)):
        return None
    record: dict[str, Any] = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    key = record.get("key")
    if key is None or key != run_key(space, sealed(named_files(space)), asked):
        return None
    return record


def _resolved(space: Workspace, asked: Asked) -> dict[str, object]:
    """What the workspace says where the command says nothing."""
    settings = space.table.workspace
    return {
        "language": asked.language or settings.language,
        "strict": asked.strict or settings.strict,
    }


@cache
def program_hash() -> str:
    """SHA-256 over every file of the program: code, words, coefficients, plans, typeface."""
    digest = hashlib.sha256()
    for room in _ROOMS:
        _add(resources.files(room), room, digest)
    return digest.hexdigest()


def _add(entry: Traversable, name: str, digest: hashlib._Hash) -> None:
    for each in sorted(entry.iterdir(), key=lambda one: one.name):
        if each.name == "__pycache__":
            continue
        place = f"{name}/{each.name}"
        if each.is_dir():
            _add(each, place, digest)
        else:
            content = each.read_bytes()
            digest.update(f"{place}\0{len(content)}\0".encode())
            digest.update(content)


@cache
def _packages() -> dict[str, str]:
    return {each.name: each.version for each in metadata.distributions()}


def _place(space: Workspace, path: Path) -> str:
    """Where a file lies as the results tell it: a workspace that is moved whole stays the same."""
    return (
        path.relative_to(space.folder).as_posix()
        if path.is_relative_to(space.folder)
        else str(path)
    )
