"""Areas of polygons that are still well-known binary, to the third digit: enough to tell units."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from gis.ellipsoid import geometry_areas_ha

if TYPE_CHECKING:
    import pyarrow as pa

Array = NDArray[np.float64]

SAMPLE = 2000
"""Features that are measured on the ellipsoid, spread over the file."""


def rough_areas_ha(shapes: pa.ChunkedArray, crs: CRS) -> tuple[NDArray[np.int64], Array]:
    """Places of a sample of polygons, and hectares of all features, NaN for what is no polygon.

    The sample is measured on the ellipsoid; the others take the ratio of ground to plane of the
    sample at their height on the map, which is right to about a thousandth within a zone. An
    empty sample means that nothing could be measured.
    """
    places, exact = _sampled(shapes, crs)
    if not len(places):
        return places, np.full(len(shapes), np.nan)
    plane, corner = _planar(shapes)
    usable = plane[places] > 0
    ratio, height = exact[usable] / plane[places[usable]], corner[places[usable], 1]
    order = np.argsort(height, kind="stable")
    if not len(order):
        return places[:0], np.full(len(shapes), np.nan)
    hectares = plane * np.interp(corner[:, 1], height[order], ratio[order])
    hectares[places] = exact
    return places, hectares


def _sampled(shapes: pa.ChunkedArray, crs: CRS) -> tuple[NDArray[np.int64], Array]:
    import pyarrow as pa

    places = np.arange(0, len(shapes), max(1, len(shapes) // SAMPLE))
    taken = shapes.take(pa.array(places)).to_numpy(zero_copy_only=False)
    try:
        polygons = shapely.from_wkb(taken, on_invalid="ignore")
    except NotImplementedError:
        return places[:0], np.zeros(0)  # curves are straightened when the layer is read
    usable = np.isin(shapely.get_type_id(polygons), (3, 6)) & ~shapely.is_empty(polygons)
    usable &= np.isfinite(shapely.area(polygons))
    return places[usable], geometry_areas_ha(shapely.force_2d(polygons[usable]), crs)


def _planar(shapes: pa.ChunkedArray) -> tuple[Array, Array]:
    """Area in the plane and first vertex (n, 2) of each polygon."""
    import pyarrow as pa

    from gis import wkb_kernels

    area, corner = np.empty(len(shapes)), np.empty((len(shapes), 2))
    start = 0
    for chunk in shapes.chunks:
        _, offsets, data = chunk.buffers()
        width = np.int64 if pa.types.is_large_binary(chunk.type) else np.int32
        ends = np.frombuffer(offsets, dtype=width)[chunk.offset : chunk.offset + len(chunk) + 1]
        held = np.frombuffer(data, dtype=np.uint8) if data else np.zeros(0, dtype=np.uint8)
        end = start + len(chunk)
        wkb_kernels.measure(held, ends.astype(np.int64), area[start:end], corner[start:end])
        start = end
    return area, corner
