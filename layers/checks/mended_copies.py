"""Mended copies of vector layers: what a person would do in a GIS, offered and listed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from gis.measure import geometry_areas_ha
from gis.problems import InputError, ProblemLog
from gis.reading import read_vector
from layers.declarations import POLYGONS, LayerSpec
from layers.registry import kinds
from layers.vector_files import chosen_crs


@dataclass(frozen=True)
class MendedFeature:
    """What happened to one feature (row from 1), with its ellipsoidal hectares."""

    row: int
    action: str
    before_ha: float
    after_ha: float


def mended_copy(spec: LayerSpec, target: Path) -> list[MendedFeature]:
    """Write a GeoPackage where the file ``spec.path`` needs mending; returns the changes made.

    A file that cannot be read, or is no polygon layer, gives no changes: there is nothing to mend.
    """
    kind = kinds().get(spec.kind)
    if kind is None or kind.is_raster or not set(kind.geometry) <= set(POLYGONS):
        return []
    try:
        table = read_vector(spec.path, layer=spec.layer, encoding=spec.options.get("encoding"))
    except InputError:
        return []
    crs = chosen_crs(table.crs, spec, ProblemLog())
    if crs is None or len(table) == 0:
        return []
    table = table.reset_index(drop=True).set_crs(crs, allow_override=True)
    mended, kept = _mended(table)
    changes = list(_changes(table, mended, kept, crs))
    if changes:
        copy = table.set_geometry(gpd.GeoSeries(mended, crs=crs))[kept]
        copy.attrs = {}
        # GeoPackage keeps its own column of row numbers under this name
        taken = {name: f"{name}_" for name in copy.columns if str(name).lower() == "fid"}
        copy.rename(columns=taken).to_file(target, driver="GPKG")
    return changes


def _mended(table: gpd.GeoDataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Valid polygons of every feature, and which features still hold ground of their own."""
    shapes = np.asarray(table.geometry.array)
    is_broken = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
    mended = shapes.copy()
    mended[is_broken] = [_polygonal(shape) for shape in shapely.make_valid(shapes[is_broken])]
    area = np.nan_to_num(shapely.area(mended))
    known = pd.Series(shapely.to_wkb(shapely.normalize(mended)))
    return mended, (area > 0) & ~known.duplicated(keep="first").to_numpy()


def _polygonal(shape: shapely.Geometry) -> shapely.Geometry:
    parts = shapely.get_parts(shape)
    return shapely.union_all(parts[np.isin(shapely.get_type_id(parts), (3, 6))])


def _changes(
    table: gpd.GeoDataFrame, mended: np.ndarray, kept: np.ndarray, crs: CRS
) -> Iterator[MendedFeature]:
    shapes = np.asarray(table.geometry.array)
    before, after = _hectares(shapes, crs), _hectares(mended, crs)
    for place in range(len(shapes)):
        if not kept[place]:
            action = "removed: no ground" if after[place] == 0 else "removed: repeats a feature"
            yield MendedFeature(place + 1, action, before[place], 0.0)
        elif shapes[place] is not mended[place]:
            yield MendedFeature(place + 1, "geometry made valid", before[place], after[place])


def _hectares(shapes: np.ndarray, crs: CRS) -> np.ndarray:
    found = np.zeros(len(shapes))
    held = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    held &= np.isin(shapely.get_type_id(shapes), (3, 6))
    found[held] = geometry_areas_ha(shapes[held], crs)
    return found
