"""A city of one unit and two layers with a plan of one target, for tests that need a whole run."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import shapely

PLAN = """
[plan]
id = "own"
title_zh = "方案"
title_en = "Plan"
city = "市"
adcode = "440100"
issued = 2021-01-01
source_zh = "测试"
source_en = "test"

[[targets]]
id = "cover"
indicator = "forest_cover_rate"
title_zh = "森林覆盖率"
title_en = "Forest cover rate"
year = 2023
comparator = ">="
value = 60
value_text = "60"
unit_text = "%"
unit = "%"
clause = "1"
quote = "森林覆盖率达到60%"
force = "binding"
kind = "state"
scope = "440100"
"""


def write_city(folder: Path, *, extra: str = "", name: str = "甲区") -> Path:
    """One unit of 100 ha, half of it stands with 80 m3/ha: cover 50 %, short of the plan's 60 %."""
    folder.mkdir(parents=True, exist_ok=True)
    whole, half = (shapely.box(400_000, 2_500_000, 401_000, 2_500_000 + m) for m in (1000, 500))
    units = {"adcode": ["440103"], "name": [name]}
    gpd.GeoDataFrame(units, geometry=[whole], crs=4547).to_file(folder / "units.gpkg")
    stands = {"XIAO_BAN": ["1"], "DI_LEI": ["030101"], "MIAN_JI": [50.0], "ZXJ": [4000.0]}
    gpd.GeoDataFrame(stands, geometry=[half], crs=4547).to_file(folder / "forest.gpkg")
    fields = gpd.GeoDataFrame({"DLBM": ["0103"]}, geometry=[whole], crs=4547)
    fields.to_file(folder / "survey.gpkg")
    (folder / "own.toml").write_text(PLAN, encoding="utf-8")
    file = folder / "workspace.toml"
    file.write_text(
        '[workspace]\ntitle = "小城"\nlanguage = "zh"\ndraws = 0\nplan = "own.toml"\n'
        '[units]\npath = "units.gpkg"\nwhole_code = "440100"\nwhole_name = "市"\n'
        '[[epochs]]\nyear = 2023\n[[epochs.layers]]\nkind = "land_survey"\n'
        'path = "survey.gpkg"\n[[epochs.layers]]\nkind = "forest_subcompartments"\n'
        f'path = "forest.gpkg"\n{extra}',
        encoding="utf-8",
    )
    return file
