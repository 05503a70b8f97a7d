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

from gis.measure import Outlines, are_apart, geometry_areas_ha, outlines_if_many, outlines_of
from gis.threaded import pairs_of, pooled

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

LARGEST_PART = 128
"""Vertices of the parts that regions are cut into for intersecting."""

DEEPEST = 60
"""Halvings after which a part stays as it is, however many vertices lie in one place."""

MANY_PAIRS = 2000
"""From which on compiled loops, whose import takes half a second, look at pairs of features; or
from many vertices on."""

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
    mixed = np.flatnonzero(shapely.get_type_id(result) == 7)
    if mixed.size:
        parts, at = shapely.get_parts(result[mixed], return_index=True)
        flat = np.isin(shapely.get_type_id(parts), (3, 6))
        parts, inner = shapely.get_parts(parts[flat], return_index=True)
        result[mixed] = shapely.Polygon()
        held, first = np.unique(at[flat][inner], return_index=True)
        at = np.repeat(np.arange(len(held)), np.diff(np.append(first, len(parts))))
        result[mixed[held]] = shapely.multipolygons(parts, indices=at)
    result[shapely.get_dimensions(result) < 2] = shapely.Polygon()
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
    changed: Indices
    overlaps: pd.DataFrame


def made_disjoint(
    features: Objects,
    cover: Indices,
    names: Sequence[str],
    crs: CRS,
    outlines: Outlines | None = None,
) -> Disjoint:
    """Take from each feature what features before it hold.

    ``features`` come in order of priority, ``cover`` numbers the cover each belongs to. Ground
    claimed twice inside one cover is reported: pairs, and the area the later ones lost.
    ``outlines`` are those of the features, where they are at hand.
    """
    first, second, _ = _overlapping_pairs(features, crs, outlines)
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
    result[losers] = polygons_only(result[losers])
    return Disjoint(
        result, losers, _overlap_table(double, cover, first, second, features, names, crs)
    )


def _overlapping_pairs(
    features: Objects, crs: CRS, outlines: Outlines | None = None
) -> tuple[Indices, Indices, Array]:
    """Pairs (earlier, later) that share more ground than the rounding of a common border.

    And how much, in ha.
    """
    later, earlier = _unproven_pairs(features, outlines)
    interior = pooled(
        shapely.relate_pattern, features[earlier], features[later], pattern="T********"
    )
    earlier, later = earlier[interior], later[interior]
    shared = polygons_only(pooled(shapely.intersection, features[earlier], features[later]))
    hectares = geometry_areas_ha(shared, crs)
    real = hectares > NOISE_HA
    return earlier[real], later[real], hectares[real]


def _unproven_pairs(features: Objects, outlines: Outlines | None) -> tuple[Indices, Indices]:
    """Pairs (later, earlier) whose boxes meet, less those that are proven to share no ground."""
    later, earlier = pairs_of(shapely.STRtree(features), features)
    ordered = earlier < later
    later, earlier = later[ordered], earlier[ordered]
    outlines = outlines or outlines_if_many(features)
    if outlines is None and len(later) < MANY_PAIRS:
        return later, earlier
    apart = are_apart(outlines or outlines_of(features), later, earlier)
    return later[~apart], earlier[~apart]


def _overlap_table(
    double: list[tuple[int, shapely.Geometry]],
    cover: Indices,
    first: Indices,
    second: Indices,
    features: Objects,
    names: Sequence[str],
    crs: CRS,
) -> pd.DataFrame:
    """``cover``, ``pairs``, ``later``, ``area_ha`` for the covers with overlaps above slivers."""
    same = cover[first] == cover[second]
    shared = polygons_only(shapely.intersection(features[first[same]], features[second[same]]))
    visible = geometry_areas_ha(shared, crs) >= SLIVER_HA
    later = np.unique(second[same][visible])
    starts = np.searchsorted(cover, np.arange(len(names)))
    pairs = np.bincount(cover[second[same]][visible], minlength=len(names))
    lost_in = np.array([number for number, _ in double], dtype=np.intp)
    lost = polygons_only(np.array([shape for _, shape in double], dtype=object))
    area = np.bincount(lost_in, weights=geometry_areas_ha(lost, crs), minlength=len(names))
    own = [later[cover[later] == number] - start for number, start in enumerate(starts)]
    table = pd.DataFrame({"cover": list(names), "pairs": pairs, "later": own, "area_ha": area})
    return table[table["pairs"] > 0].reset_index(drop=True)


@dataclass(frozen=True)
class Pieces:
    """Features cut by zones: regions whose ``source`` is the feature's number.

    A feature may have several pieces in a zone. ``zone`` is the zone's number or -1 outside all
    units; ``area_ha`` ellipsoidal; ``share`` of the original feature's area, by which its
    quantities are apportioned.
    """

    regions: Regions
    zone: Indices
    area_ha: Array
    share: Array


def cut_by_zones(
    features: Disjoint, original_ha: Array, zones: Regions, strata: Sequence[Objects], crs: CRS
) -> Pieces:
    """Cut disjoint features by the zones; what is left over lies outside all units.

    Only features that a zone's outline crosses are intersected. What a feature has in a zone, when
    it is below a sliver, is left to whatever else covers that ground, and its share of the feature
    goes to the feature's largest piece.
    """
    ground = _with_outside(zones, features.geometry, strata)
    feature, number, geometry, whole = _within(features.geometry, ground)
    regions = Regions(geometry, ground.unit[number], ground.inside[number], feature)
    area = np.concatenate([original_ha[feature[:whole]], geometry_areas_ha(geometry[whole:], crs)])
    renewed = np.flatnonzero(np.isin(feature[:whole], features.changed))
    area[renewed] = geometry_areas_ha(geometry[renewed], crs)
    zone = np.where(number < len(zones), number, -1)
    key = feature * len(ground) + number
    return _without_slivers(regions, zone, key, area, original_ha)


def _with_outside(zones: Regions, features: Objects, strata: Sequence[Objects]) -> Regions:
    """The zones, and behind them what of the features' extent lies in no unit, by strata."""
    if shapely.is_empty(features).all():
        return zones
    west, south, east, north = shapely.total_bounds(np.concatenate([features, zones.geometry]))
    margin = max(east - west, north - south) / 100
    frame = shapely.box(west - margin, south - margin, east + margin, north + margin)
    rest = shapely.difference(frame, shapely.union_all(zones.geometry))
    outside = split_by_strata(
        Regions(
            polygons_only(np.array([rest], dtype=object)),
            np.array([OUTSIDE_UNIT]), np.zeros((1, 0), dtype=bool), np.array([OUTSIDE_UNIT]),
        ),
        strata,
    )  # fmt: skip
    return Regions(
        np.concatenate([zones.geometry, outside.geometry]),
        np.concatenate([zones.unit, outside.unit]),
        np.concatenate([zones.inside, outside.inside]),
        np.concatenate([zones.source, outside.source]),
    )


def _within(features: Objects, ground: Regions) -> tuple[Indices, Indices, Objects, int]:
    """Feature, region and geometry of every part, and how many at the start are whole features.

    A polygon that touches no stretch of any region's outline lies in one region, and one of its
    vertices tells in which; only the others are intersected, and features of several polygons,
    which may lie in several regions without touching an outline. Either is done with small parts of
    the regions, because an intersection takes as long as both geometries are.
    """
    if shapely.is_empty(features).all():
        none = np.zeros(0, dtype=np.intp)
        return none, none, np.zeros(0, dtype=object), 0
    parts, region = _small_parts(ground.geometry)
    tree = shapely.STRtree(parts)
    touched = shapely.get_num_geometries(features) > 1
    _, near = pairs_of(shapely.STRtree(features), _outline_chunks(ground), "intersects")
    touched[near] = True
    plain = np.flatnonzero(~touched & ~shapely.is_empty(features))
    part, at = pairs_of(shapely.STRtree(_first_vertices(features[plain])), parts, "intersects")
    at, first = np.unique(at, return_index=True)
    # rounding where parts were cut can hide a vertex from all of them
    touched[np.delete(plain, at)] = True
    plain, home = plain[at], region[part[first]]
    cut = np.flatnonzero(touched)
    feature, part = pairs_of(tree, features[cut])
    feature = cut[feature]
    pieces = polygons_only(pooled(shapely.intersection, features[feature], parts[part]))
    given = ~shapely.is_empty(pieces)
    return (
        np.concatenate([plain, feature[given]]),
        np.concatenate([home, region[part[given]]]),
        np.concatenate([features[plain], pieces[given]]),
        len(plain),
    )


def _small_parts(geometries: Objects) -> tuple[Objects, Indices]:
    """Geometries halved across their longer side until few vertices are left; whose each part is.

    The parts make up the geometries but for the rounding of the vertices on the cuts.
    """
    number = np.arange(len(geometries))
    done: list[tuple[Objects, Indices]] = []
    for _ in range(DEEPEST):
        large = shapely.get_num_coordinates(geometries) > LARGEST_PART
        done.append((geometries[~large], number[~large]))
        geometries, number = geometries[large], number[large]
        if not len(number):
            break
        west, south, east, north = shapely.bounds(geometries).T
        wide = east - west > north - south
        x, y = (west + east) / 2, (south + north) / 2
        low = shapely.box(west, south, np.where(wide, x, east), np.where(wide, north, y))
        high = shapely.box(np.where(wide, x, west), np.where(wide, south, y), east, north)
        twice = np.concatenate([geometries, geometries])
        halves = pooled(shapely.intersection, twice, np.concatenate([low, high]))
        geometries, number = polygons_only(halves), np.concatenate([number, number])
        given = ~shapely.is_empty(geometries)
        geometries, number = geometries[given], number[given]
    done.append((geometries, number))
    return np.concatenate([each[0] for each in done]), np.concatenate([each[1] for each in done])


def _first_vertices(polygons: Objects) -> Objects:
    """One vertex of each polygon."""
    counts = shapely.get_num_coordinates(polygons)
    return np.asarray(shapely.points(shapely.get_coordinates(polygons)[np.cumsum(counts) - counts]))


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


def _without_slivers(
    regions: Regions, zone: Indices, key: Indices, area: Array, original_ha: Array
) -> Pieces:
    """Drop what a feature has below a sliver in a zone, except its largest part.

    ``key`` numbers the pairs of feature and zone. The largest piece takes over the share of those
    that are dropped: the shares of a feature's pieces add up to what earlier features left of it.
    """
    _, pair = np.unique(key, return_inverse=True)
    held = np.bincount(pair, weights=area)[pair]
    order = np.lexsort((-area, -held, regions.source))
    source, first = np.unique(regions.source[order], return_index=True)
    largest = order[first]
    kept = held >= SLIVER_HA
    kept[pair == pair[largest][np.searchsorted(source, regions.source)]] = True
    dropped = np.bincount(regions.source, weights=np.where(kept, 0.0, area))
    share = area / original_ha[regions.source]
    share[largest] += dropped[source] / original_ha[source]
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
