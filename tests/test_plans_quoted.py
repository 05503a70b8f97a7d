"""A target's fields and its own quote: what differs is told, what only the quote says is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from gis.problems import ProblemLog
from plans.plan import Target
from plans.reader import load_plan

HEAD = """\
[plan]
id = "county"
title_zh = "某县规划"
city = "某县"
adcode = "440199"
issued = "2021-03"
source_zh = "试写"

[[targets]]
id = "it"
clause = "三"
"""


def read(folder: Path, fields: str) -> tuple[Target, list[tuple[str, str, str]]]:
    """The target with these fields, and of every doubt its code, key and what the quote says."""
    file = folder / "plan.toml"
    file.write_text(HEAD + "\n".join(fields.split(" | ")), encoding="utf-8")
    log = ProblemLog()
    (target,) = load_plan(file, problems=log).targets
    doubts = [(e.code, str(e.facts.get("key", "")), str(e.facts.get("said", ""))) for e in log]
    return target, doubts


STOCK = 'indicator = "forest_stock_volume" | year = 2025 | comparator = ">=" | value_text = "2000"'
COVER = 'indicator = "forest_cover_rate" | year = 2025 | comparator = ">=" | value_text = "41.6"'
PARKS = 'indicator = "wetland_parks" | year = 2025 | comparator = ">=" | value_text = "12"'
TREND = 'indicator = "forest_cover_rate" | comparator = "{}" | unit = "%" | kind = "trend"'
ROAD = 'indicator = "greenway_length" | year = 2025 | comparator = ">=" | value_text = "300"'


@pytest.mark.parametrize(
    ("fields", "quote", "aspect", "key", "said"),
    [
        (STOCK + ' | unit_text = "立方米"', "到2025年，森林蓄积量达到2000万立方米",
         "unit", "unit_text", "2000 万立方米"),
        (ROAD + ' | unit_text = "公里"', "到2025年，绿道总长度达到300米",
         "unit", "unit_text", "300 米"),
        ('indicator = "forest_fire_damage_rate" | year = 2025 | comparator = "<="'
         ' | value_text = "0.9" | unit_text = "%"', "到2025年，森林火灾受害率控制在0.9‰以内",
         "unit", "unit_text", "0.9 ‰"),
        (COVER + ' | unit_text = "%"', "到2025年，森林覆盖率不超过41.6%",
         "direction", "comparator", "<="),
        ('indicator = "soil_erosion_area" | year = 2025 | comparator = ">=" | value_text = "80"'
         ' | unit_text = "平方公里"', "到2025年，水土流失面积控制在80平方公里以内",
         "direction", "comparator", "<="),
        (COVER + ' | unit_text = "%"', "到2030年，森林覆盖率达到41.6%", "year", "year", "2030"),
        (COVER + ' | unit_text = "%"', "到2025年，建成区绿化覆盖率达到41.6%",
         "indicator", "indicator", "built_up_green_coverage_rate"),
        (STOCK + ' | unit_text = "万立方米"', "到2025年，活立木蓄积量达到2000万立方米",
         "indicator", "indicator", "standing_stock_volume"),
        (STOCK.replace(">=", "increase") + ' | unit_text = "万立方米" | base_year = 2015',
         "森林蓄积量较2020年增加2000万立方米", "base_year", "base_year", "2020"),
        (STOCK.replace(">=", "increase") + ' | unit_text = "万立方米"',
         "到2025年，森林蓄积量达到2000万立方米", "increment", "comparator", ">="),
        ('indicator = "afforestation_area" | kind = "works" | comparator = ">=" | year = 2025'
         ' | value_text = "0.5" | unit_text = "万亩"', "完成造林10万亩，其中红树林造林0.5万亩",
         "figure", "value_text", "10 万亩"),
        (COVER.replace("41.6", "45") + ' | unit_text = "%"',
         "2025年森林覆盖率达到41.6%，建成区绿化覆盖率达到45%", "figure", "value_text", "41.6 %"),
        (STOCK.replace("2000", "2100") + ' | unit_text = "万立方米"',
         "到2025年，森林蓄积量达到2000万立方米，活立木蓄积量达到2100万立方米",
         "figure", "value_text", "2000 万立方米"),
        (TREND.format("decrease"), "森林覆盖率稳步提高", "direction", "comparator", "increase"),
        (TREND.format("stable"), "森林覆盖率稳中有升", "direction", "comparator", "increase"),
        (TREND.format("increase"), "森林覆盖率保持稳定", "direction", "comparator", "stable"),
    ],
)  # fmt: skip
def test_a_field_that_the_quote_contradicts_is_named_and_disputed(
    tmp_path: Path, fields: str, quote: str, aspect: str, key: str, said: str
) -> None:
    target, doubts = read(tmp_path, f'{fields} | quote = "{quote}"')
    assert ("plans.quote_differs", key, said) in doubts
    assert aspect in target.disputed


@pytest.mark.parametrize(
    ("fields", "quote"),
    [
        (STOCK + ' | unit_text = "万立方米"', "到2025年，森林蓄积量达到2000万立方米"),
        (STOCK + ' | unit_text = "万立方米"', "森林蓄积量达到2000万立方米"),
        (COVER + ' | unit_text = "%"', "到2025年，建成区绿化覆盖率达到45%，森林覆盖率达到41.6%"),
        (COVER + ' | unit_text = "%"', "森林覆盖率41.60%"),
        (COVER + ' | unit_text = "%"', "森林覆盖率由2020年的40.1%提高到2025年的41.6%"),
        (COVER.replace(">=", "~") + ' | unit_text = "%"', "森林覆盖率稳定在41.6%左右"),
        (COVER + ' | unit_text = "%" | force = "strive"', "力争2025年森林覆盖率达到41.6%"),
        (ROAD + ' | unit_text = "公里"', "到2025年，新建绿道网络，总里程达到300公里"),
        ('indicator = "our_own_index" | comparator = ">=" | value = 3 | unit = "count"',
         "示范点达到3个"),
        ('indicator = "afforestation_area" | kind = "works" | comparator = ">=" | year = 2025'
         ' | value_text = "5" | unit_text = "万亩"', "到2025年新增造林5万亩"),
    ],
)  # fmt: skip
def test_fields_that_say_what_the_quote_says_raise_no_doubt(
    tmp_path: Path, fields: str, quote: str
) -> None:
    target, doubts = read(tmp_path, f'{fields} | quote = "{quote}"')
    assert (doubts, target.disputed) == ([], ())


@pytest.mark.parametrize(
    ("fields", "quote", "change"),
    [
        (ROAD + ' | unit_text = "公里"', "“十四五”期间新建绿道300公里", 300.0),
        (PARKS + ' | unit_text = "个" | kind = "count"', "新增湿地公园12个", 12.0),
        (STOCK + ' | unit_text = "万立方米"', "森林蓄积量增加2000万立方米", 2e7),
    ],
)
def test_what_is_added_is_no_state_whatever_the_comparator(
    tmp_path: Path, fields: str, quote: str, change: float
) -> None:
    target, doubts = read(tmp_path, f'{fields} | quote = "{quote}"')
    assert (target.nature, target.change, target.value) == ("increment", change, None)
    assert doubts == [("plans.quote_governs", "comparator", "increase")]


def test_an_increase_keeps_its_amount_and_the_year_it_counts_from(tmp_path: Path) -> None:
    fields = STOCK.replace(">=", "increase") + ' | unit_text = "万立方米" | kind = "trend"'
    target, doubts = read(tmp_path, f'{fields} | quote = "森林蓄积量较2020年增加2000万立方米"')
    assert (target.change, target.value, target.base_year) == (2e7, None, 2020)
    assert (target.nature, target.kind, doubts) == ("increment", "state", [])


def test_an_increase_without_figure_is_a_direction(tmp_path: Path) -> None:
    fields = 'indicator = "wetland_area" | comparator = "increase"'
    target, doubts = read(tmp_path, f'{fields} | quote = "湿地面积稳中有升"')
    assert (target.nature, target.kind, target.change, doubts) == ("direction", "trend", None, [])


@pytest.mark.parametrize("verb", ["每年修复红树林", "年均修复红树林"])
def test_an_amount_of_every_year_is_read_as_one(tmp_path: Path, verb: str) -> None:
    fields = (
        'indicator = "mangrove_restored_area" | kind = "works" | comparator = ">=" | year = 2025'
        ' | value_text = "20" | unit_text = "公顷"'
    )
    target, doubts = read(tmp_path, f'{fields} | quote = "{verb}20公顷"')
    assert (target.period, target.nature) == ("year", "works")
    assert doubts == [("plans.quote_governs", "period", "year")]
    said, none = read(tmp_path, f'{fields} | period = "year" | quote = "{verb}20公顷"')
    assert (said.period, none) == ("year", [])


def test_striving_written_as_binding_is_told(tmp_path: Path) -> None:
    fields = COVER + ' | unit_text = "%" | force = "binding"'
    target, doubts = read(tmp_path, f'{fields} | quote = "到2025年，森林覆盖率力争达到41.6%"')
    assert doubts == [("plans.quote_differs", "force", "strive")]
    assert target.disputed == ()  # the figure is as certain as before


@pytest.mark.parametrize(
    "quote",
    ["到2025年，森林覆盖率达到41.6%", "确保2025年森林覆盖率达到41.6%", "森林覆盖率不低于41.6%"],
)
def test_a_firm_promise_written_as_striving_is_told(tmp_path: Path, quote: str) -> None:
    fields = COVER + ' | unit_text = "%" | force = "strive"'
    target, doubts = read(tmp_path, f'{fields} | quote = "{quote}"')
    assert doubts == [("plans.quote_differs", "force", "binding")]
    assert target.disputed == ()


@pytest.mark.parametrize(
    ("scope", "code"),
    [("440305", ["plans.scope_elsewhere"]), ("110105", ["plans.scope_elsewhere"]),
     ("440199", []), ("440199101", []), ("海珠湿地", [])],
)  # fmt: skip
def test_a_code_of_another_area_is_no_scope(tmp_path: Path, scope: str, code: list[str]) -> None:
    fields = COVER + f' | unit_text = "%" | scope = "{scope}" | quote = "森林覆盖率达到41.6%"'
    assert [each for each, _, _ in read(tmp_path, fields)[1]] == code


def test_over_and_under_a_figure_are_failures_only_on_the_side_that_is_bad(tmp_path: Path) -> None:
    about = COVER.replace(">=", "~") + ' | unit_text = "%" | quote = "森林覆盖率稳定在41.6%左右"'
    assert read(tmp_path, about)[0].tolerance == "floor"
    assert read(tmp_path, about + ' | tolerance = "both"')[0].tolerance == "both"
    erosion = (
        'indicator = "soil_erosion_area" | year = 2025 | comparator = "~" | value_text = "80"'
        ' | unit_text = "平方公里" | quote = "水土流失面积稳定在80平方公里左右"'
    )
    assert read(tmp_path, erosion)[0].tolerance == "ceiling"


def test_full_width_and_gbk_are_read_as_everything_else_is(tmp_path: Path) -> None:
    text = HEAD + (
        "indicator = “forest_cover_rate”\nｙｅａｒ ＝ ２０２５\ncomparator = '≥'\n"
        'value_text = "４１．６５"\nunit_text = "％"\n'
        'quote = "到２０２５年，森林覆盖率达到４１．６５％"\n'
    )
    file = tmp_path / "规划.toml"
    plans = []
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        file.write_bytes(text.encode(encoding))
        log = ProblemLog()
        plans.append(load_plan(file, problems=log))
        assert not list(log)
    (target,) = plans[0].targets
    assert (target.year, target.comparator, target.value) == (2025, ">=", 41.65)
    assert all(each == plans[0] for each in plans)
