"""Forest sub-compartments of a synthetic city: where, what kind, how much stock.

Cells are ranked by woodiness once; each epoch takes them in that order until forest area and other
forest land meet the facts, so most sub-compartments live on from epoch to epoch.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from sinkatlas.demo.facts import EPOCHS, City
from sinkatlas.demo.mosaic import Booleans, Floats, Geometries, Integers, Mosaic, ellipsoidal_ha
from sinkatlas.demo.paths import cut_away
from sinkatlas.demo.terrain import Terrain, smooth_noise
from sinkatlas.demo.water import Water

ARBOR, BAMBOO, SPECIAL_SHRUB = "030101", "030200", "030301"
OPEN_FOREST, YOUNG, OTHER_SHRUB, NURSERY, LOGGED = "030401", "030402", "030302", "030404", "030405"
OTHER_FORESTLAND = {OPEN_FOREST: 0.25, YOUNG: 0.35, OTHER_SHRUB: 0.3, NURSERY: 0.05, LOGGED: 0.05}
"""Classes of forest land that is no forest, and their assumed shares."""

AGE_SHARES = (0.22, 0.34, 0.21, 0.17, 0.06)
AGE_STOCK = (0.45, 0.9, 1.15, 1.35, 1.5)
OPEN_FOREST_STOCK_M3_HA = 16.0
LOST_SHARE, AGED_SHARE = 0.004, 0.10
"""Shares of the first epoch's forest that the later epoch lost, or moved up an age group."""


@dataclass(frozen=True)
class Stands:
    """What is fixed about every cell that could carry forest, in order of woodiness.

    ``cells`` are mosaic indices; ``shapes`` the cells less rivers and canals; ``woods`` falls from
    first to last; ``kind_rank`` orders cells by bamboo, ``species`` indexes the city's list.
    """

    cells: Integers
    shapes: Geometries
    area_ha: Floats
    woods: Floats
    kind_rank: Floats
    species: Integers
    is_natural: Booleans
    age: Integers
    vigour: Floats
    crown_density: Floats
    chance: Floats
    welfare_rank: Floats


@dataclass(frozen=True)
class Survey:
    """Which stands one year's survey holds: ``rows`` of the stands, forest first, with their
    ``codes``; the first ``forest_count`` are forest."""

    year: int
    rows: Integers
    codes: Geometries
    forest_count: int


def draw_stands(
    city: City, mosaic: Mosaic, terrain: Terrain, water: Water, rng: np.random.Generator
) -> Stands:
    """Rank the cells that are free for forest and give each its lasting properties."""
    mix = smooth_noise(terrain.frame, 9_000.0, rng)
    cells = np.flatnonzero(~water.taken(len(mosaic)))
    shapes = cut_away(mosaic.cells[cells], water.bands())
    cells, shapes = cells[~shapely.is_empty(shapes)], shapes[~shapely.is_empty(shapes)]
    woods = terrain.at(terrain.woods, mosaic.centres[cells]) + rng.normal(0, 0.12, len(cells))
    order = np.argsort(-woods, kind="stable")
    cells, shapes, woods = cells[order], shapes[order], woods[order]
    area_ha = ellipsoidal_ha(shapes, city.drawing_crs)
    mixed = terrain.at(mix, mosaic.centres[cells])
    species = _shared_out(mixed + rng.normal(0, 0.8, len(cells)), area_ha, city)
    chance = rng.uniform(0, 1, (4, len(cells)))
    age = np.searchsorted(np.cumsum(AGE_SHARES)[:-1], chance[0]) + 1
    return Stands(
        cells=cells,
        shapes=shapes,
        area_ha=area_ha,
        woods=woods,
        kind_rank=terrain.at(terrain.grain, mosaic.centres[cells]) + mixed,
        species=species,
        is_natural=chance[1] < np.array([each.natural_share for each in city.species])[species],
        age=age,
        vigour=rng.lognormal(0.0, 0.18, len(cells)),
        crown_density=np.clip(rng.normal(0.62, 0.14, len(cells)), 0.21, 0.95),
        chance=chance[2],
        welfare_rank=terrain.at(terrain.height, mosaic.centres[cells]) + 0.5 * chance[3],
    )


def sub_compartments(
    city: City, mosaic: Mosaic, stands: Stands, year: int, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """The sub-compartment survey of one year, with the usual field names, in the drawing CRS."""
    is_lost = _lost(city, stands) & (year > EPOCHS[0])
    kept = np.flatnonzero(~is_lost)
    forest_ha, other_ha = _wanted_forest_ha(city, year), city.figures["other_forestland_area"]
    reach = stands.area_ha[kept].cumsum()
    forest_count = _nearest_count(reach, forest_ha)
    both_count = _nearest_count(reach, forest_ha + other_ha.at(year))
    forest, other = kept[:forest_count], kept[forest_count:both_count]
    rows = np.concatenate([forest, other])
    codes = np.concatenate(
        [_forest_classes(city, stands, forest, year), _other_classes(stands, other)]
    )
    survey = Survey(year, rows, codes, len(forest))
    table = _attributes(city, mosaic, stands, survey, rng)
    table = _with_stock(city, stands, survey, table, rng)
    table["SEN_LIN_LB"] = _protection(city, stands, survey)
    frame = gpd.GeoDataFrame(table, geometry=stands.shapes[rows], crs=city.drawing_crs)
    return frame.sort_values("XIAO_BAN", ignore_index=True)


def forest_threshold(city: City, stands: Stands, year: int) -> float:
    """Woodiness of the last cell that is forest in a year."""
    count = _nearest_count(stands.area_ha.cumsum(), _wanted_forest_ha(city, year))
    return float(stands.woods[count - 1])


def _wanted_forest_ha(city: City, year: int) -> float:
    """Forest of the sub-compartment survey: all forest less the mangroves, which have their own."""
    mangrove = city.figures.get("mangrove_area")
    return city.figures["forest_area"].at(year) - (mangrove.at(year) if mangrove else 0.0)


def _nearest_count(reach: Floats, wanted: float) -> int:
    """How many leading items come nearest to ``wanted``, given their running total.

    >>> _nearest_count(np.array([10.0, 20.0, 30.0]), 24.0)
    2
    """
    return int(np.abs(reach - wanted).argmin()) + 1


def _shared_out(rank: Floats, area_ha: Floats, city: City) -> Integers:
    """Species by rank, so that each has its share of the area."""
    order = np.argsort(rank, kind="stable")
    middle = area_ha[order].cumsum() - area_ha[order] / 2
    edges = np.cumsum([each.share for each in city.species])[:-1] * area_ha.sum()
    species = np.empty(len(rank), dtype=np.int64)
    species[order] = np.searchsorted(edges, middle)
    return species


def _lost(city: City, stands: Stands) -> Booleans:
    """Stands of the less wooded half of the first epoch's forest that the later epoch lost."""
    before = _nearest_count(stands.area_ha.cumsum(), _wanted_forest_ha(city, EPOCHS[0]))
    place = np.arange(len(stands.cells))
    is_edge = (place >= before // 2) & (place < before)
    return np.asarray(is_edge & (stands.chance < 2 * LOST_SHARE))


def _forest_classes(city: City, stands: Stands, forest: Integers, year: int) -> Geometries:
    """Arbor, bamboo or special shrub: bamboo by its own pattern, shrub on the less wooded side."""
    codes = np.full(len(forest), ARBOR, dtype=object)
    area = stands.area_ha[forest]
    by_pattern = np.argsort(-stands.kind_rank[forest], kind="stable")
    count = _nearest_count(area[by_pattern].cumsum(), city.figures["bamboo_area"].at(year))
    codes[by_pattern[:count]] = BAMBOO
    edge = stands.woods[forest] + 0.8 * stands.chance[forest] + 100.0 * (codes == BAMBOO)
    by_edge = np.argsort(edge, kind="stable")
    count = _nearest_count(area[by_edge].cumsum(), city.figures["special_shrub_area"].at(year))
    codes[by_edge[:count]] = SPECIAL_SHRUB
    return codes


def _other_classes(stands: Stands, other: Integers) -> Geometries:
    edges = np.cumsum(list(OTHER_FORESTLAND.values()))[:-1]
    return np.array(list(OTHER_FORESTLAND), dtype=object)[
        np.searchsorted(edges, stands.chance[other])
    ]


def _attributes(
    city: City,
    mosaic: Mosaic,
    stands: Stands,
    survey: Survey,
    rng: np.random.Generator,
) -> pd.DataFrame:
    rows, codes = survey.rows, survey.codes
    names = np.array([each.name for each in city.species], dtype=object)[stands.species[rows]]
    names[codes == BAMBOO] = city.bamboo_species
    names[np.isin(codes, [SPECIAL_SHRUB, OTHER_SHRUB])] = city.shrub_species
    names[np.isin(codes, [NURSERY, LOGGED])] = None
    density = stands.crown_density[rows].copy()
    is_sparse = np.isin(codes, [OPEN_FOREST, YOUNG])
    density[is_sparse] = 0.1 + 0.09 * stands.chance[rows][is_sparse]
    density[np.isin(codes, [NURSERY, LOGGED])] = np.nan
    age = stands.age[rows] + ((survey.year > EPOCHS[0]) & (stands.chance[rows] > 1 - AGED_SHARE))
    has_age = np.isin(codes, [ARBOR, OPEN_FOREST])
    adcodes = np.array([each.adcode for each in city.districts], dtype=object)
    noise = rng.uniform(-0.003, 0.003, len(rows))
    return pd.DataFrame(
        {
            "XIAO_BAN": [f"{cell + 1:05d}" for cell in stands.cells[rows]],
            "XIAN": adcodes[mosaic.district[stands.cells[rows]]],
            "DI_LEI": codes,
            "MIAN_JI": np.round(stands.area_ha[rows] * (1 + noise), 2),
            "YOU_SHI_SZ": names,
            "QI_YUAN": np.where(stands.is_natural[rows], "11", "21"),
            "LING_ZU": pd.Series(np.minimum(age, 5).astype(str)).where(has_age, None),
            "YU_BI_DU": np.round(density, 2),
        }
    )


def _with_stock(
    city: City,
    stands: Stands,
    survey: Survey,
    table: pd.DataFrame,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Stock per hectare and per sub-compartment, scaled to the city's totals.

    Arbor stands carry the forest stock, open stands a thin fixed one, and what is missing from the
    standing stock is scattered trees on all forest land. Other classes have no stock value.
    """
    is_arbor, is_open = table["DI_LEI"] == ARBOR, table["DI_LEI"] == OPEN_FOREST
    area = table["MIAN_JI"].to_numpy()
    rows, year = survey.rows, survey.year
    relative = np.array([each.relative_stock for each in city.species])[stands.species[rows]]
    ages = pd.to_numeric(table["LING_ZU"]).fillna(1).astype(int)
    weight = relative * np.array(AGE_STOCK)[ages - 1] * stands.vigour[rows] * is_arbor
    forest_m3 = city.figures["forest_stock_volume"].at(year)
    per_ha = weight * (forest_m3 / (weight * area).sum()) + OPEN_FOREST_STOCK_M3_HA * is_open
    per_ha = np.where(is_arbor | is_open, np.round(per_ha, 1), np.nan)
    stock = np.round(per_ha * area, 1)
    rest_m3 = city.figures["standing_stock_volume"].at(year) - np.nansum(stock)
    scatter = area * rng.lognormal(0.0, 0.6, len(rows))
    return table.assign(
        HUO_LMGQXJ=per_ha, ZXJ=stock, SSMXJ=np.round(scatter * rest_m3 / scatter.sum(), 1)
    )


def _protection(city: City, stands: Stands, survey: Survey) -> Geometries:
    """Public-welfare forest on the high ground, the rest commercial."""
    codes = np.where(stands.chance[survey.rows] < 0.3, "021", "022").astype(object)
    forest = survey.rows[: survey.forest_count]
    order = np.argsort(-stands.welfare_rank[forest], kind="stable")
    wanted = city.figures["public_welfare_forest_area"].at(survey.year)
    count = _nearest_count(stands.area_ha[forest][order].cumsum(), wanted)
    codes[order[:count]] = np.where(stands.chance[forest][order[:count]] < 0.6, "011", "012")
    return codes
