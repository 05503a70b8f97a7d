"""Every check that is about features names them: how many, rows, identifiers and hectares.

The test walks the catalogue: a check marked ``concerns = "features"`` without a scene here fails,
and so does a scene whose problem does not say what it concerns. Scenes are squares of one hectare.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gis.account.accounting import extent_account
from gis.extent import PolygonCover, Units
from gis.problems import InputError, Problem, ProblemLog, catalogue, problem
from layers.checks.between_layers import layer_problems
from layers.checks.closed_account import account_problems
from layers.declarations import Layer, LayerSpec
from layers.reading import read_layer
from sinkatlas.checking.page import concerned_line

WEST, SOUTH = 500_000.0, 2_500_000.0
Scene = Callable[[Path], list[Problem]]
WHOLE = {"whole_code": "0", "whole_name": "w"}


def square(column: int, side: float = 100.0, row: int = 0) -> shapely.Polygon:
    x, y = WEST + 200 * column, SOUTH + 200 * row
    return shapely.box(x, y, x + side, y + side)


BOW_TIE = shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
SPIKE = shapely.from_wkt("POLYGON ((0 0, 100 0, 100 100, 50 100, 50 150, 50 100, 0 100, 0 0))")


def moved(shape: shapely.Geometry, column: int = 1) -> shapely.Geometry:
    return shapely.transform(shape, lambda at: at + np.array([WEST + 200 * column, SOUTH]))


STANDS = {
    "DI_LEI": "030101", "MIAN_JI": 1.0, "YU_BI_DU": 0.6, "YOU_SHI_SZ": "马尾松", "ZXJ": 80.0,
}  # fmt: skip
PARCELS = {"DLBM": "1106", "TBMJ": 10_000.0}


def layer_of(
    folder: Path, kind: str, columns: dict[str, Any], log: ProblemLog, *,
    shapes: list[Any] | None = None, crs: str = "EPSG:4547", **options: Any,
) -> Layer | None:  # fmt: skip
    """A layer of squares as read; what reading says goes to ``log``."""
    count = max([len(each) for each in columns.values() if isinstance(each, list)], default=3)
    geometry = shapes or [square(column) for column in range(count)]
    path = folder / f"{kind}.gpkg"
    gpd.GeoDataFrame(columns, geometry=geometry, crs=crs, index=range(len(geometry))).to_file(path)
    try:
        return read_layer(LayerSpec(kind, path, 2020, options=options), problems=log)
    except InputError as error:
        log.extend(error.problems)
        return None


def reading(kind: str, base: dict[str, Any], **given: Any) -> Scene:
    """What reading a layer says, ``given`` being columns in capitals and options in small."""

    def scene(folder: Path) -> list[Problem]:
        log = ProblemLog()
        columns = {name: value for name, value in given.items() if name.isupper()}
        options = {name: value for name, value in given.items() if not name.isupper()}
        layer_of(folder, kind, base | columns, log, **options)
        return list(log)

    return scene


def stands(**given: Any) -> Scene:
    columns = {"XIAO_BAN": ["a", "b", "c"], **given}
    if given.get("shapes"):
        columns["XIAO_BAN"] = [f"{place}" for place in range(len(given["shapes"]))]
    return reading("forest_subcompartments", STANDS, **columns)


def parcels(kind: str, **given: Any) -> Scene:
    return reading(kind, PARCELS, **{"BSM": ["a", "b", "c"], **given})


def districts(**given: list[Any]) -> Scene:
    def scene(folder: Path) -> list[Problem]:
        log = ProblemLog()
        columns = {"adcode": ["1", "2", "3"], "name": ["甲", "乙", "丙"], **given}
        layer_of(folder, "districts", columns, log, **WHOLE)
        return list(log)

    return scene


def many(**changes: Any) -> Scene:
    """Forty stands from a tenth to ten hectares, in which the unit of the stock shows."""
    sides = np.geomspace(32, 320, 40)
    shapes = [shapely.box(WEST + 400 * i, SOUTH, WEST + 400 * i + side, SOUTH + side)
              for i, side in enumerate(sides)]  # fmt: skip
    columns = {"MIAN_JI": list(sides**2 / 1e4), "ZXJ": [80.0] * 40, **changes}
    return stands(shapes=shapes, **columns)


def units(*codes: str) -> Units:
    names = [f"区{code}" for code in codes]
    shapes = [shapely.box(WEST - 1e3 + 1e4 * i, SOUTH - 1e3, WEST + 9e3 + 1e4 * i, SOUTH + 9e3)
              for i in range(len(codes))]  # fmt: skip
    table = gpd.GeoDataFrame(
        {"unit_code": list(codes), "unit_name": names}, geometry=shapes, crs="EPSG:4547"
    )
    return Units(table, "0", "w")


def against_units(**columns: Any) -> Scene:
    """What features say of their unit, held against the units 区440103 and 区440104."""

    def scene(folder: Path) -> list[Problem]:
        given = STANDS | {"XIAO_BAN": ["a", "b", "c"]} | columns
        shapes = given.pop("shapes", None)
        layer = layer_of(folder, "forest_subcompartments", given, ProblemLog(), shapes=shapes)
        assert layer is not None
        return layer_problems(units("440103", "440104"), {2020: [layer]})

    return scene


def two_covers(upper: str, columns: dict[str, Any]) -> Scene:
    """A second layer over the first half of three stands."""

    def scene(folder: Path) -> list[Problem]:
        named = STANDS | {"XIAO_BAN": ["a", "b", "c"], "DI_LEI": ["030101", "030101", "050700"]}
        stand = layer_of(folder, "forest_subcompartments", named, ProblemLog())
        halves = [shapely.box(*square(i).bounds[:2], WEST + 200 * i + 50, SOUTH + 100)
                  for i in range(3)]  # fmt: skip
        other = layer_of(folder, upper, columns, ProblemLog(), shapes=halves)
        assert stand is not None
        assert other is not None
        return layer_problems(units("1"), {2020: [stand, other]})

    return scene


def overlap_inside(folder: Path) -> list[Problem]:
    shapes = [square(0), shapely.box(WEST + 50, SOUTH, WEST + 150, SOUTH + 100), square(2)]
    layer = layer_of(folder, "forest_subcompartments", STANDS | {"XIAO_BAN": ["a", "b", "c"]},
                     ProblemLog(), shapes=shapes)  # fmt: skip
    assert layer is not None
    assert isinstance(layer.data, PolygonCover)
    territory = units("1")
    account = extent_account(territory, [layer.data], [], epoch=2020)
    return account_problems({2020: account}, territory, {2020: [layer]})


def joined_table(folder: Path) -> list[Problem]:
    table = folder / "t.csv"
    table.write_text("XIAO_BAN,GQXJ\na,3\nb,4\n", encoding="utf-8")
    return stands(table={"path": str(table), "code": "XIAO_BAN"})(folder)


def misread(text: str) -> str:
    """Text as it looks when its UTF-8 is taken for Latin-1."""
    return text.encode().decode("latin-1")


STRAIGHT = shapely.LineString([(WEST, SOUTH + 5000), (WEST + 900, SOUTH + 5000)])
SCENES: dict[str, Scene] = {
    "geometry_missing": stands(shapes=[square(0), None]),
    "geometry_type": stands(shapes=[square(0), shapely.Point(WEST, SOUTH)]),
    "geometry_invalid": stands(shapes=[square(0), moved(BOW_TIE)]),
    "geometry_mended": stands(shapes=[square(0), moved(SPIKE)]),
    "geometry_zero_area": stands(
        shapes=[square(0), moved(shapely.from_wkt("POLYGON ((0 0, 9 0, 5 0, 0 0))"))]
    ),
    "geometry_not_finite": stands(shapes=[square(0), shapely.box(WEST, SOUTH, 1e30, 1e30)]),
    "geometry_spans_globe": stands(
        shapes=[shapely.box(-179, 22, 179, 23)], crs="EPSG:4490", MIAN_JI=None, ZXJ=None
    ),
    "geometry_has_z": stands(shapes=[square(0), shapely.force_3d(square(1), 9.0)]),
    "geometry_slivers": stands(
        shapes=[square(0), shapely.box(WEST + 200, SOUTH, WEST + 200.2, SOUTH + 100)]
    ),
    "duplicate_features": stands(shapes=[square(0), square(0)]),
    "duplicate_ids": stands(XIAO_BAN=["a", "a", "c"]),
    "text_misdecoded": stands(YOU_SHI_SZ=["马尾松", misread("荔湾区"), "杉木"]),
    "code_precision": stands(DI_LEI=[4.4e17, 4.5e17, 4.6e17]),
    "number_text": stands(ZXJ=["80", "1,234", ""]),
    "number_not_finite": stands(ZXJ=[80.0, np.inf, 80.0]),
    "number_negative": stands(ZXJ=[80.0, -1.0, 80.0]),
    "percent_text": stands(YU_BI_DU=["0.6", "60%", "0.7"]),
    "unit_code_empty": districts(adcode=["1", "", "3"]),
    "unit_code_twice": districts(adcode=["1", "1", "3"]),
    "unit_code_reserved": districts(adcode=["0", "2", "3"]),
    "unit_name_empty": districts(name=["甲", "", "丙"]),
    "unit_name_twice": districts(name=["甲", "甲", "丙"]),
    "unit_codes_old": districts(adcode=["440183", "440103", "440104"]),
    "code_zero_restored": stands(DI_LEI=30101),
    "land_code_missing": stands(DI_LEI=["030101", "", "030101"]),
    "land_code_unknown": stands(DI_LEI=["030101", "9999", "030101"]),
    "code_set_unclear": parcels("wetlands", DLBM="0303"),
    "code_set_mixed": parcels("wetlands", DLBM=["0303", "1104A", "1701"]),
    "not_wetland": parcels("wetlands", DLBM=["1106", "0301", "1106"]),
    "not_forestland": stands(DI_LEI=["030101", "210", "030101"], ZXJ=[80.0, 0.0, 80.0]),
    "stock_outside_forestland": stands(DI_LEI=["030101", "210", "030101"]),
    "crown_density_zero": stands(YU_BI_DU=[0.6, 0.0, 0.6]),
    "sentinel_values": stands(ZXJ=[80.0, 99999.0, 80.0]),
    "code_against_name": parcels("wetlands", DLBM="1101", DLMC=["河流水面", "红树林地", ""]),
    "unit_code_against_name": against_units(XIAN="440103", XIAN_N=["区440103", "区440104", ""]),
    "features_elsewhere": against_units(XIAN=["440103", "440104", "440103"]),
    "features_outside_their_unit": against_units(
        shapes=[square(0), square(1), moved(shapely.box(9e4, 0, 9e4 + 100, 100))], XIAN="440103"
    ),
    "surveys_of_several_years": stands(
        shapes=[square(0), square(0), square(1)], DIAO_CHA_N=["2010", "2020", "2020"]
    ),
    "outlines_of_strips": reading(
        "greenways", {"name": ["a", "b"]},
        shapes=[shapely.box(WEST, SOUTH, WEST + 3, SOUTH + 900).exterior, STRAIGHT],
    ),
    "ways_drawn_twice": reading(
        "greenways", {"name": ["a", "b"]},
        shapes=[STRAIGHT, shapely.transform(STRAIGHT, lambda at: at[::-1] + 4.0)],
    ),
    "states_left_out": reading(
        "protected_areas", {"name": ["a", "b"]}, STATUS=["Designated", "Proposed"]
    ),
    "codes_recalled": stands(DI_LEI=["111", "111", "111"]),
    "crown_density_range": stands(YU_BI_DU=[0.6, 255.0, 0.6]),
    "crown_density_mixed": stands(YU_BI_DU=[0.6, 60.0, 0.6]),
    "crown_density_looks": stands(YU_BI_DU=[60.0, 60.0, 60.0]),
    "area_unit_looks": stands(MIAN_JI=15.0),
    "area_unit_mixed": stands(MIAN_JI=[1.0, 15.0, 1.0]),
    "area_unit_odd": stands(
        shapes=[square(i) for i in range(200)], MIAN_JI=[15.0] + [1.0] * 199
    ),
    "area_zero": stands(MIAN_JI=[1.0, 0.0, 1.0]),
    "stock_missing": stands(ZXJ=[80.0, None, 80.0]),
    "stock_absurd": stands(ZXJ=[80.0, 9990.0, 80.0]),
    "stock_disagrees": stands(HUO_LMGQXJ=[80.0, 20.0, 80.0]),
    "stock_zero": stands(ZXJ=0.0),
    "stock_tiny": stands(ZXJ=0.008),
    "stock_unit_looks": many(),
    "below_crown_density": stands(YU_BI_DU=[0.6, 0.1, 0.6]),
    "below_area_floor": stands(shapes=[square(0), square(1, 20.0)], MIAN_JI=None),
    "species_unknown": stands(YOU_SHI_SZ=["马尾松", "220000", "杉木"]),
    "survey_code_unknown": stands(LING_ZU=["1", "9", "2"]),
    "register_year": reading("works", {"type": "造林", "name": ["a", "b"]}, YEAR=["2020", "20"],
                             fields={"year": "YEAR"}),
    "register_year_blank": reading(
        "works", {"type": "造林", "name": ["a", "b"]}, YEAR=["2020", ""], fields={"year": "YEAR"}
    ),
    "unit_names_blank": against_units(XIAN_N=["区440103", "", "区440104"]),
    "unit_names_unknown": against_units(XIAN_N=["区440103", "天河", "区440104"]),
    "unit_names_inexact": against_units(XIAN_N=["区440103", "區440103", "区440104"]),
    "unit_codes_unknown": against_units(XIAN=["440103", "510104", "440104"]),
    "survey_years_mixed": against_units(DIAO_CHA_N=["2020", "2001", "2020"]),
    "covers_overlap": two_covers("wetlands", PARCELS | {"BSM": ["x", "y", "z"]}),
    "mangrove_counted_once": two_covers("mangroves", {"id": ["x", "y", "z"]}),
    "forest_in_built_up": two_covers("built_up_boundary", {"name": ["x", "y", "z"]}),
    "overlap_inside": overlap_inside,
    "table_features_alone": joined_table,
}  # fmt: skip


OF_LINES = ("outlines_of_strips", "ways_drawn_twice")


def features_of(room: str) -> set[str]:
    return {code for code, words in catalogue(room).items() if words.concerns == "features"}


def test_every_check_about_features_has_a_scene() -> None:
    assert set(SCENES) == features_of("layers")
    assert not features_of("gis")  # it looks at files before there are features


@pytest.mark.parametrize("room", ["gis", "layers", "sinkatlas"])
def test_a_check_that_lists_rows_says_what_it_concerns(room: str) -> None:
    for code, words in catalogue(room).items():
        assert words.concerns in ("", "features", "rows"), code
        lists_rows = re.search(r"rows\}? \{rows\}", words.message["en"])
        if lists_rows and code not in ("raster_block_broken",):
            assert words.concerns, code


@pytest.mark.parametrize("code", sorted(SCENES))
def test_a_check_about_features_names_them(tmp_path: Path, code: str) -> None:
    told = [each for each in SCENES[code](tmp_path) if each.code == f"layers.{code}"]
    assert told, "the scene does not show what it is for"
    facts = told[0].facts
    assert int(facts["count"]) >= 1
    assert re.fullmatch(r"\d+(, \d+)*(, … \(\d+\))?", facts["rows"])
    shown = facts["features"].split(", ")
    assert len(shown) == min(10, int(facts["count"]))
    assert all(shown)
    assert code in OF_LINES or float(facts["hectares"]) >= 0 or code == "geometry_not_finite"
    for language in ("zh", "en"):
        assert shown[0] in concerned_line(told[0], language)


def test_hectares_and_identifiers_are_those_of_the_flagged_features(tmp_path: Path) -> None:
    (found,) = [each for each in stands(ZXJ=[80.0, None, None])(tmp_path)
                if each.code == "layers.stock_missing"]  # fmt: skip
    assert (found.facts["rows"], found.facts["features"]) == ("2, 3", "b, c")
    # two squares of 100 m on the central meridian of a scale of one: 2 ha to a few cm2
    assert float(found.facts["hectares"]) == pytest.approx(2.0, rel=1e-4)
    (found,) = [each for each in overlap_inside(tmp_path) if each.code == "layers.overlap_inside"]
    assert (found.facts["rows"], found.facts["features"]) == ("2", "b")
    assert float(found.facts["hectares"]) == pytest.approx(0.5, rel=1e-4)


def test_problems_of_no_feature_have_no_line() -> None:
    assert concerned_line(problem("layers.empty_layer", "a"), "en") == ""


def test_an_identifier_cannot_steer_the_terminal(tmp_path: Path) -> None:
    found = stands(XIAO_BAN=["a", "b\x1b[2J", "c"], ZXJ=[80.0, None, 80.0])(tmp_path)
    (missing,) = [each for each in found if each.code == "layers.stock_missing"]
    assert missing.facts["features"] == "b\ufffd[2J"
