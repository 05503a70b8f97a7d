"""The vector side of an account: units, strata and polygon covers cut into disjoint pieces.

All geometries are in one working plane. A *zone* is the part of a unit inside some strata and
outside the others. A *piece* is the part of a feature inside one zone, or outside all units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from gis.ellipsoid import geometry_areas_ha
from gis.pooled import pooled

Array = NDArray[np.float64]
Indices = NDArray[np.intp]
Objects = NDArray[np.object_]
Flags = NDArray[np.bool_]

OUTSIDE_UNIT = -1
"""Unit number of pieces that lie in no unit."""

SLIVER_HA = 1e-6
"""0.01 m2: overlaps below it are not reported, parts below it join a sibling."""

CHUNK = 24
"""Vertices of an outline that are indexed together."""

NOISE_HA = 1e-9
"""0.1 cm2: overlaps below it are rounding of shared borders and are left alone."""


@dataclass(frozen=True)
class Regions:
    """Parts of a plane with the unit each belongs to and the strata it lies in.

    ``geometry`` (n,), ``unit`` (n,) with ``OUTSIDE_UNIT`` for no unit, ``inside`` (n, strata).
    ``source`` numbers what each part was cut from.
    """

    geometry: Objects
    unit: Indices
    inside: Flags
    source: Indices

    def __len__(self) -> int:
        return len(self.geometry)


def polygons_only(geometries: Objects) -> Objects:
    """What of each geometry has area; lines and points left by an overlay are dropped."""
    result = np.array(geometries, dtype=object, copy=True)
    for at in np.flatnonzero(shapely.get_type_id(result) == 7):
        parts = shapely.get_parts(result[at])
        result[at] = shapely.multipolygons(
            shapely.get_parts(parts[np.isin(shapely.get_type_id(parts), (3, 6))])
        )
    flat = shapely.get_dimensions(result) < 2
    result[flat] = shapely.Polygon()
    return result


def zones_of(units: Objects, strata: Sequence[Objects]) -> Regions:
    """Split every unit by every stratum; empty combinations are left out."""
    whole = Regions(
        polygons_only(units),
        np.arange(len(units)),
        np.zeros((len(units), 0), dtype=bool),
        np.arange(len(units)),
    )
    return split_by_strata(whole, strata)


def split_by_strata(regions: Regions, strata: Sequence[Objects]) -> Regions:
    """Each region's part inside and outside of each stratum in turn."""
    for stratum in strata:
        regions = _split(regions, stratum)
    return regions


def _split(regions: Regions, stratum: Objects) -> Regions:
    """Add one stratum's flag; cut only the regions that its outline crosses."""
    merged = shapely.union_all(stratum) if len(stratum) else shapely.Polygon()
    shapely.prepare(merged)
    within = shapely.covers(merged, regions.geometry)
    crossed = shapely.intersects(merged, regions.geometry) & ~within
    inner = regions.geometry.copy()
    inner[~within] = shapely.Polygon()
    inner[crossed] = polygons_only(shapely.intersection(regions.geometry[crossed], merged))
    outer = regions.geometry.copy()
    outer[within] = shapely.Polygon()
    outer[crossed] = polygons_only(shapely.difference(regions.geometry[crossed], merged))
    both = np.concatenate([inner, outer])
    flag = np.repeat([True, False], len(regions))[:, None]
    kept = np.flatnonzero(~shapely.is_empty(both))
    twice = np.tile(np.arange(len(regions)), 2)[kept]
    return Regions(
        both[kept],
        regions.unit[twice],
        np.column_stack([regions.inside[twice], flag[kept]]),
        regions.source[twice],
    )


@dataclass(frozen=True)
class Disjoint:
    """Features after earlier ones took their ground, and where one cover claimed ground twice."""

    geometry: Objects
    overlaps: pd.DataFrame


def made_disjoint(features: Objects, cover: Indices, names: Sequence[str], crs: CRS) -> Disjoint:
    """Take from each feature what features before it hold.

    ``features`` come in order of priority, ``cover`` numbers the cover each belongs to. Ground
    claimed twice inside one cover is reported: pairs, and the area the later ones lost.
    """
    first, second, _ = _overlapping_pairs(features, crs)
    result = features.copy()
    order = np.argsort(second, kind="stable")
    first, second = first[order], second[order]
    losers, starts = np.unique(second, return_index=True)
    double: list[tuple[int, shapely.Geometry]] = []
    for loser, start, end in zip(losers, starts, np.append(starts, len(first))[1:], strict=True):
        holders = first[start:end]
        held = shapely.union_all(features[holders])
        siblings = holders[cover[holders] == cover[loser]]
        if siblings.size:
            twice = shapely.intersection(features[loser], shapely.union_all(features[siblings]))
            double.append((int(cover[loser]), twice))
        result[loser] = shapely.difference(features[loser], held)
    result = polygons_only(result)
    return Disjoint(result, _overlap_table(double, cover, first, second, features, names, crs))


def _overlapping_pairs(features: Objects, crs: CRS) -> tuple[Indices, Indices, Array]:
    """Pairs (earlier, later) that share more ground than the rounding of a common border.

    And how much, in ha.
    """
    tree = shapely.STRtree(features)
    later, earlier = tree.query(features, predicate="intersects")
    ordered = earlier < later
    earlier, later = earlier[ordered], later[ordered]
    interior = pooled(shapely.relate_pattern, features[earlier], features[later], "T********")
    earlier, later = earlier[interior], later[interior]
    shared = polygons_only(shapely.intersection(features[earlier], features[later]))
    hectares = geometry_areas_ha(shared, crs)
    real = hectares > NOISE_HA
    return earlier[real], later[real], hectares[real]


def _overlap_table(
    double: list[tuple[int, shapely.Geometry]],
    cover: Indices,
    first: Indices,
    second: Indices,
    features: Objects,
    names: Sequence[str],
    crs: CRS,
) -> pd.DataFrame:
    """``cover``, ``pairs``, ``area_ha`` for the covers with overlaps above slivers."""
    same = cover[first] == cover[second]
    shared = polygons_only(shapely.intersection(features[first[same]], features[second[same]]))
    visible = geometry_areas_ha(shared, crs) >= SLIVER_HA
    pairs = np.bincount(cover[second[same]][visible], minlength=len(names))
    lost_in = np.array([number for number, _ in double], dtype=np.intp)
    lost = polygons_only(np.array([shape for _, shape in double], dtype=object))
    area = np.bincount(lost_in, weights=geometry_areas_ha(lost, crs), minlength=len(names))
    table = pd.DataFrame({"cover": list(names), "pairs": pairs, "area_ha": area})
    return table[table["pairs"] > 0].reset_index(drop=True)


@dataclass(frozen=True)
class Pieces:
    """Features cut by zones: regions whose ``source`` is the feature's number.

    ``zone`` is the zone's number or -1 outside all units; ``area_ha`` ellipsoidal; ``share`` of
    the original feature's area, by which its quantities are apportioned.
    """

    regions: Regions
    zone: Indices
    area_ha: Array
    share: Array


def cut_by_zones(
    features: Objects, original_ha: Array, zones: Regions, strata: Sequence[Objects], crs: CRS
) -> Pieces:
    """Cut disjoint features by the zones; what is left over lies outside all units.

    Only features that a zone's outline crosses are intersected. Parts below a sliver are left to
    whatever else covers that ground, and their share of the feature goes to its largest part.
    """
    feature, zone, geometry = _within_zones(features, zones)
    area = geometry_areas_ha(geometry, crs)
    whole = geometry_areas_ha(features, crs)
    left_over = whole - np.bincount(feature, weights=area, minlength=len(features))
    beyond = _beyond_units(features, left_over > SLIVER_HA / 10, zones, strata)
    regions = Regions(
        np.concatenate([geometry, beyond.geometry]),
        np.concatenate([zones.unit[zone], beyond.unit]),
        np.concatenate([zones.inside[zone], beyond.inside]),
        np.concatenate([feature, beyond.source]),
    )
    area = np.concatenate([area, geometry_areas_ha(beyond.geometry, crs)])
    zone = np.concatenate([zone, np.full(len(beyond), -1, dtype=np.intp)])
    return _without_slivers(regions, zone, area, whole, original_ha)


def _within_zones(features: Objects, zones: Regions) -> tuple[Indices, Indices, Objects]:
    """Feature number, zone number and geometry of every part inside a zone.

    A feature that touches no stretch of any zone's outline lies in one zone or in none, and one of
    its vertices tells which; only the others are intersected.
    """
    touched = np.zeros(len(features), dtype=bool)
    touched[shapely.STRtree(features).query(_outline_chunks(zones), predicate="intersects")[1]] = (
        True
    )
    plain = np.flatnonzero(~touched & ~shapely.is_empty(features))
    zone_of, at = shapely.STRtree(_first_vertices(features[plain])).query(
        zones.geometry, predicate="contains"
    )
    cut = np.flatnonzero(touched)
    zone, feature = shapely.STRtree(features[cut]).query(zones.geometry, predicate="intersects")
    feature = cut[feature]
    parts = polygons_only(pooled(shapely.intersection, features[feature], zones.geometry[zone]))
    given = ~shapely.is_empty(parts)
    return (
        np.concatenate([plain[at], feature[given]]),
        np.concatenate([zone_of, zone[given]]),
        np.concatenate([features[plain[at]], parts[given]]),
    )


def _first_vertices(polygons: Objects) -> Objects:
    """One vertex of each polygon."""
    vertices, owner = shapely.get_coordinates(polygons, return_index=True)
    _, first = np.unique(owner, return_index=True)
    return np.asarray(shapely.points(vertices[first]))


def _outline_chunks(zones: Regions) -> Objects:
    """The outlines of all zones as short lines, whose boxes are small."""
    rings = shapely.get_rings(shapely.get_parts(zones.geometry))
    vertices, ring = shapely.get_coordinates(rings, return_index=True)
    start = np.r_[True, ring[1:] != ring[:-1]]
    first = np.flatnonzero(start)
    position = np.arange(len(ring)) - first[ring]
    # a chunk ends with the vertex that the next one starts with
    shared = (position % CHUNK == 0) & ~start
    times = np.where(shared & np.r_[ring[1:] == ring[:-1], False], 2, 1)
    chunk_start = start | (shared & (times == 2))
    at = np.repeat(np.arange(len(ring)), times)
    is_second = np.r_[False, at[1:] == at[:-1]]
    opens = np.where(times[at] == 2, is_second, chunk_start[at])
    return np.asarray(shapely.linestrings(vertices[at], indices=np.cumsum(opens) - 1))


def _beyond_units(
    features: Objects, has_rest: Flags, zones: Regions, strata: Sequence[Objects]
) -> Regions:
    """Parts of features in no unit, split by the strata.

    A feature whose parts already make up its area is not cut again; for the others the ground is
    computed from its geometry, not taken as the remainder.
    """
    partly = np.flatnonzero(has_rest)
    outline = shapely.union_all(zones.geometry) if len(partly) else shapely.Polygon()
    shapely.prepare(outline)
    touched = shapely.intersects(outline, features[partly])
    rest = features[partly].copy()
    rest[touched] = polygons_only(shapely.difference(rest[touched], outline))
    given = ~shapely.is_empty(rest)
    count = int(given.sum())
    outside = Regions(
        rest[given],
        np.full(count, OUTSIDE_UNIT, dtype=np.intp),
        np.zeros((count, 0), dtype=bool),
        partly[given],
    )
    return split_by_strata(outside, strata)


def _without_slivers(
    regions: Regions, zone: Indices, area: Array, whole_ha: Array, original_ha: Array
) -> Pieces:
    """Drop parts below a sliver, except a feature's largest, which takes over their share.

    The shares of a feature's parts add up to what earlier features left of it, ``whole_ha``.
    """
    share = area / original_ha[regions.source]
    order = np.lexsort((-area, regions.source))
    _, first = np.unique(regions.source[order], return_index=True)
    largest = order[first]
    kept = area >= SLIVER_HA
    kept[largest] = True
    held = np.bincount(regions.source[kept], weights=area[kept], minlength=len(whole_ha))
    share[largest] += ((whole_ha - held) / original_ha)[regions.source[largest]]
    at = np.flatnonzero(kept)
    at = at[np.lexsort((zone[at], regions.source[at]))]
    cut = Regions(regions.geometry[at], regions.unit[at], regions.inside[at], regions.source[at])
    return Pieces(cut, zone[at], area[at], share[at])


def overlapping_units(
    units: gpd.GeoDataFrame, area_ha: Array, crs: CRS
) -> list[tuple[str, str, float]]:
    """Pairs of units sharing more than 1e-6 of the smaller: both codes and hectares."""
    first, second, shared = _overlapping_pairs(np.asarray(units.geometry.array), crs)
    codes = list(units["unit_code"])
    return [
        (str(codes[a]), str(codes[b]), float(ha))
        for a, b, ha in zip(first, second, shared, strict=True)
        if ha > 1e-6 * min(area_ha[a], area_ha[b])
    ]
