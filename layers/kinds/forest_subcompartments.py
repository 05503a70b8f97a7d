"""Forest sub-compartments: the stands of the forest map, with growing stock."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gis.extent import PolygonCover
from gis.problems import ProblemLog
from layers.declarations import POLYGONS, Field, LayerKind, LayerReading, LayerSpec
from layers.surveys import (
    apply_definition,
    classify,
    crown_density,
    definition_of,
    growing_stock,
    official_areas_ha,
    species_groups_of,
    survey_values,
    without_sentinels,
    without_unfilled_density,
)
from layers.vector_files import Features, open_features

FIELDS = (
    Field("id", "XIAO_BAN", "小班号", "Sub-compartment", aliases=("XI_BAN", "XBH", "小班号")),
    Field("unit_code", "XIAN", "县代码", "County code", aliases=("XIAN_DM", "QX_DM")),
    Field("unit_name", "XIAN_N", "县名", "County name", aliases=("XIAN_MC", "区县", "县")),
    Field(
        "land_code", "DI_LEI", "地类", "Land class", required=True,
        aliases=("DL_ERLEI", "地类"),
    ),
    Field("area", "MIAN_JI", "面积", "Area", aliases=("XBMJ", "PM_MIANJI", "EL_MIANJI", "面积")),
    Field("species", "YOU_SHI_SZ", "优势树种", "Dominant species", aliases=("YSSZ", "优势树种")),
    Field("origin", "QI_YUAN", "起源", "Origin", aliases=("起源",)),
    Field("age_group", "LING_ZU", "龄组", "Age group", aliases=("龄组",)),
    Field("crown_density", "YU_BI_DU", "郁闭度", "Crown density", aliases=("YBD", "郁闭度")),
    Field(
        "stock_per_ha", "HUO_LMGQXJ", "公顷蓄积", "Stock per hectare",
        aliases=("HUOLM_GQXJ", "GQXJ", "公顷蓄积"),
    ),
    Field(
        "stock", "ZXJ", "小班蓄积", "Stock of the sub-compartment",
        aliases=("XBXJ", "全小班蓄积", "小班蓄积"),
    ),
    Field(
        "scattered_stock", "SSMXJ", "散生木蓄积", "Stock of scattered trees",
        aliases=("SSZZS", "散生木蓄积"),
    ),
    Field("protection", "SEN_LIN_LB", "森林类别", "Forest category", aliases=("森林类别",)),
    Field("protection_grade", "BH_DJ", "林地保护等级", "Grade of protected forest land",
          aliases=("林地保护等级",)),
    Field("change_cause", "BHYY", "变化原因", "Code of the cause of change",
          aliases=("变化原因", "核实变化原因")),
    Field("survey_year", "DIAO_CHA_N", "调查年度", "Survey year", aliases=("DCND", "调查年度")),
)  # fmt: skip
KEYS = (
    "ecosystem_type",
    "land_code",
    "species_group",
    "age_group",
    "origin",
    "forest_class",
    "protection_class",
    "stock_basis",
)
QUANTITIES = ("growing_stock_m3", "scattered_stock_m3", "official_area_ha")


def read(spec: LayerSpec, problems: ProblemLog) -> LayerReading:
    """Read sub-compartments.

    Options: ``area_unit`` (``ha`` unless declared), ``stock_unit`` of the field ``stock`` (``m3``
    unless declared), ``crown_density_unit`` (``fraction`` unless declared), ``land_codes`` (what
    values of the file stand for), ``forest_definition`` and ``canopy_threshold_percent``.
    Non-forest land whose ecosystem the code does not tell leaves the cover with a warning that
    states its hectares and stock.
    """
    features = open_features(spec, FIELDS, POLYGONS, problems)
    official = official_areas_ha(features, spec.options.get("area_unit", "ha"))
    density = crown_density(features, spec.options.get("crown_density_unit", "fraction"))
    definition = definition_of(spec.options)
    classes = classify(features, spec.options.get("land_codes"))
    problems.raise_if_errors()
    density = without_unfilled_density(features, classes, density)
    classes = apply_definition(classes, density, features, definition)
    age_group = survey_values(features, "age_group")
    surveyed = np.where(np.isnan(official), features.hectares, official)
    stock = growing_stock(
        features, classes["forest_class"], surveyed, spec.options.get("stock_unit", "m3"),
        is_young=(age_group == "young").to_numpy(),
    )  # fmt: skip
    table = features.table[["geometry"]].assign(
        **classes,
        **stock,
        species_group=species_groups_of(features, classes["forest_class"]),
        age_group=age_group,
        origin=survey_values(features, "origin"),
        protection_class=survey_values(features, "protection"),
        scattered_stock_m3=without_sentinels(features, "scattered_stock"),
        official_area_ha=official,
    )
    kept = _rows_of_known_ecosystem(features, classes, table["growing_stock_m3"])
    problems.raise_if_errors()
    ordered = table.loc[kept, [*KEYS, *QUANTITIES, "geometry"]].reset_index(drop=True)
    facts = {
        **features.facts,
        "forest_definition": definition.text,
        "growing_stock_given_m3": f"{table['growing_stock_m3'].sum(min_count=1):.10g}",
        "growing_stock_left_out_m3": f"{table.loc[~kept, 'growing_stock_m3'].sum():.10g}",
    }
    names = ("unit_code", "unit_name", "survey_year", "protection_grade", "change_cause")
    attributes = features.attributes(names, kept.to_numpy())
    cover = PolygonCover("forest_subcompartments", ordered, KEYS, QUANTITIES)
    return LayerReading(cover, facts, attributes)


def _rows_of_known_ecosystem(
    features: Features, classes: pd.DataFrame, stock: pd.Series
) -> pd.Series:
    kept = classes["ecosystem_type"] != ""
    has_stock = stock.fillna(0) > 0
    for flags, code in (
        (~kept & has_stock, "layers.stock_outside_forestland"),
        (~kept & ~has_stock, "layers.not_forestland"),
    ):
        codes = ", ".join(sorted(set(classes.loc[flags, "land_code"]))[:20])
        features.reporter.report(flags, code, codes=codes, stock=f"{stock[flags].sum():.6g}")
    if not kept.any():
        features.problems.add("layers.nothing_left", features.where)
    return kept


KIND = LayerKind(
    key="forest_subcompartments",
    title_zh="森林资源小班",
    title_en="Forest sub-compartments",
    role="cover",
    # After the mangrove and wetland surveys, which are drawn for one ecosystem, and before any
    # land-cover raster: a surveyed stand with its stock beats a class seen from space.
    priority=30,
    geometry=POLYGONS,
    fields=FIELDS,
    options=(
        "area_unit",
        "stock_unit",
        "crown_density_unit",
        "land_codes",
        "complete",
        "forest_definition",
        "canopy_threshold_percent",
    ),
    read=read,
    names=(
        "subcompartment",
        "forest stand",
        "stand",
        "xiaoban",
        "小班",
        "林班",
        "二类调查",
        "森林资源",
        "森林",
    ),
)
