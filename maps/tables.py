"""What a table of a run declares of itself: name, titles, columns with units, who may see it.

The CSV files, ``run.table()``, the workbook and the documentation are readings of the declarations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from gis.problems import Language


@dataclass(frozen=True)
class TableColumn:
    """A column: its heading in both languages, its unit, and what a heading does not say."""

    name: str
    zh: str
    en: str
    unit: str = ""
    note_zh: str = ""
    note_en: str = ""

    @property
    def heading(self) -> Mapping[Language, str]:
        return {"zh": self.zh, "en": self.en}

    @property
    def note(self) -> Mapping[Language, str]:
        return {"zh": self.note_zh, "en": self.note_en}


@dataclass(frozen=True)
class TableWords:
    """A table: the name of its CSV file, its title in both languages, its columns in order.

    ``is_public`` is False for a table that the public profile empties. ``is_open`` tables leave out
    a column that no layer fills.
    """

    name: str
    zh: str
    en: str
    columns: tuple[TableColumn, ...]
    is_public: bool = True
    is_open: bool = False

    @property
    def title(self) -> Mapping[Language, str]:
        return {"zh": self.zh, "en": self.en}

    def heading(self, column: str, language: Language) -> str:
        """The heading of a column; one that the table does not have keeps its name."""
        found = (each.heading[language] for each in self.columns if each.name == column)
        return next(found, column)


def field_dictionary(tables: Iterable[TableWords]) -> pd.DataFrame:
    """A row per column of each table: file, key, names in both languages, unit and notes.

    Keys are what programs read and stay; names are for people and may be bettered.
    """
    rows = [
        {
            "file": f"{table.name}.csv",
            "file_zh": table.zh,
            "file_en": table.en,
            "column": each.name,
            "zh": each.zh,
            "en": each.en,
            "unit": each.unit.strip("`"),
            "note_zh": each.note_zh,
            "note_en": each.note_en,
        }
        for table in tables
        for each in table.columns
    ]
    return pd.DataFrame(rows)


UNIT = (
    TableColumn(
        "unit_code", "代码", "Code", "", "统计单元或全域的代码", "code of the unit or of the whole"
    ),
    TableColumn(
        "unit_name", "名称", "Name", "", "统计单元或全域的名称", "name of the unit or of the whole"
    ),
)
EPOCH = TableColumn("epoch", "年份", "Year", "", "数据所属年份", "year of the data")
INDICATOR = TableColumn(
    "indicator",
    "指标代码",
    "Indicator key",
    "",
    "分项写作 carbon_stock.pool.soil、carbon_stock.type.mangrove；"
    "30 厘米以外深度的土壤写作 carbon_stock.soil_100cm",
    "parts as carbon_stock.pool.soil, carbon_stock.type.mangrove, "
    "protected_wetland_area.form.wetland_park; soils to another depth as carbon_stock.soil_100cm",
)
VALUE = TableColumn("value", "取值", "Value", "`unit`")
INTERVAL = (
    TableColumn(
        "low",
        "下限",
        "Low",
        "`unit`",
        "区间下端，默认 90% 区间；不确定性未知时为空",
        "low end of the interval, 90 % unless set otherwise; empty where no uncertainty is known",
    ),
    TableColumn("high", "上限", "High", "`unit`", "区间上端", "high end of the interval"),
)
UNIT_OF_FIGURE = TableColumn(
    "unit", "单位", "Unit", "", "本行数值的单位", "unit of the row's figures"
)
BOOK = TableColumn(
    "book",
    "账簿",
    "Book",
    "",
    "各账簿不可相加：`account`、`effect`、`estimate`、`value`",
    "the books are never added: `account`, `effect`, `estimate`, `value`",
)
YEARS = (TableColumn("from_year", "起始年份", "From"), TableColumn("to_year", "结束年份", "To"))
PROMISE = (
    TableColumn("plan", "方案", "Plan", "", "方案标识", "the plan's id"),
    TableColumn("clause", "条款", "Clause", "", "目标所在条款", "clause of the target"),
    TableColumn("indicator", "指标代码", "Indicator key", "", "所判定的指标", "what is judged"),
)
SCOPE = TableColumn(
    "scope", "范围", "Scope", "", "目标所指的地域", "the territory that the target speaks of"
)
COMPARATOR = TableColumn(
    "comparator",
    "比较",
    "Comparator",
    "",
    "`>=`、`<=`、`~`（左右）、`=`、`range`、`assigned`、`increase`、`decrease`、`stable`、`none`（规则或制度）",
    "`>=`, `<=`, `~` (左右), `=`, `range`, `assigned`, `increase`, `decrease`, `stable`, "
    "`none` (a rule, or a system to be built)",
)
TARGET = TableColumn(
    "target",
    "目标值",
    "Target",
    "`unit`",
    "区间目标取下端；待下达而未填写时为空",
    "the low end of a range; empty when it was assigned and not given",
)
JUDGED = (
    TableColumn("epoch", "判定年份", "Year judged", "", "被比较的数值", "of the value compared"),
    VALUE,
    *INTERVAL,
    TableColumn(
        "gap",
        "差距",
        "Gap",
        "`unit`",
        "数值减目标，负值为不足；逐年工程减该期应完成的量；"
        "增量为自 `base_epoch` 以来的变化减要求的变化；方向性目标为变化",
        "value minus target, negative = short of it; of yearly work minus what was due by the "
        "epoch; of an increment the change since `base_epoch` minus the one asked for; of a "
        "direction the change",
    ),
    TableColumn("status", "状态", "Status", "", "判定，见上", "the finding, see above"),
    TableColumn(
        "probability",
        "达标概率",
        "Probability",
        "0–1",
        "共用抽样中达到目标的份额，按抽样数取整",
        "share of the shared draws in which the target is met, as exact as their number supports",
    ),
    TableColumn(
        "reason", "说明", "Reason", "", "用运行的语言说明理由", "why, in the language of the run"
    ),
)
