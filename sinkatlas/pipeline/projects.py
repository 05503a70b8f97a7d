"""Projects of a workspace: which patches a methodology takes, and what may be estimated of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis.account import extent_account, made_disjoint, polygons_only
from gis.crs import to_crs
from gis.extent import CLASSIFIED, Units
from gis.measure import geometry_areas_ha
from gis.problems import ProblemLog
from layers.declarations import Layer, LayerSpec, Register
from layers.reading import read_layer
from sink_models.ecosystem_types import group_of
from sink_models.ledger import (
    MARK,
    RANGES,
    TO_BE_SHOWN,
    GrowthRule,
    Patch,
    estimate,
    methodologies,
    reasons_against,
)
from sink_models.sampling import Sampling
from sinkatlas.pipeline.change import covers_of
from sinkatlas.workspace import ProjectTable, Workspace

ESTIMATE_COLUMNS = (
    *("book", "mark", "project", "methodology", "document", "until", "years", "patches"),
    *("eligible_ha", "refused_ha", "removals_t_co2", "removals_low", "removals_high"),
    *(
        "baseline_t_co2",
        "leakage_t_co2",
        "error_discount",
        "estimate_t_co2",
        "low",
        "high",
        "missing",
    ),
    *("own_clauses", "to_be_shown"),
)
ELIGIBILITY_COLUMNS = (
    *("book", "mark", "project", "methodology", "patch", "area_m2", "type", "start_year"),
    *("eligible", "reasons", "ground_before"),
)


def project_tables(
    space: Workspace,
    units: Units,
    layers: Mapping[int, Sequence[Layer]],
    growth: Mapping[str, GrowthRule],
    sampling: Sampling,
) -> dict[str, pd.DataFrame]:
    """Eligibility of every patch and estimates of every project; empty without projects.

    Raises ``InputError`` for a methodology, type or clause nobody knows and for outlines that
    cannot be read.
    """
    if not space.table.project:
        return {}
    log = ProblemLog()
    for each in space.table.project:
        _check(each, log)
    log.raise_if_errors()
    held: list[shapely.Geometry] = []
    eligibility, estimates = [], []
    for each in space.table.project:
        patches = _patches(each, space, units, layers, held)
        method = methodologies()[each.methodology]
        reasons = [reasons_against(one, method.eligibility, method.types) for one in patches]
        eligibility += [
            _eligibility(each, one, why) for one, why in zip(patches, reasons, strict=True)
        ]
        fit = [one for one, why in zip(patches, reasons, strict=True) if not why]
        estimates.append(_estimate(each, patches, fit, growth, sampling))
    return {
        "project_eligibility": pd.DataFrame(eligibility, columns=list(ELIGIBILITY_COLUMNS)),
        "project_estimates": pd.DataFrame(estimates, columns=list(ESTIMATE_COLUMNS)),
    }


def _check(each: ProjectTable, log: ProblemLog) -> None:
    where = f"project: {each.name}"
    method = methodologies().get(each.methodology)
    if method is None:
        allowed = ", ".join(methodologies())
        log.add("sinkatlas.methodology_unknown", where, given=each.methodology[:40],
                allowed=allowed)  # fmt: skip
        return
    unknown = sorted(set(each.clauses) - set(method.clauses))
    if unknown:
        log.add("sinkatlas.clause_unknown", where, given=", ".join(unknown),
                allowed=", ".join(method.clauses))  # fmt: skip
    for key in set(each.clauses) & set(method.clauses):
        low, high = RANGES.get(method.clauses[key].unit, (-np.inf, np.inf))
        if not low <= each.clauses[key] <= high:
            log.add("sinkatlas.clause_range", where, clause=key, given=f"{each.clauses[key]:g}",
                    low=f"{low:g}", high=f"{high:g}", unit=method.clauses[key].unit)  # fmt: skip
    if each.clauses and not each.clauses_source:
        log.add("sinkatlas.clause_source", where)


def _patches(
    each: ProjectTable,
    space: Workspace,
    units: Units,
    layers: Mapping[int, Sequence[Layer]],
    held: list[shapely.Geometry],
) -> list[Patch]:
    """Patches of a project with the ground they were; ``held`` is what projects have taken."""
    log = ProblemLog()
    layer = read_layer(
        LayerSpec(kind="project_footprints", path=space.resolve(each.path)), problems=log
    )
    log.raise_if_errors()
    assert isinstance(layer.data, Register)
    table = to_crs(gpd.GeoDataFrame(layer.data.features), units.features.crs, each.path)
    crs = units.features.crs
    shapes = np.asarray(table.geometry.array)
    before = shapely.union_all(np.array(held, dtype=object)) if held else shapely.Polygon()
    number = np.zeros(len(shapes), dtype=np.intp)
    apart = made_disjoint(shapes, number, [each.name], crs).geometry
    free = polygons_only(shapely.difference(apart, before))
    held.extend(free)
    whole, own = geometry_areas_ha(shapes, crs), geometry_areas_ha(free, crs)
    years = pd.to_numeric(table["year"].astype(str).str.slice(0, 4), errors="coerce")
    start = years.fillna(each.start_year).astype(int).tolist()
    ids = _ids(table)
    ground = _ground_before(shapes, ids, units, layers, min(start, default=each.start_year))
    return [
        Patch(
            ids[at], float(whole[at]), each.type, start[at],
            ground.get(ids[at], {}), _by_group(ground.get(ids[at], {})),
            float(whole[at] - own[at]),
        )
        for at in range(len(shapes))
    ]  # fmt: skip


def _ids(table: gpd.GeoDataFrame) -> list[str]:
    """Names of the patches, made different where they repeat or lack."""
    names = table.get("name", pd.Series("", index=table.index)).astype(str)
    return [f"{name or '#'}{'' if name and list(names).count(name) == 1 else f'-{at + 1}'}"
            for at, name in enumerate(names)]  # fmt: skip


def _ground_before(
    shapes: np.ndarray,
    ids: Sequence[str],
    units: Units,
    layers: Mapping[int, Sequence[Layer]],
    start: int,
) -> dict[str, dict[str, float]]:
    """Hectares by type of each patch in the last epoch before the project; empty without one."""
    earlier = [year for year in layers if year < start]
    if not earlier:
        return {}
    found: dict[str, dict[str, float]] = {}
    for name, shape in zip(ids, shapes, strict=True):  # patches may overlap, units may not
        frame = gpd.GeoDataFrame(
            {"unit_code": [name], "unit_name": [name]}, geometry=[shape], crs=units.features.crs
        )
        here = replace(units, features=frame)
        rows = extent_account(here, covers_of(layers[max(earlier)]), (), epoch=max(earlier)).rows
        known = rows[(rows["unit_code"] == name) & (rows["status"] == CLASSIFIED)]
        sums = known.groupby("ecosystem_type")["area_ha"].sum()
        found[name] = {str(kind): float(area) for kind, area in sums.items()}
    return found


def _by_group(types: Mapping[str, float]) -> dict[str, float]:
    groups: dict[str, float] = {}
    for kind, area in types.items():
        groups[group_of(kind)] = groups.get(group_of(kind), 0.0) + area
    return groups


def _eligibility(each: ProjectTable, patch: Patch, why: Sequence[str]) -> dict[str, object]:
    return {
        "book": "estimate", "mark": MARK, "project": each.name, "methodology": each.methodology,
        "patch": patch.id, "area_m2": patch.area_ha * 10_000.0, "type": patch.kind,
        "start_year": patch.start_year, "eligible": not why, "reasons": "; ".join(why),
        "ground_before": "; ".join(
            f"{kind} {area:.4f} ha" for kind, area in sorted(patch.types_before.items())
        ),
    }  # fmt: skip


def _estimate(
    each: ProjectTable,
    patches: Sequence[Patch],
    fit: Sequence[Patch],
    growth: Mapping[str, GrowthRule],
    sampling: Sampling,
) -> dict[str, object]:
    method = methodologies()[each.methodology]
    found = estimate(
        fit, growth, method.values(each.clauses), each.until,
        allowable_error_percent=method.allowable_error_percent,
    )  # fmt: skip
    low, high = sampling.bounds(found.removals)
    ends = (np.nan, np.nan) if found.total is None else sampling.bounds(found.total)
    eligible = sum(one.area_ha for one in fit)
    return {
        "book": "estimate", "mark": MARK, "project": each.name, "methodology": each.methodology,
        "document": method.document, "until": each.until, "years": found.years,
        "patches": len(patches), "eligible_ha": eligible,
        "refused_ha": sum(one.area_ha for one in patches) - eligible,
        "removals_t_co2": found.removals[0], "removals_low": low, "removals_high": high,
        "baseline_t_co2": found.baseline, "leakage_t_co2": found.leakage,
        "error_discount": found.error_discount,
        "estimate_t_co2": None if found.total is None else found.total[0],
        "low": ends[0], "high": ends[1], "missing": "; ".join(found.missing),
        "own_clauses": "; ".join(f"{key} = {value:g}" for key, value in each.clauses.items())
        + (f" ({each.clauses_source})" if each.clauses else ""),
        "to_be_shown": "; ".join(TO_BE_SHOWN),
    }  # fmt: skip
