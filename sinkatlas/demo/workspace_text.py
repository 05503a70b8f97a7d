"""The workspace file that stands beside a demonstration city's layers."""

from __future__ import annotations

from collections.abc import Iterable

from sinkatlas.demo.facts import EPOCHS, City

HEAD = """\
# 合成示意数据：图形为示意，总量参照公开数字或假设值，不是测绘或调查成果。
# Synthetic demonstration data: schematic shapes; totals follow published figures or assumptions.

[workspace]
title = "{name}碳汇与生态指标评估（合成示意数据）"
language = "zh"
synthetic = true
organisation = "SinkAtlas 示范数据生成器"
date = {last}-12-31
sources = ["SinkAtlas 合成图层（{years}，图形为示意）", "总量参照公开数字，其余为假设值"]
review_number = ""
plan = "{plan}"
wetland_scope = "{wetland_scope}"
seed = 20240601
draws = 1000
interval_percent = 90

[units]
path = "districts.gpkg"
code = "adcode"
name = "name"
whole_code = "{adcode}"
whole_name = "{name}"

[tolerances]
about_percent = 1.0
"""

SCENARIO = """
[[scenario]]
name = "规划造林（示意）"
until = 2060
disturbed_percent_yr = 0.2

[[scenario.programme]]
unit = "{code}"
type = "forest_arbor"
from_year = {first}
to_year = 2030
hectares_yr = 100.0
survival = 0.85

[[scenario.programme]]
unit = "{district}"
type = "mangrove"
from_year = {first}
to_year = 2030
hectares_yr = 20.0
survival = 0.7
takes = ["wetland_tidal_flat"]
"""
"""Assumed works after the last epoch, for the city whose works are drawn."""

# Half-widths in percent, and how far two epochs err alike. Assumed, not measured: a real survey
# brings its own accuracy.
ACCURACY = {
    "forest_subcompartments": "area_percent = 3.0, stock_percent = 5.0",
    "wetlands": "area_percent = 5.0",
    "mangroves": "area_percent = 5.0",
}
SHARED = f"shared_with = {EPOCHS[0]}, correlation = 0.8"


def workspace_text(city: City) -> str:
    """The whole file as TOML.

    >>> from sinkatlas.demo.facts import city_facts
    >>> "synthetic = true" in workspace_text(city_facts("jiaxing"))
    True
    """
    head = HEAD.format(
        name=city.name,
        plan=city.plan,
        wetland_scope=city.wetland_scope,
        adcode=city.adcode,
        years="、".join(map(str, EPOCHS)),
        last=EPOCHS[-1],
    )
    splits = "".join(_split(*each) for each in city.allocation)
    return head + _rules(city) + "".join(_epoch(city, year) for year in EPOCHS) + splits


def _rules(city: City) -> str:
    """What works and projects count, where the city has any."""
    text = f"\n[works]\nsince = {EPOCHS[0] + 1}\n" if city.works else ""
    if city.works_are_drawn:
        text += SCENARIO.format(
            first=EPOCHS[-1] + 1, code=city.adcode, district=city.works[0].districts[0]
        )
    if "rivers" in city.further:
        named = city.rivers[0].name
        text += f'\n[river_rule]\nrivers = ["{named}"]\nproject_types = ["化工"]\nsince = 2021\n'
    return text


def file_names(city: City, year: int) -> dict[str, str]:
    """File name of every layer kind in one epoch; one has a Chinese name on purpose."""
    is_last = year == EPOCHS[-1]
    names = {
        "land_cover": f"land_cover_{year}.tif",
        "forest_subcompartments": f"forest_subcompartments_{year}.gpkg",
        "wetlands": f"wetlands_{year}.gpkg",
        "mangroves": f"mangroves_{year}.gpkg",
        "greenways": f"绿道_{year}.gpkg" if is_last else f"greenways_{year}.gpkg",
        "redline": f"redline_{year}.gpkg",
        "protected_areas": f"protected_areas_{year}.gpkg",
    }
    if not city.mangrove_districts:
        del names["mangroves"]
    names |= {kind: f"{kind}_{year}.gpkg" for kind in city.further}
    if city.works:
        names["works"] = "works.gpkg" if city.works_are_drawn else "works.csv"
    return names


def _split(indicator: str, year: int, method: str) -> str:
    return (
        f'\n[[allocation]]\nindicator = "{indicator}"\nyear = {year}\nmethod = "{method}"'
        "  # 示例 example\n"
    )


def _epoch(city: City, year: int) -> str:
    layers = "".join(_layer(kind, path, year) for kind, path in file_names(city, year).items())
    return f"\n[[epochs]]\nyear = {year}\n{layers}"


def _layer(kind: str, path: str, year: int) -> str:
    return "\n" + "\n".join([f"  {line}" for line in _layer_lines(kind, path, year)]) + "\n"


def _layer_lines(kind: str, path: str, year: int) -> Iterable[str]:
    yield "[[epochs.layers]]"
    yield f'kind = "{kind}"'
    yield f'path = "{path}"'
    if kind == "land_cover":
        yield 'legend = "esa_worldcover"'
    if kind in ACCURACY:
        stated = ACCURACY[kind] if year == EPOCHS[0] else f"{ACCURACY[kind]}, {SHARED}"
        yield f"accuracy = {{ {stated} }}  # 假设值 assumed"
