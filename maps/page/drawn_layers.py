"""What the web map draws: district outlines, overlay outlines and class rasters, made small.

Figures are computed long before this; here geometry is only thinned for the screen. Coordinates
travel as flat lists of whole 1e-5 degrees (about 1 m), each pair after the first as the step from
the one before, which is a third of the size of GeoJSON.
"""

from __future__ import annotations

import base64
import colorsys
import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from affine import Affine
from numpy.typing import NDArray
from PIL import Image
from rasterio.crs import CRS
from rasterio.enums import Resampling
from rasterio.features import geometry_mask
from rasterio.transform import from_bounds
from rasterio.vrt import WarpedVRT
from rasterio.warp import transform_bounds, transform_geom
from shapely import Geometry

from gis.by_unit import merged
from gis.reading import open_raster
from gis.threaded import in_threads
from maps.report import MapLayer

STEPS_PER_DEGREE = 100_000
METRES_PER_DEGREE = 111_320.0
"""Length of one degree of latitude, for turning a tolerance in metres into degrees."""

DISTRICT_VERTICES, OVERLAY_VERTICES = 30_000, 24_000
"""How many vertices the page carries at most for all districts, and for one overlay layer."""

SMALLEST_TOLERANCE_M = 20.0
COARSEST_TOLERANCE_M = 1_000.0
WORTH_THINNING = 0.9
"""Share of the vertices that may be left when the tolerance is doubled, for it to be worth it."""
WIDEST_RASTER_PX = 1_000
SEPARATE_FEATURES = 200
"""Overlay polygons beyond this number are merged: neighbours then share no drawn edge."""

UNKNOWN_COLOUR = "#9e9e9e"
Bounds = tuple[float, float, float, float]
"""West, south, east, north, in the units of a CRS."""

LISTED_NAMES = 40
_LINE, _POLYGON = (int(shapely.GeometryType[name]) for name in ("LINESTRING", "POLYGON"))


@dataclass(frozen=True)
class Thinned:
    """Geometries in lon/lat made lighter, and the tolerance that it took, in metres."""

    geometries: NDArray[np.object_]
    tolerance_m: float


def thin_districts(geometries: Sequence[Any], smallest_m: float = SMALLEST_TOLERANCE_M) -> Thinned:
    """Thin outlines that share borders so that they still share them (Visvalingam–Whyatt).

    Outlines that do not fit together are thinned one by one.
    """
    outlines = np.asarray(geometries, dtype=object)
    fits = bool(shapely.coverage_is_valid(outlines))
    thin = shapely.coverage_simplify if fits else shapely.simplify
    return _thin(outlines, thin, DISTRICT_VERTICES, smallest_m)


@dataclass(frozen=True)
class MercatorRaster:
    """Classes in Web Mercator, masked where there is none; bounds in metres; cells on the ground.

    ``cell_m`` is the side of a cell of the file.
    """

    codes: np.ma.MaskedArray[Any, Any]
    bounds: Bounds
    cell_m: float


def thin_overlay(
    geometries: NDArray[np.object_], smallest_m: float = SMALLEST_TOLERANCE_M
) -> Thinned:
    """Thin overlay outlines in lon/lat; many polygons are merged first."""
    if len(geometries) > SEPARATE_FEATURES and (shapely.get_dimensions(geometries) == 2).all():
        geometries = merged(geometries)
    return _thin(geometries, shapely.simplify, OVERLAY_VERTICES, smallest_m)


def _thin(
    geometries: NDArray[np.object_], thin: Any, most_vertices: int, smallest_m: float
) -> Thinned:
    """Double the tolerance until the vertices fit, from the exact outlines each time.

    Many small shapes cannot get lighter than a few corners each: where doubling saves next to
    nothing, a heavier page is better than shapes that nobody recognises.
    """
    found, count = Thinned(geometries, 0.0), math.inf
    tolerance_m = smallest_m
    while count > most_vertices and tolerance_m <= COARSEST_TOLERANCE_M:
        lighter = np.asarray(thin(geometries, tolerance_m / METRES_PER_DEGREE), dtype=object)
        left = int(shapely.get_num_coordinates(lighter).sum())
        if left > WORTH_THINNING * count:
            break
        found, count = Thinned(lighter, tolerance_m), left
        tolerance_m *= 2
    return found


def encode(geometries: Sequence[Any] | NDArray[np.object_]) -> list[Any]:
    """Parts of geometries as step lists: polygons as lists of rings, lines as they are.

    >>> encode([shapely.from_wkt("LINESTRING (113 23, 113.00001 23.00002)")])
    [[11300000, 2300000, 1, 2]]
    """
    parts = shapely.get_parts(np.asarray(geometries, dtype=object))
    kinds = shapely.get_type_id(parts)
    drawn = np.isin(kinds, (_LINE, _POLYGON)) & ~shapely.is_empty(parts)
    parts, kinds = parts[drawn], kinds[drawn]
    lines, owner = parts.copy(), np.arange(len(parts))
    is_area = kinds == _POLYGON
    if is_area.any():
        rings, ring_owner = shapely.get_rings(parts[is_area], return_index=True)
        owner = np.concatenate([owner[~is_area], np.flatnonzero(is_area)[ring_owner]])
        lines = np.concatenate([lines[~is_area], rings])
        order = np.argsort(owner, kind="stable")
        lines, owner = lines[order], owner[order]
    encoded: list[Any] = [[] for _ in parts]
    for place, steps in zip(owner.tolist(), _steps(lines), strict=True):
        if is_area[place]:
            encoded[place].append(steps)
        else:
            encoded[place] = steps
    return encoded


def _steps(lines: NDArray[np.object_]) -> list[list[int]]:
    """Each line's first vertex and the steps to the next ones, in whole steps of the page."""
    coordinates, owner = shapely.get_coordinates(lines, return_index=True)
    whole = np.rint(coordinates * STEPS_PER_DEGREE).astype(np.int64)
    steps = np.diff(whole, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    is_first = np.r_[True, owner[1:] != owner[:-1]][: len(owner)]
    steps[is_first] = whole[is_first]
    kept = is_first | (steps != 0).any(axis=1)
    flat = steps[kept].ravel().tolist()
    ends = np.cumsum(2 * np.bincount(owner[kept], minlength=len(lines))).tolist()
    return [flat[start:end] for start, end in pairwise([0, *ends])]


def label_point(geometry: Any) -> list[float]:
    """Latitude and longitude of the point deepest inside the largest part of an outline."""
    largest = max(shapely.get_parts(geometry), key=lambda part: float(part.area))
    deepest = shapely.get_point(shapely.maximum_inscribed_circle(largest, tolerance=1e-3), 0)
    return [round(float(shapely.get_y(deepest)), 5), round(float(shapely.get_x(deepest)), 5)]


def overlays(
    layers: Sequence[MapLayer], within: Geometry, smallest_m: float = SMALLEST_TOLERANCE_M
) -> list[dict[str, object]]:
    """The layers as the page carries them: either ``parts`` or ``image`` with ``bounds``.

    A picture ends at the outline ``within``, in lon/lat: beyond it no figure is made of the raster.
    No outline is finer than ``smallest_m`` metres, and no cell of a picture. Layers are made small
    over threads, which pandas and rasterio's masks must not enter: they set the warnings of the
    whole process.
    """
    asked = [(each, None if each.features is None else lonlat(each.features)) for each in layers]
    made = in_threads(lambda one: _made_small(*one, smallest_m), asked)
    ended = [clipped(each, within) if isinstance(each, MercatorRaster) else each for each in made]
    return [_row(layer, found) for layer, found in zip(layers, ended, strict=True)]


def lonlat(features: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Geometries in lon/lat, as far as features have any."""
    moved = features if features.crs is None else features.to_crs(4326)
    return np.asarray(moved.geometry.dropna(), dtype=object)


def _made_small(
    layer: MapLayer, geometries: NDArray[np.object_] | None, smallest_m: float
) -> Thinned | MercatorRaster | None:
    if geometries is not None:
        return thin_overlay(geometries, smallest_m)
    if layer.raster is not None and layer.classes is not None:
        return in_mercator(layer.raster, band=layer.band, crs=layer.crs, smallest_m=smallest_m)
    return None


def _row(layer: MapLayer, found: Thinned | MercatorRaster | None) -> dict[str, object]:
    head: dict[str, object] = {
        "kind": layer.kind,
        "title": dict(layer.title),
        "epoch": layer.epoch,
        "classes": _class_rows(layer.classes),
    }
    if isinstance(found, Thinned) and layer.features is not None:
        return head | _vector(layer.features, found)
    if isinstance(found, MercatorRaster) and layer.classes is not None:
        return head | class_image(found, layer.classes)
    return head


def _vector(features: gpd.GeoDataFrame, thinned: Thinned) -> dict[str, object]:
    is_area = bool((shapely.get_dimensions(thinned.geometries) == 2).all())
    return {
        "shape": "area" if is_area else "line",
        "parts": encode(thinned.geometries),
        "tolerance_m": thinned.tolerance_m,
        "features": len(features),
        "names": _names(features),
    }


def _names(features: gpd.GeoDataFrame) -> list[str]:
    if "name" not in features:
        return []
    names = features["name"].dropna().astype(str).unique().tolist()
    return sorted(name for name in names if name)[:LISTED_NAMES]


def class_image(raster: MercatorRaster, classes: pd.DataFrame) -> dict[str, object]:
    """A class raster as a palette PNG, and its corners in lon/lat.

    Cells without a class are transparent.
    """
    codes = raster.codes
    lookup = np.zeros(65_536, dtype=np.uint8)
    shown = [int(code) for code in classes.index if 0 <= int(code) < lookup.size][:255]
    lookup[shown] = np.arange(1, len(shown) + 1)
    cells = codes.filled(0).astype(np.int64)
    known = ~np.ma.getmaskarray(codes) & (cells >= 0) & (cells < lookup.size)
    slots = np.where(known, lookup[np.where(known, cells, 0)], 0).astype(np.uint8)
    colours = [calm(_colour(classes.loc[code, "colour"])) for code in shown]
    west, south, east, north = transform_bounds("EPSG:3857", "EPSG:4326", *raster.bounds)
    uri = base64.b64encode(_png(slots, colours)).decode("ascii")
    return {
        "shape": "image",
        "image": f"data:image/png;base64,{uri}",
        "bounds": [[south, west], [north, east]],
        "classes": _class_rows(classes.loc[[code for code in shown if code in _present(codes)]]),
        "cell_m": round(raster.cell_m, 1),
    }


def clipped(raster: MercatorRaster, within: Geometry) -> MercatorRaster:
    """The raster without the cells whose centre lies outside an outline in lon/lat."""
    rows, columns = raster.codes.shape
    outline = transform_geom("EPSG:4326", "EPSG:3857", shapely.geometry.mapping(within))
    outside = geometry_mask(
        [outline], (rows, columns), from_bounds(*raster.bounds, columns, rows), all_touched=False
    )
    mask = np.ma.getmaskarray(raster.codes) | outside
    return replace(raster, codes=np.ma.masked_array(raster.codes.data, mask))


def in_mercator(
    path: Path, *, band: int = 1, crs: str | None = None, smallest_m: float = 0.0
) -> MercatorRaster:
    """A band in Web Mercator, no wider than the page needs.

    Cells take the class that fills most of them.
    """
    with open_raster(path) as source:
        own = crs or source.crs
        bounds = transform_bounds(own, "EPSG:3857", *source.bounds, densify_pts=101)
        left, bottom, right, top = bounds
        longest = min(WIDEST_RASTER_PX, max(source.width, source.height))
        pixel = max(max(right - left, top - bottom) / longest, smallest_m)
        width, height = (max(1, round(side / pixel)) for side in (right - left, top - bottom))
        is_coarser = max(width, height) < max(source.width, source.height)
        with WarpedVRT(
            source,
            src_crs=own,
            crs="EPSG:3857",
            transform=Affine((right - left) / width, 0, left, 0, (bottom - top) / height, top),
            width=width,
            height=height,
            resampling=Resampling.mode if is_coarser else Resampling.nearest,
            add_alpha=source.nodata is None,
        ) as warped:
            codes = np.ma.masked_invalid(warped.read(band, masked=True))  # NaN is no class
            return MercatorRaster(codes, bounds, _cell_size_m(source, own))


def _cell_size_m(source: Any, crs: Any) -> float:
    """Side of a cell on the ground, in metres, roughly: for the note on the page."""
    step = abs(float(source.transform.e))
    return step * METRES_PER_DEGREE if CRS.from_user_input(crs).is_geographic else step


def _present(codes: np.ma.MaskedArray[Any, Any]) -> set[int]:
    return {int(code) for code in np.unique(codes.compressed())}


def _png(slots: NDArray[np.uint8], colours: Sequence[str]) -> bytes:
    picture = Image.fromarray(slots, mode=None).convert("L")
    picture = Image.frombytes("P", picture.size, picture.tobytes())
    palette = [0, 0, 0, *(int(c[i : i + 2], 16) for c in colours for i in (1, 3, 5))]
    picture.putpalette(palette)
    stream = io.BytesIO()
    picture.save(stream, format="PNG", optimize=True, transparency=0)
    return stream.getvalue()


def _class_rows(classes: pd.DataFrame | None) -> list[Mapping[str, str]]:
    if classes is None:
        return []
    return [
        {"zh": str(row["zh"]), "en": str(row["en"]), "colour": calm(_colour(row["colour"]))}
        for row in classes.to_dict("records")
    ]


def calm(colour: str) -> str:
    """A legend's colour as ground under districts and labels: the same hue, paler and less bright.

    >>> calm("#006400"), calm("#fa0000")
    ('#4c9e4c', '#c07c7c')
    """
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    softened = colorsys.hls_to_rgb(hue, 0.35 + 0.55 * lightness, 0.35 * saturation)
    return "#" + "".join(f"{round(255 * each):02x}" for each in softened)


def _colour(text: object) -> str:
    """A legend's colour, or grey when it is not ``#rrggbb``."""
    return str(text) if re.fullmatch(r"#[0-9a-fA-F]{6}", str(text)) else UNKNOWN_COLOUR
