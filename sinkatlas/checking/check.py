"""``sinkatlas check``: read everything, say what was understood, list what is wrong, offer repairs.

The findings go to ``check.json`` for machines and ``check.html`` for people. Repairs are written
as copies into another folder with a list of what they change; inputs are never touched.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

from gis.extent import ExtentAccount, RasterCover, Units
from gis.problems import (
    LANGUAGES,
    InputError,
    Language,
    OutputError,
    Problem,
    ProblemLog,
    Severity,
    problem,
    strictly,
)
from gis.progress import Progress, silent
from gis.reading import bounded_bytes
from gis.redaction import redact
from gis.visible_text import escaped
from layers.declarations import Layer, LayerSpec
from layers.legends import legend
from sinkatlas.checking.findings import Check
from sinkatlas.checking.page import CONCERNED, as_page
from sinkatlas.checking.places_map import Outline, outlines_of
from sinkatlas.publish import cell
from sinkatlas.workspace import Workspace, load_workspace

if TYPE_CHECKING:
    from layers.profiling import Look


def check_workspace(
    path: str | Path, *, strict: bool = False, progress: Progress = silent
) -> Check:
    """Run the whole main job without writing, and gather what it says; never raises for data."""
    from sinkatlas.pipeline import run

    try:
        space = load_workspace(path)
        done = run(space, progress=progress)
    except InputError as error:
        told = _in_one_pass(path, error.problems)
        found = strictly(told) if strict else told
        readable = _readable_layers(path)
        looks = _looks(path)
        return Check(
            Path(path).name, _weighed(found), readable, (), is_closed=False, looks=looks,
            outlines=_readable_outlines(path),
        )  # fmt: skip
    found = strictly(done.report.problems) if strict else done.report.problems
    layers = [done.inputs.units, *(each for held in done.inputs.layers.values() for each in held)]
    return Check(
        Path(path).name,
        _weighed(found),
        tuple(_facts(layer) for layer in layers),
        tuple(_class_rows(done.accounts, layers)),
        is_closed=True,
        looks=_looks(path),
        official=tuple(_official_rows(done.accounts, done.inputs.units)),
        outlines=_outlines(done.inputs.units),
    )


def _in_one_pass(path: str | Path, found: Iterable[Problem]) -> tuple[Problem, ...]:
    """All that is wrong: what stopped the run, and with each part whatever is wrong with others."""
    from sinkatlas.pipeline import problems_of_parts

    log = ProblemLog()
    log.extend(found)
    try:
        space = load_workspace(path, tolerated=log)
    except InputError:
        return tuple(log)  # of a file that cannot be understood nothing follows
    log.extend(problems_of_parts(space))
    return tuple(log)


def _looks(path: str | Path) -> tuple[tuple[LayerSpec, Look], ...]:
    """What the attributes of each vector layer seem to be, of those that can be read."""
    from layers.profiling import look
    from layers.registry import kinds
    from layers.tables import SUFFIXES
    from sinkatlas.pipeline import layer_specs

    found = []
    try:
        specs = layer_specs(load_workspace(path))
    except InputError:
        return ()
    for spec in specs:
        kind = kinds()[spec.kind]
        if kind.is_raster or not kind.fields or spec.path.suffix.lower() in SUFFIXES:
            continue
        try:
            found.append((spec, look(spec, kind)))
        except InputError:
            continue  # reading the layer says what is wrong with it
    return tuple(found)


def confirm(found: Check, path: str | Path) -> Path:
    """Keep the columns, units and code lists that were found as confirmed by the analyst."""
    from sinkatlas.workspace import write_confirmations

    space = load_workspace(path)
    return write_confirmations(found.looks, space.path, space.folder)


def _official_rows(
    accounts: Mapping[int, ExtentAccount], units: Layer
) -> Iterable[Mapping[str, object]]:
    """Official area beside ellipsoidal area of each survey and unit, and their difference."""
    assert isinstance(units.data, Units)
    names = units.data.features.set_index("unit_code")["unit_name"]
    for epoch, account in sorted(accounts.items()):
        if "official_area_ha" not in account.rows:
            continue
        rows = account.rows[account.rows["official_area_ha"].notna()]
        rows = rows[rows["unit_code"].isin(names.index)]
        sums = rows.groupby(["cover", "unit_code"])[["official_area_ha", "area_ha"]].sum()
        for (cover, code), row in sums.iterrows():
            official, own = float(row["official_area_ha"]), float(row["area_ha"])
            yield {
                "cover": cover, "epoch": epoch, "unit_code": code, "unit_name": names[code],
                "official_ha": official, "ellipsoidal_ha": own, "difference_ha": official - own,
                "difference_percent": 100 * (official / own - 1) if own else None,
            }  # fmt: skip


def _weighed(found: Iterable[Problem]) -> tuple[Problem, ...]:
    order = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
    return tuple(sorted(found, key=lambda each: order[each.severity]))


def _readable_layers(path: str | Path) -> tuple[Mapping[str, str], ...]:
    """Facts of the layers that can be read, although others cannot."""
    from sinkatlas.pipeline import layer_specs

    try:
        space = load_workspace(path)
    except InputError:
        return ()
    from layers.reading import read_layer

    found = []
    for spec in layer_specs(space):
        try:
            found.append(_facts(read_layer(spec, problems=ProblemLog())))
        except InputError:
            continue
    return tuple(found)


def _outlines(units: Layer) -> tuple[Outline, ...]:
    return outlines_of(units.data) if isinstance(units.data, Units) else ()


def _readable_outlines(path: str | Path) -> tuple[Outline, ...]:
    """The reporting units for the map, where they can be read and placed."""
    from layers.reading import read_layer
    from sinkatlas.pipeline import layer_specs

    try:
        units = layer_specs(load_workspace(path))[0]
        return _outlines(read_layer(units, problems=ProblemLog()))
    except InputError:
        return ()


def _facts(layer: Layer) -> Mapping[str, str]:
    """What was understood of a layer; its name inside the file is ``layer_name``."""
    facts = {("layer_name" if name == "layer" else name): f for name, f in layer.facts.items()}
    return {"layer": layer.spec.where, "kind": layer.spec.kind, **facts}


def _class_rows(
    accounts: Mapping[int, ExtentAccount], layers: Sequence[Layer]
) -> Iterable[Mapping[str, object]]:
    """Code, name and hectares of each class of the rasters, as the account counted them."""
    for layer in layers:
        if not isinstance(layer.data, RasterCover) or layer.spec.epoch is None:
            continue
        rows = accounts[layer.spec.epoch].rows
        held = rows[rows["cover"] == layer.data.name].groupby("land_code")["area_ha"].sum()
        names = legend(str(layer.spec.legend)).rows
        for code, hectares in held.items():
            if str(code):
                row = names.loc[int(str(code))]
                yield {
                    "layer": layer.spec.where, "code": str(code), "zh": row["zh"], "en": row["en"],
                    "ecosystem_type": row["ecosystem_type"], "hectares": float(hectares),
                }  # fmt: skip


def write_check(found: Check, folder: Path, language: Language) -> tuple[Path, Path]:
    """Write ``check.json`` and ``check.html``; texts from data are data in both.

    Raises ``OutputError`` where files of these names are not of an earlier check.
    """
    folder.mkdir(parents=True, exist_ok=True)
    record = folder / "check.json"
    if (record.exists() or (folder / "check.html").exists()) and not _is_check(record):
        raise OutputError(problem("sinkatlas.output_not_ours", where=record))
    content = json.dumps(as_record(found), ensure_ascii=False, indent=2, sort_keys=False)
    record.write_text(escaped(redact(content)) + "\n", encoding="utf-8")
    page = folder / "check.html"
    page.write_text(escaped(redact(as_page(found, language))), encoding="utf-8")
    return record, page


def _is_check(record: Path) -> bool:
    try:
        told = json.loads(bounded_bytes(record))
    except (OSError, ValueError, RecursionError, InputError):
        return False
    return isinstance(told, dict) and {"workspace", "is_closed", "problems"} <= set(told)


def as_record(found: Check) -> dict[str, object]:
    """The findings as plain values; ``concerns`` holds rows, identifiers and hectares."""
    return {
        "workspace": found.workspace,
        "is_closed": found.is_closed,
        "errors": len(found.errors),
        "problems": [finding_record(each) for each in found.problems],
        "layers": [dict(each) for each in found.layers],
        "classes": [dict(each) for each in found.classes],
        "fields": [
            {"layer": spec.where, **asdict(each)}
            for spec, seen in found.looks
            for each in seen.fields
        ],
        "official_areas": [dict(each) for each in found.official],
    }  # fmt: skip


def finding_record(found: Problem) -> dict[str, object]:
    """One finding as plain values, with its words in both languages."""
    held = {name: found.facts[name] for name in CONCERNED if name in found.facts}
    return {
        "check": found.code,
        "severity": found.severity.value,
        "changes_numbers": found.changes_numbers,
        "idle": {name: found.why_idle(name) for name in LANGUAGES} if found.idle else {},
        "around": list(found.places.around) if found.places else [],
        "families": list(found.words.families),
        "where": found.where,
        "facts": dict(found.facts),
        "concerns": held if found.words.concerns else {},
        **{
            name: {"message": found.message(name), "remedy": found.remedy(name)}
            for name in LANGUAGES
        },
    }


@dataclass(frozen=True)
class Repair:
    """One change to one layer: which feature, what was done, hectares before and after."""

    layer: str
    row: int
    action: str
    before_ha: float
    after_ha: float


@dataclass(frozen=True)
class Repairs:
    """What was mended: the list of changes as a file, and the copy that each file has now."""

    file: Path
    changes: tuple[Repair, ...]
    copies: Mapping[Path, Path]


def repair_workspace(path: str | Path, folder: Path) -> Repairs:
    """Write mended copies of the vector layers that can be mended, and ``repairs.csv``.

    Mended are geometries that are not valid (every lobe kept, ``make_valid``), and features that
    repeat an earlier geometry or hold no ground are taken out. The inputs stay as they are, and so
    does every file of ``folder``: a copy or list whose name is taken is numbered, because a
    workspace may read an earlier copy, or a person have gone on with it.
    """
    from layers.checks import mended_copy
    from sinkatlas.pipeline import layer_specs

    space: Workspace = load_workspace(path)
    folder.mkdir(parents=True, exist_ok=True)
    done: list[Repair] = []
    copies: dict[Path, Path] = {}
    for file in (
        replace(spec, path=f, paths=()) for spec in layer_specs(space) for f in spec.files
    ):
        target = _free(folder / f"{file.path.stem.removesuffix('_mended')}_mended.gpkg")
        if changes := mended_copy(file, target):
            copies[file.path] = target
        done += [
            Repair(file.where, each.row, each.action, each.before_ha, each.after_ha)
            for each in changes
        ]
    listed = _free(folder / "repairs.csv")
    _write_repairs(done, listed)
    return Repairs(listed, tuple(done), copies)


def _free(file: Path) -> Path:
    """The path itself, or the first numbered one that no file has."""
    numbered = (file.with_stem(f"{file.stem}_{number}") for number in count(2))
    return next(each for each in chain([file], numbered) if not each.exists())


def _write_repairs(done: Sequence[Repair], file: Path) -> None:
    import csv

    with file.open("w", encoding="utf-8-sig", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(["layer", "row", "action", "before_ha", "after_ha", "difference_ha"])
        for each in done:
            writer.writerow(
                [cell(each.layer), each.row, each.action, f"{each.before_ha:.6f}",
                 f"{each.after_ha:.6f}", f"{each.after_ha - each.before_ha:.6f}"]
            )  # fmt: skip
