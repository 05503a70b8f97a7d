"""Promises in tables: rows or columns, units and years wherever they stand, baselines left out."""

from __future__ import annotations

import pytest

from plans.extract.html_pages import read_html
from plans.extract.reading import extract_document, extract_text

Promise = tuple[str, int | None, str, tuple[float, ...]]


def page(rows: list[str], caption: str = "主要指标表") -> str:
    """A page with a table; a row is cells apart by |, a cell such as ^2>名称 spans two rows."""
    body = "".join(f"<tr>{''.join(map(cell, row.split('|')))}</tr>" for row in rows)
    return f"<html><body><p>{caption}</p><table>{body}</table></body></html>"


def cell(text: str) -> str:
    for sign, name in (("^", "rowspan"), ("~", "colspan")):
        if text.startswith(sign) and text[2:3] == ":":
            return f'<td {name}="{text[1]}">{text[3:]}</td>'
    return f"<td>{text}</td>"


def promises(html: str) -> list[Promise]:
    document = read_html(html)
    found = extract_document(document)
    assert all(document.text[each.start : each.end] == each.quote for each in found)
    return [
        (each.metric, each.year, each.comparator, tuple(round(x, 3) for x in each.value_si))
        for each in found
    ]


COVER, STOCK, WETLAND = "forest_cover_rate", "forest_stock_volume", "wetland_area"
SHARE, WORKS, ROUTES = "wetland_protection_rate", "afforestation_area", "greenway_length"

TABLES: dict[str, tuple[str, list[Promise]]] = {
    "rows of metrics, columns of years, baseline first": (
        page([
            "序号|指标|单位|2020年|2025年|属性",
            "1|森林覆盖率|%|40.1|42.5|约束性",
            "2|森林蓄积量|万立方米|1800|2000|约束性",
            "3|单位GDP能耗下降|%|—|14|约束性",
            "4|造林面积|万亩|[12]|[15]|预期性",
        ]),
        [(COVER, 2025, ">=", (42.5,)), (STOCK, 2025, ">=", (2e7,)), (WORKS, 2025, ">=", (1e4,))],
    ),
    "two rows of heads with merged cells": (
        page([
            "^2:类别|^2:指标名称|^2:单位|^2:2020年基期值|~2:目标值|^2:属性",
            "2025年|2035年",
            "^2:生态|森林覆盖率|%|41.2|≥42|≥43|约束性",
            "生态保护红线面积|平方公里|1200|1200|1200|约束性",
            "能源|非化石能源占比|%|15|20|30|约束性",
        ]),
        [
            (COVER, 2025, ">=", (42.0,)),
            (COVER, 2035, ">=", (43.0,)),
            ("redline_area", 2025, ">=", (120000.0,)),
            ("redline_area", 2035, ">=", (120000.0,)),
        ],
    ),
    "years down, metrics across": (
        page([
            "年份|森林覆盖率（%）|森林蓄积量（亿立方米）",
            "2020年（基期）|40|1.1",
            "2025年|41.5|1.2",
            "2030年|42|1.35",
        ]),
        [
            (COVER, 2025, ">=", (41.5,)),
            (STOCK, 2025, ">=", (1.2e8,)),
            (COVER, 2030, ">=", (42.0,)),
            (STOCK, 2030, ">=", (1.35e8,)),
        ],
    ),
    "figure first, metric last, one handed down": (
        page(["目标值（2025年）|单位|指标", "42.5|%|森林覆盖率", "完成省下达任务|—|湿地保护率"]),
        [(COVER, 2025, ">=", (42.5,)), (SHARE, 2025, "assigned", ())],
    ),
    "unit in the head of the column": (
        page([
            "序号|指标|2025年目标（万亩）|2020年现状（万亩）",
            "1|湿地保有量|45|44",
            "2|林地保有量|≥900|905",
        ]),
        [(WETLAND, 2025, ">=", (3e4,)), ("forestland_area", 2025, ">=", (6e5,))],
    ),
    "unit in the caption, baseline last": (
        page(["指标|2030年|2025年|2020年", "森林面积|125|124|123"], "表2 规划指标（单位：万公顷）"),
        [("forest_area", 2030, ">=", (1.25e6,)), ("forest_area", 2025, ">=", (1.24e6,))],
    ),
    "everything in the row": (
        page(["年份|指标|数值|单位", "2020|森林覆盖率|40|%", "2030|森林蓄积量|2100|万立方米"]),
        [(STOCK, 2030, ">=", (2.1e7,))],
    ),
    "signs in a column of their own": (
        page(["指标|要求|2025年|单位", "森林覆盖率|不低于|42|%", "森林火灾受害率|不高于|0.9|‰"]),
        [(COVER, 2025, ">=", (42.0,)), ("forest_fire_damage_rate", 2025, "<=", (0.09,))],
    ),
    "yearly growth beside the goals": (
        page([
            "类别|指标|2020年|2025年|年均增速[累计]|属性",
            "绿色生态|单位GDP能源消耗降低（%）|-|-|[13.5]|约束性",
            "绿色生态|森林覆盖率（%）|23.2|24.1|[0.9]|约束性",
        ]),
        [(COVER, 2025, ">=", (24.1,))],
    ),
    "increments beside the totals": (
        page(["指标|单位|2020年|2025年|增量", "森林覆盖率|%|40|42|2"]),
        [(COVER, 2025, ">=", (42.0,))],
    ),
    "metric and figure in one cell": (
        page([
            "序号|2025年目标",
            "1|森林覆盖率达到42%以上",
            "2|湿地保有量≥45万亩",
            "3|绿道总长度1200公里",
        ]),
        [
            (COVER, 2025, ">=", (42.0,)),
            (WETLAND, 2025, ">=", (3e4,)),
            (ROUTES, 2025, ">=", (1200.0,)),
        ],
    ),
    "keys and values under a dated caption": (
        page(
            ["森林覆盖率|42%", "湿地保护率|55%左右", "人均公园绿地面积|15平方米以上"],
            "到2025年主要目标",
        ),
        [
            (COVER, 2025, ">=", (42.0,)),
            (SHARE, 2025, "~", (55.0,)),
            ("park_green_area_per_capita", 2025, ">=", (15.0,)),
        ],
    ),
    "works with their period": (
        page([
            "工程名称|建设规模|单位|建设期限",
            "人工造林|10|万亩|2021-2025年",
            "湿地修复|3000|亩|2021-2025年",
            "总投资|3.5|亿元|2021-2025年",
        ]),
        [(WORKS, 2025, ">=", (6666.667,)), ("wetland_restored_area", 2025, ">=", (200.0,))],
    ),
    "a name in two cells": (
        page(["要素|指标|单位|2025年目标", "湿地|保有量|万亩|45", "森林|覆盖率|%|42"]),
        [(WETLAND, 2025, ">=", (3e4,)), (COVER, 2025, ">=", (42.0,))],
    ),
    "ranges and 2000 as a figure": (
        page(["指标|单位|2025年", "森林覆盖率|%|42-43", "森林蓄积量|万立方米|2000"]),
        [(COVER, 2025, "range", (42.0, 43.0)), (STOCK, 2025, ">=", (2e7,))],
    ),
    "what the last plan achieved": (
        page(
            ["指标|规划目标|完成值|完成情况", "森林覆盖率（%）|40|40.2|完成"],
            "“十三五”规划主要指标完成情况",
        ),
        [],
    ),
    "energy and transport only": (
        page(["指标|单位|2025年", "轨道交通运营里程|公里|850", "天然气消费量|亿立方米|150"]),
        [],
    ),
    "sentences in cells": (
        page(["工程|目标", "湿地保护|到2025年，湿地保有量达到30万亩，新建绿道50公里。"]),
        [(WETLAND, 2025, ">=", (2e4,)), (ROUTES, 2025, ">=", (50.0,))],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_table_gives_exactly_its_promises(name: str) -> None:
    html, expected = TABLES[name]
    assert promises(html) == expected


def test_rows_of_districts_keep_their_names() -> None:
    html = page(["区县|森林覆盖率（%）", "甲区|35", "乙县|62"], "2025年各区县目标分解表")
    found = extract_document(read_html(html))
    assert [(each.scope, each.value_si, each.year) for each in found] == [
        ("甲区", (35.0,), 2025),
        ("乙县", (62.0,), 2025),
    ]


ROWS = ["指标 单位 2020年 2025年", "森林覆盖率 % 40.1 42.5", "湿地保有量 万亩 44 45"]
PLAIN = {
    "tabs": "\n".join(ROWS).replace(" ", "\t"),
    "bars": "\n".join(
        f"| {row.replace(' ', ' | ')} |" for row in [ROWS[0], "--- --- --- ---", *ROWS[1:]]
    ),
    "two spaces": "\n".join(ROWS).replace(" ", "  "),
    "wide spaces": "\n".join(ROWS).replace(" ", "\u3000"),
    "single spaces": "\n".join(ROWS),
    "a cell to a line": "\n".join(ROWS).replace(" ", "\n"),
    "traditional, full width": "指標\t單位\t２０２０年\t２０２５年\n"
    "森林覆蓋率\t％\t４０．１\t４２．５\n"
    "濕地保有量\t萬畝\t４４\t４５",
}


@pytest.mark.parametrize("way", PLAIN)
def test_tables_in_plain_text_are_read_as_tables(way: str) -> None:
    text = f"一、目标\n主要指标如下。\n{PLAIN[way]}\n各地要认真落实。\n"
    found = extract_text(text)
    assert [(each.metric, each.year, each.value_si) for each in found] == [
        (COVER, 2025, (42.5,)),
        (WETLAND, 2025, (30000.0,)),
    ]
    assert all(text[each.start : each.end] == each.quote for each in found)
    assert {each.clause for each in found} == {"一"}


def test_prose_around_a_table_in_plain_text_is_still_read() -> None:
    text = f"到2030年，森林覆盖率达到45%。\n{PLAIN['tabs']}\n到2030年，绿道达到900公里。\n"
    assert [each.metric for each in extract_text(text)] == [COVER, COVER, WETLAND, ROUTES]
