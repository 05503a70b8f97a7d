"""Evidence packs: the tables of a run with what they rest on, and the proof that they still stand.

A pack holds tables, the run record (workspace, hashes of inputs, coefficients used, software) and
a list of SHA-256 sums. ``verify`` checks three things and says which of them failed: the sums, the
identities of the tables, and, where the workspace is at hand, a new computation. Signing is done
outside: a pack holds no keys.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from gis.problems import InputError, Problem, problem
from sinkatlas.pipeline import run
from sinkatlas.publish import csv_text, sha256_of
from sinkatlas.workspace import load_workspace

RECORD, SUMS = "run.json", "pack.json"
FORMAT = 1
PARCEL_TABLES = ("conflicts.csv",)
"""Tables with single features, which a public pack leaves out."""

LARGEST = 1 << 30
"""Bytes of a file in a pack beyond which it is not read."""

SUMMED = ("forest_area", "wetland_area", "mangrove_area", "forest_stock_volume", "carbon_stock",
          "carbon_sink")  # fmt: skip
"""Indicators of which the districts add up to the whole."""

CLOSURE = 1e-9
STAMP = (1980, 1, 1, 0, 0, 0)
"""Time of every entry: the same run gives the same bytes."""

Step = Literal["hash", "identity", "input", "recomputation"]
Table = list[dict[str, str]]


@dataclass(frozen=True)
class Verification:
    """What verifying a pack found: failures by step, and which steps were taken."""

    failures: tuple[tuple[Step, Problem], ...]
    steps: tuple[Step, ...]

    @property
    def is_ok(self) -> bool:
        return not self.failures


def pack(result: Path, target: Path, *, public: bool = False) -> Path:
    """Write the evidence pack of a result folder as a zip file; the same run gives the same bytes.

    Raises ``InputError`` when the folder holds no run record, or the file is there already.
    """
    if not (result / RECORD).is_file():
        raise InputError(problem("sinkatlas.pack_no_run", result.name or str(result)))
    if target.exists():
        raise InputError(problem("sinkatlas.pack_exists", target.name))
    names = sorted(each.name for each in result.glob("*.csv"))
    kept = [name for name in names if not (public and name in PARCEL_TABLES)]
    contents = {name: (result / name).read_bytes() for name in (*kept, RECORD)}
    sums = {
        "made_by": "SinkAtlas",
        "format": FORMAT,
        "public": public,
        "files": {name: hashlib.sha256(each).hexdigest() for name, each in contents.items()},
    }
    contents[SUMS] = (json.dumps(sums, ensure_ascii=False, indent=1) + "\n").encode()
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.part")
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in sorted(contents):
                entry = zipfile.ZipInfo(name, STAMP)
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, contents[name])
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)
    return target


def verify(file: Path, workspace: Path | None = None) -> Verification:
    """Check a pack: sums, identities, and with a workspace its inputs and a new computation.

    Raises ``InputError`` for a file that is no pack.
    """
    contents, sums = _opened(file)
    failures: list[tuple[Step, Problem]] = [("hash", each) for each in _differing(contents, sums)]
    tables = {
        name: list(csv.DictReader(io.StringIO(each.decode("utf-8-sig"))))
        for name, each in contents.items()
        if name.endswith(".csv")
    }
    failures += [("identity", each) for each in _broken(tables)]
    steps: list[Step] = ["hash", "identity"]
    if workspace is not None:
        steps += ["input", "recomputation"]
        record = json.loads(contents[RECORD])
        failures += [("input", each) for each in _changed_inputs(record, workspace)]
        failures += [("recomputation", each) for each in _moved(tables, workspace)]
    return Verification(tuple(failures), tuple(steps))


def _opened(file: Path) -> tuple[dict[str, bytes], Mapping[str, str]]:
    """Contents of a pack and the sums it states; nothing is unpacked to disk."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if any(each.file_size > LARGEST for each in entries):
                raise InputError(problem("sinkatlas.pack_unreadable", file.name))
            contents = {each.filename: archive.read(each) for each in entries}
        sums = json.loads(contents[SUMS])
        files = sums["files"]
        if sums["format"] != FORMAT or RECORD not in contents or not isinstance(files, dict):
            raise KeyError(SUMS)
        json.loads(contents[RECORD])
    except (OSError, zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        raise InputError(problem("sinkatlas.pack_unreadable", file.name)) from error
    return contents, files


def _differing(contents: Mapping[str, bytes], sums: Mapping[str, str]) -> Iterator[Problem]:
    """Files whose bytes are not those of the list, that are missing, or that it does not know."""
    for name, stated in sums.items():
        if name not in contents:
            yield problem("sinkatlas.pack_file_missing", name)
        elif hashlib.sha256(contents[name]).hexdigest() != stated:
            yield problem("sinkatlas.pack_file_differs", name)
    for name in sorted(set(contents) - set(sums) - {SUMS}):
        yield problem("sinkatlas.pack_file_added", name)


def _broken(tables: Mapping[str, Table]) -> Iterator[Problem]:
    """Identities that do not hold: units and whole, the matrix and its margins, both accounts."""
    yield from _sums_of_units(tables.get("results.csv", []))
    yield from _margins(tables.get("land_matrix.csv", []))
    yield from _territories(tables.get("account.csv", []))


def _number(text: str) -> float:
    return float(text) if text else float("nan")


def _sums_of_units(rows: Table) -> Iterator[Problem]:
    """The last row of an indicator and year is the whole: the districts before it add up to it."""
    groups: dict[tuple[str, str], list[tuple[str, float]]] = {}
    for row in rows:
        if row["indicator"] in SUMMED:
            key = row["indicator"], row["epoch"]
            groups.setdefault(key, []).append((row["unit_code"], _number(row["value"])))
    for (indicator, epoch), values in groups.items():
        *parts, (code, whole) = values
        total = sum(value for _, value in parts)
        size = sum(abs(value) for _, value in parts) + abs(whole)
        if parts and abs(total - whole) > CLOSURE * size:
            yield problem(
                "sinkatlas.pack_sum", f"results.csv: {indicator} {epoch}", unit=code,
                parts=f"{total:.10g}", whole=f"{whole:.10g}",
            )  # fmt: skip


def _margins(rows: Table) -> Iterator[Problem]:
    head = ("book", "unit_code", "unit_name", "from_year", "to_year", "from_type", "total")
    for row in rows:
        parts = [_number(value) for name, value in row.items() if name not in head]
        total = _number(row["total"])
        if abs(sum(parts) - total) > CLOSURE * max(abs(total), 1.0):
            where = f"land_matrix.csv: {row['unit_code']} {row['from_type']}"
            yield problem(
                "sinkatlas.pack_sum", where, unit=row["unit_code"], parts=f"{sum(parts):.10g}",
                whole=f"{total:.10g}",
            )  # fmt: skip


def _territories(rows: Table) -> Iterator[Problem]:
    """The ground of a unit is the same in every epoch."""
    areas: dict[str, dict[str, float]] = {}
    for row in rows:
        if row["unit_code"] != "outside":
            own = areas.setdefault(row["unit_code"], {})
            own[row["epoch"]] = own.get(row["epoch"], 0.0) + _number(row["area_ha"])
    for unit, by_epoch in areas.items():
        least, most = min(by_epoch.values()), max(by_epoch.values())
        if most - least > CLOSURE * most:
            yield problem(
                "sinkatlas.pack_sum", f"account.csv: {unit}", unit=unit, parts=f"{least:.10g}",
                whole=f"{most:.10g}",
            )  # fmt: skip


def _changed_inputs(record: Mapping[str, object], workspace: Path) -> Iterator[Problem]:
    """Inputs of the record whose file beside the workspace has other bytes, or is not there."""
    space = load_workspace(workspace)
    inputs = record.get("inputs", [])
    assert isinstance(inputs, list)
    for each in inputs:
        path = space.resolve(str(each["path"]))
        if not path.exists() or sha256_of(path) != each["sha256"]:
            yield problem("sinkatlas.pack_input_changed", str(each["path"]))


SHOWN = 20
"""Figures that moved which are named one by one."""


def _moved(tables: Mapping[str, Table], workspace: Path) -> Iterator[Problem]:
    """Figures that a new run gives otherwise, with their units."""
    done = run(workspace)
    again = csv.DictReader(io.StringIO(csv_text(done.results)))
    fresh = {_key(row): row for row in again}
    packed = {_key(row): row for row in tables.get("results.csv", [])}
    moved = [
        key for key in dict.fromkeys((*packed, *fresh))
        if _figures(packed.get(key)) != _figures(fresh.get(key))
    ]  # fmt: skip
    for key in moved[:SHOWN]:
        before, after = _figures(packed.get(key)), _figures(fresh.get(key))
        yield problem(
            "sinkatlas.pack_moved", " ".join(key), before=_told(before), after=_told(after)
        )
    if len(moved) > SHOWN:
        yield problem("sinkatlas.pack_moved_more", "results.csv", count=len(moved) - SHOWN)


def _key(row: Mapping[str, str]) -> tuple[str, str, str]:
    return row["unit_code"], row["epoch"], row["indicator"]


def _figures(row: Mapping[str, str] | None) -> tuple[str, ...]:
    return () if row is None else (row["value"], row["low"], row["high"])


def _told(figures: Sequence[str]) -> str:
    return figures[0] or "–" if figures else "–"
