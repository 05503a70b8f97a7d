"""The ways that are compared: ours, decoding alone, and the peers, each for three questions.

``account``: land cover x ecosystem with sums of biomass, by district. ``classes``: hectares of each
class of land cover. ``biomass``: sum and mean of biomass. Peers get what their users would write.
Answers are ``{district: {name: number}}``; areas in ha.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

Answer = dict[str, dict[str, float]]
THREADS = 2
BLOCK_CACHE_MIB = 64
"""GDAL's cache while decoding alone: with the default, fresh memory slows it by a quarter."""


def ours_account(scene: Any, *, workers: int = 0) -> Answer:
    from gis.account import extent_account
    from gis.executors import Engine
    from gis.extent import DensityRaster, KeyRaster, RasterCover, Units

    found = extent_account(
        Units(scene.districts, "51", "51"),
        [RasterCover("land", scene.land_cover, scene.land_cover_classes, ("land",))],
        [],
        epoch=2020,
        further=[
            KeyRaster("system", scene.ecosystem, scene.ecosystem_classes, ("system",)),
            DensityRaster("biomass", scene.density, "biomass_t"),
        ],
        engine=Engine(threads=THREADS, workers=workers),
    )
    return _class_areas(found.rows) | _closure(found)


def ours_classes(scene: Any) -> Answer:
    from gis.account import extent_account
    from gis.executors import Engine
    from gis.extent import RasterCover, Units

    found = extent_account(
        Units(scene.districts, "51", "51"),
        [RasterCover("land", scene.land_cover, scene.land_cover_classes, ("land",))],
        [],
        epoch=2020,
        engine=Engine(threads=THREADS),
    )
    return _class_areas(found.rows) | _closure(found)


def ours_biomass(scene: Any) -> Answer:
    from gis.account import extent_account
    from gis.executors import Engine
    from gis.extent import DensityRaster, Units

    found = extent_account(
        Units(scene.districts, "51", "51"), [], [], epoch=2020,
        further=[DensityRaster("biomass", scene.density, "t")], engine=Engine(threads=THREADS),
    )  # fmt: skip
    sums = found.rows.groupby("unit_code")[["t", "t_known_ha"]].sum()
    return {
        str(code): {"mean": row["t"] / row["t_known_ha"], "sum": row["t"]}
        for code, row in sums.iterrows()
    }


def _class_areas(rows: Any) -> Answer:
    areas = rows.groupby(["unit_code", "land"])["area_ha"].sum()
    return {str(code): group.droplevel(0).to_dict() for code, group in areas.groupby(level=0)}


def _closure(found: Any) -> Answer:
    """The worst district: what is counted, against the integral along its outline."""
    return {"closure": {"": float(found.ledger["relative_residual"].abs().max())}}


def decode(scene: Any, files: tuple[Any, ...]) -> Answer:
    """Only read the blocks that a district touches, through rasterio, with as many threads."""
    import threading
    from concurrent.futures import ThreadPoolExecutor

    import rasterio
    import shapely
    from rasterio.windows import Window, bounds

    local = threading.local()
    outline = shapely.union_all(scene.districts.geometry.array)
    shapely.prepare(outline)
    with rasterio.open(files[0]) as dataset:
        windows = [window for _, window in dataset.block_windows(1)]
        boxes = shapely.box(*np.array([bounds(each, dataset.transform) for each in windows]).T)
    touched = shapely.intersects(outline, boxes)

    def read(window: Window) -> None:
        if not hasattr(local, "opened"):
            local.opened = [rasterio.open(file) for file in files]
        for dataset in local.opened:
            dataset.read(1, window=window)

    with rasterio.Env(GDAL_CACHEMAX=BLOCK_CACHE_MIB << 20), ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(read, (each for each, is_in in zip(windows, touched, strict=True) if is_in)))
    return {}


def decode_account(scene: Any) -> Answer:
    return decode(scene, (scene.land_cover, scene.ecosystem, scene.density))


def decode_classes(scene: Any) -> Answer:
    return decode(scene, (scene.land_cover,))


def decode_biomass(scene: Any) -> Answer:
    return decode(scene, (scene.density,))


KEPT = ("values", "coverage", "cell_id")
"""Operations of exactextract that hand out every cell; 0 stands where a raster has no data."""


def exactextract_account(scene: Any) -> Answer:
    """Values of all three rasters with coverage, tabulated with numpy district by district.

    On the ellipsoid with our cell areas, so that the two can be compared digit by digit.
    """
    import rasterio
    from exactextract import exact_extract
    from exactextract.raster import RasterioRasterSource

    answer: Answer = {}
    with (
        rasterio.open(scene.land_cover) as land,
        rasterio.open(scene.ecosystem) as system,
        rasterio.open(scene.density) as density,
    ):
        named = {"land": land, "system": system, "density": density}
        sources = [RasterioRasterSource(each, name=name) for name, each in named.items()]
        for number, code in enumerate(scene.districts["unit_code"]):
            district = scene.districts.iloc[[number]]
            found = exact_extract(
                sources, district, [f"{each}(default_value=0)" for each in KEPT], output="pandas"
            ).iloc[0]
            own = {end: [np.asarray(found[name]) for name in found.index if name.endswith(end)]
                   for end in KEPT}  # fmt: skip
            ground = _ground(land, own["cell_id"][0].astype(np.int64)) * own["coverage"][0]
            classes, systems, amounts = own["values"]
            places = classes.astype(np.int64) * 256 + systems
            np.bincount(places, weights=amounts * ground, minlength=1 << 16)
            area = np.bincount(places, weights=ground, minlength=1 << 16).reshape(256, 256)
            answer[code] = _by_class(area.sum(axis=1))
    return answer


def _ground(dataset: Any, cells: Any) -> Any:
    """True hectares of cells by number, few rows at a time."""
    from gis.grid import read_grid
    from gis.measure import cell_areas_ha

    grid = read_grid(dataset)
    rows, columns = np.divmod(cells, dataset.width)
    low, high = int(columns.min()), int(columns.max()) + 1
    ground = np.empty(len(cells))
    order = np.argsort(rows, kind="stable")
    for part in np.array_split(order, max(1, len(order) // 5_000_000)):
        first, end = int(rows[part].min()), int(rows[part].max()) + 1
        block = cell_areas_ha(grid, slice(first, end), slice(low, high))
        ground[part] = block[rows[part] - first, columns[part] - low]
    return ground


def exactextract_classes(scene: Any) -> Answer:
    """Its own operations: classes, their shares, and the ground of each district.

    Cells by longitude and latitude are measured on its sphere, others in the plane.
    """
    from exactextract import exact_extract

    weight, hectares = "", 0.01
    if scene.districts.crs.is_geographic:
        weight, hectares = "(coverage_weight=area_spherical_m2)", 1e-4
    found = exact_extract(
        str(scene.land_cover), scene.districts,
        ["unique", f"frac=frac{weight}", f"ground=count{weight}"],
        include_cols=["unit_code"], output="pandas",
    )  # fmt: skip
    return {
        row.unit_code: {
            f"c{value}": share * row.ground * hectares
            for value, share in zip(row.unique, row.frac, strict=True)
        }
        for row in found.itertuples()
    }


def exactextract_biomass(scene: Any) -> Answer:
    from exactextract import exact_extract

    found = exact_extract(
        str(scene.density), scene.districts, ["sum", "mean"], include_cols=["unit_code"],
        output="pandas",
    )  # fmt: skip
    return _sums(found["unit_code"], found["sum"], found["mean"])


def rasterstats_classes(scene: Any) -> Answer:
    from rasterstats import zonal_stats

    found = zonal_stats(scene.districts, scene.land_cover, categorical=True, nodata=0)
    return {
        code: {f"c{value}": count * 0.01 for value, count in each.items()}
        for code, each in zip(scene.districts["unit_code"], found, strict=True)
    }


def rasterstats_biomass(scene: Any) -> Answer:
    from rasterstats import zonal_stats

    found = zonal_stats(scene.districts, scene.density, stats=["sum", "mean"])
    return _sums(scene.districts["unit_code"], *([each[n] for each in found] for n in
                                                 ("sum", "mean")))  # fmt: skip


def rioxarray_classes(scene: Any) -> Answer:
    """Clip the land cover to each district and count cells with numpy."""
    import rioxarray

    answer: Answer = {}
    with rioxarray.open_rasterio(scene.land_cover) as raster:
        for code, shape in zip(scene.districts["unit_code"], scene.districts.geometry, strict=True):
            part = raster.rio.clip([shape], scene.districts.crs, from_disk=True)
            answer[code] = _by_class(np.bincount(part.values.reshape(-1), minlength=256) * 0.01)
    return answer


def rioxarray_biomass(scene: Any) -> Answer:
    import rioxarray

    sums, means = [], []
    with rioxarray.open_rasterio(scene.density, masked=True) as raster:
        for shape in scene.districts.geometry:
            part = raster.rio.clip([shape], scene.districts.crs, from_disk=True).values
            sums.append(np.nansum(part, dtype=float))
            means.append(np.nanmean(part, dtype=float))
    return _sums(scene.districts["unit_code"], sums, means)


def xvec_biomass(scene: Any) -> Answer:
    import rioxarray
    import xvec  # noqa: F401 - it adds itself to xarray

    with rioxarray.open_rasterio(scene.density, masked=True) as raster:
        found = raster.xvec.zonal_stats(
            scene.districts.geometry, x_coords="x", y_coords="y", stats=["sum", "mean"],
            method="exactextract",
        )  # fmt: skip
    sums, means = (found.sel(zonal_statistics=name).values.reshape(-1) for name in ("sum", "mean"))
    return _sums(scene.districts["unit_code"], sums, means)


def _by_class(areas: Any) -> dict[str, float]:
    return {f"c{value}": float(area) for value, area in enumerate(areas) if value and area}


def _sums(codes: Any, sums: Any, means: Any) -> Answer:
    """Sums of values per cell, as tonnes: a cell of 10 m has 0.01 ha."""
    return {
        code: {"mean": float(mean), "sum": float(total) * 0.01}
        for code, total, mean in zip(codes, sums, means, strict=True)
    }


WAYS: dict[str, tuple[Callable[[Any], Answer], str, str]] = {
    "account/ours": (ours_account, "numba", "three rasters, exact fractions, ellipsoid"),
    "account/decode": (decode_account, "rasterio", "touched blocks, nothing counted"),
    "account/exactextract": (exactextract_account, "exactextract", "values, coverage, numpy"),
    "workers/1": (partial(ours_account, workers=1), "numba", "one process that counts"),
    "workers/2": (partial(ours_account, workers=2), "numba", "two processes that count"),
    "classes/ours": (ours_classes, "numba", "exact fractions, ellipsoid"),
    "classes/decode": (decode_classes, "rasterio", "touched blocks, nothing counted"),
    "classes/exactextract": (exactextract_classes, "exactextract", "unique, frac, count"),
    "classes/rasterstats": (rasterstats_classes, "rasterstats", "categorical, centre rule"),
    "classes/rioxarray": (rioxarray_classes, "rioxarray", "clip, numpy, centre rule"),
    "biomass/ours": (ours_biomass, "numba", "exact fractions, ellipsoid"),
    "biomass/decode": (decode_biomass, "rasterio", "touched blocks, nothing counted"),
    "biomass/exactextract": (exactextract_biomass, "exactextract", "sum, mean"),
    "biomass/rasterstats": (rasterstats_biomass, "rasterstats", "sum, mean, centre rule"),
    "biomass/rioxarray": (rioxarray_biomass, "rioxarray", "clip, numpy, centre rule"),
    "biomass/xvec": (xvec_biomass, "xvec", "zonal_stats by exactextract"),
}
"""Question and name: what runs, the module it needs, what it does."""
