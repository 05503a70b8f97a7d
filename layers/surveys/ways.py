"""Lines of ways, each way once: outlines of strips and second drawings are named and taken out."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import shapely

from gis.by_unit import SAME_WAY_M, local_plane, ways_once
from gis.crs import to_crs
from layers.declarations import LayerSpec
from layers.vector_files import Features


def each_way_once(features: Features, spec: LayerSpec) -> Features:
    """The features with each way once; ``same_way_m`` of the layer says how near is the same."""
    metres = float(spec.options.get("same_way_m", SAME_WAY_M))
    own = features.table.crs
    plane = to_crs(features.table, local_plane(features.table), spec.where)
    shapes = np.asarray(plane.geometry.array, dtype=object)
    found = ways_once(shapes, metres)
    changed = found.outlines | found.doubled
    if not changed.any():
        return features
    for flags, code in (
        (found.outlines, "layers.outlines_of_strips"), (found.doubled, "layers.ways_drawn_twice"),
    ):  # fmt: skip
        kilometres = f"{found.removed_m[flags].sum() / 1e3:.4g}"
        features.reporter.report(flags, code, metres=f"{metres:g}", kilometres=kilometres)
    moved = to_crs(
        gpd.GeoDataFrame(geometry=list(found.shapes[changed]), crs=plane.crs), own, spec.where
    )
    kept = np.asarray(features.table.geometry.array, dtype=object).copy()
    kept[changed] = np.asarray(moved.geometry.array)
    table = features.table.set_geometry(
        gpd.GeoSeries(kept, index=features.table.index, crs=own), crs=own
    )
    table = table[~shapely.is_empty(kept)].reset_index(drop=True)
    return replace(features, table=table)
