"""What an analyst confirmed of columns, units and code lists, kept beside the workspace.

``sinkatlas check --confirm`` writes ``<workspace>.confirmed.toml``; later runs read their layers by
it. What the workspace itself says goes before it, and a file that changed since is complained of.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from gis.problems import InputError, Problem, problem
from gis.reading import LARGEST_TOML, bounded_bytes, is_database
from sinkatlas.publish import sha256_of
from sinkatlas.workspace.toml_text import quoted

if TYPE_CHECKING:
    from layers.declarations import LayerSpec
    from layers.profiling import Look

_HEAD = """\
# Columns, units and code lists of the layers, as confirmed by whoever ran
# `sinkatlas check --confirm`. Runs read the layers by it. What the workspace file says itself goes
# before it; a layer whose file changed since (sha256) is complained of. Correct it by hand, or
# delete it and confirm again.
"""
_UNITS = ("area_unit", "crown_density_unit", "stock_unit", "code_set")


@dataclass(frozen=True)
class Confirmed:
    """One layer: standard field to column, reader options, and the digest of its files."""

    kind: str
    epoch: int | None
    path: str
    sha256: str
    fields: Mapping[str, str]
    options: Mapping[str, str]
    lists: Mapping[str, str]


def confirmation_file(workspace: Path) -> Path:
    """Where the confirmations of a workspace file stand.

    >>> confirmation_file(Path("a/city.toml")).name
    'city.confirmed.toml'
    """
    return workspace.with_name(f"{workspace.stem}.confirmed.toml")


def read_confirmations(workspace: Path) -> tuple[Confirmed, ...]:
    """The confirmations of a workspace, none when nothing was confirmed.

    Raises ``InputError`` ``sinkatlas.confirmation_unreadable`` for a file that is none of ours.
    """
    file = confirmation_file(workspace)
    if not file.is_file():
        return ()
    try:
        content = tomllib.loads(bounded_bytes(file, LARGEST_TOML).decode("utf-8"))
        return tuple(_entry(each) for each in content.get("layer", []))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        told = problem("sinkatlas.confirmation_unreadable", file.name, detail=str(error)[:80])
        raise InputError(told) from None


def _entry(raw: Mapping[str, Any]) -> Confirmed:
    tables = [raw.get(name, {}) for name in ("fields", "options", "lists")]
    texts = [value for table in tables for value in table.values()]
    if not all(isinstance(each, str) for each in (raw["kind"], raw["path"], raw["sha256"], *texts)):
        raise ValueError("kind, path, sha256, fields, options: text")
    unknown = sorted(set(tables[1]) - set(_UNITS))
    if unknown:
        raise ValueError(f"options: {', '.join(unknown)}")
    year = raw.get("year")
    return Confirmed(
        raw["kind"], int(year) if year is not None else None, raw["path"], raw["sha256"],
        *(MappingProxyType(dict(table)) for table in tables),
    )  # fmt: skip


def as_confirmed(spec: LayerSpec, confirmed: Sequence[Confirmed], folder: Path) -> LayerSpec:
    """A layer with the columns and units that were confirmed, below what the workspace says."""
    entry = _of(spec, confirmed, folder)
    if entry is None:
        return spec
    fields = {**entry.fields, **spec.options.get("fields", {})}
    options = {**entry.options, **spec.options, "fields": fields}
    return replace(spec, options=options)


def confirmation_problems(
    specs: Iterable[LayerSpec], confirmed: Sequence[Confirmed], folder: Path
) -> list[Problem]:
    """Layers whose files are no longer the ones that were looked at."""
    found = []
    for spec in specs:
        entry = _of(spec, confirmed, folder)
        if entry is not None and entry.sha256 != _digest(spec):
            columns = ", ".join(f"{name} = {column}" for name, column in entry.fields.items())
            found.append(problem("sinkatlas.confirmation_stale", spec.where, columns=columns))
    return found


def _of(spec: LayerSpec, confirmed: Sequence[Confirmed], folder: Path) -> Confirmed | None:
    key = (spec.kind, spec.epoch, _shown(spec, folder))
    return next((each for each in confirmed if (each.kind, each.epoch, each.path) == key), None)


def _shown(spec: LayerSpec, folder: Path) -> str:
    try:
        return spec.path.relative_to(folder).as_posix()
    except ValueError:
        return str(spec.path)


def _digest(spec: LayerSpec) -> str:
    """Digest of all files; a database changes all the time and is judged by its columns alone."""
    return ",".join("database" if is_database(file) else sha256_of(file) for file in spec.files)


def write_confirmations(
    looks: Sequence[tuple[LayerSpec, Look]], workspace: Path, folder: Path
) -> Path:
    """Write what was found in each layer as confirmed; returns the file."""
    parts = [_HEAD, *(_text(spec, found, folder) for spec, found in looks)]
    file = confirmation_file(workspace)
    file.write_text("\n".join(parts), encoding="utf-8")
    return file


def _text(spec: LayerSpec, found: Look, folder: Path) -> str:
    year = [f"year = {spec.epoch}"] if spec.epoch is not None else []
    lists = {
        each.field: each.meaning
        for each in found.fields
        if each.meaning and each.meaning not in found.options.values()
    }
    lines = [
        "[[layer]]", f"kind = {quoted(spec.kind)}", *year,
        f"path = {quoted(_shown(spec, folder))}", f"sha256 = {quoted(_digest(spec))}",
        *_table("fields", found.columns), *_table("options", found.options),
        *_table("lists", lists), "",
    ]  # fmt: skip
    return "\n".join(lines)


def _table(name: str, values: Mapping[str, str]) -> list[str]:
    pairs = (f"{key} = {quoted(value)}" for key, value in values.items())
    return [f"{name} = {{ {', '.join(pairs)} }}"] if values else []
