"""Quality checks between layers and on the closed account: rows of the quality section.

Each check returns problems: errors where figures would be wrong, warnings and notes where the
reader must know. None of them changes a figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from typing import TypeGuard

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Geod

from gis.crs import bounds_in, same_crs, shift_to_wgs84, systems_that_fit, to_crs
from gis.extent import OUTSIDE, ExtentAccount, PolygonCover, RasterCover, Stratum, Units
from gis.grid import Grid, read_grid
from gis.measure import geometry_areas_ha, polygon_areas_ha
from gis.offset_copies import CHINA_BOUNDS
from gis.problems import Problem, ProblemLog, problem
from gis.reading import open_raster
from layers.checks.concerned import Reporter
from layers.checks.overlaps import (
    common_ground_ha,
    meets,
    open_gaps,
    outside_share,
    placed,
    raster_meets,
    unit_gap_ha,
    unit_overlaps,
)
from layers.codes import renewed_unit_codes
from layers.declarations import Density, Layer, Lines, Register
from layers.names import match_names

LayersByEpoch = Mapping[int, Sequence[Layer]]

LEAST_GAP_SHARE = 0.001
"""Share of a unit without a class from which the quality section names the unit."""

_OFFICIAL_TOLERANCE = 0.01
_SERIOUS_OVERLAP = 0.01
_SLIVER_HA = 0.01
_LEAST_OPEN_GAP = 0.002
_YEARS_APART = 2
_LEAST_CELLS = 10
_SHIFTED_M, _SHIFT_RESIDUAL_M = 100.0, 5.0
Bounds4 = NDArray[np.float64]


def layer_problems(units: Units, layers: LayersByEpoch) -> list[Problem]:
    """Checks between the layers as read, before any account.

    Errors: units that overlap by more than one percent, a layer that meets no unit. Warnings and
    notes: gaps between units, regions outside the units, covers that claim the same ground, epochs
    on different grids or legends, data of another year than their epoch.
    """
    found = unit_problems(units)
    for epoch in sorted(layers):
        for layer in layers[epoch]:
            found += _position_problems(layer, units)
            found += _year_problems(layer)
            found += attribute_problems(layer, units)
            found += shift_problems(layer, units)
            found += small_unit_problems(layer, units)
        found += cover_problems(layers[epoch])
        found += built_up_problems(layers[epoch])
    return found + grid_problems(layers)


def unit_problems(units: Units) -> list[Problem]:
    """Overlaps and gaps between the reporting units."""
    names = units.features["unit_name"].to_numpy()
    found = []
    for one, other, hectares, share in unit_overlaps(units):
        if hectares >= _SLIVER_HA:
            serious = share > _SERIOUS_OVERLAP
            found.append(
                problem(
                    "layers.units_overlap" if serious else "layers.units_overlap_slightly",
                    "districts",
                    one=names[one],
                    other=names[other],
                    hectares=f"{hectares:.4g}",
                    percent=f"{100 * share:.3g}",
                )
            )
    gap = unit_gap_ha(units)
    if gap >= _SLIVER_HA:
        found.append(problem("layers.units_gap", "districts", hectares=f"{gap:.4g}"))
    whole = float(polygon_areas_ha(units.features).sum())
    for touching, hectares in open_gaps(units):
        if hectares >= _LEAST_OPEN_GAP * whole:
            shown = ", ".join(names[place] for place in touching)
            found.append(
                problem(
                    "layers.units_gap_open", "districts", units=shown, hectares=f"{hectares:.4g}"
                )
            )
    return found


def _position_problems(layer: Layer, units: Units) -> list[Problem]:
    where, data = layer.spec.where, layer.data
    if isinstance(data, RasterCover | Density):
        grid = layer_grid(layer)
        is_near, bounds, crs = raster_meets(grid, units), grid.bounds, grid.crs
    elif isinstance(data, PolygonCover | Stratum | Lines) or is_map(data):
        is_near, crs = meets(data.features, units), CRS(data.features.crs)
        west, south, east, north = (float(each) for each in data.features.total_bounds)
        bounds = (west, south, east, north)
    else:
        return []
    if not is_near:
        west, south, east, north = to_crs(units.features, "EPSG:4490", "districts").total_bounds
        fitting = systems_that_fit(bounds, crs, (west, south, east, north))
        return [
            problem(
                "layers.no_overlap", where, crs=layer.facts.get("crs", "–"),
                candidates=", ".join(fitting) or "–",
            )
        ]  # fmt: skip
    if isinstance(data, Stratum):
        share = outside_share(data.features, units)
        if share > LEAST_GAP_SHARE:
            return [problem("layers.stratum_outside", where, percent=f"{100 * share:.3g}")]
    return []


def is_map(data: object) -> TypeGuard[Register]:
    """Whether a register has places: works and the like may come as a table alone."""
    return isinstance(data, Register) and isinstance(data.features, gpd.GeoDataFrame)


def attribute_problems(layer: Layer, units: Units) -> list[Problem]:
    """What features say of their unit and year against the reporting units and the epoch."""
    given = layer.attributes
    if given is None:
        return []
    fields = given.attrs.get("given", ())
    log = ProblemLog()
    reporter = attribute_reporter(given, layer.spec.where, log)
    if "unit_name" in fields:
        _check_unit_names(given["unit_name"], units, reporter)
    if "unit_code" in fields:
        _check_unit_codes(given["unit_code"], units, reporter)
    if "survey_year" in fields:
        _check_survey_years(given, layer, reporter)
    return list(log)


def attribute_reporter(given: pd.DataFrame, where: str, problems: ProblemLog) -> Reporter:
    """Reports features of a layer by the rows, identifiers and hectares among its attributes."""
    area = given["hectares"].to_numpy()
    ids = None if given["id"].isna().all() else given["id"]
    rows = given["row"].to_numpy()
    return Reporter(where, problems, rows, ids, lambda flags: f"{area[flags].sum():.6g}")


def _check_unit_codes(codes: pd.Series, units: Units, reporter: Reporter) -> None:
    """Unit codes of features that no reporting unit has; a renewed code counts as its new one.

    Codes of towns and villages begin with that of their county, so only as many digits count.
    """
    known = tuple(units.features["unit_code"])
    renewed = renewed_unit_codes()["new_code"].to_dict()
    unknown = []
    for code in sorted(set(codes) - {""}):
        own = renewed.get(code[:6], code[:6]) + code[6:]
        if not own.startswith(known) and not code.startswith(known):
            unknown.append(code)
    listed = ", ".join(code[:20] for code in unknown[:20])
    reporter.report(codes.isin(unknown), "layers.unit_codes_unknown", codes=listed)


def _check_unit_names(given: pd.Series, units: Units, reporter: Reporter) -> None:
    """Unit names that are blank, written otherwise, or of no reporting unit."""
    names = given.to_numpy()
    matched = match_names([name for name in names if name], units.features["unit_name"])
    reporter.report(names == "", "layers.unit_names_blank")
    inexact = {one: other for one, other in matched.items() if other and one != other}
    listed = "; ".join(f"{one[:20]} → {other}" for one, other in list(inexact.items())[:20])
    reporter.report(np.isin(names, list(inexact)), "layers.unit_names_inexact", names=listed)
    unknown = [name for name, other in matched.items() if other is None]
    listed = ", ".join(name[:20] for name in unknown[:20])
    reporter.report(np.isin(names, unknown), "layers.unit_names_unknown", names=listed)


def _check_survey_years(given: pd.DataFrame, layer: Layer, reporter: Reporter) -> None:
    years = pd.to_numeric(given["survey_year"].str.slice(0, 4), errors="coerce")
    epoch = layer.spec.options.get("year") or layer.spec.epoch
    if epoch is None or years.isna().all():
        return
    off = (years - int(epoch)).abs() > _YEARS_APART
    share = given["hectares"][off].sum() / given["hectares"].sum()
    reporter.report(
        off, "layers.survey_years_mixed", first=int(years.min()), last=int(years.max()),
        epoch=epoch, percent=f"{100 * share:.3g}",
    )  # fmt: skip


def shift_problems(layer: Layer, units: Units) -> list[Problem]:
    """A polygon layer that copies the units' outlines, hundreds of metres off as GCJ-02 shifts.

    Judged by the corners of its extent: off by 100 m or more as it lies, and within 5 m of the
    units' extent once the formula is undone.
    """
    data = layer.data
    if not isinstance(data, PolygonCover | Stratum) or layer.spec.shift is not None:
        return []
    west, south, east, north = bounds_in(data.features, "EPSG:4326", layer.spec.where)
    inside = CHINA_BOUNDS[0] < west < east < CHINA_BOUNDS[2]
    if not (inside and CHINA_BOUNDS[1] < south < north < CHINA_BOUNDS[3]):
        return []
    reference = bounds_in(units.features, "EPSG:4326", "districts")
    corners = gpd.GeoDataFrame(geometry=gpd.points_from_xy([west, east], [south, north]), crs=4326)
    undone = shift_to_wgs84(corners, "gcj02", layer.spec.where).total_bounds
    as_it_lies = _metres_apart(np.array([west, south, east, north]), reference)
    residual = _metres_apart(np.asarray(undone), reference)
    if as_it_lies < _SHIFTED_M or residual > _SHIFT_RESIDUAL_M:
        return []
    return [
        problem(
            "layers.shifted_like_gcj02", layer.spec.where, metres=f"{as_it_lies:.0f}",
            residual=f"{residual:.1f}",
        )
    ]  # fmt: skip


def _metres_apart(one: Bounds4, other: Bounds4) -> float:
    """Largest distance between the south-west and the north-east corners of two extents."""
    geod = Geod(ellps="GRS80")
    _, _, metres = geod.inv(one[[0, 2]], one[[1, 3]], other[[0, 2]], other[[1, 3]])
    return float(np.max(metres))


def small_unit_problems(layer: Layer, units: Units) -> list[Problem]:
    """Units of fewer than ten cells of a class raster: no classification says much of them."""
    if not isinstance(layer.data, RasterCover):
        return []
    grid = layer_grid(layer)
    placed_units = to_crs(units.features, grid.crs, "districts")
    shapes = np.asarray(placed_units.geometry.array)
    cells = shapely.area(shapes) / (grid.cell_width * grid.cell_height)
    hectares = polygon_areas_ha(units.features)
    return [
        problem(
            "layers.unit_below_cells", layer.spec.where,
            name=units.features["unit_name"].iloc[place], cells=f"{cells[place]:.3g}",
            hectares=f"{hectares[place]:.4g}",
        )
        for place in np.flatnonzero(cells < _LEAST_CELLS)
    ]  # fmt: skip


def _year_problems(layer: Layer) -> list[Problem]:
    year, epoch = layer.spec.options.get("year"), layer.spec.epoch
    if year is None or epoch is None or int(year) == epoch:
        return []
    return [problem("layers.year_differs", layer.spec.where, year=year, epoch=epoch)]


def cover_problems(layers: Sequence[Layer]) -> list[Problem]:
    """Ground that two vector covers of one epoch claim: who keeps it, and what that costs."""
    covers = [layer for layer in layers if isinstance(layer.data, PolygonCover)]
    covers.sort(key=lambda layer: layer.kind.priority)
    found = []
    for upper, lower in combinations(covers, 2):
        assert isinstance(upper.data, PolygonCover)
        assert isinstance(lower.data, PolygonCover)
        ground = common_ground_ha(upper.data, lower.data)
        for is_mangrove, code in ((True, "mangrove_counted_once"), (False, "covers_overlap")):
            part = ground[ground["is_mangrove_twice"] == is_mangrove]
            if part["hectares"].sum() >= _SLIVER_HA:
                found.append(_shared_ground(code, part, upper, lower))
    return found


def built_up_problems(layers: Sequence[Layer]) -> list[Problem]:
    """Surveyed forest that lies inside the built-up boundary: urban forest, or a mistake."""
    boundaries = [each for each in layers if each.spec.kind == "built_up_boundary"]
    stands = [each for each in layers if each.spec.kind == "forest_subcompartments"]
    found = []
    for boundary in boundaries:
        for stand in stands:
            assert isinstance(stand.data, PolygonCover)
            assert isinstance(boundary.data, Register)
            features = stand.data.features
            forest = features[features["ecosystem_type"].str.startswith("forest")]
            if not len(forest):
                continue
            shared = _shared_ha(boundary.data.features, forest)
            if shared.sum() >= _SLIVER_HA:
                within = forest.index[shared > 0].to_numpy()
                found.append(
                    problem(
                        "layers.forest_in_built_up", boundary.spec.where, other=stand.spec.where,
                        **_concerned(stand, within), hectares=f"{shared.sum():.6g}",
                    )
                )  # fmt: skip
    return found


def _shared_ha(region: pd.DataFrame, features: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Hectares that each feature shares with a region."""
    crs = CRS(features.crs)
    outline = shapely.union_all(placed(gpd.GeoDataFrame(region), crs, "built_up_boundary"))
    shapes = np.asarray(features.geometry.array)
    shapely.prepare(outline)
    is_met = shapely.intersects(outline, shapes)
    crossed = np.flatnonzero(is_met & ~shapely.covers(outline, shapes))
    shared = np.where(is_met, shapes, shapely.Polygon())
    shared[crossed] = shapely.intersection(shapes[crossed], outline)
    return geometry_areas_ha(shared, crs)


def _shared_ground(code: str, part: pd.DataFrame, upper: Layer, lower: Layer) -> Problem:
    concerned = _concerned(lower, part["under"].to_numpy(dtype=int))
    return problem(
        f"layers.{code}",
        upper.spec.where,
        other=lower.spec.where,
        **concerned,
        hectares=f"{part['hectares'].sum():.6g}",
        stock=f"{part['growing_stock_m3'].sum(min_count=1):.4g}",
    )


def _concerned(layer: Layer, places: NDArray[np.int64]) -> dict[str, object]:
    """Count, rows and identifiers of the features at some places of a cover's table."""
    given = layer.attributes
    if given is None:
        return {"count": len(places)}
    reporter = attribute_reporter(given, layer.spec.where, ProblemLog())
    found = reporter.concerned(given["place"].isin(places).to_numpy())
    return {name: value for name, value in found.items() if name != "hectares"}


def grid_problems(layers: LayersByEpoch) -> list[Problem]:
    """Class rasters of successive epochs that differ in grid or legend.

    A change between them is then partly a change of product, not of land.
    """
    rasters = [
        layer
        for epoch in sorted(layers)
        for layer in layers[epoch]
        if isinstance(layer.data, RasterCover)
    ]
    found = []
    for earlier, later in pairwise(rasters):
        if not is_same_lattice(layer_grid(earlier), layer_grid(later)):
            found.append(
                problem(
                    "layers.grids_differ",
                    later.spec.where,
                    other=earlier.spec.where,
                    cell=f"{later.facts['cell']}, {later.facts['crs']}",
                    other_cell=f"{earlier.facts['cell']}, {earlier.facts['crs']}",
                )
            )
        value, other_value = (each.facts.get("no_data", "–") for each in (later, earlier))
        if value != other_value:
            found.append(
                problem(
                    "layers.no_data_changes", later.spec.where, other=earlier.spec.where,
                    value=value, other_value=other_value,
                )
            )  # fmt: skip
        if earlier.facts["legend"] != later.facts["legend"]:
            found.append(
                problem(
                    "layers.legends_differ",
                    later.spec.where,
                    other=earlier.spec.where,
                    legend=later.facts["legend"],
                    other_legend=earlier.facts["legend"],
                )
            )
    return found


def layer_grid(layer: Layer) -> Grid:
    """Grid of a raster layer, in the coordinate system that holds."""
    assert isinstance(layer.data, RasterCover | Density)
    with open_raster(layer.data.path) as dataset:
        return read_grid(dataset, layer.spec.where, layer.spec.crs)


def is_same_lattice(one: Grid, other: Grid) -> bool:
    """Whether cell borders coincide; a shift by whole cells keeps the lattice."""
    if not same_crs(CRS(one.crs), CRS(other.crs)):
        return False
    sizes = np.array([one.cell_width, one.cell_height])
    if not np.allclose(sizes, [other.cell_width, other.cell_height], rtol=1e-9):
        return False
    steps = (np.array(one.bounds[:2]) - np.array(other.bounds[:2])) / sizes
    return bool(np.all(np.abs(steps - np.round(steps)) < 1e-3))


def account_problems(
    accounts: Mapping[int, ExtentAccount], units: Units, layers: LayersByEpoch
) -> list[Problem]:
    """Checks on the closed accounts, epoch by epoch."""
    found: list[Problem] = []
    for epoch, account in sorted(accounts.items()):
        places = {layer.spec.kind: layer.spec.where for layer in layers.get(epoch, ())}
        found += coverage_problems(account.ledger, units, epoch)
        found += _inner_overlap_problems(account, layers.get(epoch, ()))
        found += official_area_problems(account, units, places)
        found += _outside_problems(account, places)
    return found


def coverage_problems(ledger: pd.DataFrame, units: Units, epoch: int) -> list[Problem]:
    """Units of which a visible share has no class: no layer there, or cells without data.

    ``ledger`` is the account's, one row per unit, areas in hectares.
    """
    names = units.features.set_index("unit_code")["unit_name"]
    found = []
    for column, code in (("uncovered_ha", "uncovered"), ("no_data_ha", "no_data")):
        share = ledger[column] / ledger["unit_area_ha"]
        held = ledger[share > LEAST_GAP_SHARE]
        if len(held):
            listed = (
                f"{names[row.unit_code]} {100 * share[row.Index]:.2f} %"
                for row in held.itertuples()
            )
            found.append(
                problem(
                    f"layers.{code}",
                    epoch,
                    count=len(held),
                    units=", ".join(listed),
                    hectares=f"{held[column].sum():.6g}",
                )
            )
    return found


def official_area_problems(
    account: ExtentAccount, units: Units, places: Mapping[str, str]
) -> list[Problem]:
    """Units in which a survey's own area field differs from the ellipsoid by over one percent."""
    if "official_area_ha" not in account.quantities:
        return []
    rows = account.rows[account.rows["official_area_ha"].notna()]
    rows = rows[rows["unit_code"] != OUTSIDE]
    names = units.features.set_index("unit_code")["unit_name"]
    found = []
    for cover, part in rows.groupby("cover"):
        sums = part.groupby("unit_code")[["official_area_ha", "area_ha"]].sum()
        relative = sums["official_area_ha"] / sums["area_ha"] - 1.0
        apart = relative[relative.abs() > _OFFICIAL_TOLERANCE]
        if len(apart):
            found.append(
                problem(
                    "layers.official_area_differs",
                    places.get(str(cover), str(cover)),
                    count=len(apart),
                    units=", ".join(f"{names[u]} {100 * v:+.2f} %" for u, v in apart.items()),
                    official=f"{sums['official_area_ha'].sum():.6g}",
                    ellipsoid=f"{sums['area_ha'].sum():.6g}",
                )
            )
    return found


def _inner_overlap_problems(account: ExtentAccount, layers: Sequence[Layer]) -> list[Problem]:
    """Features of one cover that lose ground to earlier ones of the same cover."""
    rows = {row.cover: row for row in account.overlaps.itertuples() if row.area_ha >= _SLIVER_HA}
    return [
        problem(
            "layers.overlap_inside",
            layer.spec.where,
            pairs=rows[layer.spec.kind].pairs,
            **_concerned(layer, rows[layer.spec.kind].later),
            hectares=f"{rows[layer.spec.kind].area_ha:.6g}",
        )
        for layer in layers
        if layer.spec.kind in rows
    ]


def _outside_problems(account: ExtentAccount, places: Mapping[str, str]) -> list[Problem]:
    rows = account.rows
    found = []
    for cover, part in rows[rows["cover"] != ""].groupby("cover"):
        outside = float(part.loc[part["unit_code"] == OUTSIDE, "area_ha"].sum())
        share = outside / float(part["area_ha"].sum())
        if share > LEAST_GAP_SHARE:
            found.append(
                problem(
                    "layers.cover_outside",
                    places.get(str(cover), str(cover)),
                    hectares=f"{outside:.4g}",
                    percent=f"{100 * share:.3g}",
                )
            )
    return found
